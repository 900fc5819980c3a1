"""What the page on SQL Server says is what its dialect does."""

from __future__ import annotations

from pathlib import Path

import pytest

from doc_pages import DOCS, blocks, codes, rows
from live_sqlite import moves
from mm_engine.dialects import dialect
from mm_engine.dialects import sqlserver_types as types
from mm_engine.dialects.sqlserver import SQLServer
from mm_engine.diff import diff
from mm_engine.model.schema import Schema
from mm_engine.schemafile import read_schema

TEXT = (DOCS / "reference" / "sqlserver.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in blocks(TEXT) if block.language == "yaml"]


def test_the_types_are_those_of_the_dialect() -> None:
    for word, sql in SQLServer.types.items():
        assert f"| `{word}` | `{sql}` |" in TEXT
    assert TEXT.count("\n| `") == len(SQLServer.types)


def test_the_options_are_those_of_the_dialect() -> None:
    known = {
        "field": SQLServer.field_options,
        "table": SQLServer.table_options,
        "index": SQLServer.index_options,
    }
    told = [row for row in rows(TEXT) if row[0] in known]
    assert [(row[0], codes(row[1])[0]) for row in told] == [
        (where, option) for where, options in known.items() for option in options
    ]


def test_numbers_are_those_of_the_code() -> None:
    facts = SQLServer.features
    for said in (
        f"may have {facts.longest_name} letters",
        f"primary key of more than {types.CLUSTERED} bytes",
        f"of more than {facts.longest_key} bytes",
        f"{facts.rows_a_statement} at a time",
        f"`varchar` of more than {types.LONGEST_TEXT} letters",
        f"`decimal` of more than {types.MOST_DIGITS} digits",
        f"enum of more than {types.LONGEST_ENUM} letters",
    ):
        assert said in " ".join(TEXT.split())


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_is_a_schema_that_can_be_made(number: int, tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(EXAMPLES[number].text, encoding="utf-8")
    found = read_schema([path], root=tmp_path)
    assert found.findings == ()
    assert dialect("sqlserver").items(moves(diff(Schema(), found.schema), Schema()))
