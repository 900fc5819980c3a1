"""Ctrl-C while migrations run: what is said, and what the database holds."""

from __future__ import annotations

import json

import pytest

from command_line import Line

STOPPING = """\
import os
import signal

import mm_engine as mm


def stop(connection, schema):
    os.kill(os.getpid(), signal.SIGINT)


migration = mm.Migration(
    name="0003_stop",
    dependencies=["0002_more"],
    operations=[mm.CreateTable("b", fields=[mm.Field("x", mm.Text())]),
                mm.RunPython(stop, stop)],
)
"""
MORE = """\
import mm_engine as mm

migration = mm.Migration(
    name="0002_more", dependencies=["0001_initial"], operations=[])
"""


@pytest.fixture
def stopped(migrated: Line) -> Line:
    """Two migrations are pending; the second one gets a Ctrl-C in its middle."""
    folder = migrated.folder / "migrations"
    (folder / "0002_more.py").write_text(MORE, encoding="utf-8")
    (folder / "0003_stop.py").write_text(STOPPING, encoding="utf-8")
    return migrated


SAID = (
    "stopped; 0003_stop: nothing of this migration was done,"
    " 1 migration before it stays applied"
)


def test_ctrl_c_says_what_was_done(stopped: Line) -> None:
    answer = stopped.process("migrate", "up")
    assert answer.code == 130
    assert answer.err.endswith(f"\n{SAID}\n")
    assert "Traceback" not in answer.err
    assert stopped.fine("migrate", "status").count("applied  2") == 2


def test_scripts_are_told_as_of_any_error(stopped: Line) -> None:
    answer = stopped.process("migrate", "up", "--json")
    assert answer.code == 130
    assert json.loads(answer.out)["error"]["kind"] == "interrupted"
    assert json.loads(answer.out)["error"]["message"] == SAID


@pytest.mark.parametrize(
    "words",
    [
        ("migrate", "status", "--json=1"),
        ("migrate", "dag", "--format=json", "--nonsense"),
        ("config", "-fjson", "--nonsense"),
        ("config", "-f", "json", "--nonsense"),
    ],
)
def test_every_way_to_ask_for_json_gets_errors_as_json(
    made: Line, words: tuple[str, ...]
) -> None:
    answer = made(*words)
    assert answer.code == 2
    assert answer.document["error"]["kind"] == "usage"
    assert answer.err == ""


def test_a_name_that_looks_like_the_option_asks_for_nothing(made: Line) -> None:
    answer = made("migrate", "fake", "--", "--json")
    assert answer.code != 0
    assert answer.out == ""


def test_check_goes_on_without_a_server(made: Line) -> None:
    url = "postgresql://ann:s3cret@127.0.0.1:1/shop"
    answer = made("--url", url, "check")
    assert answer.code == 0
    assert "no history was looked at: cannot connect to" in answer.err
    made.edit("length: 255", "length: 300")
    answer = made("--url", url, "check", "--json")
    assert answer.code == 3
    [finding] = answer.document["findings"]
    assert finding["code"] == "unwritten-changes"
    assert answer.document["database"] is None
    assert "s3cret" not in answer.out
