"""Time our commands beside Alembic and Django, on the same schema, in one run.

``python benchmarks/run.py [--quick] [--json FILE]``; the README here says what is
measured. Ends with 1 where a promise was not seen kept. ``--page`` measures whole runs
of tests instead, and writes them into the page of the documentation.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.findings import Findings
    from benchmarks.rounds import Effort
    from benchmarks.servers import PostgreSQL

BEGAN = monotonic()


def main() -> int:
    """Measure, print the report, and return the exit code."""
    from benchmarks.document import as_json
    from benchmarks.projects import in_memory
    from benchmarks.report import report
    from benchmarks.rounds import FULL, QUICK
    from benchmarks.servers import postgresql

    options = arguments()
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=in_memory()) as folder,
        postgresql() as server,
    ):
        if options.page:
            write_page(Path(folder), server)
            return 0
        found = findings(Path(folder), server, QUICK if options.quick else FULL)
    print(report(found))
    if options.json:
        options.json.write_text(as_json(found), encoding="utf-8")
    return 1 if found.faults else 0


def findings(folder: Path, server: PostgreSQL | None, effort: Effort) -> Findings:
    """Everything measured, and every promise judged by it."""
    from benchmarks import questions, testing, unused, work
    from benchmarks.deciding import decide
    from benchmarks.figures import Figures
    from benchmarks.findings import Findings
    from benchmarks.machine import machine, versions
    from benchmarks.ours import Ours
    from benchmarks.promises import failures, promises
    from benchmarks.rounds import cells, measured
    from benchmarks.tasks import ROWS
    from benchmarks.tools import OURS, tools

    contestants = tools(folder, server)
    ours = Ours(folder / OURS, server)
    plan = cells(contestants, ROWS, say=progress)
    samples = measured(plan, effort, say=progress)
    made = promises([cell.place for cell in plan])
    decide(made, plan, samples, seconds=effort.deciding, say=progress)
    figures = Figures(samples)
    progress("counting lines executed")
    worked = work.work(folder, ours)
    progress("counting questions")
    asked = questions.questions(ours, server)
    progress("running tests")
    tests = testing.tested(folder, ours, server)
    progress("running pytest and nox without and with us")
    beside = unused.unused(folder)
    return Findings(
        figures=figures,
        promises=made,
        work=worked,
        questions=asked,
        tests=tests,
        unused=beside,
        faults=[
            *failures(made, figures),
            *work.failures(worked),
            *questions.failures(asked),
            *testing.failures(tests),
            *unused.failures(beside),
        ],
        machine=machine(server),
        versions=versions(contestants),
    )


def write_page(folder: Path, server: PostgreSQL | None) -> None:
    """Measure what the page on the speed of tests shows, and write it."""
    from benchmarks import page
    from benchmarks.checks import checked
    from benchmarks.machine import machine, versions
    from benchmarks.ours import Ours
    from benchmarks.tools import OURS, tools
    from benchmarks.whole_runs import whole_runs

    contestants = tools(folder, server)
    ours = Ours(folder / OURS, server)
    runs = whole_runs(folder, ours, server, say=progress)
    checks = checked(folder, ours, server, say=progress)
    page.write(runs, checks, (machine(server), versions(contestants, page.PLUGINS)))


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, about 5 minutes"
    )
    parser.add_argument(
        "--page", action="store_true", help="write the page on tests, half an hour"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="every sample")
    return parser.parse_args()


def progress(text: str) -> None:
    """Say what is being done, and since when, beside the report."""
    print(f"{monotonic() - BEGAN:4.0f} s: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    # Python puts the folder of this file first; what the files here are called begins
    # one folder above it.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    sys.exit(main())
