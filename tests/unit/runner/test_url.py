"""URLs: read by one table of ours, and never shown with their password."""

from __future__ import annotations

import tomllib
import traceback
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mm_engine.errors import ConfigError
from mm_engine.model.databases import DATABASES
from mm_engine.runner.url import HIDDEN, Url, hidden, scrubbed
from mm_engine.runner.wires import SCHEMES

ROOT = Path(__file__).parents[3]

ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: f"zQ7{text}x9W"
)
"""Passwords of any characters, with ends that occur nowhere else."""

PLACES = st.sampled_from(
    ["db", "db:5432", "[::1]:5432", "", "db/shop", "db:1/shop?sslmode=require"]
)


def leaks(password: str, text: str) -> bool:
    return any(part in text for part in (password, "zQ7", "x9W"))


@pytest.mark.parametrize(
    ("text", "driver", "type_"),
    [
        ("postgres://u@h/d", "postgresql+psycopg", "postgresql"),
        ("postgresql://u@h/d", "postgresql+psycopg", "postgresql"),
        ("POSTGRESQL://u@h/d", "postgresql+psycopg", "postgresql"),
        ("postgresql+psycopg2://u@h/d", "postgresql+psycopg2", "postgresql"),
        ("mysql://u@h/d", "mysql+pymysql", "mysql"),
        ("mariadb://u@h/d", "mysql+pymysql", "mysql"),
        ("mariadb+pymysql://u@h/d", "mysql+pymysql", "mysql"),
        ("sqlite:///a.db", "sqlite+pysqlite", "sqlite"),
        ("sqlserver://u@h/d", "mssql+pymssql", "sqlserver"),
        ("mssql+pyodbc://u@h/d", "mssql+pyodbc", "sqlserver"),
        ("redshift://u@h/d", "redshift+redshift_connector", "redshift"),
        ("redshift+psycopg2://u@h/d", "redshift+psycopg2", "redshift"),
        ("clickhouse://u@h/d", "clickhousedb+connect", "clickhouse"),
        ("clickhousedb://u@h/d", "clickhousedb+connect", "clickhouse"),
        ("tidb://u@h/d", "mysql+pymysql", "tidb"),
        ("vertica://u@h/d", "vertica+vertica_python", "vertica"),
        ("ydb://h/local", "yql+ydb", "ydb"),
        ("yql+ydb://h/local", "yql+ydb", "ydb"),
        ("libsql://h:8080/", "sqlite+libsql", "turso"),
        ("sqlite+libsql://h:8080/", "sqlite+libsql", "turso"),
        ("starrocks://u@h/d", "starrocks+pymysql", "starrocks"),
        ("auroradsql://u@h/d", "auroradsql+psycopg", "auroradsql"),
        ("dsql+psycopg2://u@h/d", "auroradsql+psycopg2", "auroradsql"),
    ],
)
def test_the_scheme_gives_driver_and_type(text: str, driver: str, type_: str) -> None:
    url = Url.of(text)
    assert (url.driver, url.database_type) == (driver, type_)


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("postgresql://h/d", "makemigrations[postgresql]"),
        ("mysql://h/d", "makemigrations[mysql]"),
        ("mariadb://h/d", "makemigrations[mysql]"),
        ("mysql+asyncmy://h/d", "asyncmy"),
        ("mssql://h/d", "makemigrations[sqlserver]"),
        ("postgresql+pg8000://h/d", "pg8000"),
    ],
)
def test_the_package_of_the_driver_is_known(text: str, package: str) -> None:
    assert Url.of(text).package == package


def test_every_database_can_be_named_by_a_url() -> None:
    types = {Url.of(f"{scheme}:///d").database_type for scheme in SCHEMES}
    assert types == set(DATABASES)


def test_every_extra_is_one_of_the_distribution() -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {wire.extra for wire in SCHEMES.values() if wire.extra}
    assert named <= {*known["optional-dependencies"]}


def test_a_server_has_the_port_that_its_database_listens_on() -> None:
    assert Url.of("tidb://h/d").port == 4000
    assert Url.of("tidb://h:4001/d").port == 4001
    assert Url.of("mysql://h/d").port is None


def test_a_type_refines_within_its_family() -> None:
    assert Url.of("mysql://h/d").refined("tidb").database_type == "tidb"
    assert Url.of("postgresql://h/d").refined("redshift").database_type == "redshift"
    assert Url.of("mysql://h/d").refined("mariadb").database_type == "mysql"


@pytest.mark.parametrize("type_", ["mysql", "sqlite", "postgrsql", ""])
def test_a_type_of_another_family_is_refused(type_: str) -> None:
    with pytest.raises(ConfigError, match="speaks to postgresql"):
        Url.of("postgresql://h/d").refined(type_)


