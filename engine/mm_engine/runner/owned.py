"""Our own tables in a database, made of the words that it has for their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, assert_never

import attrs

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.runner.backend import Backend


Quote: TypeAlias = Callable[[str], str]
"""What puts a name into a database's quotes."""


class Kind(Enum):
    """What a column of ours holds."""

    COUNTER = "a number that the database gives, the key"
    KEY = "a number that we give, the key"
    NAME = "a short text that occurs once"
    WORD = "a short text"
    TEXT = "a text of any length"
    NUMBER = "a whole number"
    MOMENT = "when the row was written, by the database's clock"


@attrs.frozen
class Column:
    """One column; only a key and a name may never be null."""

    name: str
    kind: Kind


@attrs.frozen(kw_only=True)
class Words:
    """What a database calls the types of our columns, and what ends CREATE TABLE."""

    counter: str = "INTEGER PRIMARY KEY"
    key: str = "INTEGER NOT NULL PRIMARY KEY"
    unique: str = " UNIQUE"
    word: str = "VARCHAR(255)"
    text: str = "TEXT"
    number: str = "INTEGER"
    moment: str = "TIMESTAMP"
    now: str = "CURRENT_TIMESTAMP"
    inside: str = ""
    """What stands after the columns; a key that no column can say itself."""
    ending: str = ""
    adds: str = "ADD COLUMN"

    def type(self, kind: Kind) -> str:
        """The type of a column, with what has to be true of it."""
        match kind:
            case Kind.COUNTER:
                return self.counter
            case Kind.KEY:
                return self.key
            case Kind.NAME:
                return f"{self.word} NOT NULL{self.unique}"
            case Kind.WORD:
                return self.word
            case Kind.TEXT:
                return self.text
            case Kind.NUMBER:
                return self.number
            case Kind.MOMENT:
                return f"{self.moment} DEFAULT {self.now}" if self.now else self.moment
            case _:
                assert_never(kind)


def make(
    connection: sa.Connection, backend: Backend, table: str, columns: Iterable[Column]
) -> None:
    """Make a table of ours."""
    preparer = connection.dialect.identifier_preparer
    sql = table_sql(backend, table, columns, quote=preparer.quote_identifier)
    connection.exec_driver_sql(sql).close()


def table_sql(
    backend: Backend, table: str, columns: Iterable[Column], *, quote: Quote
) -> str:
    """The CREATE TABLE of a table of ours."""
    words = backend.words
    lines = ", ".join(_column(backend, column, quote) for column in columns)
    return f"CREATE TABLE {quote(table)} ({lines}{words.inside}){words.ending}"


def have(connection: sa.Connection, table: str, sql: str) -> None:
    """Make a table of ours unless it is there, whoever makes it at the same moment."""
    import sqlalchemy as sa
    from sqlalchemy.exc import DBAPIError

    if sa.inspect(connection).has_table(table):
        return
    try:
        connection.exec_driver_sql(sql).close()
    except DBAPIError:
        # IF NOT EXISTS does not help two who make it at once.
        if not sa.inspect(connection).has_table(table):
            raise


def add(
    connection: sa.Connection, backend: Backend, table: str, column: Column
) -> None:
    """Give a table of ours, or of the original's, one more column."""
    preparer = connection.dialect.identifier_preparer
    said = _column(backend, column, preparer.quote_identifier)
    connection.exec_driver_sql(
        f"ALTER TABLE {quoted(connection, table)} {backend.words.adds} {said}"
    ).close()


def quoted(connection: sa.Connection, name: str) -> str:
    """A name of ours as this database quotes names."""
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _column(backend: Backend, column: Column, quote: Quote) -> str:
    kind = column.kind
    if kind is Kind.COUNTER and not backend.deals_numbers:
        kind = Kind.KEY
    return f"{quote(column.name)} {backend.words.type(kind)}"
