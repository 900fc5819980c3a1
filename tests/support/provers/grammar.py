"""sqlfluff's grammar of a database, with a list of its types and of what it has not.

A grammar knows no types, and takes some statements that the database refuses; both are
lists here, of what the vendor documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from importlib import import_module, metadata, util
from typing import Protocol, cast

import attrs

from provers.prover import Claim, MissingProverError, misses

BASE = re.compile(r"[A-Za-z_]+( PRECISION| VARYING)?")


class _Segment(Protocol):
    raw: str

    def recursive_crawl(self, type_: str, /) -> Iterable[_Segment]: ...


class _Parsed(Protocol):
    violations: Iterable[object]
    tree: _Segment | None


class _Linter(Protocol):
    def parse_string(self, sql: str, /) -> _Parsed: ...


@attrs.frozen(slots=False)
class Grammar:
    """A dialect of sqlfluff, the types it may name, and what may not be said.

    ``forbidden`` are regular expressions of what the grammar takes and the database
    has not, and why; ``allowed`` of what only the database takes, and what the grammar
    is given instead.
    """

    dialect: str
    types: list[str]
    forbidden: dict[str, str] = attrs.field(factory=dict)
    allowed: dict[str, str] = attrs.field(factory=dict)

    claim = Claim.GRAMMAR

    def version(self) -> str:
        """The version of sqlfluff, and the dialect."""
        return f"sqlfluff {metadata.version('sqlfluff')}, {self.dialect}"

    def faults(self, sql: str) -> tuple[str, ...]:
        """What the grammar says, types that are none, and what is forbidden."""
        read = sql
        for words, instead in self.allowed.items():
            read = re.sub(words, instead, read)
        parsed = self._linter.parse_string(read)
        told = [str(violation) for violation in parsed.violations]
        found = parsed.tree.recursive_crawl("data_type") if parsed.tree else ()
        told += [
            f"no type of {self.dialect}: {segment.raw}"
            for segment in found
            if _base(segment.raw) not in self.types
        ]
        told += misses(self.forbidden, sql)
        return tuple(told)

    @cached_property
    def _linter(self) -> _Linter:
        if util.find_spec("sqlfluff") is None:
            raise MissingProverError("sqlfluff; nox -s provers has it")
        linter = import_module("sqlfluff.core").Linter
        return cast("_Linter", linter(dialect=self.dialect))


def _base(type_: str) -> str:
    """A type without its length."""
    found = BASE.match(type_)
    return found.group().upper() if found else type_
