"""The files that a new project begins with; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from mm_engine.config.find import YAML_PLACES
from mm_engine.config.value import Config
from mm_engine.errors import MMError

DATABASE_FILE = "app.db"

EXAMPLE_URLS = {
    "sqlite": f"sqlite:///{DATABASE_FILE}",
    "postgresql": "postgresql://user:password@localhost:5432/app",
    "mysql": "mysql://user:password@localhost:3306/app",
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


def begin(config: Config, database_type: str) -> Begun:
    """Make folders, settings and an example schema; leave alone what is there."""
    made: list[str] = []
    kept: list[str] = []
    for path, text in _files(config, database_type):
        name = path.relative_to(config.root).as_posix()
        (made if _written(path, text) else kept).append(name)
    if _ignored(config.root / ".gitignore"):
        made.append(".gitignore")
    return Begun(tuple(made), tuple(kept))


def _files(config: Config, database_type: str) -> Iterator[tuple[Path, str]]:
    if config.file is None:
        yield config.root / YAML_PLACES[0], _settings(database_type)
    for path in config.schema_paths:
        if path.is_relative_to(config.root) and path.suffix:
            yield path, SCHEMA


def _settings(database_type: str) -> str:
    url = EXAMPLE_URLS.get(database_type)
    if url == EXAMPLE_URLS["sqlite"]:
        lines = f"  default_url: {url}"
    elif url is not None:
        lines = f"  type: {database_type}\n  # default_url: {url}"
    else:
        lines = f"  type: {database_type}\n  # default_url:"
    return SETTINGS.format(database=lines)


def _written(path: Path, text: str) -> bool:
    """Write a file that is not there; says whether it did."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        if path.exists():
            return False
        raise _in_the_way(path) from None
    except OSError as fault:
        raise MMError(f"{path} cannot be written: {fault.strerror}") from None
    return True


def _in_the_way(path: Path) -> MMError:
    return MMError(f"{path.parent} is a file; a folder has to be there")


def _ignored(path: Path) -> bool:
    """Add the lines that keep the database file out of Git; says whether it did."""
    wanted = [f"/{DATABASE_FILE}", f"/{DATABASE_FILE}-*"]
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
