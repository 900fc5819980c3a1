"""The settings of a project as one value, each with where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from mm_engine.config.settings import (
    COLOR,
    DATABASES,
    DIRECTORY,
    DRIFT_IGNORE,
    INCLUDE_DOWN_SQL,
    SCHEMA_PATHS,
    TYPE,
    UNSUPPORTED,
    URL,
    VERBOSE,
    Setting,
    Value,
)
from mm_engine.dialects.features import Declarable, Unsupported
from mm_engine.errors import Position, Problem
from mm_engine.runner.url import hidden


@attrs.frozen
class Chosen:
    """What a setting is, and what said so: a flag, a variable, a place, or nothing."""

    setting: Setting
    value: Value
    source: str
    at: Position | None = attrs.field(default=None, kw_only=True)

    @property
    def shown(self) -> Value:
        """The value as it may be seen by anybody."""
        if self.setting.secret and isinstance(self.value, str):
            return hidden(self.value)
        return self.value


@attrs.frozen(kw_only=True)
class Config:
    """The settings that hold; paths in them are relative to the project's folder."""

    start: Path
    root: Path
    file: Path | None = None
    values: Mapping[str, Chosen]
    databases: tuple[str, ...] = ()
    database: str | None = None
    findings: tuple[Problem, ...] = ()

    def chosen(self, key: str) -> Chosen:
        """One setting with its source."""
        return self.values[key]

    def of_database(self, word: str, otherwise: str) -> Chosen:
        """A setting of the chosen database; of the only one where none was chosen."""
        if self.database is None:
            return self.values[otherwise]
        return self.values[f"{DATABASES}.{self.database}.{word}"]

    @property
    def url(self) -> str | None:
        """The URL of the chosen database, with its password."""
        return _text(self.of_database("url", URL).value)

    @property
    def url_base(self) -> Path:
        """The folder that a file in the URL is relative to.

        For a URL that was typed it is where the user stands; else the project's.
        """
        typed = self.of_database("url", URL).source.startswith("--")
        return self.start if typed else self.root

    @property
    def database_type(self) -> str | None:
        """The kind of database that was named, which may refine the URL's scheme."""
        return _text(self.of_database("type", TYPE).value)

    @property
    def refining_type(self) -> str | None:
        """The type that says more than the URL's scheme does.

        A type in a file belongs to the URL in the file: where the URL comes from a
        flag or a variable instead, it brings its own.
        """
        kind, url = self.of_database("type", TYPE), self.of_database("url", URL)
        replaced = kind.at is not None and url.at is None
        return None if replaced else _text(kind.value)

    @property
    def schema_paths(self) -> tuple[Path, ...]:
        """The schema files, absolute."""
        value = self.of_database("schema", SCHEMA_PATHS).value
        if value is None:
            value = self.values[SCHEMA_PATHS].value
        paths = value if isinstance(value, tuple) else ()
        return tuple(self.root / path for path in paths)

    @property
    def migrations_folder(self) -> Path:
        """Where the migration files are, absolute.

        A named database with a schema of its own has its own folder in the common one,
        unless it says another.
        """
        common = self.root / str(self.values[DIRECTORY].value)
        if self.database is None:
            return common
        own = self.of_database("directory", DIRECTORY).value
        if own is not None:
            return self.root / str(own)
        has_schema = self.of_database("schema", SCHEMA_PATHS).value is not None
        return common / self.database if has_schema else common

    @property
    def include_down_sql(self) -> bool:
        """Whether SQL that is shown carries the way back too."""
        return bool(self.values[INCLUDE_DOWN_SQL].value)

    @property
    def drift_ignore(self) -> tuple[str, ...]:
        """Patterns of the names of tables that drift is not looked for in."""
        value = self.values[DRIFT_IGNORE].value
        return value if isinstance(value, tuple) else ()

    @property
    def declared(self) -> frozenset[Declarable]:
        """What only the schema has where the chosen database cannot keep it."""
        return frozenset(kind for kind in Declarable if self._is_declared(kind))

    def _is_declared(self, kind: Declarable) -> bool:
        key = UNSUPPORTED[kind]
        own = self.of_database(key, key).value
        said = self.values[key].value if own is None else own
        return Unsupported(said) is Unsupported.DECLARE_ONLY

    @property
    def verbose(self) -> bool:
        """Whether commands say more than they need to."""
        return bool(self.values[VERBOSE].value)

    @property
    def color(self) -> bool:
        """Whether a terminal gets colours."""
        return bool(self.values[COLOR].value)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
