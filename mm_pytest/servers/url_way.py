"""A server that runs already, named by a variable of the tests' own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from mm_pytest.named import Named
from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

VARIABLE = "MAKEMIGRATIONS_TEST_URL"
"""Never ``DATABASE_URL``: that is where somebody's data is."""


_PORTS = {"postgresql": 5432, "mysql": 3306, "sqlserver": 1433, "clickhouse": 8123}
"""Where servers listen to whom nobody says otherwise."""


class ConfiguredError(Exception):
    """The URL for tests names a database that is configured for work."""


def opened(wanted: Wanted, stack: ExitStack) -> Reached:
    """The server that the variables name, for the version, the database or for all.

    Raises ``NoWayError`` where none does, ``ConfiguredError`` for a URL that the
    project's settings have too.
    """
    del stack
    kind = wanted.named.kind
    name, text = _said(wanted.named, wanted.environment)
    if not text:
        raise NoWayError(f"{VARIABLE} is not set")
    if not _may_be(name, text, kind):
        raise NoWayError(f"{name} names no {kind}")
    if any(_is_same(text, other) for other in wanted.configured):
        raise ConfiguredError(
            f"{name} names a database that is configured for work; tests make"
            " databases and drop them, so give them a server of their own"
        )
    return Reached(url=text, way="url")


def named_by(named: Named, environment: Mapping[str, str]) -> str | None:
    """The URL of the variables, if that may be one of such a database."""
    name, text = _said(named, environment)
    try:
        is_one = bool(text) and _may_be(name, text, named.kind)
    except NoWayError:
        is_one = True  # whoever connects hears what is wrong with it
    return text if is_one else None


def _said(named: Named, environment: Mapping[str, str]) -> tuple[str, str]:
    """The variable that says where the server is, and what it says."""
    set_ = [name for name in variables(named) if name in environment]
    name = next(iter(set_), VARIABLE)
    return name, environment.get(name, "").strip()


def variables(named: Named) -> tuple[str, ...]:
    """The variables that may name a server of a database, the nearest first."""
    own = f"{VARIABLE}_{named.kind.upper()}"
    versioned = f"{own}_{named.version.replace('.', '_')}"
    return (versioned, own, VARIABLE) if named.version else (own, VARIABLE)


def _may_be(name: str, text: str, database: str) -> bool:
    """Whether a database of that name is reached by such URLs."""
    from mm_engine.errors import ConfigError
    from mm_engine.runner.url import Url
    from mm_engine.runner.wires import database_named

    try:
        return database_named(database) in Url.of(text).wire.types
    except ConfigError as error:
        raise NoWayError(f"{name}: {error.message}") from error


def _is_same(one: str, other: str) -> bool:
    """Whether two URLs mean one database, however they are spelled."""
    return _place(one) == _place(other)


def _place(text: str) -> tuple[object, ...]:
    from mm_engine.errors import MMError
    from mm_engine.runner.url import Url

    try:
        url = Url.of(text)
    except MMError:
        return (text,)
    host = (url.host or url.query.get("host") or "localhost").lower()
    here = ("127.0.0.1", "::1")
    port = url.port or url.query.get("port") or _PORTS.get(url.wire.family)
    name = url.database or url.username
    # An option may name several ports, so they are compared as texts.
    return url.wire.family, "localhost" if host in here else host, str(port), name
