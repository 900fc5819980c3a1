"""What the scenarios are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import get_args

import attrs

from mm_engine import operations as ops
from mm_engine.dialects import available, dialect
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import referencing_type
from mm_engine.model.values import Symbol
from mm_engine.operations import Operation
from mm_engine.operations.base import BaseOperation
from mm_engine.operations.data import Row
from mm_engine.testing.samples import Sample

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
NEW_MOODS = Enum("mood", ["happy", "sad", "calm"])
UPPER = "UPDATE things SET note = upper(note); SELECT ';'"
LOWER = "UPDATE things SET note = lower(note);"
MUTATIONS = tuple(
    f"ALTER TABLE things UPDATE note = {word}(note) WHERE true"
    " SETTINGS mutations_sync = 2; SELECT ';'"
    for word in ("upper", "lower")
)
INDEX = Index(["value"], name="idx_value")
UNIQUE = Unique(["value"], name="uq_value")
CHECK = Check("value IS NOT NULL", name="ck_value")
KEY = ForeignKey(["value"], "parents", references=["value"], name="fk_value")


def words_of_a_default(text: str, sample: Sample, value: str) -> ops.SetDefaults:
    """Words of a number where types are not kept, and of the type where they are.

    A database that cannot say such a value has no words.
    """
    said: dict[str, dict[str, str]] = {}
    typed: dict[str, dict[str, str]] = {}
    for told in map(dialect, databases(sample)):
        if told.features.strict_tables:
            said[told.name] = {"start": text}
            continue
        with suppress(UnsupportedError):
            value_sql = told.literal(value, sample.field(), Schema())
            typed[told.name] = {"start": value_sql}
    return ops.SetDefaults({**said, **typed})


def databases(sample: Sample) -> tuple[str, ...]:
    """Those that a scenario has words for: ours, and the one that is tested."""
    return (*available(), *([sample.database] if sample.database else []))


def parents(sample: Sample) -> Sequence[Table]:
    """What a foreign key of the sample's field can refer to."""
    field = attrs.evolve(
        sample.field(), nullable=False, type=referencing_type(sample.type)
    )
    key = PrimaryKey(["value"], name="parents_pkey")
    return [Table("parents", [field], primary_key=key)]


def altered(field: Field) -> Sequence[Operation]:
    """The field of the table made so."""
    return [ops.AlterField("things", field)]


def upserted(sample: Sample) -> ops.UpsertData:
    """A row that is there, and one that is not."""
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


def more(sample: Sample) -> Table:
    """Another table with a field of the type."""
    table = sample.table()
    key = PrimaryKey(table.primary_key.fields if table.primary_key else (), name="pk")
    return attrs.evolve(table, name="more", primary_key=key)


def with_default(sample: Sample) -> Table:
    """The table with a symbol for a default."""
    table = sample.table()
    field = attrs.evolve(table.field("value"), default=Symbol("start"))
    return table.replacing(field)


def mapped_name(sample: Sample) -> str:
    """What a type mapping calls the type."""
    return "enum[]" if isinstance(sample.type, t.Array) else sample.type.yaml_name
