"""A group of commands told by a table, each imported when it is invoked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TypeVar

import click


class Entry:
    """A command's name, where it lives, and what help says of it.

    ``aliases`` work and are not shown. A plain class: help has to come quickly, and
    attrs is slower to import than click.
    """

    def __init__(
        self,
        name: str,
        home: str,
        summary: str,
        *,
        section: str = "Commands",
        aliases: Sequence[str] = (),
        hidden: bool = False,
    ) -> None:
        self.name = name
        self.home = home
        self.summary = summary
        self.section = section
        self.aliases = tuple(aliases)
        self.hidden = hidden

    def answers_to(self, name: str) -> bool:
        """Whether the name means this command, written with dashes or underscores."""
        spelt = name.replace("_", "-")
        return spelt in (word.replace("_", "-") for word in (self.name, *self.aliases))

    def command(self) -> click.Command:
        """The command itself, imported now."""
        module, _, attribute = self.home.partition(":")
        found = getattr(import_module(module), attribute)
        if not isinstance(found, click.Command):
            raise TypeError(f"{self.home} is no command")
        return found


class Table(click.Group):
    """A group whose help comes from the table alone."""

    entries: tuple[Entry, ...] = ()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names that are shown, in the order of the table."""
        del ctx
        return [entry.name for entry in self.entries if not entry.hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name or alias."""
        del ctx
        for entry in self.entries:
            if entry.answers_to(cmd_name):
                return entry.command()
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words begin with, or an error with the nearest name."""
        word = args[0] if args else ""
        from difflib import get_close_matches

        if word and not word.startswith("-") and self.get_command(ctx, word) is None:
            known = [name for e in self.entries for name in (e.name, *e.aliases)]
            near = get_close_matches(word, known, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            ctx.fail(f'There is no command "{word}".{hint}')
        return super().resolve_command(ctx, args)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """The table, section by section, with nothing imported."""
        del ctx
        shown = [entry for entry in self.entries if not entry.hidden]
        width = max(len(entry.name) for entry in shown)
        for section in dict.fromkeys(entry.section for entry in shown):
            with formatter.section(section):
                formatter.write_dl(
                    [
                        (entry.name.ljust(width), entry.summary)
                        for entry in shown
                        if entry.section == section
                    ]
                )


Group = TypeVar("Group", bound=Table)


def with_entries(entries: Iterable[Entry]) -> Callable[[Group], Group]:
    """A decorator that gives a group its table."""

    def filled(group: Group) -> Group:
        group.entries = tuple(entries)
        return group

    return filled
