from __future__ import annotations

import subprocess
import sys

import pytest

from mm_engine.dialects import available, dialect
from mm_engine.errors import ConfigError, UnsupportedError
from mm_engine.model.constraints import Unique
from mm_engine.model.databases import DATABASES


def test_a_dialect_is_found_by_the_name_that_schema_files_have() -> None:
    assert [dialect(name).name for name in available()] == list(available())


def test_every_database_that_schema_files_name_has_a_dialect() -> None:
    assert sorted(available()) == sorted(DATABASES)


def test_an_unknown_database_gets_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match='did you mean "sqlite"'):
        dialect("sqlit")


@pytest.mark.parametrize("version", [(14,), (14, 20), (15,), (15, 1), (18, 3), None])
def test_a_version_has_facts_of_its_own(version: tuple[int, ...] | None) -> None:
    newest, told = dialect("postgresql"), dialect("postgresql", version)
    is_old = version is not None and version < (15,)
    assert told.features.nulls_not_distinct is not is_old
    assert (told is newest) is not is_old
    assert newest.features.nulls_not_distinct
    assert newest.title == "PostgreSQL"


def test_what_an_older_version_cannot_say_names_it() -> None:
    unique = Unique(("a",), name="uq", nulls_not_distinct=True)
    with pytest.raises(UnsupportedError, match=r"^PostgreSQL 14\.2 takes rows"):
        dialect("postgresql", (14, 2)).unique_sql(unique)
    assert "NULLS NOT DISTINCT" in dialect("postgresql", (15,)).unique_sql(unique)


def test_naming_the_dialects_loads_none() -> None:
    code = "import sys, mm_engine.dialects as d; d.available()"
    code += "; sys.exit('mm_engine.dialects.base' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
