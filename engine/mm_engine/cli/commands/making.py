"""Commands that write migrations: makemigrations, empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from mm_engine.cli.exits import FOUND
from mm_engine.cli.options import json_option, opened, project_options
from mm_engine.cli.table import Entry, Table, with_entries

if TYPE_CHECKING:
    from pathlib import Path

    from mm_engine.cli.asking import Answers
    from mm_engine.cli.output import Json, Output
    from mm_engine.project import Project
    from mm_engine.project.drafts import Draft

Decorated = TypeVar("Decorated", bound=Callable[..., object])

MOST_SHOWN = 20
"""Operations of a new migration that are listed; its file has them all."""


def answer_options(function: Decorated) -> Decorated:
    """The function with the flags that answer questions."""
    for option in reversed((*_RENAMES, *_DECISIONS)):
        function = option(function)
    return function


def decision_options(function: Decorated) -> Decorated:
    """The function with those of them that are not about renames."""
    for option in reversed(_DECISIONS):
        function = option(function)
    return function


_RENAMES = (
    click.option(
        "--rename",
        multiple=True,
        metavar="OLD:NEW",
        help="A rename: users.fullname:display_name, users:people.",
    ),
    click.option(
        "--no-rename",
        multiple=True,
        metavar="OLD",
        help="What looks renamed is not: users.fullname.",
    ),
)
_DECISIONS = (
    click.option(
        "--one-off",
        multiple=True,
        metavar="FIELD=VALUE",
        help="What rows that exist get: posts.slug=none-yet, posts.at=expr:now().",
    ),
    click.option(
        "--convert",
        multiple=True,
        metavar="FIELD:DATABASE=SQL",
        help="The new value of a field that changes its type:"
        " posts.size:sqlite=length(body).",
    ),
    click.option(
        "--convert-back",
        multiple=True,
        metavar="FIELD:DATABASE=SQL",
        help="The old value of it, on the way down.",
    ),
    click.option(
        "--destructive",
        multiple=True,
        metavar="[ID=]WORD",
        help="What becomes of operations that lose something: generate, review,"
        " omit or ignore-errors; with an ID for that question alone.",
    ),
    click.option(
        "--answer",
        multiple=True,
        metavar="ID=ANSWER",
        help="The answer to any question, by its ID.",
    ),
    click.option("--yes", "-y", is_flag=True, help="Short for --destructive generate."),
    click.option("--silent", is_flag=True, help="Short for --destructive review."),
    click.option(
        "--answers", metavar="FILE", help="Answers, one line each: ID: ANSWER."
    ),
    click.option(
        "--record-answers", metavar="FILE", help="Write every answer to a file."
    ),
)


@with_entries(
    [
        Entry(
            "empty",
            "mm_engine.cli.commands.making:empty",
            "Write a migration without operations.",
            aliases=("blank",),
        )
    ]
)
@click.group("makemigrations", cls=Table, invoke_without_command=True)
@click.option("--name", metavar="NAME", help="What the migration is called.")
@click.option("--dry-run", is_flag=True, help="Print the file instead of writing it.")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 3 if a migration is needed."
)
@click.option("--merge", is_flag=True, help="Bring branches together.")
@click.option("--empty", "is_empty", is_flag=True, help="Without operations.")
@click.option(
    "--replace-last",
    is_flag=True,
    help="Make the last migration again, if it is not applied yet.",
)
@answer_options
@json_option
@project_options
@click.pass_context
def makemigrations(
    ctx: click.Context,
    /,
    *,
    name: str | None,
    dry_run: bool,
    check: bool,
    merge: bool,
    is_empty: bool,
    replace_last: bool,
    as_json: bool,
    **flags: object,
) -> None:
    """Write a migration for what changed in the schema files.

    Every question that comes up can be answered beforehand, by a flag or in a file;
    with no terminal and no answer it exits with 2 and says how to answer.
    """
    if ctx.invoked_subcommand is not None:
        return
    from mm_engine.errors import UsageError

    if merge + is_empty + replace_last + check > 1:
        raise UsageError(
            "--check, --merge, --empty and --replace-last exclude each other"
        )
    project, output = opened(as_json=as_json)
    if check:
        ctx.exit(_check(project, output))
    from mm_engine.cli.asking import asked

    with asked(project, output, flags) as answers:
        draft: Draft | None
        if merge:
            draft = project.merge(name=name, questioner=answers.questioner)
        elif is_empty:
            draft = project.empty(name=name)
        else:
            draft = _drafted(project, output, answers, name, again=replace_last)
    if draft is not None:
        deliver(project, output, draft, is_dry=dry_run)


def _drafted(
    project: Project,
    output: Output,
    answers: Answers,
    name: str | None,
    *,
    again: bool,
) -> Draft | None:
    make = project.redraft if again else project.draft
    draft = make(name=name, questioner=answers.questioner, renames=answers.renames)
    if draft is None:
        if output.as_json:
            output.json(
                {
                    "needed": False,
                    "migration": None,
                    "following": [],
                    "operations": [],
                }
            )
        elif again:
            output.say("Without the last migration nothing would be missing.")
            output.say("  hint: delete its file")
        else:
            output.say("No changes: the migrations make what the schema files say.")
    return draft


def deliver(project: Project, output: Output, draft: Draft, *, is_dry: bool) -> None:
    """Write the files, or print them; usually there is one."""
    from mm_engine.cli.telling import operations_json, warn
    from mm_engine.migrations.source import migration_source

    warn(output, draft.findings)
    paths = () if is_dry else project.write(draft)
    if output.as_json:
        shown = [shown_path(project, path) for path in paths]
        made: list[Json] = [
            {
                "name": migration.name,
                "dependencies": list(migration.dependencies),
                "path": shown[number] if shown else None,
                "source": migration_source(migration),
            }
            for number, migration in enumerate(draft.migrations)
        ]
        output.json(
            {
                "needed": True,
                "migration": made[0],
                "following": made[1:],
                "operations": operations_json(draft.operations),
            }
        )
        return
    if is_dry:
        output.code("\n".join(map(migration_source, draft.migrations)), "python")
        return
    _say_written(project, output, draft, paths)


def _say_written(
    project: Project, output: Output, draft: Draft, paths: Sequence[Path]
) -> None:
    """Each file with its operations."""
    from mm_engine.cli.telling import counted, say_operations

    before = draft.before
    for migration, path in zip(draft.migrations, paths, strict=True):
        verb = "rewrote" if draft.replaced == migration.name else "wrote"
        output.result(f"{verb} {shown_path(project, path)}")
        is_first = migration is draft.migration
        if is_first and draft.replaced not in (None, migration.name):
            output.say(f"removed {draft.replaced}.py")
        operations = migration.operations
        shown_now = len(operations) if output.verbose else MOST_SHOWN
        say_operations(output, operations[:shown_now], before, indent="  ")
        if more := len(operations[shown_now:]):
            output.line(f"  … and {counted(more, 'operation')} more")
        if draft.following:
            before = migration.apply(before)


def shown_path(project: Project, path: Path) -> str:
    """A file's path from where the user stands."""
    import os
    from pathlib import Path

    return Path(os.path.relpath(path, project.config.start)).as_posix()


def _check(project: Project, output: Output) -> int:
    from mm_engine.cli.telling import counted, operations_json, say_operations, warn

    found = project.schema_diff()
    warn(output, found.findings)
    if output.as_json:
        output.json(
            {
                "needed": bool(found.operations),
                "operations": operations_json(found.operations),
            }
        )
    elif found.operations:
        output.say(
            f"A migration is needed for {counted(len(found.operations), 'change')}:"
        )
        say_operations(output, found.operations, found.before)
    else:
        output.say("No changes: the migrations make what the schema files say.")
    return FOUND if found.operations else 0


@click.command("empty")
@click.option("--name", metavar="NAME", help="What the migration is called.")
@click.option("--dry-run", is_flag=True, help="Print the file instead of writing it.")
@json_option
@project_options
def empty(*, name: str | None, dry_run: bool, as_json: bool) -> None:
    """Write a migration without operations, to be filled in by hand."""
    project, output = opened(as_json=as_json)
    deliver(project, output, project.empty(name=name), is_dry=dry_run)
