"""The page on the nox sessions names all that there is."""

from __future__ import annotations

import inspect

import mm_nox
from doc_pages import DOCS, rows, sections
from mm_nox.sessions import ON_A_DATABASE, SESSIONS

PAGE = sections((DOCS / "reference" / "nox.md").read_text(encoding="utf-8"))
FIRST = rows(PAGE["Sessions for nox"])


def test_every_session_is_there_with_its_function() -> None:
    told = [tuple(cell.strip("`") for cell in row[:2]) for row in FIRST]
    assert told == [
        (
            name,
            f"{function.__name__}(session"
            + (", database=None)" if name in ON_A_DATABASE else ")"),
        )
        for name, function in SESSIONS.items()
    ]
    assert {function.__name__ for function in SESSIONS.values()} == {
        *mm_nox.__all__
    } - {"register"}


def test_every_session_runs_what_the_page_says() -> None:
    for row in FIRST:
        name, _, words = (cell.strip("`") for cell in row)
        runs = inspect.getsource(SESSIONS[name])
        assert all(f'"{word}"' in runs for word in words.split()[1:]), name


def test_every_argument_is_there() -> None:
    told = [row[0].strip("`") for row in rows(PAGE["register"])]
    assert told == [*inspect.signature(mm_nox.register).parameters]
