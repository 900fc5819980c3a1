"""The command that reads a database as a schema file."""

from __future__ import annotations

import click

from mm_engine.cli.exits import FOUND
from mm_engine.cli.files import force_option, output_option
from mm_engine.cli.options import json_option, opened, project_options


@click.command("db2schema")
@click.option(
    "--tables",
    multiple=True,
    metavar="PATTERN",
    help="Only tables whose names fit: auth_*; may be given several times.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Without tables whose names fit.",
)
@click.option(
    "--namespace",
    "namespaces",
    multiple=True,
    metavar="NAME",
    help="A schema of PostgreSQL to read besides the one of unqualified names.",
)
@output_option
@force_option
@click.option(
    "--strict", is_flag=True, help="Exit 3 if there is anything that no schema can say."
)
@json_option
@project_options
@click.pass_context
def db2schema(
    ctx: click.Context,
    *,
    tables: tuple[str, ...],
    exclude: tuple[str, ...],
    namespaces: tuple[str, ...],
    file: str | None,
    force: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Read a database and print it as a schema file.

    Needs no project where --url names the database. What a schema file cannot say,
    such as a view, is listed on stderr.
    """
    from mm_engine.cli.commands.making import shown_path
    from mm_engine.cli.differences import say_unread, unread_json
    from mm_engine.cli.files import refuse_existing, write_result
    from mm_engine.cli.telling import counted

    project, output = opened(as_json=as_json, required=False)
    target = project.config.start / file if file else None
    if target is not None:
        refuse_existing(target, force=force)
    found = project.inspect(tables=tables, exclude=exclude, namespaces=namespaces)
    if target is not None:
        write_result(target, found.text, force=force)
    shown = None if target is None else shown_path(project, target)
    if output.as_json:
        output.json(
            {
                "database": found.place.database,
                "type": found.place.type,
                "server_version": found.place.version,
                "tables": list(found.schema.tables),
                "path": shown,
                "schema": found.text,
                "unread": unread_json(found.unread),
            }
        )
    elif shown is None:
        output.code(found.text, "yaml")
    else:
        output.result(f"wrote {shown}")
    count = counted(len(found.schema.tables), "table")
    output.say(f"{found.place.database}: {count}")
    say_unread(output, found.unread, hint=False)
    if strict and found.unread:
        ctx.exit(FOUND)
