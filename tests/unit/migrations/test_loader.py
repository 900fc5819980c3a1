from __future__ import annotations

import inspect
import os
import py_compile
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

import mm_engine as mm
from mm_engine.errors import MigrationFileError, StateError
from mm_engine.migrations.digest import digest_of
from mm_engine.migrations.loader import load_migration, load_migrations
from mm_engine.migrations.positions import operation_position
from mm_engine.operations import Operation

HEAD = "import mm_engine as mm\n\n"


def text_of(name: str, *operations: str) -> str:
    inside = "".join(f"\n        {operation}," for operation in operations)
    return (
        f'{HEAD}migration = mm.Migration(\n    name="{name}",\n    dependencies=[],\n'
        f"    operations=[{inside}\n    ],\n)\n"
    )


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def problem_in(folder: Path, text: str | bytes, name: str = "0001_a") -> str:
    """What is said of a file, with its path relative to the folder."""
    path = folder / f"{name}.py"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(MigrationFileError) as caught:
        load_migrations(folder, root=folder)
    return str(caught.value)


def test_migrations_come_by_file_name(tmp_path: Path) -> None:
    for name in ("0002_b", "0001_a", "12345_c"):
        write(tmp_path, name, text_of(name))
    loaded = load_migrations(tmp_path)
    assert [m.name for m in loaded] == ["0001_a", "0002_b", "12345_c"]


def test_a_folder_that_is_not_there_has_no_migrations(tmp_path: Path) -> None:
    assert load_migrations(tmp_path / "none") == ()


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "0001_a", text_of("0001_a"))
    for name in ("__init__", "__main__", "_helpers", "test_0001", "001_short", "0002"):
        write(tmp_path, name, "raise RuntimeError")
    (tmp_path / "0003_notes.txt").write_text("notes")
    assert len(load_migrations(tmp_path)) == 1


def test_two_files_of_one_number_are_two_branches(tmp_path: Path) -> None:
    for name in ("0001_a", "0001_b"):
        write(tmp_path, name, text_of(name))
    assert len(load_migrations(tmp_path)) == 2


def test_a_migration_knows_where_it_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    path = write(folder, "0001_a", text_of("0001_a"))
    [loaded] = load_migrations(folder, root=tmp_path)
    assert str(loaded.at) == "migrations/0001_a.py:3:1"
    assert loaded.path == path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            "0001_a.py:1:1: the file is empty\n  hint: write migration = mm.Migration",
        ),
        ("x = 1\n", "0001_a.py:1:1: there is no migration here"),
        (
            HEAD + 'm = mm.Migration(name="0001_a", dependencies=[], operations=[])',
            'hint: call it "migration" instead of "m"',
        ),
        ("x = 1\nmigration = {}\n", '0001_a.py:2:1: "migration" is no mm.Migration'),
        ("x = 1\ny = = 2\n", "0001_a.py:2:5: invalid syntax"),
        (b"x = 1\ny = '\0'\n", "0001_a.py:2:6: there is a NUL byte here"),
        (b"x = 1\ny = '\xff'\n", "0001_a.py:2:6: byte 0xff is not UTF-8"),
        ("x = 1\n1 / 0\n", "0001_a.py:2:1: ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)\n", "0001_a.py:1:1: the file ended the program"),
        (
            "import not_there_at_all\n",
            '0001_a.py:1:1: there is no module "not_there_at_all"\n  hint: install',
        ),
        (
            "from ._helpers import x\n",
            "0001_a.py:1:1: there is no _helpers.py beside the migrations",
        ),
    ],
)
def test_a_file_that_does_not_load_is_told_with_its_place(
    text: str | bytes, said: str, tmp_path: Path
) -> None:
    assert said in problem_in(tmp_path, text)


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (
            'mm.Field("a", mm.Text(), nulable=False)',
            (
                '0001_a.py:7:9: mm.Field has no "nulable"\n'
                '  hint: did you mean "nullable"?'
            ),
        ),
        ('mm.Field("a", mm.Varchar())', '0001_a.py:7:23: mm.Varchar needs "length"'),
        (
            'mm.RenameField("a", "b", "c")',
            (
                "mm.RenameField takes 2 values without a keyword, here are 3\n"
                "  hint: say which is which: new"
            ),
        ),
        (
            "mm.CreatTable()",
            '7:9: there is no mm.CreatTable\n  hint: did you mean "CreateTable"?',
        ),
        ('mm.Field("ä", mm.Varchar(0))', "7:23: ValueError: 'length' must be > 0: 0"),
        ('"x"', "0001_a.py:7:9: 'x' is no operation"),
        ("mm.DropTable", "7:9: mm.DropTable is no operation\n  hint: write mm.Drop"),
        (
            'mm.AddField("a", mm.Field("b", mm.Text))',
            (
                '0001_a.py:7:9: mm.Field("b"): "type" cannot be mm.Text\n'
                "  hint: write mm.Text(...)"
            ),
        ),
        ('mm.DropField("a", 3)', '7:9: mm.DropField: "name" cannot be 3'),
        (
            'mm.AddForeignKey("a", mm.ForeignKey([], "c", references=[], on_delete=3))',
            '7:9: mm.ForeignKey: "on_delete" cannot be 3',
        ),
        (
            'mm.AddIndex("a", mm.Index("b", name="c"))',
            '7:26: "b" stands where a list of names belongs\n  hint: write ["b"]',
        ),
        (
            'mm.CreateTable("a", fields=mm.Field("b", mm.Text()))',
            "mm.Field stands where a list belongs\n  hint: write [mm.Field(...)]",
        ),
        (
            "mm.RunPython(print, None)",
            "7:9: RunPython cannot take <built-in function print>: it has no source",
        ),
        (
            "mm.RunPython(lambda c, s: None, lambda c, s: 1)",
            "7:9: 2 functions are written on this line\n  hint: write each with def",
        ),
        (
            'mm.AlterPrimaryKey("a", mm.PrimaryKey("b"))',
            '7:33: "b" stands where a list of names belongs\n  hint: write ["b"]',
        ),
    ],
)
def test_a_slip_in_an_operation_is_told_in_the_words_of_the_file(
    operation: str, said: str, tmp_path: Path
) -> None:
    assert said in problem_in(tmp_path, text_of("0001_a", operation))


