"""Database URLs, which never show their password."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, unquote

import attrs

from mm_engine.errors import ConfigError, nearest
from mm_engine.model import databases
from mm_engine.runner.wires import SCHEMES, Wire, database_named, wire_of

if TYPE_CHECKING:
    import sqlalchemy as sa

HIDDEN = "***"

GREATEST_PORT = 65_535

SECRET = re.compile("pass|pwd|secret|token|key", re.IGNORECASE)
"""Names of options whose values are nobody's business."""


@attrs.frozen(kw_only=True)
class Url:
    """Where a database is; ``str`` and ``repr`` hide what is secret.

    ``type`` is the type of database that it is, where somebody said so.
    """

    wire: Wire
    driver: str
    username: str | None = None
    password: str | None = attrs.field(default=None, repr=False)
    host: str | None = None
    port: int | None = None
    database: str = ""
    query: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    shown: str = attrs.field(repr=False)
    type: str | None = None

    @classmethod
    def of(cls, text: str) -> Url:
        """Read a URL; raises ``ConfigError``, without the password, if it is none."""
        text = text.strip()
        if not text:
            raise ConfigError(
                "the database URL is empty",
                hint="give --url, set DATABASE_URL or database.default_url,"
                " for example to sqlite:///app.db",
            )
        scheme, colon, rest = text.partition("://")
        if not colon or not re.fullmatch(r"\w+(\+\w+)?", scheme, re.ASCII):
            raise ConfigError(
                f'"{_masked(text)}" is not a database URL',
                hint="a file is written as sqlite:///app.db, a server as"
                " postgresql://user:password@host:5432/name",
            )
        wire, driver = _wire(scheme.lower())
        shown = hidden(text)
        if wire.is_file:
            return _file(wire, driver, rest, shown)
        return _server(wire, driver, rest, shown)

    @property
    def is_memory(self) -> bool:
        """Whether it is a database in memory, gone with its connection."""
        return self.wire.is_file and (
            self.database in ("", ":memory:") or self.query.get("mode") == "memory"
        )

    @property
    def package(self) -> str:
        """What pip has to install for the driver."""
        if self.wire.install and self.driver == self.wire.driver:
            return self.wire.install
        return self.driver.partition("+")[2]

    def path(self, root: Path) -> Path:
        """The file that it means, for one who stands in ``root``."""
        return root / self.database

    @property
    def database_type(self) -> str:
        """The type of the database: what was said of it, or what its scheme means."""
        return self.type or self.wire.types[0]

    def refined(self, wanted: str | None) -> Self:
        """The URL of a database of that type, which ``DB_TYPE`` says within a family.

        Raises ``ConfigError`` for a type that nobody reaches by such a URL.
        """
        if wanted is None:
            return self
        wanted = database_named(wanted)
        if wanted not in self.wire.types:
            known = databases.known()
            near = None if wanted in known else nearest(wanted, known)
            raise ConfigError(
                f'the type of the database is "{wanted}", but {self.shown} speaks to'
                f" {' or '.join(self.wire.types)}",
                hint=near or "make the type and the URL agree, or leave the type out",
            )
        return attrs.evolve(self, type=wanted)

    def sqlalchemy(self) -> sa.URL:
        """The URL as SQLAlchemy wants it, made of its parts and not of a text."""
        import sqlalchemy as sa

        return sa.URL.create(
            self.driver,
            username=self.username,
            password=self.password,
            host=self.host,
            port=self.port,
            database=self.database or None,
            query=dict(self.query),
        )

    def unsaid_options(self) -> dict[str, str]:
        """What the driver is told and the URL does not say."""
        ours = self.wire.options if self.driver == self.wire.driver else {}
        return {name: said for name, said in ours.items() if name not in self.query}

    def scrubbed(self, text: str) -> str:
        """A text of a driver's, without our password in any of its spellings."""
        return scrubbed(text, self.password)

    def __str__(self) -> str:
        return self.shown


