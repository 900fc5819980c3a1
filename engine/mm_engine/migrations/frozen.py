"""The defaults that version 1 of the digest leaves out, as they were when it was made.

A new attribute is added here with its default, so that the digests of migrations
written before it stay the same; nothing here is ever changed.
"""

from __future__ import annotations

from collections.abc import Mapping

_FLAGS: Mapping[str, object] = {"schema_only": False, "if_present": False}
_RUN: Mapping[str, object] = {**_FLAGS, "backward": None, "state_operations": []}

DEFAULTS: Mapping[str, Mapping[str, object]] = {
    "CreateTable": {
        **_FLAGS,
        "primary_key": None,
        "indexes": [],
        "uniques": [],
        "checks": [],
        "foreign_keys": [],
        "comment": None,
        "options": {},
    },
    "DropTable": _FLAGS,
    "RenameTable": _FLAGS,
    "AddField": {**_FLAGS, "one_off": None},
    "DropField": _FLAGS,
    "AlterField": {**_FLAGS, "one_off": None, "convert": {}},
    "RenameField": _FLAGS,
    "AddIndex": _FLAGS,
    "AlterIndex": _FLAGS,
    "DropIndex": _FLAGS,
    "RenameIndex": _FLAGS,
    "AlterPrimaryKey": _FLAGS,
    "AddForeignKey": _FLAGS,
    "AlterForeignKey": _FLAGS,
    "DropForeignKey": _FLAGS,
    "AddUnique": _FLAGS,
    "AlterUnique": _FLAGS,
    "DropUnique": _FLAGS,
    "AddCheck": _FLAGS,
    "AlterCheck": _FLAGS,
    "DropCheck": _FLAGS,
    "RenameConstraint": _FLAGS,
    "CreateEnum": _FLAGS,
    "DropEnum": _FLAGS,
    "RenameEnum": _FLAGS,
    "AlterEnum": {**_FLAGS, "renamed": {}, "replaced": {}},
    "SetDefaults": _FLAGS,
    "SetTypeMappings": _FLAGS,
    "SetTableComment": _FLAGS,
    "SetTableOptions": _FLAGS,
    "RunSQL": {**_RUN, "transactional": True},
    "RunPython": _RUN,
    "UpsertData": _FLAGS,
    "RestoreData": _FLAGS,
    "Field": {
        "nullable": True,
        "default": None,
        "auto_create": False,
        "auto_update": False,
        "comment": None,
        "options": {},
    },
    "Index": {
        "name": None,
        "unique": False,
        "method": None,
        "where": None,
        "include": [],
        "nulls_not_distinct": False,
        "options": {},
    },
    "Check": {"name": None},
    "ForeignKey": {
        "name": None,
        "on_delete": "NO ACTION",
        "on_update": "NO ACTION",
        "deferrable": None,
    },
    "PrimaryKey": {"name": None},
    "Unique": {"name": None, "nulls_not_distinct": False, "deferrable": None},
    "Enum": {"comment": None},
    "Decimal": {"scale": 0},
    "Native": {"otherwise": None},
    "Text": {"length": None},
}
