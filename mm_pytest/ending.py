"""How a run ends that has opened databases, or whose workers may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mm_pytest import workers

if TYPE_CHECKING:
    from mm_pytest.accounts import Account
    from mm_pytest.run import Run


class Ending:
    """Hooks that other runs do without."""

    def __init__(self, run: Run) -> None:
        """End a run, or the part of it that a worker has."""
        self._run = run
        self._untold: tuple[str, ...] = ()
        self._accounts: tuple[Account, ...] = ()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int | pytest.ExitCode
    ) -> None:
        """Let no run be green whose migrations cannot be applied.

        The one test that is told of it may be expected to fail, or be run once more,
        and all the others are skipped.
        """
        if not self._run.is_used:
            return
        from mm_pytest.opened import opened

        found = opened(session.config)
        self._accounts = found.accounts.all(found.places, found.missed)
        workers.say(session.config, self._accounts)
        if exitstatus == pytest.ExitCode.OK:
            self._untold = found.templates.failures()
        if self._untold:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        """Say what workers and checks had to say, and what no test has failed by."""
        from mm_pytest.report import unfilled

        for line in [*self._told(config), *unfilled(terminalreporter)]:
            terminalreporter.write_line(line)
        for failure in self._untold:
            terminalreporter.write_line(failure, red=True)

    def _told(self, config: pytest.Config) -> list[str]:
        """What workers had no head for, and what else there is to say."""
        heard = workers.heard(config)
        if not (heard or self._accounts):
            return []
        from mm_pytest import explained
        from mm_pytest.report import lines

        processes = heard or {"": self._accounts}
        accounts = [one for told in processes.values() for one in told]
        is_asked = config.getoption(explained.OPTION)
        return [
            *(lines(accounts) if heard else ()),
            *explained.unkept(accounts),
            *explained.left_open(accounts),
            *(explained.explanations(processes) if is_asked else ()),
        ]

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Drop every database, stop every server."""
        if self._run.is_used:
            from mm_pytest.opened import opened

            opened(config).close()
        self._run.close()
