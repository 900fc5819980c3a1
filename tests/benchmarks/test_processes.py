"""The processor's time of processes that somebody else started."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.processes import parent, time_of_tree

WORKING = "sum(range(3_000_000)); print(flush=True); input()"


def test_the_time_of_children_is_counted_while_they_run_and_when_they_ended() -> None:
    pipe = subprocess.PIPE
    words = (sys.executable, "-c", WORKING)
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdin
        assert child.stdout
        child.stdout.readline()
        assert parent(child.pid) == os.getpid()
        its = time_of_tree(child.pid)
        running = time_of_tree(os.getpid())
        assert 0 < its < running
        child.stdin.write("\n")
    assert time_of_tree(os.getpid()) >= running


def test_a_process_that_has_ended_took_nothing_any_more() -> None:
    with subprocess.Popen((sys.executable, "-c", "")) as child:
        pass
    assert time_of_tree(child.pid) == 0
