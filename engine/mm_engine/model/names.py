"""Which names databases can have: all but those that no statement can carry."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mm_engine.errors import StateError

# Quotes, spaces, keywords and emoji are quoted and work. Control characters and line
# breaks would be cut, or end a comment, or not arrive at the server at all.
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
OUR_TABLES = "makemigrations_"
"""What the names of tables begin with that are made for our own use."""

_CALLED = {
    "\x00": "a NUL character, which ends a text for databases",
    "\n": "a line break",
    "\r": "a line break",
    "\x85": "a line break",
    "\u2028": "a line break",
    "\u2029": "a line break",
    "\t": "a tab",
}


def name_fault(name: str) -> str | None:
    r"""Why no database can have this name, to be put behind the name of the thing.

    >>> name_fault('say "hi"') is None
    True
    >>> name_fault("a\nb")
    'holds a line break'
    """
    if not name:
        return "is empty"
    if not name.strip():
        return "is nothing but blanks"
    refused = _REFUSED.search(name)
    if refused is None:
        return None
    called = _CALLED.get(refused[0], f"a control character (U+{ord(refused[0]):04X})")
    return f"holds {called}"


def place_of(name: str) -> tuple[str | None, str]:
    """A name with a point as its namespace and the rest; no namespace without one.

    Only some databases read names so; to the others a point is a letter like others.

    >>> place_of("sales.orders"), place_of("orders")
    (('sales', 'orders'), (None, 'orders'))
    """
    namespace, point, own = name.partition(".")
    return (namespace, own) if point else (None, name)


def names_of(names: Iterable[str]) -> tuple[str, ...]:
    """Names in their order; one text is refused, which would be a name a letter.

    Type checkers cannot see that slip.
    """
    if isinstance(names, str):
        raise StateError(
            f'"{names}" stands where a list of names belongs',
            hint=f'write ["{names}"]',
        )
    return tuple(names)
