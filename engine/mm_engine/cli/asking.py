"""Who answers the questions of a command: flags, a file, somebody at the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from mm_engine.cli.output import Output
from mm_engine.cli.terminal import Terminal, somebody_is_there
from mm_engine.errors import UsageError
from mm_engine.questions.answers import Answer, Recorder, answers_text, read_answers
from mm_engine.questions.fates import GENERATE, REVIEW
from mm_engine.questions.question import Questioner, Silent
from mm_engine.questions.renames import PREFIX, YES, RenameFlags
from mm_engine.questions.scripted import Scripted, scripted_flags

if TYPE_CHECKING:
    from mm_engine.project import Project


@attrs.frozen
class Answers:
    """Somebody to ask, and the renames that need no question."""

    questioner: Questioner
    renames: RenameFlags


@contextmanager
def asked(
    project: Project, output: Output, flags: Mapping[str, object]
) -> Iterator[Answers]:
    """The answers that flags, files and the terminal give while a command runs.

    At the end the answers are recorded, if that was asked for, and a flag that
    answered nothing is an error.
    """
    file = flags.get("answers")
    given = read_answers(project.config.start / str(file)) if file else {}
    scripted = _scripted(project, output, flags, given)
    renames = _texts(flags, "rename")
    known = [
        name.removeprefix(PREFIX)
        for name, answer in given.items()
        if name.startswith(PREFIX) and answer.text == YES.word
    ]
    recorder = Recorder(scripted)
    recorder.answers.update(
        {f"{PREFIX}{name}": YES.word for name in (*known, *renames)}
    )
    yield Answers(recorder, RenameFlags(renames, known))
    if unused := scripted.unused():
        asked = f", or name one of {', '.join(recorder.answers)}"
        raise UsageError(
            f"nothing asks about {', '.join(unused)}",
            hint=f"leave the flag out{asked if recorder.answers else ''}",
        )
    if record := flags.get("record_answers"):
        _write(project.config.start / str(record), answers_text(recorder.answers))


def _scripted(
    project: Project,
    output: Output,
    flags: Mapping[str, object],
    given: Mapping[str, Answer],
) -> Scripted:
    destructive = list(_texts(flags, "destructive"))
    if flags.get("yes") and flags.get("silent"):
        raise UsageError("--yes and --silent exclude each other")
    if flags.get("yes"):
        destructive.insert(0, GENERATE.word)
    if flags.get("silent"):
        destructive.insert(0, REVIEW.word)
    there = somebody_is_there() and not output.as_json
    return Scripted(
        scripted_flags(
            destructive=destructive,
            one_off=_texts(flags, "one_off"),
            convert=_texts(flags, "convert"),
            convert_back=_texts(flags, "convert_back"),
            answer=_texts(flags, "answer"),
            no_rename=_texts(flags, "no_rename"),
        ),
        given,
        otherwise=Terminal(output, project.preview) if there else Silent(),
    )


def _texts(flags: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = flags.get(name)
    return tuple(str(item) for item in value) if isinstance(value, tuple) else ()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise UsageError(f"{path} cannot be written: {fault.strerror}") from None
