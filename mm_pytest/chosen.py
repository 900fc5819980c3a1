"""On which databases a test runs: as its mark says, else a fixture, else the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import pytest

from mm_pytest.opened import opened
from mm_pytest.settings import known
from mm_pytest.wishes import Wish

if TYPE_CHECKING:
    from mm_pytest.named import Named

FIXTURE = "mm_databases"
"""The fixture that names them, which a ``conftest.py`` may have one of its own for."""

CONFIG = "pytestconfig"


def chosen(metafunc: pytest.Metafunc) -> tuple[Named, ...] | None:
    """Those that a test is run on, once each; None if it is on the only one there is.

    Whatever is particular to some tests is named, be it one database only: fixtures of
    the whole session go by that name.
    """
    wished = Wish.of(metafunc.definition).databases
    if wished:
        return wished
    fixtures = metafunc._arg2fixturedefs.get(FIXTURE, ())  # noqa: SLF001 - nothing else tells before there are tests
    if len(fixtures) > 1:
        where = metafunc.definition.nodeid
        return names_of(_value(fixtures, metafunc.config, where), where)
    names = opened(metafunc.config).databases
    return names if len(names) > 1 else None


def first(value: object) -> Named:
    """The database of a test that was not collected for one; skips it for none."""
    names = names_of(value, "mm_server")
    if not names:
        pytest.skip(f"{FIXTURE} names no database")
    return names[0]


def names_of(value: object, where: str) -> tuple[Named, ...]:
    """The databases that the fixture gives; fails the test for what are none."""
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(word, str) for word in value
    ):
        _fail(f"{where}: {FIXTURE} gives {value!r}, not a tuple of names")
    try:
        return known(list(value))
    except pytest.UsageError as error:
        told = f"{where}: {FIXTURE}: {error}"
    return _fail(told)


def _value(
    fixtures: Sequence[pytest.FixtureDef[object]], config: pytest.Config, where: str
) -> object:
    """What the nearest of some fixtures of one name gives, before any test runs."""
    *others, nearest = fixtures
    given: dict[str, object] = {}
    for name in nearest.argnames:
        if name == CONFIG:
            given[name] = config
        elif name == FIXTURE and others:
            given[name] = _value(others, config, where)
        else:
            _fail(
                f"{where}: {FIXTURE} asks for {name}; it is called before tests run,"
                f" and may ask for {CONFIG} and the {FIXTURE} that it replaces"
            )
    return nearest.func(**given)


def _fail(told: str) -> NoReturn:
    pytest.fail(told, pytrace=False)
