"""A database of PostgreSQL, brought back by what is deleted and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from mm_pytest.databases.resets import HELD, PATIENCE, NotResetError, Reset

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed

# What belongs to an extension is no table of the project's.
_TABLES = """
SELECT n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
AND c.relname <> %s AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
"""
_COUNTERS = """
SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value),
       last_value IS NOT NULL
FROM pg_sequences ORDER BY 1
"""
_BEGIN: LiteralString = "SET LOCAL lock_timeout = {}; "
_OTHERS: LiteralString = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
)
"""Who has written something and neither committed nor rolled back."""

_QUIET: LiteralString = "SET LOCAL session_replication_role = replica; "
"""Neither foreign keys nor triggers; for superusers, and whom they allow it."""


class PostgreSQLReset(Reset):
    """Deletes all rows in one string, and copies back those that migrations made."""

    def __init__(self, connection: psycopg.Connection) -> None:
        """Read what a database has now, by a connection of our own to it."""
        self._server = connection
        self._tables = self._listed()
        filled = [table for table in self._tables if self._is_filled(table)]
        self._kept = [(table, self._read(table)) for table in filled]
        self._text = self._told()

    def __call__(self) -> None:
        """Delete and copy in one transaction; counters stand where they stood."""
        import psycopg

        try:
            with self._server.transaction():
                self._server.execute(self._text)
                self._refuse_others()
                for table, rows in self._kept:
                    self._write(table, rows)
        except psycopg.errors.LockNotAvailable as error:
            raise NotResetError(HELD.format(error.diag.message_primary)) from error
        except psycopg.Error as error:
            raise NotResetError(" ".join(str(error).split())) from error

    def close(self) -> None:
        """Disconnect."""
        self._server.close()

    def _listed(self) -> list[tuple[str, str]]:
        from mm_engine.runner.history import TABLE

        found = self._server.execute(_TABLES, (TABLE,)).fetchall()
        return [(str(namespace), str(name)) for namespace, name in found]

    def _told(self) -> bytes:
        """All that brings the rows to none and counters back, as one string."""
        from psycopg.sql import SQL, Literal

        parts = [SQL(_BEGIN).format(Literal(1000 * PATIENCE))]
        if self._tables and self._may_be_quiet():
            parts.append(SQL(_QUIET).format())
            parts += [_of("DELETE FROM {}; ", table) for table in self._tables]
        elif self._kept:
            names = ", ".join(".".join(table) for table, _ in self._kept)
            raise NotResetError(
                f"migrations leave rows in {names}, and only who may set"
                " session_replication_role can bring them back in any order"
            )
        elif self._tables:
            named = SQL(", ").join(_of("{}", table) for table in self._tables)
            parts.append(SQL("TRUNCATE {}; ").format(named))
        counters = self._server.execute(_COUNTERS).fetchall()
        told = [
            SQL("({}::regclass, {}::bigint, {})").format(*map(Literal, counter))
            for counter in counters
        ]
        if told:
            parts.append(
                SQL(
                    "SELECT setval(s, v, c) FROM (VALUES {}) AS k(s, v, c) WHERE"
                    " pg_sequence_last_value(s) IS DISTINCT FROM"
                    " CASE WHEN c THEN v END"
                ).format(SQL(", ").join(told))
            )
        return SQL("").join(parts).as_bytes(self._server)

    def _refuse_others(self) -> None:
        """What others have written and not committed yet, nobody has seen to delete."""
        if others := self._server.execute(_OTHERS).fetchall():
            told = f"{len(others)} sessions have written and not committed"
            raise NotResetError(HELD.format(told))

    def _may_be_quiet(self) -> bool:
        import psycopg

        try:
            with self._server.transaction():
                self._server.execute(_QUIET)
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True

    def _is_filled(self, table: tuple[str, str]) -> bool:
        return bool(self._server.execute(_of("TABLE {} LIMIT 1", table)).fetchall())

    def _read(self, table: tuple[str, str]) -> bytes:
        """The rows as text; what is computed is left out, as it is when written."""
        with self._server.cursor().copy(_of("COPY {} TO STDOUT", table)) as rows:
            return b"".join(bytes(part) for part in rows)

    def _write(self, table: tuple[str, str], rows: bytes) -> None:
        with self._server.cursor().copy(_of("COPY {} FROM STDIN", table)) as copy:
            copy.write(rows)


def _of(text: LiteralString, table: tuple[str, str]) -> Composed:
    from psycopg.sql import SQL, Identifier

    return SQL(text).format(Identifier(*table))
