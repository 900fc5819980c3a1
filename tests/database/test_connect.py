"""Connections to live SQLite files, and what stands in their way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from mm_engine.errors import ConfigError, RunError
from mm_engine.runner.connect import connected, open_engine, server_version
from mm_engine.runner.execute import execute
from mm_engine.runner.history import History
from mm_engine.runner.session import session
from mm_engine.runner.url import Url
from runs import opened, up, url_of, values

pytestmark = pytest.mark.database("sqlite")


def refused(text: str, root: Path) -> ConfigError:
    with (
        pytest.raises(ConfigError) as caught,
        connected(Url.of(text), root=root),
    ):
        pass
    return caught.value


def test_a_relative_file_lies_in_the_project_wherever_we_stand(tmp_path: Path) -> None:
    with connected(Url.of("sqlite:///app.db"), root=tmp_path) as connection:
        connection.exec_driver_sql("CREATE TABLE a (x)")
    assert (tmp_path / "app.db").exists()


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "a#b.db", "ä€.db", "%41.db"])
def test_a_file_has_the_name_that_was_written(tmp_path: Path, name: str) -> None:
    with connected(Url.of(f"sqlite:///{name}"), root=tmp_path) as connection:
        connection.exec_driver_sql("CREATE TABLE a (x)")
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_the_version_of_the_server_is_known(tmp_path: Path) -> None:
    with connected(url_of(tmp_path / "a.db"), root=tmp_path) as connection:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar()
        assert server_version(connection) == version


def test_a_library_that_is_too_old_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    error = refused("sqlite:///app.db", tmp_path)
    assert error.message == "SQLite 3.34.1 is too old"
    assert error.hint == "a Python with SQLite 3.35 or later is needed"
    assert not list(tmp_path.iterdir())


def test_an_application_s_own_engine_is_refused_for_it_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sqlite3.dbapi2.sqlite_version_info", (3, 34, 1))
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.NullPool)
    with (
        pytest.raises(ConfigError, match=r"SQLite 3\.34\.1 is too old"),
        session(engine),
    ):
        pass


def test_foreign_keys_are_enforced(tmp_path: Path) -> None:
    assert values(tmp_path / "a.db", "PRAGMA foreign_keys") == [1]


def test_an_engine_begins_nothing_by_itself(tmp_path: Path) -> None:
    engine = open_engine(url_of(tmp_path / "a.db"), root=tmp_path)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE a (x)")
        connection.exec_driver_sql("INSERT INTO a VALUES (1)")
        connection.rollback()
        assert connection.exec_driver_sql("SELECT x FROM a").scalars().all() == [1]


def test_a_file_that_must_exist_is_not_made(tmp_path: Path) -> None:
    url = Url.of("sqlite:///app.db")
    with (
        pytest.raises(ConfigError, match="there is no file"),
        connected(url, root=tmp_path, must_exist=True),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
    with connected(url, root=tmp_path) as connection:
        connection.exec_driver_sql("CREATE TABLE a (x)")
    with connected(url, root=tmp_path, must_exist=True) as connection:
        assert connection.exec_driver_sql("SELECT * FROM a").all() == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    error = refused("sqlite:///data/app.db", tmp_path)
    assert f"there is no folder {tmp_path / 'data'}" in error.message
    assert not (tmp_path / "data").exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "app.db").mkdir()
    assert "is a folder" in refused("sqlite:///app.db", tmp_path).message


def test_a_file_of_something_else_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "app.db").write_bytes(b"%PDF-1.7 " * 200)
    error = refused("sqlite:///app.db", tmp_path)
    assert "cannot connect to sqlite:///app.db" in error.message
    assert "not a database" in error.message


def test_a_damaged_file_is_not_taken_for_a_wrong_url(tmp_path: Path) -> None:
    with opened(tmp_path / "app.db") as ready:
        ready.run("CREATE TABLE a (x)")
    data = (tmp_path / "app.db").read_bytes()
    (tmp_path / "app.db").write_bytes(data[:100] + b"\xff" * (len(data) - 100))
    error = refused("sqlite:///app.db", tmp_path)
    assert "malformed" in error.message
    assert "damaged" in str(error.hint)


@pytest.mark.parametrize("text", ["sqlite://", "sqlite:///:memory:"])
def test_memory_has_to_be_asked_for(tmp_path: Path, text: str) -> None:
    assert "in memory" in refused(text, tmp_path).message


def test_memory_that_was_asked_for_is_migrated(tmp_path: Path) -> None:
    with (
        connected(
            Url.of("sqlite://"), root=tmp_path, is_memory_allowed=True
        ) as connection,
        session(connection) as ready,
    ):
        execute(ready, [up("0001_a", "CREATE TABLE a (x)")], applied=())
        assert History.read(ready.connection).names == ("0001_a",)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_option_is_an_error(tmp_path: Path) -> None:
    error = refused("sqlite:///app.db?mod=ro", tmp_path)
    assert error.hint == 'did you mean "mode"?'


def test_another_driver_for_a_file_is_an_error(tmp_path: Path) -> None:
    assert "aiosqlite" in refused("sqlite+aiosqlite:///app.db", tmp_path).message


def test_a_nul_in_a_name_is_an_error(tmp_path: Path) -> None:
    assert "NUL" in refused("sqlite:///a\0b.db", tmp_path).message


def test_a_missing_driver_says_what_to_install(tmp_path: Path) -> None:
    error = refused("mysql+cymysql://u:zQ7x9W@localhost/d", tmp_path)
    assert "the driver cymysql" in error.message
    assert error.hint == 'python -m pip install "cymysql"'
    assert "zQ7x9W" not in str(error)


def test_a_driver_that_nobody_knows_is_an_error(tmp_path: Path) -> None:
    error = refused("postgresql+nonsense://u:zQ7x9W@localhost/d", tmp_path)
    assert "nonsense" in error.message
    assert "zQ7x9W" not in str(error)


def test_a_read_only_database_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    values(path, "CREATE TABLE a (x)")
    url = Url.of(f"sqlite:///{path}?mode=ro")
    with (
        connected(url, root=tmp_path) as connection,
        session(connection) as ready,
        pytest.raises(RunError, match="readonly database") as caught,
    ):
        execute(ready, [up("0001_a", "CREATE TABLE b (x)")], applied=())
    assert "writable" in str(caught.value.hint)
    assert values(path, "SELECT name FROM sqlite_schema") == ["a"]


def test_nothing_global_is_touched(tmp_path: Path) -> None:
    code = (
        "import logging, sqlite3, sys; from pathlib import Path\n"
        "before = logging.getLogger().handlers[:], dict(sqlite3.adapters)\n"
        "from mm_engine.runner.connect import connected\n"
        "from mm_engine.runner.url import Url\n"
        "with connected(Url.of('sqlite:///a.db'), root=Path(sys.argv[1])): pass\n"
        "assert before == (logging.getLogger().handlers[:], dict(sqlite3.adapters))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_two_threads_migrate_two_files(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def migrate(name: str) -> list[object]:
        path = tmp_path / name
        scripts = [up(f"{n:04}_x", f"CREATE TABLE t{n} (x)") for n in range(20)]
        with opened(path) as ready:
            execute(ready, scripts, applied=())
        return values(path, "SELECT count(*) FROM makemigrations_history")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(migrate, "abcd")) == [[20]] * 4


def test_an_engine_of_sqlalchemys_own_is_migrated_like_ours(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with session(engine) as ready, pytest.raises(RunError):
        execute(ready, [up("0001_a", "CREATE TABLE a (x)", "nonsense")], applied=())
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()
