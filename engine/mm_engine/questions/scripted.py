"""Answers given beforehand: by flags, then by a file, then by somebody who is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from mm_engine.errors import UsageError, nearest
from mm_engine.questions.answers import Answer
from mm_engine.questions.fates import FATES
from mm_engine.questions.question import Question, Questioner, Silent
from mm_engine.questions.renames import NO, PREFIX


@attrs.frozen
class Flags:
    """What flags answer: questions by id, and one word for all that may destroy.

    ``no_rename`` are things that go under whatever name another one comes.
    """

    answers: Mapping[str, str] = attrs.field(factory=dict)
    fate: str | None = None
    no_rename: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])


def scripted_flags(
    *,
    destructive: Iterable[str] = (),
    one_off: Iterable[str] = (),
    convert: Iterable[str] = (),
    convert_back: Iterable[str] = (),
    answer: Iterable[str] = (),
    no_rename: Iterable[str] = (),
) -> Flags:
    """The answers in the values of these flags; raises ``UsageError`` for a wrong one.

    >>> scripted_flags(destructive=["omit"], one_off=["posts.slug=none"]).answers
    {'one-off:posts.slug': 'none'}
    """
    words = [choice.word for choice in FATES]
    answers = dict(_pair("--one-off", text, "one-off:") for text in one_off)
    answers.update(_pair("--convert", text, "convert:") for text in convert)
    answers.update(
        _pair("--convert-back", text, "convert-back:") for text in convert_back
    )
    answers.update(_pair("--answer", text, "") for text in answer)
    fate: str | None = None
    for text in destructive:
        if "=" in text:
            name, word = _pair("--destructive", text, "")
            answers[name] = word
        else:
            fate = word = text
        if word not in words:
            raise UsageError(
                f'--destructive {text}: "{word}" is none of {", ".join(words)}',
                hint=nearest(word, words),
            )
    return Flags(answers, fate, no_rename)


def _pair(flag: str, text: str, prefix: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{flag} {text}: it takes NAME=VALUE")
    return prefix + name, value


class Scripted:
    """Somebody who answers what was answered beforehand and passes the rest on."""

    def __init__(
        self,
        flags: Flags,
        answers: Mapping[str, Answer] | None = None,
        *,
        otherwise: Questioner | None = None,
    ) -> None:
        self._flags = flags
        self._answers = answers or {}
        self._otherwise = otherwise or Silent()
        self._used: set[str] = set()

    def answer(self, question: Question) -> str | None:
        """What flags, file, or the word for all say; else what was said before.

        Only what all of them leave open goes to the one behind.
        """
        if question.id in self._flags.answers:
            answer = self._flags.answers[question.id]
            self._used.add(question.id)
            if problem := question.problem(answer):
                raise UsageError(f"{question.id}: {problem}")
            return answer
        if question.id in self._answers:
            said = self._answers[question.id]
            self._used.add(question.id)
            if problem := question.problem(said.text):
                raise UsageError(f"{question.id}: {problem}", at=said.at)
            return said.text
        for old in self._flags.no_rename:
            if f"{question.id}:".startswith(f"{PREFIX}{old}:"):
                self._used.add(old)
                return NO.word
        if self._flags.fate is not None and question.choices == FATES:
            return self._flags.fate
        known = question.known_answer
        if known is not None or question.is_offered:
            return known
        return self._otherwise.answer(question)

    def unused(self) -> tuple[str, ...]:
        """The ids of flags that answered nothing that was asked."""
        given = (*self._flags.answers, *self._flags.no_rename)
        return tuple(name for name in given if name not in self._used)
