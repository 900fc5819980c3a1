"""Commands that compare and print: check, schema-diff, current-state and so on."""

from __future__ import annotations

import click

from mm_engine.cli.exits import FOUND
from mm_engine.cli.options import json_option, opened, project_options

database_option = click.option(
    "--database",
    "database_type",
    metavar="TYPE",
    help="In the words of another type of database.",
)


@click.command("check")
@click.option(
    "--drift", is_flag=True, help="Look for what was changed by hand, too (db-diff)."
)
@click.option(
    "--portable",
    is_flag=True,
    help="Look for what some configured database cannot be told, too.",
)
@json_option
@project_options
@click.pass_context
def check(ctx: click.Context, *, drift: bool, portable: bool, as_json: bool) -> None:
    """Say whether schema files, migrations and history agree; exit 3 if not.

    Found are changes that no migration makes, branches, and migrations that were
    edited or lost after they were applied.
    """
    from mm_engine.cli.output import problem_json
    from mm_engine.cli.telling import counted, warn

    project, output = opened(as_json=as_json)
    checked = project.check(is_drift_wanted=drift, must_be_portable=portable)
    warn(output, checked.warnings)
    if output.as_json:
        output.json(
            {
                "ok": not checked.findings,
                "database": checked.database,
                "findings": [
                    {"code": one.code, **problem_json(one.problem)}
                    for one in checked.findings
                ],
                "notes": [
                    {"code": one.code, **problem_json(one.problem)}
                    for one in checked.notes
                ],
            }
        )
    else:
        for note in checked.notes:
            output.finding(note.problem, note.code, fg="yellow")
        for finding in checked.findings:
            output.finding(finding.problem, finding.code)
        looked = f"{checked.database}: " if checked.database else ""
        if checked.reason:
            output.say(f"no history was looked at: {checked.reason}")
        count = counted(len(checked.findings), "finding")
        output.say(f"{looked}{count}" if checked.findings else f"{looked}all agree")
    if checked.findings:
        ctx.exit(FOUND)


@click.command("schema-diff")
@json_option
@project_options
@click.pass_context
def schema_diff(ctx: click.Context, *, as_json: bool) -> None:
    """Show what the schema files say beyond the migrations; exit 3 if anything."""
    from mm_engine.cli.telling import operations_json, say_operations, warn

    project, output = opened(as_json=as_json)
    found = project.schema_diff()
    warn(output, found.findings)
    if output.as_json:
        output.json(
            {
                "drift": bool(found.operations),
                "operations": operations_json(found.operations),
            }
        )
    elif found.operations:
        say_operations(output, found.operations, found.before)
    else:
        output.say("No changes: the migrations make what the schema files say.")
    if found.operations:
        ctx.exit(FOUND)


@click.command("current-state")
@json_option
@project_options
def current_state(*, as_json: bool) -> None:
    """Print the schema that the migrations add up to, as a schema file."""
    from mm_engine.schemafile.writer import schema_yaml

    project, output = opened(as_json=as_json)
    text = schema_yaml(project.current_state())
    if output.as_json:
        output.json({"schema": text})
    else:
        output.code(text, "yaml")


@click.command("dump_sql")
@database_option
@click.option("--pending", is_flag=True, help="Only what no migration makes yet.")
@json_option
@project_options
def dump_sql(*, database_type: str | None, pending: bool, as_json: bool) -> None:
    """Print the schema files as SQL, as if for an empty database."""
    project, output = opened(as_json=as_json)
    sql = project.dump_sql(database_type=database_type, is_pending=pending)
    if output.as_json:
        output.json({"sql": sql})
    else:
        output.code(sql, "sql")


@click.command("json-schema")
@project_options
def json_schema() -> None:
    """Print the JSON Schema of schema files, for editors that check YAML by one.

    Needs no project.
    """
    import json

    from mm_engine.cli.output import Output
    from mm_engine.schemafile import json_schema as made

    Output().result(json.dumps(made(), indent=2))
