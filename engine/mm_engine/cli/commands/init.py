"""The command that begins a project."""

from __future__ import annotations

import os

import click

from mm_engine.cli.options import json_option, opened, project_options


@click.command("init")
@click.option(
    "--database",
    "database_type",
    metavar="TYPE",
    default="sqlite",
    show_default=True,
    help="The type of database to begin with.",
)
@click.option(
    "--nox",
    "is_for_nox",
    is_flag=True,
    help="A noxfile and workflow files for CI, too.",
)
@json_option
@project_options
def init(*, database_type: str, is_for_nox: bool, as_json: bool) -> None:
    """Begin a project here: folders, settings, an example schema.

    What is there already is left as it is, so it does no harm to say it again.
    """
    project, output = opened(as_json=as_json, required=False)
    begun = project.begin(database_type, is_for_nox=is_for_nox)
    if as_json:
        output.json({"made": list(begun.made), "kept": list(begun.kept)})
        return
    for name in begun.made:
        output.say(f"made {name}", fg="green")
    for name in begun.kept:
        output.say(f"kept {name}, which was there")
    config = project.config
    schema = os.path.relpath(config.schema_paths[0], config.start)
    output.say()
    output.say("Next:")
    output.say(f"  edit {schema}, the tables of your project; then")
    output.say("  makemigrations makemigrations    writes a migration")
    output.say("  makemigrations migrate showsql   shows its SQL")
    output.say("  makemigrations migrate up        applies it")
    if is_for_nox:
        output.say("  nox -l                           lists the sessions for CI")
