"""Operations of every class that fit a schema, and migrations made of them."""

from __future__ import annotations

import attrs
from hypothesis import strategies as st

from mm_engine.migrations.migration import Migration
from mm_engine.model.naming import with_names
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from mm_engine.operations.base import BaseOperation
from strategies.choice import Choice, Draw
from strategies.makers import WRITTEN_CLASSES, an_operation
from strategies.schemas import a_schema, some_values


@attrs.frozen
class Situation:
    """An operation, and a schema that it fits."""

    before: Schema
    operation: Operation


@st.composite
def situations(draw: Draw) -> Situation:
    """Any operation a file can hold, flags and all, with a schema that it fits."""
    choice = Choice(draw)
    cls = choice.of(WRITTEN_CLASSES)
    before = _prepared(choice)
    return Situation(before, an_operation(choice, before, first=cls))


@attrs.frozen
class Trail:
    """Operations that fit one after the other, and the schema before the first."""

    before: Schema
    operations: tuple[Operation, ...]


@st.composite
def trails(draw: Draw, *, least: int = 3, most: int = 4) -> Trail:
    """Operations of any classes a file can hold, some of each."""
    choice = Choice(draw)
    before = schema = _prepared(choice)
    made: list[Operation] = []
    for _ in range(choice.number(least, most)):
        made.append(an_operation(choice, schema))
        schema = made[-1].apply(schema)
    return Trail(before, tuple(made))


@st.composite
def situations_of(draw: Draw, cls: type[BaseOperation]) -> Situation:
    """An operation of that class, with a schema that it fits."""
    choice = Choice(draw)
    before = _prepared(choice)
    return Situation(before, an_operation(choice, before, first=cls))


@st.composite
def operations(draw: Draw, schema: Schema) -> Operation:
    """Any operation a file can hold that fits the schema."""
    return an_operation(Choice(draw), schema)


@st.composite
def migrations(draw: Draw, *, most: int = 5, python: bool = True) -> Migration:
    """A migration of operations that fit one after the other.

    Without ``python`` there is no ``RunPython`` in it, which has no text of its own.
    """
    choice = Choice(draw)
    before = _prepared(choice) if choice.chance(70) else Schema()
    made: list[Operation] = []
    for _ in range(choice.number(0, most)):
        operation = an_operation(choice, before, python=python)
        before = operation.apply(before)
        made.append(operation)
    return Migration(
        name=f"{choice.number(1, 9999):04}_{choice.draw(_SLUGS)}",
        dependencies=[f"{n:04}_before" for n in range(choice.number(0, 2))],
        operations=made,
        replaces=[f"{n:04}_squashed" for n in range(choice.of((0, 0, 0, 2)))],
    )


_SLUGS = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)


def _prepared(choice: Choice) -> Schema:
    schema = a_schema(choice).with_enum(Enum("spare enum", some_values(choice)))
    return with_names(schema, Schema())
