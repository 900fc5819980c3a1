"""Every defect of the original and every trap of the design has its tests."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from typing import TypeAlias

import pytest

from source_tree import ROOT

Entry: TypeAlias = "dict[str, str | list[str]]"

DEFECTS = 137
TRAPS = 18
TESTED = 115
NEVER = 2
ANSWERS = ("tests", "later", "never")


def entries(name: str) -> dict[str, Entry]:
    text = (ROOT / "tests" / name).read_text(encoding="utf-8")
    found: dict[str, Entry] = tomllib.loads(text)
    return found


LISTS = {name: entries(name) for name in ("defects.toml", "traps.toml")}
ALL = [(name, key) for name, listed in LISTS.items() for key in listed]


@cache
def functions(path: str) -> frozenset[str]:
    """The test functions of a file; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def fault(entry: Entry) -> str | None:
    """What is wrong with an entry."""
    given = [word for word in ANSWERS if entry.get(word)]
    if not entry.get("what") or set(entry) - {"what", *ANSWERS}:
        return "it says what, and one more thing"
    if len(given) != 1 or len(entry) != len(given) + 1:
        return f"exactly one of {', '.join(ANSWERS)}"
    ids = entry[given[0]]
    if given != ["tests"]:
        return None if isinstance(ids, str) else "a reason is a text"
    if isinstance(ids, str):
        return "tests are a list"
    for each in ids:
        path, _, name = each.partition("[")[0].partition("::")
        if name not in functions(path):
            return f"there is no test {each}"
    return "one test twice" if len(set(ids)) < len(ids) else None


def test_every_defect_is_there_in_its_order() -> None:
    expected = [f"D-{number:02}" for number in range(1, DEFECTS + 1)]
    assert list(LISTS["defects.toml"]) == expected


def test_every_trap_is_there() -> None:
    assert len(LISTS["traps.toml"]) == TRAPS


@pytest.mark.parametrize(("name", "key"), ALL)
def test_each_has_tests_that_exist_or_a_reason(name: str, key: str) -> None:
    assert fault(LISTS[name][key]) is None


def test_most_defects_have_a_test_by_now() -> None:
    """What comes later may only get less: raise the number when it does."""
    tested = [entry for entry in LISTS["defects.toml"].values() if "tests" in entry]
    never = [entry for entry in LISTS["defects.toml"].values() if "never" in entry]
    assert len(tested) >= TESTED
    assert len(never) == NEVER


@pytest.mark.parametrize(
    "entry",
    [
        {"what": "x"},
        {"what": "x", "tests": []},
        {"what": "x", "later": "y", "never": "z"},
        {"what": "x", "later": ""},
        {"what": "x", "later": "y", "test": ["z"]},
        {"later": "y"},
        {"what": "x", "tests": "tests/structure/test_defects.py::test_x"},
        {"what": "x", "tests": ["tests/structure/test_defects.py::test_x"]},
        {"what": "x", "tests": ["tests/structure/test_nothing.py::test_x"]},
        {"what": "x", "tests": ["tests/structure/test_defects.py::fault"]},
    ],
)
def test_a_wrong_entry_would_be_found(entry: Entry) -> None:
    assert fault(entry) is not None


def test_a_right_entry_is_left_alone() -> None:
    here = "tests/structure/test_defects.py::test_a_right_entry_is_left_alone"
    for found in ([here], [f"{here}[some-id]"]):
        assert fault({"what": "x", "tests": found}) is None
