"""The table of docs/reference/databases.md, from what test runs have proven.

Takes the folders into which the tests wrote what they proved (``MM_TEST_SUMMARY``) and
writes the table between its markers. The rows of a database that no run tells of stay
as they are, with their date. ``--check`` writes nothing and says where the page and the
runs differ in more than numbers and dates.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from runpy import run_path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "databases.md"
NAMES = ROOT / "engine" / "mm_engine" / "model" / "databases.py"
BEGIN, END = "<!-- proofs -->\n", "<!-- end of proofs -->\n"
COLUMNS = ("Database", "Version", "How", "By", "Cells", "Refused", "Cases", "Date")
KEY = ("database", "version", "claim")
STAND_IN = "run by a stand-in"
ABSENT = "not there yet"

Row: TypeAlias = tuple[str, ...]
Told: TypeAlias = Mapping[str, str | int]


def main(words: list[str]) -> int:
    """Write the table, or check it; 1 if a run is not whole or the page is stale."""
    told = list(proofs(Path(word) for word in words if word != "--check"))
    faults = list(incomplete(told))
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in words:
        faults += differences(written(page), table(told, ()))
    elif not faults:
        text = replaced(page, table(told, written(page)))
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    for fault in faults:
        print(f"proof table: FAILED: {fault}")
    return 1 if faults else 0


def proofs(folders: Iterable[Path]) -> Iterator[Told]:
    """What each run told; of two that tell of the same, the one that proved less."""
    found: dict[tuple[str, ...], Told] = {}
    for folder in folders:
        for file in sorted((folder / "proofs").glob("*.json")):
            for told in json.loads(file.read_text(encoding="utf-8")):
                key = tuple(
                    str(told[word]) for word in ("database", "version", "claim")
                )
                other = found.get(key, told)
                found[key] = min(told, other, key=lambda row: row.get("cells taken", 0))
    yield from found.values()


def incomplete(told: Iterable[Told]) -> Iterator[str]:
    """Runs that left cells out; only a stand-in may, for what it does not know."""
    totals = {
        f"{row['database']} {row['version']}, {row['claim']}": cells(row)
        for row in told
        if row["claim"] != STAND_IN
    }
    whole = max(totals.values(), default=0)
    if not whole:
        yield "the tests wrote no proofs"
    for name, total in totals.items():
        if total != whole:
            yield f"{name}: {total} cells of {whole}"


def cells(told: Told) -> int:
    """How many cells a run looked at."""
    return int(told.get("cells taken", 0)) + int(told.get("cells refused", 0))


def table(told: Iterable[Told], kept: Iterable[Row]) -> list[Row]:
    """The rows, by the database: those told, those kept, and one for each without."""
    rows = [row_of(each) for each in told]
    fresh = {row[0] for row in rows}
    rows += [row for row in kept if row[0] not in fresh and row[2] != ABSENT]
    there = {row[0] for row in rows}
    order = names()
    rows += [
        (f"`{name}`", "", ABSENT, "", "", "", "", "")
        for name in order
        if f"`{name}`" not in there
    ]
    places = {f"`{name}`": number for number, name in enumerate(order)}
    return sorted(rows, key=lambda row: (places.get(row[0], len(places)), *age(row)))


def age(row: Row) -> tuple[int, list[int], str]:
    """What runs before what is parsed, an older version before a newer one."""
    numbers = [int(part) for part in row[1].split(".") if part.isdigit()]
    return (0 if numbers else 1, numbers, row[2])


def row_of(told: Told) -> Row:
    """One row of the table."""
    numbers = ("cells taken", "cells refused", "cases taken")
    return (
        f"`{told['database']}`",
        *(str(told[word]) for word in ("version", "claim", "prover")),
        *(f"{told.get(word, 0):,}" for word in numbers),
        str(told["date"]),
    )


def names() -> list[str]:
    """The databases in the order of the code, MariaDB behind MySQL."""
    listed = list(map(str, run_path(str(NAMES))["DATABASES"]))
    listed.insert(listed.index("mysql") + 1, "mariadb")
    return listed


def written(page: str) -> list[Row]:
    """The rows that the page has."""
    lines = page.partition(BEGIN)[2].partition(END)[0].strip().splitlines()
    return [tuple(cell.strip() for cell in line[1:-1].split("|")) for line in lines[2:]]


def replaced(page: str, rows: Iterable[Row]) -> str:
    """The page with these rows between its markers."""
    head, _, rest = page.partition(BEGIN)
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *rows]
    told = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"{head}{BEGIN}\n{told}\n{END}{rest.partition(END)[2]}"


def differences(page: Iterable[Row], rows: Iterable[Row]) -> Iterator[str]:
    """Where rows are on one side only, apart from numbers and dates."""
    ours, theirs = (list(map(shape, side)) for side in (page, rows))
    for each in [shape for shape in theirs if shape not in ours]:
        yield f"the page does not say: {', '.join(each)}"
    for each in [shape for shape in ours if shape not in theirs]:
        yield f"the page says what no test did: {', '.join(each)}"


def shape(row: Row) -> Row:
    """A row without what another day or machine makes of it: database, how, by."""
    major = row[1].partition(".")[0]
    return (row[0], major, row[2], row[3].partition(" ")[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
