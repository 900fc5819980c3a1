"""What a run says to scripts: every sample, as JSON."""

from __future__ import annotations

import json
from math import isfinite

from benchmarks.figures import Figures
from benchmarks.findings import Findings
from benchmarks.growth import exponent
from benchmarks.promises import OURS, PEERS, Promise
from benchmarks.tasks import LADDERS, Ladder

VERSION = 3
"""Version 3 has the lines executed; 2 the tests, what unused costs, the promises."""


def as_json(found: Findings) -> str:
    """Every sample, with what is needed to read it."""
    document = {
        "version": VERSION,
        "machine": dict(found.machine),
        "versions": dict(found.versions),
        "growth": {str(ladder): _grown(found.figures, ladder) for ladder in LADDERS},
        "work": [
            {"task": str(one.ladder), "lines": one.lines, "exponent": one.exponent}
            for one in found.work
        ],
        "questions": [
            {
                "database": asked.database,
                "tables": asked.shape.tables,
                "reading": asked.reading,
                "all": asked.all,
                "ms": round(asked.milliseconds, 2),
            }
            for asked in found.questions
        ],
        "tests": [
            {
                "with": one.way.name,
                "database": one.way.database,
                "ms": round(one.milliseconds, 2),
                "promised_ms": one.promise,
            }
            for one in found.tests
        ],
        "unused": [
            {
                "program": one.name,
                "without_ms": round(one.alone.now, 2),
                "with_ms": round(one.beside.now, 2),
                "more_ms": round(one.more.now, 2),
                "promised_ms": one.promise,
            }
            for one in found.unused
        ],
        "promises": [
            {"promise": str(promise), **_shares(promise, found.figures)}
            for promise in found.promises
        ],
        "failures": list(found.faults),
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
            for place, samples in found.figures
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _grown(figures: Figures, ladder: Ladder) -> dict[str, float | None]:
    return {tool: exponent(figures, ladder, tool) for tool in (OURS, *PEERS)}


def _shares(promise: Promise, figures: Figures) -> dict[str, object]:
    """How much of what is allowed is used; a number without end is no JSON."""
    used = promise.used(figures)
    if used is None:
        return {"told": None}
    shares = {"share": used.now, "least": used.low, "most": used.high}
    told = {name: round(it, 4) for name, it in shares.items() if isfinite(it)}
    return {"told": promise.told(used), **told}
