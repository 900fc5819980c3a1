"""What expressions call enums: outside of the scratch, and in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.dialects.postgresql_text import tokens
from mm_engine.introspect.asides import rows
from mm_engine.introspect.postgresql_places import TEMPORARY

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.introspect.postgresql_disguise import Disguise

Name: TypeAlias = tuple[str, ...]
"""The parts of a name: that of a namespace, if it is said, and the own one."""

# A type whose name some namespace before it in the search path has, too, is called by
# its namespace; so is one that is not there, since nothing speaks of it.
_SPOKEN = """
SELECT e.own, s.is_seen, CASE WHEN s.is_seen THEN ''
    ELSE pg_catalog.quote_ident(e.place) || '.' END || pg_catalog.quote_ident(e.name)
FROM (VALUES {values}) AS e (own, place, name)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = e.place
LEFT JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typname = e.name
CROSS JOIN LATERAL (SELECT
    COALESCE(pg_catalog.pg_type_is_visible(t.oid), false)) AS s (is_seen)
"""


@attrs.frozen
class Spoken:
    """How to speak of the enums of a schema that is built in disguise.

    ``built`` gives the name in the scratch by each name that expressions may have for
    an enum outside of it; ``revealed`` the server's words for an enum by its name in
    the scratch, where that is another.
    """

    built: Mapping[Name, str] = attrs.field(factory=dict)
    revealed: Mapping[Name, str] = attrs.field(factory=dict)

    @classmethod
    def of(cls, connection: sa.Connection, disguise: Disguise, default: str) -> Spoken:
        """Ask the server; ``default`` is the namespace of names without a point."""
        apart = disguise.enums_apart
        built: dict[Name, str] = {
            (default, own): own for own in disguise.enums if own not in apart
        }
        revealed: dict[Name, str] = {}
        for own, is_seen, words in _asked(connection, disguise):
            place, name = apart[own]
            built[place, name] = own
            if is_seen:
                built[name,] = own
            revealed[own,] = words
        return cls(built, revealed)

    def in_scratch(self, sql: str) -> str:
        """A statement that speaks of the enums in the scratch.

        Only where a type stands: a name with a point may be a field elsewhere.
        """
        return _replaced(sql, self._names_in_scratch, are_types=True)

    def as_live(self, text: str) -> str:
        """An expression in the server's words that speaks of the enums outside."""
        return _replaced(text, self.revealed, are_types=False)

    @property
    def _names_in_scratch(self) -> Mapping[Name, str]:
        quoted = {name: own.replace('"', '""') for name, own in self.built.items()}
        return {name: f'{TEMPORARY}."{own}"' for name, own in quoted.items()}


def _asked(
    connection: sa.Connection, disguise: Disguise
) -> Iterator[tuple[str, bool, str]]:
    text = disguise.dialect.text
    values = [
        f"({text(own)}, {text(place)}, {text(name)})"
        for own, (place, name) in disguise.enums_apart.items()
    ]
    if values:
        for own, is_seen, words in rows(
            connection, _SPOKEN.format(values=", ".join(values))
        ):
            yield str(own), bool(is_seen), str(words)


def _replaced(text: str, words: Mapping[Name, str], *, are_types: bool) -> str:
    """A text with other words for some names in it."""
    folded = text.casefold()
    if not any(name[0].casefold() in folded for name in words):
        return text
    pieces: list[str] = []
    last = 0
    for name, begin, end, is_type in _names(text):
        if name in words and (is_type or not are_types):
            pieces += [text[last:begin], words[name]]
            last = end
    return "".join([*pieces, text[last:]])


def _names(text: str) -> Iterator[tuple[Name, int, int, bool]]:
    """Every name with all its parts, where it stands, and whether a type must."""
    found = [(text[begin:end], begin, end) for _, begin, end in tokens(text)]
    words = [word for word, *_ in found]
    at = 0
    while at < len(found):
        last = at
        while words[last + 1 : last + 2] == ["."] and last + 2 < len(found):
            last += 2
        name = tuple(_plain(part) for part in words[at : last + 1 : 2])
        yield (
            name,
            found[at][1],
            found[last][2],
            _is_type(words[:at], words[last + 1 :]),
        )
        at = last + 1


def _is_type(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether only a type can stand between: ``::mood``, ``AS mood``, ``mood 'glad'``.

    https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-TYPE-CASTS
    """
    is_cast = before[-2:] == [":", ":"] or [w.upper() for w in before[-1:]] == ["AS"]
    return is_cast or (bool(after) and after[0].startswith("'"))


def _plain(part: str) -> str:
    """A part of a name as the catalog has it."""
    if part.startswith('"'):
        return part[1:-1].replace('""', '"')
    return part.lower()
