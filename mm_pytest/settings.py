"""What holds for a run of pytest: options first, then the ini file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from mm_pytest.named import Named
from mm_pytest.options import CONTAINED, ISOLATIONS, SERVED, WAYS, image_of

if TYPE_CHECKING:
    from mm_engine.project import Project


DATABASES = ("sqlite", *SERVED)
"""What there are test databases of."""


@attrs.frozen(kw_only=True)
class Settings:
    """What holds for one run."""

    project: Path
    databases: tuple[Named, ...]
    way: str | None
    is_required: bool
    images: dict[str, str]
    fitting: tuple[str, ...] = ()
    snapshots: Path | None = None
    is_updating: bool = False
    is_keeping: bool = False
    isolation: str = ISOLATIONS[0]

    @classmethod
    def of(cls, config: pytest.Config) -> Settings:
        """Read them; raises ``pytest.UsageError`` for a word that means nothing."""
        option = config.getoption
        given = str(option("--mm-databases") or "").replace(",", " ").split()
        way = _one_of(WAYS, config, "mm_server")
        isolation = _one_of(ISOLATIONS, config, "mm_isolation")
        images = {kind: str(config.getini(image_of(kind)) or "") for kind in CONTAINED}
        return cls(
            project=_folder(config, "mm_project") or config.rootpath,
            databases=known(given or list(config.getini("mm_databases"))),
            way=way,
            isolation=isolation or ISOLATIONS[0],
            is_required=bool(option("--mm-require")),
            images={kind: image for kind, image in images.items() if image},
            fitting=tuple(config.getini("mm_rows_fit")),
            snapshots=_folder(config, "mm_snapshots"),
            is_updating=bool(option("--mm-update-snapshots")),
            is_keeping=bool(option("--mm-keep")),
        )

    def found(self) -> Project:
        """The project, whatever the environment names as its database."""
        from mm_engine.project import Project

        return Project.find(self.project, environment={})

    def configured(self) -> tuple[str, ...]:
        """Every URL that the project is configured with, in this environment too."""
        from mm_engine.errors import MMError
        from mm_engine.project import Project

        try:
            config = Project.find(self.project, environment=dict(os.environ)).config
        except MMError:
            return ()
        values = [
            chosen.value
            for chosen in config.values.values()
            if chosen.setting.secret and isinstance(chosen.value, str)
        ]
        return tuple(dict.fromkeys([*values, os.environ.get("DATABASE_URL", "")]))


def _one_of(words: Sequence[str], config: pytest.Config, name: str) -> str | None:
    """What the command line says, else the ini file; None if neither does."""
    said = str(config.getoption(name) or config.getini(name) or "")
    if said and said not in words:
        raise pytest.UsageError(f"{name} is {said}, not {', '.join(words)}")
    return said or None


def _folder(config: pytest.Config, name: str) -> Path | None:
    """The folder that the ini file names, relative to itself."""
    named = str(config.getini(name) or "")
    base = config.inipath.parent if config.inipath else config.rootpath
    return base / named if named else None


def known(words: list[str]) -> tuple[Named, ...]:
    """The databases that words name, each once; raises ``pytest.UsageError``."""
    try:
        names = {word: Named.read(word) for word in words}
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    unknown = [word for word, one in names.items() if one.kind not in DATABASES]
    if unknown:
        raise pytest.UsageError(
            f"there are no test databases of {', '.join(unknown)}; there are"
            f" {', '.join(DATABASES)}"
        )
    return tuple(names.values())
