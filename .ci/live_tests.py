"""How many live tests ran on each database, held against the floors of this folder.

Takes the folder into which the tests wrote their counts, one file a run: the whole
suite on the oldest Python, nearly all of it on the newest (those between leave
databases alone), and on one of them the live tests on other versions of databases.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

FLOORS = Path(__file__).with_name("floors.toml")


def main(folder: Path) -> int:
    """Print every count; 1 if one of them is not good enough."""
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    allowed: int = floors["allowed"]["skipped"]
    whole = sorted(folder.glob("python*.json"), key=version)
    faults = [] if whole else ["the tests wrote no counts"]
    for file in whole[:1]:
        faults += judged(file.stem, counts(file), floors["live"], allowed)
    for file in whole[1:][-1:]:
        faults += judged(file.stem, counts(file), floors["newest"], allowed)
    others: dict[str, dict[str, int]] = {}
    for file in sorted(folder.glob("* on python*.json")):
        others |= counts(file)
    faults += judged("one Python", others, floors["versions"], allowed)
    for fault in faults:
        print(f"live tests: FAILED: {fault}")
    return 1 if faults else 0


def version(file: Path) -> tuple[int, ...]:
    """The version of the Python that wrote a file."""
    return tuple(map(int, file.stem.removeprefix("python").split(".")))


def counts(file: Path) -> dict[str, dict[str, int]]:
    """What one run wrote: by database, how many tests ran and were skipped."""
    found: dict[str, dict[str, int]] = json.loads(file.read_text(encoding="utf-8"))
    return found


def judged(
    python: str,
    counted: Mapping[str, Mapping[str, int]],
    floors: Mapping[str, int],
    allowed: int,
) -> Iterator[str]:
    """What is wrong with the counts of a Python; each of them is printed."""
    for database in sorted({*counted, *floors}):
        count = counted.get(database, {"ran": 0, "skipped": 0})
        ran, skipped = count["ran"], count["skipped"]
        floor = floors.get(database, 0)
        where = f"{database} on {python}"
        print(f"live tests, {where}: {ran} ran (floor {floor}), {skipped} skipped")
        if ran < floor:
            yield f"{where}: {ran} ran, the floor is {floor}"
        if skipped > allowed:
            yield f"{where}: {skipped} skipped"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
