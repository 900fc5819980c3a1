"""A fault: a problem of a schema that knows which word it is about."""

from __future__ import annotations

import attrs

from mm_engine.errors import Position, Problem


@attrs.frozen
class Fault:
    """What is wrong with a part of a schema.

    ``at`` is where the part is told; ``word`` is the name in it that is wrong, so that
    whoever knows the text of the file can point at it.
    """

    message: str
    at: Position | None = attrs.field(default=None, kw_only=True)
    hint: str | None = attrs.field(default=None, kw_only=True)
    word: str | None = attrs.field(default=None, kw_only=True)

    @property
    def problem(self) -> Problem:
        """The same for a reader of messages."""
        return Problem(self.message, at=self.at, hint=self.hint)
