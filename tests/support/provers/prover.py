"""What a prover is, and how strong what it says is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Protocol

QUOTED = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^]\d][^]]*\]""",
    re.VERBOSE,
)


class Claim(Enum):
    """How a statement was proven, in the words that the documents use."""

    RUN = "run"
    VENDOR = "parsed by the vendor's parser"
    GRAMMAR = "parsed by a grammar"
    STAND_IN = "run by a stand-in"
    TEXT = "compared as text"


class Prover(Protocol):
    """Tells what is wrong with one statement; the more it tells, the better it is."""

    @property
    def claim(self) -> Claim:
        """How strong its word is."""
        ...

    def version(self) -> str:
        """What it is, with its version."""
        ...

    def faults(self, sql: str) -> tuple[str, ...]:
        """What is wrong with a statement; nothing if it is right."""
        ...


class MissingProverError(Exception):
    """The packages of a prover are not installed here."""


def misses(forbidden: Mapping[str, str], sql: str) -> Iterator[str]:
    """Why a statement is wrong that a parser takes.

    ``forbidden`` are regular expressions of what a database has not, and why; they are
    looked for outside of names and texts.
    """
    bare = QUOTED.sub("x", sql)
    for words, why in forbidden.items():
        if re.search(words, bare, re.IGNORECASE):
            yield why
