"""Namespaces of PostgreSQL, and what is called how in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import attrs

from mm_engine.introspect.native import NativeOptions, Unread

Oid: TypeAlias = int
"""The server's number of a thing, only ever compared."""

TEMPORARY = "pg_temp"
"""What PostgreSQL calls the temporary namespace of a connection."""


@attrs.frozen
class Places:
    """The namespace whose names stand alone, and others, whose names get a point."""

    default: str
    others: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])

    @property
    def names(self) -> tuple[str, ...]:
        """Every namespace that is read, once."""
        return tuple(dict.fromkeys((self.default, *self.others)))

    def called(self, namespace: str, name: str) -> str:
        """What a thing is called here."""
        return name if namespace == self.default else f"{namespace}.{name}"


@attrs.frozen(kw_only=True)
class Found:
    """A table that was found, and what of it no schema can say."""

    name: str
    comment: str | None
    options: NativeOptions = attrs.field(factory=dict)
    unread: tuple[Unread, ...] = attrs.field(converter=tuple[Unread, ...])


def facts(
    said: Iterable[str | None], name: str, table: str | None
) -> tuple[Unread, ...]:
    """What is said of a thing beyond what a schema can say."""
    return tuple(Unread(kind=fact, name=name, table=table) for fact in said if fact)


def storage(
    parameters: Sequence[str] | None, *, is_unlogged: bool = False
) -> NativeOptions:
    """The options of a table or index, as a schema file has them."""
    chosen: dict[str, str | tuple[str, ...]] = {}
    if is_unlogged:
        chosen["unlogged"] = "true"
    if parameters:
        chosen["with"] = tuple(sorted(parameters))
    return chosen
