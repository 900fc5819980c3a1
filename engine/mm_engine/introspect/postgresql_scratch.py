"""How PostgreSQL would describe a schema, seen by building it and undoing that.

It is built in the temporary namespace of the connection, so nobody else sees it, no
table of the user's is locked, and the right to make temporary tables is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects import postgresql_enums
from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.dialects.statements import Item, Statement
from mm_engine.errors import DriftError
from mm_engine.introspect.asides import aside, rows, run, sqlstate
from mm_engine.introspect.native import Native, NativeForeignKey
from mm_engine.introspect.postgresql import read
from mm_engine.introspect.postgresql_places import Places
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table

if TYPE_CHECKING:
    import sqlalchemy as sa

_SETTINGS = """
SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_temp',
        NULLIF(pg_catalog.current_setting('search_path'), '')), true),
    pg_catalog.set_config('client_min_messages', 'warning', true),
    pg_catalog.set_config('check_function_bodies', 'off', true)
"""
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


class _Temporary(PostgreSQL):
    """PostgreSQL told of functions where it would not look for them by itself."""

    def triggers(self, table: Table) -> dict[str, tuple[str, str]]:
        """Our triggers, with functions in the temporary namespace."""
        made = super().triggers(table)
        return {
            name: (
                self._placed(name, function),
                self._placed(name, trigger),
            )
            for name, (function, trigger) in made.items()
        }

    def _placed(self, name: str, text: str) -> str:
        own = self.part_name(name)
        return text.replace(f"FUNCTION {own}()", f"FUNCTION pg_temp.{own}()")


def expected_postgresql(connection: sa.Connection, schema: Schema) -> Native:
    """The schema as this server would describe it.

    Raises ``DriftError`` where nothing can be built on this connection.
    """
    dialect = _Temporary()
    enums = [
        item
        for enum in schema.enums.values()
        for item in postgresql_enums.created(dialect, enum)
    ]
    found = Native(tables={})
    with _explained(), aside(connection):
        run(connection, _SETTINGS)
        run(connection, _text(enums))
        budget = int(str(rows(connection, _LOCKS)[0][0])) // SHARE
        for tables in _batches(schema.tables.values(), budget):
            run(connection, "SAVEPOINT makemigrations_batch")
            items = [i for table in tables for i in _made(dialect, table, schema)]
            run(connection, _text(items))
            place = str(rows(connection, _TEMPORARY)[0][0])
            built = read(connection, Places(place))
            run(connection, "ROLLBACK TO makemigrations_batch")
            found = attrs.evolve(
                built, tables={**found.tables, **built.tables}, unread=()
            )
    keyed = {
        name: attrs.evolve(
            table, foreign_keys=_foreign_keys(dialect, schema.tables[name])
        )
        for name, table in found.tables.items()
    }
    return attrs.evolve(found, tables=keyed)


def _made(dialect: PostgreSQL, table: Table, schema: Schema) -> Iterable[Item]:
    """The statements for a table, without what refers to other tables."""
    alone = attrs.evolve(table, foreign_keys=())
    return dialect.create_table(alone, attrs.evolve(schema, tables={}), tolerant=False)


def _foreign_keys(dialect: PostgreSQL, table: Table) -> tuple[NativeForeignKey, ...]:
    """The foreign keys as the catalog keeps them: word for word as they are said."""
    return tuple(
        NativeForeignKey(
            name=dialect.cut_name(str(key.name)),
            fields=key.fields,
            table=key.table,
            references=key.references,
            on_delete=key.on_delete,
            on_update=key.on_update,
            deferrable=key.deferrable,
        )
        for key in table.foreign_keys
    )


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
    statements = [item.sql for item in items if isinstance(item, Statement)]
    return ";\n".join(statements) or "SELECT 1"


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
