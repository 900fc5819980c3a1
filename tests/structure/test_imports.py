"""Imports point one way, and each library is known to the rooms that need it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import networkx as nx
import pytest

from source_tree import ENGINE, Source, engine_sources, imports, parsed, sources

LEVELS = (
    ("errors",),
    ("model",),
    ("operations",),
    ("schemafile", "diff", "dialects", "migrations"),
    ("introspect",),
    ("runner",),
    ("lint",),
    ("interop",),
    ("config", "questions", "project"),
    ("cli",),
    ("testing",),
    ("mm_pytest",),
)
"""Each room imports from its own level and from those above it in this list."""

LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}

SURFACE = {"__init__": "migrations", "__main__": "cli"}
"""The files beside the rooms, and the last room that each may reach."""

OWNERS = {
    "networkx": ("migrations/graph.py", "diff/order.py"),
    "sqlalchemy": ("runner/", "introspect/", "interop/", "testing/"),
    "turso_serverless": ("runner/hrana.py",),
    "yaml": ("schemafile/",),
    "click": ("cli/",),
    "rich": ("cli/",),
    "pytest": ("testing/",),
    "attrs": ("",),
}
"""Every library the engine may import, and where."""

ONLY_FOR_TYPES = {"sqlalchemy": ("operations/data.py",)}
"""RunPython says that its function takes a connection."""

ALWAYS_LOADED = tuple(
    f"mm_pytest/{name}.py"
    for name in ("__init__", "assertions", "fixtures", "options", "plugin")
)
"""What every run of pytest loads where we are installed."""

HEAVY = ("networkx", "pytest", "rich", "sqlalchemy")


def level(source: Source) -> int:
    """How far down the list of levels a file may look."""
    if source.package == "mm_pytest":
        return LEVEL["mm_pytest"]
    return LEVEL[SURFACE.get(source.room, source.room)]


def rooms_imported(source: Source) -> Iterator[tuple[str, int]]:
    """Rooms of the engine that a file imports, with the line; "" is the surface."""
    for found in imports(source):
        package, _, rest = found.module.partition(".")
        if package == "mm_pytest":
            yield package, found.line
        if package == "mm_engine":
            room = rest.split(".")[0]
            yield (room if room in LEVEL else ""), found.line


def import_offences(source: Source) -> list[str]:
    """What a file imports from rooms that stand after its own."""
    said = []
    for room, line in rooms_imported(source):
        if room == "" and level(source) < LEVEL["cli"]:
            said.append(f"{source.path}:{line} imports mm_engine, the users' surface")
        elif room and LEVEL[room] > level(source):
            said.append(f"{source.path}:{line} imports {room}, which stands after it")
    return said


def library_offences(source: Source) -> list[str]:
    """What a file of the engine imports that its room does not own."""
    said = []
    for found in imports(source):
        library = found.module.split(".")[0]
        if library == "mm_engine" or library in sys.stdlib_module_names:
            continue
        allowed = OWNERS.get(library, ())
        if found.typing_only:
            allowed += ONLY_FOR_TYPES.get(library, ())
        if not source.inside.startswith(tuple(allowed)):
            said.append(f"{source.path}:{found.line} imports {found.module}")
    return said


def gathered(offences: Iterable[list[str]]) -> str:
    return "\n".join(offence for some in offences for offence in some)


def test_every_room_has_a_level() -> None:
    rooms = {source.room for source in engine_sources()}
    assert rooms <= {*LEVEL, *SURFACE}


def test_imports_point_one_way() -> None:
    files = [source for source in sources() if source.package != "mm_nox"]
    assert gathered(map(import_offences, files)) == ""


def test_rooms_of_one_level_never_import_each_other_in_a_circle() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for source in engine_sources():
        if source.room in LEVEL:
            for room, _ in rooms_imported(source):
                if room not in ("", source.room):
                    graph.add_edge(source.room, room)
    assert list(nx.simple_cycles(graph)) == []


def test_each_library_is_imported_only_by_the_rooms_that_own_it() -> None:
    assert gathered(map(library_offences, engine_sources())) == ""


def test_nobody_imports_the_source_root_or_relatively() -> None:
    said = [
        f"{source.path}:{found.line}"
        for source in sources()
        for found in imports(source)
        if found.module.split(".")[0] in ("engine", "")
    ]
    assert said == []


def test_mm_nox_knows_nothing_but_nox() -> None:
    libraries = {
        found.module.split(".")[0]
        for source in sources()
        if source.package == "mm_nox"
        for found in imports(source)
    }
    assert libraries <= {"mm_nox", "nox"} | sys.stdlib_module_names


def test_the_pytest_plugin_imports_only_pytest_at_its_top() -> None:
    libraries = {
        found.module.split(".")[0]
        for source in sources()
        if source.path in ALWAYS_LOADED
        for found in imports(source)
        if not found.in_function and not found.typing_only
    }
    assert libraries <= {"pytest", "mm_pytest"} | sys.stdlib_module_names


def loaded_by(*words: str) -> set[str]:
    """Top-level modules in a fresh Python that was started with these words."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    lines = [
        line for line in done.stderr.splitlines() if line.startswith("import time")
    ]
    return {line.rpartition("|")[2].strip().split(".")[0] for line in lines}


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        ("__init__.py", ("-c", "import mm_engine")),
        ("cli/app.py", ("-c", "import mm_engine.cli.app")),
        ("__main__.py", ("-m", "mm_engine", "--help")),
        ("__main__.py", ("-m", "mm_engine", "makemigrations", "--help")),
    ],
)
def test_starting_is_quick(needed: str, words: tuple[str, ...]) -> None:
    if (ENGINE / needed).exists():
        assert loaded_by(*words) & set(HEAVY) == set()


