"""A URL for tests is refused where it means a database that people work with."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from mm_pytest.named import Named
from mm_pytest.servers.url_way import VARIABLE, ConfiguredError, opened
from mm_pytest.servers.wanted import NoWayError, Wanted

WORK = "postgresql://ann:secret@127.0.0.1:5432/shop"


def tried(url: str, *configured: str) -> str:
    """Where the way leads that a URL shows."""
    wanted = Wanted(
        named=Named("postgresql"), configured=configured, environment={VARIABLE: url}
    )
    with ExitStack() as stack:
        return opened(wanted, stack).url


@pytest.mark.parametrize(
    "spelling",
    [
        WORK,
        f" {WORK}\n",
        "postgresql://bob:other@127.0.0.1:5432/shop",
        "postgresql://127.0.0.1:5432/shop",
        "postgres://ann:secret@127.0.0.1:5432/shop",
        "postgresql+psycopg://ann:secret@127.0.0.1:5432/shop",
        "postgresql+asyncpg://ann:secret@127.0.0.1:5432/shop",
        "postgresql://ann:secret@localhost:5432/shop",
        "postgresql://ann:secret@LocalHost:5432/shop",
        "postgresql://ann:secret@[::1]:5432/shop",
        "postgresql://ann:secret@127.0.0.1/shop",
        "postgresql:///shop",
        "postgresql:///shop?host=127.0.0.1",
        "postgresql://127.0.0.1/shop?port=5432",
        "postgresql://127.0.0.1/s%68op",
        f"{WORK}?sslmode=disable&application_name=tests",
    ],
)
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_database_for_work_is_known_however_it_is_spelled(
    spelling: str,
    is_turned: bool,  # noqa: FBT001 - which of the two is configured
) -> None:
    url, configured = (WORK, spelling) if is_turned else (spelling, WORK)
    with pytest.raises(ConfiguredError, match="configured for work"):
        tried(url, "sqlite:///other.db", configured)


@pytest.mark.parametrize(
    "other",
    [
        "postgresql://ann:secret@127.0.0.1:5432/tests",
        "postgresql://ann:secret@127.0.0.1:5433/shop",
        "postgresql://ann:secret@db.example.com:5432/shop",
        "mysql://ann:secret@127.0.0.1:5432/shop",
        "postgresql:///shop?host=one,other&port=5432,5433",
        "no URL at all",
        "",
    ],
)
def test_another_one_is_no_obstacle(other: str) -> None:
    assert tried(WORK, other) == WORK


def test_a_url_of_another_database_leads_nowhere() -> None:
    with pytest.raises(NoWayError, match=f"{VARIABLE} names no postgresql"):
        tried("sqlite:///x.db")


@pytest.mark.parametrize("text", ["nonsense:secret", "postgresql://h:99999/x"])
def test_what_is_no_url_leads_nowhere_and_says_why(text: str) -> None:
    with pytest.raises(NoWayError, match=f"{VARIABLE}: ") as caught:
        tried(text)
    assert "secret" not in str(caught.value)
