"""All that the example projects say where no server runs is taken by its prover."""

from __future__ import annotations

from pathlib import Path

import pytest

from histories import Example, examples
from mm_engine.project import Project
from proofs import parsed
from provers import prover_of
from told_projects import is_told, statements

PLACES = tuple(
    pytest.param(database, example, id=f"{example.name}-{database}")
    for database in parsed()
    for example in examples()
    if is_told(example, database)
)


def test_there_are_projects_to_prove() -> None:
    assert PLACES


@pytest.mark.parametrize(("database", "example"), PLACES)
def test_a_project_is_taken_up_and_down(
    database: str, example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(example.packages)
    project = Project.find(example.copy(tmp_path))
    prover = prover_of(database)
    said = list(statements(project.graph(), project.dialect(database)))
    assert len(said) > len(project.schema().tables)
    assert [(sql, faults) for sql in said if (faults := prover.faults(sql))] == []
