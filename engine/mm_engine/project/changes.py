"""What the schema files say beyond the migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import Problem
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

if TYPE_CHECKING:
    from mm_engine.migrations.graph import MigrationGraph
    from mm_engine.project.belongings import Belongings


@attrs.frozen(kw_only=True)
class Changes:
    """What the schema files say beyond the migrations, as operations."""

    operations: tuple[Operation, ...]
    before: Schema = attrs.field(repr=False)
    after: Schema = attrs.field(repr=False)
    findings: tuple[Problem, ...] = ()


def changes(project: Belongings, graph: MigrationGraph | None = None) -> Changes:
    """The differences, with nothing asked: only renames that are written count."""
    from mm_engine.diff import diff, written_renames

    file = project.schema_file()
    before = (graph or project.graph()).schema()
    renames, stale = written_renames(before, file.schema)
    return Changes(
        operations=diff(before, file.schema, renames),
        before=before,
        after=file.schema,
        findings=(*file.findings, *stale),
    )
