"""Every setting there is: its key, its kind, its default, its variables."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import TypeAlias

import attrs

from mm_engine.dialects.features import Declarable, Unsupported

Value: TypeAlias = str | bool | tuple[str, ...] | None
"""What a setting can hold."""

PREFIX = "MAKEMIGRATIONS_"
"""Every variable of ours begins so; the rest is the key in capitals."""

OTHER_VARIABLES = ("MAKEMIGRATIONS_TEST_", "MAKEMIGRATIONS_REQUIRE_DATABASES")
"""Beginnings of variables that the pytest plugin and the tests read."""

DATABASES = "databases"
"""The section of named databases."""


class Kind(Enum):
    """What a setting's value has to look like."""

    TEXT = auto()
    TEXTS = auto()
    FLAG = auto()
    WORD = auto()


@attrs.frozen
class Setting:
    """One setting; ``variables`` name it in the environment, the strongest first.

    ``words`` are all that it can be, where it is one of a few.
    """

    key: str
    kind: Kind = Kind.TEXT
    default: Value = attrs.field(default=None, kw_only=True)
    also: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    secret: bool = attrs.field(default=False, kw_only=True)
    words: tuple[str, ...] = attrs.field(default=(), kw_only=True)

    @property
    def variables(self) -> tuple[str, ...]:
        """The short names that other tools use too, then our own."""
        return (*self.also, variable(self.key))


def variable(key: str) -> str:
    """The environment variable of a key.

    >>> variable("migration.directory")
    'MAKEMIGRATIONS_MIGRATION_DIRECTORY'
    """
    words = "".join(letter if letter.isalnum() else "_" for letter in key)
    return f"{PREFIX}{words.upper()}"


TYPE = "database.type"
URL = "database.default_url"
DIRECTORY = "migration.directory"
INCLUDE_DOWN_SQL = "migration.include_down_sql"
SCHEMA_PATHS = "schema.paths"
DRIFT_IGNORE = "drift.ignore"
UNSUPPORTED = {kind: f"unsupported.{kind.value}" for kind in Declarable}
"""What becomes of each thing on a database that cannot keep it."""
VERBOSE = "output.verbose"
COLOR = "output.color_enabled"

_WORDS = tuple(one.value for one in Unsupported)


def _unless_said(kind: Declarable) -> Unsupported:
    """A foreign key is worth declaring; to be without another thing is a decision."""
    is_key = kind is Declarable.FOREIGN_KEYS
    return Unsupported.DECLARE_ONLY if is_key else Unsupported.ERROR


SETTINGS = (
    Setting(TYPE, also=("DB_TYPE",)),
    Setting(URL, also=("DATABASE_URL",), secret=True),
    Setting(DIRECTORY, default="migrations"),
    Setting(INCLUDE_DOWN_SQL, Kind.FLAG, default=False),
    Setting(SCHEMA_PATHS, Kind.TEXTS, default=("schema/schema.yaml",)),
    Setting(DRIFT_IGNORE, Kind.TEXTS, default=()),
    *(
        Setting(key, Kind.WORD, default=_unless_said(kind).value, words=_WORDS)
        for kind, key in UNSUPPORTED.items()
    ),
    Setting(VERBOSE, Kind.FLAG, default=False),
    Setting(COLOR, Kind.FLAG, default=True),
)
"""Every setting with a fixed key, in the order in which they are shown."""

OF_A_DATABASE = {
    "type": Setting("type"),
    "url": Setting("url", secret=True),
    "schema": Setting("schema", Kind.TEXTS),
    "directory": Setting("directory"),
    **{key: Setting(key, Kind.WORD, words=_WORDS) for key in UNSUPPORTED.values()},
}
"""What can be said of each of the ``databases``, by its last word."""

UNUSED = (
    "database.default_schema",
    "database.quote_identifiers",
    "migration.file_prefix",
    "migration.snapshot_file",
    "migration.auto_apply",
    "migration.review_comment_prefix",
    "migration.rejection_comment_prefix",
    "migration.silent",
    "migration.destructive_operations",
    "schema.search_paths",
    "schema.ignore_modules",
    "schema.schema_file_name",
    "schema.validate_strict",
    "output.progress_bar",
    "output.timestamp_format",
)
"""Keys of the original that mean nothing here; a file that has them stays readable."""


def named(path: tuple[str, ...]) -> Setting | None:
    """The setting at that path of a config file, if there is one.

    >>> named(("databases", "eu", "url")).key
    'databases.eu.url'
    """
    match path:
        case (section, str(name), *words) if section == DATABASES and words:
            word = ".".join(words)
            found = OF_A_DATABASE.get(word)
            return found and attrs.evolve(found, key=f"{DATABASES}.{name}.{word}")
        case _:
            key = ".".join(path)
            return next((s for s in SETTINGS if s.key == key), None)


def settings(databases: Iterable[str]) -> tuple[Setting, ...]:
    """Every setting of a project that has these named databases."""
    return (
        *SETTINGS,
        *(
            attrs.evolve(setting, key=f"{DATABASES}.{name}.{word}")
            for name in databases
            for word, setting in OF_A_DATABASE.items()
        ),
    )
