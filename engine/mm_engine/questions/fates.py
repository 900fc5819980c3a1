"""What can become of an operation that loses something."""

from __future__ import annotations

import attrs

from mm_engine.operations import Operation
from mm_engine.questions.question import Choice

GENERATE = Choice("generate", "do it when the migration is applied")
REVIEW = Choice("review", "write it; up refuses until somebody has looked at it")
OMIT = Choice("omit", "leave the database as it is and only remember the change")
IGNORE_ERRORS = Choice(
    "ignore-errors", "do it; what is already as it shall be is no error"
)

FATES = (GENERATE, REVIEW, OMIT, IGNORE_ERRORS)
"""Every choice that there is."""


def fate_of(operation: Operation) -> Choice:
    """The choice that the keywords of an operation come from."""
    if operation.review is not None:
        return REVIEW
    if operation.schema_only:
        return OMIT
    return IGNORE_ERRORS if operation.if_present else GENERATE


def fated(operation: Operation, word: str, loss: str) -> Operation:
    """The operation with the keyword that a choice comes to."""
    match word:
        case REVIEW.word:
            return attrs.evolve(operation, review=f"loses {loss}")
        case OMIT.word:
            return attrs.evolve(operation, schema_only=True)
        case IGNORE_ERRORS.word:
            return attrs.evolve(operation, if_present=True)
        case _:
            return operation


def without_fate(operation: Operation) -> Operation:
    """The operation as it is before anything was chosen."""
    return attrs.evolve(operation, review=None, schema_only=False, if_present=False)
