"""Indexes of SQL Server that leave rows out, and what they can say of the rows.

https://learn.microsoft.com/sql/relational-databases/indexes/create-filtered-indexes:
columns compared with constants, IN, IS NULL, and AND between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mm_engine.dialects.sqlserver_types import words_of
from mm_engine.errors import UnsupportedError
from mm_engine.model.table import Index, Table

if TYPE_CHECKING:
    from mm_engine.dialects.sqlserver_parts import SQLServerParts

_REFUSED = ("OR", "LIKE", "BETWEEN", "EXISTS", "CASE", "SELECT")
_CALL = re.compile(r"\w+", re.ASCII)
_BEFORE_BRACKETS = ("AND", "IN", "(")


def conditions(dialect: SQLServerParts, table: Table, index: Index) -> Iterator[str]:
    """What the rows of an index have in common, as conditions that all hold."""
    if index.where:
        where = dialect.condition(index.where, f'where of index "{index.name}"')
        check(where, index, dialect.title)
        yield where
    if not index.unique or index.nulls_not_distinct:
        return
    # SQL Server takes two nulls for the same, and everybody else for different ones.
    for name in index.field_names:
        field = table.field(name)
        if not field.nullable:
            continue
        if dialect.generated_text(field) is not None:
            raise UnsupportedError(
                f'index "{index.name}" is unique, "{name}" is computed and may be null,'
                f" and no index of {dialect.title} leaves out its nulls",
                at=index.at,
                hint="make the field required, or say nulls_not_distinct",
            )
        yield f"{dialect.quote(name)} IS NOT NULL"


def check(where: str, index: Index, title: str) -> None:
    """Refuse a condition that is more than comparisons with constants, and AND."""
    before = ""
    for word in words_of(where):
        odd = word in _REFUSED or (word == "NOT" and before != "IS")
        is_call = word == "(" and before not in _BEFORE_BRACKETS
        if odd or (is_call and _CALL.fullmatch(before)):
            said = f"{before}(…)" if is_call else word
            raise UnsupportedError(
                f'where of index "{index.name}" says {said}, and {title} compares there'
                " only columns with constants (=, <, IN, IS NULL), with AND between",
                at=index.at,
                hint="leave where out, or let a plain field say which rows are meant",
            )
        before = word
