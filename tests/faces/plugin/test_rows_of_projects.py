"""The example projects under every check: they pass, whatever rows are there."""

from __future__ import annotations

import pytest

from histories import Example, examples
from suites import Suite

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.database("postgresql")]

CHOSEN = {"sqlite": "sqlite", "postgresql": "rows"}
FITS = {
    "shop": "mm_rows_fit = 0007:customers.points 0007:products.rating"
    " 0007:products.weight 0007:shipments.carrier"
}
"""What their histories take for granted; the shop's was asked, and answered so."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_every_migration_keeps_rows(
    suite: Suite, example: Example, kind: str, postgresql_url: str
) -> None:
    folder = example.copy(suite.folder / "copied")
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.environment["PYTHONPATH"] = str(example.packages)
    settings = f"[pytest]\nmm_project = {folder}\n{FITS.get(example.name, '')}\n"
    suite.write("pytest.ini", settings)
    said = suite.passed("--mm-checks", "--mm-databases", kind, "-v", "-k", CHOSEN[kind])
    for name in example.migrations():
        assert f"::{name.removesuffix('.py')}::rows[{kind}] PASSED" in said
    assert "no rows could be made for" not in said
    assert "skipped" not in said
