"""What was decided before about the like of an operation, as answers."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from mm_engine.model.schema import Schema
from mm_engine.operations import AddField, AlterEnum, AlterField, Operation
from mm_engine.questions.fates import fate_of
from mm_engine.questions.values import NONE, answer_of, answer_of_text, wants_value

_DECISIONS = ("schema_only", "if_present", "review", "one_off", "convert", "replaced")
"""The attributes of operations in which answers end up."""


@attrs.frozen
class Earlier:
    """An operation of a migration that is made again; None for one that is new.

    It answers a question only if the same was asked before: a loss must be the same
    loss, and a value must have been asked for.
    """

    known: Operation | None = None

    def again(self, operation: Operation) -> Operation:
        """The operation with what was decided about it and needs no question.

        A conversion holds as long as its type does.
        """
        if self.known is None:
            return operation
        same = _with_decisions(operation, self.known)
        if same == self.known:
            return same
        match self.known, operation:
            case AlterField(), AlterField() if self._is_same_loss(operation):
                return attrs.evolve(operation, convert=self.known.convert)
            case _:
                return operation

    def fate(self, operation: Operation) -> str | None:
        """What should become of it, if it lost the same."""
        if self.known is None or not self._is_same_loss(operation):
            return None
        return fate_of(self.known).word

    def is_same(self, operation: Operation) -> bool:
        """Whether it is the operation as it was decided, keywords and all."""
        return operation == self.known

    def _is_same_loss(self, operation: Operation) -> bool:
        match self.known, operation:
            case AlterField(), AlterField():
                return self.known.field.type == operation.field.type
            case None, _:
                return False
            case _:
                return _with_decisions(operation, self.known) == self.known

    def value(self, before: Schema) -> str | None:
        """What rows that exist should get, if that was asked."""
        match self.known:
            case AddField() | AlterField() if not self.known.schema_only:
                asked = wants_value(self.known, before)
                return answer_of(self.known.one_off) if asked else None
            case _:
                return None

    def replacement(self, value: str, before: Schema) -> str | None:
        """What rows should get that have a value which goes from an enum."""
        match self.known:
            case AlterEnum(schema_only=False) if value in self.known.gone(before):
                found = self.known.replaced.get(value)
                return NONE if found is None else answer_of_text(found)
            case _:
                return None


def _with_decisions(operation: Operation, known: Operation) -> Operation:
    decisions = {
        name: getattr(known, name) for name in _DECISIONS if hasattr(known, name)
    }
    return attrs.evolve(operation, **decisions)


def by_kind(settled: Iterable[Operation]) -> dict[object, Operation]:
    """Operations that were decided, by what ``kind`` says of them."""
    return {kind(operation): operation for operation in settled}


def kind(operation: Operation) -> object:
    """What two operations have in common that are about the same."""
    return type(operation), operation.subject()
