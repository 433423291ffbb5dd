"""Errors with one plain sentence for the person, and a detail for the log."""


class CnnStudioError(Exception):
    """Base of every error that is shown to a person.

    Args:
        message: one plain sentence that says what is wrong and, where possible, what to do.
        detail: what a developer wants to know; goes to the log, never to the person.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
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
