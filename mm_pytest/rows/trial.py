"""One migration up, down and up again on a database with rows in every table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeAlias

import attrs

from mm_engine.model.table import Field
from mm_engine.model.types import Date, Time, Timestamp, TimestampTZ, Uuid
from mm_pytest.rows.comparing import Pair, Row, Sides
from mm_pytest.rows.fates import Fate, Fates, Place
from mm_pytest.rows.promised import Promised
from mm_pytest.rows.suspects import suspects, touching

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect
    from mm_engine.errors import MMError
    from mm_engine.migrations.migration import Migration
    from mm_engine.model.schema import Schema
    from mm_engine.model.table import Table
    from mm_engine.project import Project
    from mm_pytest.rows.filling import Unfilled

Rows: TypeAlias = "dict[str, Sequence[Row]]"


@attrs.frozen
class Trial:
    """A database at the state before a migration, to be spent on it.

    ``before`` is the schema of what is applied to it.
    """

    project: Project
    engine: sa.Engine
    migration: Migration
    before: Schema
    fitting: tuple[Place, ...] = ()
    """Fields whose values fit what becomes of them, by the project's word."""

    def run(self) -> tuple[Unfilled, ...]:
        """Fill the tables, take the migration up, down and up; the tables without rows.

        Raises ``AssertionError`` where rows are lost or changed that should be kept,
        and where it fails with rows. What says that it cannot be undone goes up only.
        """
        __tracebackhide__ = True
        from mm_engine.errors import IrreversibleError, MMError

        after = self.migration.apply(self.before)
        fates = Fates.of(self.migration.operations, self.before, self._dialect().name)
        promised = Promised.by(self.before, after, fates, self.fitting)
        unfilled = self._fill(promised)
        low = self._rows(self.before)
        self._go(self._up, "going up", low)
        high = self._rows(after)
        self._compare(_upwards(self.before, fates, low, high), "going up")
        try:
            self._down()
        except IrreversibleError:
            return unfilled
        except MMError as error:
            self._failed(error, "going down", low)
        back = self._rows(self.before)
        self._compare(_back(self.before, fates, low, back), "going down")
        self._go(self._up, "going up once more", low)
        self._compare(
            _again(self.before, fates, high, self._rows(after)),
            "going up once more",
        )
        return unfilled

    def _up(self) -> None:
        self.project.migrate(self.engine, to=self.migration.name)

    def _down(self) -> None:
        self.project.rollback(self.engine, steps=1)

    def _dialect(self) -> Dialect:
        from mm_pytest.drifted import dialect_of

        with self.engine.connect() as connection:
            return dialect_of(connection, self.project)

    def _go(self, move: Callable[[], None], way: str, rows: Rows) -> None:
        __tracebackhide__ = True
        from mm_engine.errors import MMError

        try:
            move()
        except MMError as error:
            self._failed(error, way, rows)

    def _failed(self, error: MMError, way: str, rows: Rows) -> NoReturn:
        __tracebackhide__ = True
        lines = [f"  {line}" for line in str(error).splitlines()]
        if "up" in way:
            found = suspects(self.migration, self.before, rows, str(error))
            lines += [f"  {line}" for line in found]
        self._tell("fails with rows in the tables", way, lines)

    def _compare(self, sides: Iterable[Sides], way: str) -> None:
        __tracebackhide__ = True
        found = [(one, [*one.faults()]) for one in sides]
        faults = [f"  {fault}" for _, faults in found for fault in faults]
        if faults:
            tables = [n for one, said in found if said for n in one.names]
            database = self._dialect().name
            is_down = "down" in way
            blamed = touching(self.migration, tables, database, is_down=is_down)
            faults += [f"  by {one}" for one in blamed]
            self._tell("rows are not kept", way, faults)

    def _tell(self, what: str, way: str, lines: Sequence[str]) -> NoReturn:
        __tracebackhide__ = True
        name, told = self.migration.name, "\n".join(lines)
        shown = f'"makemigrations migrate showsql {name}'
        next_ = f'{shown}{" --down" if "down" in way else ""}" shows what runs'
        if "more" in way:
            next_ += f', {shown} --down" what ran before'
        raise AssertionError(f"{name}, {way}: {what}:\n{told}\n{next_}")

    def _fill(self, promised: Promised) -> tuple[Unfilled, ...]:
        from mm_pytest.rows.filling import Filling

        with self._at_once() as connection:
            dialect = self._dialect()
            return Filling(connection, dialect, self.before, promised).fill()

    def _rows(self, schema: Schema) -> Rows:
        """Every row there is, as the migrations know it."""
        dialect = self._dialect()
        found: Rows = {}
        with self._at_once() as connection:
            for table in schema.tables.values():
                names = [field.name for field in table.fields]
                rows = connection.exec_driver_sql(
                    f"SELECT {dialect.listed(names)} FROM {dialect.quote(table.name)}"
                )
                found[table.name] = [dict(zip(names, r, strict=True)) for r in rows]
        return found

    @contextmanager
    def _at_once(self) -> Iterator[sa.Connection]:
        """A connection on which every statement is a transaction of its own."""
        with self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")


