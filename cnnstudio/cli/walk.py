"""What ``repair``, ``detect`` and ``restore`` do alike: walk one photo or a folder, and tell what came of it."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from cnnstudio.cli.console import bars, interruptible, print_json, say
from cnnstudio.cli.failures import Exit, exit_code, log, sentence
from cnnstudio.errors import BadInput, Cancelled

Update = Callable[[float, str], None]
"""Is told of a photo the fraction that is done, 0 to 1, and what is going on."""


class File(Protocol):
    """What came of one photo."""

    @property
    def outcome(self) -> str: ...


_F = TypeVar("_F", bound=File)


def one(photo: Path, work: Callable[[Update, threading.Event], _F], *, shown: bool) -> list[_F]:
    """Works on one photo, with progress bars where ``shown``; Ctrl-C sets the event."""
    with interruptible() as cancel, bars(1, shown=shown) as progress:
        progress.begin(photo.name)
        return [work(progress.update, cancel)]


def each(
    photos: Sequence[Path],
    work: Callable[[Path, Update, threading.Event], _F],
    failed: Callable[[Path, str], _F],
    *,
    shown: bool,
) -> list[_F]:
    """Works on photos one after the other; one that fails never stops the others, Ctrl-C does.

    Args:
        failed: makes of a photo and a plain sentence what came of it.
        shown: whether there are progress bars.

    Returns:
        what came of each, up to where it was stopped.
    """
    files: list[_F] = []
    with interruptible() as cancel, bars(len(photos), shown=shown) as progress:
        for photo in photos:
            progress.begin(str(photo))
            try:
                file = work(photo, progress.update, cancel)
            except (Cancelled, KeyboardInterrupt):
                break
            except Exception as error:
                log(error)
                file = failed(photo, sentence(error))
            files.append(file)
            progress.end()
    return files


def target_of(output: str, name: str) -> Path:
    """The file for a result: what was asked for, or ``name`` in it where that is a folder."""
    target = Path(output)
    return target / name if target.is_dir() or output.endswith(("/", os.sep)) else target


def only_for_folders(arguments: argparse.Namespace, *options: str) -> None:
    """Raises :class:`BadInput` where one photo is given options that only folders have."""
    for option in options:
        if getattr(arguments, option):
            raise BadInput(f"--{option} is for a folder of photos, and “{arguments.photo}” is none.")


def only_for_photos(arguments: argparse.Namespace, *options: str) -> None:
    """Raises :class:`BadInput` where a folder is given options that only one photo has."""
    for option in options:
        if getattr(arguments, option):
            raise BadInput(f"--{option} is for one photo, and not for a folder.")


def answer(
    arguments: argparse.Namespace,
    work: Callable[[], tuple[list[_F], int]],
    failed: Callable[[str], _F],
    report: Callable[[list[_F], Exit], dict[str, Any]],
    show: Callable[[list[_F]], None],
) -> Exit:
    """Does what a command is asked for, tells what came of it, and returns the exit code.

    Args:
        arguments: with ``json`` and ``quiet``.
        work: returns what came of the photos, and how many there were to work on.
        failed: makes of a plain sentence what came of it all.
        report: what ``--json`` prints.
        show: prints for people.
    """
    try:
        files, all_of = work()
    except (Exception, KeyboardInterrupt) as error:
        if arguments.json:
            print_json(report([failed(sentence(error))], exit_code(error)))
        raise
    code = code_of(files, all_of)
    if arguments.json:
        print_json(report(files, code))
    elif not arguments.quiet:
        show(files)
    say_end(files, code)
    return code


def code_of(files: Sequence[File], all_of: int) -> Exit:
    """The exit code of a walk; ``all_of``: how many photos there were to work on."""
    if len(files) < all_of:
        return Exit.INTERRUPTED
    return Exit.SOME_FAILED if _failures(files) else Exit.OK


def say_end(files: Sequence[File], code: Exit) -> None:
    """Says on stderr what was left undone."""
    if code is Exit.INTERRUPTED:
        say("cnnstudio: Stopped.")
    if code is Exit.SOME_FAILED:
        say(f"cnnstudio: {_failures(files)} of {len(files)} photos failed.")


def _failures(files: Sequence[File]) -> int:
    return sum(file.outcome == "failed" for file in files)


def wants_bars(arguments: argparse.Namespace) -> bool:
    """Whether progress bars are wanted."""
    return not (arguments.quiet or arguments.json)
