"""Every operation on every type: what a database is told, both ways, with two rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import attrs

from mm_engine import operations as ops
from mm_engine.dialects import dialect
from mm_engine.dialects.base import Dialect
from mm_engine.errors import UnsupportedError
from mm_engine.model.databases import DATABASES
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.types import Native, Varchar
from mm_engine.model.values import Literal
from mm_engine.operations import Operation
from mm_engine.testing.parts import MOODS, Scenario
from mm_engine.testing.samples import SAMPLES, Sample
from mm_engine.testing.scenarios import SCENARIOS
from mm_engine.testing.steps import moves, reversed_moves, step_text


class Told(Protocol):
    """A live database that is told operations."""

    schema: Schema

    @property
    def dialect(self) -> Dialect:
        """How it is told."""
        ...

    def up(self, operations: Iterable[Operation]) -> object:
        """Run one migration."""
        ...

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        """One statement of the test's own, and its rows."""
        ...


@attrs.frozen
class Cell:
    """One scenario with one sample."""

    scenario: Scenario
    sample: Sample
    database: str

    @property
    def name(self) -> str:
        """How a test is called after it."""
        return f"{self.scenario.name}, {self.sample.name}"

    @property
    def schema(self) -> Schema:
        """The schema that the operations meet, apart from those made first."""
        tables = [*self.scenario.extra(self.sample), self.scenario.before(self.sample)]
        return attrs.evolve(Schema.of(*tables), enums={"mood": MOODS})

    @property
    def before(self) -> Schema:
        """The schema that the operations meet."""
        schema = self.schema
        for operation in self.scenario.first(self.sample):
            schema = operation.apply(schema)
        return schema

    def said(self) -> dict[str, str]:
        """What the database is told up and down, or why it is not."""
        operations = self.scenario.made(self.sample)
        try:
            up = step_text(moves(operations, self.before), self.database)
            down = step_text(reversed_moves(operations, self.before), self.database)
        except UnsupportedError as error:
            return {"error": f"{error}\n"}
        return {"up": up, "down": down}

    def fill(self, live: Told) -> None:
        """Make the schema and two rows in a database."""
        for operation in self.scenario.first(self.sample):
            if isinstance(operation, ops.SetDefaults | ops.CreateEnum):
                live.up([operation])
        live.up(ops.CreateEnum(enum) for enum in self.schema.enums.values())
        live.up([ops.CreateTable.of(table) for table in self.schema.tables.values()])
        for row in self._rows(live):
            live.sql(row)
        live.up(
            op
            for op in self.scenario.first(self.sample)
            if isinstance(op, ops.UpsertData)
        )

    def _rows(self, live: Told) -> Iterator[str]:
        field = self.sample.field()
        one, other = (
            live.dialect.default(Literal(text), field, live.schema)
            for text in (self.sample.one, self.sample.other)
        )
        for table in self.scenario.extra(self.sample):
            yield f"INSERT INTO {table.name} (value) VALUES ({one}), ({other})"
        for number, value, note in ((1, one, "a"), (2, other, "b")):
            names, values = "value, note", f"{value}, '{note}'"
            if not self.sample.counts:
                names, values = f"id, {names}", f"{number}, {values}"
            yield f"INSERT INTO things ({names}) VALUES ({values})"


def cells(database: str) -> Iterator[Cell]:
    """Every scenario with every sample."""
    for scenario in SCENARIOS:
        yield from cells_of(scenario, database)


def cells_of(scenario: Scenario, database: str) -> Iterator[Cell]:
    """One scenario with every sample."""
    for sample in SAMPLES:
        yield Cell(scenario, sample_for(sample, database), database)


def sample_for(sample: Sample, database: str) -> Sample:
    """The sample with words of a database of others, which we have none of."""
    told = dialect(database)
    if told.name in DATABASES:
        return sample
    sample = attrs.evolve(sample, database=told.name)
    if not isinstance(sample.type, Native):
        return sample
    text = told.type_sql(Field("value", Varchar(99)), Schema())
    return attrs.evolve(sample, type=Native({**sample.type.types, told.name: text}))
