"""What a name of a database means to each way to a server of it."""

from __future__ import annotations

import pytest

from mm_pytest.named import Named, number_in
from mm_pytest.servers.images import IMAGES
from mm_pytest.servers.url_way import variables


@pytest.mark.parametrize("word", ["sqlite", "postgresql:16", "mariadb:10.11.6"])
def test_a_name_is_said_as_it_was_read(word: str) -> None:
    assert str(Named.read(word)) == word
    assert ":" not in Named.read(word).file


@pytest.mark.parametrize("word", ["postgresql:", "postgresql:v16", "a:1.", "a:1:2"])
def test_a_version_is_a_number(word: str) -> None:
    with pytest.raises(ValueError, match=f"{word} names no version"):
        Named.read(word)


def test_a_version_takes_its_later_releases_and_no_others() -> None:
    assert Named.read("mariadb:10.1").takes("10.1.48")
    assert not Named.read("mariadb:10.1").takes("10.11.2")
    assert not Named.read("mariadb:10.1").takes("10")
    assert Named.read("mariadb").takes("10.11.2")


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("postgresql", "postgres:18"),
        ("postgresql:16", "postgres:16"),
        ("mysql:8.0", "mysql:8.0"),
        ("mysql:8.4", "mysql:8.4"),
        ("mariadb:10.11", "mariadb:10.11"),
        ("tidb:7.5.1", "pingcap/tidb:v7.5.1"),
        ("clickhouse:24.8", "clickhouse/clickhouse-server:24.8"),
        ("sqlserver:2019", "mcr.microsoft.com/mssql/server:2019-latest"),
        ("starrocks:3.4.2", "starrocks/allin1-ubuntu:3.4.2"),
    ],
)
def test_an_image_is_tagged_as_its_publisher_does(word: str, name: str) -> None:
    named = Named.read(word)
    assert IMAGES[named.kind].called(named.version) == name


@pytest.mark.parametrize(
    ("word", "chosen", "name"),
    [
        ("postgresql", "mine/pg:dev", "mine/pg:dev"),
        ("postgresql:16", "mine/pg", "mine/pg:16"),
        ("postgresql:16", "host:5000/pg", "host:5000/pg:16"),
        ("postgresql:16", "host:5000/pg:18", "host:5000/pg:16"),
        ("postgresql:18", "local/postgres:18-wheel", "local/postgres:18-wheel"),
        ("postgresql:16", "local/postgres:18-wheel", "local/postgres:16"),
        (
            "postgresql:16",
            "pgvector/pgvector:0.8.1-pg16",
            "pgvector/pgvector:0.8.1-pg16",
        ),
        ("postgresql:16", "mine/pg:dev", "mine/pg:dev"),
        ("postgresql:16", "mine/pg:18@sha256:00ff", "mine/pg:18@sha256:00ff"),
    ],
)
def test_a_chosen_image_keeps_a_tag_that_is_of_no_other_version(
    word: str, chosen: str, name: str
) -> None:
    named = Named.read(word)
    assert IMAGES[named.kind].called(named.version, chosen) == name


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Microsoft SQL Server 2022 (RTM-CU1) (KB5022375) - 16.0.4003.1 (X64)", "2022"),
        ("3.5.2-b1a2c3d", "3.5.2"),
        ("25.8.1.5101", "25.8.1.5101"),
        ("none of them", ""),
    ],
)
def test_what_a_server_says_begins_with_its_version(text: str, version: str) -> None:
    assert number_in(text) == version


def test_the_variable_of_a_version_goes_first() -> None:
    assert variables(Named.read("mariadb:10.11")) == (
        "MAKEMIGRATIONS_TEST_URL_MARIADB_10_11",
        "MAKEMIGRATIONS_TEST_URL_MARIADB",
        "MAKEMIGRATIONS_TEST_URL",
    )
    assert variables(Named("sqlserver")) == (
        "MAKEMIGRATIONS_TEST_URL_SQLSERVER",
        "MAKEMIGRATIONS_TEST_URL",
    )
