"""Values for rows that exist: what an answer says, and whether a field can hold it."""

from __future__ import annotations

from mm_engine.model.literals import literal_hint, literal_text
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.types import BigSerial, FieldType, Serial
from mm_engine.model.values import Expression, Literal, Symbol
from mm_engine.operations.fields import AddField, AlterField, OneOff

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


def answer_of(value: OneOff | None) -> str:
    """The answer that means a value.

    >>> answer_of(Literal("none")), answer_of(Expression("now()")), answer_of(None)
    ('text:none', 'expr:now()', 'none')
    """
    match value:
        case None:
            return NONE
        case Expression(sql):
            return f"{_EXPRESSION}{sql}"
        case Literal(text):
            return answer_of_text(text)


def answer_of_text(text: str) -> str:
    """The answer that means a text, though it may look like something else."""
    is_special = text == NONE or text.startswith((_EXPRESSION, _TEXT))
    return f"{_TEXT}{text}" if is_special else text


def wants_value(operation: AddField | AlterField, before: Schema) -> bool:
    """Whether rows that exist need a value that only the user knows.

    A symbol says nothing about rows that are there: the database gives it to new ones.
    """
    match operation:
        case AddField(field=field):
            return not (field.nullable or _fills_itself(field))
        case AlterField(field=field):
            return becomes_stricter(operation, before) and isinstance(
                field.default, Symbol | None
            )


def becomes_stricter(operation: AlterField, before: Schema) -> bool:
    """Whether the field was allowed to be empty and is not any more."""
    old = before.table(operation.table).field(operation.field.name)
    return old.nullable and not operation.field.nullable


def _fills_itself(field: Field) -> bool:
    counted = isinstance(field.type, Serial | BigSerial)
    return field.default is not None or field.auto_create or counted


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