def hidden(text: str) -> str:
    """A URL with everything that may be a password hidden, wherever it stands.

    A password that nobody quoted may hold any character, so everything goes from the
    first colon of the part after ``://`` to the last ``@``.

    >>> hidden("postgresql://ann:p@ss/w?rd@db:5432/shop?sslmode=require")
    'postgresql://ann:***@db:5432/shop?sslmode=require'
    >>> hidden("mysql://db/shop?password=x&charset=utf8")
    'mysql://db/shop?password=***&charset=utf8'
    """
    scheme, colon, rest = text.partition("://")
    user, at, host = rest.rpartition("@")
    name, has_password, _ = user.partition(":")
    if at and has_password:
        rest = f"{name}:{HIDDEN}@{host}"
    head, question, query = rest.partition("?")
    options = [_hidden_option(option) for option in query.split("&")]
    return f"{scheme}{colon}{head}{question}{'&'.join(options)}"


def _hidden_option(option: str) -> str:
    name, equals, _ = option.partition("=")
    secret = equals and SECRET.search(unquote(name))
    return f"{name}={HIDDEN}" if secret else option


def _masked(text: str) -> str:
    """A text that is no URL, as far as it can be shown: without what follows a sign."""
    head = re.split("[:=@]", text)[0]
    return head if head == text else f"{head}:{HIDDEN}"


def scrubbed(text: str, password: str | None) -> str:
    """A text without the password, plain or quoted in any way drivers quote."""
    if not password:
        return text
    from urllib.parse import quote, quote_plus

    spellings = (
        password,
        quote(password, safe=""),
        quote(password),
        quote_plus(password),
        repr(password)[1:-1],
    )
    for spelling in sorted(dict.fromkeys(spellings), key=len, reverse=True):
        text = text.replace(spelling, HIDDEN)
    return text


def _wire(scheme: str) -> tuple[Wire, str]:
    """The wire of a scheme, and SQLAlchemy's name of the driver."""
    family, plus, driver = scheme.partition("+")
    wire = wire_of(scheme)
    if wire is None:
        raise ConfigError(
            f'"{family}" is not a scheme of a database URL that can be connected to',
            hint=nearest(family, SCHEMES) or f"known are {', '.join(SCHEMES)}",
        )
    return wire, f"{wire.dialect}+{driver}" if plus else wire.driver


def _file(wire: Wire, driver: str, rest: str, shown: str) -> Url:
    path, _, query = rest.partition("?")
    if path and not path.startswith("/"):
        # What stands before the @ may be a password.
        name = path.rpartition("@")[2].lstrip("/")
        raise ConfigError(
            f'"{shown}" names a server, but {wire.family} is a file',
            hint=f"three slashes and a path: {wire.family}:///{name}",
        )
    return Url(
        wire=wire, driver=driver, database=path[1:], query=_query(query), shown=shown
    )


def _server(wire: Wire, driver: str, rest: str, shown: str) -> Url:
    head, _, query = rest.partition("?")
    authority, _, database = head.partition("/")
    if ":" in authority and "@" in rest.removeprefix(authority):
        # A password went on after what looked like its end.
        raise _unquoted(shown)
    user, at, place = authority.rpartition("@")
    host, port = _place(place, shown)
    username, has_password, password = user.partition(":")
    return Url(
        wire=wire,
        driver=driver,
        username=unquote(username) if at else None,
        password=unquote(password) if has_password else None,
        host=host,
        port=wire.port if port is None else port,
        database=unquote(database),
        query=_query(query),
        shown=shown,
    )


def _place(place: str, shown: str) -> tuple[str | None, int | None]:
    """Host and port; an address of IPv6 stands in brackets."""
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?", place, re.ASCII)
    if match is None or (match[2] and int(match[2]) > GREATEST_PORT):
        raise ConfigError(
            f'host and port of "{shown}" cannot be read',
            hint="write host:port with a number up to 65535; characters like : / ? @"
            " in a password are written as %3A %2F %3F %40",
        )
    host = match[1].strip("[]")
    return unquote(host) or None, int(match[2]) if match[2] else None


def _unquoted(shown: str) -> ConfigError:
    return ConfigError(
        f'"{shown}" has an @ where none can be; perhaps the password holds / or ?',
        hint="in a URL / is written as %2F, ? as %3F, # as %23 and @ as %40;"
        " the same goes for @ in names and options",
    )


def _query(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))
