"""What a migration file uses: ``import mm_engine as mm``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mm_engine.migrations.migration import Migration as Migration
    from mm_engine.model.constraints import Check as Check
    from mm_engine.model.constraints import ForeignKey as ForeignKey
    from mm_engine.model.constraints import PrimaryKey as PrimaryKey
    from mm_engine.model.constraints import Unique as Unique
    from mm_engine.model.objects import Enum as Enum
    from mm_engine.model.schema import Schema as Schema
    from mm_engine.model.table import Desc as Desc
    from mm_engine.model.table import Field as Field
    from mm_engine.model.table import Index as Index
    from mm_engine.model.table import Table as Table
    from mm_engine.model.types import Array as Array
    from mm_engine.model.types import BigInt as BigInt
    from mm_engine.model.types import BigSerial as BigSerial
    from mm_engine.model.types import Boolean as Boolean
    from mm_engine.model.types import Bytes as Bytes
    from mm_engine.model.types import Char as Char
    from mm_engine.model.types import Date as Date
    from mm_engine.model.types import Decimal as Decimal
    from mm_engine.model.types import Double as Double
    from mm_engine.model.types import EnumOf as EnumOf
    from mm_engine.model.types import Float as Float
    from mm_engine.model.types import Integer as Integer
    from mm_engine.model.types import Interval as Interval
    from mm_engine.model.types import Json as Json
    from mm_engine.model.types import Jsonb as Jsonb
    from mm_engine.model.types import Native as Native
    from mm_engine.model.types import Serial as Serial
    from mm_engine.model.types import SmallInt as SmallInt
    from mm_engine.model.types import Text as Text
    from mm_engine.model.types import Time as Time
    from mm_engine.model.types import Timestamp as Timestamp
    from mm_engine.model.types import TimestampTZ as TimestampTZ
    from mm_engine.model.types import Uuid as Uuid
    from mm_engine.model.types import Varchar as Varchar
    from mm_engine.model.values import Expression as Expression
    from mm_engine.model.values import Literal as Literal
    from mm_engine.model.values import Symbol as Symbol
    from mm_engine.operations import AddCheck as AddCheck
    from mm_engine.operations import AddField as AddField
    from mm_engine.operations import AddForeignKey as AddForeignKey
    from mm_engine.operations import AddIndex as AddIndex
    from mm_engine.operations import AddUnique as AddUnique
    from mm_engine.operations import AlterCheck as AlterCheck
    from mm_engine.operations import AlterEnum as AlterEnum
    from mm_engine.operations import AlterField as AlterField
    from mm_engine.operations import AlterForeignKey as AlterForeignKey
    from mm_engine.operations import AlterIndex as AlterIndex
    from mm_engine.operations import AlterPrimaryKey as AlterPrimaryKey
    from mm_engine.operations import AlterUnique as AlterUnique
    from mm_engine.operations import CreateEnum as CreateEnum
    from mm_engine.operations import CreateTable as CreateTable
    from mm_engine.operations import DropCheck as DropCheck
    from mm_engine.operations import DropEnum as DropEnum
    from mm_engine.operations import DropField as DropField
    from mm_engine.operations import DropForeignKey as DropForeignKey
    from mm_engine.operations import DropIndex as DropIndex
    from mm_engine.operations import DropTable as DropTable
    from mm_engine.operations import DropUnique as DropUnique
    from mm_engine.operations import RenameConstraint as RenameConstraint
    from mm_engine.operations import RenameEnum as RenameEnum
    from mm_engine.operations import RenameField as RenameField
    from mm_engine.operations import RenameIndex as RenameIndex
    from mm_engine.operations import RenameTable as RenameTable
    from mm_engine.operations import RestoreData as RestoreData
    from mm_engine.operations import RunPython as RunPython
    from mm_engine.operations import RunSQL as RunSQL
    from mm_engine.operations import SetDefaults as SetDefaults
    from mm_engine.operations import SetTableComment as SetTableComment
    from mm_engine.operations import SetTableOptions as SetTableOptions
    from mm_engine.operations import SetTypeMappings as SetTypeMappings
    from mm_engine.operations import UpsertData as UpsertData

_HOMES = (
    "mm_engine.operations",
    "mm_engine.model.table",
    "mm_engine.model.types",
    "mm_engine.model.values",
    "mm_engine.model.constraints",
    "mm_engine.model.objects",
    "mm_engine.model.schema",
    "mm_engine.migrations.migration",
)


def __getattr__(name: str) -> object:
    """Load a name when it is first used, so that ``--help`` loads none (PEP 562)."""
    if not name.startswith("_"):
        for home in _HOMES:
            found: object = vars(import_module(home)).get(name)
            if found is not None:
                globals()[name] = found
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
