"""Defaults of TiDB: constants, the clock, and calls of a few functions.

See docs.pingcap.com/tidb/stable/data-type-default-values; the whole list is in
``getFuncCallDefaultValue`` (github.com/pingcap/tidb, pkg/ddl/add_column.go).
"""

from __future__ import annotations

import json
import re

from mm_engine.dialects.mysql_types import is_document
from mm_engine.dialects.sql import ExpressionSQL, TypeSQL
from mm_engine.errors import UnsupportedError

_CALL = re.compile(
    r"\((?:RAND|UUID|UUID_TO_BIN|JSON_OBJECT|JSON_ARRAY|JSON_QUOTE|VEC_FROM_TEXT"
    r"|STR_TO_DATE|NEXTVAL)\s*\(.*\)\)"
    r"|\(DATE_FORMAT\s*\(\s*NOW\(\).*\)\)"
    r"|\(REPLACE\s*\((?:CONVERT\()?UPPER\(UUID\(\)\).*\)\)"
    r"|\(UPPER\s*\(SUBSTRING_INDEX\(USER\(\).*\)\)",
    re.IGNORECASE | re.DOTALL,
)
_TODAY = re.compile(r"\((?:CURDATE|CURRENT_DATE)(?:\(\))?\)", re.IGNORECASE)
_TEXT = re.compile(r"\('((?:[^'\\]|''|\\.)*)'\)", re.DOTALL)


def default_words(words: ExpressionSQL, type_: TypeSQL) -> ExpressionSQL:
    """A default as MySQL takes it in the words of TiDB.

    Raises ``UnsupportedError`` for what TiDB takes in no words.

    >>> default_words(ExpressionSQL("('[1, {}]')"), TypeSQL("JSON"))
    '(JSON_ARRAY(1, JSON_OBJECT()))'
    >>> default_words(ExpressionSQL("(CURDATE())"), TypeSQL("DATE"))
    '(CURRENT_DATE())'
    """
    if not words.startswith("(") or _CALL.fullmatch(words):
        return words
    if _TODAY.fullmatch(words) and type_.upper() == "DATE":
        return ExpressionSQL("(CURRENT_DATE())")
    text = _TEXT.fullmatch(words)
    if text and type_.upper() == "JSON":
        return _document(text[1].replace("''", "'").replace("\\\\", "\\"))
    hint = "leave it out and let the application say it"
    if is_document(type_):
        hint = f"make the field a varchar: no {type_} has a constant default; or {hint}"
    raise UnsupportedError(f"TiDB computes no default like {words}", hint=hint)


class _Number(str):
    """A number of a document, digit for digit."""

    __slots__ = ()


def _document(text: str) -> ExpressionSQL:
    """The calls that make a document, which must be a list or an object."""
    try:
        value: object = json.loads(text, parse_float=_Number, parse_int=_Number)
    except ValueError:
        value = None
    if not isinstance(value, list | dict):
        raise UnsupportedError(
            f"TiDB has no default for documents that makes {text}",
            hint="let it be a list or an object, or let the application say it",
        )
    return ExpressionSQL(f"({_made(value)})")


def _made(value: object) -> str:
    match value:
        case list():
            return f"JSON_ARRAY({', '.join(map(_made, value))})"
        case dict():
            pairs = (f"{_quoted(key)}, {_made(item)}" for key, item in value.items())
            return f"JSON_OBJECT({', '.join(pairs)})"
        case _Number():
            return str(value)
        case None | bool():
            return str(value).upper().replace("NONE", "NULL")
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    inside = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{inside}'"
