"""What a run says: a table in Markdown for people, every sample in JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.figures import Figures
from benchmarks.growth import FLOOR, exponent
from benchmarks.promises import GROWTH, OURS, PEERS, SHELL
from benchmarks.tasks import APPLYING, LADDERS, MANY, Row

VERSION = 1
Facts = Mapping[str, str]


def report(
    figures: Figures, faults: Sequence[str], machine: Facts, versions: Facts
) -> str:
    """The whole report."""
    return "\n".join(
        (
            _facts(machine),
            _facts(versions),
            "",
            "Milliseconds of whole processes: median (least-most), and n if it was not",
            "every round. A ratio is our median through the peer's.",
            "",
            *_times(figures),
            "",
            f"The first migration of {MANY}, beside the database's own shell told the",
            f"same SQL, the least of all runs; alone at most {SHELL} times:",
            "",
            *_applying(figures),
            "",
            "Finding what was done to a database by hand, within one process: how much",
            "is asked to read it, and in all, with building the same in a scratch:",
            "",
            *_questions(figures),
            "",
            f"Growth beyond start-up, 1.00 is a straight line (ours: up to {GROWTH}):",
            "",
            *_growth(figures),
            "",
            *(f"FAILED: {fault}" for fault in faults),
            *(() if faults else ("Every promise was kept.",)),
        )
    )


def _facts(facts: Facts) -> str:
    return "; ".join(f"{name} {value}" for name, value in facts.items()) + "."


def _times(figures: Figures) -> Iterator[str]:
    yield _line("task", "size", *figures.tools, *(f"of {peer}" for peer in PEERS))
    yield _line("---", "---", *("---:" for _ in (*figures.tools, *PEERS)))
    most = max(len(samples) for _, samples in figures)
    for row in figures.rows:
        yield _line(
            row.task.value,
            str(row.shape),
            *(_time(figures, row, tool, most) for tool in figures.tools),
            *(_ratio(figures, row, peer) for peer in PEERS),
        )


def _time(figures: Figures, row: Row, tool: str, most: int) -> str:
    walls, middle = figures.walls(row, tool), figures.median(row, tool)
    if middle is None:
        return ""
    remarks = [f"{min(walls):,.0f}-{max(walls):,.0f}"] if len(walls) > 1 else []
    if len(walls) < most:
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
        for what, time in (("alone", figures.act), ("whole process", figures.wall)):
            ours, shell = time(row, OURS), time(row, FLOOR)
            if ours is not None and shell is not None:
                said = (f"{ours:,.0f}", f"{shell:,.0f}", f"{ours / shell:.2f}")
                yield _line(task.value, what, *said)


def _questions(figures: Figures) -> Iterator[str]:
    yield _line("database", "size", "questions to read", "in all", "milliseconds")
    yield _line("---", "---", "---:", "---:", "---:")
    for asked in figures.questions:
        counts = (str(asked.reading), str(asked.all), f"{asked.milliseconds:,.0f}")
        yield _line(asked.database, str(asked.shape), *counts)


def _growth(figures: Figures) -> Iterator[str]:
    tools = (OURS, *PEERS)
    yield _line("task", *tools)
    yield _line("---", *("---:" for _ in tools))
    for ladder in LADDERS:
        grown = (exponent(figures, ladder, tool) for tool in tools)
        yield _line(str(ladder), *("" if it is None else f"{it:.2f}" for it in grown))


def _line(*words: str) -> str:
    return f"| {' | '.join(words)} |"


def as_json(
    figures: Figures, faults: Sequence[str], machine: Facts, versions: Facts
) -> str:
    """Every sample, with what is needed to read it."""
    document = {
        "version": VERSION,
        "machine": dict(machine),
        "versions": dict(versions),
        "growth": {
            str(ladder): {
                tool: exponent(figures, ladder, tool) for tool in (OURS, *PEERS)
            }
            for ladder in LADDERS
        },
        "questions": [
            {
                "database": asked.database,
                "tables": asked.shape.tables,
                "reading": asked.reading,
                "all": asked.all,
                "ms": round(asked.milliseconds, 2),
            }
            for asked in figures.questions
        ],
        "failures": list(faults),
        "rows": [
            {
                "task": place.row.task.name.lower(),
                "tables": place.row.shape.tables,
                "history": place.row.shape.history,
                "tool": place.tool,
                "wall_ms": [round(sample.wall, 2) for sample in samples],
                "cpu_ms": [round(sample.cpu, 2) for sample in samples],
                "act_ms": [round(s.act, 2) for s in samples if s.act is not None],
            }
            for place, samples in figures
        ],
    }
    return json.dumps(document, indent=2) + "\n"
