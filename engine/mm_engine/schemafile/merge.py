"""Several files as one: parts of the same name come together, in the order told."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeAlias, TypeVar

import attrs

from mm_engine.errors import Position
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.table import Options
from mm_engine.schemafile.nodes import ListNode, Node, TextNode
from mm_engine.schemafile.report import Report, first_given
from mm_engine.schemafile.written import (
    Settings,
    WrittenField,
    WrittenFile,
    WrittenTable,
)

T = TypeVar("T")
P = TypeVar("P")


@attrs.frozen
class Told(Generic[T]):
    """Something that a file tells, and what it comes down to when compared.

    ``file`` counts the files that are merged, from 0.
    """

    file: int
    value: T
    at: Position | None
    content: object


ByFile: TypeAlias = Iterable[tuple[int, Iterable[T]]]
Groups: TypeAlias = Mapping[str, Sequence[Told[T]]]


class Choice:
    """Which of several things of one name is meant."""

    @abstractmethod
    def one(self, what: str, told: Sequence[Told[T]]) -> T:
        """The one that is meant; what contradicts it is reported."""

    def field(self, what: str, told: Sequence[Told[WrittenField]]) -> WrittenField:
        """The field that is meant."""
        return self.one(what, told)

    def setting(self, what: str, told: Sequence[Told[TextNode]]) -> TextNode:
        """The default or the type mapping that is meant."""
        return self.one(what, told)


def content(node: Node) -> object:
    """What a node says, wherever it stands and in whatever order of keys."""
    if isinstance(node, TextNode):
        return node.text, node.tag
    if isinstance(node, ListNode):
        return [content(item) for item in node.items]
    return {key.text: content(value) for key, value in node.entries}


def without_repeated(file: WrittenFile, report: Report) -> WrittenFile:
    """A file with each table and enum once; those given twice are reported."""
    tables: dict[str, WrittenTable] = {}
    for table in file.tables:
        first = tables.setdefault(table.name.text, table)
        if first is not table:
            _report_twice("table", table.name, first.name.at, report)
    places: dict[str, Position] = {}
    for enum in file.enums:
        if enum.at is not None and places.setdefault(enum.name, enum.at) != enum.at:
            hint = first_given(places[enum.name], enum.at)
            report.problem(f'enum "{enum.name}" is given twice', enum.at, hint)
    if len(tables) == len(file.tables):
        return file
    return attrs.evolve(file, tables=tuple(tables.values()))


def _report_twice(what: str, name: TextNode, first: Position, report: Report) -> None:
    hint = first_given(first, name.at)
    report.problem(f'{what} "{name.text}" is given twice', name.at, hint)


def merged(files: Sequence[WrittenFile], choice: Choice) -> WrittenFile:
    """The files as one, in which each thing is told once."""
    if len(files) == 1:
        return files[0]
    enums = _groups(
        enumerate(file.enums for file in files),
        lambda enum: enum.name,
        lambda n, enum: Told(n, enum, enum.at, (enum.values, enum.comment)),
    )
    tables = _groups(
        enumerate(file.tables for file in files),
        lambda table: table.name.text,
        lambda n, table: Told(n, table, table.name.at, None),
    )
    return attrs.evolve(
        files[0],
        defaults=_settings("default", [f.defaults for f in files], choice),
        type_mappings=_settings("mapping", [f.type_mappings for f in files], choice),
        enums=_chosen("enum", enums, choice),
        tables=tuple(_table(name, told, choice) for name, told in tables.items()),
    )


def _groups(
    files: ByFile[T], key: Callable[[T], str], told: Callable[[int, T], Told[T]]
) -> Groups[T]:
    """Parts of several files by their names, in the order in which names appear."""
    groups: dict[str, list[Told[T]]] = {}
    for number, parts in files:
        for part in parts:
            groups.setdefault(key(part), []).append(told(number, part))
    return groups


def _chosen(what: str, groups: Groups[T], choice: Choice) -> tuple[T, ...]:
    return tuple(choice.one(f'{what} "{name}"', told) for name, told in groups.items())


def _settings(what: str, files: Sequence[Settings], choice: Choice) -> Settings:
    databases: dict[str, TextNode] = {}
    keys: dict[str, dict[str, TextNode]] = {}
    told: dict[str, dict[str, list[Told[TextNode]]]] = {}
    for number, settings in enumerate(files):
        for database, chosen in settings:
            databases.setdefault(database.text, database)
            names = keys.setdefault(database.text, {})
            groups = told.setdefault(database.text, {})
            for name, sql in chosen:
                names.setdefault(name.text, name)
                one = Told(number, sql, name.at, sql.text)
                groups.setdefault(name.text, []).append(one)
    return tuple(
        (
            databases[database],
            tuple(
                (keys[database][name], choice.setting(f'{what} "{name}"', group))
                for name, group in groups.items()
            ),
        )
        for database, groups in told.items()
    )


def _table(
    name: str, told: Sequence[Told[WrittenTable]], choice: Choice
) -> WrittenTable:
    """A table that several files tell parts of."""
    tables = [one.value for one in told]
    if len(tables) == 1:
        return tables[0]

    def parts(of: Callable[[WrittenTable], Iterable[P]]) -> ByFile[P]:
        return [(one.file, of(one.value)) for one in told]

    fields = _groups(
        parts(lambda table: table.fields),
        lambda field: field.name.text,
        lambda n, field: Told(n, field, field.name.at, content(field.node)),
    )
    indexes = _groups(
        parts(lambda table: table.indexes),
        lambda index: index.name or str(content(index.node)),
        lambda n, index: Told(n, index, index.node.at, content(index.node)),
    )
    uniques = _groups(
        parts(lambda table: table.unique),
        lambda unique: unique.name or ", ".join(unique.fields),
        lambda n, unique: Told(n, unique, unique.at, unique),
    )
    checks = _groups(
        parts(lambda table: table.checks),
        lambda check: check.name or check.expression,
        lambda n, check: Told(n, check, check.at, check),
    )
    keys = _groups(
        parts(lambda table: table.foreign_keys),
        lambda key: key.name or ", ".join(key.fields),
        lambda n, key: Told(n, key, key.node.at, content(key.node)),
    )
    return attrs.evolve(
        tables[0],
        fields=tuple(
            choice.field(f'field "{name}.{field}"', group)
            for field, group in fields.items()
        ),
        indexes=_chosen(f"index of {name}:", indexes, choice),
        unique=_chosen(f"unique constraint of {name}:", uniques, choice),
        checks=_chosen(f"check of {name}:", checks, choice),
        foreign_keys=_chosen(f"foreign key of {name}:", keys, choice),
        primary_key=_primary_key(name, told, choice),
        comment=_comment(name, told, choice),
        options=_options([table.options for table in tables]),
        renamed_from=next((t.renamed_from for t in tables if t.renamed_from), None),
    )


def _primary_key(
    name: str, told: Sequence[Told[WrittenTable]], choice: Choice
) -> PrimaryKey | None:
    keys = [
        Told(one.file, key, key.at, (key.fields, key.name))
        for one in told
        if (key := one.value.primary_key) is not None
    ]
    return choice.one(f'primary key of "{name}"', keys) if keys else None


def _comment(
    name: str, told: Sequence[Told[WrittenTable]], choice: Choice
) -> str | None:
    comments = [
        Told(one.file, comment, one.value.node.at_value("comment"), comment)
        for one in told
        if (comment := one.value.comment) is not None
    ]
    return choice.one(f'comment of "{name}"', comments) if comments else None


def _options(told: Sequence[Options]) -> Options:
    """What the first file says of an option that several speak of."""
    merged_: dict[str, dict[str, str | tuple[str, ...]]] = {}
    for options in told:
        for database, chosen in options.items():
            known = merged_.setdefault(database, {})
            for key, value in chosen.items():
                known.setdefault(key, value)
    return merged_
