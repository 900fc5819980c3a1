"""The check of rows: what migrations do to them, told by the field."""

from __future__ import annotations

import pytest

from suites import Suite

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.database("postgresql")]

ROWS = ("--mm-checks", "--mm-databases", "sqlite,postgresql", "-v", "-k", "rows")
KINDS = ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def server(suite: Suite, postgresql_url: str) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url


def found(suite: Suite, *kinds: str) -> str:
    """What is said where the migration fails on these databases, and on no other."""
    said = suite.failed(*ROWS)
    for kind in KINDS:
        outcome = "FAILED" if kind in kinds else "PASSED"
        assert f"migrations::0002_x::rows[{kind}] {outcome}" in said
    assert "Traceback" not in said
    return said


def test_rows_that_a_migration_deletes_are_found(suite: Suite) -> None:
    suite.migration("0002_x", 'mm.RunSQL("DELETE FROM users WHERE id > 1", "")')
    said = found(suite, *KINDS)
    assert "0002_x, going up: rows are not kept:" in said
    assert "users.id: 7 of 8 rows lost: id = 2; id = 3; id = 4; and 4 more" in said
    assert '"makemigrations migrate showsql 0002_x" shows what runs' in said
