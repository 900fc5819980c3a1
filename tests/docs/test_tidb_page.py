"""What the page on TiDB says is what its dialect does."""

from __future__ import annotations

from pathlib import Path

import pytest

from doc_pages import DOCS, blocks, codes, rows
from live_sqlite import moves
from mm_engine.dialects import dialect
from mm_engine.dialects.tidb import TiDB
from mm_engine.diff import diff
from mm_engine.model.schema import Schema
from mm_engine.schemafile import read_schema

TEXT = (DOCS / "reference" / "tidb.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in blocks(TEXT) if block.language == "yaml"]


def test_the_types_are_those_of_the_dialect() -> None:
    for word, sql in TiDB.types.items():
        assert f"| `{word}` | `{sql}` |" in TEXT
    assert TEXT.count("\n| `") == len(TiDB.types)


def test_the_options_are_those_of_the_dialect() -> None:
    known = {
        "field": TiDB.field_options,
        "table": TiDB.table_options,
        "index": TiDB.index_options,
    }
    told = [row for row in rows(TEXT) if row[0] in known]
    assert [(row[0], codes(row[1])[0]) for row in told] == [
        (where, option) for where, options in known.items() for option in options
    ]


@pytest.mark.parametrize("version", TiDB.facts_before)
def test_versions_are_those_of_the_facts(version: tuple[int, ...]) -> None:
    said = ".".join(map(str, (*version, 0)[:2]))
    assert f"efore {said} " in TEXT


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_is_a_schema_that_can_be_made(number: int, tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(EXAMPLES[number].text, encoding="utf-8")
    found = read_schema([path], root=tmp_path)
    assert found.findings == ()
    assert dialect("tidb").items(moves(diff(Schema(), found.schema), Schema()))
