"""The workers of pytest-xdist: one run with its controller, which speaks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from mm_pytest.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable

INPUT = "makemigrations_run"
OUTPUT = "makemigrations_said"
RUN: pytest.StashKey[Run] = pytest.StashKey()
SAID: pytest.StashKey[dict[str, None]] = pytest.StashKey()


class Node(Protocol):
    """A worker, as the controller sees it: what it is told, and what it has said."""

    config: pytest.Config
    workerinput: dict[str, object]


def run_of(config: pytest.Config) -> Run:
    """The run that this process takes part in, its own if it was not invited.

    Only pytest-xdist can invite. Its variables are in the environment of any pytest
    that a test starts too, which is a run of its own.
    """
    if RUN not in config.stash:
        from mm_pytest.ending import Ending

        invitation = getattr(config, "workerinput", {}).get(INPUT)
        run = Run.joined(invitation) if invitation else None
        config.stash[RUN] = run or Run.begun()
        config.pluginmanager.register(Ending(config.stash[RUN]))
    return config.stash[RUN]


def invite(node: Node) -> None:
    """Have a worker take part in the run of its controller."""
    node.workerinput[INPUT] = run_of(node.config).invitation()


def said(node: Node) -> None:
    """Keep what a worker has said; one that was killed has said nothing."""
    told = getattr(node, "workeroutput", {}).get(OUTPUT, ())
    node.config.stash.setdefault(SAID, {}).update(dict.fromkeys(told))


def heard(config: pytest.Config) -> tuple[str, ...]:
    """What the workers have said, each line once."""
    found: dict[str, None] = config.stash.get(SAID, {})
    return tuple(found)


def say(config: pytest.Config, lines: Iterable[str]) -> None:
    """Tell the controller, if this is a worker."""
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[OUTPUT] = list(lines)
