"""Keys, constraints and indexes lifted, each beside the one it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import attrs

from mm_engine.introspect.native import (
    NativeCheck,
    NativeForeignKey,
    NativeIndex,
    NativeKey,
    NativePart,
    NativeTable,
)
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.table import Desc, Index, IndexPart, Table
from mm_engine.model.values import Expression

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

Told = TypeVar("Told", NativeKey, NativeCheck, NativeForeignKey, NativeIndex)
Part = TypeVar("Part", Unique, Check, ForeignKey, Index)


def with_parts(
    dialect: Dialect,
    live: NativeTable,
    was: NativeTable | None,
    old: Table | None,
) -> Table:
    """A table without fields that has the parts of the live one."""
    was = was or NativeTable(name=live.name, columns=())
    old = old or Table(live.name, ())
    cut = dialect.cut_name
    return attrs.evolve(
        old,
        fields=(),
        primary_key=_primary_key(live.primary_key, was.primary_key, old.primary_key),
        uniques=_lifted(live.uniques, was.uniques, old.uniques, _unique, cut),
        checks=_lifted(live.checks, was.checks, old.checks, _check, cut),
        foreign_keys=_lifted(
            live.foreign_keys, was.foreign_keys, old.foreign_keys, _foreign_key, cut
        ),
        indexes=_lifted(
            live.indexes, was.indexes, old.indexes, partial(_index, dialect), cut
        ),
        comment=old.comment if live.comment == was.comment else live.comment,
        options=_options(dialect, live, was, old),
    )


def _lifted(
    live: Sequence[Told],
    was: Sequence[Told],
    old: Sequence[Part],
    fresh: Callable[[Told], Part],
    stored: Callable[[str], str],
) -> tuple[Part, ...]:
    """The parts, those that are told as they were with what was said of them."""
    if live == was:
        return tuple(old)
    said = {stored(part.name or ""): part for part in old}
    found: list[Part] = []
    for part, before in _paired(live, was):
        known = said.get(before.name or "") if before else None
        if before is None or known is None:
            found.append(fresh(part))
        else:
            found.append(_beside(part, before, known, fresh(part)))
    return tuple(found)


def _paired(
    live: Sequence[Told], was: Sequence[Told]
) -> Iterable[tuple[Told, Told | None]]:
    """Each part with what it was: of its name, or else the only one of its shape."""
    by_name = {part.name: part for part in was if part.name}
    names = {part.name for part in live}
    free = [part for part in was if part.name not in names]
    new = [part for part in live if part.name not in by_name]
    for part in live:
        if part.name in by_name:
            yield part, by_name[part.name]
            continue
        alike = [other for other in free if _shape(other) == _shape(part)]
        twins = [other for other in new if _shape(other) == _shape(part)]
        yield part, alike[0] if len(alike) == len(twins) == 1 else None


def _shape(part: Told) -> Told:
    return attrs.evolve(part, name="")


def _beside(part: Told, was: Told, known: Part, fresh: Part) -> Part:
    """What was said of a part, apart from what is told otherwise now."""
    values = {
        attribute.name: getattr(
            fresh if _differs(attribute.name, part, was) else known,
            attribute.name,
        )
        for attribute in attrs.fields(type(known))
    }
    return type(known)(**values)


def _differs(name: str, part: Told, was: Told) -> bool:
    """Whether an attribute is told otherwise; a name that nobody gave is not."""
    if name == "fields" and hasattr(part, "parts"):
        name = "parts"
    before, now = getattr(was, name, None), getattr(part, name, None)
    return before != now and not (name == "name" and now is None)


def _primary_key(
    live: NativeKey | None, was: NativeKey | None, old: PrimaryKey | None
) -> PrimaryKey | None:
    if live is None:
        return None
    if live == was:
        return old
    fields_are_same = was is not None and was.fields == live.fields
    if old is not None and fields_are_same and live.name is None:
        return old
    return PrimaryKey(live.fields, name=live.name)


def _unique(key: NativeKey) -> Unique:
    return Unique(
        key.fields,
        name=key.name,
        nulls_not_distinct=key.nulls_not_distinct,
        deferrable=key.deferrable,
    )


def _check(check: NativeCheck) -> Check:
    return Check(check.expression, name=check.name)


def _foreign_key(key: NativeForeignKey) -> ForeignKey:
    return ForeignKey(
        key.fields,
        key.table,
        references=key.references,
        name=key.name,
        on_delete=key.on_delete,
        on_update=key.on_update,
        deferrable=key.deferrable,
    )


def _index(dialect: Dialect, index: NativeIndex) -> Index:
    return Index(
        [_index_part(part) for part in index.parts],
        name=index.name,
        unique=index.unique,
        method=index.method,
        where=index.where,
        include=index.include,
        nulls_not_distinct=index.nulls_not_distinct,
        options={dialect.name: index.options} if index.options else {},
    )


def _index_part(part: NativePart) -> IndexPart:
    if part.column is None:
        return Expression(part.expression or "")
    return Desc(part.column) if part.descending else part.column


def _options(
    dialect: Dialect, live: NativeTable, was: NativeTable, old: Table
) -> dict[str, dict[str, str | tuple[str, ...]]]:
    """The table's options, with the words of this database that differ."""
    options = {name: dict(chosen) for name, chosen in old.options.items()}
    if live.options != was.options:
        own = options.pop(dialect.name, {})
        for key in {**was.options, **live.options}:
            if live.options.get(key) != was.options.get(key):
                own.pop(key, None)
                if key in live.options:
                    own[key] = live.options[key]
        if own:
            options[dialect.name] = own
    return options
