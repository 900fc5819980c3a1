"""The page on databases has each of them, and says no more than tests can show."""

from __future__ import annotations

import pytest

import proofs
from doc_pages import DOCS, ROOT, rows
from mm_engine.dialects import available, variants
from mm_engine.model.databases import DATABASES
from provers import Claim

PAGE = DOCS / "reference" / "databases.md"
TEXT = PAGE.read_text(encoding="utf-8")
ABSENT = "not there yet"
TABLE = [row for row in rows(TEXT) if row[0].startswith("`")]
CLAIMS = {(row[0].strip("`"), row[2]) for row in TABLE}
SAID = {claim.value for claim in Claim}


def whole() -> list[tuple[str, str]]:
    """What is looked at with every cell: run, or read by a prover."""
    ran = [(name, Claim.RUN.value) for name in proofs.run()]
    read = [(name, proofs.claim(name).value) for name in proofs.parsed()]
    text = [(name, Claim.TEXT.value) for name in proofs.UNPROVEN]
    return [*ran, *read, *text]


def test_each_database_is_there() -> None:
    there = {name for name, _ in CLAIMS}
    assert sorted(there) == sorted({*DATABASES, *variants()})


@pytest.mark.parametrize(("database", "claim"), whole())
def test_what_tests_show_is_said(database: str, claim: str) -> None:
    """Else run the tests and .ci/proof_table.py, as the page says."""
    assert (database, claim) in CLAIMS


def test_nothing_else_is_said_but_of_stand_ins() -> None:
    told = {(name, how) for name, how in CLAIMS if how != Claim.STAND_IN.value}
    missing = {(name, ABSENT) for name in {*DATABASES} - {*available()}}
    assert told - {*whole()} == missing


def test_each_word_is_explained() -> None:
    assert {row[0] for row in rows(TEXT)} >= {*SAID, ABSENT}


def test_the_script_that_it_names_is_there() -> None:
    assert (ROOT / ".ci" / "proof_table.py").exists()
    assert ".ci/proof_table.py" in TEXT
