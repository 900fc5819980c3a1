"""Names, options and texts as one database takes them."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from copy import copy
from typing import ClassVar, Self, TypeAlias

from mm_engine.dialects.features import Declarable, Features
from mm_engine.dialects.sql import Identifier, LiteralSQL, encodable, text_literal
from mm_engine.errors import UnsupportedError, nearest
from mm_engine.model.names import place_of
from mm_engine.model.table import Options
from mm_engine.operations.data import SQL

Version: TypeAlias = tuple[int, ...]
"""The version of a server, as far as it is known: (14,) or (14, 7)."""

_DIGEST = 8
_SWITCH = {"true": True, "yes": True, "on": True, "false": False, "no": False}


class Names(ABC):
    """What a database is called, its facts, and how it is told names."""

    name: ClassVar[str]
    """The name that schema files have for it."""

    title: str
    """The name that people have for it."""

    features: Features
    """What it can do; of the newest version, until told of another."""

    apart: ClassVar[str] = ""
    """What parts the statements of a file, where not every semicolon does."""

    facts_before: ClassVar[Mapping[Version, Mapping[str, object]]] = {}
    """Facts that were others on servers before a version."""

    declared = frozenset({Declarable.FOREIGN_KEYS})
    """What is left to the schema where this database cannot keep it, not refused."""

    def at(self, version: Version | None) -> Self:
        """This dialect as a server of that version takes it; None is the newest."""
        facts: dict[str, object] = {}
        for since, older in sorted(self.facts_before.items(), reverse=True):
            if version and version < since:
                facts |= older
        if not facts:
            return self
        older_one = copy(self)
        older_one.features = Features.like(self.features, **facts)
        older_one.title = f"{self.title} {'.'.join(map(str, version or ()))}"
        return older_one

    def treating(self, declared: frozenset[Declarable]) -> Self:
        """This dialect, which leaves these to the schema where it cannot keep them."""
        if declared == self.declared:
            return self
        other = copy(self)
        other.declared = declared
        return other

    def quote(self, name: str) -> Identifier:
        """A name in quotes, which it cannot leave.

        Raises ``UnsupportedError`` for a name the database cannot have.
        """
        if not name:
            raise UnsupportedError("a name is empty")
        left, right = self.features.identifier_quotes[0]
        inside = encodable(name, "a name").replace(right, right * 2)
        return Identifier(f"{left}{inside}{right}")

    def place(self, name: str) -> tuple[str | None, str]:
        """The namespace of a table or enum, if its name has one, and its own name."""
        if not self.features.has_namespaces:
            return None, name
        namespace, own = place_of(name)
        if namespace is not None and (not namespace or not own or "." in own):
            raise UnsupportedError(
                f'{self.title} reads "{name}" as a namespace, a point and a name',
                hint="let one point stand between the two, or none",
            )
        return namespace, own

    def lies_in(self, namespace: str, names: Iterable[str]) -> bool:
        """Whether any table or enum of these names lies in that namespace.

        To be asked about a namespace only: it looks at every name in the worst case.
        """
        return any(self.place(name)[0] == namespace for name in names)

    def thing(self, name: str) -> Identifier:
        """The name of a table or enum in quotes, its namespace apart."""
        namespace, own = self.place(name)
        return self._inside(namespace, self.quote(own))

    def new_thing(self, name: str) -> Identifier:
        """The same of one that is made now; refused if a part of it is too long."""
        namespace, own = self.place(name)
        if namespace is not None:
            self.new_name(namespace)
        return self._inside(namespace, self.new_name(own))

    def part_beside(self, table: str, name: str | None) -> Identifier:
        """The name of an index or function that lies where its table does."""
        return self._inside(self.place(table)[0], self.part_name(name))

    def _inside(self, namespace: str | None, name: Identifier) -> Identifier:
        if namespace is None:
            return name
        return Identifier(f"{self.quote(namespace)}.{name}")

    def new_name(self, name: str) -> Identifier:
        """The name of a table or field that is made now; refused if it is too long."""
        if self._is_too_long(name):
            raise UnsupportedError(
                f'{self.title} has no names as long as "{name}"',
                hint=f"it takes {self.features.longest_name}",
            )
        return self._unreserved(name)

    def part_name(self, name: str | None) -> Identifier:
        """The name of an index or constraint, cut with a digest if it is too long."""
        if name is None:
            raise UnsupportedError("an index or constraint has no name")
        return self._unreserved(self.cut_name(name))

    def part_text(self, name: str | None) -> LiteralSQL:
        """The same name as a text, for questions to the catalog."""
        return self.text(self.cut_name(name or ""))

    def listed(self, names: Iterable[str]) -> str:
        """Names in quotes, with commas between them."""
        return ", ".join(self.quote(name) for name in names)

    def text(self, text: str) -> LiteralSQL:
        """A text as a constant."""
        return text_literal(text, self.features)

    @abstractmethod
    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text, without the semicolons between them.

        Raises ``UnsupportedError`` for what a transaction cannot hold, if it has to.
        """

    def own_text(self, sql: SQL) -> str:
        """The text that this database is given; there must be one."""
        if isinstance(sql, str):
            return sql
        if self.name not in sql:
            raise UnsupportedError(
                f"there is no text for {self.title}",
                hint=f'add a text for "{self.name}"; "" where nothing is to be done',
            )
        return sql[self.name]

    def chosen(
        self, options: Options, known: tuple[str, ...]
    ) -> Mapping[str, str | tuple[str, ...]]:
        """What this database is told beyond the neutral words; all of it is known."""
        chosen = options.get(self.name, {})
        for key in chosen:
            if key not in known:
                raise UnsupportedError(
                    f'{self.title} knows no option "{key}" here',
                    hint=nearest(key, known)
                    or f"it knows {', '.join(known) or 'none'}",
                )
        return chosen

    def single(
        self, options: Mapping[str, str | tuple[str, ...]], key: str
    ) -> str | None:
        """The one word that an option is given, if it is."""
        value = options.get(key)
        if value is None or isinstance(value, str):
            return value
        raise UnsupportedError(f'the option "{key}" takes one word, not a list')

    def flag(self, options: Mapping[str, str | tuple[str, ...]], key: str) -> bool:
        """Whether an option is switched on."""
        word = self.single(options, key) or "false"
        if word not in _SWITCH:
            raise UnsupportedError(
                f'the option "{key}" is true or false, not "{word}"',
            )
        return _SWITCH[word]

    def _unreserved(self, name: str) -> Identifier:
        prefixes = self.features.reserved_prefixes
        if prefixes and name.lower().startswith(prefixes):
            raise UnsupportedError(
                f'{self.title} keeps names like "{name}" for itself',
                hint=f"begin it with something else than {', '.join(prefixes)}",
            )
        return self.quote(name)

    def _is_too_long(self, name: str) -> bool:
        longest = self.features.longest_name
        return longest is not None and self._length(name) > longest

    def _length(self, name: str) -> int:
        in_bytes = self.features.counts_names_in_bytes
        return len(name.encode("utf-8", "replace")) if in_bytes else len(name)

    def cut_name(self, name: str) -> str:
        """What a database keeps of the name of an index or constraint."""
        longest = self.features.longest_name
        if longest is None or not self._is_too_long(name):
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
        room = longest - _DIGEST - 1
        while self._length(name) > room:
            name = name[:-1]
        return f"{name}_{digest}"
