"""What a project says of its own rows: values of a field fit what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mm_engine.migrations.graph import MigrationGraph
    from mm_pytest.rows.fates import Place

OPTION = "mm_rows_fit"
"""The setting of the ini file that says so."""


def fitting(
    words: Iterable[str], graph: MigrationGraph
) -> dict[str, tuple[Place, ...]]:
    """The fields that fit, by migration; a word is ``0007:customers.points``.

    Raises ``AssertionError`` for a word that names no migration or no field before it.
    """
    __tracebackhide__ = True
    from mm_engine.errors import MMError

    found: dict[str, tuple[Place, ...]] = {}
    for word in words:
        start, _, place = word.partition(":")
        table, _, field = place.partition(".")
        try:
            name = graph.resolve(start)
            graph.schema(graph.ancestors(name)).table(table).field(field)
        except MMError as error:
            raise AssertionError(f"{OPTION}: {word}: {error}") from None
        found[name] = (*found.get(name, ()), (table, field))
    return found
