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

from collections.abc import Callable, Collection, Iterable, Sequence

import nox


def makemigrations(session: nox.Session) -> None:
    """Write a migration for what changed in the schema files."""
    _run(session, "makemigrations")


def migrate(session: nox.Session) -> None:
    """Apply the migrations that are pending."""
    _run(session, "migrate", "up")


def showsql(session: nox.Session) -> None:
    """Show the SQL of migrations."""
    _run(session, "migrate", "showsql")


def migration_status(session: nox.Session) -> None:
    """Say which migrations are applied and which are pending."""
    _run(session, "migrate", "status")


def schema_check(session: nox.Session) -> None:
    """Fail where schema files, migrations and history do not agree."""
    _run(session, "check")


def db_diff(session: nox.Session) -> None:
    """Fail where a database was changed by hand."""
    _run(session, "db-diff")


def db2schema(session: nox.Session) -> None:
    """Print a database as a schema file."""
    _run(session, "db2schema")


SESSIONS: dict[str, Callable[[nox.Session], None]] = {
    "makemigrations": makemigrations,
    "migrate": migrate,
    "showsql": showsql,
    "migration-status": migration_status,
    "schema-check": schema_check,
    "db-diff": db_diff,
    "db2schema": db2schema,
}
"""Every session by its name, without a prefix."""


def register(
    prefix: str = "",
    *,
    include: Collection[str] | None = None,
    exclude: Collection[str] = (),
    tags: Iterable[str] = ("db",),
    install: Sequence[str] = (),
) -> tuple[str, ...]:
    """Register the sessions with nox, and return their names in order.

    ``include`` and ``exclude`` take names without the prefix. ``install`` is what pip
    installs into an environment of each session's own; without it the sessions use the
    ``makemigrations`` on PATH. None of them runs unless it is asked for by name or tag.
    """
    unknown = sorted({*(include or ()), *exclude} - SESSIONS.keys())
    if unknown:
        message = f"no session {', '.join(unknown)}; there are {', '.join(SESSIONS)}"
        raise ValueError(message)
    chosen = [
        name
        for name in SESSIONS
        if (include is None or name in include) and name not in exclude
    ]
    tags = list(tags)
    for name in chosen:
        nox.session(
            name=prefix + name,
            venv_backend=None if install else "none",
            default=False,
            tags=tags,
        )(_after_install(SESSIONS[name], install))
    return tuple(prefix + name for name in chosen)


def _after_install(
    command: Callable[[nox.Session], None], requirements: Sequence[str]
) -> Callable[[nox.Session], None]:
    def session_function(session: nox.Session) -> None:
        if requirements:
            session.install(*requirements)
        command(session)

    session_function.__doc__ = command.__doc__
    return session_function


def _run(session: nox.Session, *words: str) -> None:
    session.run("makemigrations", *words, *session.posargs, external=True)
