"""Operations: typed steps from one schema to the next, a closed family."""

from __future__ import annotations

from typing import TypeAlias

from mm_engine.operations.constraints import (
    AddCheck,
    AddUnique,
    AlterPrimaryKey,
    DropCheck,
    DropUnique,
    RenameConstraint,
)
from mm_engine.operations.data import RestoreData, RunPython, RunSQL, UpsertData
from mm_engine.operations.fields import AddField, AlterField, DropField, RenameField
from mm_engine.operations.foreign_keys import AddForeignKey, DropForeignKey
from mm_engine.operations.indexes import AddIndex, DropIndex, RenameIndex
from mm_engine.operations.objects import AlterEnum, CreateEnum, DropEnum, RenameEnum
from mm_engine.operations.settings import (
    SetDefaults,
    SetTableComment,
    SetTableOptions,
    SetTypeMappings,
)
from mm_engine.operations.tables import CreateTable, DropTable, RenameTable

Operation: TypeAlias = (
    CreateTable
    | DropTable
    | RenameTable
    | AddField
    | DropField
    | AlterField
    | RenameField
    | AddIndex
    | DropIndex
    | RenameIndex
    | AlterPrimaryKey
    | AddForeignKey
    | DropForeignKey
    | AddUnique
    | DropUnique
    | AddCheck
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
    "AlterEnum",
    "AlterField",
    "AlterPrimaryKey",
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
