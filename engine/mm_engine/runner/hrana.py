"""A server of libSQL reached over HTTP, by Turso's own driver in pure Python.

SQLAlchemy knows no dialect with this driver, so a small one of ours brings them
together. The other drivers were tried: ``libsql`` sends whole numbers above 31 bits as
fractions, raises ``ValueError`` for everything, and lets go of its connection after
each statement, so that ``PRAGMA foreign_keys=OFF`` would not last until ``BEGIN``.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import quote

from mm_engine.errors import ConfigError, nearest

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.runner.url import Url

TOKENS = ("authToken", "auth_token")
"""What a URL calls the secret that opens the database."""

OPTIONS = (*TOKENS, "secure", "tls")
"""What a URL may say after ``?``."""

SPEAKS = (3, 45, 1)
"""The SQLite that libSQL's server descends from, as it says itself."""

_NO = ("0", "false", "no", "off")


_DIALECT = "makemigrations_hrana"
"""What SQLAlchemy finds the dialect by, behind ``sqlite+``."""


def engine(url: Url) -> sa.Engine:
    """An engine of single connections to a server, which begin nothing.

    Raises ``ConfigError`` for a URL that names none, and where the driver is missing.
    """
    import sqlalchemy as sa
    from sqlalchemy.dialects import registry

    address, token = address_of(url), token_of(url)
    driver = _driver(url)
    registry.register(f"sqlite.{_DIALECT}", __name__, "Served")
    return sa.create_engine(
        # The token stands where that is looked for which no message may show.
        sa.URL.create(f"sqlite+{_DIALECT}", password=token, host=url.host),
        module=driver,
        creator=lambda: driver.connect(address, auth_token=token, isolation_level=None),
        poolclass=sa.pool.NullPool,
        isolation_level="AUTOCOMMIT",
    )


def address_of(url: Url) -> str:
    """Where the server is asked, which is by TLS unless the URL says otherwise."""
    for name in url.query:
        if name not in OPTIONS:
            raise ConfigError(
                f'"{name}" is no option of a URL of Turso',
                hint=nearest(name, OPTIONS) or f"known: {', '.join(OPTIONS)}",
            )
    if url.host is None:
        raise ConfigError(
            f"{url} names no server",
            hint="a file of libSQL's is one of SQLite's too: write sqlite:///app.db;"
            " a server is libsql://name.turso.io?authToken=...",
        )
    said = [url.query[name].lower() for name in ("secure", "tls") if name in url.query]
    scheme = "http" if any(word in _NO for word in said) else "https"
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = f":{url.port}" if url.port else ""
    path = f"/{quote(url.database)}" if url.database else ""
    return f"{scheme}://{host}{port}{path}"


def token_of(url: Url) -> str | None:
    """The secret of a URL: an option, or in the place of a password."""
    told = [url.query[name] for name in TOKENS if url.query.get(name)]
    return next(iter(told), None) or url.password


def _driver(url: Url) -> SimpleNamespace:
    """The driver as a module of SQLite's, which SQLAlchemy takes it for."""
    try:
        import turso_serverless
    except ImportError as error:
        raise ConfigError(
            f"the driver turso-serverless for {url} cannot be loaded: {error}",
            hint='python -m pip install "makemigrations[turso]"',
        ) from error
    return SimpleNamespace(
        **vars(turso_serverless), Binary=bytes, sqlite_version_info=SPEAKS
    )


def __getattr__(name: str) -> object:
    """What SQLAlchemy's registry looks for, made when it does."""
    if name == "Served":
        return _dialect()
    raise AttributeError(name)


@cache
def _dialect() -> type[sa.Dialect]:
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

    class Served(SQLiteDialect_pysqlite):
        """SQLite's dialect, for a server: nothing is done to a new connection."""

        driver = "libsql"
        supports_statement_cache = True

        def on_connect(self) -> None:  # type: ignore[override]
            """Nothing: a server takes no functions of ours."""

        def create_connect_args(self, url: sa.URL) -> tuple[list[str], dict[str, str]]:
            """Nothing: the engine's creator knows where to connect."""
            del url
            return [], {}

    return Served
