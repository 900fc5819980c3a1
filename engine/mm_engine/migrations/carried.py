"""Functions that move with their operations into another file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import attrs

from mm_engine.errors import MigrationFileError, Position
from mm_engine.migrations.functions import Written, written
from mm_engine.migrations.package import is_private, stem_of

Function: TypeAlias = Callable[..., object]


@attrs.frozen
class Carried:
    """Python text that makes functions known in a file, in two parts."""

    imports: tuple[str, ...] = attrs.field(converter=tuple[str, ...])
    definitions: tuple[str, ...] = attrs.field(converter=tuple[str, ...])


def carried(functions: Iterable[Function]) -> Carried:
    """The imports and definitions that a file needs to name these functions.

    A function of a migration file is copied with everything of that file that it uses,
    since the file may be deleted; any other is imported. Raises ``MigrationFileError``
    for one that has no name at the top of a file.
    """
    imports: dict[str, str] = {}
    definitions: dict[str, str] = {}
    for function in functions:
        module = _module(function)
        if is_private(module) and stem_of(module)[:1].isdigit():
            found = written(function)
            for node in _needed(found, function.__name__):
                _add(node, found, imports, definitions)
        else:
            relative = f".{stem_of(module)}" if is_private(module) else module
            line = f"from {relative} import {function.__name__}"
            _take(imports, function.__name__, line, function)
    return Carried(dict.fromkeys(imports.values()), dict.fromkeys(definitions.values()))


def _module(function: Function) -> str:
    """The module that knows the function by its name."""
    name = getattr(function, "__name__", "")
    module = getattr(function, "__module__", None) or "__main__"
    known = getattr(sys.modules.get(module), name, None)
    if known is function and module != "__main__":
        return module
    code = getattr(function, "__code__", None)
    raise MigrationFileError(
        f"cannot write RunPython({name or function!r}): it is no function at the top"
        " of a file",
        at=code and Position(code.co_filename, code.co_firstlineno, 1),
        hint="write it with def at the top of a migration file or of a module",
    )


def _needed(found: Written, name: str) -> list[ast.stmt]:
    """The statements at the top of a file that a name leans on, in their order."""
    known: dict[str, list[ast.stmt]] = {}
    for statement in found.tree.body:
        for bound in _bound(statement):
            known.setdefault(bound, []).append(statement)
    known.pop("migration", None)
    wanted, chosen = [name], dict.fromkeys(_future(found.tree))
    while wanted:
        for statement in known.get(wanted.pop(), []):
            if statement not in chosen:
                chosen[statement] = None
                wanted += _used(statement)
    return [statement for statement in found.tree.body if statement in chosen]


def _future(tree: ast.Module) -> Iterator[ast.stmt]:
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            yield statement


def _used(statement: ast.stmt) -> list[str]:
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return list(dict.fromkeys(names))


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a file gives a meaning to."""
    match statement:
        case ast.Import() | ast.ImportFrom():
            for alias in statement.names:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case _:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
                elif isinstance(node, ast.alias):
                    yield node.asname or node.name.partition(".")[0]


def _add(
    statement: ast.stmt,
    found: Written,
    imports: dict[str, str],
    definitions: dict[str, str],
) -> None:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            single = (
                ast.Import([alias])
                if isinstance(statement, ast.Import)
                else ast.ImportFrom(statement.module, [alias], statement.level)
            )
            name = alias.asname or alias.name
            _take(imports, name, ast.unparse(single), found)
        return
    text = _text(statement, found)
    for name in dict.fromkeys(_bound(statement)):
        _take(definitions, name, text, found)


def _text(statement: ast.stmt, found: Written) -> str:
    """A statement as it is written, with its decorators."""
    first = min(
        [
            statement.lineno,
            *(item.lineno for item in getattr(statement, "decorator_list", [])),
        ]
    )
    lines = found.text.splitlines()[first - 1 : statement.end_lineno]
    return "\n".join(lines)


def _take(
    known: dict[str, str], name: str, text: str, source: Written | Function
) -> None:
    if known.setdefault(name, text) != text:
        file = source.file if isinstance(source, Written) else source.__module__
        raise MigrationFileError(
            f'two different things called "{name}" would stand in one file',
            at=Position(file, 1, 1),
            hint=f'rename "{name}" in one of the files; the name of a function given'
            " to RunPython is no part of its migration's digest",
        )
