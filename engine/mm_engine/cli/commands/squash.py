"""The command that writes one migration in the place of several."""

from __future__ import annotations

import click

from mm_engine.cli.options import json_option, opened, project_options


@click.command("squash")
@click.argument("first", required=False)
@click.argument("last", required=False)
@click.option("--name", metavar="NAME", help="What the new migration is called.")
@click.option("--dry-run", is_flag=True, help="Print the file instead of writing it.")
@json_option
@project_options
def squash(
    *,
    first: str | None,
    last: str | None,
    name: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write one migration that replaces those from FIRST to LAST, or all.

    The old files stay until no database needs them any more.
    """
    from mm_engine.cli.commands.making import deliver

    project, output = opened(as_json=as_json)
    draft = project.squash(first, last, name=name)
    deliver(project, output, draft, is_dry=dry_run)
