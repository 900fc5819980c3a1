"""Field types from the words and numbers by which a file tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from mm_engine.errors import nearest
from mm_engine.model.databases import DATABASES
from mm_engine.model.types import (
    SIMPLE_TYPES,
    Array,
    Char,
    Decimal,
    EnumOf,
    FieldType,
    Native,
    Text,
    Varchar,
)
from mm_engine.schemafile.nodes import TextNode
from mm_engine.schemafile.report import Report
from mm_engine.schemafile.written import WrittenType

FOREIGN_KEY = "foreign_key"
MANY_TO_MANY = "many_to_many"

SPELLINGS: Mapping[str, str] = {"biginteger": "bigint", "smallinteger": "smallint"}
"""Names that the original's guides promised, and what they are called here."""

_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    Text.yaml_name: ("length",),
    Varchar.yaml_name: ("length",),
    Char.yaml_name: ("length",),
    Decimal.yaml_name: ("precision", "scale"),
    EnumOf.yaml_name: ("enum",),
    Array.yaml_name: ("of",),
}
_ALL_ARGUMENTS = ("length", "precision", "scale", "enum", "of")
_SIMPLE: Mapping[str, FieldType] = {
    type_.yaml_name: type_()  # type: ignore[misc]  # none of them is the base
    for type_ in SIMPLE_TYPES
}
TYPE_NAMES = (
    *_SIMPLE,
    *(name for name in _ARGUMENTS if name not in _SIMPLE),
    *(Native.yaml_name, FOREIGN_KEY, MANY_TO_MANY),
)
"""Every word that a type may be called by; ``[]`` behind it makes an array of it."""

_ELSEWHERE: Mapping[str, str] = {
    "string": 'write "varchar" with a length, or "text"',
    "str": 'write "varchar" with a length, or "text"',
    "int": 'write "integer"',
    "bool": 'write "boolean"',
    "datetime": 'write "timestamp"',
    "real": 'write "float"',
    "numeric": 'write "decimal" with a precision',
    "number": 'write "integer" or "decimal"',
    "money": 'write "decimal", or "native" with the words of each database',
    "blob": 'write "bytes"',
    "binary": 'write "bytes"',
}

UNKNOWN = Native({DATABASES[0]: "unknown"})
"""What a field has whose type was no good: nothing more can be wrong with it."""


@lru_cache(maxsize=256)
def plain_name(text: str) -> str:
    """A type's name in its one spelling.

    >>> plain_name("BigInteger")
    'bigint'
    """
    name = text.strip().lower()
    return SPELLINGS.get(name, name)


def field_type(
    written: WrittenType, report: Report, enums: Mapping[str, object]
) -> FieldType:
    """The type; ``UNKNOWN`` where it cannot be made out."""
    if written.type is None:
        return _untyped(written, report)
    name, depth = _name_and_depth(written.type.text)
    if name == Native.yaml_name and written.native is not None and not depth:
        return Native(written.native)
    type_ = _neutral(name, written, written.type, report, enums)
    for _ in range(depth):
        type_ = Array(type_)
    if written.native is not None:
        return Native(written.native, otherwise=type_)
    return type_


def _untyped(written: WrittenType, report: Report) -> FieldType:
    if written.native is not None:
        refuse_arguments("native", (), written, report)
        return Native(written.native)
    if not written.has("native"):
        report.problem('a field has no "type"', written.at("type"))
    return UNKNOWN


def _name_and_depth(text: str) -> tuple[str, int]:
    """``integer[][]`` is integer, twice in an array."""
    name, depth = text.strip(), 0
    while name.endswith("[]"):
        name, depth = name[:-2].rstrip(), depth + 1
    return plain_name(name), depth


def _neutral(
    name: str,
    written: WrittenType,
    word: TextNode,
    report: Report,
    enums: Mapping[str, object],
) -> FieldType:
    maker = _MAKERS.get(name)
    if maker is None and name not in _SIMPLE:
        _report_unknown(name, word, report, enums)
        return UNKNOWN
    refuse_arguments(name, _ARGUMENTS.get(name, ()), written, report)
    if maker is not None:
        return maker(written, report, enums)
    return _SIMPLE[name]


