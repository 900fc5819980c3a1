"""What a run says of its databases: which ones tests run on, and why those.

One line a database: at the head of the run, before its tests; where workers open them,
at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pytest

from mm_pytest.explained import made

if TYPE_CHECKING:
    from mm_pytest.accounts import Account
    from mm_pytest.named import Named
    from mm_pytest.opened import Opened


def head(config: pytest.Config, items: Sequence[pytest.Item]) -> list[str]:
    """The lines for tests that are about to run; none where no test needs any."""
    from mm_pytest.items import DatabaseItem

    if config.getoption("collectonly"):
        return []
    wanted: dict[Named, None] = {}
    for item in items:
        if isinstance(item, DatabaseItem):
            wanted[item.named] = None
        elif "mm_server" in getattr(item, "fixturenames", ()):
            wanted |= dict.fromkeys(_given(config, item))
    return [line for named in wanted for line in _opened(config, named)]


UNFILLED = "mm_unfilled"
"""The property of a test's report that tells of a table without rows."""


def unfilled(reporter: pytest.TerminalReporter) -> list[str]:
    """The tables that the checks of rows could not fill, once each, with the reason."""
    reports = [one for some in reporter.stats.values() for one in some]
    found = dict.fromkeys(
        str(told)
        for report in reports
        for name, told in getattr(report, "user_properties", ())
        if name == UNFILLED
    )
    if not found:
        return []
    return [
        "makemigrations: tables that no rows could be made for, and were left empty:",
        *(f"  {told}" for told in found),
    ]


def lines(accounts: Iterable[Account]) -> list[str]:
    """The lines for what workers opened and could not open, each once."""
    same: dict[tuple[str, str | None, tuple[str, ...]], list[Account]] = {}
    for one in accounts:
        same.setdefault((one.database, one.title, one.missed), []).append(one)
    return [
        line(database, title and f"{title}, {made(told)}".removesuffix(", "), missed)
        for (database, title, missed), told in same.items()
    ]


def _given(config: pytest.Config, item: pytest.Item) -> tuple[Named, ...]:
    """The database of a test; none for one that stands for no database at all."""
    from mm_pytest.named import Named
    from mm_pytest.opened import opened

    chosen = getattr(item, "callspec", None)
    if chosen is None or "mm_server" not in chosen.params:
        return opened(config).databases[:1]
    given = chosen.params["mm_server"]
    return (given,) if isinstance(given, Named) else ()


def _opened(config: pytest.Config, named: Named) -> list[str]:
    from mm_pytest.opened import opened
    from mm_pytest.servers.url_way import ConfiguredError
    from mm_pytest.servers.ways import NoServerError

    found = opened(config)
    try:
        found.place(named)
    except NoServerError:
        return [_line(found, named)]
    except ConfiguredError:
        return [f"makemigrations: no {named}"]  # the tests say the rest
    return [_line(found, named)]


def _line(found: Opened, named: Named) -> str:
    place = found.places.get(named)
    missed = map(str, found.missed.get(named, ()))
    return line(str(named), place.title if place else None, missed)


def line(database: str, title: str | None, missed: Iterable[str]) -> str:
    """What was taken, and why not what goes before it; or why there is nothing."""
    ways = "; ".join(missed)
    if title:
        return f"makemigrations: {title}" + (f" (not by {ways})" if ways else "")
    return f"makemigrations: no {database} ({ways})"
