"""Fills the disk at every stage of what the program writes, and looks at what is there afterwards.

    python -m tests.hardening.disk_full [--report FILE]

Each job is done on a small disk in memory: with no space left, with a page of it, with two, and so on until it is
enough; the same with files that the disk may still hold; and with each system call that may take space refused, and
all after it. What was there before must still be there, one sentence must say what is wrong, nothing may be left that
fills the disk further, and with space again the job must end well.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cnnstudio.cli.failures import Exit
from tests.hardening.calls import Call, Ended, forked, watched, why_not
from tests.hardening.jobs import FILLER, Job, attempt, is_leftover, lay_out
from tests.hardening.report import ROOM, checked, chosen, finish, parser, tell

_BYTES, _FILES = 8 << 20, 400
_PAGE = 4096
_MOUNTED = "CNNSTUDIO_SMALL_DISK"
_TAKE_SPACE = {
    "write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range", "fallocate", "fsync",
    "fdatasync", "mkdir", "link", "symlink", "rename",
}  # fmt: skip


@dataclass
class Count:
    """What came of one job.

    Attributes:
        space, files, calls: disks that were tried: full but for so many pages, but for so many files, from so many
            calls on.
        refused: how many of all these the job did not end well on.
        losses: sentences.
    """

    space: int = 0
    files: int = 0
    calls: int = 0
    refused: int = 0
    losses: list[str] = field(default_factory=list)


def fill(job: Job, every: int = 1, *, mounted: bool) -> Count:
    """Fills the disk at every stage of a job, or at each ``every``-th."""
    count = Count()
    pages = files = 0
    if mounted:
        with _disk(job, mounted=True) as folder:
            pages, files = _needs(job, folder)
    for what, least in (("pages", pages), ("files", files)):
        for left in range(0, least, every):
            with _disk(job, mounted=True) as folder:
                _leave(folder, **{what: left})
                _look(job, folder, forked(partial(attempt, job.run, folder)), f"{left} {what}", count)
    count.space, count.files = len(range(0, pages, every)), len(range(0, files, every))
    for number in itertools.count(1, every):
        with _disk(job, mounted=False) as folder:
            (folder / FILLER).mkdir()
            refuse = _Refusing(number)
            ended = watched(partial(attempt, job.run, folder), folder, refuse)
            if refuse.first is None:
                return count
            count.calls += 1
            _look(job, folder, ended, f"{refuse.first} refused", count)
    raise AssertionError


class _Refusing:
    """Refuses to take more space from a call on, until the filler is deleted.

    Attributes:
        first: the call, once it has come.
    """

    def __init__(self, number: int) -> None:
        self._left = number
        self.first: Call | None = None
        self._is_over = False

    def __call__(self, call: Call) -> int:
        if call.name in ("unlink", "rmdir") and call.paths[0].name == FILLER:
            self._is_over = True
        takes = call.name in _TAKE_SPACE or (call.name == "open" and not call.paths[0].exists())
        if self._is_over or not takes:
            return 0
        self._left -= 1
        if self._left > 0:
            return 0
        self.first = self.first or call
        return errno.ENOSPC


@contextmanager
def _disk(job: Job, *, mounted: bool) -> Iterator[Path]:
    """The folder of a job, laid out, with room; on a disk of its own where ``mounted``."""
    with tempfile.TemporaryDirectory(prefix="cnnstudio-full-", dir=ROOM) as name:
        folder = Path(name).resolve() / "disk"
        folder.mkdir()
        if mounted:
            how = f"size={_BYTES},nr_inodes={_FILES}"
            subprocess.run(["mount", "-t", "tmpfs", "-o", how, "tmpfs", folder], check=True)
        try:
            lay_out(job, folder)
            yield folder
        finally:
            if mounted:
                subprocess.run(["umount", folder], check=True)


def _needs(job: Job, folder: Path) -> tuple[int, int]:
    """How many pages and files a job takes at most at a time."""
    before, pages, files = os.statvfs(folder), [0], [0]

    def measure(_: Call | None = None) -> int:
        now = os.statvfs(folder)
        pages.append((before.f_bavail - now.f_bavail) * now.f_bsize // _PAGE)
        files.append(before.f_ffree - now.f_ffree)
        return 0

    ended = watched(partial(attempt, job.run, folder), folder, measure)
    assert ended.code == 0, ended.said
    measure()
    return max(pages), max(files)


def _leave(folder: Path, pages: int | None = None, files: int | None = None) -> None:
    """Fills the disk but for so much."""
    filler = folder / FILLER
    filler.mkdir()
    if pages is not None:
        with (filler / "space").open("wb") as file:
            status = os.statvfs(folder)
            os.posix_fallocate(file.fileno(), 0, max(status.f_bavail * status.f_bsize - pages * _PAGE, 1))
    if files is not None:
        for number in range(os.statvfs(folder).f_ffree - files):
            (filler / str(number)).touch()


def _look(job: Job, folder: Path, ended: Ended, where: str, count: Count) -> None:
    """Counts what has come of a full disk, and what is lost."""
    count.losses += [f"{where}: {loss}" for loss in _lost(job, folder, ended)]
    count.refused += ended.code != 0


def _lost(job: Job, folder: Path, ended: Ended) -> Iterator[str]:
    if ended.code not in (0, *job.codes):
        yield f"exit code {ended.code}: {ended.said}"
    if "Traceback" in ended.said or (ended.code == Exit.UNWRITABLE and ended.said.count("cnnstudio: ") != 1):
        yield f"no plain sentence: {ended.said}"
    left = [path.name for path in folder.rglob("*") if is_leftover(path)]
    if left:
        yield f"left over: {', '.join(left)}"
    shutil.rmtree(folder / FILLER, ignore_errors=True)
    yield from checked(job, folder, ended.said, done=ended.code == 0)
    again = forked(lambda: attempt(job.again or job.run, folder))
    if again.code != 0:
        yield f"with space again it cannot be done: {again.said.strip()}"
    else:
        yield from checked(job, folder, again.said, done=True)


def _in_own_mounts() -> None:
    """Begins anew where a small disk can be mounted, if the system lets us."""
    own = ["unshare", "--map-root-user", "--mount"]
    may = (
        shutil.which("unshare")
        and not subprocess.run(
            [*own, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
        ).returncode
    )
    if may and _MOUNTED not in os.environ:
        os.environ[_MOUNTED] = "1"
        os.execvp(own[0], [*own, sys.executable, "-m", "tests.hardening.disk_full", *sys.argv[1:]])


def main() -> int:
    options = parser(__doc__).parse_args()
    if why_not():
        print(f"No disk can be filled here: this {why_not()}.")
        return 0
    _in_own_mounts()
    mounted = _MOUNTED in os.environ
    if not mounted:
        print("No small disk can be mounted here: system calls are refused instead, and nothing else is tried.")
    counts = {job.name: tell(job.name, fill(job, options.every, mounted=mounted)) for job in chosen(options.only)}
    return finish(counts, options.report)


if __name__ == "__main__":
    sys.exit(main())
