"""What SQL of the user's own may not say, in words that every database shares."""

from __future__ import annotations

from mm_engine.errors import UnsupportedError


def of_control(word: str) -> UnsupportedError:
    """It would begin or end a transaction, which is ours to do."""
    return UnsupportedError(
        f"{word} cannot be said here: transactions are begun and ended for you",
        hint="leave it out; a migration is one transaction, and with"
        " RunSQL(..., transactional=False) each statement stands for itself",
    )


def of_standing_alone(said: str) -> UnsupportedError:
    """No transaction can hold it, and the migration is one."""
    return UnsupportedError(
        f"this cannot be said inside of a transaction: {said}",
        hint="say RunSQL(..., transactional=False), alone in its migration",
    )
