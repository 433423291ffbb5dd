"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cnnstudio.errors import UnwritableTarget


@contextlib.contextmanager
def replacing(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """A temporary file beside ``path`` that takes its name once the block has ended well.

    Until then, and after any failure, whatever stood at ``path`` is untouched and no temporary file is left. A link
    is followed, and a file that is replaced keeps its permissions.

    Raises:
        UnwritableTarget: ``path`` exists and ``overwrite`` is False, or the system refuses (permission, full disk, …).
    """
    target = Path(os.path.realpath(path))
    # A short name of its own, since the target's may already be as long as the file system allows.
    temporary = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        mode = _mode_of_existing(target, overwrite)
        with temporary.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
        _publish(temporary, target, overwrite)
    except OSError as error:
        raise UnwritableTarget(_sentence(path, error), repr(error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _mode_of_existing(target: Path, overwrite: bool) -> int | None:
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder")
    if not overwrite:
        raise FileExistsError(errno.EEXIST, "exists")
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "is write-protected")
    return stat.S_IMODE(status.st_mode)


def _publish(temporary: Path, target: Path, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(target)
        return
    try:
        # Unlike a rename, a hard link fails where another program made the file in the meantime.
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # file systems without hard links
        if target.exists():
            raise FileExistsError(errno.EEXIST, "exists") from None
        temporary.replace(target)


def _sentence(path: Path, error: OSError) -> str:
    name = f"“{path.name}”"
    match error.errno:
        case errno.EEXIST:
            return f"{name} already exists and was left as it is."
        case errno.ENOSPC | errno.EDQUOT:
            return f"There is not enough space on the disk to save {name}."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"You are not permitted to save {name} in “{path.parent}”."
        case errno.ENOENT | errno.ENOTDIR:
            return f"The folder “{path.parent}” does not exist."
        case errno.EISDIR:
            return f"{name} is a folder, so no photo can be saved under that name."
        case errno.ENAMETOOLONG:
            return f"The name {name} is longer than the disk allows."
        case _:
            return f"{name} could not be saved."
