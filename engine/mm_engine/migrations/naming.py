"""What a migration is called: its number, its slug, its title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from mm_engine.errors import UsageError
from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.operations import (
    AddField,
    AlterEnum,
    AlterField,
    AlterPrimaryKey,
    CreateEnum,
    CreateTable,
    DropEnum,
    DropField,
    DropTable,
    Operation,
    RenameEnum,
    RenameField,
    RenameTable,
    SetDefaults,
    SetTypeMappings,
)
from mm_engine.operations.base import BaseOperation

LONGEST_SLUG = 50
SHORTEST_PART = 10
"""Characters that tell something of one branch in the name of a merge."""

LONGEST_TITLE = 72
"""With its quotes and full stop a title fits into 79 columns."""

_NAME = re.compile(r"([0-9]{4,})_[A-Za-z0-9_]+")


def number_of(name: str) -> int:
    """The number that a migration's name starts with; 0 where there is none.

    >>> number_of("0012_posts"), number_of("helpers")
    (12, 0)
    """
    found = re.match(r"[0-9]+", name)
    return int(found[0]) if found else 0


def is_migration_name(name: str) -> bool:
    """Whether a file of this name would be read as a migration, and be safe to write.

    >>> is_migration_name("0001_initial"), is_migration_name("../0001_initial")
    (True, False)
    """
    return _NAME.fullmatch(name) is not None


def next_name(existing: Iterable[str], slug: str) -> str:
    """The slug after a number that is higher than any there is.

    >>> next_name(["0001_initial", "0007_posts"], "add_tags")
    '0008_add_tags'
    """
    number = max(map(number_of, existing), default=0) + 1
    return f"{number:04}_{slug}"


def chosen_slug(name: str) -> str:
    """A name that a person gave, as a slug; raises ``UsageError`` if nothing is left.

    >>> chosen_slug("Füge Titel hinzu!")
    'fuge_titel_hinzu'
    """
    slug = _cleaned(name)
    if not slug:
        raise UsageError(
            f"the name {name!r} has no letter or digit that a file name can keep",
            hint="use letters, digits and underscores",
        )
    return slug


def slug_of(
    operations: Sequence[Operation],
    *,
    before: Schema | None = None,
    first: bool = False,
) -> str:
    """What a migration of these operations is called when nobody says.

    With the schema before them an alteration says what it changes.

    >>> slug_of([], first=True), slug_of([DropTable("posts"), DropTable("tags")])
    ('initial', 'drop_posts_and_drop_tags')
    """
    if first:
        return "initial"
    told = _slugs(operations, before)
    if not told:
        return "empty"
    slug = told[0]
    more = len(told) - 1
    if more == 1:
        both = f"{slug}_and_{told[1]}"
        if len(both) <= LONGEST_SLUG:
            return both
    if more:
        slug = f"{_cut(slug, LONGEST_SLUG - 14)}_and_{more}_more"
    return slug or "changes"


def merge_slug(leaves: Sequence[str]) -> str:
    """What a merge of these migrations is called: what each of them is about.

    >>> merge_slug(["0004_add_posts_status_and_3_more", "0004_create_tags"])
    'merge_add_posts_status_and_create_tags'
    """
    slugs = list(dict.fromkeys(map(_about, leaves)))
    whole = f"merge_{'_and_'.join(slugs)}"
    if len(whole) <= LONGEST_SLUG:
        return whole
    taken = len("merge_") + len("_and_") * (len(slugs) - 1)
    room = (LONGEST_SLUG - taken) // len(slugs)
    if room < SHORTEST_PART:
        return f"merge_{len(leaves)}_branches"
    parts = (_cut(slug, room).removesuffix("_and") for slug in slugs)
    return f"merge_{'_and_'.join(parts)}"


def _about(name: str) -> str:
    """A migration's name without its number, and without how much more it does."""
    slug = re.sub(r"^\d+_", "", name)
    return re.sub(r"_and_\d+_more$", "", slug)


