"""What is in a database of MySQL's kin, and what is remembered of one that is kept."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

BEGIN = (
    "SET SESSION foreign_key_checks = 0, unique_checks = 0,"
    " sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"
)
END = "SET SESSION foreign_key_checks = 1, unique_checks = 1, sql_mode = ''"


@attrs.frozen
class Contents:
    """What makes the things in a database again, in another one."""

    origin: str
    statements: tuple[str, ...]
    views: tuple[str, ...]

    def on(self, name: str) -> Iterator[str]:
        """Every statement, for a database of another name, which is in use.

        Views say the database of what they show; the name of ours is one of chance.
        """
        yield BEGIN
        yield from self.statements
        for view in self.views:
            yield view.replace(f"`{self.origin}`.", f"`{name}`.")
        yield END


@attrs.frozen
class Kept:
    """What the register says of a database that outlives its run."""

    moment: int
    key: str
    digest: str

    @classmethod
    def read(cls, text: str) -> Kept:
        """What was written."""
        _, moment, key, digest = text.split(" ")
        return cls(int(moment), key, digest)

    def __str__(self) -> str:
        return f"kept {self.moment} {self.key} {self.digest}"
