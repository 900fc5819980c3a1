"""Values for rows that exist: what an answer says, and whether a field can hold it."""

from __future__ import annotations

from mm_engine.model.literals import literal_hint, literal_text
from mm_engine.model.schema import Schema
from mm_engine.model.types import FieldType
from mm_engine.model.values import Expression, Literal
from mm_engine.operations.fields import OneOff

NONE = "none"
"""The answer that says: there is no such row."""

_EXPRESSION = "expr:"
_TEXT = "text:"


def one_off(answer: str, type_: FieldType, schema: Schema) -> OneOff | None:
    """What an answer means: SQL, a value, or (None) that no row needs one.

    >>> from mm_engine.model.types import Boolean, Text
    >>> one_off("expr:now()", Text(), Schema()), one_off("text:none", Text(), Schema())
    (Expression(sql='now()'), Literal(text='none'))
    >>> one_off("yes", Boolean(), Schema())
    Literal(text='true')
    """
    if answer == NONE:
        return None
    if answer.startswith(_EXPRESSION):
        return Expression(answer.removeprefix(_EXPRESSION).strip())
    text = answer.removeprefix(_TEXT)
    return Literal(literal_text(text, type_, schema.enums) or text)


def value_problem(answer: str, type_: FieldType, schema: Schema) -> str | None:
    """Why a field of that type cannot hold the answer; None if it can.

    >>> from mm_engine.model.types import Date, Varchar
    >>> value_problem("today", Date(), Schema())
    '"today" does not fit; wanted is a day as in 2024-12-31'
    >>> value_problem("four", Varchar(3), Schema())
    '"four" does not fit; wanted is at most 3 characters'
    """
    match one_off(answer, type_, schema):
        case None:
            return None
        case Expression(sql):
            return None if sql else "there is no SQL after expr:"
        case Literal(text):
            if literal_text(text, type_, schema.enums) is not None:
                return None
            wanted = literal_hint(type_, schema.enums)
            return f'"{text}" does not fit; wanted is {wanted}'
