"""What ``init --nox`` writes for nox, GitHub and GitLab is whole, and runs."""

from __future__ import annotations

import shlex
import sys
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import yaml

from mm_engine.runner.url import Url
from mm_nox.sessions import SESSIONS
from nox_runs import listed, nox, run

GITHUB = ".github/workflows/migrations.yml"
GITLAB = ".gitlab/migrations.yml"


def begun(folder: Path, *words: str) -> Path:
    """A project made by ``init --nox``, with a migration of its schema."""
    folder.mkdir(exist_ok=True)
    for command in (("init", "--nox", *words), ("makemigrations",)):
        made = run(folder, "makemigrations", *command)
        assert made.returncode == 0, made.stderr
    return folder


def read(project: Path, name: str) -> Any:
    return yaml.safe_load((project / name).read_text(encoding="utf-8"))


def commands(project: Path, name: str) -> list[str]:
    """The lines that a workflow has its shell run."""
    jobs = read(project, name)
    if name == GITLAB:
        return [str(line) for line in jobs["migrations"]["script"]]
    steps = jobs["jobs"]["migrations"]["steps"]
    return [str(step["run"]) for step in steps if "run" in step]


def test_a_noxfile_works_as_a_script_too(tmp_path: Path) -> None:
    project = begun(tmp_path)
    assert [entry["session"] for entry in listed(project, "db")] == list(SESSIONS)
    answer = run(project, sys.executable, "noxfile.py", "-s", "schema-check")
    assert answer.returncode == 0, answer.stderr
    assert not list(project.glob(".nox/*script*")), "what it names is installed here"


def test_files_that_are_there_are_kept(tmp_path: Path) -> None:
    begun(tmp_path)
    (tmp_path / "noxfile.py").write_text("# mine\n", encoding="utf-8")
    said = run(tmp_path, "makemigrations", "init", "--nox").stderr
    for name in ("noxfile.py", GITHUB, GITLAB):
        assert f"kept {name}, which was there" in said
    assert (tmp_path / "noxfile.py").read_text(encoding="utf-8") == "# mine\n"


def test_workflows_run_on_pushes_and_requests(tmp_path: Path) -> None:
    workflow = read(begun(tmp_path), GITHUB)
    assert workflow[True] == ["push", "pull_request"], "YAML reads a bare on as true"
    [job] = workflow["jobs"].values()
    uses = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [name.partition("@")[0] for name in uses] == [
        "actions/checkout",
        "actions/setup-python",
    ]


def test_what_workflows_install_is_what_the_package_offers(tmp_path: Path) -> None:
    project = begun(tmp_path)
    offered = metadata("makemigrations").get_all("Provides-Extra") or []
    for name in (GITHUB, GITLAB):
        install = shlex.split(commands(project, name)[0])
        assert install[:4] == ["python", "-m", "pip", "install"]
        assert install[4:] == ["nox", "makemigrations[all]"]
    assert "all" in offered


def test_the_sessions_of_workflows_pass_and_then_find_what_is_forgotten(
    tmp_path: Path,
) -> None:
    project = begun(tmp_path)
    [line] = commands(project, GITHUB)[1:]
    assert commands(project, GITLAB)[1:] == [line]
    program, *words = shlex.split(line)
    assert (program, words[0]) == ("nox", "-s")
    assert set(words[1:]) <= SESSIONS.keys()
    answer = nox(project, *words)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    [migration] = (project / "migrations").glob("0001*.py")
    migration.unlink()
    answer = nox(project, *words)
    assert answer.returncode == 1
    assert "schema-check: failed" in answer.stderr
    assert "db-test: failed" in answer.stderr


def test_gitlab_runs_a_server_beside_the_tests_of_postgresql(tmp_path: Path) -> None:
    job = read(begun(tmp_path / "one", "--database", "postgresql"), GITLAB)[
        "migrations"
    ]
    url = Url.of(job["variables"]["MAKEMIGRATIONS_TEST_URL"])
    assert url.database_type == "postgresql"
    assert url.password == job["variables"]["POSTGRES_PASSWORD"]
    assert [f"{url.host}:18"] == job["services"], "a service is called like its image"
    assert "services" not in read(begun(tmp_path / "other"), GITLAB)["migrations"]
