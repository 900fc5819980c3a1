"""Options that every command takes, before it or after it, and what they choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from mm_engine.cli.output import Output
    from mm_engine.project import Project

Decorated = TypeVar("Decorated", bound=Callable[..., object])

_KEY = "mm_engine.options"


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Keep what was given; what stands nearer to the command comes later and wins."""
    if value is not None and value is not False and param.name is not None:
        ctx.find_root().meta.setdefault(_KEY, {})[param.name] = value


def given(ctx: click.Context, name: str) -> str | None:
    """What one of these options was given, anywhere on the line."""
    value = ctx.find_root().meta.get(_KEY, {}).get(name)
    return None if value is None else str(value)


def project_options(function: Decorated) -> Decorated:
    """The function with -C, --config, --db, --url, --verbose and --no-color."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


_OPTIONS = (
    click.option(
        "-C",
        "folder",
        metavar="FOLDER",
        expose_value=False,
        callback=_remember,
        help="Act as if started in this folder.",
    ),
    click.option(
        "--config",
        "config",
        metavar="FILE",
        expose_value=False,
        callback=_remember,
        help="The file with the settings.",
    ),
    click.option(
        "--db",
        "db",
        metavar="NAME",
        expose_value=False,
        callback=_remember,
        help="One of the databases that the settings name.",
    ),
    click.option(
        "--url",
        "url",
        metavar="URL",
        expose_value=False,
        callback=_remember,
        help="The database, instead of the one in the settings.",
    ),
    click.option(
        "--verbose",
        "verbose",
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help="Say more.",
    ),
    click.option(
        "--no-color",
        "no_color",
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help="No colours, even on a terminal.",
    ),
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON."
)


def opened(*, as_json: bool, required: bool = True) -> tuple[Project, Output]:
    """The project that the options choose, and what says what comes of it.

    From here on only that speaks on stdout: what migrations print goes to stderr.
    """
    import sys
    from contextlib import redirect_stdout

    from mm_engine.cli.output import Output

    project = chosen_project(required=required)
    config = project.config
    output = Output(as_json=as_json, color=config.color, verbose=config.verbose)
    click.get_current_context().with_resource(redirect_stdout(sys.stderr))
    output.detail(f"project: {config.root}")
    output.detail(f"settings: {config.file or 'no file'}")
    for finding in config.findings:
        output.warn(finding)
    return project, output


def chosen_project(*, required: bool = True) -> Project:
    """The project that the options of the current command choose."""
    import os
    from pathlib import Path

    from mm_engine.config.load import Flag
    from mm_engine.config.settings import COLOR, URL, VERBOSE
    from mm_engine.project import Project

    ctx = click.get_current_context()
    flags: dict[str, Flag] = {}
    if url := given(ctx, "url"):
        flags[URL] = Flag("--url", url)
    if given(ctx, "verbose"):
        flags[VERBOSE] = Flag("--verbose", value=True)
    if given(ctx, "no_color"):
        flags[COLOR] = Flag("--no-color", value=False)
    config = given(ctx, "config")
    return Project.find(
        Path(given(ctx, "folder") or ""),
        file=Path(config) if config is not None else None,
        database=given(ctx, "db"),
        flags=flags,
        environment=os.environ,
        required=required,
    )
