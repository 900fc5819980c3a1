"""Includes: which files a schema is told in, and which of them leads to which."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import ModuleSpec
from pathlib import Path

import attrs

from mm_engine.errors import Position
from mm_engine.schemafile.filetext import file_text, label, similar_file
from mm_engine.schemafile.keys import FILE
from mm_engine.schemafile.nodes import MapNode, TextNode, described, document
from mm_engine.schemafile.report import Report
from mm_engine.schemafile.written import WrittenFile, WrittenInclude

_PATTERN = frozenset("*?[")


@attrs.frozen
class SourceFile:
    """A file that was read, and the files it includes, in the order it names them."""

    path: Path
    label: str
    written: WrittenFile | None
    includes: tuple[tuple[Path, TextNode], ...] = ()


@attrs.frozen
class Library:
    """All files of a schema: those that were asked for first, then what they include.

    Files are known by their real paths, so that each is read once.
    """

    roots: tuple[Path, ...]
    files: Mapping[Path, SourceFile]

    def tree(self, root: Path) -> tuple[SourceFile, ...]:
        """A file and everything it leads to, each before what it includes."""
        found: dict[Path, SourceFile] = {}
        waiting = [root]
        while waiting:
            path = waiting.pop()
            if path not in found and path in self.files:
                found[path] = self.files[path]
                waiting += [other for other, _ in reversed(found[path].includes)]
        return tuple(found.values())


def library(paths: Iterable[Path], root: Path, report: Report) -> Library:
    """Read the files at the paths, and what they include, and so on."""
    base = Path(os.path.abspath(root))  # noqa: PTH100  # links stay as they are named
    files: dict[Path, SourceFile] = {}
    roots: list[Path] = []
    for path in _asked_for(paths, base, report):
        real = path.resolve()
        if real not in roots:
            roots.append(real)
        waiting: list[tuple[Path, TextNode | None]] = [(path, None)]
        while waiting:
            here, asked = waiting.pop()
            real = here.resolve()
            if real not in files:
                source = _source_file(here, asked, base, report)
                files[real] = source
                waiting += reversed(source.includes)
    return Library(tuple(roots), files)


def _asked_for(paths: Iterable[Path], base: Path, report: Report) -> Iterator[Path]:
    """Absolute paths; a pattern stands for the files it matches."""
    for path in paths:
        whole = Path(os.path.abspath(base / path))  # noqa: PTH100  # see library
        if _PATTERN.isdisjoint(str(path)) or whole.exists():
            yield whole
            continue
        matches = _matches(base, str(path))
        if not matches:
            report.incomplete = True
            report.problem(f'no schema file matches "{path}"', None)
        yield from matches


def _source_file(
    path: Path, asked: TextNode | None, base: Path, report: Report
) -> SourceFile:
    name = label(path, base)
    wanted_at = asked.at if asked is not None else None
    text = file_text(path, name, report, wanted_at=wanted_at)
    written = written_file(text, name, report) if text is not None else None
    real = path.resolve()
    includes: dict[Path, TextNode] = {}
    for include in written.include if written is not None else ():
        for other in _included(include, path.parent, base, report):
            if other.resolve() != real:
                includes.setdefault(other.resolve(), include.path)
    return SourceFile(real, name, written, tuple(includes.items()))


def written_file(text: str, name: str, report: Report) -> WrittenFile | None:
    """What one file says; None where it cannot be read as a schema at all."""
    before = len(report.problems)
    node = document(text, name, report)
    written = FILE.read(node, report) if isinstance(node, MapNode) else None
    if len(report.problems) == before:
        if not isinstance(node, MapNode):
            found = "nothing" if node is None else described(node)
            at = node.at if node is not None else Position(name, 1, 1)
            report.problem(f"a schema is a mapping, found {found}", at, _BEGINNING)
        elif not any(node.has(key) for key in _CONTENTS):
            report.problem("the file has no tables", node.at, _BEGINNING)
    if isinstance(written, WrittenFile):
        return written
    report.incomplete = True
    return None


_CONTENTS = ("tables", "include", "enums", "defaults", "type_mappings")
_BEGINNING = "begin with tables:, or write tables: [] for an empty schema"


def _included(
    include: WrittenInclude, folder: Path, base: Path, report: Report
) -> tuple[Path, ...]:
    """The files that one entry of ``include`` names; reported where there are none."""
    pattern = include.path.text
    if include.package is None:
        found = _matches(folder, pattern)
        if not found:
            where = label(folder, base)
            _report_missing(include, f'in the folder "{where}"', folder, report)
        return found
    folders = _package_folders(include.package, report)
    if folders is None:
        return ()
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        report.problem(
            f'"{pattern}" does not lie inside of the package', include.path.at
        )
        return ()
    for package_folder in folders:
        if found := _matches(package_folder, pattern):
            return found
    where = f'in the package "{include.package.text}"'
    _report_missing(include, where, folders[0], report)
    return ()


def _report_missing(
    include: WrittenInclude, where: str, folder: Path, report: Report
) -> None:
    report.incomplete = True
    pattern = include.path.text
    asked = folder / pattern
    hint = similar_file(asked) if _PATTERN.isdisjoint(pattern) else None
    what = "there is no file" if _PATTERN.isdisjoint(pattern) else "no file matches"
    report.problem(f'{what} "{pattern}" {where}', include.path.at, hint)


def _matches(folder: Path, pattern: str) -> tuple[Path, ...]:
    """The file of that name, or the files of that pattern in the order of names."""
    path = folder / pattern
    if _PATTERN.isdisjoint(pattern) or path.exists():
        return (path,) if path.exists() else ()
    whole = Path(pattern)
    start = Path(whole.anchor) if whole.anchor else folder
    try:
        found = start.glob(str(whole.relative_to(whole.anchor)))
        return tuple(sorted(path for path in found if path.is_file()))
    except (ValueError, OSError):
        return ()


def _package_folders(package: TextNode, report: Report) -> tuple[Path, ...] | None:
    """Where a package lies, found without running any of its code."""
    name = package.text
    if not all(part.isidentifier() for part in name.split(".")):
        report.problem(
            f'"{name}" is no Python package',
            package.at,
            "name the package that holds the file, or leave it out and give a path",
        )
        report.incomplete = True
        return None
    spec: ModuleSpec | None = None
    for number in range(name.count(".") + 1):
        part = ".".join(name.split(".")[: number + 1])
        spec = _spec(part, spec)
        if spec is None:
            report.problem(
                f'there is no Python package "{part}" here',
                package.at,
                "install it beside makemigrations",
            )
            report.incomplete = True
            return None
    folders = [
        Path(folder) for folder in (spec and spec.submodule_search_locations) or ()
    ]
    if not folders:
        report.problem(f'"{name}" is a module, not a package', package.at)
        report.incomplete = True
        return None
    return tuple(folders)


def _spec(name: str, parent: ModuleSpec | None) -> ModuleSpec | None:
    """What the import system knows of a module; ``find_spec`` would import parents."""
    if parent is not None and not parent.submodule_search_locations:
        return None
    path = list(parent.submodule_search_locations or ()) if parent else None
    for finder in sys.meta_path:
        find_spec = getattr(finder, "find_spec", None)
        spec = find_spec(name, path) if find_spec is not None else None
        if isinstance(spec, ModuleSpec):
            return spec
    return None
