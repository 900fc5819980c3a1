"""The private package that the files of one folder live in while we run them.

Migration files may import what lies beside them (``from ._helpers import fill``), and
dataclasses look their module up by name; both need a package. Ours has a name of its
own for each folder, so two projects in one process never meet, and ``sys.path`` is
left as it is. Its modules are compiled from their text, never from a ``.pyc``.
"""

from __future__ import annotations

import hashlib
import linecache
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

_PREFIX = "_mm_migrations_"


def is_private(module: str) -> bool:
    """Whether a module belongs to a folder of migrations.

    >>> is_private("_mm_migrations_0a1b.helpers"), is_private("posts.helpers")
    (True, False)
    """
    return module.startswith(_PREFIX)


def stem_of(module: str) -> str:
    """The name of a private module inside its folder, with dots for folders.

    >>> stem_of("_mm_migrations_0a1b.seeds.words")
    'seeds.words'
    """
    return module.partition(".")[2]


def package_of(folder: Path) -> str:
    """The name of the folder's package, made anew and empty in ``sys.modules``."""
    name = f"{_PREFIX}{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    for known in list(sys.modules):
        if known.startswith(f"{name}."):
            del sys.modules[known]
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    return name


def run(code: CodeType, path: Path, module: str, text: str) -> ModuleType:
    """The module that the code of a file makes, known to ``sys.modules`` by its name.

    The text is kept where ``inspect`` looks for it if it holds functions, so that what
    they are is known even after the file has changed.
    """
    if "def " in text or "lambda" in text:
        lines = text.splitlines(keepends=True)
        linecache.cache[str(path)] = (len(text), None, lines, str(path))
    made = ModuleType(module)
    made.__file__ = str(path)
    made.__package__ = module.rpartition(".")[0]
    sys.modules[module] = made
    try:
        exec(code, made.__dict__)  # noqa: S102 (running migration files is our work)
    except BaseException:
        sys.modules.pop(module, None)
        raise
    return made


class TextLoader(SourceFileLoader):
    """Loads a module from its text alone: a stale ``.pyc`` has loaded old code."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the text as it is now."""
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class Finder:
    """Finds what migration files import from their own folder, and nothing else."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Where a private module is written; None for every other module."""
        del target
        if not is_private(fullname):
            return None
        name = fullname.rpartition(".")[2]
        for folder in map(Path, path or ()):
            for file in (folder / f"{name}.py", folder / name / "__init__.py"):
                if file.is_file():
                    inside = [str(file.parent)] if file.stem == "__init__" else None
                    return spec_from_file_location(
                        fullname,
                        file,
                        loader=TextLoader(fullname, str(file)),
                        submodule_search_locations=inside,
                    )
        return None


FINDER = Finder()