def test_a_wrong_kind_of_value_is_told_however_large_the_file(tmp_path: Path) -> None:
    lines = [f'mm.RunSQL("{"x" * 90} -- {n}")' for n in range(500)]
    text = text_of("0001_a", *lines, "mm.DropTable(3)")
    for _ in range(2):
        assert '507:9: mm.DropTable: "name" cannot be 3' in problem_in(tmp_path, text)


def test_one_dependency_without_a_list_is_told(tmp_path: Path) -> None:
    text = text_of("0001_a").replace("dependencies=[]", 'dependencies="0000_z"')
    assert 'hint: write ["0000_z"]' in problem_in(tmp_path, text)


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "migrations").write_text("")
    with pytest.raises(MigrationFileError, match="Not a directory"):
        load_migrations(tmp_path / "migrations", root=tmp_path)


def test_a_name_unlike_its_file_is_told(tmp_path: Path) -> None:
    assert problem_in(tmp_path, text_of("0002_b")) == (
        '0001_a.py:4:10: the migration is called "0002_b", its file 0001_a.py\n'
        '  hint: write name="0001_a", or rename the file'
    )


def test_all_broken_files_are_told_in_one_run(tmp_path: Path) -> None:
    write(tmp_path, "0001_a", "1 +")
    write(tmp_path, "0002_b", text_of("0002_b"))
    write(tmp_path, "0003_c", "")
    with pytest.raises(MigrationFileError) as caught:
        load_migrations(tmp_path, root=tmp_path)
    files = [problem.at.file for problem in caught.value.problems if problem.at]
    assert files == ["0001_a.py", "0003_c.py"]


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "0001_a.py").symlink_to(tmp_path / "gone.py")
    with pytest.raises(MigrationFileError, match="cannot be read: No such file"):
        load_migrations(tmp_path)


def test_an_error_in_a_helper_is_told_where_it_is(tmp_path: Path) -> None:
    write(tmp_path, "_helpers", "def fill():\n    raise KeyError('colour')\n")
    said = problem_in(tmp_path, "from ._helpers import fill\n\nfill()\n")
    assert said == "_helpers.py:2:5: KeyError: 'colour'"


def test_an_operation_that_does_not_fit_is_told_with_its_place(tmp_path: Path) -> None:
    operations = ('mm.RunSQL("SELECT 1")', 'mm.DropTable("posts")')
    write(tmp_path, "0001_a", text_of("0001_a", *operations))
    [loaded] = load_migrations(tmp_path, root=tmp_path)
    with pytest.raises(StateError) as caught:
        loaded.apply(mm.Schema())
    assert str(caught.value) == (
        '0001_a.py:8:9: 0001_a: cannot drop table posts: there is no table "posts"'
    )


def test_a_list_made_while_running_is_told_as_a_whole(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "0001_a",
        HEAD + "migration = mm.Migration(\n    operations=[] + []\n)",
    )
    assert operation_position(path, 3).line == 4


HELPED = """\
import dataclasses
import mm_engine as mm
from ._helpers import COLOURS
from .seeds.words import WORDS


@dataclasses.dataclass
class Colour:
    name: str


def fill(connection: object, schema: object) -> None:
    from . import _late
    _late.SEEN.append(COLOURS)


migration = mm.Migration(
    name="0001_a",
    dependencies=[],
    operations=[mm.RunPython(fill), mm.DropTable(WORDS[0])],
)
"""


