"""Commands that look at migrations and databases: status, showsql, dag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mm_engine.cli.exits import FOUND
from mm_engine.cli.options import json_option, opened, project_options

if TYPE_CHECKING:
    from mm_engine.cli.output import Json
    from mm_engine.project import Project
    from mm_engine.runner.unfinished import Unfinished


@click.command("status")
@click.option(
    "--check", is_flag=True, help="Exit 3 if something is pending or unfinished."
)
@json_option
@project_options
@click.pass_context
def status(ctx: click.Context, *, check: bool, as_json: bool) -> None:
    """Say how every migration stands on the database; nothing is written there.

    States: applied, pending, faked, changed since it was applied, missing its file,
    unfinished where a database commits every statement by itself.
    """
    from mm_engine.cli.output import problem_json
    from mm_engine.cli.telling import warn

    project, output = opened(as_json=as_json)
    found = project.status()
    if output.as_json:
        output.json(
            {
                "database": found.database,
                "migrations": [
                    {
                        "name": one.name,
                        "state": one.state.value,
                        "applied_at": one.record.applied_at if one.record else None,
                        "duration_ms": one.record.duration_ms if one.record else None,
                    }
                    for one in found.migrations
                ],
                "unfinished": _unfinished_json(found.unfinished),
                "findings": [problem_json(problem) for problem in found.findings],
            }
        )
    else:
        output.say(f"database: {found.database}")
        warn(output, found.findings)
        output.table(
            ("migration", "state", "applied at"),
            [
                (
                    one.name,
                    one.state.value,
                    (one.record.applied_at if one.record else None) or "",
                )
                for one in found.migrations
            ],
        )
        if not found.migrations:
            output.say("There is no migration yet.")
    if check and (found.pending or found.unfinished):
        ctx.exit(FOUND)


def _unfinished_json(found: Unfinished | None) -> Json:
    if found is None:
        return None
    return {
        "name": found.name,
        "direction": found.direction.value,
        "statements": found.total,
        "done": found.reached,
        "stopped_at": found.stopped_at,
        "state": found.last.state.value,
        "said": found.last.said,
        "is_certain": found.is_certain,
        "holder": found.holder,
    }


@click.command("showsql")
@click.argument("name", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every migration.")
@click.option("--from", "start", metavar="NAME", help="This one and those after it.")
@click.option(
    "--pending", is_flag=True, help="What the database has not; it is only read."
)
@click.option("--down", "is_down", is_flag=True, help="The way back, last one first.")
@click.option(
    "--database",
    "database_type",
    metavar="TYPE",
    help="In the words of another type of database.",
)
@json_option
@project_options
def showsql(
    *,
    name: str | None,
    is_all: bool,
    start: str | None,
    pending: bool,
    is_down: bool,
    database_type: str | None,
    as_json: bool,
) -> None:
    """Print migrations as the SQL that runs: one, several, all, or what is pending.

    With nothing chosen it shows what is pending, if a database is configured and can
    be reached, else every migration; it says which.
    """
    from mm_engine.project.telling import Scope, choice

    project, output = opened(as_json=as_json)
    chosen = choice(name=name, start=start, is_all=is_all, is_pending=pending)
    shown = project.showsql(chosen, database_type=database_type, is_down=is_down)
    if output.as_json:
        output.json(
            {
                "database_type": shown.database_type,
                "scope": shown.scope.name.lower(),
                "migrations": list(shown.names),
                "sql": shown.text,
            }
        )
        return
    if chosen.scope is None:
        why = f": {shown.reason}" if shown.reason else ""
        output.say(f"-- {shown.scope.value}, for {shown.database_type}{why}")
    if shown.text:
        output.code(shown.text, "sql")
    elif shown.scope is Scope.PENDING:
        output.say("nothing is pending")
    else:
        output.say("There is no migration yet.")


@click.command("dag")
@click.option(
    "--format",
    "form",
    type=click.Choice(["ascii", "mermaid", "json"]),
    default="ascii",
    show_default=True,
    help="How to draw it.",
)
@click.option("--status", "is_status", is_flag=True, help="Say what is applied, too.")
@json_option
@project_options
def dag(*, form: str, is_status: bool, as_json: bool) -> None:
    """Draw the graph of migrations; needs no database unless --status is given."""
    import json

    from mm_engine.migrations import drawing

    project, output = opened(as_json=as_json or form == "json")
    graph = project.graph()
    states = _states(project) if is_status else {}
    if output.as_json:
        output.result(json.dumps(drawing.as_json(graph, states), indent=2))
        return
    if not graph.by_name:
        output.say("There is no migration yet.")
        return
    draw = drawing.ascii if form == "ascii" else drawing.mermaid
    output.result(draw(graph, states))
    leaves = graph.leaves()
    if len(leaves) > 1:
        output.say(f"{len(leaves)} branches: {', '.join(leaves)}", fg="yellow")
        output.say('  hint: "makemigrations makemigrations --merge"')


def _states(project: Project) -> dict[str, str]:
    from mm_engine.runner.states import State

    # A squash whose parts are still to be applied is no migration of the database's.
    pending = dict.fromkeys(project.graph().by_name, State.PENDING.value)
    known = {one.name: one.state.value for one in project.status().migrations}
    return pending | known
