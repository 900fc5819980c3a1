"""What is told while migrations run: a line each, and a bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mm_engine.cli.output import Output
from mm_engine.runner.events import (
    Event,
    StatementRun,
    StepFailed,
    StepFinished,
    StepOvertaken,
    StepSkipped,
    StepStarted,
)
from mm_engine.runner.plan import Direction, Step
from mm_engine.runner.script import item_text

if TYPE_CHECKING:
    from rich.progress import Progress

VERBS = {
    Direction.UP: ("applying", "applied"),
    Direction.DOWN: ("undoing", "undid"),
}


class Lines:
    """One line a migration on stdout when it is done; quiet where JSON is wanted."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def begin(self, steps: Sequence[Step]) -> None:
        """Hear what is about to run."""
        del steps

    def __call__(self, event: Event) -> None:
        """Hear of one event."""
        match event:
            case StatementRun():
                self._output.detail(item_text(event.item))
            case _ if self._output.as_json:
                pass
            case StepFinished():
                _, done = VERBS[event.direction]
                text = f"{done} {event.name} ({event.milliseconds} ms)"
                self._output.line(text, fg="green")
            case StepSkipped():
                self._output.say(f"skipped {event.name}: somebody else was quicker")
            case StepOvertaken():
                self._output.say(f"stopped before {event.name}: somebody else migrated")
            case StepFailed():
                self._output.say(f"failed {event.name}", fg="red")
            case StepStarted():
                pass


class Bar(Lines):
    """The same lines, and under them how far it has come."""

    def __init__(self, output: Output, bar: Progress) -> None:
        super().__init__(output)
        self._bar = bar

    def begin(self, steps: Sequence[Step]) -> None:
        """Show the bar, if there is enough to do that one can see it move."""
        if len(steps) > 1:
            self._bar.add_task("", total=len(steps))
            self._bar.start()

    def __call__(self, event: Event) -> None:
        """Move on, and say which migration it is."""
        super().__call__(event)
        for task in tuple(self._bar.task_ids):
            match event:
                case StepStarted():
                    doing, _ = VERBS[event.direction]
                    text = f"{doing} {event.name}"
                    self._bar.update(task, description=text)
                case StatementRun():
                    pass
                case StepOvertaken():
                    self._bar.remove_task(task)
                case StepFinished() | StepSkipped() | StepFailed():
                    self._bar.advance(task)


@contextmanager
def progress(output: Output) -> Iterator[Lines]:
    """What hears of events, for as long as a command runs."""
    if output.as_json or not sys.stderr.isatty():
        yield Lines(output)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=output.console(err=True),
        transient=True,
    )
    try:
        yield Bar(output, bar)
    finally:
        bar.stop()
