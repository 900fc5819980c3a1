"""A process is told apart from later ones of its number and those elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import attrs
import pytest

from mm_pytest.owner import KEY, Owner
from programs import program, told

SAYS = """
import sys
sys.path[:] = sys.argv[2].split(":")
from mm_pytest.owner import Owner
print(Owner.here().text(), flush=True)
sys.stdin.read()
"""


def test_what_is_written_is_read_again() -> None:
    here = Owner.here()
    assert here.pid == os.getpid()
    assert Owner.read(here.text()) == here


def test_a_name_says_whose_it_is_on_this_machine_alone() -> None:
    here = Owner.here()
    assert Owner.tagged(f"mm_test_{here.tag}_7_0a1b2c") == here
    elsewhere = attrs.evolve(here, machine="another")
    assert Owner.tagged(f"mm_test_{elsewhere.tag}_7_0a1b2c") is None
    assert Owner.tagged("mm_test_of_somebody") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a comment of somebody's",
        "[1]",
        "7",
        "{}",
        json.dumps({"key": KEY}),
        json.dumps({"key": KEY, "pid": None, "started": "", "machine": ""}),
        json.dumps({"key": "other", "pid": 1, "started": "", "machine": ""}),
    ],
)
def test_a_text_of_others_names_nobody(text: str) -> None:
    assert Owner.read(text) is None


def test_a_process_is_there_until_it_has_ended() -> None:
    with program(SAYS, ":".join(sys.path)) as other:
        owner = Owner.read(told(other))
        assert owner is not None
        assert owner.pid == other.pid
        assert owner.is_near()
        assert not owner.is_gone()
    assert owner.is_gone()


def test_one_that_nobody_has_waited_for_is_gone_as_well() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1) as other:
        owner = attrs.evolve(Owner.here(), pid=other.pid, started="1")
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert owner.is_gone()


def test_a_later_process_of_the_same_number_is_another_one() -> None:
    here = Owner.here()
    assert not here.is_gone()
    if here.started:
        assert attrs.evolve(here, started="1").is_gone()


def test_a_process_elsewhere_is_taken_to_be_there() -> None:
    elsewhere = attrs.evolve(Owner.here(), pid=2**22 + 1, machine="elsewhere")
    assert not elsewhere.is_near()
    assert not elsewhere.is_gone()
    assert attrs.evolve(elsewhere, machine=Owner.here().machine).is_gone()
