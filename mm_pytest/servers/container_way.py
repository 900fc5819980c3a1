"""A server in a container, by testcontainers."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mm_pytest.owner import Owner
from mm_pytest.servers.images import IMAGES, Image
from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

if TYPE_CHECKING:
    import sqlalchemy as sa
    from docker.models.containers import (  # type: ignore[import-untyped]  # it has none
        Container,
    )
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.docker_client import DockerClient

OWNER = "makemigrations.owner"
PROJECT = "makemigrations.project"
"""The labels of a container: the process that runs the tests, and of what."""

KEPT = "makemigrations.kept"
"""The label of one that outlives its run: its image."""

ANSWER = 5
"""Seconds that an engine has to answer."""

PATIENCE = 120.0
"""Seconds that a server has to answer, when its image is there."""

_SOCKET = Path("/var/run/docker.sock")


def opened(wanted: Wanted, stack: ExitStack) -> Reached:
    """A container of the wanted database; raises ``NoWayError`` where there is none."""
    kind = wanted.named.kind
    if kind not in IMAGES:
        raise NoWayError(f"nobody publishes an image of {kind}")
    image = IMAGES[kind]
    with connected() as engine:
        _sweep(engine)
        url = (_kept if wanted.is_kept else _started)(engine, wanted, image, stack)
        _wait_until_it_answers(url, kind, image.alive)
    return Reached(url=url, way="container")


def is_here() -> bool:
    """Whether there seems to be an engine, be it running or not."""
    return "DOCKER_HOST" in os.environ or _SOCKET.exists()


@contextmanager
def connected() -> Iterator[DockerClient]:
    """The engine of this machine, or of ``DOCKER_HOST``, in a block.

    Raises ``NoWayError`` where none answers, and for whatever else it says meanwhile.
    """
    if not is_here():
        raise NoWayError("no container engine runs here")
    try:
        from testcontainers.core.docker_client import DockerClient
    except ImportError as error:
        raise NoWayError(f'{error}; pip install "makemigrations[pytest]"') from error
    try:
        with ExitStack() as stack:
            # Their own deprecations are none of the user's tests'.
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            engine = DockerClient(timeout=ANSWER)
            stack.callback(engine.client.close)
            engine.client.ping()
            yield engine
    except NoWayError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        raise NoWayError(said or type(error).__name__) from error


def _started(
    engine: DockerClient, wanted: Wanted, image: Image, stack: ExitStack
) -> str:
    """The URL of one that belongs to the run."""
    owner = wanted.owner or Owner.here()
    container = _container(wanted, image, {OWNER: owner.text()})
    stack.enter_context(container)
    return _url(engine, str(container.get_wrapped_container().id), image)


def _kept(engine: DockerClient, wanted: Wanted, image: Image, stack: ExitStack) -> str:
    """The URL of one that an earlier run has kept, or that this one is going to.

    One that has stopped has forgotten all it had.
    """
    from mm_pytest import folders
    from mm_pytest.servers.binaries import cache

    del stack
    name = image.called(wanted.named.version, wanted.image)
    cache().mkdir(parents=True, exist_ok=True)
    with folders.locked(cache() / "containers.lock"):
        for found in kept(engine, wanted.project):
            if found.labels[KEPT] != name:
                continue
            if found.status == "running":
                return _url(engine, str(found.id), image)
            found.remove(force=True, v=True)
        container = _container(wanted, image, {KEPT: name})
        with _unreaped():
            container.start()
        return _url(engine, str(container.get_wrapped_container().id), image)


def kept(engine: DockerClient, project: Path | None) -> list[Container]:
    """The containers that runs of a project have kept."""
    found: list[Container] = engine.client.containers.list(
        all=True, filters={"label": [KEPT, f"{PROJECT}={project}"]}
    )
    return found


@contextmanager
def _unreaped() -> Iterator[None]:
    """Have testcontainers start nobody who removes what this process has started."""
    from testcontainers.core.config import testcontainers_config

    usual = testcontainers_config.ryuk_disabled
    testcontainers_config.ryuk_disabled = True
    try:
        yield
    finally:
        testcontainers_config.ryuk_disabled = usual


def _url(engine: DockerClient, container: str, image: Image) -> str:
    """The URL of a running one, from wherever this process runs."""
    mode = engine.get_connection_mode()
    ways = {"bridge_ip": engine.bridge_ip, "gateway_ip": engine.gateway_ip}
    host = ways[mode.value](container) if mode.value in ways else engine.host()
    port = engine.port(container, image.port) if mode.use_mapped_port else image.port
    return image.reached(host, int(port))


def _sweep(engine: DockerClient) -> None:
    """Remove containers of ours whose run is no more, where nothing else has."""
    from docker.errors import APIError  # type: ignore[import-untyped]  # it has none

    for found in engine.client.containers.list(all=True, filters={"label": OWNER}):
        owner = Owner.read(found.labels[OWNER])
        if owner is not None and owner.is_gone():
            with suppress(APIError):  # another run removes it at the same time
                found.remove(force=True, v=True)


def _container(
    wanted: Wanted, image: Image, labels: Mapping[str, str]
) -> DockerContainer:
    """A container whose data lies in memory, and that says whose it is."""
    made = _of_own(wanted, image).with_exposed_ports(image.port)
    for name, value in image.environment.items():
        made.with_env(name, value)
    if image.command:
        made.with_command([*image.command])
    if image.data:
        made.with_tmpfs_mount(image.data)
    made.with_kwargs(labels={**labels, PROJECT: str(wanted.project)})
    return made


def _of_own(wanted: Wanted, image: Image) -> DockerContainer:
    """A container of testcontainers' class for the database, or of the plain one."""
    from testcontainers.core.container import DockerContainer

    name = image.called(wanted.named.version, wanted.image)
    if not image.own:
        return DockerContainer(name)
    return _own(image.own)(
        name,
        username=image.user,
        password=image.password,
        dbname=image.database,
    )


def _own(path: str) -> Callable[..., DockerContainer]:
    """A class of testcontainers', which has lately moved its modules."""
    module, _, name = path.partition(".")
    try:
        found = import_module(f"testcontainers.community.{module}")
    except ImportError:
        found = import_module(f"testcontainers.{module}")
    own: Callable[..., DockerContainer] = getattr(found, name)
    return own


def _wait_until_it_answers(url: str, database: str, alive: str) -> None:
    """Images say that they are ready in many ways; a connection is one of all."""
    from sqlalchemy.exc import DBAPIError

    from mm_engine.runner.connect import open_engine
    from mm_engine.runner.url import Url

    end = time.monotonic() + PATIENCE
    engine = open_engine(Url.of(url).refined(database), root=Path())
    said = "nobody in it is alive yet"
    try:
        while time.monotonic() < end:
            try:
                with engine.connect() as connection:
                    if not alive or _is_alive(connection, alive):
                        return
            except DBAPIError as error:
                said = str(error.orig)
            time.sleep(0.05)
        raise NoWayError(f"it does not answer: {said}")
    finally:
        engine.dispose()


def _is_alive(connection: sa.Connection, asked: str) -> bool:
    found = [row["Alive"] for row in connection.exec_driver_sql(asked).mappings()]
    return bool(found) and all(str(each).lower() == "true" for each in found)
