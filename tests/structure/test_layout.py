"""What lies where, in the repository and in what is built from it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from source_tree import PACKAGES, ROOT, sources

LONGEST = 350
LONG_FOR_A_REASON: dict[str, str] = {}
"""Files over the limit, by path from the package's parent, each with its reason."""


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_engine_is_a_source_root_and_not_a_package() -> None:
    assert not (ROOT / "engine" / "__init__.py").exists()
    packages = {path.parent.name for path in (ROOT / "engine").glob("*/__init__.py")}
    assert packages <= {"mm_engine"}


def test_the_wheel_holds_exactly_the_three_packages(wheel_names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel_names}
    [metadata] = [top for top in tops if top.endswith(".dist-info")]
    assert tops == {"mm_engine", "mm_nox", "mm_pytest", metadata}


def test_the_wheel_holds_every_source_file(wheel_names: list[str]) -> None:
    assert {source.path for source in sources()} <= set(wheel_names)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_package_says_that_it_is_typed(
    package: Path, wheel_names: list[str]
) -> None:
    assert f"{package.name}/py.typed" in wheel_names


def test_a_file_over_the_limit_has_its_reason_written_down() -> None:
    long = {
        source.path for source in sources() if len(source.text.splitlines()) > LONGEST
    }
    assert long == set(LONG_FOR_A_REASON)
