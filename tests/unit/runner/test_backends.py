"""Each database has its backend, found by the name that is ours."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from mm_engine.errors import ConfigError
from mm_engine.model.databases import DATABASES
from mm_engine.runner.auroradsql import AuroraDSQL
from mm_engine.runner.backend import Backend
from mm_engine.runner.backends import HOMES, backend_of, type_of
from mm_engine.runner.connect import open_engine
from mm_engine.runner.mysql import MySQL
from mm_engine.runner.postgresql import PostgreSQL, kin_of
from mm_engine.runner.session import session
from mm_engine.runner.sqlite import SQLite
from mm_engine.runner.url import Url


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("sqlite://", SQLite),
        ("postgresql+psycopg://h/d", PostgreSQL),
        ("mysql+pymysql://h/d", MySQL),
        ("mariadb+pymysql://h/d", MySQL),
    ],
)
def test_a_backend_is_found_by_what_speaks(url: str, kind: type[Backend]) -> None:
    assert type(backend_of(sa.create_engine(url))) is kind


def test_what_a_url_is_said_to_be_counts_more_than_what_speaks() -> None:
    url = Url.of("postgresql://h/d").refined("auroradsql")
    engine = open_engine(url, root=Path())
    assert type_of(engine) == "auroradsql"
    assert type(backend_of(engine)) is AuroraDSQL


def test_each_of_our_databases_has_a_backend() -> None:
    assert {*HOMES} == {*DATABASES}


def test_a_connection_of_an_application_is_of_the_type_that_was_said() -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.NullPool)
    with engine.connect() as connection:
        with session(connection, database_type="turso"):
            assert type_of(connection) == "turso"
        assert type_of(connection) == "sqlite"


@pytest.mark.parametrize(
    ("host", "version", "kind"),
    [
        ("h", (8, 0, 2), "redshift"),
        ("ab12.dsql.us-east-1.on.aws", (16, 2), "auroradsql"),
        ("dsql.example.org", (16, 2), None),
        (None, (18, 6), None),
    ],
)
def test_kin_of_postgresql_is_known_by_its_version_or_host(
    host: str | None, version: tuple[int, ...], kind: str | None
) -> None:
    assert kin_of(host, version) == kind


@pytest.mark.parametrize(
    ("backend", "told"), [(PostgreSQL(), "redshift"), (MySQL(), "tidb")]
)
def test_a_server_of_another_type_than_was_said_is_refused(
    backend: Backend, told: str
) -> None:
    with pytest.raises(ConfigError, match=f"server says that it is {told}") as caught:
        backend.check_type(told)
    assert f"database.type to {told}" in str(caught.value.hint)


def test_a_backend_remembers_nothing_of_another_connection() -> None:
    engine = sa.create_engine("sqlite://")
    assert backend_of(engine) is not backend_of(engine)
