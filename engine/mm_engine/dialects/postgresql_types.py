"""Types as PostgreSQL's catalog tells them, in the words that it is told."""

from __future__ import annotations

import re

_WORDS = {
    "character varying": "VARCHAR",
    "character": "CHAR",
    "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMPTZ",
    "time without time zone": "TIME",
    **{
        word: word.upper()
        for word in (
            *("text", "smallint", "integer", "bigint", "real", "double precision"),
            *("numeric", "boolean", "date", "interval", "uuid", "json", "jsonb"),
            "bytea",
        )
    },
}
"""What ``format_type`` calls a type, and what we call it."""

_TYPE = re.compile(r"([a-z ]+)(?:\((\d+)(?:,(\d+))?\))?((?:\[\])*)")


def told_type(words: str) -> str:
    """A type in one style, whether the catalog says it or we do.

    What we have no words for stays as it is.

    >>> [told_type(said) for said in ("character varying(20)", "numeric(10,2)[]")]
    ['VARCHAR(20)', 'NUMERIC(10, 2)[]']
    >>> told_type("timestamp(3) without time zone")
    'timestamp(3) without time zone'
    """
    match = _TYPE.fullmatch(words)
    if match is None or match[1] not in _WORDS:
        return words
    numbers = [number for number in (match[2], match[3]) if number is not None]
    inside = f"({', '.join(numbers)})" if numbers else ""
    return f"{_WORDS[match[1]]}{inside}{match[4]}"
