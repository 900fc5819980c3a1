"""The example projects are what the tool makes of their past, byte by byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from command_line import Line
from histories import Example, examples
from mm_engine.project import Project


@pytest.fixture(params=examples(), ids=lambda example: example.name)
def example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Example:
    """Each project, with the packages that it takes schema files from."""
    found = request.param
    assert isinstance(found, Example)
    monkeypatch.syspath_prepend(found.packages)
    return found


def test_every_migration_is_what_the_tool_writes(
    example: Example, tmp_path: Path
) -> None:
    def run(folder: Path, words: Sequence[str]) -> str:
        return Line(folder).fine(*words)

    assert example.made(tmp_path / "project", run) == example.migrations()


def test_processes_of_their_own_write_the_same(tmp_path: Path) -> None:
    def run(folder: Path, words: Sequence[str]) -> str:
        answer = Line(folder).process(*words)
        assert answer.code == 0, answer.err
        return answer.out

    [blog] = [example for example in examples() if example.name == "blog"]
    assert blog.made(tmp_path / "project", run) == blog.migrations()


def test_the_schema_is_that_of_the_last_step(example: Example) -> None:
    files = {
        path.name: path.read_text(encoding="utf-8")
        for path in (example.folder / "schema").glob("*.yaml")
    }
    assert files == example.schema_files(example.steps()[-1])


def test_nothing_is_unwritten(example: Example, tmp_path: Path) -> None:
    project = Project.find(example.copy(tmp_path))
    assert project.check().findings == ()
    assert len(tuple(project.graph().leaves())) == 1
