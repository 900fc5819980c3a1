"""How PostgreSQL would describe a schema, seen by building it and undoing that.

It is built in the temporary namespace of the connection, so nobody else sees it, no
table of the user's is locked, and the right to make temporary tables is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.errors import DriftError
from mm_engine.introspect.asides import aside, rows, run, sqlstate
from mm_engine.introspect.native import Native, NativeTable
from mm_engine.introspect.postgresql import reflect_postgresql
from mm_engine.introspect.postgresql_batches import (
    HAS_FUNCTIONS,
    Batch,
    Built,
    read_in_one_call,
    read_one_by_one,
)
from mm_engine.introspect.postgresql_catalog import READABLE
from mm_engine.introspect.postgresql_disguise import Disguise
from mm_engine.introspect.postgresql_spoken import Spoken
from mm_engine.introspect.reader import Reader
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.model.types import BigSerial, Serial
from mm_engine.operations import CreateEnum

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect

_SETTINGS = f"""
SELECT pg_catalog.current_schema(),
    pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_temp',
        NULLIF(pg_catalog.current_setting('search_path'), '')), true),
    pg_catalog.set_config('client_min_messages', 'warning', true),
    pg_catalog.set_config('check_function_bodies', 'off', true),
    pg_catalog.current_setting('max_locks_per_transaction')::bigint
        * (pg_catalog.current_setting('max_connections')::bigint
            + pg_catalog.current_setting('max_prepared_transactions')::bigint),
    {HAS_FUNCTIONS}
"""
"""The namespace of plain names, what is set, places for locks, and the last."""

SHARE = 4
"""The server has so many places for locks; we take one of so many of them at once."""

READING = 80
"""The locks that reading takes, however much there is: catalogs, and their indexes."""


def expected_postgresql(
    connection: sa.Connection, schema: Schema, dialect: Dialect
) -> Native:
    """The schema as this server would describe it.

    Foreign keys are not built: the catalog keeps them word for word, and without them
    the tables can be built in batches, as the server's room for locks asks for.
    Raises ``DriftError`` where nothing can be built on this connection.
    """
    disguise = Disguise.of(schema, dialect)
    tables: dict[str, NativeTable] = {}
    found = Native(tables={})
    with _explained(), aside(connection):
        default, *_, places, has_functions = rows(connection, _SETTINGS)[0]
        run(connection, READABLE)
        spoken = Spoken.of(connection, disguise, str(default))
        batches = batches_of(disguise, spoken, int(str(places)) // SHARE)
        read = read_in_one_call if has_functions else read_one_by_one
        for found in read(connection, batches):
            tables |= found.tables
    return disguise.revealed(attrs.evolve(found, tables=tables), spoken)


READER = Reader(reflect=reflect_postgresql, expected=expected_postgresql)


def batches_of(disguise: Disguise, spoken: Spoken, budget: int) -> list[Batch]:
    """What is built together, so that no batch takes more locks than the budget.

    Each begins with all enums, and takes one lock for each of them.
    """
    enums = _enums(disguise)
    room = budget - READING - len(enums)
    return [
        [*enums, *(_table(table, disguise, spoken) for table in tables)]
        for tables in _groups(disguise.built.tables.values(), room)
    ]


def _enums(disguise: Disguise) -> list[Built]:
    schema, dialect = disguise.built, disguise.dialect
    made: list[Built] = []
    for name, enum in zip(disguise.enums.values(), schema.enums.values(), strict=True):
        operation = CreateEnum(enum)
        move = Move(operation, schema, number=1, mark="")
        made.append(Built(name, _texts(dialect.change_enum(move, operation))))
    return made


def _table(table: Table, disguise: Disguise, spoken: Spoken) -> Built:
    """What makes a table, in a schema of its own."""
    alone = attrs.evolve(disguise.built, tables={table.name: table})
    items = disguise.dialect.create_table(table, alone, tolerant=False)
    return Built(disguise.name(table), map(spoken.in_scratch, _texts(items)))


def _groups(tables: Iterable[Table], room: int) -> Iterator[Sequence[Table]]:
    """Tables by how many locks they take together; one group at least."""
    group: list[Table] = []
    taken = 0
    for table in tables:
        needed = _locks(table)
        if group and taken + needed > room:
            yield group
            group, taken = [], 0
        group.append(table)
        taken += needed
    yield group


def _locks(table: Table) -> int:
    """At most so many: newer servers lock what an index or trigger depends on, too.

    A table has a type, and a place for long values with an index; a key is an index and
    a constraint; what counts has a sequence; what our trigger keeps, a function.
    """
    keys = len(table.uniques) + (table.primary_key is not None)
    counting = [f for f in table.fields if isinstance(f.type, Serial | BigSerial)]
    kept = [field for field in table.fields if field.auto_update]
    return 4 + 2 * keys + len(table.indexes) + len(counting) + len(kept)


def _texts(items: Iterable[Item]) -> Iterator[str]:
    return (item.sql for item in items if isinstance(item, Statement))


_REASONS = {
    "42501": (
        "this user may not make temporary tables here",
        "GRANT TEMPORARY ON DATABASE … TO the user",
    ),
    "25006": (
        "this server, or the transaction that is open, only reads",
        "use a connection that writes",
    ),
    "53200": (
        "the server has no room for more locks right now",
        "try again when it has less to do, or raise max_locks_per_transaction",
    ),
}


@contextmanager
def _explained() -> Iterator[None]:
    """Let an error say what could not be built, and the way out."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        reason, hint = _REASONS.get(
            sqlstate(error),
            ("the server refuses it", "make what it names as it was"),
        )
        raise DriftError(
            "what the migrations say cannot be built beside the database to compare"
            f" the two: {reason} ({said})",
            hint=hint,
        ) from error
