"""Named objects of a schema that are no tables."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from mm_engine.errors import Position
from mm_engine.model.names import names_of


@attrs.frozen
class Enum:
    """A named list of values, in the order in which they compare.

    ``renames`` says of new values what they were called before; it is read once,
    when a migration is made.
    """

    name: str
    values: tuple[str, ...] = attrs.field(converter=names_of)
    comment: str | None = attrs.field(default=None, kw_only=True)
    renames: Mapping[str, str] = attrs.field(
        factory=dict, kw_only=True, eq=False, repr=False
    )
    renamed_from: str | None = attrs.field(
        default=None, kw_only=True, eq=False, repr=False
    )
    at: Position | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)
