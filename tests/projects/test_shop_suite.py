"""The tests that the shop has of its own: they pass, and every way is accounted for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from shop_runs import SHOP, WAYS, Ended, Way
from surroundings import as_typed

REPORT = '<testsuites><testsuite tests="{}" skipped="{}" failures="{}" errors="0"/>'
CONTAINER = Way("postgresql", "container")


def ended(code: int, said: str, tests: int, skipped: int, failures: int = 0) -> Ended:
    report = f"{REPORT.format(tests, skipped, failures)}</testsuites>"
    lines = ["collected 18 items", f"makemigrations: {said}", "18 passed"]
    return Ended.of(CONTAINER, code, report, lines)


@pytest.mark.database("sqlite")
def test_the_shop_passes_its_own_tests() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
            *("-W", "error", "--mm-databases", "sqlite"),
        ],
        cwd=SHOP,
        env=as_typed() | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nmakemigrations: sqlite 3" in done.stdout
    assert " passed in " in done.stdout
    assert "skipped" not in done.stdout


def test_a_way_is_gone_on_each_kind_of_server_and_by_each_way() -> None:
    assert [str(way) for way in WAYS] == [
        "sqlite",
        "postgresql by container",
        "postgresql by binaries",
        "postgresql by url",
        "mariadb by container",
    ]
    checked = [way.database for way in WAYS if way.is_checked]
    assert checked == list(dict.fromkeys(way.database for way in WAYS))


def test_what_passed_is_said_with_its_server() -> None:
    run = ended(0, "postgresql 18.1 by container", 18, 0)
    assert run.is_fine
    assert str(run) == (
        "shop: passed on postgresql by container:"
        " postgresql 18.1 by container: 18 passed, 0 skipped, 0 s"
    )


def test_a_way_to_no_server_is_skipped_with_its_reason() -> None:
    run = ended(0, "no postgresql (container: no engine)", 18, 17)
    assert run.is_missing
    assert not run.is_fine
    assert "skipped on postgresql by container: no postgresql (container" in str(run)


@pytest.mark.parametrize(
    "run",
    [
        ended(1, "no postgresql (container: no engine)", 18, 0, 17),
        ended(1, "postgresql 18.1 by container", 18, 0, 1),
        ended(0, "postgresql 18.1 by container", 18, 1),
        ended(0, "mariadb 10.11 by container", 18, 0),
        ended(0, "postgresql 18.1 by container", 0, 0),
        Ended.of(CONTAINER, 3, "", []),
    ],
    ids=["required", "failed", "skipped", "another database", "nothing ran", "crashed"],
)
def test_anything_else_fails(run: Ended) -> None:
    assert not run.is_fine
    assert not run.is_missing
    assert "FAILED" in str(run)