def helped_project(folder: Path, colour: str) -> Path:
    (folder / "seeds").mkdir(parents=True)
    write(folder, "_helpers", f"COLOURS = ['{colour}']\n")
    write(folder, "_late", "SEEN = []\n")
    write(folder / "seeds", "__init__", "")
    write(folder / "seeds", "words", f"WORDS = ['{colour}s']\n")
    write(folder, "0001_a", HELPED)
    return folder


def test_helpers_dataclasses_and_late_imports_work(tmp_path: Path) -> None:
    [loaded] = load_migrations(helped_project(tmp_path, "red"))
    run, drop = loaded.operations
    assert isinstance(run, mm.RunPython)
    assert drop == mm.DropTable("reds")
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        run.forward(connection, mm.Schema())
    engine.dispose()
    module = sys.modules[run.forward.__module__]
    assert sys.modules[f"{module.__package__}._late"].SEEN == [["red"]]
    assert inspect.getsource(run.forward).startswith("def fill(")


def test_two_projects_in_one_process_never_meet(tmp_path: Path) -> None:
    path_before, modules_before = list(sys.path), set(sys.modules)
    one = load_migrations(helped_project(tmp_path / "one", "red"))
    two = load_migrations(helped_project(tmp_path / "two", "blue"))
    assert one[0].operations[1] == mm.DropTable("reds")
    assert two[0].operations[1] == mm.DropTable("blues")
    assert sys.path == path_before
    left = set(sys.modules) - modules_before
    assert all(name.startswith("_mm_migrations_") for name in left)


def test_a_helper_with_a_stale_pyc_is_read_anew(tmp_path: Path) -> None:
    words = helped_project(tmp_path, "red") / "seeds" / "words.py"
    py_compile.compile(str(words))
    stat = words.stat()
    words.write_text("WORDS = ['tans']\n", encoding="utf-8")
    os.utime(words, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert words.stat().st_size == stat.st_size
    [loaded] = load_migrations(tmp_path)
    assert loaded.operations[1] == mm.DropTable("tans")


def test_a_function_keeps_its_source_when_the_file_changes(tmp_path: Path) -> None:
    path = write(helped_project(tmp_path, "red"), "0001_a", HELPED)
    [loaded] = load_migrations(tmp_path)
    before = digest_of(loaded.operations)
    path.write_text("\n\n\n" + HELPED, encoding="utf-8")
    assert digest_of(loaded.operations) == before


def test_folders_load_in_threads(tmp_path: Path) -> None:
    for name in ("one", "two"):
        helped_project(tmp_path / name, name)
    found: list[Operation] = []

    def load(name: str) -> None:
        for _ in range(20):
            [loaded] = load_migrations(tmp_path / name)
            found.append(loaded.operations[1])

    threads = [threading.Thread(target=load, args=(n,)) for n in ("one", "two") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(mm.DropTable("ones")) == found.count(mm.DropTable("twos")) == 40


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "0001_a.py"
    path.write_bytes(b"\xef\xbb\xbf" + text_of("0001_a").replace("\n", "\r\n").encode())
    assert load_migration(path).name == "0001_a"


def test_a_function_that_yields_would_do_nothing(tmp_path: Path) -> None:
    text = text_of("0001_a", "mm.RunPython(steps)").replace(
        "migration =", "def steps(connection, schema):\n    yield 1\n\n\nmigration ="
    )
    said = problem_in(tmp_path, text)
    assert '"forward" cannot be def steps(connection, schema)' in said
    assert '"for _ in steps(...): pass"' in said


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        ("'fill'", "'fill'"),
        ("None", "None"),
        ("one", "def one(connection)"),
        ("late", "async def late(connection, schema)"),
        ("later", "async def later(connection, schema)"),
    ],
)
def test_what_is_no_function_of_two_is_told_with_a_hint(
    function: str, shown: str, tmp_path: Path
) -> None:
    (tmp_path / "0001_run.py").write_text(
        "import mm_engine as mm\n\n\n"
        "def one(connection):\n    pass\n\n\n"
        "async def late(connection, schema):\n    pass\n\n\n"
        "async def later(connection, schema):\n    yield 1\n\n\n"
        "migration = mm.Migration(\n    name='0001_run', dependencies=[],\n"
        f"    operations=[mm.RunPython({function})])\n",
        encoding="utf-8",
    )
    with pytest.raises(MigrationFileError) as caught:
        load_migrations(tmp_path, root=tmp_path)
    [problem] = caught.value.problems
    assert problem.message == f'mm.RunPython: "forward" cannot be {shown}'
    assert problem.hint == "write a function: def NAME(connection, schema)"
    assert str(problem.at) == "0001_run.py:18:17"