def _report_unknown(
    name: str, word: TextNode, report: Report, enums: Mapping[str, object]
) -> None:
    if name == Native.yaml_name:
        report.problem('the type native has no "native"', word.at, _NATIVE_HINT)
        return
    if name in (FOREIGN_KEY, MANY_TO_MANY):
        report.problem(f"{name} cannot be a type of elements", word.at)
        return
    hint = _ELSEWHERE.get(name) or nearest(name, TYPE_NAMES)
    if word.text in enums:
        hint = f"write type: enum and enum: {word.text}"
    elif "(" in name:
        inner = plain_name(name[: name.index("(")])
        hint = f'write type: {inner}, and its "length" or "precision" as keys'
    known = f"known are {', '.join(TYPE_NAMES)}"
    report.problem(f'unknown type "{word.text}"', word.at, hint or known)


_NATIVE_HINT = "write native: {postgresql: tsvector}"


def refuse_arguments(
    name: str, taken: tuple[str, ...], written: WrittenType, report: Report
) -> None:
    """Report the arguments that a type of this name has no use for."""
    for key in _ALL_ARGUMENTS:
        if getattr(written, key) is not None and key not in taken:
            takers = [other for other, keys in _ARGUMENTS.items() if key in keys]
            report.problem(
                f'the type {name} takes no "{key}"',
                written.at(key),
                f"it belongs to {', '.join(takers)}",
            )


def _varchar(
    written: WrittenType, report: Report, enums: Mapping[str, object]
) -> FieldType:
    del enums
    length = _needed(written, written.length, "length", "255", report)
    return UNKNOWN if length is None else Varchar(length)


def _char(
    written: WrittenType, report: Report, enums: Mapping[str, object]
) -> FieldType:
    del enums
    length = _needed(written, written.length, "length", "2", report)
    return UNKNOWN if length is None else Char(length)


def _text(
    written: WrittenType, report: Report, enums: Mapping[str, object]
) -> FieldType:
    del report, enums
    return Text(length=written.length)


def _decimal(
    written: WrittenType, report: Report, enums: Mapping[str, object]
) -> FieldType:
    del enums
    precision = _needed(written, written.precision, "precision", "10", report)
    if precision is None:
        return UNKNOWN
    scale = written.scale or 0
    if scale > precision:
        report.problem(
            f"the scale {scale} is more than the precision {precision}",
            written.at("scale"),
            "the precision counts all digits, those after the point included",
        )
        return UNKNOWN
    return Decimal(precision, scale)


def _enum(
    written: WrittenType, report: Report, enums: Mapping[str, object]
) -> FieldType:
    if written.enum is None:
        if not written.has("enum"):
            report.problem('the type enum has no "enum"', written.at("type"))
        return UNKNOWN
    if written.enum.text not in enums:
        report.problem(
            f'there is no enum "{written.enum.text}"',
            written.enum.at,
            nearest(written.enum.text, enums) or 'declare it under "enums"',
        )
        return UNKNOWN
    return EnumOf(written.enum.text)


def _array(
    written: WrittenType, report: Report, enums: Mapping[str, object]
) -> FieldType:
    if written.of is None:
        if not written.has("of"):
            report.problem(
                'the type array has no "of"', written.at("type"), "as in of: integer"
            )
        return Array(UNKNOWN)
    return Array(field_type(written.of, report, enums))


def _needed(
    written: WrittenType, number: int | None, key: str, example: str, report: Report
) -> int | None:
    """A number without which the type cannot be; a bad one was reported before."""
    if number is None and not written.has(key) and written.type is not None:
        name = plain_name(written.type.text)
        report.problem(
            f'the type {name} has no "{key}"', written.type.at, f"add {key}: {example}"
        )
    return number


_MAKERS: Mapping[
    str, Callable[[WrittenType, Report, Mapping[str, object]], FieldType]
] = {
    Varchar.yaml_name: _varchar,
    Char.yaml_name: _char,
    Text.yaml_name: _text,
    Decimal.yaml_name: _decimal,
    EnumOf.yaml_name: _enum,
    Array.yaml_name: _array,
}
