from __future__ import annotations

from pathlib import Path

import pytest

from mm_engine.dialects.features import Declarable, Features, ForeignKeys
from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.errors import Position
from mm_engine.model import types as t
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.project.checking import DECLARED_ONLY, declared_only, refused_keys
from mm_engine.project.project import Project

AT = Position("schema/schema.yaml", 12, 5)
KEY = ForeignKey(["author"], "people", references=["id"], name="fk", at=AT)
SCHEMA = Schema.of(Table("posts", [Field("author", t.Integer())], foreign_keys=[KEY]))


class Keyless(PostgreSQL):
    """A database that has no foreign keys, and the rest of PostgreSQL."""

    features = Features.like(PostgreSQL.features, foreign_keys=ForeignKeys.ABSENT)


def test_each_key_is_named_with_its_line_and_the_databases_without_it() -> None:
    dialects = {"one": Keyless(), "two": PostgreSQL(), "three": Keyless()}
    [found] = declared_only(SCHEMA, dialects)
    assert (found.code, found.at, found.hint) == (DECLARED_ONLY, AT, None)
    assert found.message == (
        "foreign key of posts (author) to people: one, three cannot keep it,"
        " so only the schema knows of it"
    )


def test_nothing_is_found_where_every_database_has_keys() -> None:
    assert not list(declared_only(SCHEMA, {"two": PostgreSQL()}))


def test_where_keys_are_refused_the_way_out_is_named() -> None:
    refusing = Keyless().treating(frozenset())
    assert not list(declared_only(SCHEMA, {"one": refusing}))
    [found] = refused_keys(SCHEMA, {"one": refusing})
    assert "declare-only" in str(found.hint)


CONFIG = """\
database: {{type: sqlite}}
unsupported: {{foreign_keys: {word}}}
databases:
  warehouse: {{type: mysql}}
  reports: {{type: postgresql, schema: [schema/reports.yaml]}}
  unknown: {{directory: other}}
"""


def project(folder: Path, word: str = "error", database: str | None = None) -> Project:
    (folder / "makemigrations.config.yaml").write_text(CONFIG.format(word=word))
    (folder / "migrations").mkdir()
    return Project.find(folder, environment={}, database=database)


def test_databases_with_migrations_of_their_own_are_checked_for_themselves(
    tmp_path: Path,
) -> None:
    found = project(tmp_path)
    assert list(found.dialects()) == ["sqlite", "warehouse (mysql)"]


def test_one_that_is_chosen_is_checked_alone(tmp_path: Path) -> None:
    found = project(tmp_path, database="reports")
    assert list(found.dialects()) == ["reports (postgresql)"]


@pytest.mark.parametrize("word", ["declare-only", "error"])
def test_every_dialect_is_told_what_the_settings_say(tmp_path: Path, word: str) -> None:
    dialects = project(tmp_path, word).dialects()
    declared = {Declarable.FOREIGN_KEYS} if word == "declare-only" else set()
    assert [one.declared for one in dialects.values()] == [declared, declared]
