"""Finds where code takes the order of a set, which differs from run to run."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

SET_TYPES = ("set", "frozenset", "AbstractSet", "MutableSet")
SET_METHODS = ("union", "intersection", "difference", "symmetric_difference")
SET_OPERATORS = (ast.Sub, ast.BitOr, ast.BitAnd, ast.BitXor)
TAKES_ORDER = ("list", "tuple", "enumerate", "iter", "map", "filter", "zip", "next")
IGNORES_ORDER = (
    *("sorted", "set", "frozenset", "any", "all", "sum", "len", "min", "max"),
    *("issubset", "issuperset", "isdisjoint", *SET_METHODS),
)


def unordered_iterations(tree: ast.Module) -> list[int]:
    """The lines on which the order of a set becomes part of a result."""
    fields = {
        statement.target.id
        for scope in ast.walk(tree)
        if isinstance(scope, ast.Module | ast.ClassDef)
        for statement in scope.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and _is_set_type(statement.annotation)
    }
    return sorted(set(_found(tree, fields, ordered_away=False)))


def _found(
    node: ast.AST, known: Collection[str], *, ordered_away: bool
) -> Iterator[int]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        known = {*known, *_set_names(node)}
    if not ordered_away:
        for taken in _iterated(node):
            if _is_set(taken, known):
                yield taken.lineno
    for child in ast.iter_child_nodes(node):
        away = isinstance(node, ast.Set) or (
            isinstance(child, ast.GeneratorExp) and _ignores_order(node)
        )
        yield from _found(child, known, ordered_away=away)


def _iterated(node: ast.AST) -> Iterator[ast.expr]:
    """What this node goes through in order, if anything."""
    match node:
        case ast.For() | ast.AsyncFor():
            yield node.iter
        case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
            yield from (generator.iter for generator in node.generators)
        case ast.Starred(value=value) | ast.YieldFrom(value=value):
            yield value
        case ast.Call(func=ast.Name(id=name)) if name in TAKES_ORDER:
            yield from node.args
        case ast.Call(func=ast.Attribute(attr="join" | "extend" | "fromkeys")):
            yield from node.args
        case _:
            pass


def _ignores_order(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in IGNORES_ORDER
        case _:
            return False


def _is_set(node: ast.expr, known: Collection[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in known
        case ast.Call(func=ast.Name(id=name)):
            return name in ("set", "frozenset")
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in SET_METHODS
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, SET_OPERATORS):
            return any(_is_set(side, known) or _is_view(side) for side in (left, right))
        case ast.IfExp(body=body, orelse=orelse):
            return _is_set(body, known) or _is_set(orelse, known)
        case _:
            return False


def _is_view(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("keys", "items")
    )


def _set_names(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> set[str]:
    """Parameters and variables of a function that hold sets, read from above down."""
    arguments = function.args
    names = {
        argument.arg
        for argument in (
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
        )
        if argument.annotation is not None and _is_set_type(argument.annotation)
    }
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if _is_set(value, names):
                    names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                if _is_set_type(annotation):
                    names.add(name)
            case _:
                pass
    return names


def _is_set_type(annotation: ast.expr) -> bool:
    base = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return ast.unparse(base).rpartition(".")[2] in SET_TYPES
