"""Operations as each may meet a table that holds a sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import get_args

import attrs

from mm_engine import operations as ops
from mm_engine.dialects import available, dialect
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.databases import DATABASES
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import referencing_type
from mm_engine.model.values import Literal, Symbol
from mm_engine.operations import Operation
from mm_engine.operations.base import BaseOperation
from mm_engine.operations.data import Row
from samples import Sample

OPERATIONS: tuple[type[BaseOperation], ...] = get_args(Operation)
"""The whole closed family."""


@attrs.frozen
class Scenario:
    """An operation as it may meet a table; what it finds there is in ``before``."""

    operation: type[BaseOperation]
    name: str
    made: Callable[[Sample], Sequence[Operation]]
    before: Callable[[Sample], Table] = Sample.table
    extra: Callable[[Sample], Sequence[Table]] = lambda _: ()
    first: Callable[[Sample], Sequence[Operation]] = lambda _: ()


MOODS = Enum("mood", ["glad", "sad"])
_NEW_MOODS = Enum("mood", ["happy", "sad", "calm"])
_UPPER = "UPDATE things SET note = upper(note); SELECT ';'"
_LOWER = "UPDATE things SET note = lower(note);"
_MUTATIONS = tuple(
    f"ALTER TABLE things UPDATE note = {word}(note) WHERE true"
    " SETTINGS mutations_sync = 2; SELECT ';'"
    for word in ("upper", "lower")
)
_INDEX = Index(["value"], name="idx_value")
_UNIQUE = Unique(["value"], name="uq_value")
_CHECK = Check("value IS NOT NULL", name="ck_value")
_KEY = ForeignKey(["value"], "parents", references=["value"], name="fk_value")


def _words(text: str, sample: Sample, value: str) -> ops.SetDefaults:
    """Words of a number where types are not kept, and of the type where they are."""
    field, schema = sample.field(), Schema()
    typed = {
        told.name: {"start": told.literal(value, field, schema)}
        for told in map(dialect, available())
        if told.name not in ("sqlite", "turso")
    }
    untyped = {name: {"start": text} for name in ("sqlite", "turso")}
    return ops.SetDefaults({**untyped, **typed})


def _parents(sample: Sample) -> Sequence[Table]:
    field = attrs.evolve(
        sample.field(), nullable=False, type=referencing_type(sample.type)
    )
    key = PrimaryKey(["value"], name="parents_pkey")
    return [Table("parents", [field], primary_key=key)]


def _altered(field: Field) -> Sequence[Operation]:
    return [ops.AlterField("things", field)]


def _upserted(sample: Sample) -> ops.UpsertData:
    values = (("1", sample.other), ("3", sample.one))
    if sample.counts:
        rows: list[Row] = [{"value": int(v), "note": "new"} for _, v in values]
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


def _more(sample: Sample) -> Table:
    table = sample.table()
    key = PrimaryKey(table.primary_key.fields if table.primary_key else (), name="pk")
    return attrs.evolve(table, name="more", primary_key=key)


def _with_default(sample: Sample) -> Table:
    table = sample.table()
    field = attrs.evolve(table.field("value"), default=Symbol("start"))
    return table.replacing(field)


def _mapped_name(sample: Sample) -> str:
    return "enum[]" if isinstance(sample.type, t.Array) else sample.type.yaml_name


SCENARIOS = (
    Scenario(
        ops.CreateTable,
        "CreateTable",
        lambda s: [ops.CreateTable.of(_more(s))],
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
        lambda s: [
            ops.AddField(
                "things", attrs.evolve(s.field("extra"), default=Literal(s.one))
            )
        ],
    ),
    Scenario(
        ops.AddField,
        "AddField required, with a value for the rows that exist",
        lambda s: [
            ops.AddField(
                "things",
                attrs.evolve(s.field("extra"), nullable=False),
                one_off=Literal(s.other),
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
            ops.AlterField(
                "things",
                attrs.evolve(s.field(), nullable=False),
                one_off=Literal(s.one),
            )
        ],
    ),
    Scenario(
        ops.AlterField,
        "AlterField to a default",
        lambda s: _altered(attrs.evolve(s.field(), default=Literal(s.other))),
    ),
    Scenario(
        ops.AlterField,
        "AlterField to text",
        lambda s: _altered(attrs.evolve(s.field(), type=t.Text(), options={})),
    ),
    Scenario(
        ops.RenameField,
        "RenameField",
        lambda _: [ops.RenameField("things", "value", new="worth")],
    ),
    Scenario(ops.AddIndex, "AddIndex", lambda _: [ops.AddIndex("things", _INDEX)]),
    Scenario(
        ops.AlterIndex,
        "AlterIndex",
        lambda _: [ops.AlterIndex("things", attrs.evolve(_INDEX, unique=True))],
        lambda s: attrs.evolve(s.table(), indexes=[_INDEX]),
    ),
    Scenario(
        ops.DropIndex,
        "DropIndex",
        lambda _: [ops.DropIndex("things", "idx_value")],
        lambda s: attrs.evolve(s.table(), indexes=[_INDEX]),
    ),
    Scenario(
        ops.RenameIndex,
        "RenameIndex",
        lambda _: [ops.RenameIndex("things", "idx_value", new="idx_worth")],
        lambda s: attrs.evolve(s.table(), indexes=[_INDEX]),
    ),
    Scenario(
        ops.AlterPrimaryKey,
        "AlterPrimaryKey to the field",
        lambda s: [
            *([] if s.counts else _altered(attrs.evolve(s.field(), nullable=False))),
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
        ops.AlterForeignKey,
        "AlterForeignKey",
        lambda _: [
            ops.AlterForeignKey("things", attrs.evolve(_KEY, on_delete="CASCADE"))
        ],
        lambda s: attrs.evolve(s.table(), foreign_keys=[_KEY]),
        _parents,
    ),
    Scenario(
        ops.AlterForeignKey,
        "AlterForeignKey to one that waits",
        lambda _: [
            ops.AlterForeignKey("things", attrs.evolve(_KEY, deferrable="deferred"))
        ],
        lambda s: attrs.evolve(s.table(), foreign_keys=[_KEY]),
        _parents,
    ),
    Scenario(
        ops.DropForeignKey,
        "DropForeignKey",
        lambda _: [ops.DropForeignKey("things", "fk_value")],
        lambda s: attrs.evolve(s.table(), foreign_keys=[_KEY]),
        _parents,
    ),
    Scenario(ops.AddUnique, "AddUnique", lambda _: [ops.AddUnique("things", _UNIQUE)]),
    Scenario(
        ops.AlterUnique,
        "AlterUnique",
        lambda _: [
            ops.AlterUnique("things", attrs.evolve(_UNIQUE, fields=["value", "note"]))
        ],
        lambda s: attrs.evolve(s.table(), uniques=[_UNIQUE]),
    ),
    Scenario(
        ops.DropUnique,
        "DropUnique",
        lambda _: [ops.DropUnique("things", "uq_value")],
        lambda s: attrs.evolve(s.table(), uniques=[_UNIQUE]),
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
        ops.AlterCheck,
        "AlterCheck",
        lambda _: [ops.AlterCheck("things", Check("note <> 'x'", name="ck_value"))],
        lambda s: attrs.evolve(
            s.table(), checks=[Check("note <> '' OR value IS NULL", name="ck_value")]
        ),
    ),
    Scenario(
        ops.DropCheck,
        "DropCheck",
        lambda _: [ops.DropCheck("things", "ck_value")],
        lambda s: attrs.evolve(
            s.table(), checks=[Check("note <> '' OR value IS NULL", name="ck_value")]
        ),
    ),
    Scenario(
        ops.RenameConstraint,
        "RenameConstraint",
        lambda _: [ops.RenameConstraint("things", "uq_value", new="uq_worth")],
        lambda s: attrs.evolve(s.table(), uniques=[_UNIQUE]),
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
        lambda s: [_words("(1 + 2)", s, s.other)],
        _with_default,
        first=lambda s: [_words("(1 + 1)", s, s.one)],
    ),
    Scenario(
        ops.SetTypeMappings,
        "SetTypeMappings",
        lambda s: [
            ops.SetTypeMappings(
                {
                    "sqlite": {_mapped_name(s): "CLOB"},
                    "turso": {_mapped_name(s): "CLOB"},
                    "postgresql": {_mapped_name(s): "TEXT"},
                    "mysql": {_mapped_name(s): "VARCHAR(600)"},
                    "vertica": {_mapped_name(s): "VARCHAR(600)"},
                    "ydb": {_mapped_name(s): "String"},
                    "tidb": {_mapped_name(s): "VARCHAR(600)"},
                    "clickhouse": {_mapped_name(s): "LowCardinality(String)"},
                    "sqlserver": {_mapped_name(s): "NVARCHAR(600)"},
                    "starrocks": {_mapped_name(s): "VARCHAR(600)"},
                }
            )
        ],
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
            ops.SetTableOptions(
                "things",
                {
                    "sqlite": {"without_rowid": "true"},
                    "turso": {"without_rowid": "true"},
                    "postgresql": {"unlogged": "true", "with": ["fillfactor=70"]},
                    "mysql": {"row_format": "compact", "collate": "utf8mb4_bin"},
                    "vertica": {"partition_by": "note"},
                    "ydb": {"auto_partitioning_by_load": "true"},
                    "tidb": {"auto_id_cache": "1"},
                    "clickhouse": {"settings": ["min_bytes_for_wide_part=1024"]},
                    "sqlserver": {"compression": "page"},
                    "starrocks": {"buckets": "4", "properties": "replication_num=1"},
                },
            )
        ],
    ),
    Scenario(
        ops.RunSQL,
        "RunSQL",
        lambda _: [
            ops.RunSQL(
                {**dict.fromkeys(DATABASES, _UPPER), "clickhouse": _MUTATIONS[0]},
                {**dict.fromkeys(DATABASES, _LOWER), "clickhouse": _MUTATIONS[1]},
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