def test_looking_at_the_history_of_a_file_needs_no_sqlalchemy(tmp_path: Path) -> None:
    (tmp_path / "app.db").touch()
    look = (
        "from pathlib import Path\n"
        "from mm_engine.runner.history import read_history\n"
        "from mm_engine.runner.url import Url\n"
        f"read_history(Url.of('sqlite:///app.db'), root=Path({str(tmp_path)!r}))"
    )
    assert loaded_by("-c", look) & set(HEAVY) == set()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("mm_engine/model/table.py", "from mm_engine.operations import base"),
        ("mm_engine/errors.py", "import mm_engine.model.types"),
        ("mm_engine/diff/tables.py", "def f():\n    from mm_engine import runner"),
        ("mm_engine/runner/plan.py", "import mm_engine as mm"),
        ("mm_engine/cli/app.py", "import mm_pytest"),
        ("mm_engine/__init__.py", "from mm_engine.project import make"),
    ],
)
def test_an_import_the_wrong_way_is_found(path: str, text: str) -> None:
    assert len(import_offences(parsed(path, text))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("mm_engine/runner/plan.py", "import networkx as nx"),
        ("mm_engine/config.py", "from yaml import safe_load"),
        ("mm_engine/dialects/base.py", "def f():\n    import sqlalchemy"),
        ("mm_engine/model/types.py", "import numpy"),
        ("mm_engine/operations/data.py", "import sqlalchemy"),
        ("mm_engine/diff/tables.py", "if TYPE_CHECKING:\n    import sqlalchemy"),
    ],
)
def test_a_library_in_the_wrong_room_is_found(path: str, text: str) -> None:
    assert len(library_offences(parsed(path, text))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("mm_engine/migrations/graph.py", "import networkx as nx"),
        ("mm_engine/runner/execute.py", "from sqlalchemy import text"),
        ("mm_engine/operations/data.py", "if TYPE_CHECKING:\n    import sqlalchemy"),
        ("mm_engine/model/table.py", "from mm_engine.errors import Position"),
    ],
)
def test_an_import_in_the_right_room_is_fine(path: str, text: str) -> None:
    source = parsed(path, text)
    assert import_offences(source) + library_offences(source) == []
