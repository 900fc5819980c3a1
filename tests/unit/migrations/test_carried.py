from __future__ import annotations

from pathlib import Path

import pytest

import mm_engine as mm
from mm_engine.errors import MigrationFileError
from mm_engine.migrations.files import write_migration
from mm_engine.migrations.loader import load_migrations
from mm_engine.migrations.source import migration_source

FILLING = '''\
"""Fill in the slugs."""

from __future__ import annotations

import os.path
import re
from typing import TYPE_CHECKING

import mm_engine as mm

from ._helpers import WORDS

if TYPE_CHECKING:
    import sqlalchemy as sa

LIMIT = 10
UNUSED = os.path.sep


def shortened(text: str) -> str:
    """Cut a text."""
    return re.sub("-+", "-", text)[:LIMIT]  # not too long


def fill(connection: sa.Connection, schema: mm.Schema) -> None:
    for word in WORDS:
        connection.exec_driver_sql(shortened(word))


migration = mm.Migration(
    name="0001_fill", dependencies=[], operations=[mm.RunPython(fill)]
)
'''

CARRIED = '''\
"""Run Python: fill."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import mm_engine as mm

from ._helpers import WORDS

if TYPE_CHECKING:
    import sqlalchemy as sa

LIMIT = 10


def shortened(text: str) -> str:
    """Cut a text."""
    return re.sub("-+", "-", text)[:LIMIT]  # not too long


def fill(connection: sa.Connection, schema: mm.Schema) -> None:
    for word in WORDS:
        connection.exec_driver_sql(shortened(word))


migration = mm.Migration(
    name="0002_again",
    dependencies=[],
    operations=[
        mm.RunPython(fill),
    ],
)
'''


def load(folder: Path, **texts: str) -> list[mm.Migration]:
    (folder / "_helpers.py").write_text("WORDS = ['a']\ndef done(c, s): ...\n")
    for name, text in texts.items():
        (folder / f"{name.removeprefix('m')}.py").write_text(text, encoding="utf-8")
    return list(load_migrations(folder))


def joined(*migrations: mm.Migration) -> mm.Migration:
    operations = [op for migration in migrations for op in migration.operations]
    return mm.Migration(name="0002_again", dependencies=[], operations=operations)


def test_a_function_brings_along_what_it_uses(tmp_path: Path) -> None:
    assert migration_source(joined(*load(tmp_path, m0001_fill=FILLING))) == CARRIED


def test_a_function_that_moved_has_the_same_digest(tmp_path: Path) -> None:
    [first] = load(tmp_path, m0001_fill=FILLING)
    write_migration(tmp_path, joined(first))
    (tmp_path / "0001_fill.py").unlink()
    [again] = load_migrations(tmp_path)
    assert again.digest == first.digest


def test_a_function_of_a_helper_is_imported_from_it(tmp_path: Path) -> None:
    text = FILLING.replace("import WORDS", "import WORDS, done as fill").replace(
        "def fill(", "def other("
    )
    source = migration_source(joined(*load(tmp_path, m0001_fill=text)))
    assert "\nfrom ._helpers import done\n" in source
    assert "mm.RunPython(done)" in source


def test_the_same_helper_twice_is_written_once(tmp_path: Path) -> None:
    other = FILLING.replace("0001_fill", "0003_more").replace("fill", "more")
    first, more = load(tmp_path, m0001_fill=FILLING, m0003_more=other)
    source = migration_source(joined(first, more))
    assert source.count("def shortened") == source.count("LIMIT = 10") == 1


def test_two_different_functions_of_one_name_are_refused(tmp_path: Path) -> None:
    other = FILLING.replace("0001_fill", "0003_more").replace("WORDS:", "WORDS[1:]:")
    first, more = load(tmp_path, m0001_fill=FILLING, m0003_more=other)
    with pytest.raises(MigrationFileError, match='two different things called "fill"'):
        migration_source(joined(first, more))
