"""The page of the documentation that shows how quick tests are, from one run.

The generated part stands between two markers; the rest of the page is written by hand,
and names no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.checks import Checked
from benchmarks.findings import Facts
from benchmarks.whole_runs import TESTS, WORKERS, WholeRun

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "speed.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->\n"
DATABASES = ("PostgreSQL", "SQLite")
TIMES = ("milliseconds a test", "seconds in all", "of the processor")

PLUGINS = (
    *("pytest", "pytest-xdist"),
    *("pytest-django", "pytest-postgresql", "pytest-alembic"),
)
"""The distributions whose versions are named besides."""


def write(
    runs: Sequence[WholeRun], checks: Sequence[Checked], facts: Iterable[Facts]
) -> None:
    """Put what was measured between the markers of the page."""
    page = PAGE.read_text(encoding="utf-8")
    told = "\n".join(measured(runs, checks, facts))
    PAGE.write_text(replaced(page, told), encoding="utf-8", newline="\n")


def replaced(page: str, told: str) -> str:
    """The page with this text between its markers."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n{told}\n\n{END}{rest.partition(END)[2]}"


def measured(
    runs: Sequence[WholeRun], checks: Sequence[Checked], facts: Iterable[Facts]
) -> Iterator[str]:
    """The lines of the generated part."""
    counts = [*(run.runs for run in runs), *(check.runs for check in checks)]
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d}; each figure is {_of(counts)}."
    for each in facts:
        yield "; ".join(f"{name} {value}" for name, value in each.items()) + "."
    for database in DATABASES:
        for tests in TESTS:
            rows = [run for run in runs if _is_of(run, database, tests)]
            if rows:
                yield from ("", f"### {database}, {tests} tests", "", *_table(rows))
    yield from ("", "### Four checks of a long history", "", *_checks(checks))


def _of(counts: Sequence[int]) -> str:
    """How many runs a figure is of."""
    if max(counts) == 1:
        return "of one run"
    return f"the least of {min(counts)} to {max(counts)} runs"


def _is_of(run: WholeRun, database: str, tests: int) -> bool:
    return run.way.database == database and run.tests == tests


def _table(runs: Sequence[WholeRun]) -> Iterator[str]:
    heads = [_heading(time, count) for count in WORKERS for time in TIMES]
    yield _line("A test with", *heads)
    yield _line("---", *("---:" for _ in heads))
    for name in dict.fromkeys(run.way.name for run in runs):
        cells = [
            cell
            for count in WORKERS
            for run in runs
            if run.way.name == name and run.workers == count
            for cell in _cells(run)
        ]
        yield _line(name, *cells)


def _heading(time: str, workers: int) -> str:
    return f"{time}, {workers} worker{'s' if workers > 1 else ''}"


def _cells(run: WholeRun) -> tuple[str, str, str]:
    """The server's processor time stands behind a plus."""
    server = "" if run.server is None else f" + {run.server / 1000:.1f}"
    whole = f"{run.wall / 1000:.1f}"
    return (f"{run.test:.1f}", whole, f"{run.cpu / 1000:.1f}{server}")


def _checks(checks: Sequence[Checked]) -> Iterator[str]:
    yield _line("Checked by", "database", "seconds in all", "of the processor")
    yield _line("---", "---", "---:", "---:")
    for one in checks:
        times = (f"{one.wall / 1000:.1f}", f"{one.cpu / 1000:.1f}")
        yield _line(one.name, one.database, *times)


def _line(*words: str) -> str:
    return f"| {' | '.join(words)} |"
