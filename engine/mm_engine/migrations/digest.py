"""What tells a migration from a changed one: a digest of its operations.

Version 1 is the SHA-256 of a JSON text of the operations, in their order. Name,
dependencies, ``replaces`` and ``review`` have no part in it, nor has the way the file
is written. An attribute that equals its default in ``DEFAULTS`` is left out, so that a
later attribute, added there with its default, changes no digest written before.

Of a ``RunPython`` the functions named in it are digested as Python reads them (see
``functions.meaning``); other functions that they call are not.
"""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import attrs

from mm_engine.errors import HistoryError, MigrationFileError
from mm_engine.migrations.frozen import DEFAULTS
from mm_engine.migrations.functions import meaning
from mm_engine.migrations.migration import Migration
from mm_engine.operations import Operation

VERSION = "1"

_NO_PART = ("review",)
_ALWAYS_SAID = object()
_PLAIN = frozenset({type(None), bool, int, str})


def digest_of(operations: Sequence[Operation]) -> str:
    """The digest of a migration's operations, after the version of how it was made.

    >>> digest_of([])[:20]
    '1:4f53cda18c2baa0c03'
    """
    text = json.dumps(shape(operations), sort_keys=True)
    return f"{VERSION}:{hashlib.sha256(text.encode()).hexdigest()}"


def is_unchanged(migration: Migration, recorded: str) -> bool:
    """Whether the migration still is what was recorded when it was applied."""
    version = recorded.partition(":")[0]
    if version != VERSION:
        raise HistoryError(
            f"{migration.name} was recorded with digest version {version!r},"
            f" and only {VERSION!r} is known here",
            hint="use the version of makemigrations that applied it, or a later one",
        )
    return migration.digest == recorded


def shape(value: object) -> object:
    """A value in lists, dictionaries and plain values: what the digest is made of."""
    kind = type(value)
    # Most values by far: asked for before what comes through all of the cases.
    if kind in _PLAIN:
        return value
    if parts := _digested(kind):  # type: ignore[arg-type]  # mypy takes a class's hash for its instances'
        return [kind.__name__, dict(_said(value, parts))]
    match value:
        case None | bool() | int() | str():
            return value
        case tuple() | list():
            return [shape(item) for item in value]
        case Mapping():
            return {str(name): shape(item) for name, item in value.items()}
        case bytes():
            return ["bytes", value.hex()]
        case float():
            return ["float", float.__repr__(value)]
        case decimal.Decimal():
            return ["decimal", str(value)]
        case uuid.UUID():
            return ["uuid", str(value)]
        case dt.datetime():
            return ["datetime", value.isoformat()]
        case dt.date() | dt.time():
            return ["date" if isinstance(value, dt.date) else "time", str(value)]
        case _ if attrs.has(kind):
            return [kind.__name__, {}]
        case _ if callable(value):
            return ["function", meaning(value)]
        case _:
            raise MigrationFileError(f"{value!r} has no digest")


def _said(
    value: object, parts: Iterable[tuple[str, object]]
) -> Iterator[tuple[str, object]]:
    """The parts of a value that are not as they usually are."""
    for name, usual in parts:
        item = getattr(value, name)
        if type(item) not in _PLAIN:
            item = shape(item)
        if item != usual:
            yield name, item


@cache
def _digested(kind: type[object]) -> tuple[tuple[str, object], ...]:
    """The attributes of a class that count, each with what is not worth saying.

    A class that is none of attrs' has none.
    """
    if not attrs.has(kind):
        return ()
    usual = DEFAULTS.get(kind.__name__, {})
    return tuple(
        (attribute.name, usual.get(attribute.name, _ALWAYS_SAID))
        for attribute in attrs.fields(kind)
        if attribute.eq and attribute.name not in _NO_PART
    )
