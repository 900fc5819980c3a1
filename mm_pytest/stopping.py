"""What runs have kept, stopped and dropped: containers, and migrated templates."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from mm_pytest.databases.place import CopyingPlace
from mm_pytest.named import Named
from mm_pytest.options import COPIED

if TYPE_CHECKING:
    from mm_pytest.opened import Opened


def stop(config: pytest.Config) -> pytest.ExitCode:
    """Stop the project's containers, drop all templates, and say what that was.

    Servers of others are those that the variables name; what is kept on one that does
    not answer stays, which is said too.
    """
    from mm_pytest import workers
    from mm_pytest.opened import Opened
    from mm_pytest.settings import Settings

    settings = attrs.evolve(Settings.of(config), way="url", is_keeping=True)
    found = Opened(settings, workers.run_of(config))
    try:
        lines = [*_containers(settings.project), *_templates(found)]
    finally:
        found.close()
    for line in lines or ["nothing was kept"]:
        print(f"makemigrations: {line}")  # noqa: T201 - it is what was asked for
    return pytest.ExitCode.OK


def _containers(project: Path) -> Iterator[str]:
    from mm_pytest.servers.container_way import KEPT, connected, is_here, kept
    from mm_pytest.servers.wanted import NoWayError

    if not is_here():
        return
    try:
        with connected() as engine:
            for found in kept(engine, project):
                found.remove(force=True, v=True)
                yield f"stopped the container {found.name} of {found.labels[KEPT]}"
    except NoWayError as error:
        yield f"containers: {error}"


def _templates(found: Opened) -> Iterator[str]:
    """Of each server once; of one that is nobody's kind, or silent, why it is left."""
    from mm_pytest.servers.url_way import ConfiguredError, named_by
    from mm_pytest.servers.ways import NoServerError

    reasons: dict[str, str | None] = {}
    for kind in ("sqlite", *COPIED):
        server = "" if kind == "sqlite" else named_by(Named(kind), os.environ)
        if server is None:
            continue
        try:
            place = found.place(Named(kind))
        except (NoServerError, ConfiguredError) as error:
            reasons.setdefault(server, " ".join(str(error).split()))
            continue
        reasons[server] = None
        number = place.forget() if isinstance(place, CopyingPlace) else 0
        if number:
            what = "template" if number == 1 else "templates"
            yield f"dropped {number} {what} of {place.title}"
    yield from filter(None, reasons.values())
