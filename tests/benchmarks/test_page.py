"""The page on the speed of tests is made by a run, and its words name no figure."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

from benchmarks.checks import CHECKS, Checked
from benchmarks.page import BEGIN, END, PAGE, measured, replaced
from benchmarks.tasks import HISTORY
from benchmarks.ways import SHAPE, Way
from benchmarks.whole_runs import TESTS, WORKERS, WholeRun
from doc_pages import codes, rows, sections

TEXT = PAGE.read_text(encoding="utf-8")
WORDS, _, REST = TEXT.partition(BEGIN)
TOLD, _, AFTER = REST.partition(END)
TABLES = {
    heading: rows(section)
    for heading, section in sections(TOLD).items()
    if heading.endswith(" tests")
}
FIGURE = re.compile(r"\d+\.\d")
SERVED = re.compile(r"\d+\.\d \+ \d+\.\d")
KNOWN = (f"{SHAPE.tables}", f"{HISTORY.history:,}", f"{max(WORKERS)}")
"""What the words may say: how much is tried, not what it took."""

WAY = Way("mm_sqlalchemy", "PostgreSQL", Path(), "")
RUN = WholeRun(
    way=WAY, tests=50, workers=1, test=1.23, wall=4567, cpu=890, server=321, runs=2
)
CHECK = Checked("ours", "SQLite", 2345, 678, 3)


def told(*runs: WholeRun) -> list[str]:
    return list(measured(runs, [CHECK], [{"Python": "CPython 3.11", "SQLite": "3.40"}]))


def test_what_was_measured_stands_between_the_markers_and_all_else_stays() -> None:
    page = f"Before\n\n{BEGIN}old\n{END}\nAfter\n"
    assert replaced(page, "new") == f"Before\n\n{BEGIN}\nnew\n\n{END}\nAfter\n"
    assert replaced(replaced(page, "newer"), "new") == replaced(page, "new")


def test_one_worker_stands_before_two_and_the_server_behind_a_plus() -> None:
    two = attrs.evolve(RUN, workers=2, wall=3000, cpu=1000)
    cells = "1.2 | 4.6 | 0.9 + 0.3 | 1.2 | 3.0 | 1.0 + 0.3"
    assert f"| mm_sqlalchemy | {cells} |" in told(two, RUN)


def test_a_server_that_nobody_could_look_at_is_not_told() -> None:
    line = "| mm_sqlalchemy | 1.2 | 4.6 | 0.9 |"
    assert line in told(attrs.evolve(RUN, server=None))


def test_the_machine_the_day_and_the_number_of_runs_are_told() -> None:
    first, second, *_ = told(RUN)
    day = r"Measured on \d{4}-\d\d-\d\d; each figure is the least of 2 to 3 runs\."
    assert re.fullmatch(day, first)
    assert second == "Python CPython 3.11; SQLite 3.40."


def test_figures_of_single_runs_are_called_that() -> None:
    once = [attrs.evolve(RUN, runs=1)], [attrs.evolve(CHECK, runs=1)]
    assert next(measured(*once, [])).endswith("; each figure is of one run.")


def test_the_page_has_a_table_for_each_database_and_size() -> None:
    sizes = [
        f"{name}, {tests} tests" for name in ("PostgreSQL", "SQLite") for tests in TESTS
    ]
    assert list(TABLES) == sizes
    assert f"python benchmarks/{'run.py'} --page" in AFTER


@pytest.mark.parametrize("heading", TABLES)
def test_each_cell_is_a_figure(heading: str) -> None:
    for name, *cells in TABLES[heading]:
        assert len(cells) == 3 * len(WORKERS), name
        for place, cell in enumerate(cells):
            has_server = place % 3 == 2 and heading.startswith("PostgreSQL")
            assert (SERVED if has_server else FIGURE).fullmatch(cell), (name, cell)


def test_each_row_is_explained_and_what_is_explained_has_a_row() -> None:
    listed = [line for line in WORDS.splitlines() if line.startswith("- `")]
    explained = {code for line in listed for code in codes(line.partition(": ")[0])}
    assert {name for table in TABLES.values() for name, *_ in table} == explained


def test_the_words_name_no_figure_that_was_measured() -> None:
    numbers = re.findall(r"\d[\d.,]*\d|\d", WORDS + AFTER)
    assert [number for number in numbers if number not in KNOWN] == []


def test_the_checks_that_are_named_are_those_that_run() -> None:
    assert set(CHECKS) <= set(codes(AFTER))
    assert len(rows(sections(TOLD)["Four checks of a long history"])) == 4
