"""Rules of this house that no linter knows, each with a sample that breaks it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator

import pytest

from source_tree import ENGINE, ROOT, Source, engine_sources, parsed, sources
from unordered import unordered_iterations

DATABASES = (
    *("postgresql", "mysql", "mariadb", "sqlite", "sqlserver", "redshift"),
    *("clickhouse", "tidb", "vertica", "ydb", "turso", "starrocks", "auroradsql"),
)
TALKS = ("print", "input", "breakpoint")
STREAMS = ("stdin", "stdout", "stderr")
SILENT_MODULES = ("logging", "getpass")

Rule = Callable[[Source], Iterable[int]]


def asks_which_database(source: Source) -> Iterator[int]:
    """Lines that compare something with a database's name, or match it."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                if any(_names_a_database(side) for side in (left, *others)):
                    yield node.lineno
            case ast.MatchValue(value=value) if _names_a_database(value):
                yield node.lineno
            case _:
                pass


def _names_a_database(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return text in DATABASES
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper():
            return name.lower() in DATABASES
        case ast.Attribute(value=ast.Name(id=owner), attr="name"):
            return owner.endswith("dialect")
        case ast.Attribute(value=ast.Attribute(attr=owner), attr="name"):
            return owner.endswith("dialect")
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return any(_names_a_database(item) for item in items)
        case _:
            return False


def takes_the_order_of_a_set(source: Source) -> Iterable[int]:
    """Lines on which the order of a set becomes part of a result."""
    return unordered_iterations(source.tree)


def says_any(source: Source) -> Iterator[int]:
    """Lines with a signature that names Any."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            annotations = [
                node.returns,
                *(
                    argument.annotation
                    for argument in (
                        *arguments.posonlyargs,
                        *arguments.args,
                        *arguments.kwonlyargs,
                        arguments.vararg,
                        arguments.kwarg,
                    )
                    if argument is not None
                ),
            ]
            for annotation in annotations:
                if annotation is not None and _mentions_any(annotation):
                    yield annotation.lineno


def _mentions_any(annotation: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Name | ast.Attribute)
        and re.fullmatch(r"(\w+\.)*Any", ast.unparse(node)) is not None
        for node in ast.walk(annotation)
    )


def talks(source: Source) -> Iterator[int]:
    """Lines that print, read stdin or log."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in TALKS:
                yield node.lineno
            case ast.Attribute(value=ast.Name(id="sys"), attr=name) if name in STREAMS:
                yield node.lineno
            case ast.Import(names=names):
                if any(alias.name.split(".")[0] in SILENT_MODULES for alias in names):
                    yield node.lineno
            case ast.ImportFrom(module=module):
                imported = {f"{module}.{alias.name}" for alias in node.names}
                if module in SILENT_MODULES or imported & {
                    f"sys.{stream}" for stream in STREAMS
                }:
                    yield node.lineno
            case _:
                pass


def leaves_work_for_later(source: Source) -> Iterator[int]:
    """Lines with a comment that promises to be mended."""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        promises = re.search(r"\b(TODO|FIXME|XXX|HACK)\b", token.string)
        if token.type == tokenize.COMMENT and promises:
            yield token.start[0]


def broken(rule: Rule, files: Iterable[Source]) -> list[str]:
    return [f"{source.path}:{line}" for source in files for line in rule(source)]


def test_no_code_asks_which_database_it_speaks_to() -> None:
    assert broken(asks_which_database, engine_sources()) == []


def test_nothing_takes_the_order_of_a_set() -> None:
    assert broken(takes_the_order_of_a_set, sources()) == []


def test_no_signature_says_any() -> None:
    assert broken(says_any, sources()) == []


def test_only_the_command_line_talks() -> None:
    silent = [source for source in engine_sources() if source.room != "cli"]
    assert broken(talks, silent) == []


def test_no_comment_leaves_work_for_later() -> None:
    files = [
        parsed(str(path.relative_to(ROOT)), path.read_text("utf-8"))
        for folder in ("engine", "mm_nox", "mm_pytest", "tests", "benchmarks", ".ci")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    assert broken(leaves_work_for_later, files) == []


def facts(features: ast.Module) -> list[str]:
    """The attributes that ``Features`` declares."""
    [record] = [
        node
        for node in features.body
        if isinstance(node, ast.ClassDef) and node.name == "Features"
    ]
    return [
        statement.target.id
        for statement in record.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and "ClassVar" not in ast.unparse(statement.annotation)
    ]


def facts_read(source: Source) -> Iterator[str]:
    """Attributes read from something called features or facts."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(
                value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=fact
            ) if owner.endswith(("features", "facts")):
                yield fact
            case _:
                pass


def test_every_fact_about_databases_is_read_by_some_code() -> None:
    if not (ENGINE / "dialects").exists():
        return
    features = ENGINE / "dialects" / "features.py"
    read = {
        fact
        for source in engine_sources()
        if source.inside != "dialects/features.py"
        for fact in facts_read(source)
    }
    stated = facts(ast.parse(features.read_text("utf-8")))
    assert [fact for fact in stated if fact not in read] == []


def test_a_fact_is_found_where_it_is_declared_and_read() -> None:
    declared = ast.parse("class Features:\n    a: bool\n    b: ClassVar[int]")
    used = parsed("x.py", "features.a or dialect.features.c or other.d")
    assert facts(declared) == ["a"]
    assert list(facts_read(used)) == ["a", "c"]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (asks_which_database, "if dialect.name == name: ..."),
        (asks_which_database, "if self.dialect.name in names: ..."),
        (asks_which_database, "x = kind == 'postgresql'"),
        (asks_which_database, "x = kind in ('mysql', 'tidb')"),
        (asks_which_database, "x = kind != databases.SQLITE"),
        (asks_which_database, "match kind:\n    case 'ydb': ..."),
        (takes_the_order_of_a_set, "for x in set(y): ..."),
        (takes_the_order_of_a_set, "for x in {1, 2}: ..."),
        (takes_the_order_of_a_set, "z = [x for x in {y for y in w}]"),
        (takes_the_order_of_a_set, "z = tuple(a.keys() - b.keys())"),
        (takes_the_order_of_a_set, "z = ', '.join(set(a) | b)"),
        (takes_the_order_of_a_set, "z = [*set(a)]"),
        (takes_the_order_of_a_set, "z = dict.fromkeys(set(a))"),
        (takes_the_order_of_a_set, "def f(a: frozenset[str]):\n    return list(a)"),
        (takes_the_order_of_a_set, "def f(a):\n    b = set(a)\n    yield from b"),
        (takes_the_order_of_a_set, "class A:\n    b: set[int]\nx = list(a.b)"),
        (takes_the_order_of_a_set, "z = {x: 1 for x in a.union(b)}"),
        (says_any, "def f(a: Any) -> int: ..."),
        (says_any, "def f(a: int) -> dict[str, typing.Any]: ..."),
        (says_any, "def f(*a: Any) -> int: ..."),
        (talks, "print('hello')"),
        (talks, "x = input()"),
        (talks, "sys.stdin.read()"),
        (talks, "from sys import stdout"),
        (talks, "import logging"),
        (leaves_work_for_later, "x = 1  # TODO: mend"),
    ],
)
def test_a_broken_rule_is_found(rule: Rule, text: str) -> None:
    assert len(list(rule(parsed("sample.py", text)))) == 1


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (asks_which_database, "x = table[dialect.name]"),
        (asks_which_database, "x = kind == 'varchar'"),
        (takes_the_order_of_a_set, "for x in sorted(set(y)): ..."),
        (takes_the_order_of_a_set, "z = sorted(x for x in {1, 2})"),
        (takes_the_order_of_a_set, "z = any(x for x in set(y))"),
        (takes_the_order_of_a_set, "z = {x for x in set(y)}"),
        (takes_the_order_of_a_set, "z = len(a.keys() - b.keys())"),
        (takes_the_order_of_a_set, "for x in a.keys(): ..."),
        (takes_the_order_of_a_set, "z = {*set(a), 'b'}"),
        (says_any, "def f(a: Anything) -> Company: ..."),
        (talks, "x.print('hello')"),
        (leaves_work_for_later, "x = 'TODO'"),
    ],
)
def test_a_kept_rule_is_left_alone(rule: Rule, text: str) -> None:
    assert list(rule(parsed("sample.py", text))) == []
