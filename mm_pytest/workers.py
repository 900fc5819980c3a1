"""The workers of pytest-xdist: one run with its controller, which speaks for them."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pytest

from mm_pytest.run import Run

if TYPE_CHECKING:
    from mm_pytest.accounts import Account

Accounts: TypeAlias = "tuple[Account, ...]"

INPUT = "makemigrations_run"
OUTPUT = "makemigrations_said"
RUN: pytest.StashKey[Run] = pytest.StashKey()
SAID: pytest.StashKey[dict[str, Accounts]] = pytest.StashKey()


class Gateway(Protocol):
    """The way to a worker, which has its name: ``gw0``."""

    id: str


class Node(Protocol):
    """A worker, as the controller sees it: what it is told, and what it has said."""

    config: pytest.Config
    gateway: Gateway
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
    told = getattr(node, "workeroutput", {}).get(OUTPUT)
    if told is not None:
        accounts: Accounts = pickle.loads(told)  # noqa: S301 - it is our own worker
        node.config.stash.setdefault(SAID, {})[node.gateway.id] = accounts


def heard(config: pytest.Config) -> dict[str, Accounts]:
    """What the workers have said, by their names."""
    return config.stash.get(SAID, {})


def say(config: pytest.Config, accounts: Accounts) -> None:
    """Tell the controller, if this is a worker."""
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[OUTPUT] = pickle.dumps(accounts)
