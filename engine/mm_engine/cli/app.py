"""The command line: one tree of commands, and what becomes of errors."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mm_engine.cli.exits import ERROR, FINE, INTERRUPTED, LOCKED, USAGE
from mm_engine.cli.options import project_options
from mm_engine.cli.table import Entry, Table, with_entries

if TYPE_CHECKING:
    from typing import NoReturn

    from mm_engine.errors import MMError

_HOME = "mm_engine.cli.commands"
_MAKING = "Schema and migrations"
_RUNNING = "Database"
_LOOKING = "Inspection"

ENTRIES = (
    Entry(
        "init",
        f"{_HOME}.init:init",
        "Begin a project: folders, settings, an example schema.",
        section=_MAKING,
    ),
    Entry(
        "makemigrations",
        f"{_HOME}.making:makemigrations",
        "Write a migration for what changed in the schema files.",
        section=_MAKING,
        aliases=("generate",),
    ),
    Entry(
        "empty",
        f"{_HOME}.making:empty",
        "Write a migration without operations.",
        aliases=("blank",),
        hidden=True,
    ),
    Entry(
        "squash",
        f"{_HOME}.squash:squash",
        "Write one migration in the place of several.",
        section=_MAKING,
    ),
    Entry(
        "migrate",
        f"{_HOME}.migrate:migrate",
        "Apply migrations and undo them: up, down, status ...",
        section=_RUNNING,
    ),
    Entry(
        "check",
        f"{_HOME}.looking:check",
        "Compare schema, migrations and history; exit 3 on a finding.",
        section=_LOOKING,
    ),
    Entry(
        "schema-diff",
        f"{_HOME}.looking:schema_diff",
        "Show what no migration makes yet; exit 3 if anything.",
        section=_LOOKING,
        aliases=("diff",),
    ),
    Entry(
        "db-diff",
        f"{_HOME}.drift:db_diff",
        "Show what was changed in a database by hand; exit 3 if anything.",
        section=_LOOKING,
    ),
    Entry(
        "current-state",
        f"{_HOME}.looking:current_state",
        "Print the schema that the migrations add up to, as YAML.",
        section=_LOOKING,
    ),
    Entry(
        "dump_sql",
        f"{_HOME}.looking:dump_sql",
        "Print the schema as SQL, as if for an empty database.",
        section=_LOOKING,
        aliases=("schema-to-sql",),
    ),
    Entry(
        "db2schema",
        f"{_HOME}.inspecting:db2schema",
        "Read a database and print it as a schema file.",
        section=_LOOKING,
        aliases=("db-to-schema",),
    ),
    Entry(
        "json-schema",
        f"{_HOME}.looking:json_schema",
        "Print the JSON Schema of schema files, for editors.",
        section=_LOOKING,
    ),
    Entry(
        "config",
        f"{_HOME}.about:config",
        "Show each setting and where it came from.",
        section=_LOOKING,
    ),
    Entry(
        "version",
        f"{_HOME}.about:version",
        "Print the version.",
        section=_LOOKING,
    ),
)


class App(Table):
    """The root: the only place where errors are caught."""

    def main(  # type: ignore[override]  # click's own has five overloads of this
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: object,
    ) -> NoReturn:
        """Run a command line and end the process with its exit code."""
        _open_what_is_closed()
        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            code = self._run(words, prog_name or "makemigrations", extra)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has gone; writing the rest at exit would say so once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = ERROR
        sys.exit(code)

    def _run(self, words: list[str], name: str, extra: dict[str, object]) -> int:
        try:
            code = super().main(words, name, **extra)  # type: ignore[call-overload]
        except (click.Abort, KeyboardInterrupt) as error:
            return _tell_interruption(error, words)
        except click.ClickException as error:
            return _tell_misuse(error, words)
        except UnicodeEncodeError as error:
            return _tell_encoding(error, words)
        except Exception as error:
            from mm_engine.errors import MMError

            if isinstance(error, MMError):
                return _tell(error, words)
            raise
        return code if isinstance(code, int) else FINE


def _open_what_is_closed() -> None:
    """Have all three streams, in a process that was started without some of them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 (open until the end, as the others are)
            setattr(sys, name, stream)


