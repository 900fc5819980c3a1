"""Telling a table costs what it costs, however many tables are there already."""

from __future__ import annotations

import gc
import sys
from types import FrameType

import pytest

from live_sqlite import moves
from mm_engine import operations as ops
from mm_engine.dialects import available, dialect
from mm_engine.model import types as t
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table

TABLES = 40


def told(name: str, tables: int) -> None:
    """Tell a database that many tables, one after the other."""
    made = [
        Table(
            f"table_{number:04}",
            [Field("id", t.BigInt(), nullable=False), Field("name", t.Varchar(20))],
            primary_key=PrimaryKey(["id"], name=f"key_{number:04}"),
        )
        for number in range(tables)
    ]
    dialect(name).items(moves([ops.CreateTable.of(table) for table in made], Schema()))


def calls(name: str, tables: int) -> int:
    """How many functions that calls: no load of the machine changes the figure."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    gc.disable()  # what others do when it collects is not our work
    sys.setprofile(count)
    try:
        told(name, tables)
    finally:
        sys.setprofile(before)
        gc.enable()
    return counted


@pytest.mark.parametrize("name", available())
def test_a_table_more_is_the_same_work_however_many_there_are(name: str) -> None:
    calls(name, TABLES)  # what is made once and kept
    few, more, many = (calls(name, TABLES * times) for times in (1, 2, 3))
    assert (many - more) - (more - few) < TABLES
