"""Errors with one plain sentence for the person, and a detail for the log."""

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class CnnStudioError(Exception):
    """Base of every error that is shown to a person.

    Args:
        message: one plain sentence that says what is wrong and, where possible, what to do. Line breaks and what no
            screen can show come from names of files and the like, and become escapes.
        detail: what a developer wants to know; goes to the log, never to the person.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        self.message = _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), message)
        super().__init__(self.message)
        self.detail = detail


class UnreadablePhoto(CnnStudioError):
    """The file is missing, not an image, truncated, or larger than the limit."""


class UnwritableTarget(CnnStudioError):
    """The result cannot be written: permission, full disk, existing file, unknown format."""


class BadMask(CnnStudioError):
    """The mask is empty, of another size than the photo, or not a mask."""


class BadModel(CnnStudioError):
    """The model's card or weights are missing, damaged, or of an unknown architecture."""


class BadInput(CnnStudioError):
    """An option or a data folder that cannot be used as given."""


class NotEnoughMemory(CnnStudioError):
    """No device had the memory, even with the smallest tiles."""


class Cancelled(Exception):
    """Raised inside a job when its cancel flag is seen."""
