"""Names for indexes and constraints that were written without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from operator import attrgetter
from typing import TypeAlias, TypeVar

import attrs

from mm_engine.model import sqltext
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Index, Table

Named: TypeAlias = Index | Unique | Check | ForeignKey
Part = TypeVar("Part", Index, Unique, Check, ForeignKey)


_SAYING: dict[type[Named], Callable[[Named], object]] = {
    kind: attrgetter(*(a.name for a in attrs.fields(kind) if a.eq and a.name != "name"))
    for kind in (Index, Unique, Check, ForeignKey)
}


def shape(part: Named) -> Named:
    """What an index or constraint is, whatever it is called."""
    return attrs.evolve(part, name=None)


def with_names(after: Schema, before: Schema) -> Schema:
    """The schema with a name on everything, taken over from *before* where it can be.

    A part without a name is the part of the same shape in the table of the same name
    before, or else the one in the same place; where there is none it gets a name that
    nothing else has. Primary keys are called as PostgreSQL calls them, the rest as the
    original did (``fk_posts_user_id``). The order of tables and parts has no influence.
    """
    names = _Names(after, before)
    named = {
        name: _named_table(after.tables[name], before.tables.get(name), names)
        for name in sorted(after.tables)
    }
    return attrs.evolve(after, tables={name: named[name] for name in after.tables})


def named_table(table: Table) -> Table:
    """One table with a name on everything, as in a schema of its own."""
    return with_names(Schema.of(table), Schema()).tables[table.name]


class _Names:
    """The names in use, which grow while new ones are given.

    Databases differ in what shares its names with what, and in whether capitals count,
    so a new name is one that nothing has, in any case.
    """

    def __init__(self, after: Schema, before: Schema) -> None:
        self.written = frozenset(_written_names(after))
        self._after, self._before = after, before

    @cached_property
    def _taken(self) -> set[str]:
        both = (self._after, self._before)
        names = [name for schema in both for name in _written_names(schema)]
        tables = [name for schema in both for name in schema.tables]
        return {name.casefold() for name in (*names, *tables)}

    def free(self, name: str) -> str:
        """The name, or with a number after it, and from now on taken."""
        number, candidate = 1, name
        while candidate.casefold() in self._taken:
            number += 1
            candidate = f"{name}_{number}"
        self._taken.add(candidate.casefold())
        return candidate

    def hands_on(self, old: Named, part: Named) -> bool:
        """Whether a nameless part is what the old one was, in the same words."""
        saying = _SAYING[type(part)]
        same = not part.name and saying(old) == saying(part)
        return same and old.name not in self.written


def _named_table(table: Table, old: Table | None, names: _Names) -> Table:
    key = table.primary_key
    nameless = key is not None and key.name is None
    if not nameless and all(part.name for part in _parts(table)):
        return table
    old = old or Table(table.name, ())
    if nameless and key is not None:
        same = old.primary_key.name if old.primary_key else None
        key = attrs.evolve(key, name=same or names.free(f"{_stem(table)}_pkey"))
    return attrs.evolve(
        table,
        primary_key=key,
        indexes=_named(table.indexes, old.indexes, table, names),
        uniques=_named(table.uniques, old.uniques, table, names),
        checks=_named(table.checks, old.checks, table, names),
        foreign_keys=_named(table.foreign_keys, old.foreign_keys, table, names),
    )


def _named(
    parts: tuple[Part, ...], old: tuple[Part, ...], table: Table, names: _Names
) -> tuple[Part, ...]:
    """Written names stay; then names of the same shape, of the same place, new ones."""
    if len(parts) == len(old) and all(map(names.hands_on, old, parts)):
        return old
    places: dict[object, list[int]] = {}
    for number, part in enumerate(parts):
        if not part.name:
            places.setdefault(_place(part), []).append(number)
    if not places:
        return parts
    spare: dict[object, list[Part]] = {}
    for candidate in old:
        if candidate.name not in names.written:
            spare.setdefault(_place(candidate), []).append(candidate)
    named = list(parts)
    for place in sorted(places, key=repr) if len(places) > 1 else places:
        for number, name in _taken_over(parts, places[place], spare.get(place, [])):
            given = name or names.free(_plain_name(parts[number], table))
            named[number] = attrs.evolve(parts[number], name=given)
    return tuple(named)


def _taken_over(
    parts: tuple[Part, ...], numbers: list[int], spare: list[Part]
) -> Iterator[tuple[int, str | None]]:
    """For parts in one place, the names of those that were there, same shapes first."""
    several = len(numbers) > 1 or len(spare) > 1
    if several:
        numbers = sorted(numbers, key=lambda number: repr(shape(parts[number])))
        spare = sorted(spare, key=lambda part: part.name or "")
    shapes = {number: shape(parts[number]) for number in numbers if several}
    alike: dict[int, str | None] = {}
    for number, wanted in shapes.items():
        for candidate in spare:
            if shape(candidate) == wanted:
                alike[number] = candidate.name
                spare.remove(candidate)
                break
    rest = iter(spare)
    for number in numbers:
        if number in alike:
            yield number, alike[number]
        else:
            left = next(rest, None)
            yield number, left.name if left else None


def _place(part: Named) -> object:
    """What an index or constraint is on, so that a changed one keeps its name."""
    match part:
        case Check():
            return sqltext.canonical(part.expression)
        case _:
            return part.fields


def _plain_name(part: Named, table: Table) -> str:
    match part:
        case Index():
            return "_".join(["idx", _stem(table), *_index_words(part)])
        case Unique():
            return "_".join(["uq", _stem(table), *part.fields])
        case ForeignKey():
            return "_".join(["fk", _stem(table), *part.fields])
        case Check():
            words = sqltext.identifiers(part.expression)
            spoken_of = [word for word in words if table.has_field(word)]
            return "_".join(["ck", _stem(table), *spoken_of])


def _stem(table: Table) -> str:
    """The table in a name: a point would only be mistaken for a namespace."""
    return table.name.replace(".", "_")


def _index_words(index: Index) -> Iterator[str]:
    for part in index.fields:
        match part:
            case str():
                yield part
            case Desc():
                yield part.name
            case _:
                yield "expr"


def _parts(table: Table) -> tuple[Named, ...]:
    return (*table.indexes, *table.uniques, *table.checks, *table.foreign_keys)


def _written_names(schema: Schema) -> Iterator[str]:
    for table in schema.tables.values():
        if table.primary_key and table.primary_key.name:
            yield table.primary_key.name
        for part in _parts(table):
            if part.name:
                yield part.name
