"""Two branches that arrive in either order: the same schema, and no row lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import mm_engine as mm
from mm_engine.dialects import dialect
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import Session
from postgresql_runs import migrator
from runs import add, create, migration, opened

TRUNK = migration("0001_posts", create("posts", "title", "body"))
BRANCHES = {
    "0002_left": migration("0002_left", add("posts", "left"), after=["0001_posts"]),
    "0002_right": migration(
        "0002_right",
        mm.AlterField("posts", mm.Field("title", mm.Varchar(9), nullable=False)),
        mm.AddUnique("posts", mm.Unique(["title"], name="uq_title")),
        after=["0001_posts"],
    ),
}
BOTH = MigrationGraph.of([TRUNK, *BRANCHES.values()])
ORDERS = [("0002_left", "0002_right"), ("0002_right", "0002_left")]
ALL = 'SELECT id, title, body, "left" FROM posts'


@contextmanager
def on_sqlite(path: Path) -> Iterator[Callable[[MigrationGraph], Migrator]]:
    """Migrators of one file."""
    with opened(path) as ready:

        def made(graph: MigrationGraph) -> Migrator:
            return Migrator(session=ready, graph=graph, dialect=dialect("sqlite"))

        yield made


@contextmanager
def on_postgresql(url: str) -> Iterator[Callable[[MigrationGraph], Migrator]]:
    """Migrators of one database."""
    with migrator(url, BOTH) as ready:

        def made(graph: MigrationGraph) -> Migrator:
            session: Session = ready.session
            return Migrator(session=session, graph=graph, dialect=ready.dialect)

        yield made


def check(made: Callable[[MigrationGraph], Migrator], order: tuple[str, str]) -> None:
    """One branch is applied, rows come, the other arrives; then both ways."""
    first, second = order
    alone = made(MigrationGraph.of([TRUNK, BRANCHES[first]]))
    alone.up()
    run, rows = alone.session.run, alone.session.rows
    run("INSERT INTO posts (id, title, body) VALUES (1, 'one', 'kept')")
    both = made(BOTH)
    assert [done.name for done in both.up()] == [second]
    run("UPDATE posts SET \"left\" = 'here'")
    assert rows(ALL) == ((1, "one", "kept", "here"),)
    [undone] = both.down()
    assert undone.name == second
    left = 'SELECT "left" FROM posts'
    if second == "0002_right":
        assert rows(left) == (("here",),)
    assert rows("SELECT id, title, body FROM posts") == ((1, "one", "kept"),)
    both.up()
    both.down(target="0001")
    assert rows("SELECT * FROM posts") == ((1, "one", "kept"),)
    both.up(second)
    both.up()
    assert rows("SELECT id, title, body FROM posts") == ((1, "one", "kept"),)
    with pytest.raises(Exception, match=r"(?i)unique"):
        run("INSERT INTO posts (id, title) VALUES (2, 'one')")


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("order", ORDERS)
def test_a_file_that_is_rebuilt(tmp_path: Path, order: tuple[str, str]) -> None:
    with on_sqlite(tmp_path / "app.db") as made:
        check(made, order)


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("order", ORDERS)
def test_a_server(url: str, order: tuple[str, str]) -> None:
    with on_postgresql(url) as made:
        check(made, order)
