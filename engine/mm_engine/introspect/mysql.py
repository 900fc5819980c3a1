"""MySQL's catalog read: a handful of questions, however many tables there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, cast

from mm_engine.dialects.mysql import MySQL
from mm_engine.errors import ConfigError
from mm_engine.introspect.asides import Rows, rows
from mm_engine.introspect.mysql_catalog import WHERE, Answers, Catalog
from mm_engine.introspect.mysql_columns import Columns
from mm_engine.introspect.mysql_parts import Constraints, Indexes, Triggers, others
from mm_engine.introspect.native import Native, NativeOptions, NativeTable, Unread

if TYPE_CHECKING:
    import sqlalchemy as sa

_Row: TypeAlias = tuple[str, str, str | None, str | None, str | None, str | None]

_TABLES = ("BASE TABLE", "SYSTEM VERSIONED")
_ROW_FORMAT = "row_format"


def reflect_mysql(connection: sa.Connection, namespaces: Sequence[str] = ()) -> Native:
    """What stands in the database that is connected to.

    Raises ``ConfigError`` where it is none.
    """
    del namespaces  # a database has none; what has a point in its name is called so
    with _left_as_it_was(connection):
        database, said = _rows(connection, WHERE)[0]
        if database is None:
            raise ConfigError(
                "the URL names a server and no database on it",
                hint="write its name at the end: mysql://user:password@host:3306/name",
            )
        catalog = Catalog.of(str(database), str(said))
        found = {
            name: _rows(connection, sql) for name, sql in catalog.questions.items()
        }
    return described(Answers(**found), catalog)


def described(answers: Answers, catalog: Catalog) -> Native:
    """What the answers of a catalog say."""
    told = cast("list[_Row]", answers.tables)
    tables = [row for row in told if row[1] in _TABLES]
    letters = {row[0]: row[3] for row in tables}
    constraints = Constraints.of(answers.checks, answers.foreign_keys, catalog)
    columns = Columns.of(answers.columns, catalog, letters, constraints.documents)
    indexes = Indexes.of(answers.indexes, catalog)
    triggers = Triggers.of(answers.triggers)
    usual = frozenset(str(name) for (name,) in answers.letters)
    made = (
        NativeTable(
            name=name,
            columns=columns.of_table(name, triggers.updates.get(name, {})),
            primary_key=indexes.primary_keys.get(name),
            uniques=tuple(indexes.uniques.get(name, ())),
            checks=tuple(constraints.checks.get(name, ())),
            foreign_keys=tuple(constraints.foreign_keys.get(name, ())),
            indexes=tuple(indexes.indexes.get(name, ())),
            comment=comment or None,
            options=_options(row, usual),
        )
        for row in tables
        for name, comment in [(row[0], row[5])]
    )
    unread = (
        *(fact for row in told for fact in _facts(row)),
        *columns.unread,
        *indexes.unread,
        *constraints.unread,
        *triggers.unread,
        *others(answers.others),
    )
    return Native(
        tables={table.name: table for table in made},
        unread=tuple(sorted(unread, key=_by_kind)),
    )


def _rows(connection: sa.Connection, query: str) -> Rows:
    """The rows of a question; some drivers give texts of the catalog as bytes."""
    return [
        tuple(v.decode() if isinstance(v, bytes) else v for v in row)
        for row in rows(connection, query)
    ]


@contextmanager
def _left_as_it_was(connection: sa.Connection) -> Iterator[None]:
    """End the transaction that SQLAlchemy begins for a question, and no other."""
    was_begun = connection.in_transaction()
    try:
        yield
    finally:
        if not was_begun and connection.in_transaction():
            connection.rollback()


def _options(row: _Row, usual: frozenset[str]) -> NativeOptions:
    """What a table is kept by, as far as it is not what we say unasked.

    The set of letters is what a collation's name begins with.
    """
    stored_by = MySQL.stored_by
    engine, collation = row[2] or "", row[3] or ""
    charset = collation.partition("_")[0]
    said = {
        "engine": None if engine == stored_by["engine"] else engine,
        "charset": None if charset == stored_by["charset"] else charset,
        "collate": None if collation in usual else collation,
        _ROW_FORMAT: _created(row).get(_ROW_FORMAT),
    }
    return {key: word for key, word in said.items() if word}


def _created(row: _Row) -> Mapping[str, str]:
    """What was said when the table was made, beyond the rest."""
    words = (word.partition("=") for word in (row[4] or "").split())
    return {key.casefold(): value for key, _, value in words}


def _facts(row: _Row) -> Iterator[Unread]:
    """What no schema says of a table; or what is there and no table."""
    if row[1] not in _TABLES:
        yield Unread(kind=row[1].casefold(), name=row[0])
        return
    if row[1] != _TABLES[0]:
        yield Unread(kind=row[1].casefold(), name=row[0], table=row[0])
    for key, value in _created(row).items():
        if key != _ROW_FORMAT:
            kind = f"{key}={value}" if value else key
            yield Unread(kind=kind, name=row[0], table=row[0])


def _by_kind(unread: Unread) -> tuple[str, str, str]:
    return unread.kind, unread.table or "", unread.name
