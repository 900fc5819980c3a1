"""Operations: typed steps from one schema to the next, a closed family."""

from __future__ import annotations

from typing import TypeAlias

from mm_engine.operations.checks import AddCheck, AlterCheck, DropCheck
from mm_engine.operations.constraints import AlterPrimaryKey, RenameConstraint
from mm_engine.operations.data import RestoreData, RunPython, RunSQL, UpsertData
from mm_engine.operations.fields import AddField, AlterField, DropField, RenameField
from mm_engine.operations.foreign_keys import (
    AddForeignKey,
    AlterForeignKey,
    DropForeignKey,
)
from mm_engine.operations.indexes import (
    AddIndex,
    AlterIndex,
    DropIndex,
    RenameIndex,
)
from mm_engine.operations.objects import AlterEnum, CreateEnum, DropEnum, RenameEnum
from mm_engine.operations.settings import (
    SetDefaults,
    SetTableComment,
    SetTableOptions,
    SetTypeMappings,
)
from mm_engine.operations.tables import CreateTable, DropTable, RenameTable
from mm_engine.operations.uniques import AddUnique, AlterUnique, DropUnique

Operation: TypeAlias = (
    CreateTable
    | DropTable
    | RenameTable
    | AddField
    | DropField
    | AlterField
    | RenameField
    | AddIndex
    | AlterIndex
    | DropIndex
    | RenameIndex
    | AlterPrimaryKey
    | AddForeignKey
    | AlterForeignKey
    | DropForeignKey
    | AddUnique
    | AlterUnique
    | DropUnique
    | AddCheck
    | AlterCheck
    | DropCheck
    | RenameConstraint
    | CreateEnum
    | DropEnum
    | RenameEnum
    | AlterEnum
    | SetDefaults
    | SetTypeMappings
    | SetTableComment
    | SetTableOptions
    | RunSQL
    | RunPython
    | UpsertData
    | RestoreData
)

__all__ = [
    "AddCheck",
    "AddField",
    "AddForeignKey",
    "AddIndex",
    "AddUnique",
    "AlterCheck",
    "AlterEnum",
    "AlterField",
    "AlterForeignKey",
    "AlterIndex",
    "AlterPrimaryKey",
    "AlterUnique",
    "CreateEnum",
    "CreateTable",
    "DropCheck",
    "DropEnum",
    "DropField",
    "DropForeignKey",
    "DropIndex",
    "DropTable",
    "DropUnique",
    "Operation",
    "RenameConstraint",
    "RenameEnum",
    "RenameField",
    "RenameIndex",
    "RenameTable",
    "RestoreData",
    "RunPython",
    "RunSQL",
    "SetDefaults",
    "SetTableComment",
    "SetTableOptions",
    "SetTypeMappings",
    "UpsertData",
]
