"""What a database cannot be told of a project is refused before anything of it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from histories import PROJECTS, Example
from mm_engine.errors import UnsupportedError
from mm_engine.project import Project
from mm_engine.project.telling import Choice, Scope
from told_projects import UNTOLD

REFUSED = [
    (name, database, reason)
    for name, refused in UNTOLD.items()
    for database, reason in refused.items()
]


@pytest.mark.parametrize(("name", "database", "reason"), REFUSED)
def test_it_is_refused_whole(
    name: str,
    database: str,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    example = Example(PROJECTS / name)
    monkeypatch.syspath_prepend(example.packages)
    project = Project.find(example.copy(tmp_path))
    with pytest.raises(UnsupportedError, match=reason):
        project.showsql(Choice(scope=Scope.ALL), database_type=database)
