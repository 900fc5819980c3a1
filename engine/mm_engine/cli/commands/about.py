"""Commands about the tool itself and its settings."""

from __future__ import annotations

import os

import click

from mm_engine.cli.options import json_option, opened, project_options


def version_text() -> str:
    """Name and version, as one line."""
    return f"makemigrations {_version()}"


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("makemigrations")
    except metadata.PackageNotFoundError:
        return "unknown"


@click.command("version")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print it.",
)
@json_option
@project_options
def version(*, form: str, as_json: bool) -> None:
    """Print the version of makemigrations, and of what it runs on."""
    import platform

    from mm_engine.cli.output import Output

    output = Output(as_json=as_json or form == "json")
    if not output.as_json:
        output.result(version_text())
        return
    output.json(
        {
            "makemigrations": _version(),
            "python": platform.python_version(),
            "platform": platform.platform(),
        }
    )


@click.command("config")
@json_option
@project_options
def config(*, as_json: bool) -> None:
    """Show each setting that holds and where it came from; passwords are hidden."""
    project, output = opened(as_json=as_json, required=False)
    settings = project.config
    if as_json:
        output.json(
            {
                "root": str(settings.root),
                "file": None if settings.file is None else str(settings.file),
                "database": settings.database,
                "settings": [
                    {
                        "key": key,
                        "value": list(chosen.shown)
                        if isinstance(chosen.shown, tuple)
                        else chosen.shown,
                        "source": chosen.source,
                    }
                    for key, chosen in settings.values.items()
                ],
            }
        )
        return
    file = settings.file and os.path.relpath(settings.file, settings.root)
    output.say(f"project: {settings.root}")
    output.say(f"settings: {file or 'no file'}")
    output.table(
        ("setting", "value", "from"),
        [
            (key, _written(chosen.shown), chosen.source.rpartition("/")[2])
            for key, chosen in settings.values.items()
        ],
    )


def _written(value: object) -> str:
    """A value as a config file would have it."""
    match value:
        case None | ():
            return "-"
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(str(item) for item in value)
        case _:
            return str(value)
