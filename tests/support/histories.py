"""Projects in ``fixtures/projects`` with their past, from which they are made anew.

``history/`` holds a folder a step: the schema files that changed in it, as they were
then. Beside it lie ``STEP.answers.yaml``, what was answered, and ``STEP.diff``, what a
person changed in the file that the tool had written. ``history/steps.yaml`` says of a
step what is not plain: the steps it came ``after`` (the one before it, if nothing is
said), and the command that was ``run``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs
import yaml

from doc_pages import changed

PROJECTS = Path(__file__).parents[2] / "fixtures" / "projects"
PLAIN = "makemigrations"
SETTINGS = "makemigrations.config.yaml"

Run = Callable[[Path, Sequence[str]], str]
"""Runs a command line in a folder: what it says. Fails unless it ends well."""


@attrs.frozen
class Step:
    """One migration as it was made: after which steps, and by which command."""

    name: str
    after: tuple[str, ...]
    command: tuple[str, ...]


@attrs.frozen
class Example:
    """A project whose every migration can be made again."""

    folder: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return self.folder.name

    @property
    def history(self) -> Path:
        """Where its past lies."""
        return self.folder / "history"

    @property
    def packages(self) -> Path:
        """The folder of Python packages that hold schema files of it."""
        return self.folder / "packages"

    def steps(self) -> tuple[Step, ...]:
        """Every step, those before it first."""
        written = self.history / "steps.yaml"
        odd = yaml.safe_load(written.read_text(encoding="utf-8"))
        folders = {path.name for path in self.history.iterdir() if path.is_dir()}
        found: list[Step] = []
        for name in sorted(folders | odd.keys()):
            said = odd.get(name, {})
            before = [found[-1].name] if found else []
            command = str(said.get("run", PLAIN)).split()
            after = tuple(said.get("after", before))
            found.append(Step(name, after, tuple(command)))
        return tuple(found)

    def schema_files(self, step: Step) -> dict[str, str]:
        """The schema files as they were at a step, by their names."""
        known = {one.name: one for one in self.steps()}
        files: dict[str, str] = {}
        for name in step.after:
            files |= self.schema_files(known[name])
        return files | _texts(self.history / step.name)

    def made(self, scratch: Path, run: Run) -> dict[str, str]:
        """Every migration file as the tool makes it today, by the steps they are of.

        ``scratch`` becomes a copy of the project in which they are made.
        """
        folder = scratch / "migrations"
        folder.mkdir(parents=True)
        shutil.copy(self.folder / "migrations" / SETTINGS, folder)
        steps = {step.name: step for step in self.steps()}
        files: dict[str, tuple[str, str]] = {}
        for step in steps.values():
            _put(scratch / "schema", self.schema_files(step), "*.yaml")
            earlier = dict(files[name] for name in _ancestors(step, steps))
            _put(folder, earlier, "*.py")
            run(scratch, [*step.command, *self._answers(step)])
            [path] = {path for path in folder.glob("*.py") if path.name not in earlier}
            text = path.read_text(encoding="utf-8")
            files[step.name] = (path.name, self._edited(step, text))
        return dict(files.values())

    def _answers(self, step: Step) -> list[str]:
        path = self.history / f"{step.name}.answers.yaml"
        return ["--answers", str(path)] if path.exists() else []

    def _edited(self, step: Step, text: str) -> str:
        path = self.history / f"{step.name}.diff"
        return (
            changed(text, path.read_text(encoding="utf-8")) if path.exists() else text
        )

    def migrations(self) -> dict[str, str]:
        """The migration files that it has, by their names."""
        return _texts(self.folder / "migrations", "*.py")

    def copy(self, scratch: Path) -> Path:
        """A copy to work in, without the past."""
        for name in ("migrations", "schema"):
            shutil.copytree(
                self.folder / name,
                scratch / name,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        return scratch


def examples() -> list[Example]:
    """Every project that there is."""
    return [Example(path) for path in sorted(PROJECTS.iterdir()) if path.is_dir()]


def _ancestors(step: Step, steps: dict[str, Step]) -> Iterator[str]:
    for name in step.after:
        yield name
        yield from _ancestors(steps[name], steps)


def _texts(folder: Path, pattern: str = "*.yaml") -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(folder.glob(pattern))
    }


def _put(folder: Path, files: dict[str, str], pattern: str) -> None:
    """Make these the only files of their kind in a folder."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob(pattern):
        if path.name not in files and path.name != SETTINGS:
            path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
