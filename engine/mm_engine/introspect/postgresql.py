"""PostgreSQL's catalog read: a handful of questions, however many tables there are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

from mm_engine.errors import ConfigError
from mm_engine.introspect.asides import Rows, aside, rows, run
from mm_engine.introspect.native import Native, NativeEnum, NativeTable, Unread
from mm_engine.introspect.postgresql_catalog import (
    CURRENT_SCHEMA,
    READABLE,
    Answers,
    Catalog,
)
from mm_engine.introspect.postgresql_columns import Columns
from mm_engine.introspect.postgresql_parts import Constraints, Indexes, Triggers
from mm_engine.introspect.postgresql_places import Found, Oid, Places, facts, storage

if TYPE_CHECKING:
    import sqlalchemy as sa


def reflect_postgresql(
    connection: sa.Connection, namespaces: Sequence[str] = ()
) -> Native:
    """What stands in the namespace that the search path leads to, and in these.

    Names of the others hold a point. Raises ``ConfigError`` where the search path
    leads nowhere, and ``LockError`` for a table that somebody is altering.
    """
    with aside(connection):
        default = rows(connection, CURRENT_SCHEMA)[0][0]
        if default is None:
            raise ConfigError(
                "the search path of this connection leads to no schema that exists",
                hint="make the schema, or name another in the URL:"
                " ?options=-csearch_path%3Dname",
            )
        return read(connection, Places(str(default), namespaces))


def read(connection: sa.Connection, places: Places) -> Native:
    """The same within a transaction that will be undone, for any places."""
    catalog = Catalog(places.names, server_version(connection))
    run(connection, READABLE)
    questions = {**catalog.questions, "others": catalog.others}
    found = {name: rows(connection, sql) for name, sql in questions.items()}
    return described(Answers(**found), places)


def described(answers: Answers, places: Places) -> Native:
    """What the answers of a catalog say."""
    enums = _enums(answers.enums, places)
    tables = _tables(answers.tables, places)
    columns = Columns.of(answers.columns, enums, tables)
    constraints = Constraints.of(answers.constraints, places, tables, columns)
    indexes = Indexes.of(answers.indexes, tables, columns)
    triggers = Triggers.of(answers.triggers, tables, columns)
    unread = [
        *(fact for table in tables.values() for fact in table.unread),
        *columns.unread,
        *constraints.unread,
        *indexes.unread,
        *triggers.unread,
        *_others(answers.others, places, triggers.functions),
    ]
    made = (
        NativeTable(
            name=table.name,
            columns=columns.of_table(oid, triggers.updates.get(oid, {})),
            primary_key=constraints.primary_keys.get(oid),
            uniques=constraints.uniques.get(oid, ()),
            checks=constraints.checks.get(oid, ()),
            foreign_keys=constraints.foreign_keys.get(oid, ()),
            indexes=indexes.by_table.get(oid, ()),
            comment=table.comment,
            options=table.options,
        )
        for oid, table in tables.items()
    )
    return Native(
        tables={table.name: table for table in made},
        enums={enum.name: enum for enum in enums.values()},
        unread=tuple(sorted(unread, key=_by_kind)),
    )


def server_version(connection: sa.Connection) -> int:
    """The first number of the server's version."""
    return int((connection.dialect.server_version_info or (0,))[0])


_TableRow: TypeAlias = tuple[
    Oid, str, str, str | None, str | None, bool, bool, list[str] | None, bool
]
_EnumRow: TypeAlias = tuple[Oid, Oid, str, str, str | None, list[str]]
_OtherRow: TypeAlias = tuple[str, str, str, str | None, Oid]


def _tables(found: Rows, places: Places) -> Mapping[Oid, Found]:
    tables: dict[Oid, Found] = {}
    for row in cast("list[_TableRow]", found):
        oid, place, plain, comment, partitioned, unlogged, secured, settings, child = (
            row
        )
        name = places.called(place, plain)
        said = (
            f"partitioned by {partitioned}" if partitioned else None,
            "row level security" if secured else None,
            "inheritance" if child else None,
        )
        tables[oid] = Found(
            name=name,
            comment=comment,
            options=storage(settings, is_unlogged=unlogged),
            unread=facts(said, name, name),
        )
    return tables


def _enums(found: Rows, places: Places) -> Mapping[Oid, NativeEnum]:
    """The enums by the numbers of their types, and of the types of lists of them."""
    enums: dict[Oid, NativeEnum] = {}
    for oid, of_lists, place, plain, comment, values in cast("list[_EnumRow]", found):
        enums[oid] = enums[of_lists] = NativeEnum(
            name=places.called(place, plain), values=tuple(values), comment=comment
        )
    return enums


def _others(found: Rows, places: Places, ours: Collection[Oid]) -> Iterator[Unread]:
    for kind, place, name, table, oid in cast("list[_OtherRow]", found):
        if oid not in ours:
            yield Unread(
                kind=kind,
                name=places.called(place, name),
                table=None if table is None else places.called(place, table),
            )


def _by_kind(unread: Unread) -> tuple[str, str, str]:
    return unread.kind, unread.table or "", unread.name
