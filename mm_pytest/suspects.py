"""The migration after which a database is no longer what the migrations say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.project import Project


def first_drifting(project: Project, engine: sa.Engine) -> str | None:
    """Its name, found by taking an empty database up one migration at a time.

    None where the database differs after none of them.
    """
    from mm_pytest.drifted import drift

    for migration in project.graph().order():
        project.migrate(engine, to=migration.name)
        if drift(engine, project, None).operations:
            return migration.name
    return None
