"""What commands say: results on stdout, talk on stderr, colours only on a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO, TypeAlias

import click

from mm_engine.errors import MMError

if TYPE_CHECKING:
    from rich.console import Console

    from mm_engine.errors import Problem

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a document of ours is made of."""

CONTRACT = 1
"""The version of every JSON shape; keys are added to it, never changed."""


class StoppedError(MMError):
    """Somebody pressed Ctrl-C."""

    kind = "interrupted"


class UnwrittenError(MMError):
    """Stdout takes no more, so this is told on stderr even where JSON is wanted."""


class Output:
    """One command's mouth. ``as_json`` keeps stdout to one JSON document."""

    def __init__(
        self, *, as_json: bool = False, color: bool = True, verbose: bool = False
    ) -> None:
        self.as_json = as_json
        self.verbose = verbose
        self._color = color and "NO_COLOR" not in os.environ
        # What migrations print themselves is sent elsewhere while a command runs.
        self._stdout = sys.stdout

    def shows_color(self, stream: TextIO) -> bool:
        """Whether that stream is a terminal that shall have colours."""
        dumb = os.environ.get("TERM") == "dumb"
        return self._color and not dumb and stream.isatty()

    def say(
        self,
        text: str = "",
        *,
        fg: str | None = None,
        bold: bool = False,
        dim: bool = False,
    ) -> None:
        """Talk: one line on stderr."""
        if text and (fg or bold or dim) and self.shows_color(sys.stderr):
            text = click.style(text, fg=fg, bold=bold or None, dim=dim or None)
        click.echo(text, err=True, color=True)

    def detail(self, text: str) -> None:
        """Talk that only those hear who want more of it."""
        if self.verbose:
            self.say(text, dim=True)

    def warn(self, problem: Problem) -> None:
        """Talk about something that stops nothing."""
        where = f"{problem.at}: " if problem.at else ""
        self.say(f"{where}warning: {problem.message}", fg="yellow")
        if problem.hint:
            self.say(f"  hint: {problem.hint}")

    def finding(self, problem: Problem, code: str, *, fg: str = "red") -> None:
        """One result of a check, on stdout."""
        where = f"{problem.at}: " if problem.at else ""
        self.line(f"{where}{problem.message} [{code}]", fg=fg)
        if problem.hint:
            self.line(f"  hint: {problem.hint}")

    def fail(self, error: MMError) -> None:
        """Tell an error once, with every problem it holds."""
        if self.as_json:
            self.json({"error": error_json(error)})
            return
        for problem in error.problems:
            where = f"{problem.at}: " if problem.at else "error: "
            self.say(f"{where}{problem.message}", fg="red")
            if problem.hint:
                self.say(f"  hint: {problem.hint}")

    def json(self, document: Mapping[str, Json]) -> None:
        """The result as one JSON document of the contract for scripts."""
        self._print(json.dumps({"version": CONTRACT, **document}, indent=2))

    def result(self, text: str) -> None:
        """A result as plain text."""
        self._print(text, nl=not text.endswith("\n"))

    def line(self, text: str, *, fg: str | None = None) -> None:
        """One line of a result, in a colour on a terminal."""
        if text and fg and self.shows_color(self._stdout):
            text = click.style(text, fg=fg)
        self._print(_showable(text, self._stdout), color=True)

    def code(self, text: str, language: str) -> None:
        """SQL, Python or YAML as the result; highlighted on a terminal."""
        if not self.shows_color(self._stdout):
            self.result(text)
            return
        from rich.syntax import Syntax

        highlighted = Syntax(text, language, theme="ansi_dark").highlight(text)
        highlighted.rstrip()
        self.console().print(highlighted, soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows as a table on a terminal that is wide enough, else as aligned lines."""
        rows = [list(row) for row in rows]
        lines = list(_aligned([list(columns), *rows]))
        # A table in a narrow terminal would fold names, or leave out a column.
        if not self._stdout.isatty() or max(map(len, lines)) > self.console().width:
            self.result("\n".join(lines))
            return
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for number, column in enumerate(columns):
            table.add_column(column, overflow="fold", no_wrap=number > 0)
        for row in rows:
            table.add_row(*(self._cell(cell) for cell in row))
        self.console().print(table)

    def _cell(self, text: str) -> str:
        from rich.markup import escape

        style = _STYLES.get(text)
        return f"[{style}]{text}[/]" if style else escape(text)

    def console(self, *, err: bool = False) -> Console:
        """A console of rich's over one of the streams."""
        from rich.console import Console

        return Console(
            file=None if err else self._stdout,
            stderr=err,
            highlight=False,
            color_system="auto" if self._color else None,
            emoji=False,
        )

    def _print(self, text: str, *, nl: bool = True, color: bool | None = None) -> None:
        """Text on stdout; raises ``UnwrittenError`` where that has no room for it."""
        try:
            click.echo(text, file=self._stdout, nl=nl, color=color)
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise UnwrittenError(
                f"the result cannot be written: {fault.strerror}"
            ) from fault


_STYLES = {
    "applied": "green",
    "pending": "yellow",
    "faked": "cyan",
    "changed": "red",
    "missing": "red",
}
"""Words of tables that have a colour."""


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _showable(text: str, stdout: TextIO) -> str:
    """A line for people, with numbers for characters that stdout has not."""
    encoding = stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def error_json(error: MMError) -> Json:
    """An error as the contract for scripts has it; ``problems`` holds every one."""
    first = error.problems[0]
    return {
        "kind": error.kind,
        **problem_json(first),
        "problems": [problem_json(problem) for problem in error.problems],
    }


def problem_json(problem: Problem) -> dict[str, Json]:
    """One problem with its place, null where it has none."""
    at = problem.at
    return {
        "message": problem.message,
        "file": None if at is None else at.file,
        "line": None if at is None else at.line,
        "column": None if at is None else at.column,
        "hint": problem.hint,
    }
