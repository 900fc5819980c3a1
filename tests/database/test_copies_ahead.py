"""Copies of a PostgreSQL database that are made before a test asks for them."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from mm_pytest.databases.postgresql import PREFIX, PostgreSQL
from mm_pytest.owner import Owner
from postgresql_runs import wait_until

pytestmark = pytest.mark.database("postgresql")


@pytest.fixture
def place(postgresql_url: str) -> Iterator[PostgreSQL]:
    """A server with nothing of ours on it, but for what the test makes."""
    made = PostgreSQL(postgresql_url, "url", Owner.here())
    yield made
    made.close()


@pytest.fixture
def template(place: PostgreSQL) -> Iterator[str]:
    """A database with one table, fit to be copied."""
    url = place.empty()
    with connected(url) as connection:
        connection.execute("CREATE TABLE users (id int)")
    yield place.sealed(url)
    place.drop_sealed(url)


def connected(url: str) -> psycopg.Connection:
    """A connection of the test's own."""
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def names(server: str) -> set[str]:
    """The databases of this process that are there."""
    with connected(server) as connection:
        found = connection.execute("SELECT datname FROM pg_database").fetchall()
    return {n for (n,) in found if n.startswith(f"{PREFIX}{Owner.here().tag}")}


def test_every_copy_is_one_of_its_own(place: PostgreSQL, template: str) -> None:
    urls = [place.copy(template) for _ in range(5)]
    assert len({*urls}) == 5
    for url in urls:
        with connected(url) as connection:
            assert connection.execute("SELECT * FROM users").fetchall() == []
            connection.execute("INSERT INTO users VALUES (7)")
        place.let_go(url)


def test_the_next_one_is_begun_with_the_second_and_goes_with_the_rest(
    template: str, postgresql_url: str
) -> None:
    before = names(postgresql_url)
    place = PostgreSQL(postgresql_url, "url", Owner.here())
    place.copy(template)
    assert len(names(postgresql_url) - before) == 1
    place.copy(template)
    wait_until(lambda: len(names(postgresql_url) - before) == 3)
    place.copy(template)
    place.close()
    assert names(postgresql_url) == before


def test_a_twin_has_what_the_database_has_now(place: PostgreSQL, template: str) -> None:
    urls = [place.copy(template) for _ in range(3)]
    with connected(urls[-1]) as connection:
        connection.execute("INSERT INTO users VALUES (7)")
    with connected(place.twin(urls[-1])) as connection:
        assert connection.execute("SELECT * FROM users").fetchall() == [(7,)]


def test_two_templates_are_not_taken_for_each_other(
    place: PostgreSQL, template: str
) -> None:
    empty = place.sealed(place.empty())
    for _ in range(3):
        place.copy(template)
        with connected(place.copy(template)) as connection:
            connection.execute("SELECT * FROM users")
        with (
            connected(place.copy(empty)) as connection,
            pytest.raises(psycopg.errors.UndefinedTable),
        ):
            connection.execute("SELECT * FROM users")
    place.copy(empty)
    place.copy(empty)
    place.drop_sealed(empty)


def test_a_server_that_takes_no_more_connections_copies_when_it_is_asked(
    postgresql_url: str,
) -> None:
    role = f"r{Owner.here().tag}"
    with connected(postgresql_url) as connection:
        create = SQL("CREATE ROLE {} LOGIN CREATEDB CONNECTION LIMIT 1")
        connection.execute(create.format(Identifier(role)))
    try:
        host = postgresql_url.partition("://")[2].rpartition("@")[2]
        limited = PostgreSQL(f"postgresql://{role}@{host}", "url", Owner.here())
        made = limited.sealed(limited.empty())
        for _ in range(4):
            limited.let_go(limited.copy(made))
        limited.drop_sealed(made)
        limited.close()
    finally:
        with connected(postgresql_url) as connection:
            connection.execute(SQL("DROP ROLE {}").format(Identifier(role)))


def test_what_a_process_had_begun_when_it_was_killed_is_dropped_by_another(
    postgresql_url: str,
) -> None:
    gone = attrs.evolve(Owner.here(), started="1")
    elsewhere = attrs.evolve(gone, machine="another")
    begun = [f"{PREFIX}{each.tag}_7_0a1b2c" for each in (gone, elsewhere)]
    with connected(postgresql_url) as connection:
        for name in begun:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        PostgreSQL(postgresql_url, "url", Owner.here()).close()
        found = connection.execute("SELECT datname FROM pg_database").fetchall()
        assert [(name,) in found for name in begun] == [False, True]
        connection.execute(SQL("DROP DATABASE {}").format(Identifier(begun[1])))
