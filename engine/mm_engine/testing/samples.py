"""Types, each with two values of it and a table that holds them."""

from __future__ import annotations

from typing import get_args

import attrs

from mm_engine.model import types as t
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.table import Field, Options, Table
from mm_engine.model.types import BaseType, FieldType

FIELD_TYPES: tuple[type[BaseType], ...] = get_args(FieldType)
"""The whole closed family."""


@attrs.frozen
class Sample:
    """A type, and two values of it as literals."""

    type: FieldType
    one: str
    other: str
    options: Options = attrs.field(factory=dict)
    label: str = ""
    database: str = ""
    """The database of others that is told of it; empty for one of ours."""

    @property
    def name(self) -> str:
        """What the sample is called in the file."""
        return self.label or self.type.yaml_name

    @property
    def counts(self) -> bool:
        """Whether it is only possible as a primary key of its own."""
        return isinstance(self.type, t.Serial | t.BigSerial)

    def field(self, name: str = "value") -> Field:
        """A field of the type."""
        return Field(name, self.type, nullable=not self.counts, options=self.options)

    def table(self) -> Table:
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
        return Table("things", fields, primary_key=key)


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
        {"sqlite": {"decimal": "text"}, "turso": {"decimal": "text"}},
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
    Sample(
        t.Native(
            {
                "sqlite": "NUMERIC",
                "turso": "NUMERIC",
                "postgresql": "VARCHAR",
                "mysql": "VARCHAR(99)",
                "vertica": "VARCHAR(99)",
                "ydb": "Utf8",
                "tidb": "VARCHAR(99)",
                "clickhouse": "LowCardinality(String)",
                "sqlserver": "NVARCHAR(99)",
                "auroradsql": "VARCHAR(99)",
                "redshift": "VARCHAR(99)",
                "starrocks": "VARCHAR(99)",
            }
        ),
        "some text",
        "other text",
    ),
)
