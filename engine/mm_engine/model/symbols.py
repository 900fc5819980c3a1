"""Symbolic defaults that exist without being declared, in each database's words.

Each is the expression that the vendor's manual gives for the meaning. A schema that
uses one takes it over into its own ``defaults``, so that a later version of this table
changes nothing that was written before.
"""

from __future__ import annotations

from collections.abc import Mapping

from mm_engine.model.databases import (
    AURORADSQL,
    CLICKHOUSE,
    MYSQL,
    POSTGRESQL,
    REDSHIFT,
    SQLITE,
    SQLSERVER,
    STARROCKS,
    TIDB,
    TURSO,
    VERTICA,
    YDB,
)

_PLAIN = {"zero": "0", "null": "NULL", "blank": "''"}
_WORDS = {**_PLAIN, "true": "TRUE", "false": "FALSE"}
_BITS = {**_PLAIN, "true": "1", "false": "0"}
_TEXT_DOCUMENTS = {"array": "'[]'", "object": "'{}'"}
_STANDARD_CLOCK = {
    "now": "CURRENT_TIMESTAMP",
    "today": "CURRENT_DATE",
    "current_time": "CURRENT_TIME",
}
_POSTGRESQL = {
    **_WORDS,
    **_STANDARD_CLOCK,
    "new_uuid": "gen_random_uuid()",
    "array": "'[]'::jsonb",
    "object": "'{}'::jsonb",
}
_MYSQL = {
    **_BITS,
    "now": "CURRENT_TIMESTAMP",
    "today": "(CURDATE())",
    "current_time": "(CURTIME())",
    "new_uuid": "(UUID())",
    "array": "('[]')",
    "object": "('{}')",
}
_SQLITE_UUID = (
    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2))"
    " || '-4' || substr(hex(randomblob(2)), 2)"
    " || '-' || substr('89AB', 1 + (abs(random()) % 4), 1)"
    " || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
)
_SQLITE = {**_BITS, **_STANDARD_CLOCK, **_TEXT_DOCUMENTS, "new_uuid": _SQLITE_UUID}

BUILT_IN_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    POSTGRESQL: _POSTGRESQL,
    AURORADSQL: _POSTGRESQL,
    REDSHIFT: {
        **_WORDS,
        "now": "GETDATE()",
        "today": "TRUNC(GETDATE())",
        "current_time": "GETDATE()::time",
        "array": "JSON_PARSE('[]')",
        "object": "JSON_PARSE('{}')",
    },
    MYSQL: _MYSQL,
    TIDB: _MYSQL,
    STARROCKS: {
        **_BITS,
        **_TEXT_DOCUMENTS,
        "now": "CURRENT_TIMESTAMP",
        "new_uuid": "(uuid())",
    },
    SQLITE: _SQLITE,
    TURSO: _SQLITE,
    SQLSERVER: {
        **_BITS,
        **_TEXT_DOCUMENTS,
        "now": "SYSDATETIME()",
        "today": "CAST(GETDATE() AS DATE)",
        "current_time": "CAST(GETDATE() AS TIME)",
        "new_uuid": "NEWID()",
    },
    CLICKHOUSE: {
        **_WORDS,
        **_TEXT_DOCUMENTS,
        "now": "now()",
        "today": "today()",
        "current_time": "formatDateTime(now(), '%T')",
        "new_uuid": "generateUUIDv4()",
    },
    VERTICA: {
        **_WORDS,
        **_STANDARD_CLOCK,
        **_TEXT_DOCUMENTS,
        "new_uuid": "UUID_GENERATE()",
    },
    YDB: {
        **_WORDS,
        "now": "CurrentUtcDatetime()",
        "today": "CurrentUtcDate()",
        "current_time": "CurrentUtcTimestamp()",
        "new_uuid": "RandomUuid(0)",
        "array": "Json('[]')",
        "object": "Json('{}')",
    },
}

BUILT_IN_SYMBOLS = tuple(_POSTGRESQL)
"""Every name that a default may use in any schema."""
