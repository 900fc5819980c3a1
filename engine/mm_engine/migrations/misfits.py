"""Values in a migration that do not fit where they stand.

Type checkers find them; this is for files that no type checker has seen, which would
fail in the middle of something else, or mean something else.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

import attrs

from mm_engine.errors import MigrationFileError, Problem
from mm_engine.migrations.functions import written
from mm_engine.operations.base import BaseOperation
from mm_engine.operations.data import RunPython

Fits: TypeAlias = Callable[[object], bool]
"""Whether a value is what its place takes; what it holds is looked at by itself."""

SHOWN = 40
"""Characters of a value that are shown."""

WAYS = ("forward", "backward")
CALLED = "write a function: def NAME(connection, schema)"
ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
YIELDS = 'call what yields from a function that does not: "for _ in {}(...): pass"'


def misfit(operation: object) -> Problem | None:
    """The first thing wrong with what stands among operations, or in one of them."""
    if not isinstance(operation, BaseOperation):
        return Problem(f"{_shown(operation)} is no operation", hint=_hint(operation))
    return _misfit(operation)


def _misfit(value: object) -> Problem | None:
    kind: type = type(value)
    for name, fits, is_nested in _places(kind):
        held = getattr(value, name)
        if not fits(held):
            return _problem(value, name, held)
        if is_nested and held:
            parts = held if isinstance(held, tuple) else (held,)
            found = next(filter(None, map(_misfit, parts)), None)
            if found is not None:
                return found
    return _unwritten(value) if isinstance(value, RunPython) else None


def _unwritten(operation: RunPython) -> Problem | None:
    """What is wrong with a function whose text nobody finds: it has no digest.

    That would show when its row is written, behind migrations that were applied.
    """
    for way in WAYS:
        function: Callable[..., object] | None = getattr(operation, way)
        if function is not None:
            try:
                written(function)
            except MigrationFileError as error:
                return attrs.evolve(error.problems[0], at=None)
    return None


@cache
def _places(kind: type) -> tuple[tuple[str, Fits, bool], ...]:
    """The attributes of a class: name, what it takes, whether that has attributes."""
    if not attrs.has(kind):
        return ()
    try:
        hints = typing.get_type_hints(kind, localns=_names())
    except (NameError, TypeError):
        # Of a type by somebody else Python may know too little.
        return ()
    names = [field.name for field in attrs.fields(kind) if field.name != "at"]
    return tuple((name, _fits(hints[name]), _nests(hints[name])) for name in names)


@cache
def _names() -> dict[str, object]:
    """What annotations name that is imported, or known, for type checkers alone.

    To know how a function is called nobody needs SQLAlchemy.
    """
    from mm_engine.migrations.mishaps import vocabulary
    from mm_engine.operations import Operation

    change = Callable[[object, object], None]
    return {**vocabulary(), "Operation": Operation, "Change": change}


def _nests(hint: object) -> bool:
    """Whether values of this type have attributes of their own to be looked at."""
    return attrs.has(hint) if isinstance(hint, type) else any(map(_nests, _of(hint)))


def _of(hint: object) -> tuple[object, ...]:
    return () if isinstance(hint, str) else typing.get_args(hint)


def _fits(hint: object) -> Fits:
    """What tells whether a value has a type, as far as that shows at once."""
    inner = _of(hint)
    match typing.get_origin(hint):
        case typing.Union | types.UnionType:
            return _any_of(inner)
        case typing.Literal:
            return lambda value: value in inner
        case origin if origin is tuple:
            return _each(_fits(inner[0]))
        case origin if origin is not None and issubclass(origin, Mapping):
            return lambda value: isinstance(value, Mapping)
        case origin if origin is not None and issubclass(origin, Callable):  # type: ignore[arg-type]  # an abstract class at run time
            return _takes(2)
        case None if isinstance(hint, type):
            return _is_a(hint)
        case _:
            return _is_a(object)


def _takes(count: int) -> Fits:
    """What tells a function that can be called with so many values, and then runs."""

    def fits(value: object) -> bool:
        if not callable(value) or _is_later(value):
            return False
        try:
            inspect.signature(value).bind(*[None] * count)
        except TypeError:
            return False
        except ValueError:
            # Of some that are built in nobody knows what they take.
            return True
        return True

    return fits


def _is_later(value: object) -> bool:
    """Whether a call gives only what could be run, so that nothing of it runs."""
    return (
        inspect.iscoroutinefunction(value)
        or inspect.isgeneratorfunction(value)
        or inspect.isasyncgenfunction(value)
    )


def _is_a(kind: type) -> Fits:
    return lambda value: isinstance(value, kind)


def _any_of(hints: tuple[object, ...]) -> Fits:
    kinds = tuple(hint for hint in hints if isinstance(hint, type))
    others = tuple(_fits(hint) for hint in hints if not isinstance(hint, type))
    if not others:
        return lambda value: isinstance(value, kinds)
    return lambda value: isinstance(value, kinds) or any(fits(value) for fits in others)


def _each(fits: Fits) -> Fits:
    return lambda value: isinstance(value, tuple) and all(map(fits, value))


def _problem(holder: object, name: str, value: object) -> Problem:
    called = getattr(holder, "name", None)
    where = f"mm.{type(holder).__name__}"
    if isinstance(called, str) and name != "name":
        where += f'("{called}")'
    hint = _hint(value)
    if isinstance(holder, RunPython) and name in WAYS:
        hint = CALLED
        if isinstance(value, types.FunctionType) and inspect.isgeneratorfunction(value):
            hint = YIELDS.format(value.__name__)
    return Problem(f'{where}: "{name}" cannot be {_shown(value)}', hint=hint)


def _shown(value: object) -> str:
    if isinstance(value, types.FunctionType):
        is_async = value.__code__.co_flags & ASYNC
        kind = "async def" if is_async else "def"
        return f"{kind} {value.__name__}{inspect.signature(value)}"
    text = f"mm.{value.__name__}" if isinstance(value, type) else repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _hint(value: object) -> str | None:
    """What was meant by a class where one of its values belongs."""
    return f"write mm.{value.__name__}(...)" if isinstance(value, type) else None
