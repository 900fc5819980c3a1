"""What a run says of its databases: which ones tests run on, and why those.

One line a database: at the head of the run, before its tests; where workers open them,
at its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
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


def lines(found: Opened) -> list[str]:
    """The lines for what was opened, and for what could not be."""
    names = dict.fromkeys([*found.places, *found.missed])
    return [_line(found, named) for named in names]


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
    """What was taken, and why not what goes before it; or why there is nothing."""
    missed = "; ".join(map(str, found.missed.get(named, ())))
    if named in found.places:
        title = found.places[named].title
        return f"makemigrations: {title}" + (f" (not by {missed})" if missed else "")
    return f"makemigrations: no {named} ({missed})"
