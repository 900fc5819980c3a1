"""Field types in the words of YAML."""

from __future__ import annotations

from typing import assert_never

from mm_engine.model.types import (
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytes,
    Char,
    Date,
    Decimal,
    Double,
    EnumOf,
    FieldType,
    Float,
    Integer,
    Interval,
    Json,
    Jsonb,
    Native,
    Serial,
    SmallInt,
    Text,
    Time,
    Timestamp,
    TimestampTZ,
    Uuid,
    Varchar,
)
from mm_engine.schemafile.layout import Inline, Value


def type_words(type_: FieldType) -> dict[str, Value]:
    """The keys that tell a type.

    >>> type_words(Array(Varchar(20)))
    {'type': 'varchar[]', 'length': 20}
    """
    word: Value = type_.yaml_name
    match type_:
        case Varchar() | Char():
            return {"type": word, "length": type_.length}
        case Text():
            length: dict[str, Value] = (
                {} if type_.length is None else {"length": type_.length}
            )
            return {"type": word, **length}
        case Decimal():
            scale: dict[str, Value] = {"scale": type_.scale} if type_.scale else {}
            return {"type": word, "precision": type_.precision, **scale}
        case EnumOf():
            return {"type": word, "enum": type_.name}
        case Array():
            return _array_words(type_)
        case Native():
            otherwise = {} if type_.otherwise is None else type_words(type_.otherwise)
            return {**otherwise, "native": dict(type_.types)}
        case (
            SmallInt()
            | Integer()
            | BigInt()
            | Serial()
            | BigSerial()
            | Float()
            | Double()
            | Boolean()
            | Date()
            | Time()
            | Timestamp()
            | TimestampTZ()
            | Interval()
            | Uuid()
            | Json()
            | Jsonb()
            | Bytes()
        ):
            return {"type": word}
        case _:
            assert_never(type_)


def _array_words(type_: Array) -> dict[str, Value]:
    """``integer[]``, unless the type of the elements needs a block of its own."""
    words = type_words(type_.of)
    element = words.get("type")
    if isinstance(element, str) and element != "array" and "native" not in words:
        return {**words, "type": f"{element}[]"}
    return {"type": "array", "of": Inline(words)}
