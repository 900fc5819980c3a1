"""The group of commands that deal with a database."""

from __future__ import annotations

import click

from mm_engine.cli.options import project_options
from mm_engine.cli.table import Entry, Table, with_entries

_RUNNING = "mm_engine.cli.commands.running"
_RESUMING = "mm_engine.cli.commands.resuming"
_WATCHING = "mm_engine.cli.commands.watching"

ENTRIES = (
    Entry("up", f"{_RUNNING}:up", "Apply what is pending."),
    Entry("down", f"{_RUNNING}:down", "Undo the last migration, or more."),
    Entry("resume", f"{_RESUMING}:resume", "Go on with what is unfinished."),
    Entry("status", f"{_WATCHING}:status", "Say what is applied and what is pending."),
    Entry("showsql", f"{_WATCHING}:showsql", "Print migrations as SQL."),
    Entry("fake", f"{_RUNNING}:fake", "Record migrations without running them."),
    Entry("dag", f"{_WATCHING}:dag", "Draw the graph of migrations."),
)


@with_entries(ENTRIES)
@click.group("migrate", cls=Table, invoke_without_command=True)
@project_options
@click.pass_context
def migrate(ctx: click.Context) -> None:
    """Apply migrations to a database, undo them, look at them."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
