"""The files that a new project begins with; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from mm_engine.config.find import YAML_PLACES
from mm_engine.config.value import Config
from mm_engine.dialects.features import Unsupported
from mm_engine.errors import ConfigError, MMError, nearest
from mm_engine.model.databases import is_known, known
from mm_engine.model.schema import Schema
from mm_engine.project.workflows import files
from mm_engine.runner.url import Url
from mm_engine.runner.wires import database_named

EXAMPLE_URLS = {
    "sqlite": "sqlite:///app.db",
    "postgresql": "postgresql://user:password@localhost:5432/app",
    "mysql": "mysql://user:password@localhost:3306/app",
    "turso": "libsql://name.turso.io?authToken=token",
}
"""A URL to begin with, by type of database."""

SETTINGS = """\
# What makemigrations has to know of this project.
# "makemigrations config" shows every setting that holds, and where it came from.
# DATABASE_URL in the environment wins over the URL written here.
database:
{database}
migration:
  directory: migrations
schema:
  paths:
    - schema/schema.yaml
{unsupported}"""

UNSUPPORTED = """\
# What {title} cannot keep of the example is left to the schema, and "makemigrations
# check" names it. Without these lines it is refused.
unsupported:
"""

SCHEMA = """\
# The tables of this project. Edit this file, then say "makemigrations makemigrations":
# it writes a migration for what changed; "makemigrations migrate up" applies it.
tables:
  - name: users
    fields:
      - name: id
        type: uuid
        primary_key: true
        default: new_uuid      # a default by name; every database has words for it
      - name: email
        type: varchar
        length: 255
        nullable: false        # without this a field may be empty
      - name: created_at
        type: timestamp
        auto_create: true      # the time at which the row was made
    indexes:
      - name: idx_users_email
        fields: [email]
        unique: true

  - name: posts
    fields:
      - name: id
        type: uuid
        primary_key: true
        default: new_uuid
      - name: title
        type: varchar
        length: 200
        nullable: false
      - name: body
        type: text
      - name: user_id
        type: foreign_key      # takes the type of the key it refers to
        foreign_key:
          table: users
          on_delete: CASCADE   # or RESTRICT, SET_NULL
"""


@attrs.frozen
class Begun:
    """What ``init`` found and made, by path from the project's folder."""

    made: tuple[str, ...]
    kept: tuple[str, ...]


def begin(config: Config, database_type: str, *, is_for_nox: bool = False) -> Begun:
    """Make folders, settings and an example schema; leave alone what is there.

    ``is_for_nox`` makes a noxfile, and workflow files for CI, too. Raises
    ``ConfigError``, before anything is made, for a type that is none.
    """
    kind = database_named(database_type)
    if not is_known(kind):
        raise ConfigError(
            f'there is no database "{database_type}"',
            hint=nearest(kind, known()) or f"we know {', '.join(known())}",
        )
    made: list[str] = []
    kept: list[str] = []
    more = files(kind) if is_for_nox else {}
    named = ((config.root / path, text) for path, text in more.items())
    for path, text in (*_files(config, kind), *named):
        name = path.relative_to(config.root).as_posix()
        (made if _written(path, text) else kept).append(name)
    _make_folder(config.migrations_folder)
    url = config.url if config.file else EXAMPLE_URLS.get(kind)
    if url and _ignored(config.root / ".gitignore", Url.of(url)):
        made.append(".gitignore")
    return Begun(tuple(made), tuple(kept))


def _files(config: Config, database_type: str) -> Iterator[tuple[Path, str]]:
    settings = config.file or config.root / YAML_PLACES[0]
    if settings.is_relative_to(config.root):
        yield settings, _settings(database_type)
    for path in config.schema_paths:
        if path.is_relative_to(config.root) and path.suffix:
            yield path, SCHEMA


def _settings(database_type: str) -> str:
    url = EXAMPLE_URLS.get(database_type, "")
    if url and Url.of(url).wire.is_file:
        lines = f"  default_url: {url}"
    else:
        lines = f"  type: {database_type}\n  # default_url: {url}".rstrip()
    return SETTINGS.format(database=lines, unsupported=_unsupported(database_type))


def _unsupported(database_type: str) -> str:
    """The settings without which a database would refuse the example; mostly none."""
    from mm_engine.dialects import dialect
    from mm_engine.dialects.statements import Move
    from mm_engine.dialects.untold import way_out
    from mm_engine.diff import diff

    told, schema, moves = dialect(database_type), Schema(), list[Move]()
    for number, operation in enumerate(diff(schema, _example()), 1):
        moves.append(Move(operation, schema, number=number, mark=""))
        schema = moves[-1].after
    kinds = way_out(told, moves)
    if not kinds:
        return ""
    lines = (f"  {kind.value}: {Unsupported.DECLARE_ONLY.value}\n" for kind in kinds)
    return UNSUPPORTED.format(title=told.title) + "".join(lines)


def _example() -> Schema:
    """The example, read as the file that it becomes."""
    from mm_engine.schemafile import read_schema

    with TemporaryDirectory() as folder:
        path = Path(folder) / "schema.yaml"
        path.write_text(SCHEMA, encoding="utf-8", newline="\n")
        return read_schema([path], root=path.parent).schema


def _written(path: Path, text: str) -> bool:
    """Write a file that is not there; says whether it did."""
    _make_folder(path.parent)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    except OSError as fault:
        raise MMError(f"{path} cannot be written: {fault.strerror}") from None
    return True


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise MMError(f"{path} is a file; a folder has to be there") from None
    except OSError as fault:
        raise MMError(f"{path} cannot be made: {fault.strerror}") from None


def _ignored(path: Path, url: Url) -> bool:
    """Add the lines that keep a database file out of Git; says whether it did."""
    file = Path(url.database)
    if not url.wire.is_file or url.is_memory or file.is_absolute():
        return False
    wanted = [f"/{file.as_posix()}", f"/{file.as_posix()}-*"]
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        missing = [line for line in wanted if line not in text.splitlines()]
        if not missing:
            return False
        if text and not text.endswith("\n"):
            text += "\n"
        path.write_text(
            text + "".join(f"{line}\n" for line in missing),
            encoding="utf-8",
            newline="\n",
        )
    except (OSError, UnicodeDecodeError) as fault:
        raise MMError(f"{path} cannot be changed: {fault}") from None
    return True