def test_the_parts_of_a_server_are_read() -> None:
    url = Url.of("postgresql://ann%40x:p%2Fw@[::1]:5433/my%20shop?sslmode=require")
    assert (url.username, url.password) == ("ann@x", "p/w")
    assert (url.host, url.port, url.database) == ("::1", 5433, "my shop")
    assert url.query == {"sslmode": "require"}
    assert url.sqlalchemy().database == "my shop"
    assert url.sqlalchemy().password == "p/w"


def test_a_password_with_at_signs_and_colons_is_read_as_it_stands() -> None:
    url = Url.of("postgresql://ann:a@b:c#d@db/shop")
    assert (url.password, url.host) == ("a@b:c#d", "db")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite:///app.db", "/project/app.db"),
        ("sqlite:///data/100%25.db", "/project/data/100%25.db"),
        ("sqlite:////srv/app.db", "/srv/app.db"),
        ("sqlite:////srv/app.db?mode=ro", "/srv/app.db"),
    ],
)
def test_a_relative_file_lies_in_the_project(text: str, path: str) -> None:
    assert Url.of(text).path(Path("/project")) == Path(path)


@pytest.mark.parametrize(
    "text", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///x?mode=memory"]
)
def test_a_database_in_memory_is_known_as_such(text: str) -> None:
    assert Url.of(text).is_memory


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_url_is_an_error(text: str) -> None:
    with pytest.raises(ConfigError, match="empty"):
        Url.of(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("app.db", "sqlite:///app.db"),
        ("sqlite:/app.db", "sqlite:///app.db"),
        ("sqlite://app.db", "sqlite:///app.db"),
        ("posgresql://u@h/d", 'did you mean "postgresql"?'),
        ("oracle://u@h/d", "known are postgresql"),
        ("postgresql://h:99999/d", "65535"),
        ("postgresql://h:port/d", "%3A"),
        ("postgresql://u:a/b@h/d", "%2F"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_a_way_out(text: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Url.of(text)
    assert hint in str(caught.value.hint)


@given(ODD, PLACES)
@example("zQ7@/:?#&=%x9W", "db")
@example("zQ7%2Fx9W", "db")
@example("zQ7 \n\x00x9W", "db")
@example("zQ7]x9W", "[::1]")
def test_no_password_is_ever_shown_however_it_was_written(
    password: str, place: str
) -> None:
    for written in (password, quote(password, safe="")):
        text = f"postgresql://ann:{written}@{place}"
        try:
            url = Url.of(text)
        except ConfigError as error:
            said = "".join(traceback.format_exception(error))
            # A frame's source line is no secret; its values are never printed.
            assert not leaks(password, said)
        else:
            shown = f"{url} {url!r} {url.wire} {url.sqlalchemy()} {[url]}"
            assert not leaks(password, shown)
        assert not leaks(password, hidden(text))


@given(ODD, PLACES)
def test_a_quoted_password_is_read_exactly(password: str, place: str) -> None:
    url = Url.of(f"mysql://ann:{quote(password, safe='')}@{place}")
    assert url.password == password
    assert url.sqlalchemy().password == password


@given(ODD, st.sampled_from(["postgresql//", "host=db password=", "a@b ", "://", "x:"]))
def test_what_is_no_url_does_not_show_its_password_either(
    password: str, before: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Url.of(f"{before}ann:{password}@db")
    assert not leaks(password, str(caught.value))


@pytest.mark.parametrize("name", ["password", "sslpassword", "PASSWD", "token", "pwd"])
def test_a_secret_among_the_options_is_hidden(name: str) -> None:
    url = Url.of(f"postgresql://db/shop?a=1&{name}=zQ7x9W&b=2")
    assert str(url) == f"postgresql://db/shop?a=1&{name}={HIDDEN}&b=2"
    assert not leaks("zQ7x9W", repr(url))


@given(ODD)
def test_a_drivers_text_is_scrubbed_of_every_spelling(password: str) -> None:
    said = f"no {password} no {quote(password, safe='')} no {password!r}"
    assert not leaks(password, scrubbed(said, password))


def test_a_text_without_a_password_stays_as_it_is() -> None:
    assert scrubbed("no such table: x", None) == "no such table: x"
    assert scrubbed("no such table: x", "") == "no such table: x"


@given(password=ODD)
@example(password="zQ7@x9W")
def test_a_password_for_a_file_is_not_given_back_as_advice(password: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Url.of(f"sqlite://ann:{quote(password, safe='')}@/app.db")
    assert not leaks(password, str(caught.value))
    assert str(caught.value.hint).endswith("sqlite:///app.db")
