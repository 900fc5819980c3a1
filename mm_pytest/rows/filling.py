"""Tables filled with rows, as far as the database takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import attrs

from mm_pytest.rows.promised import Promised
from mm_pytest.rows.proposals import ROWS, CanHold, Proposer, Row

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect
    from mm_engine.model.constraints import ForeignKey
    from mm_engine.model.schema import Schema
    from mm_engine.model.table import Table

GIVEN_UP = 2
"""The place in a table after which there will be no rows if there are none yet."""

TRIES = 60
"""How often a row is changed that the database refuses."""


@attrs.frozen
class Unfilled:
    """A table that is left empty, and what the database said to the last row."""

    table: str
    reason: str


@attrs.define
class Filling:
    """A database on its way to having rows in every table."""

    connection: sa.Connection
    dialect: Dialect
    schema: Schema
    promised: Promised = attrs.field(factory=Promised)
    rows: dict[str, list[Row]] = attrs.field(factory=dict)
    unfilled: list[Unfilled] = attrs.field(factory=list)
    _refused: str = ""
    _told: dict[tuple[str, str, str], str] = attrs.field(factory=dict)
    _seen: set[tuple[object, ...]] = attrs.field(factory=set)

    def fill(self) -> tuple[Unfilled, ...]:
        """Put rows into every table, parents first; gives the tables without any.

        The same rows for the same schema, whenever it is called.
        """
        schema = self.promised.on(self.schema)
        later = postponed(schema)
        for table in in_order(schema):
            self._fill(table, frozenset(k for k in table.foreign_keys if k in later))
        for name in self.rows:
            for key in schema.tables[name].foreign_keys:
                if key in later:
                    self._refer(schema.tables[name], key)
        return tuple(self.unfilled)

    def _fill(self, table: Table, later: frozenset[ForeignKey]) -> None:
        counted = tuple(
            field.name
            for field in table.fields
            if self.dialect.counts_up(table, field, self.schema)
        )
        proposer = Proposer.of(
            table,
            self.schema,
            counted=counted,
            postponed=later,
            can_hold=self._judge(table),
        )
        made = self.rows[table.name] = []
        self._refused = "a foreign key has nothing to refer to"
        for number in range(ROWS):
            tried = proposer.rows(number, self.rows, TRIES)
            row = next((one for one in tried if self._is_kept(table, one)), None)
            if row is None and not made and number == GIVEN_UP:
                break
            if row is not None:
                made.append(row)
        if not made:
            self.unfilled.append(Unfilled(table.name, self._refused))
        for name in counted:
            self._count(table, name, made)

    def _is_kept(self, table: Table, row: Row) -> bool:
        """Whether a row is taken, and meets what the migration will ask of it."""
        shared = [
            (
                table.name,
                names,
                tuple((row.get(name) or "").casefold() for name in names),
            )
            for names in self.promised.uniques.get(table.name, ())
            if all(row.get(name) is not None for name in names)
        ]
        if any(one in self._seen for one in shared) or not self._is_taken(table, row):
            return False
        for condition in self.promised.checks.get(table.name, ()):
            gone = (
                f"DELETE FROM {self.dialect.quote(table.name)} WHERE NOT ({condition})"
            )
            if self._changed(gone):
                self._refused = f"{condition} is not met"
                return False
        self._seen.update(shared)
        return True

    def _is_taken(self, table: Table, row: Row) -> bool:
        """Whether the database takes a row; it is in the table then."""
        if not all(t is None or self._can_hold(table, n, t) for n, t in row.items()):
            return False
        values = [self._value(table, name, text) for name, text in row.items()]
        into = f"INSERT INTO {self.dialect.quote(table.name)}"
        if not row:
            return self._changed(f"{into} DEFAULT VALUES") > 0
        listed = self.dialect.listed(list(row))
        return self._changed(f"{into} ({listed}) VALUES ({', '.join(values)})") > 0

    def _judge(self, table: Table) -> CanHold | None:
        """Who says what fields can hold, where they hold values of another type."""
        if not any(name == table.name for name, _ in self.promised.types):
            return None
        return partial(self._can_hold, table)

    def _can_hold(self, table: Table, name: str, text: str) -> bool:
        from mm_engine.errors import UnsupportedError

        try:
            self._value(table, name, text)
        except UnsupportedError as error:
            self._refused = str(error)
            return False
        return True

    def _value(self, table: Table, name: str, text: str | None) -> str:
        if text is None:
            return "NULL"
        place = (table.name, name, text)
        if place not in self._told:
            field = self.schema.table(table.name).field(name)
            self._told[place] = self.dialect.literal(text, field, self.schema)
        return self._told[place]

    def _changed(self, sql: str) -> int:
        """How many rows a statement changed; none where the database refuses it."""
        from sqlalchemy.exc import DBAPIError

        from mm_engine.runner.session import AS_IT_IS

        try:
            found = self.connection.exec_driver_sql(sql, execution_options=AS_IT_IS)
        except DBAPIError as error:
            self._refused = str(error.orig).partition("\n")[0]
            return 0
        changed = found.rowcount
        found.close()
        return changed

    def _count(self, table: Table, name: str, made: Sequence[Row]) -> None:
        """Take over the numbers that the database gave."""
        column = self.dialect.quote(name)
        found = self.connection.exec_driver_sql(
            f"SELECT {column} FROM {self.dialect.quote(table.name)} ORDER BY {column}"
        )
        numbers = [str(number) for (number,) in found]
        for row, number in zip(made, numbers[len(numbers) - len(made) :], strict=True):
            row[name] = number

    def _refer(self, table: Table, key: ForeignKey) -> None:
        """Have rows refer to others where that could not be from the beginning."""
        parents, own = self.rows.get(key.table, []), table.primary_key
        if own is None or not parents:
            return
        for row, parent in zip(self.rows[table.name], parents, strict=False):
            said = [
                (n, self._value(table, n, parent.get(r)))
                for n, r in zip(key.fields, key.references, strict=True)
            ]
            where = [(n, self._value(table, n, row.get(n))) for n in own.fields]
            self._changed(
                f"UPDATE {self.dialect.quote(table.name)}"
                f" SET {', '.join(self._equal(said))}"
                f" WHERE {' AND '.join(self._equal(where))}"
            )

    def _equal(self, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
        return (f"{self.dialect.quote(name)} = {value}" for name, value in pairs)


def postponed(schema: Schema) -> frozenset[ForeignKey]:
    """Foreign keys to tables that come later, which are null until those have rows."""
    places = {table.name: n for n, table in enumerate(in_order(schema))}
    return frozenset(
        key
        for table in schema.tables.values()
        for key in table.foreign_keys
        if places.get(key.table, -1) > places[table.name]
    )


def in_order(schema: Schema) -> tuple[Table, ...]:
    """Tables after those that they refer to, or at least cannot be without.

    Names break ties.
    """
    waiting = dict(sorted(schema.tables.items()))
    ordered: list[Table] = []
    while waiting:
        tables = list(waiting.values())
        free = [t for t in tables if not _awaits(t, waiting, is_null_enough=False)]
        enough = [t for t in tables if not _awaits(t, waiting, is_null_enough=True)]
        chosen = (free or enough or tables)[0]
        ordered.append(waiting.pop(chosen.name))
    return tuple(ordered)


def _awaits(table: Table, waiting: dict[str, Table], *, is_null_enough: bool) -> bool:
    """Whether a row of the table refers to another that is still to come."""
    return any(
        key.table in waiting
        and key.table != table.name
        and not (is_null_enough and any(table.field(n).nullable for n in key.fields))
        for key in table.foreign_keys
    )
