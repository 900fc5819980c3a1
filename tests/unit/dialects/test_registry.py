from __future__ import annotations

import subprocess
import sys

import pytest

from mm_engine.dialects import available, dialect
from mm_engine.errors import ConfigError, UnsupportedError
from mm_engine.model.databases import DATABASES


def test_a_dialect_is_found_by_the_name_that_schema_files_have() -> None:
    assert [dialect(name).name for name in available()] == list(available())


def test_a_database_without_a_dialect_says_which_have_one() -> None:
    missing = [name for name in DATABASES if name not in available()]
    with pytest.raises(UnsupportedError, match="sqlite"):
        dialect(missing[0])


def test_an_unknown_database_gets_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match='did you mean "sqlite"'):
        dialect("sqlit")


def test_naming_the_dialects_loads_none() -> None:
    code = "import sys, mm_engine.dialects as d; d.available()"
    code += "; sys.exit('mm_engine.dialects.base' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
