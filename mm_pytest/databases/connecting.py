"""A connection to a server, on which databases are made and dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mm_pytest.servers.wanted import NoWayError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.runner.url import Url


@contextmanager
def connected(url: Url) -> Iterator[sa.Connection]:
    """A connection to the server; raises ``NoWayError``, without the password."""
    from sqlalchemy.exc import DBAPIError

    from mm_engine.errors import MMError
    from mm_engine.runner.connect import open_engine

    with ExitStack() as stack:
        try:
            engine = open_engine(url, root=Path())
            stack.callback(engine.dispose)
            connection = stack.enter_context(engine.connect())
        except MMError as error:
            raise NoWayError(" ".join(str(error).split())) from error
        except DBAPIError as error:
            said = url.scrubbed(" ".join(str(error.orig).split()))
            raise NoWayError(f"cannot connect to {url}: {said}") from None
        yield connection
