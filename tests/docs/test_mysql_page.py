"""What the page on MySQL says is what its dialect does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from doc_pages import DOCS, blocks, codes, rows
from live_sqlite import moves
from mm_engine.dialects import dialect
from mm_engine.dialects.mysql import MySQL
from mm_engine.dialects.mysql_keys import COUNTER
from mm_engine.diff import diff
from mm_engine.introspect.mysql_scratch import LEFT, SCRATCH
from mm_engine.model.schema import Schema
from mm_engine.schemafile import read_schema

TEXT = (DOCS / "reference" / "mysql.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in blocks(TEXT) if block.language == "yaml"]


def test_the_types_are_those_of_the_dialect() -> None:
    for word, sql in MySQL.types.items():
        assert f"| `{word}` | `{sql}` |" in TEXT
    assert TEXT.count("\n| `") == len(MySQL.types)


def test_the_options_are_those_of_the_dialect() -> None:
    known = {
        "field": MySQL.field_options,
        "table": MySQL.table_options,
        "index": MySQL.index_options,
    }
    told = [row for row in rows(TEXT) if row[0] in known]
    assert [(row[0], codes(row[1])[0]) for row in told] == [
        (where, option) for where, options in known.items() for option in options
    ]


def test_numbers_and_names_are_those_of_the_code() -> None:
    assert f"keys of more than {MySQL.features.longest_key} bytes" in TEXT
    assert f"may have {MySQL.features.longest_name} letters" in TEXT
    assert f"`{COUNTER}`" in TEXT
    assert f"called `{SCRATCH}`" in TEXT
    assert timedelta(hours=1).total_seconds() == LEFT
    assert "by the next `db-diff` an hour later" in TEXT


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("Before MySQL 8.0.13", "default_expressions"),
        ("before MySQL 8 and", "renames_columns"),
        ("before MySQL 8.0.16", "enforces_checks"),
    ],
)
def test_versions_are_those_of_the_facts(said: str, fact: str) -> None:
    assert said in TEXT
    numbers = said.removesuffix(" and").rpartition(" ")[2]
    first = tuple(map(int, numbers.split(".")))
    older = (*first[:-1], first[-1] - 1, 99)
    found = (dialect("mysql", version).features for version in (older, first))
    assert [getattr(features, fact) for features in found] == [False, True]


@pytest.mark.parametrize("words", [dialect("mysql"), dialect("mariadb")])
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_is_a_schema_that_can_be_made(
    number: int, words: MySQL, tmp_path: Path
) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(EXAMPLES[number].text, encoding="utf-8")
    found = read_schema([path], root=tmp_path)
    assert found.findings == ()
    assert words.items(moves(diff(Schema(), found.schema), Schema()))
