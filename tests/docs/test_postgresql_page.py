"""What the page on PostgreSQL says is what its dialect does."""

from __future__ import annotations

from doc_pages import DOCS
from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.runner.postgresql import OLDEST

TEXT = (DOCS / "reference" / "postgresql.md").read_text(encoding="utf-8")


def test_the_types_are_those_of_the_dialect() -> None:
    for word, sql in PostgreSQL.types.items():
        assert f"| `{word}` | `{sql}` |" in TEXT
    assert TEXT.count("\n| `") == len(PostgreSQL.types)


def test_versions_and_lengths_are_those_of_the_code() -> None:
    assert f"from version {OLDEST} on" in TEXT
    assert f"may have {PostgreSQL.features.longest_name} bytes" in TEXT
