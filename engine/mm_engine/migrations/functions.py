"""Functions as they are written: where, and what they mean to Python."""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Callable, Iterator
from typing import TypeAlias

import attrs

from mm_engine.errors import MigrationFileError, Position

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_WITH_DOCSTRING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@attrs.frozen
class Written:
    """A function's definition, and the file that it stands in."""

    file: str
    text: str
    tree: ast.Module
    definition: Definition


def written(function: Callable[..., object]) -> Written:
    """Where a function is written; raises ``MigrationFileError`` where that is unclear.

    A function decorated with ``functools.wraps`` is found below its decorators.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        raise MigrationFileError(
            f"RunPython cannot take {function!r}: it has no source",
            hint="give it a function written with def",
        )
    lines = linecache.getlines(code.co_filename)
    at = Position(code.co_filename, code.co_firstlineno, 1)
    if not lines:
        raise MigrationFileError(
            f"the source of {code.co_qualname} is not there", at=at
        )
    text = "".join(lines)
    tree = ast.parse(text, code.co_filename)
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, Definition)
        and _first_line(node) == code.co_firstlineno
        and getattr(node, "name", "<lambda>") == code.co_name
    ]
    if len(found) != 1:
        raise MigrationFileError(
            f"{len(found)} functions are written on this line"
            if found
            else f"the source of {code.co_qualname} has changed since it was loaded",
            at=at,
            hint="write each with def, on its own line" if found else None,
        )
    return Written(code.co_filename, text, tree, found[0])


def _first_line(node: Definition) -> int:
    """The line that Python gives a function: that of its first decorator."""
    if isinstance(node, ast.Lambda):
        return node.lineno
    return min([node.lineno, *(item.lineno for item in node.decorator_list)])


def meaning(function: Callable[..., object]) -> object:
    """A function as Python reads it, in lists and texts; the same for all versions.

    Comments, blank lines, quotes, brackets, docstrings and the function's own name are
    no part of it; constants, calls and decorators are. What it calls is not included.
    """
    definition = written(function).definition
    parts = dict(_parts(definition))
    parts.pop("name", None)
    return [type(definition).__name__, parts]


def _shape(node: object) -> object:
    match node:
        case ast.AST():
            return [type(node).__name__, dict(_parts(node))]
        case list():
            return [_shape(item) for item in node]
        case bool() | int() | str() | None:
            return node
        case _:
            return [type(node).__name__, repr(node)]


def _parts(node: ast.AST) -> Iterator[tuple[str, object]]:
    """The fields of a node that say something; what later versions add is left empty.

    A later Python may add a field to an old node, but an old text cannot use it.
    """
    for name, value in ast.iter_fields(node):
        if name in ("ctx", "kind", "type_comment"):
            continue
        if name == "body" and isinstance(node, _WITH_DOCSTRING):
            yield name, _shape(_without_docstring(node.body))
        elif name == "values" and isinstance(node, ast.JoinedStr):
            yield name, _shape(_joined(node.values))
        elif value or isinstance(node, ast.Constant):
            yield name, _shape(value)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


def _joined(values: list[ast.expr]) -> list[ast.expr]:
    """The pieces of an f-string, its texts as long as can be.

    Versions of Python differ in where they cut the texts between the values.
    """
    pieces: list[ast.expr] = []
    for value in values:
        match pieces[-1:], value:
            case _, ast.Constant(value=""):
                pass
            case [ast.Constant(value=str(before))], ast.Constant(value=str(after)):
                pieces[-1] = ast.Constant(before + after)
            case _:
                pieces.append(value)
    return pieces
