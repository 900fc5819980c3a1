"""One nox session a command, each a subprocess with the words after ``--`` passed on.

Each is a plain function too, for sessions of one's own:

    @nox.session
    def migrated(session):
        session.install("makemigrations", "-e", ".")
        mm_nox.migrate(session)

A command that fails, or a check that finds something, fails its session; nox names
the command's exit code, and itself ends with 1.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeAlias

import nox
import nox.registry
from nox.logger import logger

Command: TypeAlias = Callable[..., None]
"""Takes the session, and the name of a database where it speaks of one."""


def makemigrations(session: nox.Session) -> None:
    """Write a migration for what changed in the schema files."""
    _run(session, "makemigrations")


def migrate(session: nox.Session, database: str | None = None) -> None:
    """Apply the migrations that are pending."""
    _run(session, "migrate", "up", database=database)


def showsql(session: nox.Session, database: str | None = None) -> None:
    """Show the SQL of migrations."""
    _run(session, "migrate", "showsql", database=database)


def migration_status(session: nox.Session, database: str | None = None) -> None:
    """Say which migrations are applied and which are pending."""
    _run(session, "migrate", "status", database=database)


def schema_check(session: nox.Session) -> None:
    """Fail where schema files, migrations and history do not agree."""
    _run(session, "check")


def db_diff(session: nox.Session, database: str | None = None) -> None:
    """Fail where a database was changed by hand."""
    _run(session, "db-diff", database=database)


def db2schema(session: nox.Session, database: str | None = None) -> None:
    """Print a database as a schema file."""
    _run(session, "db2schema", database=database)


def db_test(session: nox.Session) -> None:
    """Run the tests, and with them checks of the migrations, up, down and up."""
    _python(session, "pytest", "--mm-checks", "--mm-require", *session.posargs)


def db_stop(session: nox.Session) -> None:
    """Stop and drop what runs of tests with --mm-keep have kept."""
    _python(session, "pytest", "--mm-stop", *session.posargs)


MODULES = {"makemigrations": "mm_engine", "pytest": "pytest"}
"""What Python runs where a program is not on PATH."""

INSTALLED_BY = {"makemigrations": "makemigrations", "pytest": "makemigrations[pytest]"}
"""What pip installs to have a program."""

ON_A_DATABASE = ("migrate", "showsql", "migration-status", "db-diff", "db2schema")
"""Sessions that speak of one database, which the settings may name several of."""

SESSIONS: dict[str, Command] = {
    "makemigrations": makemigrations,
    "migrate": migrate,
    "showsql": showsql,
    "migration-status": migration_status,
    "schema-check": schema_check,
    "db-diff": db_diff,
    "db2schema": db2schema,
    "db-test": db_test,
    "db-stop": db_stop,
}
"""Every session by its name, without a prefix."""


def register(
    prefix: str = "",
    *,
    include: Collection[str] | None = None,
    exclude: Collection[str] = (),
    tags: Iterable[str] = ("db",),
    install: Sequence[str] = (),
    databases: Sequence[str] = (),
) -> tuple[str, ...]:
    """Register the sessions with nox, and return their names in order.

    ``include`` and ``exclude`` take names without the prefix. ``install`` is what pip
    installs into an environment of each session's own; without it the sessions use the
    ``makemigrations`` on PATH, else that of nox's own environment. ``databases`` are
    names from the settings: sessions that speak of one run once for each, as in
    ``migrate(database='eu')``. A name that the noxfile has given to a session of its
    own stays with that. None runs unless it is asked for by name or tag.
    """
    _refuse_text(
        include=include,
        exclude=exclude,
        tags=tags,
        install=install,
        databases=databases,
    )
    unknown = sorted({*(include or ()), *exclude} - SESSIONS.keys())
    if unknown:
        message = f"no session {', '.join(unknown)}; there are {', '.join(SESSIONS)}"
        raise ValueError(message)
    chosen = [
        name
        for name in SESSIONS
        if (include is None or name in include) and name not in exclude
    ]
    taken = [name for name in chosen if prefix + name in nox.registry.get()]
    if taken:
        names = ", ".join(prefix + name for name in taken)
        logger.warning("mm_nox leaves alone what is there already: %s", names)
    tags = list(tags)
    chosen = [name for name in chosen if name not in taken]
    for name in chosen:
        function = _after_install(SESSIONS[name], install)
        if databases and name in ON_A_DATABASE:
            function = _on_each(function, databases)
        nox.session(
            name=prefix + name,
            venv_backend=None if install else "none",
            default=False,
            tags=tags,
        )(function)
    return tuple(prefix + name for name in chosen)


def _refuse_text(**given: object) -> None:
    """A text is a collection too, of letters; nobody means that."""
    for name, value in given.items():
        if isinstance(value, str):
            message = f'{name} is a list, as in {name}=["{value}"]'
            raise TypeError(message)


def _on_each(function: Command, databases: Sequence[str]) -> Command:
    def session_function(session: nox.Session, database: str) -> None:
        function(session, database)

    session_function.__doc__ = function.__doc__
    made: Command = nox.parametrize("database", list(databases))(session_function)
    return made


def _after_install(command: Command, requirements: Sequence[str]) -> Command:
    def session_function(session: nox.Session, *names: str) -> None:
        if requirements:
            session.install(*requirements)
        command(session, *names)

    session_function.__doc__ = command.__doc__
    return session_function


def _run(session: nox.Session, *words: str, database: str | None = None) -> None:
    chosen = ["--db", database] if database else []
    _python(session, "makemigrations", *words, *chosen, *session.posargs)


def _python(session: nox.Session, program: str, *words: str) -> None:
    """Run a program: of the session's environment, of PATH, else of nox's own."""
    paths = [*(session.bin_paths or ()), *os.environ.get("PATH", "").split(os.pathsep)]
    if shutil.which(program, path=os.pathsep.join(paths)):
        session.run(program, *words, external=True)
    elif importlib.util.find_spec(MODULES[program]):
        session.run(sys.executable, "-m", MODULES[program], *words, external=True)
    else:
        session.error(
            f"{program} is neither here, nor on PATH, nor beside nox;"
            f' python -m pip install "{INSTALLED_BY[program]}"'
        )
