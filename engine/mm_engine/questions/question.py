"""Questions about a migration in the making, and who may be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import attrs

from mm_engine.errors import Position, Problem, UsageError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation


@attrs.frozen
class Choice:
    """One answer that a question offers: the word, and what comes of it."""

    word: str
    meaning: str


def _fine(answer: str) -> str | None:
    del answer
    return None


@attrs.frozen(kw_only=True)
class Question:
    """Something that nobody but the user can know.

    ``id`` is the same whenever the same thing is asked. ``topic`` is shared by
    questions that one answer may settle together. Without ``choices`` a value is asked
    for, and ``check`` says what is wrong with one. ``flag`` is the command-line flag
    that answers it. ``earlier`` is what was answered to the same before, and holds
    unless a flag or a file says otherwise. ``default`` is taken where nobody answers,
    ``usual`` where somebody was asked and just goes on. One that ``is_offered`` may be
    answered beforehand, but nobody is asked. ``operation`` and ``before`` are what it
    is about.
    """

    id: str
    topic: str
    text: str
    flag: str
    choices: tuple[Choice, ...] = attrs.field(default=(), converter=tuple[Choice, ...])
    wanted: str = "value"
    earlier: str | None = None
    default: str | None = None
    usual: str | None = None
    is_offered: bool = False
    check: Callable[[str], str | None] = _fine
    at: Position | None = None
    operation: Operation | None = None
    before: Schema | None = None

    @property
    def answer_line(self) -> str:
        """The line of an answers file that settles it."""
        return f"{self.id}: {self.answer_form}"

    @property
    def answer_form(self) -> str:
        """What an answer looks like."""
        words = "|".join(choice.word for choice in self.choices)
        return words or self.wanted.upper()

    @property
    def known_answer(self) -> str | None:
        """The earlier answer, if it still fits."""
        fits = self.earlier is not None and self.problem(self.earlier) is None
        return self.earlier if fits else None

    def problem(self, answer: str) -> str | None:
        """What is wrong with an answer; None if nothing is."""
        words = [choice.word for choice in self.choices]
        if words and answer not in words:
            return f'"{answer}" is none of {", ".join(words)}'
        return self.check(answer)


class Questioner(Protocol):
    """Somebody who can be asked; the engine itself never reads stdin."""

    def answer(self, question: Question) -> str | None:
        """A fitting answer, or None from somebody who has none."""


class Silent:
    """Nobody: every question stays open."""

    def answer(self, question: Question) -> str | None:
        """None."""
        del question
        return None


class OpenQuestionsError(UsageError):
    """Questions that nobody answered, each with the flag and the line that would."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = tuple(questions)
        count = len(self.questions)
        super().__init__(
            "a question is open" if count == 1 else f"{count} questions are open",
            at=self.questions[0].at,
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """One a question."""
        return tuple(
            Problem(
                question.text,
                at=question.at,
                hint=(
                    f"answer with {question.flag}\n"
                    f"        or in a file for --answers: {question.answer_line}"
                ),
            )
            for question in self.questions
        )


class Asking:
    """Questions put to somebody, and those that were left open.

    One that was answered before, or has a default, is never left open. Nothing is
    asked twice.
    """

    def __init__(self, questioner: Questioner) -> None:
        self._questioner = questioner
        self._said: dict[str, str | None] = {}
        self.open: list[Question] = []

    def answer(self, question: Question) -> str | None:
        """The answer, or None for one that stays open for now."""
        if question.id not in self._said:
            self._said[question.id] = self._answer(question)
        return self._said[question.id]

    def _answer(self, question: Question) -> str | None:
        answer = self._questioner.answer(question)
        if answer is None:
            answer = question.known_answer
        if answer is None:
            answer = question.default
        if answer is None:
            self.open.append(question)
        return answer

    def require_answers(self) -> None:
        """Raise ``OpenQuestionsError``, which is a ``UsageError``, if any are."""
        if self.open:
            raise OpenQuestionsError(self.open)
