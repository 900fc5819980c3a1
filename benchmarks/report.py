"""What a run says: a table in Markdown for people, every sample in JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.figures import Figures
from benchmarks.growth import BOUND, OURS, PEERS, exponent
from benchmarks.tasks import GROWING, Row

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
            f"Growth with the tables, 1.00 is a straight line (ours: at most {BOUND}):",
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


def _growth(figures: Figures) -> Iterator[str]:
    tools = (OURS, *PEERS)
    yield _line("task", *tools)
    yield _line("---", *("---:" for _ in tools))
    for task in GROWING:
        grown = (exponent(figures, task, tool) for tool in tools)
        yield _line(task.value, *("" if it is None else f"{it:.2f}" for it in grown))


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
            task.name.lower(): {
                tool: exponent(figures, task, tool) for tool in (OURS, *PEERS)
            }
            for task in GROWING
        },
        "failures": list(faults),
        "rows": [
            {
                "task": place.row.task.name.lower(),
                "tables": place.row.shape.tables,
                "history": place.row.shape.history,
                "tool": place.tool,
                "wall_ms": [round(sample.wall, 2) for sample in samples],
                "cpu_ms": [round(sample.cpu, 2) for sample in samples],
            }
            for place, samples in figures
        ],
    }
    return json.dumps(document, indent=2) + "\n"
