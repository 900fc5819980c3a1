"""Settings in a YAML file, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mm_engine.config.entries import Entry, Path_
from mm_engine.config.problems import ConfigFileError
from mm_engine.config.settings import Value

if TYPE_CHECKING:
    from mm_engine.schemafile.nodes import Node
    from mm_engine.schemafile.report import Report


def yaml_entries(path: Path, shown: str) -> tuple[Entry, ...]:
    """Every key of the file with its value; raises ``ConfigError`` if it is no YAML."""
    from mm_engine.schemafile.nodes import document
    from mm_engine.schemafile.report import Report

    report = Report()
    root = document(path.read_text(encoding="utf-8-sig"), shown, report)
    entries = () if root is None else tuple(_entries(root, (), report))
    if report.problems:
        raise ConfigFileError.of(report.problems)
    return entries


def _entries(node: Node, path: Path_, report: Report) -> Iterator[Entry]:
    """The keys below a node, from sections inwards."""
    from mm_engine.schemafile.nodes import MapNode, TextNode
    from mm_engine.schemafile.report import first_given

    if not isinstance(node, MapNode):
        if not (isinstance(node, TextNode) and node.is_nothing):
            report.problem("a config file has to be sections of keys", node.at)
        return
    first: dict[str, TextNode] = {}
    for key, value in node.entries:
        if key.text in first:
            hint = first_given(first[key.text].at, key.at)
            report.problem(f'key "{key.text}" is given twice', key.at, hint)
            continue
        first[key.text] = key
        inner = (*path, key.text)
        if isinstance(value, MapNode):
            yield from _entries(value, inner, report)
        else:
            yield Entry(inner, _plain(value), key.at)


def _plain(node: Node) -> Value:
    """A value as settings hold it; None for nothing, and for what none can hold."""
    from mm_engine.schemafile.nodes import ListNode, TextNode

    match node:
        case TextNode():
            return None if node.is_nothing else node.text
        case ListNode():
            texts = [item.text for item in node.items if isinstance(item, TextNode)]
            return tuple(texts) if len(texts) == len(node.items) else None
        case _:
            return None
