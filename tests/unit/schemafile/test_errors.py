"""Bad input, as data: every case of fixtures/errors, and all that is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from schema_files import FIXTURES, said, written

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['case']}")
    for path in sorted((FIXTURES / "errors").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_told_everything_at_once(
    case: dict[str, Any], tmp_path: Path
) -> None:
    files = case.get("files") or {"schema.yaml": case["text"]}
    assert said(tmp_path, files) == case["says"]


def test_every_problem_has_a_place(tmp_path: Path) -> None:
    for case in (param.values[0] for param in CASES):
        assert isinstance(case, dict)
        assert all(text.split(":")[1].isdigit() for text in case["says"]), case
    assert len(CASES) > 70
    assert said(tmp_path, "tables: []\n") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"tables: []\n# caf\xe9\n",
            (
                "schema.yaml:2:6: this is not UTF-8: byte 0xe9 cannot stand here\n"
                "  hint: save the file as UTF-8"
            ),
        ),
        (
            b"tables: []\n# a\x00b\n",
            (
                "schema.yaml:2:4: a control character (U+0000) stands in the file\n"
                '  hint: remove it, or write it as an escape in double quotes: "\\x07"'
            ),
        ),
    ],
)
def test_bytes_that_are_no_text_are_told(
    content: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / "schema.yaml").write_bytes(content)
    assert said(tmp_path, {}, "schema.yaml") == [message]


def test_a_file_that_is_missing_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    written(tmp_path, {"schema.yaml": "tables: []\n"})
    assert said(tmp_path, {}, "shcema.yaml") == [
        'there is no file "shcema.yaml"\n  hint: did you mean "schema.yaml"?'
    ]


def test_a_folder_and_a_pattern_without_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    assert said(tmp_path, {}, "parts", "parts/*.yaml") == [
        (
            '"parts" is a folder, not a schema file\n'
            '  hint: name its files: "parts/*.yaml"'
        ),
        'no schema file matches "parts/*.yaml"',
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 10_000,
        "- " * 100_000,
        "a" * 1_000_000 + ": 1",
        "tables: " + "x" * 1_000_000,
        "? " * 1_000 + "a",
        "\ttables: []",
        "&a " * 100,
        "!!python/object:os.system x",
        "%YAML 9.9\n---\n",
        "tables: [{name: a, fields: [{name: b, type: [[[[[]]]]]}]}]",
        "{}",
        "[]",
        "'",
        '"\\ud800"',
        "tables: ~",
    ],
)
def test_nothing_breaks_the_reader(text: str, tmp_path: Path) -> None:
    problems = said(tmp_path, text)
    assert problems or text == "tables: ~"
    assert all(len(problem) < 500 for problem in problems)
