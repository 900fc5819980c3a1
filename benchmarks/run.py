"""Time our commands beside Alembic and Django, on the same schema, in one run.

``python benchmarks/run.py [--quick] [--json FILE]``; the README here says what is
measured. Ends with 1 where we grow too fast, are slower than a peer, or much slower
than the database's own shell.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Measure, print the report, and return the exit code."""
    from benchmarks import testing, unused
    from benchmarks.figures import Figures
    from benchmarks.machine import machine, versions
    from benchmarks.ours import Ours
    from benchmarks.projects import in_memory
    from benchmarks.promises import failures
    from benchmarks.questions import questions
    from benchmarks.report import as_json, report
    from benchmarks.rounds import FULL, QUICK, cells, measured
    from benchmarks.servers import postgresql
    from benchmarks.tasks import ROWS
    from benchmarks.tools import OURS, tools

    options = arguments()
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=in_memory()) as folder,
        postgresql() as server,
    ):
        contestants = tools(Path(folder), server)
        plan = cells(contestants, ROWS, say=progress)
        samples = measured(plan, QUICK if options.quick else FULL, say=progress)
        progress("counting questions")
        asked = questions(Ours(Path(folder) / OURS, server), server)
        progress("running tests")
        tests = testing.tested(Path(folder), Ours(Path(folder) / OURS, server), server)
        faces = unused.unused(Path(folder))
        facts = machine(server)
    figures = Figures(samples, asked)
    faults = (
        *failures(figures),
        *testing.failures(tests),
        *unused.failures(faces),
    )
    packages = versions(contestants)
    print("\n".join((*testing.table(tests), "", *unused.table(faces), "")))
    print(report(figures, faults, facts, packages))
    if options.json:
        text = as_json(figures, faults, facts, packages)
        options.json.write_text(text, encoding="utf-8")
    return 1 if faults else 0


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, 5 minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every sample")
    return parser.parse_args()


def progress(text: str) -> None:
    """Say what is being done, beside the report."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # Python puts the folder of this file first; what the files here are called begins
    # one folder above it.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    sys.exit(main())