Alike: TypeAlias = Callable[[str, Place, Fate], Pair]
"""How a field is held against itself: its name before, its place now, its fate."""


def _upwards(before: Schema, fates: Fates, low: Rows, high: Rows) -> Iterator[Sides]:
    """Before and after: everything is kept but what the operations drop or change."""

    def alike(old: str, place: Place, fate: Fate) -> Pair:
        return Pair(
            old,
            place[1],
            is_retyped=fate.is_retyped,
            is_filled=fate.is_filled,
            may_differ=fate.is_freed,
            values=fate.values,
        )

    for name, now, pairs, key in _fields(before, fates, alike):
        yield Sides(name, now, low[name], high[now], pairs, key, now in fates.fed)


def _back(before: Schema, fates: Fates, low: Rows, back: Rows) -> Iterator[Sides]:
    """Before, and after going down: what was dropped comes back empty."""

    def alike(old: str, _place: Place, fate: Fate) -> Pair:
        may_differ = fate.is_lossy or fate.is_freed_back
        return Pair(old, old, is_filled=fate.is_filled, may_differ=may_differ)

    for name, now, pairs, key in _fields(before, fates, alike):
        gains = now in fates.unswept
        yield Sides(name, name, low[name], back[name], pairs, key, gains)


def _again(before: Schema, fates: Fates, high: Rows, again: Rows) -> Iterator[Sides]:
    """After going up, and after going up once more: the same."""
    tables = {now: name for name, now in fates.tables.items()}

    def alike(old: str, place: Place, fate: Fate) -> Pair:
        field = before.tables[str(tables[place[0]])].field(old)
        is_new = fate.is_freed_back and _is_made(field)
        return Pair(place[1], place[1], may_differ=fate.is_lossy or is_new)

    for _, now, pairs, key in _fields(before, fates, alike):
        yield Sides(now, now, high[now], again[now], pairs, key, now in fates.unswept)


def _fields(
    before: Schema, fates: Fates, alike: Alike
) -> Iterator[tuple[str, str, list[Pair], tuple[Pair, ...]]]:
    """Each table that stays: both its names, its fields that do, and its key's."""
    for name, now in fates.tables.items():
        if now is not None:
            pairs = {
                old: alike(old, fate.place, fate)
                for old, fate in fates.of_table(name)
                if fate.place
            }
            yield name, now, [*pairs.values()], _key(before.tables[name], pairs)


def _key(table: Table, pairs: dict[str, Pair]) -> tuple[Pair, ...]:
    """What rows are told apart by on both sides; nothing where that is not kept."""
    names = table.primary_key.fields if table.primary_key else ()
    key = [pairs[name] for name in names if name in pairs]
    is_kept = len(key) == len(names) and not any(p.values for p in key)
    return tuple(key) if is_kept else ()


def _is_made(field: Field) -> bool:
    """Whether values of its type are often made anew: moments, identifiers."""
    return isinstance(field.type, Date | Time | Timestamp | TimestampTZ | Uuid)
