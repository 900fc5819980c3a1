"""Answers in a file: one line a question, its id and what was answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import attrs

from mm_engine.errors import Position, UsageError
from mm_engine.questions.question import Question, Questioner

_PLAIN = re.compile(r"[^\W\d_][\w.:/ ()'+-]*")
_AMBIGUOUS = re.compile(
    r": |\s$|:$|^(?:true|false|yes|no|on|off|null|y|n)$", re.IGNORECASE
)


@attrs.frozen
class Answer:
    """What was answered, and where it stands."""

    text: str
    at: Position


def read_answers(path: Path) -> dict[str, Answer]:
    """The answers of a file by the ids of their questions.

    Raises ``UsageError`` for a file that is not lines of ``id: answer``.
    """
    from mm_engine.schemafile.nodes import MapNode, TextNode, document
    from mm_engine.schemafile.report import Report

    report = Report()
    root = document(_text(path), str(path), report)
    answers: dict[str, Answer] = {}
    for key, value in root.entries if isinstance(root, MapNode) else ():
        if not isinstance(value, TextNode) or value.is_nothing:
            report.problem(f'"{key.text}" has no answer', key.at)
        elif key.text in answers:
            report.problem(f'"{key.text}" is answered twice', key.at)
        else:
            answers[key.text] = Answer(value.text, value.at)
    if root is not None and not isinstance(root, MapNode):
        report.problem("answers are lines of a question's id and its answer", root.at)
    if report.problems:
        first = report.problems[0]
        raise UsageError(first.message, at=first.at, hint=first.hint)
    return answers


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        raise UsageError(f"the answers in {path} cannot be read: {reason}") from None


def answers_text(answers: Mapping[str, str]) -> str:
    """The answers as a file that ``read_answers`` reads.

    >>> print(answers_text({"drop:posts.title": "omit", "one-off:a.b": "x: y"}), end="")
    drop:posts.title: omit
    one-off:a.b: "x: y"
    """
    return "".join(f"{_word(name)}: {_word(text)}\n" for name, text in answers.items())


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _AMBIGUOUS.search(text):
        return text
    return '"{}"'.format("".join(map(_escaped, text)))


def _escaped(letter: str) -> str:
    """A letter as it stands in double quotes of YAML."""
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


class Recorder:
    """Somebody who is asked, with every answer written down."""

    def __init__(self, questioner: Questioner) -> None:
        self._questioner = questioner
        self.answers: dict[str, str] = {}

    def answer(self, question: Question) -> str | None:
        """The answer of the one behind this."""
        answer = self._questioner.answer(question)
        if answer is not None:
            self.answers[question.id] = answer
        return answer
