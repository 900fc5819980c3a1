"""Hypothesis strategies for everything the engine passes around.

``from strategies import schemas, schema_pairs, situations, migrations`` in any test:
``tests/support`` is on the path of pytest, mypy and pyright.
"""

from __future__ import annotations

from strategies.edits import SchemaPair, schema_pairs
from strategies.makers import OPERATION_CLASSES, WRITTEN_CLASSES
from strategies.names import HOSTILE_NAMES, names
from strategies.operations import (
    Situation,
    Trail,
    migrations,
    operations,
    situations,
    situations_of,
    trails,
)
from strategies.schemas import field_types, named_schemas, schemas

__all__ = [
    "HOSTILE_NAMES",
    "OPERATION_CLASSES",
    "WRITTEN_CLASSES",
    "SchemaPair",
    "Situation",
    "Trail",
    "field_types",
    "migrations",
    "named_schemas",
    "names",
    "operations",
    "schema_pairs",
    "schemas",
    "situations",
    "situations_of",
    "trails",
]
