"""Laws of schemas, operations and the differ, tried on thousands of examples.

How many is the profile's choice: ``quick`` at the desk, ``thorough`` in CI.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import attrs
from hypothesis import given, settings

from mm_engine import operations as ops
from mm_engine.diff import Renames, diff, rename_candidates, written_renames
from mm_engine.diff.renames import renaming
from mm_engine.errors import IrreversibleError
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.table import Table
from mm_engine.model.types import referencing_type
from mm_engine.model.values import Symbol
from mm_engine.operations import Operation
from strategies import WRITTEN_CLASSES, SchemaPair, Trail, schema_pairs, schemas, trails

K = TypeVar("K")
V = TypeVar("V")

NEVER_FOUND = (ops.RunSQL, ops.RunPython, ops.UpsertData)
"""What people write and no difference asks for."""

ENOUGH = 1000
"""From so many examples on, a class in one of a hundred is no matter of luck."""


class Seen:
    """Which classes of operations occurred in the examples of one law."""

    def __init__(self) -> None:
        self.examples = 0
        self._counts: Counter[str] = Counter()

    def note(self, operations: Iterable[Operation]) -> None:
        """One example, and the operations in it."""
        self.examples += 1
        self._counts.update({type(operation).__name__ for operation in operations})

    def rare(self, classes: Iterable[type]) -> list[str]:
        """The classes in less than one of a hundred examples."""
        counts = {cls.__name__: self._counts[cls.__name__] for cls in classes}
        if self.examples < ENOUGH:
            return []
        return [name for name, n in counts.items() if n * 100 < self.examples]


def states(before: Schema, operations: Iterable[Operation]) -> list[Schema]:
    """The schema before, and after each operation."""
    trail = [before]
    for operation in operations:
        trail.append(operation.apply(trail[-1]))
    return trail


def target(pair: SchemaPair) -> Schema:
    """What applying the difference shall give."""
    moved = states(pair.before, renaming(pair.before, pair.renames))[-1]
    return with_names(pair.after, moved)


@given(schemas())
def test_a_schema_does_not_differ_from_itself(schema: Schema) -> None:
    named = with_names(schema, Schema())
    assert diff(named, schema) == ()
    assert diff(named, named) == ()


@given(schemas())
def test_a_schema_is_made_of_nothing_and_undone_to_nothing(schema: Schema) -> None:
    named = with_names(schema, Schema())
    assert states(Schema(), diff(Schema(), schema))[-1] == named
    assert states(named, diff(named, Schema()))[-1] == Schema()


def test_applying_a_difference_gives_the_other_schema_and_leaves_none() -> None:
    seen = Seen()

    @given(schema_pairs())
    def law(pair: SchemaPair) -> None:
        operations = diff(pair.before, pair.after, pair.renames)
        seen.note(operations)
        reached = states(pair.before, operations)[-1]
        assert reached == target(pair)
        assert diff(reached, pair.after) == ()

    law()
    assert seen.rare(set(WRITTEN_CLASSES) - set(NEVER_FOUND)) == []


@given(schema_pairs())
def test_the_order_given_does_not_matter(pair: SchemaPair) -> None:
    turned = diff(
        turned_around(pair.before),
        turned_around(pair.after),
        attrs.evolve(pair.renames, fields=reversed_items(pair.renames.fields)),
    )
    straight = diff(pair.before, pair.after, pair.renames)
    assert list(map(regardless_of_parts, turned)) == list(
        map(regardless_of_parts, straight)
    )


def turned_around(schema: Schema) -> Schema:
    """The same schema, everything but fields written in the opposite order."""
    return attrs.evolve(
        schema,
        tables=reversed_items({n: _turned(t) for n, t in schema.tables.items()}),
        enums=reversed_items(schema.enums),
        defaults=reversed_items(schema.defaults),
    )


def _turned(table: Table) -> Table:
    return attrs.evolve(
        table,
        indexes=reversed(table.indexes),
        uniques=reversed(table.uniques),
        checks=reversed(table.checks),
        foreign_keys=reversed(table.foreign_keys),
    )


def reversed_items(mapping: Mapping[K, V]) -> dict[K, V]:
    return dict(reversed(list(mapping.items())))


def regardless_of_parts(operation: Operation) -> object:
    """The operation; of a new table only what it will be."""
    return operation.table if isinstance(operation, ops.CreateTable) else operation


@given(schema_pairs())
def test_every_schema_on_the_way_is_whole(pair: SchemaPair) -> None:
    operations = diff(pair.before, pair.after, pair.renames)
    for state in states(pair.before, operations):
        assert list(torn(state)) == []


def torn(schema: Schema) -> Iterator[str]:
    """What of a schema speaks of something that is not there."""
    words = {name for chosen in schema.defaults.values() for name in chosen}
    for table in schema.tables.values():
        for field in table.fields:
            where = f"{table.name}.{field.name}"
            if isinstance(field.default, Symbol) and field.default.name not in words:
                yield f"{where} has no words for {field.default.name}"
            enum = enum_name(field.type)
            if enum is not None and enum not in schema.enums:
                yield f"{where} is of {enum}"
        for key in table.foreign_keys:
            if not carried(schema, table, key):
                yield f"{table.name}.{key.name} stands on nothing"


def carried(schema: Schema, table: Table, key: ForeignKey) -> bool:
    """Whether a foreign key refers to a key of a table, with fields of its types."""
    target_table = schema.table(key.table)
    keys = [set(u.fields) for u in target_table.uniques if not u.deferrable]
    if target_table.primary_key:
        keys.append(set(target_table.primary_key.fields))
    mine = [table.field(name).type for name in key.fields]
    theirs = [target_table.field(name).type for name in key.references]
    return set(key.references) in keys and (
        list(map(referencing_type, mine)) == list(map(referencing_type, theirs))
    )


@given(schema_pairs())
def test_every_step_of_a_difference_can_be_undone(pair: SchemaPair) -> None:
    operations = diff(pair.before, pair.after, pair.renames)
    trail = states(pair.before, operations)
    schema = trail.pop()
    for operation, before in zip(reversed(operations), reversed(trail), strict=True):
        schema = states(schema, operation.reverse(before))[-1]
        assert schema == before


def test_undoing_any_operation_restores_the_schema() -> None:
    seen = Seen()

    @given(trails())
    def law(trail: Trail) -> None:
        seen.note(trail.operations)
        before = trail.before
        for operation in trail.operations:
            after = operation.apply(before)
            try:
                undone = operation.reverse(before)
            except IrreversibleError:
                assert getattr(operation, "backward", "") is None
            else:
                assert states(after, undone)[-1] == before
            before = after

    law()
    assert seen.rare(WRITTEN_CLASSES) == []


@given(trails())
def test_undoing_an_undoing_does_it_again(trail: Trail) -> None:
    before = trail.before
    for operation in trail.operations:
        after = operation.apply(before)
        if getattr(operation, "backward", "") is not None:
            redone = after
            for undone in operation.reverse(before):
                redone = undone.apply(redone)
            assert operation.apply(redone) == after
        before = after


@given(trails())
def test_operations_speak_of_themselves_on_one_line(trail: Trail) -> None:
    before = trail.before
    for operation in trail.operations:
        assert operation.describe()
        assert "\n" not in operation.describe()
        assert operation.slug()
        assert operation.loses(before) != ""
        before = operation.apply(before)


@given(schema_pairs())
def test_written_renames_lead_to_the_same_schema(pair: SchemaPair) -> None:
    renames, _ = written_renames(pair.before, pair.after)
    written = attrs.evolve(pair, renames=renames)
    operations = diff(pair.before, pair.after, renames)
    assert states(pair.before, operations)[-1] == target(written)


@given(schema_pairs())
def test_hints_left_in_the_files_are_never_followed_again(pair: SchemaPair) -> None:
    renames, _ = written_renames(pair.before, pair.after)
    reached = target(attrs.evolve(pair, renames=renames))
    assert written_renames(reached, pair.after)[0] == Renames()


@given(schema_pairs())
def test_a_likely_rename_can_be_answered_with_yes(pair: SchemaPair) -> None:
    renames = pair.renames
    for candidate in rename_candidates(pair.before, pair.after, renames):
        renames = renames.merged(candidate.renames())
        assert 0 < candidate.likeness <= 1
    answered = attrs.evolve(pair, renames=renames)
    operations = diff(pair.before, pair.after, renames)
    assert states(pair.before, operations)[-1] == target(answered)


def test_the_profile_decides_how_many_examples_there_are() -> None:
    assert settings.default is not None
    assert settings.default.max_examples in (100, 2000)
