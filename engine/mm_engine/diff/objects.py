"""Enums and settings, compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import attrs

from mm_engine.diff.order import Phase, Placed
from mm_engine.model.objects import Enum
from mm_engine.model.schema import PerDatabase, Schema, enum_name, per_database
from mm_engine.model.table import Field
from mm_engine.model.values import Literal, Symbol
from mm_engine.operations import (
    AlterEnum,
    CreateEnum,
    DropEnum,
    SetDefaults,
    SetTypeMappings,
)

Place: TypeAlias = tuple[str, str]
"""A table and a field of it."""


def changed_settings(before: Schema, after: Schema) -> Iterator[Placed]:
    """What turns the type mappings and defaults of one schema into the other's.

    A symbol that fields still use at the start keeps its words until the end: those
    fields are altered or dropped in between, and a database has to be told from what.
    """
    if before.type_mappings != after.type_mappings:
        mappings = SetTypeMappings(after.type_mappings)
        yield Placed(Phase.TYPE_MAPPINGS, mappings)
    if before.defaults == after.defaults:
        return
    meanwhile = _with_words_in_use(before, after.defaults)
    if meanwhile != before.defaults:
        yield Placed(Phase.DEFAULTS, SetDefaults(meanwhile))
    if meanwhile != after.defaults:
        yield Placed(Phase.LAST_DEFAULTS, SetDefaults(after.defaults))


def _with_words_in_use(before: Schema, defaults: PerDatabase) -> PerDatabase:
    """The new defaults, and the old words of symbols in use that they say no more."""
    used = {
        field.default.name
        for table in before.tables.values()
        for field in table.fields
        if isinstance(field.default, Symbol)
    }
    kept = {
        database: {name: sql for name, sql in words.items() if name in used}
        for database, words in before.defaults.items()
    }
    databases = dict.fromkeys([*defaults, *kept])
    return per_database(
        {
            database: {**kept.get(database, {}), **defaults.get(database, {})}
            for database in databases
        }
    )


def changed_enums(before: Schema, after: Schema) -> Iterator[Placed]:
    """What turns the enums of one schema into those of the other."""
    for name in sorted(after.enums):
        if name not in before.enums:
            yield Placed(Phase.NEW_ENUMS, CreateEnum(after.enums[name]))
    changed = [
        name
        for name in sorted(after.enums)
        if name in before.enums and before.enums[name] != after.enums[name]
    ]
    if changed:
        users, future = _users(before), _users(after)
        for name in changed:
            yield from _altered_enum(
                before.enums[name], after.enums[name], users[name], future[name]
            )
    for name in sorted(before.enums):
        if name not in after.enums:
            yield Placed(Phase.OLD_ENUMS, DropEnum(name))


def _altered_enum(
    old: Enum,
    new: Enum,
    users: Mapping[Place, Field],
    future: Mapping[Place, Field],
) -> Iterator[Placed]:
    """One alteration; two where fields leave old values and others need new ones."""
    lost = [value for value in old.values if value not in new.values]
    gained = [value for value in new.values if value not in old.values]
    late = bool(lost) and (not gained or _leave(users, future, lost))
    early = bool(gained) and late and _leave(future, users, gained)
    if early:
        wide = attrs.evolve(new, values=[*new.values, *lost])
        yield Placed(Phase.NEW_ENUMS, AlterEnum(wide))
    yield Placed(Phase.OLD_ENUMS if late else Phase.NEW_ENUMS, AlterEnum(new))


def _leave(
    users: Mapping[Place, Field], others: Mapping[Place, Field], values: list[str]
) -> bool:
    """Whether a field stops being of the enum, or one's default names such a value.

    Told of the schema before and the one after it says who leaves; the other way
    around, who arrives.
    """
    return any(
        place not in others
        or (
            isinstance(field.default, Literal)
            and any(value in field.default.text for value in values)
        )
        for place, field in users.items()
    )


def _users(schema: Schema) -> dict[str, dict[Place, Field]]:
    """The fields of each enum, by their place."""
    users: defaultdict[str, dict[Place, Field]] = defaultdict(dict)
    for table in schema.tables.values():
        for field in table.fields:
            name = enum_name(field.type)
            if name is not None:
                users[name][table.name, field.name] = field
    return users
