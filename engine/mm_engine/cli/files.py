"""Results that go into a file instead of to stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

output_option = click.option(
    "--output",
    "-o",
    "file",
    metavar="FILE",
    help="Write it there instead of printing it.",
)
force_option = click.option(
    "--force", is_flag=True, help="Write over the file if it is there."
)


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise ``UsageError`` for a file that is there, before any work is done for it."""
    from mm_engine.errors import UsageError

    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", hint="make it first")
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already", hint="--force writes over it, or name another"
        )


def write_result(path: Path, text: str, *, force: bool) -> None:
    """Write a text; what is there stays, unless ``force`` is given."""
    from mm_engine.errors import MMError

    refuse_existing(path, force=force)
    try:
        mode = "w" if force else "x"
        with path.open(mode, encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as fault:
        raise MMError(f"{path} cannot be written: {fault.strerror}") from None
