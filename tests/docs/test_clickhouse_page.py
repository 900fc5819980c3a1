"""What the page on ClickHouse says is what its dialect and its lock do."""

from __future__ import annotations

from pathlib import Path

from doc_pages import DOCS, blocks, codes, rows
from live_sqlite import moves
from mm_engine.dialects import dialect
from mm_engine.dialects.clickhouse import ClickHouse
from mm_engine.dialects.statements import Statement
from mm_engine.diff import diff
from mm_engine.model.schema import Schema
from mm_engine.runner import clickhouse, clickhouse_lease
from mm_engine.schemafile import read_schema

TEXT = (DOCS / "reference" / "clickhouse.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in blocks(TEXT) if block.language == "yaml"]


def test_the_types_are_those_of_the_dialect() -> None:
    for word, sql in ClickHouse.types.items():
        assert f"| `{word}` | `{sql}` |" in TEXT
    assert TEXT.count("\n| `") == len(ClickHouse.types)


def test_the_options_are_those_of_the_dialect() -> None:
    known = {
        "field": ClickHouse.field_options,
        "table": ClickHouse.table_options,
        "index": ClickHouse.index_options,
    }
    told = [row for row in rows(TEXT) if row[0] in known]
    assert [(row[0], codes(row[1])[0]) for row in told] == [
        (where, option) for where, options in known.items() for option in options
    ]


def test_numbers_are_those_of_the_code() -> None:
    facts = ClickHouse.features
    assert f"a `decimal` of more than {facts.exact_decimal_digits} digits" in TEXT
    assert f"a name of more than {facts.longest_name} bytes" in TEXT
    assert f"ClickHouse {'.'.join(map(str, clickhouse.OLDEST))}" in TEXT
    assert f"every {clickhouse_lease.RENEWED_EACH:.0f} seconds" in " ".join(
        TEXT.split()
    )
    assert f"free {clickhouse_lease.LASTS} seconds after" in TEXT
    assert f"`{clickhouse_lease.TABLE}1`" in TEXT


def test_the_example_is_told_as_it_says(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 1
    file = tmp_path / "schema.yaml"
    file.write_text(EXAMPLES[0].text, encoding="utf-8")
    operations = diff(Schema(), read_schema([file], root=tmp_path).schema)
    items = dialect("clickhouse").items(moves(operations, Schema()))
    told = "\n".join(item.sql for item in items if isinstance(item, Statement))
    assert "ORDER BY (`kind`, `happened_at`)" in told
    assert "PARTITION BY toYYYYMM(happened_at)" in told
    assert "`kind` LowCardinality(String)" in told
    assert "TYPE bloom_filter(0.01) GRANULARITY 4" in told
