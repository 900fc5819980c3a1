"""The SQL of every migration as it was when somebody last looked at it."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mm_engine.project import Project

UPDATE = "--mm-update-snapshots"
"""The option that writes them."""


def sql_of(project: Project, name: str, kind: str) -> str:
    """What a migration runs on a kind of database: up, and down where it can."""
    from mm_engine.errors import IrreversibleError
    from mm_engine.project.telling import Choice, Scope

    choice = Choice(scope=Scope.ONE, name=name)
    text = project.showsql(choice, database_type=kind).text
    try:
        down = project.showsql(choice, database_type=kind, is_down=True).text
    except IrreversibleError as error:
        down = f"-- it says that it cannot be undone: {error.message}"
    return f"{text.rstrip()}\n\n{down.rstrip()}\n"


def check_snapshot(text: str, path: Path, name: str, *, is_updating: bool) -> None:
    """Hold SQL against its file, or write the file.

    Raises ``AssertionError`` with the difference, or where there is no file.
    """
    __tracebackhide__ = True
    if is_updating:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    if not path.is_file():
        raise AssertionError(
            f"{name}: nobody has looked at its SQL yet, there is no {path.name};\n"
            f'"pytest --mm-checks {UPDATE}" writes it'
        )
    known = path.read_text(encoding="utf-8")
    if known != text:
        lines = unified_diff(known.splitlines(), text.splitlines(), lineterm="", n=2)
        told = "\n".join([*lines][2:])
        raise AssertionError(
            f"{name}: it runs other SQL than {path.name} says:\n{told}\n"
            f'"pytest --mm-checks {UPDATE}" writes what it is now'
        )
