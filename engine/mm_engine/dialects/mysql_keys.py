"""Keys of MySQL: what must be in one, what fits into one, and what only a key bears."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mm_engine.dialects.mysql_types import is_document
from mm_engine.errors import Position, UnsupportedError
from mm_engine.model import sqltext
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table

if TYPE_CHECKING:
    from mm_engine.dialects.mysql_words import MySQLWords

COUNTER = "counter_"
"""What the index of a field that counts itself up begins with; its name follows."""

_LENGTH = re.compile(r"(VAR)?(CHAR|BINARY)\((\d+)\)", re.IGNORECASE)
_PREFIX = re.compile(r"(.+)=(\d+)")
_OTHERS = 32
"""More bytes than any number or clock has in a key."""


def supports(words: MySQLWords, table: Table) -> dict[str, tuple[str, ...]]:
    """Indexes that the server asks for and the schema does not have, by name.

    A foreign key has an index that begins with its fields, and what counts itself up
    is first in one. The server would make the former itself, and let it lie around
    when the key goes; so it is always we who make and drop it.
    """
    leading = list(_leading(words, table))
    wanted = {
        **{str(key.name): key.fields for key in table.foreign_keys},
        **{
            f"{COUNTER}{field.name}": (field.name,)
            for field in table.fields
            if words.counts(field)
        },
    }
    found: dict[str, tuple[str, ...]] = {}
    for name, fields in wanted.items():
        if not any(has[: len(fields)] == fields for has in leading):
            found[name] = fields
            leading.append(fields)
    return found


def _leading(words: MySQLWords, table: Table) -> Iterator[tuple[str, ...]]:
    """What each index of a table begins with, as far as it is whole fields."""
    if table.primary_key:
        yield table.primary_key.fields
    yield from (unique.fields for unique in table.uniques)
    for index in table.indexes:
        is_plain = len(index.field_names) == len(index.fields)
        if is_plain and not words.chosen(index.options, words.index_options):
            yield index.field_names


def prefixes(words: MySQLWords, index: Index) -> dict[str, str]:
    """How much of a field an index holds, in parentheses, by field."""
    said = words.chosen(index.options, words.index_options).get("prefix", ())
    found: dict[str, str] = {}
    for part in (said,) if isinstance(said, str) else said:
        match = _PREFIX.fullmatch(part)
        if match is None or match[1] not in index.field_names:
            raise UnsupportedError(
                f'"{part}" says of no field of index "{index.name}" how much of it',
                at=index.at,
                hint="a field and a number of letters: prefix: [title=20]",
            )
        found[match[1]] = f"({match[2]})"
    return found


def check_keys(words: MySQLWords, table: Table, schema: Schema) -> None:
    """Refuse keys of fields that no key can hold."""
    types: dict[str, str] = {}
    for what, names, prefixed, at in _keys(words, table):
        for name in names:
            if name not in types:
                types[name] = words.type_sql(table.field(name), schema)
            if is_document(types[name]) and name not in prefixed:
                whole = f'{what} of "{table.name}" would hold all of "{name}"'
                whole = f"{whole}, and {words.title}"
                raise _too_much(whole, name, types[name], at, words.name)
        length = sum(_length(types[name], prefixed.get(name)) for name in names)
        most = words.features.longest_key
        if most is not None and length > most:
            raise UnsupportedError(
                f'{what} of "{table.name}" is {length} bytes long, and {words.title}'
                f" takes {most}",
                at=at,
                hint="make its fields shorter; a letter counts as four bytes",
            )


def check_counters(words: MySQLWords, table: Table) -> None:
    """Refuse a second field that counts itself up, and a check of one that does."""
    counters = [field for field in table.fields if words.counts(field)]
    for field in counters[1:]:
        raise UnsupportedError(
            f'{words.title} counts up one field of a table, and "{table.name}" has'
            f" {counters[0].name} already",
            at=field.at,
            hint=f"make {field.name} an integer",
        )
    for check in table.checks:
        if counters and counters[0].name in sqltext.identifiers(check.expression):
            raise UnsupportedError(
                f'check "{check.name}" of "{table.name}" speaks of'
                f" {counters[0].name}, which counts itself up; {words.title} refuses"
                " that",
                at=check.at,
                hint="leave the check out, or make the field an integer",
            )


def _keys(
    words: MySQLWords, table: Table
) -> Iterator[tuple[str, tuple[str, ...], dict[str, str], Position | None]]:
    if key := table.primary_key:
        yield "the primary key", key.fields, {}, key.at
    for unique in table.uniques:
        yield f'unique constraint "{unique.name}"', unique.fields, {}, unique.at
    for foreign in table.foreign_keys:
        yield f'foreign key "{foreign.name}"', foreign.fields, {}, foreign.at
    for index in table.indexes:
        if "kind" not in words.chosen(index.options, words.index_options):
            prefixed = prefixes(words, index)
            yield f'index "{index.name}"', index.field_names, prefixed, index.at


def _length(type_: str, prefix: str | None) -> int:
    """How many bytes of a field are in a key."""
    if prefix is not None:
        return int(prefix.strip("()")) * (1 if "BLOB" in type_.upper() else 4)
    sized = _LENGTH.match(type_)
    if sized is None:
        return _OTHERS
    return int(sized[3]) * (4 if sized[2].upper() == "CHAR" else 1)


def _too_much(
    whose: str, name: str, type_: str, at: Position | None, database: str
) -> UnsupportedError:
    return UnsupportedError(
        f"{whose} has no key of {type_}",
        at=at,
        hint="make the field a varchar; or let an index hold the beginning of it:"
        f" options: {{{database}: {{prefix: [{name}=20]}}}}",
    )
