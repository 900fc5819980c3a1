"""A server in a container, by testcontainers' own classes."""

from __future__ import annotations

import os
import warnings
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mm_pytest.owner import Owner
from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

if TYPE_CHECKING:
    from testcontainers.core.docker_client import DockerClient
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

OWNER = "makemigrations.owner"
PROJECT = "makemigrations.project"
"""The labels of a container: the process that runs the tests, and of what."""

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
            engine = DockerClient(timeout=ANSWER)
            stack.callback(engine.client.close)
            engine.client.ping()
            _sweep(engine)
            container = _container(wanted)
            stack.enter_context(container)
            url = container.get_connection_url(driver=None)
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        raise NoWayError(said or type(error).__name__) from error
    return Reached(url=url, way="container")


def _sweep(engine: DockerClient) -> None:
    """Remove containers of ours whose run is no more, where nothing else has."""
    from docker.errors import APIError  # type: ignore[import-untyped]  # it has none

    for found in engine.client.containers.list(all=True, filters={"label": OWNER}):
        owner = Owner.read(found.labels[OWNER])
        if owner is not None and owner.is_gone():
            with suppress(APIError):  # another run removes it at the same time
                found.remove(force=True, v=True)


def _container(wanted: Wanted) -> PostgresContainer:
    """A container whose data lies in memory, and that says whose it is."""
    from testcontainers.postgres import PostgresContainer

    image = wanted.image or IMAGES[wanted.database]
    owner = wanted.owner or Owner.here()
    made = PostgresContainer(image, username="postgres", dbname="postgres", driver=None)
    made.with_command(["postgres", *QUICK])
    made.with_env("PGDATA", DATA)
    made.with_tmpfs_mount(DATA)
    made.with_kwargs(labels={OWNER: owner.text(), PROJECT: str(wanted.project)})
    return made
