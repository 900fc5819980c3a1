from __future__ import annotations

import json

import attrs

from mm_engine.migrations import drawing
from mm_engine.migrations.graph import MigrationGraph
from written_migrations import step, table

TANGLE = MigrationGraph.of(
    [
        step("0001_a", does=(table("posts", "id"),)),
        step("0002_b", "0001_a"),
        step("0002_c", "0001_a"),
        step("0002_d", "0001_a"),
        step("0003_e", "0002_b", "0002_d"),
        step("0004_f", "0003_e", "0002_c"),
        step("0005_other"),
    ]
)


def test_branches_have_columns_and_merges_are_seen() -> None:
    assert drawing.ascii(TANGLE) == (
        "* 0001_a\n"
        "|-.-.\n"
        "* | | 0002_b\n"
        "| * | 0002_c\n"
        "| | * 0002_d\n"
        "|-|-'\n"
        "* | 0003_e\n"
        "|-'\n"
        "* 0004_f\n"
        "* 0005_other"
    )


def test_states_are_marked() -> None:
    states = {"0001_a": "applied", "0002_b": "changed", "0002_c": "pending"}
    lines = drawing.ascii(TANGLE, states).splitlines()
    assert lines[0] == "* 0001_a (applied)"
    assert lines[2] == "! | | 0002_b (changed)"
    assert lines[3] == "| o | 0002_c (pending)"


def test_a_chain_of_a_thousand_does_not_drift() -> None:
    chain = [step("0000_a")]
    chain += [step(f"{n:04}_a", f"{n - 1:04}_a") for n in range(1, 1000)]
    lines = drawing.ascii(MigrationGraph.of(chain)).splitlines()
    assert len(lines) == 1000
    assert {line[:2] for line in lines} == {"* "}


def test_a_squash_says_how_many_it_replaces() -> None:
    squash = attrs.evolve(step("0002_s"), replaces=["0001_a", "0002_b"])
    assert drawing.ascii(MigrationGraph.of([squash])) == "* 0002_s (squash of 2)"


def test_every_migration_is_drawn_once() -> None:
    text = drawing.ascii(TANGLE)
    assert all(text.count(name) == 1 for name in TANGLE.by_name)


def test_nothing_is_an_empty_picture() -> None:
    assert drawing.ascii(MigrationGraph.of([])) == ""


def test_mermaid_has_a_node_a_migration_and_a_line_a_dependency() -> None:
    graph = MigrationGraph.of([step("0001_a"), step("0002_b", "0001_a")])
    assert drawing.mermaid(graph, {"0001_a": "applied"}) == (
        'flowchart TD\n    m0["0001_a<br/>applied"]\n    m1["0002_b"]\n    m0 --> m1'
    )


def test_json_holds_what_programs_need() -> None:
    found = drawing.as_json(MigrationGraph.of(TANGLE.order()[:2]))
    assert json.loads(json.dumps(found)) == {
        "version": 1,
        "migrations": [
            {
                "name": "0001_a",
                "dependencies": [],
                "replaces": [],
                "operations": [
                    {
                        "op": "CreateTable",
                        "table": "posts",
                        "name": "posts",
                        "text": "create table posts",
                    }
                ],
            },
            {
                "name": "0002_b",
                "dependencies": ["0001_a"],
                "replaces": [],
                "operations": [],
            },
        ],
        "roots": ["0001_a"],
        "leaves": ["0002_b"],
    }


def test_json_holds_states_where_they_are_known() -> None:
    graph = MigrationGraph.of([step("0001_a"), step("0002_b", "0001_a")])
    states = {"0001_a": "applied", "0002_b": "pending"}
    told = json.loads(json.dumps(drawing.as_json(graph, states)))["migrations"]
    assert {one["name"]: one["state"] for one in told} == states
