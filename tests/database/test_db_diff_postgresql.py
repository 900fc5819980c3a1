"""db-diff and db2schema as commands on PostgreSQL, from YAML to drift and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import SETTINGS, Line
from fresh_databases import by_hand
from postgresql_runs import database

pytestmark = pytest.mark.database("postgresql")

SCHEMA = """\
enums:
  - name: mood
    values: [glad, sad]
tables:
  - name: users
    comment: people
    fields:
      - {name: id, type: bigserial, primary_key: true}
      - {name: email, type: varchar, length: 255, nullable: false, unique: true}
      - {name: mood, type: enum, enum: mood, default: glad}
      - {name: tags, type: 'text[]'}
      - {name: made, type: timestamptz, default: now}
      - {name: seen, type: timestamp, auto_update: true}
    checks:
      - {name: ck_email, expression: "email <> ''"}
    indexes:
      - {name: idx_tags, fields: [tags], method: gin}
  - name: posts
    fields:
      - {name: id, type: uuid, primary_key: true, default: new_uuid}
      - {name: title, type: varchar, length: 200}
      - name: user_id
        type: foreign_key
        nullable: false
        foreign_key: {table: users, on_delete: CASCADE}
    indexes:
      - name: idx_title
        fields: [{expression: lower(title)}]
        where: title IS NOT NULL
"""


@pytest.fixture
def url(postgresql_url: str) -> Iterator[str]:
    """An empty database of the test's own."""
    with database(postgresql_url) as made:
        yield made


def project(folder: Path, url: str, schema: str) -> Line:
    """A project whose first migration is applied to the database."""
    line = Line(folder)
    settings = SETTINGS.replace("sqlite:///app.db", url)
    line.schema(settings, "migrations/makemigrations.config.yaml")
    line.schema(schema)
    line.fine("makemigrations")
    line.fine("migrate", "up")
    return line


@pytest.fixture
def migrated(tmp_path: Path, url: str) -> Line:
    """A project and a database that agree."""
    return project(tmp_path, url, SCHEMA)


def test_a_database_as_it_was_migrated_is_quiet(migrated: Line) -> None:
    answer = migrated("db-diff")
    assert (answer.code, answer.out) == (0, ""), answer.out
    assert "agrees with the 1 migration" in answer.err


def test_what_was_done_by_hand_is_found_and_repaired(migrated: Line, url: str) -> None:
    by_hand(
        url,
        "ALTER TABLE users ALTER email TYPE varchar(100)",
        "ALTER TABLE posts DROP COLUMN title",
        "COMMENT ON TABLE users IS 'others'",
    )
    answer = migrated("db-diff")
    assert answer.code == 3
    assert answer.out.splitlines() == [
        "posts",
        "  - drop index idx_title of posts",
        "      schema/schema.yaml:27:15, made by 0001_initial",
        "  - drop posts.title  (loses what posts.title holds)",
        "      schema/schema.yaml:21:16, made by 0001_initial",
        "users",
        (
            "  ~ alter users.email: length 255 -> 100"
            "  (loses values of users.email that do not fit varchar)"
        ),
        "      schema/schema.yaml:9:16, made by 0001_initial",
        "  ~ comment on table users: comment people -> others",
        "      schema/schema.yaml:5:11, made by 0001_initial",
    ]
    repair = migrated("db-diff", "--write", "repair")
    assert repair.code == 0, repair.err
    by_hand(url, repair.out)
    assert migrated("db-diff").code == 0


def test_what_was_done_by_hand_is_taken_over(migrated: Line, url: str) -> None:
    by_hand(
        url,
        "CREATE INDEX idx_made ON users (made DESC)",
        "ALTER TYPE mood ADD VALUE 'so-so'",
    )
    migrated.fine("db-diff", "--write", "migration", "--name", "by_hand")
    migrated.fine("migrate", "fake", "0002_by_hand")
    assert migrated("db-diff").code == 0
    migrated.fine("migrate", "down", "--yes")
    migrated.fine("migrate", "up")
    assert migrated("db-diff").code == 0


def test_what_is_read_makes_the_same_database_again(
    migrated: Line, url: str, postgresql_url: str
) -> None:
    said = migrated.fine("db2schema")
    with database(postgresql_url) as other:
        again = project(migrated.folder / "again", other, said)
        quiet = again("db-diff")
        assert (quiet.code, quiet.out) == (0, "")
        assert again.fine("db2schema") == said
        adopted = again("db-diff", "--against", "migrations", "--url", url)
        assert (adopted.code, adopted.out) == (0, "")


def test_namespaces_are_read_where_they_are_named(migrated: Line, url: str) -> None:
    by_hand(
        url,
        "CREATE SCHEMA audit",
        "CREATE TABLE audit.log (id integer PRIMARY KEY, said text)",
    )
    assert "audit" not in migrated.fine("db2schema")
    assert migrated("db-diff").code == 0
    said = migrated.fine("db2schema", "--namespace", "audit", "--tables", "audit.*")
    assert "  - name: audit.log\n" in said
    migrated.schema(SCHEMA + said.removeprefix("tables:\n"))
    migrated.fine("makemigrations")
    assert migrated("db-diff", "--against", "migrations").code == 0


def test_who_may_only_read_can_compare(migrated: Line, url: str) -> None:
    role = f"reader_{url.rpartition('/')[2]}"
    by_hand(
        url,
        f"CREATE ROLE {role} LOGIN PASSWORD 's3cret'",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
    )
    try:
        theirs = as_user(url, role, "s3cret")
        quiet = migrated("db-diff", "--url", theirs)
        assert (quiet.code, quiet.out) == (0, ""), quiet.err
        by_hand(url, f"REVOKE SELECT ON makemigrations_history FROM {role}")
        refused = migrated("db-diff", "--url", theirs)
        assert refused.code == 1
        assert "permission denied" in refused.err
        assert "grant the user of the URL what is missing" in refused.err
        assert "s3cret" not in quiet.err + refused.err
    finally:
        by_hand(url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def as_user(url: str, name: str, password: str) -> str:
    """The URL with another user."""
    scheme, _, rest = url.partition("://")
    head, _, tail = rest.partition("/")
    return f"{scheme}://{name}:{password}@{head.rpartition('@')[2]}/{tail}"
