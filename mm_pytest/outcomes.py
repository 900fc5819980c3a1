"""What it means for a test that there is no server, or that migrations fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeVar

import pytest

if TYPE_CHECKING:
    from mm_pytest.databases.place import Place
    from mm_pytest.named import Named
    from mm_pytest.opened import Opened
    from mm_pytest.shared import Shared
    from mm_pytest.wishes import Stand

Got = TypeVar("Got")


def place(found: Opened, named: Named) -> Place:
    """Where such databases are made; else the test is skipped, or fails.

    Every test says the same, and only the line of the run says the reasons.
    """
    from mm_pytest.servers.url_way import ConfiguredError
    from mm_pytest.servers.ways import NoServerError

    try:
        return found.place(named)
    except (ConfiguredError, NoServerError) as error:
        reason = error
    if isinstance(reason, ConfiguredError):
        _fail(str(reason))
    told = (
        f"there is no way to a server of {named}:"
        f' the line "makemigrations: no {named}" says why'
    )
    if found.settings.is_required:
        _fail(told)
    pytest.skip(told)


def stand(found: Opened, where: Place, request: pytest.FixtureRequest) -> Stand:
    """Where a test wants its database to stand; fails it for what cannot be had."""
    from mm_engine.errors import MMError
    from mm_pytest.chosen import FIXTURE, names_of
    from mm_pytest.wishes import Wish

    node, named = request.node, found.named(where)
    wish = Wish.of(node)
    who, names = "the mark mm wants", wish.databases
    if not names and where in found.places.values():
        who = f"{FIXTURE} wants"
        names = names_of(request.getfixturevalue(FIXTURE), node.nodeid)
    if names and named not in names:  # got by getfixturevalue
        wanted = " or ".join(map(str, names))
        _fail(
            f"{node.nodeid}: {who} {wanted}, but the test has been given"
            f" {named}; name a fixture of the database among its arguments"
        )
    try:
        return found.stand(named, wish)
    except MMError as error:
        told = str(error)
    return _fail(told)


def isolation(found: Opened, where: Place, node: pytest.Item) -> str:
    """How a test is kept from others: what the nearest mark says, else the run.

    Where nothing copies a database each test has a new one, whatever is said.
    """
    from mm_pytest.databases.place import CopyingPlace
    from mm_pytest.wishes import Wish

    chosen = Wish.of(node).isolation or found.settings.isolation
    is_new = chosen == "truncate" and not isinstance(where, CopyingPlace)
    return "clone" if is_new else chosen


@contextmanager
def emptied(found: Opened, stand: Stand) -> Iterator[Shared]:
    """A database that the test has for itself meanwhile, and that is reset after it."""
    from mm_pytest.databases.resets import NotResetError

    shared = migrated(lambda: found.shared(stand))
    told = ""
    try:
        shared.ready()
    except NotResetError as error:
        told = f"isolation truncate cannot be had: {error}; clone can"
    if told:
        _fail(told)
    yield shared
    try:
        with found.accounts.of(stand.named).handing():
            shared.reset()
    except NotResetError as error:
        told = f"the test has left a database that cannot be used again: {error}"
    if told:
        found.spoiled(stand)
        _fail(f"{told}; it is made anew, and isolation clone would give each its own")


def migrated(make: Callable[[], Got]) -> Got:
    """What is made on a migrated database; a failure that is told once a run in full.

    Later tests are skipped with a reference to it. A run in which no test fails by it
    fails nevertheless: see ``Ending``.
    """
    from mm_pytest.templates import NotMigratedError

    try:
        return make()
    except NotMigratedError as error:
        reason = error
    if reason.is_first:
        _fail(str(reason))
    pytest.skip(str(reason))


def let_go(found: Opened, place: Place, url: str) -> None:
    """Have the database of a test dropped; note the test if it is still connected."""
    if not place.let_go(url):
        found.accounts.of(found.named(place)).left_open()


def _fail(told: str) -> NoReturn:
    """Outside of ``except``: pytest would tell of the error that was handled too."""
    pytest.fail(told, pytrace=False)
