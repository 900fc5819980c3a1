"""What a run says of its databases at its end: all of it, or what to look into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mm_pytest.accounts import Account, Handed

OPTION = "--mm-explain"
"""The option that has everything told."""

_SLOWEST = 5


def left_open(accounts: Iterable[Account]) -> list[str]:
    """The tests that left connections open, each once; nothing where none did."""
    found = [f"  {test}" for one in accounts for test in one.open_after]
    if not found:
        return []
    head = "makemigrations: tests that left connections to their database open:"
    return [head, *dict.fromkeys(found)]


def explanations(processes: Mapping[str, Sequence[Account]]) -> list[str]:
    """Everything about each database, by the accounts of every process."""
    names = dict.fromkeys(one.database for told in processes.values() for one in told)
    return [line for name in names for line in _of_database(name, processes)]


def unkept(accounts: Iterable[Account]) -> list[str]:
    """Why templates will not be there for the next run, that should be."""
    found = {f"{one.database}: {why}": None for one in accounts for why in one.unkept}
    return [f"makemigrations: no template is kept of {told}" for told in found]


def made(accounts: Sequence[Account]) -> str:
    """How many templates were made, and in what time, or kept; empty for none."""
    found = [template for one in accounts for template in one.templates]
    kept = sum(one.kept for one in accounts)
    seconds = sum(one.seconds for one in found)
    told = [f"{_templates(len(found))} made in {seconds:.2f} s"] if found else []
    return ", ".join([*told, *([f"{_templates(kept)} kept"] if kept else [])])


def _of_database(
    database: str, processes: Mapping[str, Sequence[Account]]
) -> Iterator[str]:
    of_each = {
        name: [one for one in told if one.database == database]
        for name, told in processes.items()
    }
    accounts = [one for told in of_each.values() for one in told]
    titles = dict.fromkeys(one.title for one in accounts if one.title)
    yield f"makemigrations explains {', '.join(titles) or database}:"
    for missed in dict.fromkeys(way for one in accounts for way in one.missed):
        yield f"  not by {missed}"
    if (seconds := max(one.seconds for one in accounts)) and titles:
        yield f"  server in reach after {seconds:.2f} s"
    for one in accounts:
        for template in one.templates:
            upto = f", up to {template.upto}" if template.upto else ""
            yield (
                f"  template of {_migrations(template.migrations)}{upto}: made in"
                f" {template.seconds:.2f} s"
            )
    if kept := sum(one.kept for one in accounts):
        yield f"  {_templates(kept)} kept by an earlier run"
    handed = [given for one in accounts for given in one.handed]
    if handed:
        yield f"  databases for tests: {_figures(handed)}"
        if len(processes) > 1:
            yield from _of_processes(of_each)
        yield "  slowest:"
        slowest = sorted(handed, key=lambda one: -one.seconds)[:_SLOWEST]
        yield from (f"    {_ms(one.seconds)} {one.test}" for one in slowest)


def _of_processes(of_each: Mapping[str, Sequence[Account]]) -> Iterator[str]:
    for name, accounts in sorted(of_each.items()):
        handed = [given for one in accounts for given in one.handed]
        if handed:
            yield f"    {name}: {_figures(handed)}"


def _figures(handed: Sequence[Handed]) -> str:
    from statistics import median

    times = [one.seconds for one in handed]
    return (
        f"{len(times)} in {_ms(sum(times))}, median {_ms(median(times))},"
        f" slowest {_ms(max(times))}"
    )


def _templates(number: int) -> str:
    return "template" if number == 1 else f"{number} templates"


def _migrations(number: int) -> str:
    return "1 migration" if number == 1 else f"{number} migrations"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
