"""Operations as each may meet a table that holds a sample."""

from __future__ import annotations

import attrs

from mm_engine import operations as ops
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, PrimaryKey
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.values import Literal
from mm_engine.testing.parts import (
    CHECK,
    INDEX,
    KEY,
    LOWER,
    MUTATIONS,
    NEW_MOODS,
    UNIQUE,
    UPPER,
    Scenario,
    altered,
    databases,
    mapped_name,
    more,
    parents,
    upserted,
    with_default,
    words_of_a_default,
)


def _nothing(connection: object, schema: Schema) -> None:
    """A function that a migration can call."""


SCENARIOS = (
    Scenario(
        ops.CreateTable,
        "CreateTable",
        lambda s: [ops.CreateTable.of(more(s))],
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
        lambda s: altered(attrs.evolve(s.field(), default=Literal(s.other))),
    ),
    Scenario(
        ops.AlterField,
        "AlterField to text",
        lambda s: altered(attrs.evolve(s.field(), type=t.Text(), options={})),
    ),
    Scenario(
        ops.RenameField,
        "RenameField",
        lambda _: [ops.RenameField("things", "value", new="worth")],
    ),
    Scenario(ops.AddIndex, "AddIndex", lambda _: [ops.AddIndex("things", INDEX)]),
    Scenario(
        ops.AlterIndex,
        "AlterIndex",
        lambda _: [ops.AlterIndex("things", attrs.evolve(INDEX, unique=True))],
        lambda s: attrs.evolve(s.table(), indexes=[INDEX]),
    ),
    Scenario(
        ops.DropIndex,
        "DropIndex",
        lambda _: [ops.DropIndex("things", "idx_value")],
        lambda s: attrs.evolve(s.table(), indexes=[INDEX]),
    ),
    Scenario(
        ops.RenameIndex,
        "RenameIndex",
        lambda _: [ops.RenameIndex("things", "idx_value", new="idx_worth")],
        lambda s: attrs.evolve(s.table(), indexes=[INDEX]),
    ),
    Scenario(
        ops.AlterPrimaryKey,
        "AlterPrimaryKey to the field",
        lambda s: [
            *([] if s.counts else altered(attrs.evolve(s.field(), nullable=False))),
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
        lambda _: [ops.AddForeignKey("things", KEY)],
        extra=parents,
    ),
    Scenario(
        ops.AlterForeignKey,
        "AlterForeignKey",
        lambda _: [
            ops.AlterForeignKey("things", attrs.evolve(KEY, on_delete="CASCADE"))
        ],
        lambda s: attrs.evolve(s.table(), foreign_keys=[KEY]),
        parents,
    ),
    Scenario(
        ops.AlterForeignKey,
        "AlterForeignKey to one that waits",
        lambda _: [
            ops.AlterForeignKey("things", attrs.evolve(KEY, deferrable="deferred"))
        ],
        lambda s: attrs.evolve(s.table(), foreign_keys=[KEY]),
        parents,
    ),
    Scenario(
        ops.DropForeignKey,
        "DropForeignKey",
        lambda _: [ops.DropForeignKey("things", "fk_value")],
        lambda s: attrs.evolve(s.table(), foreign_keys=[KEY]),
        parents,
    ),
    Scenario(ops.AddUnique, "AddUnique", lambda _: [ops.AddUnique("things", UNIQUE)]),
    Scenario(
        ops.AlterUnique,
        "AlterUnique",
        lambda _: [
            ops.AlterUnique("things", attrs.evolve(UNIQUE, fields=["value", "note"]))
        ],
        lambda s: attrs.evolve(s.table(), uniques=[UNIQUE]),
    ),
    Scenario(
        ops.DropUnique,
        "DropUnique",
        lambda _: [ops.DropUnique("things", "uq_value")],
        lambda s: attrs.evolve(s.table(), uniques=[UNIQUE]),
    ),
    Scenario(
        ops.AddCheck,
        "AddCheck",
        lambda s: [
            ops.AddCheck("things", Check("value IS NULL OR id > 0", name="ck_value"))
            if not s.counts
            else ops.AddCheck("things", CHECK)
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
        lambda s: attrs.evolve(s.table(), uniques=[UNIQUE]),
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
        lambda _: [ops.AlterEnum(NEW_MOODS, renamed={"glad": "happy"})],
    ),
    Scenario(
        ops.SetDefaults,
        "SetDefaults",
        lambda s: [words_of_a_default("(1 + 2)", s, s.other)],
        with_default,
        first=lambda s: [words_of_a_default("(1 + 1)", s, s.one)],
    ),
    Scenario(
        ops.SetTypeMappings,
        "SetTypeMappings",
        lambda s: [
            ops.SetTypeMappings(
                {
                    "sqlite": {mapped_name(s): "CLOB"},
                    "turso": {mapped_name(s): "CLOB"},
                    "postgresql": {mapped_name(s): "TEXT"},
                    "mysql": {mapped_name(s): "VARCHAR(600)"},
                    "vertica": {mapped_name(s): "VARCHAR(600)"},
                    "ydb": {mapped_name(s): "String"},
                    "tidb": {mapped_name(s): "VARCHAR(600)"},
                    "clickhouse": {mapped_name(s): "LowCardinality(String)"},
                    "sqlserver": {mapped_name(s): "NVARCHAR(600)"},
                    "starrocks": {mapped_name(s): "VARCHAR(600)"},
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
        lambda s: [
            ops.RunSQL(
                {**dict.fromkeys(databases(s), UPPER), "clickhouse": MUTATIONS[0]},
                {**dict.fromkeys(databases(s), LOWER), "clickhouse": MUTATIONS[1]},
            )
        ],
    ),
    Scenario(ops.RunPython, "RunPython", lambda _: [ops.RunPython(_nothing, _nothing)]),
    Scenario(ops.UpsertData, "UpsertData", lambda s: [upserted(s)]),
    Scenario(
        ops.RestoreData,
        "RestoreData",
        lambda s: list(upserted(s).reverse(Schema())),
        first=lambda s: [upserted(s)],
    ),
)
