"""What a run says to people: tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks import testing, unused, work
from benchmarks.figures import Figures, Time
from benchmarks.findings import Facts, Findings
from benchmarks.growth import FLOOR, exponent
from benchmarks.promises import OURS, PEERS, SHELL
from benchmarks.questions import Questions
from benchmarks.rounds import Place
from benchmarks.tasks import APPLYING, LADDERS, MANY, Row

NEAREST = 8
"""How many promises are shown: those that are nearest to their bounds."""

TIMES = """\
Milliseconds of whole processes: median (least-most), and n if it was not the usual
number. A ratio is our median through the peer's."""
SHELLS = f"""\
The first migration of {MANY}, beside the database's own shell told the same SQL, the
least of all runs; alone at most {SHELL} times:"""
QUESTIONS = """\
Finding what was done to a database by hand, within one process: how much is asked to
read it, and in all, with building the same in a scratch:"""
WORKING = (
    "Lines of Python that our commands execute, and how what is beyond start-up grows:"
)
GROWING = "How the time beyond start-up grows, 1.00 is a straight line:"
TESTS = "Milliseconds that a test with a database takes, in the best run:"
UNUSED = "Milliseconds of the processor where nothing uses us, the least of all runs:"
PROMISES = """\
The promises nearest to their bounds, as shares of what is allowed; with more rounds
they might turn out to be between the least and the most:"""


def report(found: Findings) -> str:
    """The whole report."""
    figures = found.figures
    sections = (
        (TIMES, _times(figures)),
        (SHELLS, _applying(figures)),
        (QUESTIONS, _questions(found.questions)),
        (WORKING, work.table(found.work)),
        (GROWING, _growth(figures)),
        (TESTS, testing.table(found.tests)),
        (UNUSED, unused.table(found.unused)),
        (PROMISES, _promises(found)),
    )
    lines = [_facts(found.machine), _facts(found.versions), ""]
    for heading, table in sections:
        lines += [heading, "", *table, ""]
    faults = [f"FAILED: {fault}" for fault in found.faults]
    return "\n".join((*lines, *(faults or ["Every promise was kept."])))


def _facts(facts: Facts) -> str:
    return "; ".join(f"{name} {value}" for name, value in facts.items()) + "."


def _times(figures: Figures) -> Iterator[str]:
    yield _line("task", "size", *figures.tools, *(f"of {peer}" for peer in PEERS))
    yield _line("---", "---", *("---:" for _ in (*figures.tools, *PEERS)))
    counts = [len(samples) for _, samples in figures]
    usual = max(set(counts), key=counts.count)
    for row in figures.rows:
        yield _line(
            row.task.value,
            str(row.shape),
            *(_time(figures, Place(row, tool), usual) for tool in figures.tools),
            *(_ratio(figures, row, peer) for peer in PEERS),
        )


def _time(figures: Figures, place: Place, usual: int) -> str:
    walls = figures.times(place, Time.CLOCK)
    middle = figures.median(place.row, place.tool)
    if middle is None:
        return ""
    remarks = [f"{min(walls):,.0f}-{max(walls):,.0f}"] if len(walls) > 1 else []
    if len(walls) != usual:
        remarks.append(f"n={len(walls)}")
    return f"{middle:,.0f} ({', '.join(remarks)})" if remarks else f"{middle:,.0f}"


def _ratio(figures: Figures, row: Row, peer: str) -> str:
    ratio = figures.ratio(row, OURS, peer)
    return "" if ratio is None else f"{ratio:.2f}"


def _applying(figures: Figures) -> Iterator[str]:
    yield _line("task", "measured", "ours", "shell", "times")
    yield _line("---", "---", "---:", "---:", "---:")
    for task in APPLYING:
        row = Row(task, MANY)
        for what, time in (("alone", Time.ACT), ("whole process", Time.CLOCK)):
            ours = figures.estimate(Place(row, OURS), time)
            shell = figures.estimate(Place(row, FLOOR), time)
            if ours is not None and shell is not None:
                times = f"{ours.now / shell.now:.2f}"
                said = (f"{ours.now:,.0f}", f"{shell.now:,.0f}", times)
                yield _line(task.value, what, *said)


def _questions(questions: Iterable[Questions]) -> Iterator[str]:
    yield _line("database", "size", "questions to read", "in all", "milliseconds")
    yield _line("---", "---", "---:", "---:", "---:")
    for asked in questions:
        counts = (str(asked.reading), str(asked.all), f"{asked.milliseconds:,.0f}")
        yield _line(asked.database, str(asked.shape), *counts)


def _growth(figures: Figures) -> Iterator[str]:
    tools = (OURS, *PEERS)
    yield _line("task", *tools)
    yield _line("---", *("---:" for _ in tools))
    for ladder in LADDERS:
        grown = (exponent(figures, ladder, tool) for tool in tools)
        told = ("" if it is None else f"{it:.2f}" for it in grown)
        yield _line(str(ladder), *told)


def _promises(found: Findings) -> Iterator[str]:
    yield _line("promise", "figure", "share", "least", "most")
    yield _line("---", "---", "---:", "---:", "---:")
    uses = [(promise, promise.used(found.figures)) for promise in found.promises]
    known = [(promise, used) for promise, used in uses if used is not None]
    known.sort(key=lambda each: -each[1].now)
    for promise, used in known[:NEAREST]:
        shares = (f"{share:.2f}" for share in (used.now, used.low, used.high))
        yield _line(str(promise), promise.told(used), *shares)


def _line(*words: str) -> str:
    return f"| {' | '.join(words)} |"
