"""What the page on PostgreSQL says is what its dialect does."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from doc_pages import DOCS, blocks, codes, rows
from live_sqlite import moves
from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.diff import diff
from mm_engine.model.schema import Schema
from mm_engine.runner.postgresql import OLDEST
from mm_engine.schemafile import read_schema
from source_tree import ROOT

TEXT = (DOCS / "reference" / "postgresql.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in blocks(TEXT) if block.language == "yaml"]


def test_the_types_are_those_of_the_dialect() -> None:
    for word, sql in PostgreSQL.types.items():
        assert f"| `{word}` | `{sql}` |" in TEXT
    assert TEXT.count("\n| `") == len(PostgreSQL.types)


def test_the_options_are_those_of_the_dialect() -> None:
    known = {
        "field": PostgreSQL.field_options,
        "table": PostgreSQL.table_options,
        "index": PostgreSQL.index_options,
    }
    told = [row for row in rows(TEXT) if row[0] in known]
    assert [(row[0], codes(row[1])[0]) for row in told] == [
        (where, option) for where, options in known.items() for option in options
    ]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_is_a_schema_that_can_be_made(number: int, tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(EXAMPLES[number].text, encoding="utf-8")
    found = read_schema([path], root=tmp_path)
    assert found.findings == ()
    made = diff(Schema(), found.schema)
    assert PostgreSQL().items(moves(made, Schema()))


def test_versions_and_lengths_are_those_of_the_code() -> None:
    assert f"from version {OLDEST} on" in TEXT
    assert f"may have {PostgreSQL.features.longest_name} bytes" in TEXT


def test_the_versions_that_are_run_are_told() -> None:
    pins = tomllib.loads((ROOT / "tests" / "databases.toml").read_text("utf-8"))
    *others, newest = (
        release.removesuffix(".0") for release in pins["postgresql"].values()
    )
    assert f"the versions {', '.join(others)} and {newest}." in TEXT
    assert min(map(int, pins["postgresql"])) == OLDEST
