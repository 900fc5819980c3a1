"""Schema files in, a schema out, with everything that is wrong in one run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import attrs

from mm_engine.errors import Problem, SchemaFileError
from mm_engine.model.schema import Schema
from mm_engine.model.validate import faults
from mm_engine.schemafile.includes import Library, library
from mm_engine.schemafile.merge import merged, without_repeated
from mm_engine.schemafile.peers import Beside
from mm_engine.schemafile.pointing import pointed
from mm_engine.schemafile.precedence import Including, reach, report_circles
from mm_engine.schemafile.report import Report, in_file_order
from mm_engine.schemafile.resolve import resolved
from mm_engine.schemafile.written import WrittenFile


@attrs.frozen(kw_only=True)
class SchemaFile:
    """What schema files say: the schema, and what was worth a word about them.

    Indexes and constraints that were written without a name have none yet.
    ``files`` are all files that were read, included ones too.
    """

    schema: Schema
    name: str | None = None
    version: str | None = None
    findings: tuple[Problem, ...] = ()
    files: tuple[Path, ...] = ()


def read_schema(paths: Iterable[Path], *, root: Path) -> SchemaFile:
    """Read the files at the paths, and those they include, as one schema.

    Positions are told from the root, which relative paths begin at too.
    Raises ``SchemaFileError`` with every problem in every file.
    """
    report = Report()
    found = library(paths, root, report)
    labels = [source.label for source in found.files.values()]
    written = _one(found, report)
    schema = Schema()
    if written is not None:
        schema = resolved(written, report)
        if not report.incomplete:
            report.problems += _remaining(schema, found, report)
    if report.problems:
        raise SchemaFileError.of(in_file_order(report.problems, labels))
    database = written.database if written is not None else None
    return SchemaFile(
        schema=schema,
        name=database.name if database is not None else None,
        version=database.version if database is not None else None,
        findings=in_file_order(report.findings, labels),
        files=tuple(source.path for source in found.files.values()),
    )


def _one(found: Library, report: Report) -> WrittenFile | None:
    """All files as one: each with what it includes, then those side by side."""
    trees: list[WrittenFile] = []
    for root in _independent(found):
        tree = [source for source in found.tree(root) if source.written is not None]
        reached = reach(tree)
        report_circles(tree, reached, report)
        files = [
            without_repeated(source.written, report)
            for source in tree
            if source.written is not None
        ]
        if files:
            trees.append(merged(files, Including(reached, report)))
    return merged(trees, Beside(report)) if trees else None


def _independent(found: Library) -> tuple[Path, ...]:
    """The files that were asked for and that no other of them leads to anyway."""
    trees = {root: [source.path for source in found.tree(root)] for root in found.roots}
    return tuple(
        root
        for number, root in enumerate(found.roots)
        if not any(
            root in trees[other]
            and (other not in trees[root] or found.roots.index(other) < number)
            for other in found.roots
            if other != root
        )
    )


def _remaining(schema: Schema, found: Library, report: Report) -> list[Problem]:
    """What is wrong with the schema itself, where nobody said so before."""
    said = {problem.message for problem in report.problems}
    roots = [source.written.node for source in found.files.values() if source.written]
    return [
        pointed(fault, roots) for fault in faults(schema) if fault.message not in said
    ]
