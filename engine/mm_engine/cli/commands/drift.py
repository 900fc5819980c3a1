"""The command that finds what was changed in a database by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mm_engine.cli.commands.making import decision_options
from mm_engine.cli.exits import FOUND
from mm_engine.cli.files import force_option, output_option
from mm_engine.cli.options import json_option, opened, project_options

if TYPE_CHECKING:
    from pathlib import Path

    from mm_engine.cli.output import Output
    from mm_engine.project import Project
    from mm_engine.project.drifting import Drifted
    from mm_engine.project.settling import Repair

MIGRATION, REPAIR = "migration", "repair"

_ONLY_FOR = {MIGRATION: ("name", "dry_run"), REPAIR: ("file", "force")}
"""Options by the word of ``--write`` that they go with; all others go with both."""

_SPELT = {"file": "--output"}
"""Options that are not called as their values are here."""


@click.command("db-diff")
@click.option(
    "--against",
    type=click.Choice(["applied", "migrations", "schema"]),
    default="applied",
    show_default=True,
    help="What to compare with: the migrations that the database has applied, all of"
    " them, or the schema files.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="PATTERN",
    help="Tables to leave alone, besides drift.ignore: audit_*.",
)
@click.option(
    "--write",
    type=click.Choice([MIGRATION, REPAIR]),
    help="Write a migration that takes over what was done, or SQL that undoes it.",
)
@click.option("--name", metavar="NAME", help="What the migration is called.")
@click.option("--dry-run", is_flag=True, help="Print the migration; write nothing.")
@output_option
@force_option
@decision_options
@json_option
@project_options
@click.pass_context
def db_diff(
    ctx: click.Context,
    /,
    *,
    against: str,
    ignore: tuple[str, ...],
    write: str | None,
    as_json: bool,
    **flags: object,
) -> None:
    """Show what was changed in a database by hand; exit 3 if anything.

    The database is compared with what the migrations add up to that it has applied.
    Nothing is changed in it. With --write the exit code is 0.
    """
    from mm_engine.cli.telling import warn
    from mm_engine.project.drifting import Against

    _refuse_idle(write, flags)
    project, output = opened(as_json=as_json)
    target = project.config.start / str(flags["file"]) if flags["file"] else None
    if target is not None:
        from mm_engine.cli.files import refuse_existing

        refuse_existing(target, force=bool(flags["force"]))
    drifted = project.drift(against=Against(against), ignore=ignore)
    warn(output, drifted.findings)
    if write is None or not drifted.differences:
        _say(output, drifted, write)
        ctx.exit(FOUND if drifted.differences and write is None else 0)
    elif write == MIGRATION:
        _write_migration(project, output, drifted, flags)
    else:
        _write_repair(project, output, drifted, flags, target)


def _refuse_idle(write: str | None, flags: dict[str, object]) -> None:
    """Raise ``UsageError`` for options that have nothing to do here."""
    from mm_engine.errors import UsageError

    known = [name for names in _ONLY_FOR.values() for name in names]
    others = tuple(name for name in flags if name not in known)
    for word, names in {**_ONLY_FOR, "": others}.items():
        given = [_SPELT.get(n, f"--{n.replace('_', '-')}") for n in names if flags[n]]
        if given and (write is None or word not in ("", write)):
            wanted = f" {word}" if word else ""
            raise UsageError(f"{', '.join(given)} is only of use with --write{wanted}")


def _say(output: Output, drifted: Drifted, write: str | None) -> None:
    from mm_engine.cli.differences import (
        differences_json,
        say_differences,
        say_unread,
        unread_json,
    )
    from mm_engine.cli.telling import counted

    place = drifted.place
    if output.as_json:
        needed = {} if write is None else {"needed": False}
        output.json(
            {
                "drift": bool(drifted.differences),
                **needed,
                "database": place.database,
                "type": place.type,
                "server_version": place.version,
                "against": drifted.against.value,
                "operations": differences_json(drifted.differences),
                "unread": unread_json(drifted.unread),
            }
        )
        return
    say_differences(output, drifted)
    count = counted(len(drifted.differences), "difference")
    output.say(
        f"{place.database}: {count} from {drifted.standard}"
        if drifted.differences
        else f"{place.database} agrees with {drifted.standard}"
    )
    say_unread(output, drifted.unread)
    if drifted.differences:
        _say_ways_out(output, drifted)


def _say_ways_out(output: Output, drifted: Drifted) -> None:
    from mm_engine.project.drifting import Against

    is_usual = drifted.against is Against.APPLIED
    if is_usual and not drifted.pending:
        output.say('  hint: "makemigrations db-diff --write migration" takes it over')
    if drifted.can_be_repaired:
        base = "" if is_usual else f" --against {drifted.against.value}"
        command = f"makemigrations db-diff{base} --write repair"
        output.say(f'  hint: "{command}" prints SQL that undoes it')


def _write_migration(
    project: Project, output: Output, drifted: Drifted, flags: dict[str, object]
) -> None:
    from mm_engine.cli.asking import asked
    from mm_engine.cli.commands.making import deliver

    name = str(flags["name"]) if flags["name"] else None
    with asked(project, output, flags) as answers:
        draft = project.take_over(drifted, name=name, questioner=answers.questioner)
    if draft is None:
        return
    deliver(project, output, draft, is_dry=bool(flags["dry_run"]))
    if not flags["dry_run"]:
        made = " ".join(migration.name for migration in draft.migrations)
        output.say()
        output.say("Next:")
        output.say(f"  makemigrations migrate fake {made}")
        output.say("    records it on this database, which has it already")
        output.say("  makemigrations schema-diff")
        output.say("    shows what the schema files have to say now, or the next")
        output.say("    migration would take it back")


def _write_repair(
    project: Project,
    output: Output,
    drifted: Drifted,
    flags: dict[str, object],
    target: Path | None,
) -> None:
    from mm_engine.cli.asking import asked

    with asked(project, output, flags) as answers:
        repair = project.repair(drifted, questioner=answers.questioner)
    if repair is None:
        return
    if target is not None:
        from mm_engine.cli.files import write_result

        write_result(target, repair.text, force=bool(flags["force"]))
    _say_repair(project, output, repair, target)


def _say_repair(
    project: Project, output: Output, repair: Repair, target: Path | None
) -> None:
    from mm_engine.cli.commands.making import shown_path
    from mm_engine.cli.telling import counted, operations_json

    shown = None if target is None else shown_path(project, target)
    if output.as_json:
        output.json(
            {
                "needed": True,
                "path": shown,
                "sql": repair.text,
                "operations": operations_json(repair.operations),
                "left_out": operations_json(repair.left_out),
            }
        )
        return
    if shown is None:
        output.code(repair.text, "sql")
    else:
        output.result(f"wrote {shown}")
    output.say(
        f"{counted(len(repair.operations), 'operation')}; nothing was run: read it,"
        " then run it on the database"
    )
    for operation in repair.left_out:
        output.say(f"  left out: {operation.describe()}", fg="yellow")
