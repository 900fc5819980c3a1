"""YAML in and out: schema files become a schema, a schema becomes a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mm_engine.schemafile.reader import SchemaFile, read_schema

if TYPE_CHECKING:
    from mm_engine.schemafile.jsonschema import json_schema
    from mm_engine.schemafile.writer import schema_yaml

__all__ = ["SchemaFile", "json_schema", "read_schema", "schema_yaml"]

_HOMES = {
    "json_schema": "mm_engine.schemafile.jsonschema",
    "schema_yaml": "mm_engine.schemafile.writer",
}


def __getattr__(name: str) -> object:
    """Load what writes when it is first used: most commands only read (PEP 562)."""
    if name in _HOMES:
        found: object = getattr(import_module(_HOMES[name]), name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
