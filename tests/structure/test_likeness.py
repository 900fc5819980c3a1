"""No two files of dialects are one file with other words in it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest

from mm_engine.dialects import available, variants
from source_tree import Source, engine_sources, parsed

MOST = 0.4
"""How much of two files may be the same; the original's providers had two thirds."""

WIDTH = 8
"""How many nodes in a row are compared; fewer are the same in any two programs."""


def shape(node: ast.AST) -> Iterator[str]:
    """The nodes of a tree in order, without the words a file chose for itself.

    Names of variables, texts and numbers are blank; what is called or read stays,
    since two files that do the same ask for the same.
    """
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import() | ast.ImportFrom() | ast.Load() | ast.Store():
                continue
            case ast.Expr(value=ast.Constant()):
                continue  # a docstring
            case ast.Attribute(attr=name) | ast.keyword(arg=name):
                yield f"{type(child).__name__} {name}"
            case ast.FunctionDef(name=name):
                yield f"def {name}"
            case _:
                yield type(child).__name__
        yield from shape(child)


def pieces(source: Source) -> Counter[tuple[str, ...]]:
    """Every run of so many nodes, and how often it is there."""
    nodes = list(shape(source.tree))
    runs = zip(*(nodes[start:] for start in range(WIDTH)), strict=False)
    return Counter(runs)


def likeness(one: Source, other: Source) -> float:
    """How much of two files is the same: 1 for all, 0 for nothing."""
    a, b = pieces(one), pieces(other)
    return 2 * (a & b).total() / max(a.total() + b.total(), 1)


FILES = [source for source in engine_sources() if "/dialects/" in source.path]

ORIGINAL = """
class One:
    def dropped(self, table, name):
        said = self.part_name(name)
        if self.can_say("DROP"):
            said = f"IF EXISTS {said}"
        return Statement(f"ALTER TABLE {self.thing(table)} DROP {said}")
"""
RETOLD = """
class Other:
    '''Another database.'''

    def dropped(self, where, what):
        text = self.part_name(what)
        if self.can_say("REMOVE"):
            text = f"MAYBE {text}"
        return Statement(f"CHANGE {self.thing(where)} REMOVE {text}")
"""


def test_other_words_make_no_other_file() -> None:
    one, other = parsed("a.py", ORIGINAL), parsed("b.py", RETOLD)
    assert likeness(one, other) == pytest.approx(1)


def test_every_dialect_is_looked_at() -> None:
    files = {source.module.rpartition(".")[2] for source in FILES}
    assert {*available(), *variants()} <= files


def test_no_two_files_of_dialects_are_alike() -> None:
    counted = [(source.path, pieces(source)) for source in FILES]
    alike = {
        (one, other): round(2 * (a & b).total() / max(a.total() + b.total(), 1), 2)
        for (one, a), (other, b) in combinations(counted, 2)
    }
    assert {pair: much for pair, much in alike.items() if much > MOST} == {}
