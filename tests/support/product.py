"""Every operation on every type: what databases are told, both ways, and with rows.

A scenario is an operation as it may meet a table; a sample is a type with values. Each
pair is a cell. What is said is kept in a file of ``fixtures/cases/product``, with the
words that differ only by type left open, so that equal texts stand there once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import attrs
import yaml

from live_sqlite import Live, moves, reversed_moves, step_text
from mm_engine import operations as ops
from mm_engine.dialects import dialect, variants
from mm_engine.dialects.base import Dialect
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.values import Literal
from mm_engine.operations import Operation
from samples import SAMPLES, Sample
from scenarios import MOODS, SCENARIOS, Scenario

FOLDER = Path(__file__).parents[2] / "fixtures" / "cases" / "product"


class Told(Protocol):
    """A live database that is told operations."""

    schema: Schema

    @property
    def dialect(self) -> Dialect: ...

    def up(self, operations: Iterable[Operation]) -> object: ...

    def sql(self, sql: str) -> list[tuple[object, ...]]: ...


@attrs.frozen
class Cell:
    """One scenario with one sample."""

    scenario: Scenario
    sample: Sample
    database: str = "sqlite"

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
            return {"error": self._open(f"{error}\n")}
        return {"up": self._open(up), "down": self._open(down)}

    def live(self) -> Live:
        """A database with the schema and two rows."""
        live = Live()
        self.fill(live)
        return live

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

    def _open(self, text: str) -> str:
        """The text with what differs by the type left open."""
        text = re.sub(r"(?<=makemigrations_kept_)[0-9a-f]{8}", "{mark}", text)
        words = dialect(self.database)
        field = self.sample.field()
        schema = self.before
        try:
            type_ = words.type_sql(field, schema)
            for word, value in (("one", self.sample.one), ("other", self.sample.other)):
                sql = words.default(Literal(value), field, schema)
                if len(sql) > 1:
                    text = text.replace(sql, f"{{{word}}}")
        except UnsupportedError:
            return text
        for name in map(words.quote, ("value", "extra", "worth")):
            text = text.replace(f"{name} {type_}", f"{name} {{type}}")
        return text


def cells(database: str = "sqlite") -> Iterator[Cell]:
    """Every scenario with every sample."""
    for scenario in SCENARIOS:
        for sample in SAMPLES:
            yield Cell(scenario, sample, database)


def computed(database: str = "sqlite") -> dict[str, list[dict[str, object]]]:
    """The whole product, texts that are the same standing once."""
    product: dict[str, list[dict[str, object]]] = {}
    for scenario in SCENARIOS:
        texts: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for sample in SAMPLES:
            said = Cell(scenario, sample, database).said()
            texts.setdefault(tuple(said.items()), []).append(sample.name)
        product[scenario.name] = [
            {"types": types, **dict(said)} for said, types in texts.items()
        ]
    return product


def otherwise(variant: str) -> dict[str, list[dict[str, object]]]:
    """Where the product of a variant is not that of its database, errors apart."""
    of, own = computed(dialect(variant).name), computed(variant)
    return {
        name: texts
        for name, texts in own.items()
        if _without_errors(texts) != _without_errors(of[name])
    }


def _without_errors(texts: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{**text, "error": ""} if "error" in text else text for text in texts]


def golden(database: str = "sqlite") -> dict[str, list[dict[str, object]]]:
    """The product as the file has it."""
    loaded: dict[str, list[dict[str, object]]] = yaml.safe_load(
        (FOLDER / f"{database}.yaml").read_text("utf-8")
    )
    return loaded


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they are."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_golden(database: str = "sqlite") -> None:
    """Write the product as it is now; of a variant, what is its own."""
    path = FOLDER / f"{database}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(
        otherwise(database) if database in variants() else computed(database),
        Dumper=_Dumper,
        sort_keys=False,
        width=200,
        allow_unicode=True,
    )
    head = "# Made by tests/cases/update.py; read what changed before you commit it.\n"
    path.write_text(head + text, encoding="utf-8", newline="\n")