def _wants_json(words: Sequence[str]) -> bool:
    """Whether errors are told as JSON, known even when the words make no sense."""
    from itertools import pairwise, takewhile

    options = [*takewhile(lambda word: word != "--", words)]
    forms = {(option, "json") for option in ("--format", "-f")}
    return (
        any(word.partition("=")[0] == "--json" for word in options)
        or not {"--format=json", "-fjson"}.isdisjoint(options)
        or not forms.isdisjoint(pairwise(options))
    )


def _tell_interruption(error: BaseException, words: Sequence[str]) -> int:
    """Say that somebody pressed Ctrl-C, and what the database holds, if that is known.

    click raises an error of its own for it; what the runner noted is on the first one.
    """
    from mm_engine.cli.output import Output, StoppedError

    first = error.__cause__ or error
    notes: list[str] = getattr(first, "__notes__", [])
    said = "; ".join(["stopped", *notes])
    if _wants_json(words):
        Output(as_json=True).fail(StoppedError(said))
    else:
        # The cursor may stand behind a question or a ^C.
        click.echo(f"\n{said}", err=True)
    return INTERRUPTED


def _tell(error: MMError, words: Sequence[str]) -> int:
    from mm_engine.cli.output import Output, UnwrittenError
    from mm_engine.errors import LockError, UsageError

    color = "--no-color" not in words
    as_json = _wants_json(words) and not isinstance(error, UnwrittenError)
    try:
        Output(as_json=as_json, color=color).fail(error)
    except UnwrittenError as unwritten:
        Output(color=color).fail(unwritten)
    match error:
        case UsageError():
            return USAGE
        case LockError():
            return LOCKED
        case _:
            return ERROR


def _tell_misuse(error: click.ClickException, words: Sequence[str]) -> int:
    """An option or a command that is not there, told as any other error."""
    from mm_engine.errors import UsageError

    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f'"{context.command_path} --help" shows what it takes' if context else None
    return _tell(UsageError(error.format_message(), hint=hint), words)


def _tell_encoding(error: UnicodeEncodeError, words: Sequence[str]) -> int:
    """A result that cannot be printed as it is; with other signs it would be wrong."""
    from mm_engine.errors import MMError

    missing = ascii(error.object[error.start : error.end])
    said = f"the encoding of stdout, {error.encoding}, has no {missing}"
    return _tell(MMError(said, hint="set PYTHONIOENCODING=utf-8"), words)


def _speak_utf8() -> None:
    """Print to files and pipes what our own files hold, whatever the locale is."""
    out = sys.stdout
    if "PYTHONIOENCODING" not in os.environ and isinstance(out, io.TextIOWrapper):
        if out.isatty():
            out.reconfigure(errors="backslashreplace")
        else:
            out.reconfigure(encoding="utf-8", errors="strict")


@with_entries(ENTRIES)
@click.group(
    "makemigrations",
    cls=App,
    invoke_without_command=True,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 80,
        "token_normalize_func": lambda word: word.replace("_", "-"),
    },
)
@click.option("--version", is_flag=True, help="Print the version.")
@project_options
@click.pass_context
def app(ctx: click.Context, *, version: bool) -> None:
    """One YAML schema, typed migrations, SQL and migrated databases."""
    if version:
        from mm_engine.cli.commands.about import version_text

        click.echo(version_text())
    elif ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """The command ``makemigrations``, and ``mm``."""
    import gc

    # A command lives for moments and keeps most of what it makes: looking for
    # garbage as often as Python usually does takes a tenth of the time.
    gc.set_threshold(500_000, 20, 20)
    _speak_utf8()
    app()
