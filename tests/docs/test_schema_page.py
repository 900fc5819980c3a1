"""The reference of schema files names every key that the reader knows, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doc_pages import DOCS, Block, blocks, codes, rows, sections
from mm_engine.model.databases import DATABASES
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema
from mm_engine.model.symbols import BUILT_IN_SYMBOLS
from mm_engine.schemafile import json_schema, read_schema
from mm_engine.schemafile.fieldtypes import SPELLINGS, TYPE_NAMES
from mm_engine.schemafile.keys import FILE
from mm_engine.schemafile.kinds import _ACTIONS, DEFAULT_TAGS, Kind
from mm_engine.schemafile.shapes import Again, Either, ListOf, MapOf, Short
from mm_engine.schemafile.shapes import Block as KeyBlock

TEXT = (DOCS / "reference" / "schema.md").read_text(encoding="utf-8")
PAGE = {heading.lower(): text for heading, text in sections(TEXT).items()}
EXAMPLES = [block for block in blocks(TEXT) if block.language == "yaml"]


def _blocks(kind: Kind | None, seen: dict[str, KeyBlock]) -> dict[str, KeyBlock]:
    """Every block of keys that a file may hold, by what it is."""
    match kind:
        case KeyBlock() if kind.what not in seen:
            seen[kind.what] = kind
            for key in kind.keys:
                _blocks(key.kind, seen)
        case Either():
            for one in (kind.text, kind.items, kind.mapping):
                _blocks(one, seen)
        case ListOf() | MapOf() | Short():
            _blocks(kind.kind, seen)
        case Again():
            _blocks(kind.kind(), seen)
        case _:
            pass
    return seen


KEY_BLOCKS = _blocks(FILE, {})


def _told(section: str) -> list[list[str]]:
    return [row for row in rows(section) if codes(row[0])]


@pytest.mark.parametrize("what", KEY_BLOCKS)
def test_each_key_of_a_block_is_told_and_no_other(what: str) -> None:
    told = [codes(row[0])[0] for row in _told(PAGE[what])]
    assert sorted(told) == sorted(KEY_BLOCKS[what].spellings)


@pytest.mark.parametrize("what", KEY_BLOCKS)
def test_what_is_required_is_told_so(what: str) -> None:
    told = [codes(row[0])[0] for row in _told(PAGE[what]) if "(required)" in row[1]]
    assert sorted(told) == sorted(KEY_BLOCKS[what].required)


def test_every_type_is_told() -> None:
    told = [codes(row[0])[0] for row in _told(PAGE["types"])]
    assert sorted(told) == sorted(TYPE_NAMES)
    assert set(SPELLINGS) <= set(codes(PAGE["types"]))


def test_every_database_symbol_tag_and_action_is_told() -> None:
    said = codes(TEXT)
    actions = [action.replace(" ", "_") for action in _ACTIONS]
    known = [*DATABASES, *BUILT_IN_SYMBOLS, *DEFAULT_TAGS, *actions]
    assert [word for word in known if word not in said] == []


def _whole(text: str) -> str:
    """An example as a file: a list of fields stands in a table of its own."""
    if not text.startswith("- "):
        return text
    fields = "".join(f"      {line}\n" for line in text.splitlines())
    key = "      - {name: id, type: serial, primary_key: true}\n"
    return f"tables:\n  - name: things\n    fields:\n{key}{fields}"


def _numbered() -> Iterator[tuple[int, Block]]:
    yield from enumerate(EXAMPLES)


@pytest.mark.parametrize(
    "number", [number for number, block in _numbered() if block.file is None]
)
def test_each_example_is_a_schema_file(number: int, tmp_path: Path) -> None:
    for block in EXAMPLES[:number]:
        if block.file is not None:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    path = tmp_path / "schema.yaml"
    path.write_text(_whole(EXAMPLES[number].text), encoding="utf-8")
    found = read_schema([path], root=tmp_path)
    warned = [finding.message for finding in found.findings]
    assert [message for message in warned if "wins over" not in message] == []


def test_the_merged_table_is_what_the_page_says(tmp_path: Path) -> None:
    [including] = [b.text for b in EXAMPLES if b.text.startswith("include:")]
    [included] = [b for b in EXAMPLES if b.file is not None]
    (tmp_path / str(included.file)).write_text(included.text, encoding="utf-8")
    (tmp_path / "schema.yaml").write_text(including, encoding="utf-8")
    users = read_schema([tmp_path / "schema.yaml"], root=tmp_path).schema.table("users")
    assert sorted(field.name for field in users.fields) == ["email", "id", "nick"]
    assert not users.field("email").nullable


def test_names_that_the_page_gives_as_examples_are_made(tmp_path: Path) -> None:
    [text] = [b.text for b in EXAMPLES if "without_rowid" in b.text]
    (tmp_path / "schema.yaml").write_text(text, encoding="utf-8")
    schema = read_schema([tmp_path / "schema.yaml"], root=tmp_path).schema
    visits = with_names(schema, Schema()).table("visits")
    assert [check.name for check in visits.checks] == ["ck_visits_count"]
    assert "`ck_visits_count`" in TEXT


def test_there_is_a_json_schema_as_the_page_says() -> None:
    assert "`mm_engine.schemafile.json_schema()`" in TEXT
    assert set(json_schema()["properties"]) == set(FILE.spellings)  # type: ignore[arg-type]  # a value of JSON, which here is a mapping
