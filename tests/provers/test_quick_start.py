"""The quick start of the README, as it is told where no server runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from begun_projects import quick_start
from mm_engine.project import Project
from proofs import parsed
from provers import prover_of
from told_projects import statements


@pytest.mark.parametrize("database", parsed())
def test_the_quick_start_is_taken_up_and_down(database: str, tmp_path: Path) -> None:
    project = Project.find(quick_start(database, tmp_path).folder)
    prover = prover_of(database)
    said = list(statements(project.graph(), project.dialect(database)))
    assert len(said) > len(project.schema().tables)
    assert [(sql, faults) for sql in said if (faults := prover.faults(sql))] == []
