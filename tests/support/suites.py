"""A project with tests of its own, and pytest run on it in another process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from surroundings import as_typed

SCHEMA = """
tables:
  - name: users
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: email, type: varchar, length: 99, nullable: false}
"""
USERS = """
import mm_engine as mm

migration = mm.Migration(
    name="0001_users",
    dependencies=[],
    operations=[
        mm.CreateTable(
            "users",
            fields=[
                mm.Field("id", mm.Integer(), nullable=False),
                mm.Field("email", mm.Varchar(99), nullable=False),
            ],
            primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
        ),
    ],
)
"""
MIGRATION = """
import mm_engine as mm

migration = mm.Migration(
    name="{name}",
    dependencies=["{parent}"],
    operations=[{operation}],
)
"""
SETTINGS = "database:\n  type: sqlite\n"


class Suite:
    """A project of the user's, and its tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = as_typed()
        self.write("pytest.ini", "[pytest]\n")
        self.write("schema/schema.yaml", SCHEMA)
        self.write("migrations/makemigrations.config.yaml", SETTINGS)
        self.write("migrations/0001_users.py", USERS)

    def write(self, name: str, text: str) -> None:
        """Write one file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def migration(self, name: str, operation: str, parent: str = "0001_users") -> None:
        """Write one more migration."""
        text = MIGRATION.format(name=name, parent=parent, operation=operation)
        self.write(f"migrations/{name}.py", text)

    def tests(self, text: str) -> None:
        """Write the tests."""
        self.write("test_it.py", f"import sqlalchemy as sa\nimport pytest\n{text}")

    def command(self, *words: str) -> list[str]:
        """How pytest is called."""
        return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-ra", *words]

    def __call__(self, *words: str) -> tuple[int, str]:
        """Run pytest; gives its exit code and all that it said."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def passed(self, *words: str) -> str:
        """The same, where everything is expected to pass."""
        code, said = self(*words)
        assert code == 0, said
        return said

    def failed(self, *words: str) -> str:
        """The same, where something is expected to fail."""
        code, said = self(*words)
        assert code == 1, said
        return said
