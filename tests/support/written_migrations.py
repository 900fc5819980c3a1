"""Migrations as files may hold them: one of each operation, and small histories.

The samples fit no schema: they are written, loaded and digested, not applied.
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

import sqlalchemy as sa

import mm_engine as mm
from mm_engine.operations import Operation


def fill_slugs(connection: sa.Connection, schema: mm.Schema) -> None:
    """A function for the samples of RunPython."""
    del schema
    connection.execute(sa.text("UPDATE posts SET slug = lower(title)"))


USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Uuid(), nullable=False, default=mm.Symbol("new_uuid")),
        mm.Field("email", mm.Varchar(255), nullable=False, comment="Where to write"),
        mm.Field("price", mm.Decimal(10, 2), default=mm.Literal("0.10")),
        mm.Field("tags", mm.Array(mm.Text()), options={"mysql": {"charset": "utf8"}}),
        mm.Field("search", mm.Native({"postgresql": "tsvector"}, otherwise=mm.Text())),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
    indexes=[mm.Index(["email", mm.Desc("id")], name="idx_users", where="id > 0")],
    uniques=[mm.Unique(["email"], name="uq_users_email")],
    checks=[mm.Check("price >= 0", name="ck_users_price")],
    foreign_keys=[
        mm.ForeignKey(
            ["id"], "people", references=["id"], name="fk_users", on_delete="CASCADE"
        )
    ],
    options={"clickhouse": {"engine": "MergeTree", "order_by": ("id",)}},
)

SAMPLES: tuple[Operation, ...] = (
    USERS,
    mm.DropTable("users"),
    mm.RenameTable("users", "people"),
    mm.AddField(
        "users", mm.Field("age", mm.Integer(), nullable=False), one_off=mm.Literal("0")
    ),
    mm.DropField("users", "age"),
    mm.AlterField(
        "users",
        mm.Field("age", mm.BigInt()),
        convert={"postgresql": ("age::bigint", "age::integer")},
    ),
    mm.RenameField("users", "age", new="years"),
    mm.AddIndex("users", mm.Index(["age"], name="idx_users_age", unique=True)),
    mm.AlterIndex("users", mm.Index(["age", "day"], name="idx_users_age")),
    mm.DropIndex("users", "idx_users_age"),
    mm.RenameIndex("users", "idx_a", new="idx_b"),
    mm.AlterPrimaryKey("users", mm.PrimaryKey(["id", "day"], name="users_pkey")),
    mm.AddForeignKey(
        "users", mm.ForeignKey(["boss"], "users", references=["id"], name="fk_boss")
    ),
    mm.AlterForeignKey(
        "users",
        mm.ForeignKey(
            ["boss"],
            "users",
            references=["id"],
            name="fk_boss",
            on_delete="SET NULL",
            deferrable="deferred",
        ),
    ),
    mm.DropForeignKey("users", "fk_boss"),
    mm.AddUnique("users", mm.Unique(["email"], name="uq_users_email")),
    mm.AlterUnique(
        "users", mm.Unique(["email"], name="uq_users_email", nulls_not_distinct=True)
    ),
    mm.DropUnique("users", "uq_users_email"),
    mm.AddCheck("users", mm.Check("age > 0", name="ck_users_age")),
    mm.AlterCheck("users", mm.Check("age > 17", name="ck_users_age")),
    mm.DropCheck("users", "ck_users_age"),
    mm.RenameConstraint("users", "uq_a", new="uq_b"),
    mm.CreateEnum(mm.Enum("status", ["new", "done"])),
    mm.DropEnum("status"),
    mm.RenameEnum("status", "state"),
    mm.AlterEnum(mm.Enum("status", ["new", "over"]), renamed={"done": "over"}),
    mm.SetDefaults({"sqlite": {"now": "CURRENT_TIMESTAMP"}}),
    mm.SetTypeMappings({"postgresql": {"float": "real"}}),
    mm.SetTableComment("users", "Whoever signed up"),
    mm.SetTableOptions("users", {"mysql": {"engine": "InnoDB"}}),
    mm.RunSQL("UPDATE users SET age = 0", ""),
    mm.RunPython(fill_slugs, fill_slugs),
    mm.UpsertData(
        "prices",
        keys=["code"],
        rows=[
            {"code": "EUR", "rate": decimal.Decimal("1.10"), "on": None, "ok": True},
            {
                "code": "USD",
                "rate": 1.5,
                "on": dt.date(2024, 2, 29),
                "ok": mm.Symbol("now"),
            },
            {"code": "x", "at": dt.datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC)},
            {"code": "y", "at": dt.time(3, 4), "raw": b"\0'", "n": 7},
            {"code": "z", "id": uuid.UUID(int=1), "sql": mm.Expression("now()")},
        ],
    ),
    mm.RestoreData("prices", keys=["code"], rows=[{"code": "EUR"}]),
)
"""One of each operation, with its keywords used."""

WRITTEN = tuple(op for op in SAMPLES if not isinstance(op, mm.RunPython))
"""The samples that any file can hold: functions need a file of their own."""


def step(name: str, *parents: str, does: tuple[Operation, ...] = ()) -> mm.Migration:
    """A migration of few words."""
    return mm.Migration(name=name, dependencies=parents, operations=does)


def table(name: str, *fields: str) -> mm.CreateTable:
    """A new table of text fields, the first of them its key."""
    return mm.CreateTable(
        name,
        fields=[
            mm.Field(field, mm.Text(), nullable=n > 0) for n, field in enumerate(fields)
        ],
        primary_key=mm.PrimaryKey(fields[:1], name=f"{name}_pkey"),
    )
