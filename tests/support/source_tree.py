"""This project's own source files, parsed, with the room each stands in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "engine" / "mm_engine"
PACKAGES = (ENGINE, ROOT / "mm_nox", ROOT / "mm_pytest")


@attrs.frozen
class Source:
    """One parsed file; its path is relative to its package's parent."""

    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The top-level package: ``mm_engine``, ``mm_nox`` or ``mm_pytest``."""
        return self.path.split("/")[0]

    @property
    def room(self) -> str:
        """The folder or file below the package that the file belongs to."""
        return self.path.split("/")[1].removesuffix(".py")

    @property
    def inside(self) -> str:
        """The path below the package, as in ``migrations/graph.py``."""
        return self.path.partition("/")[2]

    @property
    def module(self) -> str:
        """The dotted name that imports this file."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@attrs.frozen
class Import:
    """One module that a file names in an import."""

    module: str
    line: int
    typing_only: bool
    in_function: bool


def parsed(path: str, text: str) -> Source:
    """A source made of text, for files and for the tests of these tests."""
    return Source(path, text, ast.parse(text, path))


@cache
def sources() -> tuple[Source, ...]:
    """Every file of the three packages, in the order of their paths."""
    return tuple(
        parsed(
            str(path.relative_to(package.parent).as_posix()), path.read_text("utf-8")
        )
        for package in PACKAGES
        for path in sorted(package.rglob("*.py"))
    )


def engine_sources() -> tuple[Source, ...]:
    """Every file of the engine."""
    return tuple(source for source in sources() if source.package == "mm_engine")


def imports(source: Source) -> Iterator[Import]:
    """Every import of a file; ``from a import b`` counts as ``a.b``."""
    yield from _imports(source.tree, typing_only=False, in_function=False)


def _imports(
    node: ast.AST, *, typing_only: bool, in_function: bool
) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        names: list[str] = []
        match child:
            case ast.Import():
                names = [alias.name for alias in child.names]
            case ast.ImportFrom():
                dots = "." * child.level
                prefix = f"{dots}{child.module or ''}"
                names = [f"{prefix}.{alias.name}" for alias in child.names]
            case _:
                pass
        for name in names:
            yield Import(name, child.lineno, typing_only, in_function)  # type: ignore[attr-defined]
        yield from _imports(
            child,
            typing_only=typing_only or _is_type_checking_block(child),
            in_function=in_function
            or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef),
        )


def _is_type_checking_block(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
