"""Array literals of PostgreSQL, from its own words or from a JSON list."""

from __future__ import annotations

import json
from typing import TypeAlias

from mm_engine.dialects.features import Features
from mm_engine.dialects.literals import literal
from mm_engine.errors import UnsupportedError
from mm_engine.model.types import Array, Bytes, FieldType, Json, Jsonb

_Item: TypeAlias = "str | bool | list[_Item] | dict[str, _Item] | None"


def array_text(text: str, type_: Array, facts: Features) -> str:
    r"""The text between the quotes of an array literal.

    https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO

    >>> from mm_engine.dialects.postgresql import PostgreSQL
    >>> from mm_engine.model.types import Text
    >>> array_text('["a", null, "b\\"c"]', Array(Text()), PostgreSQL.features)
    '{"a",NULL,"b\\"c"}'
    """
    stripped = text.strip()
    if stripped.startswith("{") and stripped.endswith("}"):
        return stripped
    try:
        found: _Item = json.loads(stripped, parse_int=str, parse_float=str)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise UnsupportedError(
            f'"{text}" is no value of an array',
            hint='write it as {a,b}, or as a JSON list: ["a", "b"]',
        )
    return _braced(found, type_.of, facts)


def _braced(items: list[_Item], type_: FieldType, facts: Features) -> str:
    return "{" + ",".join(_item(item, type_, facts) for item in items) + "}"


def _item(item: _Item, type_: FieldType, facts: Features) -> str:
    if item is None:
        return "NULL"
    if isinstance(type_, Json | Jsonb) and not isinstance(item, str):
        return _quoted(json.dumps(item))
    if isinstance(item, list):
        inner = type_.of if isinstance(type_, Array) else type_
        return _braced(item, inner, facts)
    if isinstance(item, dict):
        raise UnsupportedError(f"an array of {type_.yaml_name} holds no object")
    said = json.dumps(item) if isinstance(item, bool) else item
    # Refused here where no value of the type is written like that.
    literal(said, type_, facts)
    return _quoted(f"\\x{said.encode().hex()}" if isinstance(type_, Bytes) else said)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
