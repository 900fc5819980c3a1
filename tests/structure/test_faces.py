"""All that the faces for nox and pytest offer or say has a test that runs it.

What there is is read from the code; ``tests/faces.toml`` says which test runs each
name, and a message is tested where a test has its words.
"""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import mm_nox
import mm_pytest
from mm_nox import sessions
from mm_pytest import items, options, plugin
from mm_pytest.servers import url_way
from source_tree import ROOT, sources

TABLE: dict[str, dict[str, str]] = tomllib.loads(
    (ROOT / "tests" / "faces.toml").read_text(encoding="utf-8")
)
PLACES = ("tests/faces", "tests/unit/plugin", "tests/cleanroom")
"""Where the tests of the faces are."""

SAYING = ("pytest.fail", "pytest.skip", "session.error", "logger.warning")
"""What is called to tell somebody something."""

BRIEF = 12
"""Characters that a part of a message needs to be known again."""

BEYOND = {
    "servers are started on Linux and macOS only": "no Windows here",
    "servers refuse root, and there is no other user to run them": "needs a system"
    " without the user nobody",
    "it does not answer:": "needs a server that is up and lets nobody in for minutes",
}
"""What cannot be made to happen here, and why."""


def calls(module: object, *names: str) -> list[str]:
    """The first arguments of calls of these methods in a module."""
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]  # a module
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


OFFERED = {
    "sessions": [*sessions.SESSIONS],
    "parameters": [*inspect.signature(mm_nox.register).parameters],
    "functions": [*mm_nox.__all__],
    "options": calls(options, "addoption"),
    "settings": [*calls(options, "addini"), *map(options.image_of, options.CONTAINED)],
    "ways": [*options.WAYS],
    "variables": [
        url_way.VARIABLE,
        *(f"{url_way.VARIABLE}_{kind.upper()}" for kind in options.SERVED),
    ],
    "fixtures": [*plugin.__all__],
    "assertions": [*mm_pytest.__all__],
    "checks": [
        *("schema_matches", "one_leaf", "stairway", "rows", "no_drift", "no_trace"),
        *("commutes", "squash_equals", "snapshot", "load"),
    ],
}


@cache
def tree(path: str) -> ast.Module:
    """A test file, parsed."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), path)


def source_of(test: str) -> str:
    """The text of a test, and of what stands in its file and is named in it."""
    path, _, name = test.partition("::")
    if not (ROOT / path).is_file():
        return ""
    body = tree(path).body
    found = [n for n in body if isinstance(n, ast.FunctionDef) and n.name == name]
    if not found:
        return ""
    told = ast.unparse(found[0])
    words = {node.id for node in ast.walk(found[0]) if isinstance(node, ast.Name)}
    words |= {argument.arg for argument in found[0].args.args}
    for node in body:
        if isinstance(node, ast.Assign | ast.FunctionDef):
            named = node.targets if isinstance(node, ast.Assign) else [node]
            if words & {getattr(one, "id", getattr(one, "name", "")) for one in named}:
                told += f"\n{ast.unparse(node)}"
    return told


@pytest.mark.parametrize("kind", OFFERED)
def test_every_name_has_its_test(kind: str) -> None:
    assert sorted(TABLE[kind]) == sorted(OFFERED[kind]), "see tests/faces.toml"


@pytest.mark.parametrize(
    ("name", "test"),
    [(name, test) for kind in TABLE.values() for name, test in kind.items()],
)
def test_the_test_of_a_name_has_it_in_its_words(name: str, test: str) -> None:
    assert test.startswith(PLACES)
    assert name in source_of(test)


def test_there_is_nothing_else_in_the_table() -> None:
    assert set(TABLE) == set(OFFERED)


def test_every_kind_of_check_is_in_the_list() -> None:
    source = inspect.getsource(items)
    for name in OFFERED["checks"]:
        assert f'"{name}' in source


def parts(node: ast.AST) -> Iterator[str]:
    """The fixed parts of the texts in a piece of code."""
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield from child.value.replace("%s", "\n").splitlines()


def messages() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where the faces say something, and the fixed parts of what they say."""
    for source in sources():
        if source.package == "mm_engine":
            continue
        for node in ast.walk(source.tree):
            said: list[ast.expr] = []
            match node:
                case ast.Raise(exc=ast.Call(args=args)):
                    said = args
                case ast.Call(func=function, args=args):
                    said = args if ast.unparse(function) in SAYING else []
                case ast.Assign(targets=[ast.Name(id="message")], value=value):
                    said = [value]
                case _:
                    pass
            told = tuple(part.strip() for one in said for part in parts(one))
            if any(len(part) >= BRIEF for part in told):
                yield f"{source.path}:{node.lineno}", told  # type: ignore[attr-defined]


@cache
def quoted() -> frozenset[str]:
    """Every text in the tests of the faces that is long enough to be known again."""
    files = [file for place in PLACES for file in Path(ROOT / place).rglob("*.py")]
    trees = [tree(file.relative_to(ROOT).as_posix()) for file in files]
    texts = (part for one in trees for part in parts(one))
    return frozenset(text for text in texts if len(text) >= BRIEF)


def is_tested(told: tuple[str, ...]) -> bool:
    """Whether some test has the words of a part of a message, or of a piece of it."""
    known = [part for part in told if len(part) >= BRIEF]
    return any(part in text or text in part for part in known for text in quoted())


@pytest.mark.parametrize(
    ("where", "told"), [pytest.param(*each, id=each[1][0]) for each in messages()]
)
def test_every_message_is_met_by_a_test(where: str, told: tuple[str, ...]) -> None:
    is_beyond = any(said in part for said in BEYOND for part in told)
    assert is_tested(told) != is_beyond, f"{where} says what no test waits for"


def test_a_message_that_nobody_waits_for_would_be_found() -> None:
    assert not is_tested(("the moon is", "made of something like cheese"))
