"""What the page on Aurora DSQL says is what its dialect does."""

from __future__ import annotations

from doc_pages import DOCS, codes, rows
from mm_engine.dialects.auroradsql import AuroraDSQL
from mm_engine.dialects.auroradsql_alters import ROWS
from mm_engine.dialects.auroradsql_words import (
    LONGEST_KEY,
    MOST_INDEXES,
    MOST_KEY_FIELDS,
)

TEXT = (DOCS / "reference" / "auroradsql.md").read_text(encoding="utf-8")


def test_the_types_are_those_of_the_dialect() -> None:
    for word, sql in AuroraDSQL.types.items():
        assert f"| `{word}` | `{sql}` |" in TEXT
    assert TEXT.count("\n| `") == len(AuroraDSQL.types)


def test_the_options_are_those_of_the_dialect() -> None:
    known = {
        "field": AuroraDSQL.field_options,
        "table": AuroraDSQL.table_options,
        "index": AuroraDSQL.index_options,
    }
    told = [row for row in rows(TEXT) if row[0] in known]
    assert [(row[0], codes(row[1])[0]) for row in told] == [
        (where, option) for where, options in known.items() for option in options
    ]


def test_numbers_are_those_of_the_code() -> None:
    assert f"transaction changes {AuroraDSQL.features.rows_a_transaction} rows" in TEXT
    assert f"filled {ROWS} at a time" in TEXT
    assert f"more than {MOST_INDEXES} indexes" in TEXT
    assert f"more than {MOST_KEY_FIELDS} fields" in TEXT
    assert f"more than {LONGEST_KEY} declared letters" in TEXT
