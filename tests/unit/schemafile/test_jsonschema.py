"""The JSON Schema says what the reader reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
import yaml

from mm_engine.schemafile import json_schema, read_schema, schema_yaml, written
from mm_engine.schemafile.fieldkeys import FIELD, REFERENCE
from mm_engine.schemafile.keys import FILE, FOREIGN_KEY, INDEX, TABLE
from mm_engine.schemafile.shapes import Block
from schema_files import FIXTURES

GOOD = sorted((FIXTURES / "schemas").glob("*.yaml"))


class AsEditorsLoad(yaml.SafeLoader):
    """YAML as an editor sees it: tags are passed over, days are texts."""


def _text(loader: yaml.SafeLoader, node: yaml.Node) -> str:
    assert isinstance(node, yaml.ScalarNode)
    return str(loader.construct_scalar(node))


for tag in ("!literal", "!symbol", "!expression", "tag:yaml.org,2002:timestamp"):
    AsEditorsLoad.add_constructor(tag, _text)


def as_editors_see(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, AsEditorsLoad)))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_files_are_valid(path: Path) -> None:
    text = path.read_text("utf-8")
    jsonschema.validate(as_editors_see(text), json_schema(), jsonschema.Draft7Validator)
    text = schema_yaml(read_schema([path], root=path.parent).schema)
    jsonschema.validate(as_editors_see(text), json_schema(), jsonschema.Draft7Validator)


def test_it_is_a_json_schema_of_draft_7() -> None:
    jsonschema.Draft7Validator.check_schema(json_schema())
    assert json.loads(json.dumps(json_schema())) == json_schema()


@pytest.mark.parametrize(
    "text",
    [
        "tabels: []",
        "tables: [{fields: []}]",
        "tables: [{name: a, fields: [{name: b, type: text, nulable: no}]}]",
        "tables: [{name: a, fields: [{name: b, type: varchar, length: long}]}]",
        "defaults: {postgres: {}}",
    ],
)
def test_bad_files_are_not_valid(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_editors_see(text), json_schema())


@pytest.mark.parametrize(
    ("block", "value"),
    [
        (FILE, written.WrittenFile),
        (TABLE, written.WrittenTable),
        (FIELD, written.WrittenField),
        (INDEX, written.WrittenIndex),
        (REFERENCE, written.WrittenReference),
        (FOREIGN_KEY, written.WrittenForeignKey),
    ],
)
def test_every_key_has_its_place_in_what_is_written(block: Block, value: type) -> None:
    keys = {key.name for key in block.keys}
    assert keys == {a.name for a in attrs.fields(value)} - {"node"}
    assert all(key.help for key in block.keys)
