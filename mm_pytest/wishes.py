"""What a test says that it wants, by the mark ``mm``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import attrs
import pytest

from mm_pytest.options import ISOLATIONS

if TYPE_CHECKING:
    from mm_pytest.named import Named
    from mm_pytest.seeds import Seed

MARK = "mm"
"""The name of the mark."""

WORDS = ("database", "to", "isolation", "seed")
"""What the mark may say."""

USAGE = '@pytest.mark.mm(database="postgresql", to="0007_orders")'


@attrs.frozen
class Stand:
    """Where a database stands: which one, and the migration it is taken up to.

    Without one it has all of them. ``seed`` made rows in it.
    """

    named: Named
    to: str | None = None
    seed: Seed | None = None

    def __str__(self) -> str:
        seed = f" with the seed {self.seed}" if self.seed else ""
        return f"{self.named}{seed}"


@attrs.frozen(kw_only=True)
class Wish:
    """What the marks of a test say; what is empty they leave to the run."""

    databases: tuple[Named, ...] = ()
    to: str | None = None
    isolation: str | None = None
    seed: Seed | None = None

    @classmethod
    def of(cls, node: pytest.Item | pytest.Function) -> Wish:
        """What the nearest mark says of each; fails the test for other words."""
        said: dict[str, object] = {}
        for mark in node.iter_markers(MARK):
            _check(mark, node.nodeid)
            said = {**mark.kwargs, **said}
        return cls(
            databases=_databases(said.get("database", ()), node.nodeid),
            to=_name(said.get("to"), node.nodeid),
            isolation=_isolation(said.get("isolation"), node.nodeid),
            seed=_seed(said.get("seed"), node.nodeid),
        )


def _check(mark: pytest.Mark, where: str) -> None:
    others = [word for word in mark.kwargs if word not in WORDS]
    unknown = [*map(repr, mark.args), *others]
    if unknown:
        _fail(
            f"{where}: the mark {MARK} takes no {', '.join(unknown)}; it takes"
            f" {', '.join(WORDS)}, as in {USAGE}"
        )


def _databases(said: object, where: str) -> tuple[Named, ...]:
    from mm_pytest.settings import known

    words = [said] if isinstance(said, str) else said
    if not isinstance(words, (list, tuple)) or not all(
        isinstance(word, str) for word in words
    ):
        _fail(
            f"{where}: database of the mark {MARK} is {said!r}, not a name or a list"
            f" of names, as in {USAGE}"
        )
    try:
        return known(list(words))
    except pytest.UsageError as error:
        told = f"{where}: {error}"
    return _fail(told)


def _name(said: object, where: str) -> str | None:
    if said is None or isinstance(said, str):
        return said
    return _fail(
        f"{where}: to of the mark {MARK} is {said!r}, not the name of a migration, as"
        f" in {USAGE}"
    )


def _isolation(said: object, where: str) -> str | None:
    if said is None or said in ISOLATIONS:
        return None if said is None else str(said)
    return _fail(
        f"{where}: isolation of the mark {MARK} is {said!r}, not"
        f" {', '.join(ISOLATIONS)}"
    )


def _seed(said: object, where: str) -> Seed | None:
    from mm_pytest.seeds import Seed

    try:
        return None if said is None else Seed.of(said)
    except ValueError as error:
        told = f"{where}: seed of the mark {MARK} is {error}"
    return _fail(told)


def _fail(told: str) -> NoReturn:
    pytest.fail(told, pytrace=False)
