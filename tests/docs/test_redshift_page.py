"""What the page on Redshift says is what its dialect does."""

from __future__ import annotations

from pathlib import Path

import pytest

from doc_pages import DOCS, blocks, codes, rows
from live_sqlite import moves
from mm_engine.dialects import dialect
from mm_engine.dialects.redshift import Redshift
from mm_engine.diff import diff
from mm_engine.model.schema import Schema
from mm_engine.schemafile import read_schema

TEXT = (DOCS / "reference" / "redshift.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in blocks(TEXT) if block.language == "yaml"]


def test_the_types_are_those_of_the_dialect() -> None:
    for word, sql in Redshift.types.items():
        assert f"| `{word}` | `{sql}` |" in TEXT
    assert TEXT.count("\n| `") == len(Redshift.types)


def test_the_options_are_those_of_the_dialect() -> None:
    known = {
        "field": Redshift.field_options,
        "table": Redshift.table_options,
        "index": Redshift.index_options,
    }
    told = [row for row in rows(TEXT) if row[0] in known]
    assert [(row[0], codes(row[1])[0]) for row in told] == [
        (where, option) for where, options in known.items() for option in options
    ]


def test_numbers_are_those_of_the_code() -> None:
    assert f"may have {Redshift.features.longest_name} bytes" in TEXT


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_is_a_schema_that_can_be_made(number: int, tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(EXAMPLES[number].text, encoding="utf-8")
    found = read_schema([path], root=tmp_path)
    assert found.findings == ()
    assert dialect("redshift").items(moves(diff(Schema(), found.schema), Schema()))
