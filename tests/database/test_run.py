"""Migrating as one act, with SQLite's own dialect, on a live file."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

import mm_engine as mm
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import (
    HistoryError,
    IrreversibleError,
    MMError,
    RunError,
    UsageError,
)
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.model.schema import Schema
from mm_engine.runner.events import Event, StepFailed, StepFinished, StepOvertaken
from mm_engine.runner.execute import execute
from mm_engine.runner.guards import first_tables_present
from mm_engine.runner.history import History
from mm_engine.runner.plan import Direction, Step, plan_up
from mm_engine.runner.run import Migrator
from mm_engine.runner.script import Script
from mm_engine.runner.session import Session, session
from runs import add, chain, create, migration, opened, up

pytestmark = pytest.mark.database("sqlite")

TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1"
FIELDS = "SELECT name FROM pragma_table_info('posts')"


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Session]:
    """A session on an empty file."""
    with opened(tmp_path / "app.db") as session:
        yield session


def migrator(ready: Session, graph: MigrationGraph) -> Migrator:
    return Migrator(session=ready, graph=graph, dialect=SQLite())


def found(ready: Session, query: str) -> list[object]:
    return [row[0] for row in ready.rows(query)]


def blog() -> MigrationGraph:
    narrower = mm.AlterField("posts", mm.Field("title", mm.Varchar(200)))
    return chain(
        migration("0001_posts", create("posts", "title")),
        migration("0002_body", add("posts", "body"), narrower),
        migration("0003_tags", create("tags")),
    )


def test_up_down_up_keeps_rows(ready: Session) -> None:
    blogs = migrator(ready, blog())
    assert [result.name for result in blogs.up()] == [
        "0001_posts",
        "0002_body",
        "0003_tags",
    ]
    ready.run("INSERT INTO posts VALUES (1, 'one', 'x')")
    blogs.down(target="0001")
    assert found(ready, FIELDS) == ["id", "title"]
    blogs.up()
    assert ready.rows("SELECT * FROM posts") == ((1, "one", None),)
    assert ready.rows("PRAGMA foreign_keys") == ((1,),)


def test_a_target_is_enough(ready: Session) -> None:
    migrator(ready, blog()).up("0002")
    assert "tags" not in found(ready, TABLES)
    assert History.read(ready.connection).names == ("0001_posts", "0002_body")


def test_nothing_to_do_does_nothing(ready: Session) -> None:
    migrator(ready, blog()).up()
    assert migrator(ready, blog()).up() == ()
    assert migrator(ready, MigrationGraph.of([])).graph.order() == ()


def test_two_branches_in_either_order_lose_no_row(ready: Session) -> None:
    trunk = migration("0001_posts", create("posts", "title"))
    left = migration("0002_left", add("posts", "left"), after=["0001_posts"])
    altered = mm.AlterField("posts", mm.Field("title", mm.Varchar(9)))
    right = migration("0002_right", altered, after=["0001_posts"])
    migrator(ready, MigrationGraph.of([trunk, right])).up()
    ready.run("INSERT INTO posts VALUES (1, 'one')")
    both = migrator(ready, MigrationGraph.of([trunk, left, right]))
    both.up()
    ready.run("UPDATE posts SET \"left\" = 'kept'")
    both.down(target="0001_posts")
    both.up("0002_left")
    ready.run("UPDATE posts SET \"left\" = 'kept'")
    both.up()
    assert ready.rows("SELECT * FROM posts") == ((1, "one", "kept"),)
    both.down()
    assert ready.rows("SELECT * FROM posts") == ((1, "one", "kept"),)


def test_what_a_database_cannot_do_is_said_before_anything_ran(ready: Session) -> None:
    graph = chain(
        migration("0001_posts", create("posts")),
        migration("0002_other", mm.RunSQL({"postgresql": "SELECT 1"})),
    )
    with pytest.raises(MMError, match=r"^0002_other: operation 1 \(run SQL"):
        migrator(ready, graph).up()
    assert found(ready, TABLES) == []


def test_what_cannot_be_undone_is_said_before_anything_ran(ready: Session) -> None:
    graph = chain(
        migration("0001_posts", create("posts"), mm.RunSQL("DELETE FROM posts")),
        migration("0002_body", add("posts", "body")),
    )
    blogs = migrator(ready, graph)
    blogs.up()
    with pytest.raises(IrreversibleError, match="0001_posts: cannot undo operation 2"):
        blogs.down(target="zero")
    assert found(ready, FIELDS) == ["id", "body"]


def test_a_review_stops_everything_until_it_is_allowed(ready: Session) -> None:
    reviewed = mm.DropField("posts", "title", review="look at it")
    graph = chain(
        migration("0001_posts", create("posts", "title")),
        migration("0002_drop", reviewed),
    )
    with pytest.raises(UsageError, match="look at it"):
        migrator(ready, graph).up()
    assert found(ready, TABLES) == []
    assert len(migrator(ready, graph).up(is_review_allowed=True)) == 2


def test_tables_without_a_history_are_for_fake(ready: Session) -> None:
    ready.run("CREATE TABLE posts (id)")
    with pytest.raises(HistoryError, match="already the tables posts") as caught:
        migrator(ready, blog()).up()
    assert '"migrate fake 0001_posts"' in str(caught.value.hint)
    assert found(ready, TABLES) == ["posts"]


def test_tables_of_others_are_in_nobodys_way(ready: Session) -> None:
    ready.run("CREATE TABLE others (id)")
    steps = plan_up(blog(), [])
    assert first_tables_present(ready.connection, steps) == ()
    assert len(migrator(ready, blog()).up()) == 3


def test_tables_that_may_be_there_are_in_nobodys_way_either(ready: Session) -> None:
    ready.run("CREATE TABLE posts (id)")
    tolerant = mm.CreateTable.of(create("posts").table, if_present=True)
    graph = chain(migration("0001_posts", tolerant))
    assert len(migrator(ready, graph).up()) == 1


def test_a_changed_migration_stops_everything(ready: Session) -> None:
    migrator(ready, chain(migration("0001_posts", create("posts")))).up()
    edited = chain(
        migration("0001_posts", create("posts", "title")),
        migration("0002_tags", create("tags")),
    )
    with pytest.raises(HistoryError, match="0001_posts"):
        migrator(ready, edited).up()
    assert "tags" not in found(ready, TABLES)


def test_a_changed_migration_is_not_undone_either(ready: Session) -> None:
    migrator(ready, chain(migration("0001_posts", create("posts", "title")))).up()
    edited = chain(migration("0001_posts", create("posts")))
    with pytest.raises(HistoryError, match="0001_posts"):
        migrator(ready, edited).down()
    assert "posts" in found(ready, TABLES)


def test_a_function_that_ends_the_program_is_a_failure(ready: Session) -> None:
    def leave(connection: sa.Connection, schema: Schema) -> None:
        del connection, schema
        sys.exit(7)

    graph = chain(migration("0001_posts", create("posts"), mm.RunPython(leave)))
    with pytest.raises(RunError, match="SystemExit: 7"):
        migrator(ready, graph).up()
    assert "posts" not in found(ready, TABLES)


def test_one_who_was_overtaken_plans_anew(ready: Session) -> None:
    """Another finishes a branch of its own between our plan and our lock."""
    trunk = migration("0001_posts", create("posts", "title"))
    left = migration("0002_left", add("posts", "left"), after=["0001_posts"])
    altered = mm.AlterField("posts", mm.Field("title", mm.Varchar(9)))
    right = migration("0002_right", altered, after=["0001_posts"])
    both = MigrationGraph.of([trunk, left, right])
    migrator(ready, MigrationGraph.of([trunk])).up()
    rounds: list[int] = []

    def overtake(steps: Sequence[Step]) -> None:
        rounds.append(len(steps))
        if len(rounds) == 1:
            file = Path(str(ready.rows("PRAGMA database_list")[0][2]))
            with opened(file) as other:
                migrator(other, both).up("0002_right")
                other.run("INSERT INTO posts VALUES (1, 'one')")

    events: list[Event] = []
    run = Migrator(session=ready, graph=both, dialect=SQLite(), report=events.append)
    assert [result.name for result in run.up(announce=overtake)] == ["0002_left"]
    assert rounds == [2, 1]
    assert StepOvertaken("0002_left", Direction.UP) in events
    assert not any(isinstance(event, StepFailed) for event in events)
    assert History.read(ready.connection).names[1:] == ("0002_right", "0002_left")
    assert ready.rows("SELECT title FROM posts") == (("one",),)


def test_down_never_goes_on_when_overtaken(ready: Session) -> None:
    blogs = migrator(ready, blog())
    blogs.up()

    def overtake(steps: Sequence[Step]) -> None:
        del steps
        with opened(Path(str(ready.rows("PRAGMA database_list")[0][2]))) as other:
            migrator(other, blog()).down()

    with pytest.raises(HistoryError, match="somebody else migrated"):
        blogs.down(announce=overtake)
    assert len(History.read(ready.connection).names) == 2


def test_announcing_can_stop_before_anything_ran(ready: Session) -> None:
    def no(steps: Sequence[Step]) -> None:
        del steps
        raise UsageError("not now")

    with pytest.raises(UsageError):
        migrator(ready, blog()).up(announce=no)
    assert found(ready, TABLES) == []


def test_an_application_migrates_with_its_own_engine(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'app.db'}")
    events: list[Event] = []
    with session(engine) as ready:
        Migrator(
            session=ready, graph=blog(), dialect=SQLite(), report=events.append
        ).up()
    assert sum(isinstance(event, StepFinished) for event in events) == 3
    engine.dispose()


def count(connection: sa.Connection, schema: Schema) -> None:
    """Fill a table from what the schema says."""
    fields = len(schema.table("posts").fields)
    connection.execute(
        sa.text("INSERT INTO posts (title) VALUES (:title)"), {"title": f"{fields}%"}
    )


def test_a_function_sees_the_schema_before_it(ready: Session) -> None:
    graph = chain(
        migration(
            "0001_posts",
            create("posts", "title"),
            mm.RunPython(count),
            add("posts", "body"),
            mm.RunSQL("UPDATE posts SET body = 'a:b %s ' || title"),
        )
    )
    migrator(ready, graph).up()
    assert ready.rows("SELECT title, body FROM posts") == (("2%", "a:b %s 2%"),)


def test_a_squash_counts_where_its_parts_are_applied(ready: Session) -> None:
    parts = blog()
    migrator(ready, parts).up("0002")
    squash = mm.Migration(
        name="0002_squash",
        dependencies=[],
        replaces=["0001_posts", "0002_body"],
        operations=[create("posts", "title", "body")],
    )
    tags = migration("0003_tags", create("tags"), after=["0002_squash"])
    squashed = migrator(ready, MigrationGraph.of([squash, tags]))
    assert [result.name for result in squashed.up()] == ["0003_tags"]
    squashed.down(target="zero")
    assert History.read(ready.connection).names == ()
    assert found(ready, TABLES) == ["makemigrations_history"]
    assert [result.name for result in squashed.up()] == ["0002_squash", "0003_tags"]


def test_scripts_may_come_one_by_one(ready: Session) -> None:
    made: list[str] = []

    def lazily() -> Iterator[Script]:
        for name in ("0001_a", "0002_b"):
            made.append(name)
            yield up(name, f"CREATE TABLE t{len(made)} (x)")
            assert History.read(ready.connection).names[-1] == name

    execute(ready, lazily(), applied=())
    assert made == ["0001_a", "0002_b"]
