"""Texts that mean different things: symbols, literals, expressions."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from mm_engine.model import sqltext


@attrs.frozen
class Symbol:
    """A default by name; each database has its own words for it in ``defaults``."""

    name: str


@attrs.frozen
class Literal:
    """A value as it is written, quoted and escaped by the type of its field."""

    text: str


@attrs.frozen
class Expression:
    """SQL, sent to the database as it is written."""

    sql: str = attrs.field(eq=sqltext.canonical)


Default: TypeAlias = Symbol | Literal | Expression
