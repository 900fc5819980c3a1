"""Rows that tests begin with: made once by a function, and copied with the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, TypeAlias

import attrs

if TYPE_CHECKING:
    import sqlalchemy as sa

Fill: TypeAlias = "Callable[[sa.Connection], object]"


class SeedFailedError(Exception):
    """A seed raised; the message holds its traceback."""


@attrs.frozen
class Seed:
    """A function of a module, told by where it is written.

    Another process knows it by that, and has no need to call it where this one has.
    """

    file: str
    name: str
    fill: Fill | None = attrs.field(default=None, eq=False, repr=False)

    @classmethod
    def of(cls, function: object) -> Seed:
        """The seed that a mark names; raises ``ValueError`` for what cannot be one.

        A function within another one may do something else each time.
        """
        if not isinstance(function, FunctionType) or "<" in function.__qualname__:
            raise ValueError(
                f"{function!r}, not a function of a module, which is given a connection"
            )
        return cls(function.__code__.co_filename, function.__qualname__, function)

    def __reduce__(self) -> tuple[type[Seed], tuple[str, str]]:
        return Seed, (self.file, self.name)

    def __str__(self) -> str:
        return f"{self.name} ({Path(self.file).name})"

    @property
    def tag(self) -> str:
        """A part of a file's name that tells it from others."""
        return hashlib.sha256(f"{self.file}\0{self.name}".encode()).hexdigest()[:12]

    def sow(self, url: str) -> None:
        """Fill a migrated database; raises ``SeedFailedError``."""
        from traceback import format_exception

        from mm_pytest.engines import users_engine

        assert self.fill  # noqa: S101 - whoever sows has the function
        try:
            with users_engine(url) as engine, engine.begin() as connection:
                self.fill(connection)
        except Exception as error:
            own = error.__traceback__ and error.__traceback__.tb_next
            said = "".join(format_exception(type(error), error, own)).rstrip()
            raise SeedFailedError(said) from error
