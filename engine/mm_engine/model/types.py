"""Field types, one frozen class each: a ``Varchar`` without a length cannot exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

import attrs
from attrs import validators as v

from mm_engine.model.spelling import spelled


@attrs.frozen
class BaseType:
    """What every field type has: the word that YAML uses for it."""

    yaml_name: ClassVar[str]

    def __repr__(self) -> str:
        """The class and its numbers, for all types at once."""
        return spelled(self)


@attrs.frozen(repr=False)
class Varchar(BaseType):
    """Text of at most so many characters."""

    yaml_name: ClassVar[str] = "varchar"
    length: int = attrs.field(validator=v.gt(0))


@attrs.frozen(repr=False)
class Char(BaseType):
    """Text of exactly so many characters, padded by most databases."""

    yaml_name: ClassVar[str] = "char"
    length: int = attrs.field(validator=v.gt(0))


@attrs.frozen(repr=False)
class Text(BaseType):
    """Text without a limit; ``length`` is a hint that only MySQL and TiDB use."""

    yaml_name: ClassVar[str] = "text"
    length: int | None = attrs.field(
        default=None, kw_only=True, validator=v.optional(v.gt(0))
    )


@attrs.frozen(repr=False)
class SmallInt(BaseType):
    """A whole number of 16 bits."""

    yaml_name: ClassVar[str] = "smallint"


@attrs.frozen(repr=False)
class Integer(BaseType):
    """A whole number of 32 bits."""

    yaml_name: ClassVar[str] = "integer"


@attrs.frozen(repr=False)
class BigInt(BaseType):
    """A whole number of 64 bits."""

    yaml_name: ClassVar[str] = "bigint"


@attrs.frozen(repr=False)
class Serial(BaseType):
    """A whole number of 32 bits that the database counts up."""

    yaml_name: ClassVar[str] = "serial"


@attrs.frozen(repr=False)
class BigSerial(BaseType):
    """A whole number of 64 bits that the database counts up."""

    yaml_name: ClassVar[str] = "bigserial"


@attrs.frozen(repr=False)
class Float(BaseType):
    """A binary fraction of single precision."""

    yaml_name: ClassVar[str] = "float"


@attrs.frozen(repr=False)
class Double(BaseType):
    """A binary fraction of double precision."""

    yaml_name: ClassVar[str] = "double"


@attrs.frozen(repr=False)
class Decimal(BaseType):
    """An exact decimal fraction: digits in all, and digits after the point."""

    yaml_name: ClassVar[str] = "decimal"
    precision: int = attrs.field(validator=v.gt(0))
    scale: int = attrs.field(default=0, validator=v.ge(0))


@attrs.frozen(repr=False)
class Boolean(BaseType):
    """True or false."""

    yaml_name: ClassVar[str] = "boolean"


@attrs.frozen(repr=False)
class Date(BaseType):
    """A day."""

    yaml_name: ClassVar[str] = "date"


@attrs.frozen(repr=False)
class Time(BaseType):
    """A time of day, without a zone."""

    yaml_name: ClassVar[str] = "time"


@attrs.frozen(repr=False)
class Timestamp(BaseType):
    """A day and a time of day, without a zone."""

    yaml_name: ClassVar[str] = "timestamp"


@attrs.frozen(repr=False)
class TimestampTZ(BaseType):
    """A moment."""

    yaml_name: ClassVar[str] = "timestamptz"


@attrs.frozen(repr=False)
class Interval(BaseType):
    """A length of time."""

    yaml_name: ClassVar[str] = "interval"


@attrs.frozen(repr=False)
class Uuid(BaseType):
    """A universally unique identifier, RFC 9562."""

    yaml_name: ClassVar[str] = "uuid"


@attrs.frozen(repr=False)
class Json(BaseType):
    """A JSON document, kept as it was written where a database can."""

    yaml_name: ClassVar[str] = "json"


@attrs.frozen(repr=False)
class Jsonb(BaseType):
    """A JSON document, kept in the form the database queries best."""

    yaml_name: ClassVar[str] = "jsonb"


@attrs.frozen(repr=False)
class Bytes(BaseType):
    """Bytes, without a limit."""

    yaml_name: ClassVar[str] = "bytes"


@attrs.frozen(repr=False)
class EnumOf(BaseType):
    """One of the values of a named enum of the schema."""

    yaml_name: ClassVar[str] = "enum"
    name: str


@attrs.frozen(repr=False)
class Array(BaseType):
    """Any number of values of one type, in order."""

    yaml_name: ClassVar[str] = "array"
    of: FieldType


def _texts(types: Mapping[str, str]) -> dict[str, str]:
    return dict(types)


@attrs.frozen(repr=False)
class Native(BaseType):
    """A type in a database's own words, and a neutral one everywhere else.

    A database that is neither named nor covered by ``otherwise`` refuses the field.
    """

    yaml_name: ClassVar[str] = "native"
    types: Mapping[str, str] = attrs.field(converter=_texts)
    otherwise: FieldType | None = attrs.field(default=None, kw_only=True)


FieldType: TypeAlias = (
    Varchar
    | Char
    | Text
    | SmallInt
    | Integer
    | BigInt
    | Serial
    | BigSerial
    | Float
    | Double
    | Decimal
    | Boolean
    | Date
    | Time
    | Timestamp
    | TimestampTZ
    | Interval
    | Uuid
    | Json
    | Jsonb
    | Bytes
    | EnumOf
    | Array
    | Native
)

SIMPLE_TYPES: tuple[type[BaseType], ...] = (
    Text,
    SmallInt,
    Integer,
    BigInt,
    Serial,
    BigSerial,
    Float,
    Double,
    Boolean,
    Date,
    Time,
    Timestamp,
    TimestampTZ,
    Interval,
    Uuid,
    Json,
    Jsonb,
    Bytes,
)
"""Types that need no argument."""

_INTEGERS = (SmallInt, Integer, BigInt)
_WHOLE_DIGITS = {SmallInt: 5, Integer: 10, BigInt: 19}


def referencing_type(key: FieldType) -> FieldType:
    """The type of a field that refers to a key of this type.

    >>> referencing_type(Serial())
    Integer()
    """
    match key:
        case Serial():
            return Integer()
        case BigSerial():
            return BigInt()
        case _:
            return key


def narrows(old: FieldType, new: FieldType) -> bool:
    """Whether a value of the old type may not fit, or not mean the same, in the new.

    >>> narrows(Varchar(20), Varchar(10)), narrows(Integer(), BigInt())
    (True, False)
    """
    old, new = referencing_type(old), referencing_type(new)
    if old == new:
        return False
    match old, new:
        case (
            Varchar(length=length) | Char(length=length) | Text(length=length),
            Varchar(length=limit) | Text(length=limit),
        ):
            return limit is not None and (length is None or length > limit)
        case (_, Text(length=None)):
            return isinstance(old, Bytes)
        case (Decimal(precision=p, scale=s), Decimal(precision=new_p, scale=new_s)):
            return s > new_s or p - s > new_p - new_s
        case (SmallInt() | Integer() | BigInt(), SmallInt() | Integer() | BigInt()):
            return _INTEGERS.index(type(old)) > _INTEGERS.index(type(new))
        case (SmallInt() | Integer() | BigInt(), Decimal(precision, scale)):
            return _WHOLE_DIGITS[type(old)] > precision - scale
        case (Float(), Double()) | (Json(), Jsonb()) | (SmallInt(), Float()):
            return False
        case (SmallInt() | Integer(), Double()) | (Date(), Timestamp()):
            return False
        case (Array(of=item), Array(of=new_item)):
            return narrows(item, new_item)
        case _:
            return True


_EMPTY: dict[type[BaseType], str] = {
    Varchar: "",
    Char: "",
    Text: "",
    Bytes: "",
    **dict.fromkeys((SmallInt, Integer, BigInt, Float, Double, Decimal), "0"),
    Boolean: "false",
    Date: "1970-01-01",
    Time: "00:00:00",
    Timestamp: "1970-01-01 00:00:00",
    TimestampTZ: "1970-01-01 00:00:00+00:00",
    Uuid: "00000000-0000-0000-0000-000000000000",
    Json: "{}",
    Jsonb: "{}",
}


def empty_text(type_: FieldType) -> str | None:
    """What a literal of this type looks like when it holds nothing, if that exists.

    >>> empty_text(Integer()), empty_text(Interval())
    ('0', None)
    """
    return _EMPTY.get(type(type_))
