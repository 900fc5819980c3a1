"""Questions put to the person at the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TypeAlias

import click

from mm_engine.cli.output import Output
from mm_engine.errors import MMError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from mm_engine.questions.fates import FATES, GENERATE, IGNORE_ERRORS, OMIT, REVIEW
from mm_engine.questions.question import Question

SQL: TypeAlias = Callable[[Operation, Schema], str | None]
"""What an operation would run; None where no database can be told."""

EXIT = "exit"
KEYS = {
    "1": (GENERATE.word, "Generate"),
    "2": (REVIEW.word, "Review"),
    "3": (OMIT.word, "Omit"),
    "4": (EXIT, "Exit"),
    "5": (GENERATE.word, "All"),
    "6": (IGNORE_ERRORS.word, "IgnoreErrors"),
}
"""The keys of the original's first prompt, and one more."""

_ALL = "5"
_MEANINGS = {
    **{choice.word: choice.meaning for choice in FATES},
    EXIT: "stop here; nothing is written",
}
_KEY = re.compile(r"([1-6])\s*([at]?)", re.IGNORECASE)

MOST_LINES, WIDTH = 12, 74
"""How much SQL is shown with a question."""

HELP = """\
A number decides about this operation alone, with a letter about more:
  1a  about everything that loses something and is still to be asked about
  1t  about all operations of this type, such as every field that goes
5 is short for 1a. An empty line means 2."""


def somebody_is_there() -> bool:
    """Whether questions can be put and answers typed."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class Terminal:
    """Somebody at a terminal; remembers answers that were given for more than one."""

    def __init__(self, output: Output, sql: SQL) -> None:
        self._output = output
        self._sql = sql
        self._for_all: str | None = None
        self._by_topic: dict[str, str] = {}

    def answer(self, question: Question) -> str | None:
        """What the person says, asked until it fits."""
        if question.choices == FATES:
            settled = self._by_topic.get(question.topic, self._for_all)
            return settled or self._fate(question)
        self._output.say()
        self._output.say(question.text, bold=True)
        if question.choices:
            return self._word(question)
        return self._value(question)

    def _fate(self, question: Question) -> str:
        self._output.say()
        self._output.say(question.text, fg="red", bold=True)
        self._show_sql(question)
        for number, (word, name) in KEYS.items():
            meaning = "1 for this and for all that follow" if number == _ALL else ""
            self._output.say(f"  {number} {name:<13} {meaning or _MEANINGS[word]}")
        while True:
            said = self._read("1-6, ? for help [2]") or "2"
            key = _KEY.fullmatch(said)
            if key is None:
                self._output.say(HELP)
                continue
            return self._chosen(question, key[1], key[2].lower())

    def _chosen(self, question: Question, key: str, scope: str) -> str:
        word, _ = KEYS[key]
        if word == EXIT:
            raise MMError("stopped as you said; nothing was written")
        if key == _ALL or scope == "a":
            self._for_all = word
        if scope == "t":
            self._by_topic[question.topic] = word
        return word

    def _show_sql(self, question: Question) -> None:
        if question.operation is None or question.before is None:
            return
        sql = self._sql(question.operation, question.before)
        lines = sql.rstrip().splitlines() if sql else []
        shown = lines if len(lines) <= MOST_LINES else lines[: MOST_LINES - 1]
        for line in shown:
            cut = line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
            self._output.say(f"    {cut}", dim=True)
        if more := len(lines) - len(shown):
            self._output.say(f"    … and {more} more lines", dim=True)

    def _word(self, question: Question) -> str:
        """One of a few words, by its first letters."""
        words = [choice.word for choice in question.choices]
        usual = f" [{question.usual}]" if question.usual else ""
        while True:
            said = self._read(f"{'/'.join(words)}, ? for help{usual}")
            said = said or question.usual or ""
            found = [word for word in words if word.lower().startswith(said.lower())]
            if said in words:
                return said
            if said and len(found) == 1:
                return found[0]
            for choice in question.choices:
                self._output.say(f"  {choice.word:<8} {choice.meaning}")

    def _value(self, question: Question) -> str:
        usual = f" [{question.default}]" if question.default else ""
        while True:
            said = self._read(f"{question.wanted}, ? for help{usual}")
            said = said or question.default or ""
            if said == "?" or not said:
                self._output.say(
                    "A value as it is written in the schema file. SQL is written as"
                    " expr:now(),\na text that looks like something else as"
                    " text:none, the empty text as text:"
                )
            elif problem := question.problem(said):
                self._output.say(f"  {problem}", fg="red")
            else:
                return said

    def _read(self, prompt: str) -> str:
        """One line; Ctrl-C and Ctrl-D stop everything."""
        answer: str = click.prompt(
            prompt, default="", show_default=False, prompt_suffix=": ", err=True
        )
        return answer.strip()
