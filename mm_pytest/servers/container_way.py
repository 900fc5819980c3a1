"""A server in a container, by testcontainers' own classes."""

from __future__ import annotations

import os
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

if TYPE_CHECKING:
    from testcontainers.postgres import PostgresContainer

IMAGES = {"postgresql": "postgres:18"}
"""The image of each database where nobody says another."""

QUICK = tuple(
    word
    for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
    for word in ("-c", f"{name}=off")
)
"""What makes a server quick whose data nobody will miss."""

DATA = "/makemigrations"
"""In memory; a folder of our own, since images put theirs in different places."""

ANSWER = 5
"""Seconds that an engine has to answer."""

_SOCKET = Path("/var/run/docker.sock")


def opened(wanted: Wanted, stack: ExitStack) -> Reached:
    """A container of the wanted database; raises ``NoWayError`` where there is none."""
    if wanted.database not in IMAGES:
        raise NoWayError(f"no image of {wanted.database} is known")
    if "DOCKER_HOST" not in os.environ and not _SOCKET.exists():
        raise NoWayError("no container engine runs here")
    try:
        from testcontainers.core.docker_client import DockerClient
    except ImportError as error:
        raise NoWayError(f'{error}; pip install "makemigrations[pytest]"') from error
    try:
        with warnings.catch_warnings():
            # Their own deprecations are none of the user's tests'.
            warnings.simplefilter("ignore")
            client = DockerClient(timeout=ANSWER).client
            stack.callback(client.close)
            client.ping()
            container = _container(wanted.image or IMAGES[wanted.database])
            stack.enter_context(container)
            url = container.get_connection_url(driver=None)
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        raise NoWayError(said or type(error).__name__) from error
    return Reached(url=url, way="container")


def _container(image: str) -> PostgresContainer:
    """A container whose data lies in memory."""
    from testcontainers.postgres import PostgresContainer

    made = PostgresContainer(image, username="postgres", dbname="postgres", driver=None)
    made.with_command(["postgres", *QUICK])
    made.with_env("PGDATA", DATA)
    made.with_tmpfs_mount(DATA)
    return made
