"""The plugin for pytest: options, hooks and fixtures.

It is loaded in every run of pytest wherever it is installed, so nothing is imported
here but pytest; the rest comes when a test asks for it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from mm_pytest.fixtures import (
    mm_async_engine,
    mm_connection,
    mm_database,
    mm_databases,
    mm_migrator,
    mm_project,
    mm_server,
    mm_session,
    mm_sqlalchemy,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mm_pytest.workers import Node

__all__ = [
    "mm_async_engine",
    "mm_connection",
    "mm_database",
    "mm_databases",
    "mm_migrator",
    "mm_project",
    "mm_server",
    "mm_session",
    "mm_sqlalchemy",
]

_SERVER = "mm_server"

MARKER = (
    "mm(database, to, isolation, seed): the databases that a test runs on, the"
    " migration they are taken up to, how the test is kept from others, and a function"
    " that makes rows in them, once (makemigrations)"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options, and what the ini file may say in their place."""
    from mm_pytest.options import add_options

    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Say what the mark means; refuse words that mean nothing before anything runs."""
    config.addinivalue_line("markers", MARKER)
    from mm_pytest.options import was_told

    if was_told(config):
        from mm_pytest.opened import opened

        opened(config)


def pytest_cmdline_main(config: pytest.Config) -> pytest.ExitCode | None:
    """Stop what runs have kept instead of running tests, where that is asked for."""
    if not config.getoption("--mm-stop"):
        return None
    from mm_pytest.stopping import stop

    return stop(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have each test that needs a database run once on each of those wanted."""
    if _SERVER in metafunc.fixturenames:
        from mm_pytest.chosen import chosen

        names = chosen(metafunc)
        if names is not None:
            ids = [str(named) for named in names]
            metafunc.parametrize(
                _SERVER, names, ids=ids, indirect=True, scope="session"
            )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the checks, early enough for ``-k`` and ``--lf`` to choose among them."""
    if config.getoption("--mm-checks"):
        from mm_pytest.items import checks

        items.extend(checks(session))


def pytest_report_collectionfinish(
    config: pytest.Config, items: Sequence[pytest.Item]
) -> list[str]:
    """Say which servers tests run on, and why not on another, if any test needs one."""
    is_needed = config.getoption("--mm-checks") or any(
        _SERVER in getattr(item, "fixturenames", ()) for item in items
    )
    if not is_needed:
        return []
    from mm_pytest.report import head

    return head(config, items)


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    """Say of schemas that an ``assert`` found unequal how they differ."""
    if op != "==" or "mm_engine.model.schema" not in sys.modules:
        return None
    from mm_pytest.live import explained

    return explained(config, left, right)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Node) -> None:
    """Have a worker of pytest-xdist use what another one has started."""
    from mm_pytest.workers import invite

    invite(node)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Node) -> None:
    """Hear on which servers the tests of a worker ran."""
    from mm_pytest.workers import said

    said(node)
