"""The engine on any server that the pytest plugin finds: ``nox -s db-test``.

What is here runs wherever there is a container engine with a registry, or a server that
a URL names; where there is neither, each test is skipped, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from mm_engine.runner.wires import database_named
from mm_engine.testing import LiveSuite
from mm_pytest.databases.place import Place
from mm_pytest.settings import DATABASES


class Served(LiveSuite):
    """Tests on the databases of one kind of server."""

    __test__: ClassVar[bool] = False

    @pytest.fixture
    def url(self, mm_server: Place) -> Iterator[str]:
        """An empty database on the server, gone after the test."""
        made = mm_server.empty()
        yield made
        mm_server.drop(made)


def suite(kind: str) -> type[Served]:
    """The tests of a kind of server, which their marks name."""
    own = {
        "__test__": True,
        "database": database_named(kind),
        "pytestmark": [pytest.mark.database(kind), pytest.mark.mm(database=kind)],
    }
    return type(f"Test{kind.title()}", (Served,), own)


globals().update({each.__name__: each for each in map(suite, DATABASES)})
