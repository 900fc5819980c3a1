"""A database as a run names it: ``postgresql``, or ``postgresql:16`` in a version."""

from __future__ import annotations

import re

import attrs

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")


@attrs.frozen
class Named:
    """A kind of database, and its version where somebody chose one."""

    kind: str
    version: str = ""

    @classmethod
    def read(cls, word: str) -> Named:
        """What a word names; raises ``ValueError`` for an odd version."""
        kind, colon, version = word.partition(":")
        if colon and not _VERSION.fullmatch(version):
            raise ValueError(
                f"{word} names no version: one is a number, as in postgresql:16 or"
                " mariadb:10.11"
            )
        return cls(kind, version)

    def __str__(self) -> str:
        return f"{self.kind}:{self.version}" if self.version else self.kind

    @property
    def file(self) -> str:
        """The same in the name of a file, which may hold no colon."""
        return str(self).replace(":", "-")

    def takes(self, version: str) -> bool:
        """Whether a server of that version is meant."""
        return is_release(version, self.version)


def is_release(version: str, line: str) -> bool:
    """Whether a version is that one, or a later release of it: ``16`` means any 16.

    >>> is_release("16.3", "16"), is_release("1.6", "1"), is_release("16.3", "1")
    (True, True, False)
    >>> is_release("16.3", "")
    True
    """
    return not line or f"{version}.".startswith(f"{line}.")


def numbers_in(text: str) -> tuple[str, ...]:
    """What may be versions in a text.

    >>> numbers_in("10.11.19-MariaDB-0+deb12u1")
    ('10.11.19', '0', '12', '1')
    """
    return tuple(found[0] for found in _VERSION.finditer(text))


def number_in(text: str) -> str:
    """The first of them; empty where there is none."""
    return next(iter(numbers_in(text)), "")
