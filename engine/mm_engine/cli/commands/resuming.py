"""The command that goes on with a migration that was begun and not finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mm_engine.cli.commands.running import lock_option, say_place, say_run
from mm_engine.cli.options import json_option, opened, project_options

if TYPE_CHECKING:
    from mm_engine.cli.output import Output
    from mm_engine.project.running import Intent
    from mm_engine.runner.unfinished import Unfinished


@click.command("resume")
@click.option("--done", is_flag=True, help="The statement it stopped at is done.")
@click.option("--undone", is_flag=True, help="The statement it stopped at is not done.")
@click.option("--forget", is_flag=True, help="All of it was undone by hand.")
@lock_option
@json_option
@project_options
def resume(
    *,
    done: bool,
    undone: bool,
    forget: bool,
    lock_timeout: float | None,
    as_json: bool,
) -> None:
    """Go on with the migration that was begun and not finished.

    Only on databases that commit every change of a schema by itself. What is done is
    not run again; "migrate status" says how far it came.
    """
    from mm_engine.cli.progress import progress
    from mm_engine.errors import UsageError
    from mm_engine.project.running import Terms
    from mm_engine.runner.log import Verdict
    from mm_engine.runner.plan import Direction

    if done + undone + forget > 1:
        raise UsageError("--done, --undone and --forget contradict each other")
    project, output = opened(as_json=as_json)
    if forget:
        found = project.forget(terms=Terms(lock_timeout=lock_timeout))
        _say_forgotten(output, str(project.url()), found)
        return
    verdict = Verdict.DONE if done else Verdict.UNDONE if undone else None
    with progress(output) as bar:

        def announce(intent: Intent) -> None:
            say_place(output, intent, "to go on with")
            bar.begin(intent.steps)

        terms = Terms(lock_timeout=lock_timeout, report=bar, announce=announce)
        run = project.resume(verdict, terms=terms)
    is_down = run.results[0].direction is Direction.DOWN
    say_run(output, run, "undone" if is_down else "applied")


def _say_forgotten(output: Output, database: str, found: Unfinished) -> None:
    if output.as_json:
        output.json({"database": database, "forgotten": found.name})
    else:
        output.line(f"forgot {found.name}")
        output.say(f"{found.done_text()}, if you have not undone it")
