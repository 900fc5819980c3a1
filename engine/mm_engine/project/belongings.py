"""What belongs to a project, and where the settings say that it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

from mm_engine.config.load import Flag, load
from mm_engine.config.value import Config
from mm_engine.errors import ConfigError

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect
    from mm_engine.migrations.graph import MigrationGraph
    from mm_engine.model.schema import Schema
    from mm_engine.runner.session import Connectable
    from mm_engine.runner.url import Url
    from mm_engine.schemafile import SchemaFile


@attrs.frozen
class Belongings:
    """Schema files, migrations and a database, as the settings say where they are."""

    config: Config

    @classmethod
    def find(
        cls,
        start: Path | str = "",
        *,
        file: Path | None = None,
        database: str | None = None,
        url: str | None = None,
        flags: Mapping[str, Flag] | None = None,
        environment: Mapping[str, str] | None = None,
        required: bool = True,
    ) -> Self:
        """The project of a folder, the nearest one upwards.

        ``file`` is a config file instead of the one that would be found, ``database``
        one of those that the settings name, ``url`` a database instead of it.
        """
        from mm_engine.config.settings import URL

        told = dict(flags or {})
        if url is not None:
            told[URL] = Flag("--url", url)
        config = load(
            Path(start),
            environment=os.environ if environment is None else environment,
            file=file,
            database=database,
            flags=told,
            required=required,
        )
        return cls(config)

    def schema_file(self) -> SchemaFile:
        """What the schema files say, with everything worth knowing about them."""
        from mm_engine.schemafile import read_schema

        return read_schema(self.config.schema_paths, root=self.config.root)

    def schema(self) -> Schema:
        """The schema that the schema files describe."""
        return self.schema_file().schema

    def graph(self) -> MigrationGraph:
        """The migrations, as a graph."""
        from mm_engine.migrations.graph import MigrationGraph
        from mm_engine.migrations.loader import load_migrations

        folder = self.config.migrations_folder
        return MigrationGraph.of(load_migrations(folder, root=self.config.root))

    def url(self) -> Url:
        """The URL of the database; raises ``ConfigError`` where none was given."""
        from mm_engine.runner.url import Url

        config = self.config
        if config.url is not None:
            return Url.of(config.url).refined(config.refining_type)
        named = f'database "{config.database}" has' if config.database else "there is"
        kind = config.database_type
        hint = "give --url, set DATABASE_URL, or write database.default_url"
        if config.database:
            hint = f"give --url, or write databases.{config.database}.url"
        elif config.databases:
            hint = f"choose one with --db: {', '.join(config.databases)}"
        if kind is not None:
            raise ConfigError(
                f"the type of the database is {kind}, but {named} no URL", hint=hint
            )
        raise ConfigError(f"{named} no database URL", hint=hint)

    def database_type(self) -> str:
        """The type of the database that is configured, by its URL or by its name."""
        from mm_engine.runner.wires import database_named

        config = self.config
        if config.url is not None:
            return self.url().database_type
        if config.database_type is None:
            raise ConfigError(
                "no database is configured, so nobody knows whose SQL to write",
                hint="give --database TYPE, or write database.type or a URL",
            )
        return database_named(config.database_type)

    def dialect(self, database_type: str | None = None) -> Dialect:
        """How a type of database is told; the configured one if none is named."""
        from mm_engine.dialects import dialect

        name = self.type_named(database_type)
        return dialect(name).treating(self.config.declared)

    def type_named(self, database_type: str | None) -> str:
        """The name that we have for a type, or for a variant; without one, ours."""
        from mm_engine.dialects import variants
        from mm_engine.runner.wires import database_named

        if database_type is None:
            return self.database_type()
        if database_type.lower() in variants():
            return database_type.lower()
        return database_named(database_type)

    def dialects(self) -> dict[str, Dialect]:
        """How each database of these migrations is told, by what people call it.

        Those with migrations of their own are left out, and those that nobody can say
        the type of.
        """
        from mm_engine.dialects import available

        config = self.config
        names = [config.database] if config.database else [None, *config.databases]
        found: dict[str, Dialect] = {}
        for name in names:
            one = attrs.evolve(self, config=attrs.evolve(config, database=name))
            if one.config.migrations_folder != config.migrations_folder:
                continue
            if one.config.url is None and one.config.database_type is None:
                continue
            kind = one.database_type()
            if kind in available():
                found[f"{name} ({kind})" if name else kind] = one.dialect(kind)
        return found

    def type_behind(self, source: Connectable) -> str:
        """The type of a database that an application's own engine speaks to.

        What one of our engines notes of itself; else the settings refine what
        SQLAlchemy calls the dialect.
        """
        from mm_engine.runner.backends import TYPE
        from mm_engine.runner.wires import database_named, types_spoken

        noted = source.get_execution_options().get(TYPE)
        if noted is not None:
            return str(noted)
        driver = source.dialect.name
        types = types_spoken(driver)
        if not types:
            raise ConfigError(f'"{driver}" is no database that can be migrated')
        kind = database_named(self.config.database_type or types[0])
        return kind if kind in types else types[0]
