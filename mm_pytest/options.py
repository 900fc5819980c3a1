"""The options of the command line, and what the ini file may say in their place."""

from __future__ import annotations

import pytest

WAYS = ("url", "container", "binaries")
"""The ways to a server, in the order in which they are tried."""

COPIED = ("postgresql", "mysql", "mariadb", "tidb")
"""The databases that are servers, and whose databases can be copied."""

SERVED = (*COPIED, "clickhouse", "redshift", "sqlserver", "starrocks")
"""The databases that are servers."""

CONTAINED = tuple(kind for kind in SERVED if kind != "redshift")
"""Those that somebody publishes an image of."""


ISOLATIONS = ("clone", "rollback", "truncate")
"""How a test is kept from what others leave: the first one where nothing is said."""


def image_of(kind: str) -> str:
    """The word of the ini file for the image of a database's containers."""
    return f"mm_{kind}_image"


def add_options(parser: pytest.Parser) -> None:
    """The options, and what the ini file may say in their place."""
    group = parser.getgroup("makemigrations", "migrated databases (makemigrations)")
    group.addoption(
        "--mm-databases",
        metavar="NAMES",
        help="the databases that tests run on, as in sqlite,postgresql:16",
    )
    group.addoption(
        "--mm-server",
        choices=WAYS,
        help="the only way to a server; else each is tried, in this order",
    )
    group.addoption(
        "--mm-isolation",
        choices=ISOLATIONS,
        help="give each test a copy, a transaction, or one database emptied after it",
    )
    group.addoption(
        "--mm-require",
        action="store_true",
        help="fail, rather than skip, where no way leads to a server",
    )
    group.addoption(
        "--mm-explain",
        action="store_true",
        help="say at the end how databases were reached and made, and how long it took",
    )
    group.addoption(
        "--mm-keep",
        action="store_true",
        help="keep containers and migrated templates for the next run; see --mm-stop",
    )
    group.addoption(
        "--mm-stop",
        action="store_true",
        help="stop and drop what runs have kept, and run no test",
    )
    group.addoption(
        "--mm-checks",
        action="store_true",
        help="collect checks of the migrations as tests of their own",
    )
    group.addoption(
        "--mm-update-snapshots",
        action="store_true",
        help="have the checks write the SQL of migrations into mm_snapshots",
    )
    parser.addini("mm_project", "the project's folder, relative to the ini file")
    parser.addini("mm_databases", "the databases that tests run on", type="args")
    parser.addini("mm_server", "the only way to a server: url, container, binaries")
    parser.addini("mm_isolation", f"how tests are kept apart: {', '.join(ISOLATIONS)}")
    parser.addini(
        "mm_rows_fit",
        "fields whose values fit what becomes of them, as in 0007:customers.points",
        type="args",
    )
    parser.addini(
        "mm_snapshots", "the folder of migrations' SQL, relative to the ini file"
    )
    for kind in CONTAINED:
        parser.addini(image_of(kind), f"the image of a container of {kind}")


def was_told(config: pytest.Config) -> bool:
    """Whether somebody chose databases, a way to their servers, or how to share one."""
    names = ("mm_databases", "mm_server", "mm_isolation")
    return any(config.getoption(name) or config.getini(name) for name in names)
