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
from mm_engine.introspect.postgresql import read
from mm_engine.introspect.postgresql_disguise import TEMPORARY, Disguise
from mm_engine.introspect.postgresql_places import Places
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import CreateEnum

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect

_SETTINGS = Statement("""
SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_temp',
        NULLIF(pg_catalog.current_setting('search_path'), '')), true),
    pg_catalog.set_config('client_min_messages', 'warning', true),
    pg_catalog.set_config('check_function_bodies', 'off', true)
""")
_TEMPORARY = """
SELECT nspname FROM pg_catalog.pg_namespace
WHERE oid = pg_catalog.pg_my_temp_schema()
"""
_LOCKS = """
SELECT pg_catalog.current_setting('max_locks_per_transaction')::bigint
    * (pg_catalog.current_setting('max_connections')::bigint
        + pg_catalog.current_setting('max_prepared_transactions')::bigint)
"""

SHARE = 4
"""The server has so many places for locks; we take one of so many of them at once."""


def expected_postgresql(
    connection: sa.Connection, schema: Schema, dialect: Dialect
) -> Native:
    """The schema as this server would describe it.

    Foreign keys are not built: the catalog keeps them word for word, and without them
    the tables can be built in as many parts as the server's room for locks asks for.
    Raises ``DriftError`` where nothing can be built on this connection.
    """
    disguise = Disguise.of(schema, dialect)
    built = disguise.built
    enums = [
        item for enum in built.enums.values() for item in _type(dialect, enum, built)
    ]
    found = Native(tables={})
    tables: dict[str, NativeTable] = {}
    with _explained(), aside(connection):
        run(connection, _text([_SETTINGS, *enums]))
        spoken = _spoken(connection, disguise)
        for batch in _batches(built.tables.values(), _budget(connection)):
            run(connection, "SAVEPOINT makemigrations_batch")
            made = [item for table in batch for item in _made(dialect, table, built)]
            run(connection, _text(made))
            found = read(connection, Places(_temporary(connection)))
            run(connection, "ROLLBACK TO makemigrations_batch")
            tables |= found.tables
    return disguise.revealed(attrs.evolve(found, tables=tables), spoken)


def _type(dialect: Dialect, enum: Enum, schema: Schema) -> Iterable[Item]:
    operation = CreateEnum(enum)
    move = Move(operation, schema, number=1, mark="")
    return dialect.change_enum(move, operation)


def _made(dialect: Dialect, table: Table, schema: Schema) -> Iterable[Item]:
    """The statements for a table, in a schema of its own."""
    alone = attrs.evolve(schema, tables={table.name: table})
    return dialect.create_table(table, alone, tolerant=False)


def _spoken(connection: sa.Connection, disguise: Disguise) -> dict[str, str]:
    """What the server writes for enums in namespaces, by their names in the scratch."""
    text = disguise.dialect.text
    pieces = [
        f"SELECT {text(own)}, CASE WHEN {text(place)} ="
        " ANY (pg_catalog.current_schemas(false)) THEN ''"
        f" ELSE pg_catalog.quote_ident({text(place)}) || '.' END"
        f" || pg_catalog.quote_ident({text(name)})"
        for own, (place, name) in disguise.enums_apart.items()
    ]
    found = rows(connection, " UNION ALL ".join(pieces)) if pieces else []
    return {str(own): str(words) for own, words in found}


def _budget(connection: sa.Connection) -> int:
    return int(str(rows(connection, _LOCKS)[0][0])) // SHARE


def _temporary(connection: sa.Connection) -> str:
    """The name that the temporary namespace really has, once something is in it."""
    found = rows(connection, _TEMPORARY)
    return str(found[0][0]) if found else TEMPORARY


def _batches(tables: Iterable[Table], budget: int) -> Iterator[Sequence[Table]]:
    """Tables in groups that take no more locks than the budget, by what they hold."""
    batch: list[Table] = []
    taken = 0
    for table in tables:
        needed = _locks(table)
        if batch and taken + needed > budget:
            yield batch
            batch, taken = [], 0
        batch.append(table)
        taken += needed
    yield batch


def _locks(table: Table) -> int:
    """At most so many: for the table, its key, its long values, a sequence, indexes."""
    return 5 + len(table.indexes) + len(table.uniques)


def _text(items: Iterable[Item]) -> str:
    """One text for all statements: a single journey to the server."""
    statements = [item.sql for item in items if isinstance(item, Statement)]
    return ";\n".join(statements) or "SELECT"


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
            hint=f"{hint}; or give another database to build it in",
        ) from error
