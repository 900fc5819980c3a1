"""Growth judged by work that is counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import attrs
import pytest

from benchmarks.jobs import Job
from benchmarks.ours import Ours
from benchmarks.tasks import LADDERS, Row
from benchmarks.work import Work, failures, work

LADDER = LADDERS[0]
STRAIGHT = "for _ in range(size): pass"
SQUARE = "for _ in range(size): [each for each in range(size)]"


@attrs.frozen
class Fake(Ours):
    """What runs one line of Python on sizes of its own."""

    code: str = ""

    def job(self, row: Row) -> Job | None:
        size = row.shape.tables + row.shape.history
        file = self.folder / f"module_{size}.py"
        if not file.exists():
            module = f"import sys\nsize = {size}\n{self.code}\nsys.exit(0)\n"
            file.write_text(module, encoding="utf-8")
        return Job((sys.executable, "-m", f"module_{size}"), self.folder)


@pytest.mark.parametrize(("code", "grown"), [(STRAIGHT, 1.0), (SQUARE, 2.0)])
def test_each_time_round_a_loop_counts(tmp_path: Path, code: str, grown: float) -> None:
    # The first one compiles what it runs; from then on it is the same, to the line.
    _, again, once_more, *_ = work(tmp_path, Fake(tmp_path, None, code=code))
    assert again.exponent == pytest.approx(grown, abs=0.1)
    assert again.lines == once_more.lines


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ((100, 200, 1_100), None),
        ((100, 200, 1_250), "work grows with exponent 1.061, over 1.05"),
        ((), "could not be counted"),
    ],
)
def test_what_grows_faster_or_was_not_counted_is_a_fault(
    lines: tuple[int, ...], fault: str | None
) -> None:
    assert told(Work(LADDER, lines)) == ([f"{LADDER}: {fault}"] if fault else [])


def test_a_ladder_that_cannot_be_climbed_is_not_counted(tmp_path: Path) -> None:
    @attrs.frozen
    class Without(Fake):
        """As where there is no server."""

        def job(self, row: Row) -> Job | None:
            return None if row.shape.tables > 1 else super().job(row)

    found = work(tmp_path, Without(tmp_path, None, code=STRAIGHT))
    assert {one.lines for one in found} == {()}


def told(*found: Work) -> Iterable[str]:
    return [*failures(found)]
