"""What a default is: a symbol, a value, or SQL, decided once for every database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

from mm_engine.errors import Position, nearest
from mm_engine.model.literals import literal_hint, literal_text
from mm_engine.model.objects import Enum
from mm_engine.model.schema import PerDatabase
from mm_engine.model.symbols import BUILT_IN_DEFAULTS, BUILT_IN_SYMBOLS
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
from mm_engine.model.values import Default, Expression, Literal, Symbol
from mm_engine.schemafile.kinds import DEFAULT_TAGS, has_plain_tag, plain_text
from mm_engine.schemafile.nodes import ListNode, MapNode, Node, TextNode, described
from mm_engine.schemafile.report import Report

_TEXTS = (Varchar, Char, Text, EnumOf)
_NUMBERS = (SmallInt, Integer, BigInt, Float, Double, Decimal)
_MOMENTS = (Timestamp, TimestampTZ)
_DOCUMENTS = (Json, Jsonb)

_SUITED: Mapping[str, tuple[type[FieldType], ...]] = {
    "now": (*_MOMENTS, Date, Time),
    "today": (Date, *_MOMENTS),
    "current_time": (Time,),
    "new_uuid": (Uuid,),
    "zero": _NUMBERS,
    "true": (Boolean,),
    "false": (Boolean,),
    "blank": (Bytes,),
    "array": (*_DOCUMENTS, Array),
    "object": _DOCUMENTS,
}
"""The types that a built-in symbol is a default of; ``null`` is one of all."""

_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_CALL = re.compile(r"[A-Za-z_][\w.]*\s?\([^()]*(?:\(.*\)[^()]*)?\)", re.DOTALL)
_SQL_WORD = re.compile(
    r"(?:current|local|session|system)_?(?:date|time|timestamp|user|role)"
    r"|utc_(?:date|time|timestamp)|sysdate|null",
    re.IGNORECASE,
)


@attrs.frozen
class Vocabulary:
    """The names that defaults can mean: symbols the file declares, and enums."""

    symbols: tuple[str, ...]
    enums: Mapping[str, Enum]


def default_of(
    node: Node, type_: FieldType, words: Vocabulary, report: Report
) -> Default | None:
    """The default of a field of this type; None for none, or for what is no good."""
    match node:
        case TextNode(tag=str(tag)) if tag in DEFAULT_TAGS:
            value = attrs.evolve(node, tag=None)
            return _told(tag, value, type_, words, report)
        case TextNode():
            if node.tag is not None and not has_plain_tag(node, report):
                return None
            text = plain_text("a default", node, report)
            if not text or node.is_nothing:
                return None
            return decided(text, type_, words, report, node.at)
        case MapNode(children=[TextNode(text=form), value]) if _is_form(form):
            return _told(f"!{form}", value, type_, words, report)
        case MapNode(children=[]) if isinstance(type_, (*_DOCUMENTS, Array)):
            return Literal("{}")
        case ListNode(items=[]) if isinstance(type_, (*_DOCUMENTS, Array)):
            return Literal("[]")
        case _:
            hint = literal_hint(type_) if isinstance(type_, _DOCUMENTS) else None
            report.problem(
                f"expected a default (a text), found {described(node)}", node.at, hint
            )
            return None


def _is_form(key: str) -> bool:
    return f"!{key}" in DEFAULT_TAGS


def _told(
    tag: str, value: Node, type_: FieldType, words: Vocabulary, report: Report
) -> Default | None:
    """A default of which the file says itself what it is."""
    text = plain_text("a default", value, report)
    if text is None:
        return None
    match tag:
        case "!symbol":
            if text in words.symbols or text in BUILT_IN_SYMBOLS:
                return Symbol(text)
            hint = nearest(text, (*words.symbols, *BUILT_IN_SYMBOLS))
            report.problem(f'no default is called "{text}"', value.at, hint)
        case "!expression":
            if text.strip():
                return Expression(text)
            report.problem("an expression is empty", value.at)
        case _:
            literal = literal_text(text, type_, words.enums)
            if literal is not None:
                return Literal(literal)
            _refuse(text, type_, words, report, value.at)
    return None


def decided(
    text: str,
    type_: FieldType,
    words: Vocabulary,
    report: Report,
    at: Position | None = None,
) -> Default | None:
    """What a text means as a default of this type, where nothing else is said."""
    if isinstance(type_, Serial | BigSerial):
        report.problem("a serial counts by itself and takes no default", at)
        return None
    if text in words.symbols:
        return Symbol(text)
    plain = neutral(type_)
    if isinstance(plain, _TEXTS):
        return _text_literal(text, plain, words, report, at)
    found = _literal(text, plain, words) or _symbol(text, plain) or _sql(text)
    if found is None and is_open(plain) and text not in BUILT_IN_SYMBOLS:
        value = literal_text(text, plain)
        found = None if value is None else Literal(value)
    if found is None:
        _refuse(text, plain, words, report, at)
    return found


def neutral(type_: FieldType) -> FieldType:
    """The type without the words of databases, where there is such a one."""
    while isinstance(type_, Native) and type_.otherwise is not None:
        type_ = type_.otherwise
    return type_


def is_open(type_: FieldType) -> bool:
    """Whether values of the type cannot be told from SQL by their looks."""
    return isinstance(type_, Bytes | Interval | Native)


def _text_literal(
    text: str,
    type_: FieldType,
    words: Vocabulary,
    report: Report,
    at: Position | None,
) -> Literal | None:
    quoted = _QUOTED.fullmatch(text)
    value = quoted[1].replace("''", "'") if quoted else text
    if literal_text(value, type_, words.enums) is None:
        _refuse(value, type_, words, report, at)
        return None
    if not quoted and (_CALL.fullmatch(text) or _SQL_WORD.fullmatch(text)):
        report.finding(
            f'the default "{text}" is taken as a text', at, "write !expression for SQL"
        )
    return Literal(value)


def _literal(text: str, type_: FieldType, words: Vocabulary) -> Literal | None:
    """A value that can be nothing else, or one in the quotes of SQL."""
    quoted = _QUOTED.fullmatch(text)
    if is_open(type_) and quoted is None:
        return None
    candidates = [quoted[1].replace("''", "'")] if quoted else []
    for candidate in (text, *candidates) if not is_open(type_) else candidates:
        value = literal_text(candidate, type_, words.enums)
        if value is not None:
            return Literal(value)
    return None


def _symbol(text: str, type_: FieldType) -> Symbol | None:
    if text not in BUILT_IN_SYMBOLS:
        return None
    suited = _SUITED.get(text)
    if suited is None or isinstance(type_, (*suited, Native)):
        return Symbol(text)
    return None


def _sql(text: str) -> Expression | None:
    """What the original took for SQL as well: a call, a cast, quotes, known words."""
    is_sql = "(" in text or "::" in text or "'" in text or _SQL_WORD.fullmatch(text)
    return Expression(text) if is_sql else None


def _refuse(
    text: str,
    type_: FieldType,
    words: Vocabulary,
    report: Report,
    at: Position | None,
) -> None:
    suited = [name for name in BUILT_IN_SYMBOLS if _symbol(name, type_) is not None]
    hint = nearest(text, (*words.symbols, *suited))
    if hint is None:
        hint = f"it takes {literal_hint(type_, words.enums)}"
        if not isinstance(type_, _TEXTS):
            hint += "; SQL is written as !expression"
    report.problem(f'"{text}" is no default of the type {type_.yaml_name}', at, hint)


def with_used_symbols(defaults: PerDatabase, used: Iterable[str]) -> PerDatabase:
    """The defaults with every used built-in symbol, for all databases that have one.

    What the file says itself wins.
    """
    names = tuple(dict.fromkeys(name for name in used if name in BUILT_IN_SYMBOLS))
    databases = dict.fromkeys((*BUILT_IN_DEFAULTS, *defaults))
    return {
        database: {**_built_in(database, names), **defaults.get(database, {})}
        for database in databases
    }


def _built_in(database: str, names: Iterable[str]) -> dict[str, str]:
    words = BUILT_IN_DEFAULTS.get(database, {})
    return {name: words[name] for name in names if name in words}
