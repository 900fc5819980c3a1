"""Values for rows that exist: what an answer says, and whether a field can hold it."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from collections.abc import Callable

from mm_engine.model.schema import Schema
from mm_engine.model.types import (
    Array,
    BaseType,
    BigInt,
    Boolean,
    Char,
    Date,
    Decimal,
    Double,
    EnumOf,
    FieldType,
    Float,
    Integer,
    Json,
    Jsonb,
    SmallInt,
    Time,
    Timestamp,
    TimestampTZ,
    Uuid,
    Varchar,
)
from mm_engine.model.values import Expression, Literal
from mm_engine.operations.fields import OneOff

NONE = "none"
"""The answer that says: there is no such row."""

_EXPRESSION = "expr:"
_TEXT = "text:"

_READERS: dict[type[BaseType], tuple[Callable[[str], object], str]] = {
    **dict.fromkeys((SmallInt, Integer, BigInt), (int, "a whole number")),
    **dict.fromkeys((Float, Double), (float, "a number")),
    Decimal: (decimal.Decimal, "a decimal number"),
    Date: (dt.date.fromisoformat, "a date such as 2024-12-31"),
    Time: (dt.time.fromisoformat, "a time such as 13:45:00"),
    **dict.fromkeys(
        (Timestamp, TimestampTZ),
        (dt.datetime.fromisoformat, "a time such as 2024-12-31 13:45:00"),
    ),
    Uuid: (uuid.UUID, "a UUID"),
    **dict.fromkeys((Json, Jsonb), (json.loads, "a JSON document")),
}


def one_off(answer: str) -> OneOff | None:
    """What an answer means: SQL, a text, a value, or (None) that no row needs one.

    >>> one_off("expr:now()"), one_off("text:none"), one_off("12")
    (Expression(sql='now()'), Literal(text='none'), Literal(text='12'))
    """
    if answer == NONE:
        return None
    if answer.startswith(_EXPRESSION):
        return Expression(answer.removeprefix(_EXPRESSION).strip())
    return Literal(answer.removeprefix(_TEXT))


def value_problem(answer: str, type_: FieldType, schema: Schema) -> str | None:
    """Why a field of that type cannot hold the answer; None if it can.

    >>> from mm_engine.model.types import Varchar
    >>> value_problem("four", Integer(), Schema())
    '"four" is not a whole number'
    >>> value_problem("four", Varchar(3), Schema())
    '"four" is longer than 3 characters'
    """
    match one_off(answer):
        case None:
            return None
        case Expression(sql):
            return None if sql else "there is no SQL after expr:"
        case Literal(text):
            return _literal_problem(text, type_, schema)


def _literal_problem(text: str, type_: FieldType, schema: Schema) -> str | None:
    match type_:
        case Varchar() | Char() if len(text) > type_.length:
            return f'"{text}" is longer than {type_.length} characters'
        case Boolean() if text.lower() not in ("true", "false"):
            return f'"{text}" is neither true nor false'
        case EnumOf() if text not in (values := schema.enum(type_.name).values):
            return f'"{text}" is none of {", ".join(values)}'
        case Array():
            return None
        case _ if type(type_) in _READERS:
            return _unreadable(text, *_READERS[type(type_)])
        case _:
            return None


def _unreadable(text: str, read: Callable[[str], object], what: str) -> str | None:
    try:
        read(text)
    except (ValueError, ArithmeticError):
        return f'"{text}" is not {what}'
    return None
