"""What every operation can do: apply, reverse, and speak of itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, TypedDict, TypeVar

import attrs

from mm_engine.errors import Position
from mm_engine.model.schema import Schema
from mm_engine.model.spelling import spelled

if TYPE_CHECKING:
    from mm_engine.operations import Operation


Part = TypeVar("Part")


class Subject(NamedTuple):
    """What an operation is about: a table, and a part of it or another object."""

    table: str | None
    name: str | None


class Flags(TypedDict):
    """The keywords that an operation hands on to its reverse."""

    schema_only: bool
    if_present: bool


@attrs.frozen(kw_only=True)
class BaseOperation:
    """The keywords every operation takes.

    ``schema_only`` changes what we believe without touching the database.
    ``if_present`` lets a drop find nothing to drop, and an addition find it done.
    ``review`` says what a person has to look at before ``up`` runs it; it has no part
    in the digest.
    """

    schema_only: bool = False
    if_present: bool = False
    review: str | None = None
    at: Position | None = attrs.field(default=None, eq=False, repr=False)

    def __repr__(self) -> str:
        """The class and its attributes, for all operations at once."""
        return spelled(self)

    def flags(self) -> Flags:
        """What the reverse of this operation has in common with it."""
        return Flags(schema_only=self.schema_only, if_present=self.if_present)

    @abstractmethod
    def apply(self, schema: Schema) -> Schema:
        """The schema after this operation; raises ``StateError`` if it does not fit."""

    @abstractmethod
    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """The operations that undo this one, given the schema just before it.

        Raises ``IrreversibleError`` if nothing can.
        """

    @abstractmethod
    def describe(self) -> str:
        """A phrase for people: ``add posts.title``."""

    @abstractmethod
    def slug(self) -> str:
        """The phrase as a part of a file name: ``add_posts_title``."""

    @abstractmethod
    def subject(self) -> Subject:
        """The table and the name it is about, for machines."""

    def stands_alone(self, before: Schema) -> bool:
        """Whether no transaction may hold it, so that its migration has nothing else.

        Told of every database at once, since all have the same files.
        """
        del before
        return False

    def loses(self, before: Schema) -> str | None:
        """What goes for ever with this operation, in words; None if nothing does.

        The one notion of *destructive*: questions, plans and findings all ask here.
        """
        del before
        return None


def exchanged(parts: Iterable[Part], old: Part, new: Part) -> tuple[Part, ...]:
    """The parts of a table, with a new one in the place of an old one."""
    return tuple(new if part is old else part for part in parts)
