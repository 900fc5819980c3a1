"""The quick start of the README, played in a temporary folder, step by step.

Run by ``nox -s quickstart``, or with any Python that has the project installed.
"""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
SECOND_FIELD = """\
      - name: display_name
        type: varchar
        length: 100
"""
POSTS_WITH_USERS = "SELECT count(*) FROM posts JOIN users ON users.id = posts.user_id"


def main() -> None:
    """Play every step; stop at the first that does not do what it promises."""
    with tempfile.TemporaryDirectory(prefix="quickstart-") as folder:
        play(Path(folder))
    say("The quick start works.")


def play(project: Path) -> None:
    """The scenario itself."""
    mm = Commands(project)

    say("A project, with a schema file and a configured SQLite database:")
    mm("init")

    say("The quick start's schema goes into schema/schema.yaml:")
    schema = project / "schema" / "schema.yaml"
    schema.write_text(quick_start_schema(), encoding="utf-8")
    print(schema.read_text(encoding="utf-8"))

    say("It becomes a typed migration, and that becomes SQL:")
    mm("makemigrations")
    print((project / "migrations" / "0001_initial.py").read_text(encoding="utf-8"))
    mm("migrate", "showsql")

    say("The migration is applied; posts now really refers to users:")
    mm("migrate", "up")
    database = sqlite_file(project)
    foreign_keys = answer(database, "SELECT * FROM pragma_foreign_key_list('posts')")
    require(len(foreign_keys) == 1, "posts has one foreign key")

    say("Schema file and migrations agree:")
    mm("check")

    say("Two rows, then a new field in the file:")
    answer(database, "INSERT INTO users (email) VALUES ('ada@example.org')")
    answer(database, "INSERT INTO posts (title, user_id) SELECT 'Notes', id FROM users")
    schema.write_text(with_second_field(quick_start_schema()), encoding="utf-8")
    print(SECOND_FIELD)
    mm("makemigrations")
    mm("migrate", "up")
    require("display_name" in columns(database), "users has the new field")

    say("And back, with the rows kept:")
    mm("migrate", "down")
    require("display_name" not in columns(database), "the new field is gone")
    [(rows,)] = answer(database, POSTS_WITH_USERS)
    require(rows == 1, "the rows are still there")
    mm("migrate", "status")


def quick_start_schema() -> str:
    """The YAML of the README: its first block of that language."""
    block = re.search(
        r"^```yaml\n(.*?)^```$", README.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    if block is None:
        sys.exit(f"{README.name} has no block of yaml")
    return block[1]


def with_second_field(schema: str) -> str:
    """The same schema with one more field at the end of users."""
    before, posts, after = schema.partition("  - name: posts\n")
    return before + SECOND_FIELD + posts + after


class Commands:
    """The command line in one project, each call shown as a user would type it."""

    def __init__(self, project: Path) -> None:
        self.project = project
        outside = ("DATABASE_URL", "DB_TYPE", "MAKEMIGRATIONS_")
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(outside)
        }

    def __call__(self, *words: str) -> None:
        """Run one command; what it says goes straight to the terminal."""
        print(f"$ makemigrations {shlex.join(words)}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "mm_engine", *words],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        print(flush=True)
        require(done.returncode == 0, f"makemigrations {words[0]} ends with 0")


def sqlite_file(project: Path) -> Path:
    """The database that the commands made, wherever init put it."""
    for path in sorted(project.rglob("*")):
        if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3":
            return path
    sys.exit("no SQLite database was made")


def answer(database: Path, sql: str) -> list[tuple[object, ...]]:
    """What SQLite itself says, asked without our own code."""
    print(f'$ sqlite3 {database.name} "{sql}"', flush=True)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        rows = connection.execute(sql).fetchall()
    for row in rows:
        print(*row, sep="|")
    print(flush=True)
    return rows


def columns(database: Path) -> list[object]:
    """The columns of users, as SQLite knows them."""
    rows = answer(database, "SELECT name FROM pragma_table_info('users')")
    return [name for (name,) in rows]


def require(kept: bool, promise: str) -> None:  # noqa: FBT001 - reads as an assertion
    """End the scenario where a promise is not kept."""
    if not kept:
        sys.exit(f"quick start: not so: {promise}")


def say(sentence: str) -> None:
    """Announce a step."""
    print(f"# {sentence}", flush=True)


if __name__ == "__main__":
    main()
