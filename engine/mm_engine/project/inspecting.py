"""A database read as a schema file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import UsageError, nearest
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.project.running import Place, Terms, dialect_of, opened

if TYPE_CHECKING:
    from mm_engine.introspect.native import Unread
    from mm_engine.project.belongings import Belongings
    from mm_engine.runner.session import Connectable


@attrs.frozen(kw_only=True)
class Inspected:
    """What a database holds, as a schema and as its file; and what neither can say."""

    place: Place
    schema: Schema = attrs.field(repr=False)
    text: str = attrs.field(repr=False)
    unread: tuple[Unread, ...] = ()


def inspected(
    project: Belongings,
    source: Connectable | None,
    *,
    tables: Sequence[str],
    exclude: Sequence[str],
    namespaces: Sequence[str],
) -> Inspected:
    """Read a database; nothing is changed in it.

    ``tables`` and ``exclude`` are patterns of names, ``namespaces`` are read besides
    the one of unqualified names. Raises ``UsageError`` for what is not there.
    """
    from mm_engine.introspect.lift import lift
    from mm_engine.introspect.reader import check_readable, reflect
    from mm_engine.runner.failures import explained
    from mm_engine.schemafile import schema_yaml

    check_readable(dialect_of(project, source))
    with opened(project, source, Terms(), is_looking=True) as (session, place, dialect):
        if namespaces and not dialect.features.has_namespaces:
            raise UsageError(f"{dialect.title} has no namespaces")
        with explained(session.connection, "reading the schema"):
            native = reflect(session.connection, dialect, namespaces=namespaces)
        schema = lift(native, dialect)
    _refuse_unknown("--tables", tables, schema)
    _refuse_unknown("--exclude", exclude, schema)
    kept = [
        table
        for name, table in schema.tables.items()
        if (not tables or fits(name, tables)) and not fits(name, exclude)
    ]
    names = frozenset(table.name for table in kept)
    found = [one for one in native.unread if one.table is None or one.table in names]
    if tables or exclude:
        schema = _only(schema, kept)
        found += _cut(kept, names)
    text = schema_yaml(schema)
    return Inspected(
        place=place, schema=schema, text=text, unread=(*found, *_misread(schema, text))
    )


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a table's name fits one of the patterns, capitals told apart.

    >>> fits("auth_users", ["auth_*"]), fits("auth_users", ["users"])
    (True, False)
    """
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _refuse_unknown(flag: str, patterns: Iterable[str], schema: Schema) -> None:
    """Raise ``UsageError`` for a pattern that no table's name fits."""
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in schema.tables):
            known = ", ".join(sorted(schema.tables)[:5])
            raise UsageError(
                f'{flag} {pattern}: no table is called like "{pattern}"',
                hint=nearest(pattern, schema.tables)
                or (f"there are {known}" if known else "there is no table at all"),
            )


def _only(schema: Schema, kept: Sequence[Table]) -> Schema:
    """The schema with these tables, and what they use: enums, words for defaults."""
    from mm_engine.introspect.lift import used_defaults

    names = {table.name for table in kept}
    tables = {
        table.name: attrs.evolve(
            table,
            foreign_keys=[key for key in table.foreign_keys if key.table in names],
        )
        for table in kept
    }
    found = attrs.evolve(schema, tables=tables)
    enums = {
        name: enum
        for name, enum in schema.enums.items()
        if any(True for _ in found.fields_of_enum(name))
    }
    return attrs.evolve(found, enums=enums, defaults=used_defaults(found))


def _cut(kept: Iterable[Table], names: frozenset[str]) -> Iterator[Unread]:
    """Foreign keys to tables that were left out; no file could say them."""
    from mm_engine.introspect.native import Unread

    for table in kept:
        for key in table.foreign_keys:
            if key.table not in names:
                name = f"{key.name or ', '.join(key.fields)} to {key.table}"
                yield Unread(kind="foreign key", name=name, table=table.name)


def _misread(schema: Schema, text: str) -> Iterator[Unread]:
    """Tables and enums that the file does not say as they are.

    Raises ``SchemaFileError`` where our own reader does not take it: a database may
    hold what no schema does, such as a table without a column.
    """
    from mm_engine.introspect.native import Unread

    again = _read(text)
    for name, table in schema.tables.items():
        if again.tables.get(name) != table:
            yield Unread(kind="table that cannot be said exactly", name=name)
    for name, enum in schema.enums.items():
        if again.enums.get(name) != enum:
            yield Unread(kind="enum that cannot be said exactly", name=name)


def _read(text: str) -> Schema:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from mm_engine.errors import Problem, SchemaFileError
    from mm_engine.schemafile import read_schema

    with TemporaryDirectory() as folder:
        path = Path(folder) / "schema.yaml"
        path.write_text(text, encoding="utf-8", newline="\n")
        try:
            return read_schema([path], root=path.parent).schema
        except SchemaFileError as error:
            raise SchemaFileError.of(
                Problem(
                    f"the database holds what no schema file can say: {one.message}",
                    hint="leave the table out with --exclude, and say it in a RunSQL",
                )
                for one in error.problems
            ) from error
