"""Writing a file, or a folder of files, whole or not at all: even a power cut leaves no half of it under its name."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from cnnstudio.errors import UnwritableTarget

_LITTER_AGE = 3600.0
"""Seconds after which what was never finished is taken for left over from a crash."""


@contextlib.contextmanager
def replacing(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """A temporary file beside ``path`` that takes its name once the block has ended well.

    Until then, and after any failure, whatever stood at ``path`` is untouched and no temporary file is left. A link
    is followed, and a file that is replaced keeps its permissions.

    Raises:
        UnwritableTarget: ``path`` exists and ``overwrite`` is False, or the system refuses (permission, full disk, …).
    """
    target = Path(os.path.realpath(path))
    temporary = _beside(target)
    try:
        mode = _mode_of_existing(target, overwrite)
        with temporary.open("x+b") as file:
            if mode is not None:
                temporary.chmod(mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        _publish(temporary, target, overwrite)
        sync_folder(target.parent)
    except OSError as error:
        raise UnwritableTarget(_sentence(path, error), repr(error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


@contextlib.contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """A folder beside ``folder`` that takes its name once the block has ended well; else nothing is left of it.

    Args:
        folder: must not exist, or be empty.

    Raises:
        OSError: ``folder`` exists (``EEXIST``), or the system refuses (permission, full disk, …).
    """
    target = Path(os.path.realpath(folder))
    place = _beside(target)
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise FileExistsError(errno.EEXIST, "exists")
        place.mkdir()
        yield place
        for file in place.iterdir():
            with file.open("r+b") as written:
                os.fsync(written.fileno())
        sync_folder(place)
        if target.is_dir():
            target.rmdir()
        place.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def make_folder(folder: Path) -> None:
    """Makes a folder, and those it lies in, so that they stay; it may be there.

    Raises:
        UnwritableTarget: it cannot be made.
    """
    try:
        missing = [place for place in (folder, *folder.parents) if not place.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableTarget(f"The folder “{folder}” cannot be made: {error.strerror}.", repr(error)) from error
    for place in missing:
        sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Has the disk keep the names that were given in a folder, which syncing a file need not do.

    Systems that cannot, or need not, are let be.
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _beside(target: Path) -> Path:
    """A new name in the same folder, by which people and we know what it is."""
    _sweep(target.parent)
    # A short one, since the target's may already be as long as the file system allows.
    return target.parent / f".cnnstudio-{secrets.token_hex(8)}.part"


@cache
def _sweep(folder: Path) -> None:
    """Deletes, once, what a program left unfinished in a folder when it was killed or the power was cut."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f".cnnstudio-{'[0-9a-f]' * 16}.part"):
            if time.time() - path.stat().st_mtime < _LITTER_AGE:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _mode_of_existing(target: Path, overwrite: bool) -> int | None:
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.ENODEV, "is a device or a pipe")
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
        case errno.ENODEV:
            return f"{name} is a device or a pipe, so no photo can be saved under that name."
        case errno.ENAMETOOLONG:
            return f"The name {name} is longer than the disk allows."
        case _:
            return f"{name} could not be saved."
