"""YAML in and out: schema files become a schema, a schema becomes a file."""

from __future__ import annotations

from mm_engine.schemafile.reader import SchemaFile, read_schema

__all__ = ["SchemaFile", "read_schema"]
