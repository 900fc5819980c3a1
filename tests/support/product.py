"""Every operation on every type: what SQLite is told, both ways, and with rows.

A scenario is an operation as it may meet a table; a sample is a type with values. Each
pair is a cell. What is said is kept in ``fixtures/cases/product/sqlite.yaml``, with the
words that differ only by type left open, so that equal texts stand there once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import attrs
import yaml

from live_sqlite import Live, moves, reversed_moves, step_text
from mm_engine import operations as ops
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Options, Table
from mm_engine.model.types import BaseType, FieldType, referencing_type
from mm_engine.model.values import Literal, Symbol
from mm_engine.operations import Operation
from mm_engine.operations.base import BaseOperation

GOLDEN = Path(__file__).parents[2] / "fixtures" / "cases" / "product" / "sqlite.yaml"

FIELD_TYPES: tuple[type[BaseType], ...] = get_args(FieldType)
OPERATIONS: tuple[type[BaseOperation], ...] = get_args(Operation)


@attrs.frozen
class Sample:
    """A type, and two values of it as literals."""

    type: FieldType
    one: str
    other: str
    options: Options = attrs.field(factory=dict)
    label: str = ""

    @property
    def name(self) -> str:
        """What the sample is called in the file."""
        return self.label or self.type.yaml_name

    @property
    def counts(self) -> bool:
        """Whether it is only possible as a primary key of its own."""
        return isinstance(self.type, t.Serial | t.BigSerial)

    def field(self, name: str = "value", **facts: object) -> Field:
        """A field of the type."""
        field = Field(name, self.type, nullable=not self.counts, options=self.options)
        return attrs.evolve(field, **facts)

    def table(self, **facts: object) -> Table:
        """A table with a field of the type."""
        note = Field("note", t.Varchar(20))
        if self.counts:
            fields, key = (
                [self.field(), note],
                PrimaryKey(["value"], name="things_pkey"),
            )
        else:
            number = Field("id", t.Integer(), nullable=False)
            fields, key = (
                [number, self.field(), note],
                PrimaryKey(["id"], name="things_pkey"),
            )
        return attrs.evolve(Table("things", fields, primary_key=key), **facts)


SAMPLES = (
    Sample(t.Varchar(30), "it's one", "the other"),
    Sample(t.Char(9), "it's one", "the other"),
    Sample(t.Text(), "007", "true"),
    Sample(t.SmallInt(), "4041", "4042"),
    Sample(t.Integer(), "4041", "4042"),
    Sample(t.BigInt(), "4041", "4042"),
    Sample(t.Serial(), "4041", "4042"),
    Sample(t.BigSerial(), "4041", "4042"),
    Sample(t.Float(), "40.41", "40.42"),
    Sample(t.Double(), "40.41", "40.42"),
    Sample(t.Decimal(10, 2), "40.41", "40.42"),
    Sample(
        t.Decimal(30, 4),
        "1234567890123456789.0001",
        "0.0002",
        {"sqlite": {"decimal": "text"}},
        "decimal as text",
    ),
    Sample(t.Boolean(), "true", "false"),
    Sample(t.Date(), "2024-02-29", "2024-03-01"),
    Sample(t.Time(), "12:30:00", "23:59:59"),
    Sample(t.Timestamp(), "2024-02-29 12:30:00", "2024-03-01 00:00:00"),
    Sample(t.TimestampTZ(), "2024-02-29 12:30:00+02:00", "2024-03-01 00:00:00+00:00"),
    Sample(t.Interval(), "1 day", "2 days"),
    Sample(
        t.Uuid(),
        "3b241101-e2bb-4255-8caf-4136c566a962",
        "3b241101-e2bb-4255-8caf-4136c566a963",
    ),
    Sample(t.Json(), '{"a": "it\'s"}', "[1.10]"),
    Sample(t.Jsonb(), '{"a": "it\'s"}', "[1.10]"),
    Sample(t.Bytes(), "some bytes", "other bytes"),
    Sample(t.EnumOf("mood"), "glad", "sad"),
    Sample(t.Array(t.EnumOf("mood")), '["glad"]', '["sad","glad"]'),
    Sample(t.Native({"sqlite": "NUMERIC"}), "some text", "other text"),
)


@attrs.frozen
class Scenario:
    """An operation as it may meet a table; what it finds there is in ``before``."""

    operation: type[BaseOperation]
    name: str
    made: Callable[[Sample], Sequence[Operation]]
    before: Callable[[Sample], Table] = Sample.table
    extra: Callable[[Sample], Sequence[Table]] = lambda _: ()
    first: Callable[[Sample], Sequence[Operation]] = lambda _: ()


_MOODS = Enum("mood", ["glad", "sad"])
_NEW_MOODS = Enum("mood", ["happy", "sad", "calm"])
_INDEX = Index(["value"], name="idx_value")
_UNIQUE = Unique(["value"], name="uq_value")
_CHECK = Check("value IS NOT NULL", name="ck_value")
_KEY = ForeignKey(["value"], "parents", references=["value"], name="fk_value")


def _words(text: str) -> Mapping[str, Mapping[str, str]]:
    return {"sqlite": {"start": text}}


def _parents(sample: Sample) -> Sequence[Table]:
    field = attrs.evolve(
        sample.field(nullable=False), type=referencing_type(sample.type)
    )
    key = PrimaryKey(["value"], name="parents_pkey")
    return [Table("parents", [field], primary_key=key)]


def _altered(sample: Sample, **facts: object) -> Sequence[Operation]:
    return [ops.AlterField("things", sample.field(**facts))]


def _upserted(sample: Sample) -> ops.UpsertData:
    values = (("1", sample.other), ("3", sample.one))
    if sample.counts:
        rows = [{"value": int(v), "note": "new"} for _, v in values]
        return ops.UpsertData("things", keys=["value"], rows=rows)
    return ops.UpsertData(
        "things",
        keys=["id"],
        rows=[{"id": int(n), "value": _python(sample, v)} for n, v in values],
    )


def _python(sample: Sample, text: str) -> str | bytes:
    return text.encode() if isinstance(sample.type, t.Bytes) else text


def _nothing(connection: object, schema: Schema) -> None:
    """A function that a migration can call."""


def _without_key(sample: Sample) -> Table:
    return sample.table(primary_key=None)


SCENARIOS = (
    Scenario(
        ops.CreateTable,
        "CreateTable",
        lambda s: [ops.CreateTable.of(attrs.evolve(s.table(), name="more"))],
    ),
    Scenario(ops.DropTable, "DropTable", lambda _: [ops.DropTable("things")]),
    Scenario(
        ops.RenameTable, "RenameTable", lambda _: [ops.RenameTable("things", "objects")]
    ),
    Scenario(
        ops.AddField, "AddField", lambda s: [ops.AddField("things", s.field("extra"))]
    ),
    Scenario(
        ops.AddField,
        "AddField with a default",
        lambda s: [ops.AddField("things", s.field("extra", default=Literal(s.one)))],
    ),
    Scenario(
        ops.AddField,
        "AddField required, with a value for the rows that exist",
        lambda s: [
            ops.AddField(
                "things", s.field("extra", nullable=False), one_off=Literal(s.other)
            )
        ],
    ),
    Scenario(
        ops.DropField,
        "DropField",
        lambda s: [
            *([ops.AlterPrimaryKey("things", None)] if s.counts else []),
            ops.DropField("things", "value"),
        ],
    ),
    Scenario(
        ops.AlterField,
        "AlterField to required, with a value for the rows that have none",
        lambda s: [
            ops.AlterField("things", s.field(nullable=False), one_off=Literal(s.one))
        ],
    ),
    Scenario(
        ops.AlterField,
        "AlterField to a default",
        lambda s: _altered(s, default=Literal(s.other)),
    ),
    Scenario(
        ops.AlterField,
        "AlterField to text",
        lambda s: _altered(s, type=t.Text(), options={}),
    ),
    Scenario(
        ops.RenameField,
        "RenameField",
        lambda _: [ops.RenameField("things", "value", new="worth")],
    ),
    Scenario(ops.AddIndex, "AddIndex", lambda _: [ops.AddIndex("things", _INDEX)]),
    Scenario(
        ops.DropIndex,
        "DropIndex",
        lambda _: [ops.DropIndex("things", "idx_value")],
        lambda s: s.table(indexes=[_INDEX]),
    ),
    Scenario(
        ops.RenameIndex,
        "RenameIndex",
        lambda _: [ops.RenameIndex("things", "idx_value", new="idx_worth")],
        lambda s: s.table(indexes=[_INDEX]),
    ),
    Scenario(
        ops.AlterPrimaryKey,
        "AlterPrimaryKey to the field",
        lambda s: [
            *([] if s.counts else _altered(s, nullable=False)),
            ops.AlterPrimaryKey("things", PrimaryKey(["value"], name="things_key")),
        ],
    ),
    Scenario(
        ops.AlterPrimaryKey,
        "AlterPrimaryKey to none",
        lambda _: [ops.AlterPrimaryKey("things", None)],
    ),
    Scenario(
        ops.AddForeignKey,
        "AddForeignKey",
        lambda _: [ops.AddForeignKey("things", _KEY)],
        extra=_parents,
    ),
    Scenario(
        ops.DropForeignKey,
        "DropForeignKey",
        lambda _: [ops.DropForeignKey("things", "fk_value")],
        lambda s: s.table(foreign_keys=[_KEY]),
        _parents,
    ),
    Scenario(ops.AddUnique, "AddUnique", lambda _: [ops.AddUnique("things", _UNIQUE)]),
    Scenario(
        ops.DropUnique,
        "DropUnique",
        lambda _: [ops.DropUnique("things", "uq_value")],
        lambda s: s.table(uniques=[_UNIQUE]),
    ),
    Scenario(
        ops.AddCheck,
        "AddCheck",
        lambda s: [
            ops.AddCheck("things", Check("value IS NULL OR id > 0", name="ck_value"))
            if not s.counts
            else ops.AddCheck("things", _CHECK)
        ],
    ),
    Scenario(
        ops.DropCheck,
        "DropCheck",
        lambda _: [ops.DropCheck("things", "ck_value")],
        lambda s: s.table(checks=[Check("note <> value", name="ck_value")]),
    ),
    Scenario(
        ops.RenameConstraint,
        "RenameConstraint",
        lambda _: [ops.RenameConstraint("things", "uq_value", new="uq_worth")],
        lambda s: s.table(uniques=[_UNIQUE]),
    ),
    Scenario(
        ops.CreateEnum,
        "CreateEnum",
        lambda _: [ops.CreateEnum(Enum("colour", ["red"]))],
    ),
    Scenario(
        ops.DropEnum,
        "DropEnum",
        lambda _: [ops.DropEnum("spare")],
        first=lambda _: [ops.CreateEnum(Enum("spare", ["red"]))],
    ),
    Scenario(
        ops.RenameEnum, "RenameEnum", lambda _: [ops.RenameEnum("mood", "temper")]
    ),
    Scenario(
        ops.AlterEnum,
        "AlterEnum",
        lambda _: [ops.AlterEnum(_NEW_MOODS, renamed={"glad": "happy"})],
    ),
    Scenario(
        ops.SetDefaults,
        "SetDefaults",
        lambda _: [ops.SetDefaults(_words("(1 + 2)"))],
        lambda s: _with_default(s),
        first=lambda _: [ops.SetDefaults(_words("(1 + 1)"))],
    ),
    Scenario(
        ops.SetTypeMappings,
        "SetTypeMappings",
        lambda s: [ops.SetTypeMappings({"sqlite": {_mapped_name(s): "CLOB"}})],
    ),
    Scenario(
        ops.SetTableComment,
        "SetTableComment",
        lambda _: [ops.SetTableComment("things", "what is said")],
    ),
    Scenario(
        ops.SetTableOptions,
        "SetTableOptions",
        lambda _: [
            ops.SetTableOptions("things", {"sqlite": {"without_rowid": "true"}})
        ],
    ),
    Scenario(
        ops.RunSQL,
        "RunSQL",
        lambda _: [
            ops.RunSQL(
                "UPDATE things SET note = note || '!'; SELECT ';'",
                "UPDATE things SET note = rtrim(note, '!');",
            )
        ],
    ),
    Scenario(ops.RunPython, "RunPython", lambda _: [ops.RunPython(_nothing, _nothing)]),
    Scenario(ops.UpsertData, "UpsertData", lambda s: [_upserted(s)]),
    Scenario(
        ops.RestoreData,
        "RestoreData",
        lambda s: list(_upserted(s).reverse(Schema())),
        first=lambda s: [_upserted(s)],
    ),
)


def _with_default(sample: Sample) -> Table:
    table = sample.table()
    field = attrs.evolve(table.field("value"), default=Symbol("start"))
    return table.replacing(field)


def _mapped_name(sample: Sample) -> str:
    return "enum[]" if isinstance(sample.type, t.Array) else sample.type.yaml_name


@attrs.frozen
class Cell:
    """One scenario with one sample."""

    scenario: Scenario
    sample: Sample

    @property
    def name(self) -> str:
        """How a test is called after it."""
        return f"{self.scenario.name}, {self.sample.name}"

    @property
    def schema(self) -> Schema:
        """The schema that the operations meet, apart from those made first."""
        tables = [*self.scenario.extra(self.sample), self.scenario.before(self.sample)]
        return attrs.evolve(Schema.of(*tables), enums={"mood": _MOODS})

    @property
    def before(self) -> Schema:
        """The schema that the operations meet."""
        schema = self.schema
        for operation in self.scenario.first(self.sample):
            schema = operation.apply(schema)
        return schema

    def said(self) -> dict[str, str]:
        """What SQLite is told up and down, or why it is not."""
        operations = self.scenario.made(self.sample)
        try:
            up = step_text(moves(operations, self.before))
            down = step_text(reversed_moves(operations, self.before))
        except UnsupportedError as error:
            return {"error": self._open(f"{error}\n")}
        return {"up": self._open(up), "down": self._open(down)}

    def live(self) -> Live:
        """A database with the schema and two rows; ``UnsupportedError`` if it cannot."""
        live = Live()
        for operation in self.scenario.first(self.sample):
            if isinstance(operation, ops.SetDefaults | ops.CreateEnum):
                live.up([operation])
        live.schema = attrs.evolve(
            live.schema, enums={**live.schema.enums, **self.schema.enums}
        )
        live.up([ops.CreateTable.of(table) for table in self.schema.tables.values()])
        for row in self._rows(live):
            live.sql(row)
        live.up(
            op
            for op in self.scenario.first(self.sample)
            if isinstance(op, ops.UpsertData)
        )
        return live

    def _rows(self, live: Live) -> Iterator[str]:
        field = self.sample.field()
        one, other = (
            live.dialect.default(Literal(text), field, live.schema)
            for text in (self.sample.one, self.sample.other)
        )
        for table in self.scenario.extra(self.sample):
            yield f"INSERT INTO {table.name} (value) VALUES ({one}), ({other})"
        yield (
            f"INSERT INTO things (value, note) VALUES ({one}, 'a'), ({other}, 'b')"
            if self.sample.counts
            else f"INSERT INTO things (id, value, note) VALUES (1, {one}, 'a'), (2, {other}, 'b')"
        )

    def _open(self, text: str) -> str:
        """The text with what differs by the type left open."""
        live = Live()
        field = self.sample.field()
        schema = self.before
        try:
            type_ = live.dialect.type_sql(field, schema)
            for word, value in (("one", self.sample.one), ("other", self.sample.other)):
                sql = live.dialect.default(Literal(value), field, schema)
                if len(sql) > 1:
                    text = text.replace(sql, f"{{{word}}}")
        except UnsupportedError:
            return text
        for name in ("value", "extra", "worth"):
            text = text.replace(f'"{name}" {type_}', f'"{name}" {{type}}')
        return text


def cells() -> Iterator[Cell]:
    """Every scenario with every sample."""
    for scenario in SCENARIOS:
        for sample in SAMPLES:
            yield Cell(scenario, sample)


def computed() -> dict[str, list[dict[str, object]]]:
    """The whole product, texts that are the same standing once."""
    product: dict[str, list[dict[str, object]]] = {}
    for scenario in SCENARIOS:
        texts: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for sample in SAMPLES:
            said = Cell(scenario, sample).said()
            texts.setdefault(tuple(said.items()), []).append(sample.name)
        product[scenario.name] = [
            {"types": types, **dict(said)} for said, types in texts.items()
        ]
    return product


def golden() -> dict[str, list[dict[str, object]]]:
    """The product as the file has it."""
    loaded: dict[str, list[dict[str, object]]] = yaml.safe_load(
        GOLDEN.read_text("utf-8")
    )
    return loaded


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they are."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_golden() -> None:
    """Write the product as it is now."""
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(
        computed(), Dumper=_Dumper, sort_keys=False, width=200, allow_unicode=True
    )
    head = "# Made by tests/cases/update.py; read what changed before you commit it.\n"
    GOLDEN.write_text(head + text, encoding="utf-8", newline="\n")
