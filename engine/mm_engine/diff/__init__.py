"""What turns one schema into another, told in operations."""

from __future__ import annotations

from collections.abc import Iterator

from mm_engine.diff.constraints import (
    Shaken,
    changed_foreign_keys,
    changed_parts,
    part_changes,
    shaken,
)
from mm_engine.diff.fields import changed_fields
from mm_engine.diff.hints import written_renames
from mm_engine.diff.likeness import Candidate, rename_candidates
from mm_engine.diff.objects import changed_enums, changed_settings
from mm_engine.diff.order import Phase, Placed, arranged
from mm_engine.diff.renames import Renames, renaming
from mm_engine.diff.tables import created_tables, described_tables, dropped_tables
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import AlterEnum, Operation

__all__ = ["Candidate", "Renames", "diff", "rename_candidates", "written_renames"]


def diff(
    before: Schema, after: Schema, renames: Renames | None = None
) -> tuple[Operation, ...]:
    """The operations that turn one schema into the other, in an order that works.

    Applied to *before* they give *after*, with a name on everything: indexes and
    constraints that *after* leaves unnamed are called as they were, or by their table.
    Every rename that is not in *renames* is a drop and an addition.
    """
    moves = renaming(before, renames) if renames else ()
    for move in moves:
        before = move.apply(before)
    after = with_names(after, before)
    placed = [Placed(_phase(move), move) for move in moves]
    placed += changed_settings(before, after)
    placed += changed_enums(before, after)
    placed += _changed_tables(before, after)
    return arranged(placed)


def _phase(move: Operation) -> Phase:
    """When something is renamed: a value of an enum once no check speaks of it."""
    return Phase.NEW_ENUMS if isinstance(move, AlterEnum) else Phase.RENAMES


def _changed_tables(before: Schema, after: Schema) -> Iterator[Placed]:
    ground: dict[str, Shaken] = {}
    enums = {n for n, enum in before.enums.items() if enum != after.enums.get(n)}
    for name in sorted(after.tables):
        old, new = before.tables.get(name), after.tables[name]
        if old is None or _is_same(old, new):
            continue
        yield from changed_fields(old, new)
        parts = part_changes(old, new, enums)
        yield from changed_parts(parts)
        yield from described_tables(old, new)
        found = shaken(old, new, parts)
        if found.moving or found.keys:
            ground[name] = found
    drops, circles = dropped_tables(before, after)
    yield from drops
    yield from created_tables(before, after, ground)
    yield from changed_foreign_keys(before, after, ground, circles)


def _is_same(old: Table, new: Table) -> bool:
    """Whether nothing differs, not even an order; what most tables are, found fast."""
    return (
        old.fields == new.fields
        and old.primary_key == new.primary_key
        and old.indexes == new.indexes
        and old.uniques == new.uniques
        and old.checks == new.checks
        and old.foreign_keys == new.foreign_keys
        and old.comment == new.comment
        and old.options == new.options
    )
