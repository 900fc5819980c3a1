"""What is wanted of a server, and what was reached."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from mm_pytest.named import Named
from mm_pytest.owner import Owner


class NoWayError(Exception):
    """This way leads to no server here; the message says why in one line."""


@attrs.frozen(kw_only=True)
class Wanted:
    """A database, how to get it, and what must not be touched.

    ``way`` is the only one to be tried, None for all; ``configured`` are the URLs of
    databases that people work with; ``environment`` holds what may name a server.
    What is started puts its files into ``folder``, and belongs to ``owner``, who tests
    ``project``; where it ``is_kept``, a container is nobody's, and goes on.
    """

    named: Named
    way: str | None = None
    image: str | None = None
    configured: tuple[str, ...] = attrs.field(default=(), repr=False)
    environment: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    folder: Path | None = None
    owner: Owner | None = None
    project: Path | None = None
    is_kept: bool = False


@attrs.frozen(kw_only=True)
class Reached:
    """A server in reach: its URL with the password, and the way that led to it."""

    url: str = attrs.field(repr=False)
    way: str
