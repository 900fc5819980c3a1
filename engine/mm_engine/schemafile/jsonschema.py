"""The JSON Schema of schema files, made from the tables the reader itself reads by."""

from __future__ import annotations

from mm_engine.schemafile.fieldkeys import ELEMENT
from mm_engine.schemafile.keys import FILE
from mm_engine.schemafile.kinds import JsonObject


def json_schema() -> JsonObject:
    """A draft-07 schema for editors and other tools.

    It takes numbers and truth values where texts are meant, since such tools see the
    file after a YAML parser that knows nothing of what is meant.
    """
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "makemigrations schema file",
        **FILE.json_schema(),
        "definitions": {"element": ELEMENT.json_schema()},
    }
