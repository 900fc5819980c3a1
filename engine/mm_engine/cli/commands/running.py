"""Commands that change a database: up, down, fake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mm_engine.cli.options import json_option, opened, project_options

if TYPE_CHECKING:
    from mm_engine.cli.output import Json, Output
    from mm_engine.project import Project
    from mm_engine.project.running import Intent, Run
    from mm_engine.runner.plan import Step

to_option = click.option(
    "--to", metavar="NAME", help="Stop there; a number or the start of a name will do."
)


def _not_negative(
    ctx: click.Context, param: click.Parameter, value: float | None
) -> float | None:
    del ctx, param
    if value is not None and not value >= 0:
        raise click.BadParameter("it takes a number of seconds, 0 or more")
    return value


plan_option = click.option(
    "--plan", "is_plan", is_flag=True, help="Only say what would be done."
)
lock_option = click.option(
    "--lock-timeout",
    type=float,
    callback=_not_negative,
    metavar="SECONDS",
    help="How long to wait for somebody else who migrates (10).",
)


@click.command("up")
@to_option
@plan_option
@click.option(
    "--allow-review", is_flag=True, help="Run what is marked for review as well."
)
@lock_option
@json_option
@project_options
def up(
    *,
    to: str | None,
    is_plan: bool,
    allow_review: bool,
    lock_timeout: float | None,
    as_json: bool,
) -> None:
    """Apply what is pending, or with --to a migration and all it depends on."""
    from mm_engine.cli.progress import progress
    from mm_engine.project.running import Terms

    project, output = opened(as_json=as_json)
    if is_plan:
        _say_plan(output, project.plan(to), "to apply")
        return
    with progress(output) as bar:

        def announce(intent: Intent) -> None:
            say_place(output, intent, "to apply")
            bar.begin(intent.steps)

        run = project.migrate(
            to=to,
            is_review_allowed=allow_review,
            terms=Terms(lock_timeout=lock_timeout, report=bar, announce=announce),
        )
    say_run(output, run, "applied")


@click.command("down")
@click.option(
    "--to",
    metavar="NAME",
    help='Undo all that was applied after it; "zero" undoes everything.',
)
@click.option("--steps", type=int, metavar="N", help="Undo the last N (1).")
@plan_option
@click.option("--yes", "-y", is_flag=True, help="Even if rows or values are lost.")
@lock_option
@json_option
@project_options
def down(
    *,
    to: str | None,
    steps: int | None,
    is_plan: bool,
    yes: bool,
    lock_timeout: float | None,
    as_json: bool,
) -> None:
    """Undo the last migration, the last N, or all that came after a migration."""
    from mm_engine.cli.progress import progress
    from mm_engine.project.running import Terms

    project, output = opened(as_json=as_json)
    if is_plan:
        _say_plan(output, project.plan_back(to=to, steps=steps), "to undo")
        return
    with progress(output) as bar:

        def announce(intent: Intent) -> None:
            say_place(output, intent, "to undo")
            if not yes:
                _agree(output, intent.losses())
            bar.begin(intent.steps)

        run = project.rollback(
            to=to,
            steps=steps,
            terms=Terms(lock_timeout=lock_timeout, report=bar, announce=announce),
        )
    say_run(output, run, "undone")


@click.command("fake")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "is_all", is_flag=True, help="Every migration that is pending.")
@click.option("--undo", is_flag=True, help="Take the records of faked ones out again.")
@click.option("--force", is_flag=True, help="Even if the tables are not there.")
@lock_option
@json_option
@project_options
def fake(
    *,
    names: tuple[str, ...],
    is_all: bool,
    undo: bool,
    force: bool,
    lock_timeout: float | None,
    as_json: bool,
) -> None:
    """Record migrations as applied without running them.

    For a database that has their tables already.
    """
    from mm_engine.errors import UsageError
    from mm_engine.project.running import Terms

    project, output = opened(as_json=as_json)
    if bool(names) == is_all:
        raise UsageError("give the names of migrations, or --all")
    terms = Terms(lock_timeout=lock_timeout)
    if undo:
        done = project.unfake(_faked(project, names, is_all=is_all), terms=terms)
    else:
        done = project.fake(None if is_all else names, is_blind=force, terms=terms)
    word = "unfaked" if undo else "faked"
    if output.as_json:
        output.json({"database": str(project.url()), word: list(done)})
        return
    for name in done:
        output.line(f"{word} {name}")
    if not done:
        output.say("nothing to do")


def _faked(
    project: Project, names: tuple[str, ...], *, is_all: bool
) -> tuple[str, ...]:
    """The names that were given, or all that are faked."""
    from mm_engine.runner.states import State

    if not is_all:
        return names
    standing = project.status().migrations
    return tuple(one.name for one in standing if one.state is State.FAKED)


def say_place(output: Output, intent: Intent, what: str) -> None:
    """Where it runs, and how much."""
    from mm_engine.cli.telling import counted

    place, count = intent.place, len(intent.steps)
    output.say(f"database: {place.database} ({place.type} {place.version})")
    if count:
        output.say(f"{counted(count, 'migration')} {what}")
    else:
        output.say("nothing to do")


def say_run(output: Output, run: Run, word: str) -> None:
    """The result for scripts; people were told while it ran."""
    if output.as_json:
        done: list[Json] = [
            {
                "name": result.name,
                "milliseconds": result.milliseconds,
                "skipped": result.is_skipped,
            }
            for result in run.results
        ]
        output.json(
            {
                "database": run.place.database,
                "type": run.place.type,
                "server_version": run.place.version,
                word: done,
            }
        )


def _say_plan(output: Output, steps: Sequence[Step], what: str) -> None:
    from mm_engine.cli.telling import counted, operations_json, say_operations
    from mm_engine.runner.plan import moves

    planned = [(step, [move.operation for move in moves(step)]) for step in steps]
    if output.as_json:
        told: list[Json] = [
            {
                "name": step.name,
                "direction": step.direction.value,
                "operations": operations_json(operations),
            }
            for step, operations in planned
        ]
        output.json({"plan": told})
        return
    count = counted(len(steps), "migration")
    output.say(f"{count} {what}" if steps else "nothing to do")
    for step, operations in planned:
        output.line(step.name)
        say_operations(output, operations, step.before, indent="  ")


def _agree(output: Output, losses: Sequence[str]) -> None:
    """Ask before anything is lost; without a terminal that needs --yes."""
    from mm_engine.cli.terminal import somebody_is_there
    from mm_engine.errors import MMError, UsageError

    if not losses:
        return
    if output.as_json or not somebody_is_there():
        start = "\n  "
        raise UsageError(
            f"undoing this loses data:{' ' if len(losses) == 1 else start}"
            + start.join(losses),
            hint="give --yes to do it all the same",
        )
    for loss in losses:
        output.say(f"  {loss}", fg="red")
    if not click.confirm("Undo it all the same?", default=False, err=True):
        raise MMError("stopped as you said; nothing was undone")
