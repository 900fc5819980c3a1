"""Choices that hypothesis makes and shrinks, asked for in few words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Draw(Protocol):
    """What ``st.composite`` hands to a strategy."""

    def __call__(self, strategy: st.SearchStrategy[T], /) -> T: ...


@cache
def _numbers(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


class Choice:
    """Every choice shrinks towards the first, the least, and no."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw

    def number(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least if least == most else self.draw(_numbers(least, most))

    def of(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.number(0, len(items) - 1)]

    def chance(self, percent: int) -> bool:
        """Yes, so often of a hundred."""
        return self.number(0, 99) >= 100 - percent

    def some(self, items: Sequence[T], *, least: int = 0, most: int = 3) -> list[T]:
        """Some of the items, none twice, in any order."""
        left = list(items)
        count = self.number(min(least, len(left)), min(most, len(left)))
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(count)]

    def several(self, make: Callable[[], T], *, least: int = 0, most: int) -> list[T]:
        """So many new things."""
        return [make() for _ in range(self.number(least, most))]
