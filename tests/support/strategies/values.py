"""Types, the values that fit them, and words of symbols."""

from __future__ import annotations

from collections.abc import Iterable

from mm_engine.model import types as t
from mm_engine.model.databases import DATABASES
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.values import Default, Expression, Literal, Symbol
from strategies.choice import Choice

SAID = (
    *(
        "",
        "plain",
        "it's",
        'say "so"',
        "100% :x %s ?",
        "back\\slash",
        "a;b--c",
        "日本😀",
    ),
    *("true", "null", "~", " space ", "two\nlines", "{x}", "# no comment", "007"),
)
"""Texts of comments and literals: quotes, parameters, YAML's traps."""

OWN_SYMBOLS = {"usd": "'USD'", "answer": "42", "two words": "'two words'"}
WORDS: dict[str, dict[str, str]] = {
    **{name: dict.fromkeys(DATABASES, sql) for name, sql in OWN_SYMBOLS.items()},
    **{
        name: {
            database: words[name]
            for database, words in BUILT_IN_DEFAULTS.items()
            if name in words
        }
        for name in BUILT_IN_DEFAULTS[DATABASES[0]]
    },
}
"""Symbol, database, SQL."""

PLAIN_TYPES: tuple[t.FieldType, ...] = (
    *(t.Integer(), t.Varchar(40), t.Text(), t.Boolean(), t.Timestamp(), t.Uuid()),
    *(t.BigInt(), t.SmallInt(), t.Decimal(10, 2), t.Float(), t.Double(), t.Date()),
    *(t.Time(), t.TimestampTZ(), t.Interval(), t.Json(), t.Jsonb(), t.Bytes()),
    *(t.Char(8), t.Varchar(20), t.Decimal(8), t.Text(length=500)),
)
KEY_TYPES: tuple[t.FieldType, ...] = (
    *(t.Integer(), t.BigInt(), t.Serial(), t.Uuid(), t.Varchar(40), t.BigSerial()),
    *(t.SmallInt(), t.Date(), t.Char(8)),
)
NATIVE_TYPES: tuple[t.FieldType, ...] = (
    t.Native({"postgresql": "tsvector"}, otherwise=t.Text()),
    t.Native({"postgresql": "inet", "mysql": "varchar(39)"}, otherwise=t.Varchar(40)),
)

_TEXTS = (t.Varchar, t.Char, t.Text)
_WHOLE = (t.SmallInt, t.Integer, t.BigInt)
_SYMBOLS: dict[type[t.BaseType], tuple[str, ...]] = {
    **dict.fromkeys(_TEXTS, ("usd", "two words", "blank")),
    **dict.fromkeys(_WHOLE, ("zero", "answer")),
    t.Boolean: ("true", "false"),
    t.Timestamp: ("now",),
    t.TimestampTZ: ("now",),
    t.Date: ("today",),
    t.Time: ("current_time",),
    t.Uuid: ("new_uuid",),
    t.Json: ("object", "array"),
    t.Jsonb: ("object", "array"),
}
_LITERALS: dict[type[t.BaseType], tuple[str, ...]] = {
    **dict.fromkeys(_TEXTS, SAID),
    **dict.fromkeys(_WHOLE, ("0", "7", "-3")),
    t.Float: ("1.5", "0", "-2"),
    t.Double: ("1.5", "0", "-2"),
    t.Decimal: ("1.50", "0", "-2"),
    t.Boolean: ("true", "false"),
    t.Date: ("2024-02-29",),
    t.Time: ("12:30:00",),
    t.Timestamp: ("2024-02-29 12:30:00",),
    t.TimestampTZ: ("2024-02-29 12:30:00+00:00",),
    t.Uuid: ("00000000-0000-4000-8000-000000000001",),
    t.Json: ('{"a": [1, "it\'s"]}', "[]"),
    t.Jsonb: ('{"a": [1, "it\'s"]}', "[]"),
}
_EXPRESSIONS: dict[type[t.BaseType], str] = {
    **dict.fromkeys(_TEXTS, "(lower('X'))"),
    **dict.fromkeys(_WHOLE, "(1 + 1)"),
    t.Decimal: "(1 + 1)",
    t.Timestamp: "CURRENT_TIMESTAMP",
    t.Date: "CURRENT_DATE",
}


def a_type(choice: Choice, enums: tuple[str, ...]) -> t.FieldType:
    """A type for a field that is in no key."""
    kind = choice.number(0, 99)
    if kind < 80:
        return choice.of(PLAIN_TYPES)
    if kind < 84:
        return t.Array(choice.of(PLAIN_TYPES))
    if kind < 88:
        return choice.of(NATIVE_TYPES)
    if not enums:
        return t.Varchar(choice.number(1, 300))
    enum = t.EnumOf(choice.of(enums))
    return t.Array(enum) if kind > 97 else enum


def a_default(choice: Choice, type_: t.FieldType) -> Default | None:
    """A default that a field of this type can have."""
    made: list[Default] = [
        *(Symbol(name) for name in _SYMBOLS.get(type(type_), ())),
        *(Literal(_cut(text, type_)) for text in _LITERALS.get(type(type_), ())),
    ]
    if expression := _EXPRESSIONS.get(type(type_)):
        made.append(Expression(expression))
    return choice.of(made) if made else None


def _cut(text: str, type_: t.FieldType) -> str:
    match type_:
        case t.Varchar(length=length) | t.Char(length=length):
            return text[:length]
        case t.Decimal(scale=0):
            return text.partition(".")[0]
        case _:
            return text


def words_of(symbols: Iterable[str]) -> dict[str, dict[str, str]]:
    """What each database calls these symbols."""
    used = sorted(set(symbols))
    return {
        database: {
            name: WORDS[name][database] for name in used if database in WORDS[name]
        }
        for database in DATABASES
    }