def _slugs(operations: Sequence[Operation], before: Schema | None) -> list[str]:
    """What each operation is called, the most telling first.

    Settings count only if there is nothing else.
    """
    slugs: dict[int, str] = {}
    for number, operation in enumerate(operations):
        slug = operation.slug()
        if before is not None:
            if isinstance(operation, AlterField):
                slug = "_".join([slug, *_only(operation.changes(before))])
            before = operation.apply(before)
        slugs[number] = _cleaned(slug)
    order = sorted(slugs, key=lambda number: _weight(operations[number]))
    telling = [n for n in order if not isinstance(operations[n], _SETTINGS)] or order
    return [slugs[number] for number in telling]


def _only(words: tuple[str, ...]) -> tuple[str, ...]:
    return words if len(words) == 1 else ()


_WEIGHTS: tuple[tuple[type[BaseOperation], ...], ...] = (
    (CreateTable,),
    (DropTable,),
    (RenameTable,),
    (AddField,),
    (DropField, RenameField),
    (AlterPrimaryKey,),
    (AlterField, AlterEnum, CreateEnum, DropEnum, RenameEnum),
)
_SETTINGS = (SetDefaults, SetTypeMappings)


def _weight(operation: Operation) -> int:
    """How little an operation tells of its migration; keys and indexes tell less."""
    rest = len(_WEIGHTS) + isinstance(operation, _SETTINGS)
    found = (n for n, kinds in enumerate(_WEIGHTS) if isinstance(operation, kinds))
    return next(found, rest)


def title_of(operations: Sequence[Operation]) -> str:
    """One sentence for people: the first line of the file.

    >>> title_of([DropTable("posts"), DropTable("tags"), DropField("users", "age")])
    'Drop posts and tags; drop users.age.'
    """
    told: dict[str, list[str]] = {}
    for operation in sorted(operations, key=_weight):
        group, thing = _told(operation)
        told.setdefault(group, []).append(thing)
    total = len(operations)
    shown = total
    sentence = _sentence(told, shown)
    while len(sentence) > LONGEST_TITLE and shown > 1:
        shown -= 1 if shown < LONGEST_TITLE else shown - LONGEST_TITLE + 1
        sentence = f"{_sentence(told, shown)}; and {total - shown} more"
    return _printable(sentence or "change nothing")


def migration_title(migration: Migration) -> str:
    """The title of a migration, also of one that merges or squashes others."""
    if migration.replaces:
        first, *rest = migration.replaces
        return _printable(f"squash {first} to {rest[-1] if rest else first}")
    if len(migration.dependencies) > 1:
        return _printable(f"merge {_listed([*migration.dependencies])}")
    if not migration.operations:
        return "Change nothing yet."
    return title_of(migration.operations)


def _cleaned(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    ascii_only = plain.encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")
    return _cut(words, LONGEST_SLUG)


def _cut(slug: str, length: int) -> str:
    """A slug of that length at most; a word is cut in two only if it is very long."""
    if len(slug) <= length:
        return slug
    words, _, _ = slug[: length + 1].rpartition("_")
    return words if len(words) > length // 2 else slug[:length].strip("_")


def _told(operation: Operation) -> tuple[str, str]:
    """The words that like operations share, and what this one is about."""
    match operation:
        case CreateTable():
            return "create", operation.name
        case DropTable():
            return "drop", operation.name
        case AddField() | AlterField():
            verb = "add" if isinstance(operation, AddField) else "alter"
            return f"{verb} ", f"{operation.table}.{operation.field.name}"
        case DropField():
            return "drop ", f"{operation.table}.{operation.name}"
        case _:
            return operation.describe(), ""


def _sentence(told: dict[str, list[str]], shown: int) -> str:
    clauses: list[str] = []
    for group, things in told.items():
        if shown > 0:
            clauses.append(f"{group.strip()} {_listed(things[:shown])}".strip())
        shown -= len(things)
    return "; ".join(clauses)


def _listed(things: list[str]) -> str:
    *rest, last = things
    return f"{', '.join(rest)} and {last}" if any(rest) else last


def _printable(sentence: str) -> str:
    """A sentence that is safe in a docstring, which formatters do change."""
    plain = " ".join(sentence.split()).replace('"', "'").replace("\\", "/")
    seen = "".join(char if char.isprintable() else "?" for char in plain)
    if len(seen) > LONGEST_TITLE:
        seen = f"{seen[: LONGEST_TITLE - 1].rstrip()}…"
    return f"{seen[:1].upper()}{seen[1:].rstrip('.')}."
