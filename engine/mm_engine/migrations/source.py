"""Migrations as Python source that formatters leave as it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import cast

import attrs

from mm_engine.errors import MigrationFileError
from mm_engine.migrations.carried import carried
from mm_engine.migrations.layout import WIDTH, Bracket, Piece, lines, listed
from mm_engine.migrations.literals import (
    MODULES,
    block_literal,
    literal,
    modules,
    text_literal,
)
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.mishaps import vocabulary
from mm_engine.migrations.naming import migration_title
from mm_engine.operations import CreateTable

OURS = "import mm_engine as mm"

_OPEN_CALLS = (Migration, CreateTable)
_OPEN_LISTS = ("operations=", "fields=")
"""Opened even where they fit on a line, since people will add to them."""


def migration_source(migration: Migration, title: str | None = None) -> str:
    """The text of the file that holds the migration; ``load`` of it gives it back.

    The first line is the title, or a sentence made from the operations. A function of
    a ``RunPython`` comes along from the file it stands in. Raises
    ``MigrationFileError`` for what a file cannot hold.
    """
    writer = _Writer()
    body = "\n".join(lines(writer.piece(migration), "migration = ", "", 0))
    code = carried(writer.functions)
    imports = _imports([*(MODULES[name] for name in writer.modules), *code.imports])
    first = title or migration_title(migration)
    return f'"""{first}"""\n\n{imports}{_below_imports([*code.definitions, body])}\n'


def expression(value: object) -> str:
    """One value as a file would write it, for people to read.

    >>> from mm_engine.model.types import Varchar
    >>> expression(Varchar(200))
    'mm.Varchar(200)'
    """
    return "\n".join(lines(_Writer().piece(value), "", "", 0))


class _Writer:
    """Turns values into expressions, and remembers what they need."""

    def __init__(self) -> None:
        self.modules: dict[str, None] = {}
        self.functions: dict[Callable[..., object], None] = {}

    def piece(self, value: object) -> Piece:
        match value:
            case list() | tuple():
                return listed("[", map(self.piece, value), "]")
            case Mapping():
                return Bracket("{", self._items(value), "}")
            case str():
                return block_literal(value) or text_literal(value)
            case _ if attrs.has(type(value)):
                return self._call(value)
            case _ if callable(value):
                self.functions[value] = None
                return str(getattr(value, "__name__", ""))
            case _:
                found = literal(value)
                self.modules |= dict.fromkeys(modules(found))
                return found

    def _items(self, mapping: Mapping[object, object]) -> Iterator[tuple[str, Piece]]:
        for key, value in mapping.items():
            yield f"{text_literal(str(key))}: ", self._item(value)

    def _item(self, value: object) -> Piece:
        """A value in a dictionary: a pair stays a tuple there, as its type says."""
        if isinstance(value, tuple) and len(value) > 1:
            return listed("(", map(self.piece, value), ")")
        return self.piece(value)

    def _call(self, value: object) -> Bracket:
        kind = type(value)
        if vocabulary().get(kind.__name__) is not kind:
            raise MigrationFileError(
                f"a migration file cannot hold {kind.__module__}.{kind.__qualname__}",
                hint="it knows the classes of mm_engine only",
            )
        arguments = [
            (label, self._argument(label, item)) for label, item in _arguments(value)
        ]
        is_open = isinstance(value, _OPEN_CALLS)
        return Bracket(f"mm.{kind.__name__}(", arguments, ")", is_open)

    def _argument(self, label: str, item: object) -> Piece:
        piece = self.piece(item)
        if label in _OPEN_LISTS and isinstance(piece, Bracket):
            return attrs.evolve(piece, is_open=True)
        return piece


def _arguments(value: object) -> Iterator[tuple[str, object]]:
    """A constructor's arguments: by place, by its own keywords, by inherited ones."""
    kind = type(value)
    named = False
    for field in _in_order(kind):  # type: ignore[arg-type]  # mypy takes a class's hash for its instances'
        item: object = getattr(value, field.name)
        if not field.repr or _is_usual(item, field.default):
            named = True
        else:
            named = named or field.kw_only
            yield (f"{field.name}=" if named else ""), item


@cache
def _in_order(kind: type[object]) -> tuple[attrs.Attribute[object], ...]:
    """The attributes of a class as its constructor is called with them."""
    fields = attrs.fields(cast("type[attrs.AttrsInstance]", kind))
    own = [field for field in fields if not _is_inherited(field)]
    inherited = [field for field in fields if _is_inherited(field)]
    return tuple(sorted((*own, *inherited), key=lambda field: field.kw_only))


def _is_inherited(field: attrs.Attribute[object]) -> bool:
    # Documented, and missing from the stubs that pyright reads.
    inherited: object = getattr(field, "inherited")  # noqa: B009
    return bool(inherited)


def _is_usual(item: object, default: object) -> bool:
    factory: object = getattr(default, "factory", None)
    if callable(factory):
        default = factory()
    return item == default


def _below_imports(statements: list[str]) -> str:
    """Statements with as many blank lines between them as formatters want."""
    text, before = "", "import"
    for statement in statements:
        if _is_definition(before) or _is_definition(statement):
            text += "\n\n"
        elif before == "import" or "\n" in before or statement is statements[-1]:
            text += "\n"
        text += f"{statement}\n"
        before = statement
    return text.removesuffix("\n")


def _is_definition(statement: str) -> bool:
    return statement.startswith(("@", "def ", "class ", "async def "))


def _imports(written: list[str]) -> str:
    """Import lines in the order that isort gives them: by section, then by module."""
    sections: dict[int, dict[str, None]] = {}
    for line in [*written, OURS]:
        sections.setdefault(_section(line), {})[line] = None
    return "\n".join(
        "".join(f"{line}\n" for line in _joined([*sections[section]]))
        for section in sorted(sections)
    )


def _section(line: str) -> int:
    module = _module(line)
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 3
    return 1 if module.partition(".")[0] in sys.stdlib_module_names else 2


def _module(line: str) -> str:
    return line.split()[1]


def _joined(written: list[str]) -> list[str]:
    """Plain imports first, then one import a module with all that is taken from it."""
    plain = sorted(
        (line for line in written if line.startswith("import ")), key=_module
    )
    taken: dict[str, list[str]] = {}
    for line in written:
        if line.startswith("from "):
            start, _, name = line.partition(" import ")
            taken.setdefault(start, []).append(name)
    for start in sorted(taken, key=lambda start: (start.count("."), start)):
        names = sorted(taken[start], key=_isort_key)
        line = f"{start} import {', '.join(names)}"
        if len(line) > WIDTH:
            line = "\n".join([f"{start} import (", *(f"    {n}," for n in names), ")"])
        plain.append(line)
    return plain


def _isort_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name
