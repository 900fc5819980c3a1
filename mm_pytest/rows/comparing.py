"""Rows before and after a migration held against each other."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import attrs

Row: TypeAlias = Mapping[str, object]
Key: TypeAlias = tuple[object, ...]

_SHOWN = 3
_WIDTH = 40


@attrs.frozen
class Pair:
    """A field that two sides have, under its name on either, and how alike it must be.

    ``values`` are enum values that have other names now. What ``may_differ`` is only
    counted; null may become something where ``is_filled``.
    """

    old: str
    new: str
    is_retyped: bool = False
    is_filled: bool = False
    may_differ: bool = False
    values: Mapping[str, str] = attrs.field(factory=dict)

    def identity(self, value: object) -> object:
        """What tells a row apart by this field."""
        is_plain = isinstance(value, str | int) and not self.is_retyped
        return value if is_plain else meaning(value)

    def is_kept(self, old: object, new: object) -> bool:
        """Whether a value is what it was."""
        if self.may_differ or (self.is_filled and old is None):
            return True
        if isinstance(old, str):
            old = self.values.get(old, old)
        if old == new and isinstance(old, type(new)):
            return True
        return self.is_retyped and meaning(old) == meaning(new)


@attrs.frozen
class Sides:
    """The rows of one table before and after, and the fields to compare.

    ``key`` are those by which rows are told apart, empty where they cannot be.
    """

    old_name: str
    new_name: str
    old: Sequence[Row]
    new: Sequence[Row]
    pairs: Sequence[Pair]
    key: Sequence[Pair]
    may_gain: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What the table is called, before and after."""
        return tuple(dict.fromkeys((self.old_name, self.new_name)))

    def faults(self) -> Iterator[str]:
        """What is lost, changed, or too much, in one line each."""
        is_rekeyed = any(p.may_differ for p in self.key) and not self._fewer()
        if self.key and not is_rekeyed:
            yield from self._by_key()
        else:
            yield from self._by_content()

    def _fewer(self) -> int:
        return len(self.old) - len(self.new)

    def _by_key(self) -> Iterator[str]:
        old = {tuple(p.identity(r[p.old]) for p in self.key): r for r in self.old}
        new = {tuple(p.identity(r[p.new]) for p in self.key): r for r in self.new}
        lost = [self._told(row) for key, row in old.items() if key not in new]
        if lost:
            yield f"{self._fields()}: {_of(len(lost), old)} lost: {_some(lost)}"
        more = [self._told(r, is_new=True) for key, r in new.items() if key not in old]
        if more and not self.may_gain:
            yield (
                f"{self.new_name}: {_rows(len(more))} too many,"
                f" {_rows(len(old))} before and {len(new)} after: {_some(more)}"
            )
        both = [(row, new[key]) for key, row in old.items() if key in new]
        for pair in self.pairs:
            yield from self._changed(pair, both)

    def _changed(self, pair: Pair, both: Sequence[tuple[Row, Row]]) -> Iterator[str]:
        changed = [
            (a, b) for a, b in both if not pair.is_kept(a[pair.old], b[pair.new])
        ]
        if changed:
            before, after = changed[0]
            yield (
                f"{self.old_name}.{pair.old}: {_of(len(changed), both)} changed:"
                f" {shown(before[pair.old])} became {shown(after[pair.new])}"
                f" where {self._told(before)}"
            )

    def _by_content(self) -> Iterator[str]:
        """Without a key: how many rows there are, and what each field holds in all."""
        fewer = self._fewer()
        if fewer > 0:
            yield f"{self.old_name}: {_of(fewer, self.old)} lost"
        if fewer < 0 and not self.may_gain:
            yield f"{self.new_name}: {_rows(-fewer)} too many"
        for pair in self.pairs if fewer == 0 else ():
            if not (pair.may_differ or pair.is_filled or pair.values):
                yield from self._differing(pair)

    def _differing(self, pair: Pair) -> Iterator[str]:
        left = [repr(pair.identity(row[pair.new])) for row in self.new]
        gone: list[object] = []
        for row in self.old:
            said = repr(pair.identity(row[pair.old]))
            if said in left:
                left.remove(said)
            else:
                gone.append(row[pair.old])
        if gone:
            yield (
                f"{self.old_name}.{pair.old}: {_of(len(gone), self.old)} changed:"
                f" no row holds {shown(gone[0])} any more, one holds {left[0]}"
            )

    def _fields(self) -> str:
        return ", ".join(f"{self.old_name}.{pair.old}" for pair in self.key)

    def _told(self, row: Row, *, is_new: bool = False) -> str:
        names = [pair.new if is_new else pair.old for pair in self.key]
        return ", ".join(f"{name} = {shown(row[name])}" for name in names)


def meaning(value: object) -> object:
    """What a value is, whichever of the types that can hold it it came as."""
    match value:
        case None:
            return None
        case bool():
            return str(int(value))
        case int() | float() | decimal.Decimal():
            return _number(str(value))
        case dt.datetime():
            at = value.astimezone(dt.UTC) if value.tzinfo else value
            return at.replace(tzinfo=None).isoformat(" ").removesuffix(" 00:00:00")
        case dt.date() | dt.time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case dict() | list():
            return json.dumps(value, sort_keys=True, default=str)
        case str():
            return _text(value)
        case _:
            return str(value)


def shown(value: object) -> str:
    """A value as a message has it, not too long."""
    said = repr(value)
    return said if len(said) <= _WIDTH else f"{said[:_WIDTH]}… ({len(said)} characters)"


def _text(value: str) -> str:
    if value[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(value), sort_keys=True, default=str)
        except ValueError:
            return value
    if value in ("true", "false"):
        return str(int(value == "true"))
    return _number(value) if value[-1:].isdigit() else value


def _number(text: str) -> str:
    try:
        number = decimal.Decimal(text)
    except decimal.InvalidOperation:
        return text.removesuffix(" 00:00:00")
    return f"{number.normalize():f}" if number else "0"


def _of(number: int, all_of: Mapping[Key, Row] | Sequence[object]) -> str:
    return f"{number} of {_rows(len(all_of))}"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _some(told: Sequence[str]) -> str:
    more = len(told) - _SHOWN
    return "; ".join(told[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
