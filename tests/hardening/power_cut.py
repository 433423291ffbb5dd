"""Cuts the power at every moment at which the program changes a file, and looks at what is there afterwards.

    python -m tests.hardening.power_cut [--report FILE]

Each job is done once for each of its file-changing system calls and killed in place of that call; the last time it
ends by itself. Every end is looked at as the kill has left it, and as a disk may have it on which nothing is certain
but what was synced: bytes written since are gone, or half of them are; names given since are gone, in one folder or
in all. Whatever was there before must still be there, or be wholly new; what a job has called safe must be safe; and
the job must end well when it is done again.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.hardening.calls import KILL, Call, Ended, forked, watched, why_not
from tests.hardening.jobs import Job, attempt, is_leftover, lay_out
from tests.hardening.report import ROOM, checked, chosen, finish, parser, tell

_HOURS = 7200.0


@dataclass
class Disk:
    """What of a folder's changes a power cut would leave, as far as the system promises anything.

    Args:
        folder: that is watched.
        kept: a folder on the same disk, for what is replaced meanwhile.
    """

    folder: Path
    kept: Path
    _synced: dict[int, int] = field(default_factory=dict)
    _undo: list[tuple[Path, Callable[[], object]]] = field(default_factory=list)

    def note(self, call: Call) -> None:
        """Takes a call in that is about to happen."""
        path, to = call.paths[0], call.paths[-1]
        match call.name:
            case "fsync" | "fdatasync" if path.is_dir():
                self._undo = [(place, undo) for place, undo in self._undo if place != path]
            case "fsync" | "fdatasync" if path.exists():
                self._synced[path.stat().st_ino] = path.stat().st_size
            case "open" if not path.exists():
                self._undo.append((path.parent, lambda: path.unlink(missing_ok=True)))
            case "open":
                self._dirty(path, 0 if call.empties else None)
            case "mkdir" if not path.exists():
                self._undo.append((path.parent, lambda: shutil.rmtree(path, ignore_errors=True)))
            case "link" | "symlink" if not to.exists():
                self._undo.append((to.parent, lambda: to.unlink(missing_ok=True)))
            case "rename" if path != to:
                self._undo.append((to.parent, self._unrename(path, to)))
            case "unlink" | "rmdir" if path.is_dir():
                self._undo.append((path.parent, lambda: path.mkdir(exist_ok=True)))
            case "unlink" if path.exists():
                kept = self._keep(path)
                self._undo.append((path.parent, lambda: path.exists() or os.link(kept, path)))
            case _:
                self._dirty(path, None)

    def unsynced(self) -> list[tuple[Path, int, int]]:
        """The files that hold bytes which a power cut may take: how many are safe, and how many there are."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        sizes = [(path, self._synced.get(path.stat().st_ino), path.stat().st_size) for path in files]
        return [(path, safe, size) for path, safe, size in sizes if safe is not None and safe < size]

    def unsynced_folders(self) -> list[Path]:
        """The folders in which names are not safe."""
        return sorted({place for place, _ in self._undo if place.exists()})

    def lose_names(self, places: Sequence[Path]) -> None:
        """Takes back what has become of names in these folders since they were synced."""
        for place, undo in reversed(self._undo):
            if place in places and place.exists():
                undo()

    def _dirty(self, path: Path, size: int | None) -> None:
        if path.is_file():
            status = path.stat()
            size = status.st_size if size is None else size
            self._synced[status.st_ino] = min(self._synced.get(status.st_ino, size), size)

    def _unrename(self, path: Path, to: Path) -> Callable[[], object]:
        kept = self._keep(to) if to.is_file() else None

        def undo() -> None:
            if to.exists():
                to.rename(path)
            if kept:
                os.link(kept, to)

        return undo

    def _keep(self, path: Path) -> Path:
        kept = self.kept / str(len(list(self.kept.iterdir())))
        os.link(path, kept)
        return kept


@dataclass
class Count:
    """What came of one job.

    Attributes:
        calls: that change a file, when the job ends by itself.
        kills: in place of each, and the last end.
        states: that were looked at: what each of them may have left on the disk.
        losses: sentences.
    """

    calls: int = 0
    kills: int = 0
    states: int = 0
    losses: list[str] = field(default_factory=list)


def cut(job: Job, every: int = 1) -> Count:
    """Cuts the power at every moment of a job, or at each ``every``-th, and at its end."""
    count = Count()
    for number in itertools.count(1, every):
        with tempfile.TemporaryDirectory(prefix="cnnstudio-cut-", dir=ROOM) as name:
            ended = _cut_once(job, number, Path(name).resolve(), count)
        if ended.code is not None:
            count.calls = len(ended.calls)
            return count
    raise AssertionError


def _cut_once(job: Job, number: int, root: Path, count: Count) -> Ended:
    work, before, kept = root / "work", root / "before", root / "kept"
    folder = work / "disk"  # always the same place, since sessions remember places
    folder.mkdir(parents=True)
    kept.mkdir()
    lay_out(job, folder)
    disk = Disk(folder, kept)
    ended = watched(partial(attempt, job.run, folder), folder, _until(number, disk))
    count.kills += 1
    where = "at the end" if ended.code is not None else f"before call {number}, {ended.calls[-1]}"
    if ended.code not in (None, 0):
        count.losses.append(f"{where}: {ended.said}")
    states = dict(_states(disk))
    work.rename(before)
    for what, spoil in states.items():
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(before, work, symlinks=True)
        spoil()
        for path in folder.rglob("*"):  # it is a while until the program is started again
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - _HOURS))
        count.states += 1
        count.losses += [f"{where}, {what}: {loss}" for loss in _lost(job, folder, ended)]
    return ended


def _until(number: int, disk: Disk) -> Callable[[Call], int]:
    seen = itertools.count(1)

    def decide(call: Call) -> int:
        if next(seen) == number:
            return KILL
        disk.note(call)
        return 0

    return decide


def _states(disk: Disk) -> Iterator[tuple[str, Callable[[], object]]]:
    """What may be on the disk: in words, and what makes it of a copy of what the kill has left."""
    unsynced, folders = disk.unsynced(), disk.unsynced_folders()

    def keep(share: float) -> None:
        for path, safe, size in unsynced:
            os.truncate(path, safe + int(share * (size - safe)))

    def lose_all() -> None:
        keep(0)
        disk.lose_names(folders)

    yield "as it was left", lambda: None
    if unsynced:
        yield "bytes lost", partial(keep, 0)
        yield "half the bytes lost", partial(keep, 0.5)
    for place in folders:
        yield f"names in {place.name} lost", partial(disk.lose_names, [place])
    if folders:
        yield "all lost that was not synced", lose_all


def _lost(job: Job, folder: Path, ended: Ended) -> Iterator[str]:
    """What is lost, in words."""
    first = list(checked(job, folder, ended.said, done=ended.code == 0))
    if first:
        yield from first
        return
    again = forked(partial(attempt, job.again or job.run, folder))
    if again.code != 0:
        yield f"it cannot be done again: {again.said.strip()}"
        return
    yield from (f"done again: {loss}" for loss in checked(job, folder, again.said, done=True))
    left = [path.name for path in folder.rglob("*") if is_leftover(path)]
    if left:
        yield f"left over: {', '.join(left)}"


def main() -> int:
    options = parser(__doc__).parse_args()
    if why_not():
        print(f"The power cannot be cut here: this {why_not()}.")
        return 0
    return finish({job.name: tell(job.name, cut(job, options.every)) for job in chosen(options.only)}, options.report)


if __name__ == "__main__":
    sys.exit(main())
