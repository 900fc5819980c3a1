from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import attrs
import pytest

import mm_engine as mm
from mm_engine.errors import HistoryError
from mm_engine.migrations.digest import is_unchanged, shape
from mm_engine.migrations.frozen import DEFAULTS
from mm_engine.migrations.loader import load_migration
from mm_engine.migrations.mishaps import vocabulary
from mm_engine.operations import Operation
from written_migrations import SAMPLES, step

GOLDEN: Mapping[str, str] = json.loads(
    (Path(__file__).parents[3] / "fixtures" / "digests.json").read_text("utf-8")
)


def digest_of(*operations: Operation) -> str:
    return step("0001_a", does=operations).digest


def test_there_is_a_sample_of_every_operation() -> None:
    assert tuple(type(sample) for sample in SAMPLES) == get_args(Operation)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda op: type(op).__name__)
def test_a_digest_is_what_it_was(sample: Operation) -> None:
    assert digest_of(sample) == GOLDEN[type(sample).__name__]


def test_a_digest_of_all_samples_is_what_it_was() -> None:
    assert digest_of(*SAMPLES) == GOLDEN["all"]


def test_every_default_of_today_is_frozen_or_changes_no_old_digest() -> None:
    for name, kind in vocabulary().items():
        if name in ("Migration", "Schema", "Table"):
            continue
        frozen = dict(DEFAULTS.get(name, {}))
        for attribute in attrs.fields(kind):
            if not attribute.eq or attribute.name == "review":
                continue
            default: object = attribute.default
            if default is not attrs.NOTHING:
                factory = getattr(default, "factory", None)
                today = shape(factory() if callable(factory) else default)
                assert frozen.pop(attribute.name) == today, f"{name}.{attribute.name}"
        assert frozen == {}, f"{name} lost an attribute"


def test_an_attribute_of_later_with_its_frozen_default_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @attrs.frozen
    class DropTable:
        name: str
        cascade: bool = False

    later = {**DEFAULTS["DropTable"], "cascade": False}
    monkeypatch.setitem(DEFAULTS, "DropTable", later)
    assert shape(DropTable("users")) == shape(mm.DropTable("users"))
    assert shape(DropTable("users", cascade=True)) != shape(mm.DropTable("users"))


def test_only_the_operations_count() -> None:
    drop = mm.DropTable("users")
    other = mm.Migration(
        name="0009_z", dependencies=["0001_a"], operations=[drop], replaces=["0002_b"]
    )
    assert other.digest == digest_of(drop)


def test_a_review_that_is_done_changes_nothing() -> None:
    assert digest_of(mm.DropTable("a", review="sure?")) == digest_of(mm.DropTable("a"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mm.DropTable("a"), mm.DropTable("b")),
        (mm.DropTable("a"), mm.DropTable("a", if_present=True)),
        (mm.DropIndex("a", "b"), mm.DropUnique("a", "b")),
        (mm.RunSQL("SELECT 1"), mm.RunSQL("SELECT 1", "")),
        (
            mm.UpsertData("a", keys=["b"], rows=[{"b": 1}]),
            mm.UpsertData("a", keys=["b"], rows=[{"b": True}]),
        ),
        (
            mm.UpsertData("a", keys=["b"], rows=[{"b": "1"}]),
            mm.UpsertData("a", keys=["b"], rows=[{"b": 1}]),
        ),
        (
            mm.UpsertData("a", keys=["b"], rows=[{"b": 1.0}]),
            mm.UpsertData("a", keys=["b"], rows=[{"b": 1}]),
        ),
        (
            mm.AddField("a", mm.Field("b", mm.Text(), default=mm.Literal("now"))),
            mm.AddField("a", mm.Field("b", mm.Text(), default=mm.Symbol("now"))),
        ),
    ],
)
def test_what_means_something_else_has_another_digest(
    one: Operation, other: Operation
) -> None:
    assert digest_of(one) != digest_of(other)


def test_the_order_in_dictionaries_means_nothing() -> None:
    one = mm.UpsertData("a", keys=["b"], rows=[{"b": 1, "c": 2}])
    other = mm.UpsertData("a", keys=["b"], rows=[{"c": 2, "b": 1}])
    assert digest_of(one) == digest_of(other)


def test_a_digest_of_an_unknown_version_is_told() -> None:
    one = step("0001_a")
    assert is_unchanged(one, one.digest)
    assert not is_unchanged(one, "1:abc")
    with pytest.raises(HistoryError, match="digest version '2'"):
        is_unchanged(one, "2:abc")


FILLING = '''\
import functools
import mm_engine as mm


def noted(function):
    @functools.wraps(function)
    def call(connection, schema):
        return function(connection, schema)
    return call


@noted
def fill(connection, schema):
    """Fill it."""
    for n in (1, 2):
        name = f"x{n!r:>{n}}" "y" if n else 'z'
        connection.execute(name, {"n": -n, "t": (n,)})


migration = mm.Migration(
    name="0001_a", dependencies=[], operations=[mm.RunPython(fill)]
)
'''


def digest_of_file(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return load_migration(path).digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    for n", "    # why\n\n    for n"),
        ("(1, 2):", "(\n        1,\n        2,\n    ):"),
        ("'z'", '"z"'),
        ('"""Fill it."""', '"""Fill\n    it.\n    """'),
        ("def fill", "def filled"),
        ('connection.execute(name, {"n"', "(connection.execute)(name, {'n'"),
        ("    name =", "    \tname ="),
        ("import functools", "import functools\nimport os"),
    ],
)
def test_another_way_to_write_a_function_changes_nothing(
    old: str, new: str, tmp_path: Path
) -> None:
    path = tmp_path / "0001_a.py"
    text = FILLING.replace(old, new)
    if "filled" in new:
        text = text.replace("RunPython(fill)", "RunPython(filled)")
    assert text != FILLING
    if "\t" in new:
        text = FILLING.replace("        name", "            name").replace(
            "        connection.e", "            connection.e"
        )
    assert digest_of_file(path, text) == digest_of_file(path, FILLING)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(1, 2)", "(1, 3)"),
        ("'z'", "'Z'"),
        ("@noted\n", ""),
        ("n!r:>", "n!s:>"),
        ("(n,)", "(n)"),
        ("-n", "+n"),
        ("for n", "async_ = 0\n    for n"),
    ],
)
def test_another_meaning_of_a_function_has_another_digest(
    old: str, new: str, tmp_path: Path
) -> None:
    path = tmp_path / "0001_a.py"
    text = FILLING.replace(old, new)
    assert digest_of_file(path, text) != digest_of_file(path, FILLING)


def test_the_digest_of_a_function_is_what_it_was(tmp_path: Path) -> None:
    """The same text gives this on every version of Python."""
    assert digest_of_file(tmp_path / "0001_a.py", FILLING) == GOLDEN["function"]
