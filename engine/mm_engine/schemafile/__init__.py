"""YAML in and out: schema files become a schema, a schema becomes a file."""

from __future__ import annotations

from mm_engine.schemafile.jsonschema import json_schema
from mm_engine.schemafile.reader import SchemaFile, read_schema
from mm_engine.schemafile.writer import schema_yaml

__all__ = ["SchemaFile", "json_schema", "read_schema", "schema_yaml"]
