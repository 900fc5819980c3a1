"""How many live tests ran on each database, held against the floors of this folder.

Takes the folder into which the tests wrote their counts, one file a Python.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

FLOORS = Path(__file__).with_name("floors.toml")


def main(folder: Path) -> int:
    """Print every count; 1 if one of them is not good enough."""
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    files = sorted(folder.glob("python*.json"))
    faults = [] if files else ["the tests wrote no counts"]
    for file in files:
        counts = json.loads(file.read_text(encoding="utf-8"))
        for database in sorted({*counts, *floors["live"]}):
            count = counts.get(database, {"ran": 0, "skipped": 0})
            ran, skipped = count["ran"], count["skipped"]
            floor = floors["live"].get(database, 0)
            where = f"{database} on {file.stem}"
            print(f"live tests, {where}: {ran} ran (floor {floor}), {skipped} skipped")
            if ran < floor:
                faults.append(f"{where}: {ran} ran, the floor is {floor}")
            if skipped > floors["allowed"]["skipped"]:
                faults.append(f"{where}: {skipped} skipped")
    for fault in faults:
        print(f"live tests: FAILED: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
