"""Faults of a schema, pointed at the word in the file that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mm_engine.errors import Position, Problem
from mm_engine.model.faults import Fault
from mm_engine.schemafile.nodes import MapNode, Node, TextNode


def pointed(fault: Fault, roots: Iterable[Node]) -> Problem:
    """The problem, at the word itself where the part that is wrong holds it."""
    if fault.word is None:
        return fault.problem
    for part in _parts(fault.at, roots):
        for node in _nodes(part):
            if isinstance(node, TextNode) and node.text == fault.word:
                return Problem(fault.message, at=node.at, hint=fault.hint)
    return fault.problem


def _parts(at: Position | None, roots: Iterable[Node]) -> Iterator[Node]:
    """The node at a place, or the mapping of which a value stands there."""
    if at is None:
        yield from roots
        return
    for root in roots:
        if root.file == at.file:
            for node in _nodes(root):
                is_owner = isinstance(node, MapNode) and any(
                    _is_at(value, at) for _, value in node.entries
                )
                if is_owner or _is_at(node, at):
                    yield node


def _is_at(node: Node, at: Position) -> bool:
    return node.line + 1 == at.line and node.column + 1 == at.column


def _nodes(root: Node) -> Iterator[Node]:
    """A node and everything in it, in the order of the file."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, MapNode):
            waiting += reversed(node.children[1::2])
        elif not isinstance(node, TextNode):
            waiting += reversed(node.items)
