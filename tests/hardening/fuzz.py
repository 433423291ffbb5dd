"""Spoils files of every kind by the thousand, and sees to it that the program either takes them or says why not.

    python -m tests.hardening.fuzz --count 20000 --report out/fuzz
    python -m tests.hardening.fuzz --replay out/fuzz/00123-hang-saved.jpg

Each mutant goes its whole way (:mod:`tests.hardening.walk`) in another process. A loss is anything but an opened file
or one sentence: another exception, a crash, more than 5 seconds of computing, more memory than
:data:`SPARE` and :data:`COPIES` times the photo's pixels, or anything printed on stderr. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.hardening.mutate import mutant
from tests.hardening.seeds import Seed, all_seeds

SECONDS = 5.0
"""Of computing that a mutant may take, opening, repairing and saving together; the machine may have other work, too."""
WAIT = 600.0
"""Seconds after which a process that does not compute is taken to wait for ever."""
SPARE = 256 << 20
"""Bytes of memory that a mutant may take beside its photo's pixels."""
COPIES = 8
"""Times the bytes of a photo's pixels that opening, repairing and saving it may take."""
_MOST = 4 << 30  # bytes of address space beyond the program's own: rather an error than the whole machine's memory

LOSSES = ("exception", "crash", "hang", "memory", "noise")


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    Attributes:
        what: ``"opened"``, ``"refused"`` or one of :data:`LOSSES`.
        said: the sentence, the traceback, or what was printed.
        seconds: of computing that it took.
        memory: bytes of memory at its peak, more than before.
    """

    what: str
    said: str = ""
    seconds: float = 0.0
    memory: int = 0


class Lab:
    """A process in which mutants go their way; a new one takes its place where it dies.

    Args:
        folder: an empty one for it to work in.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.hardening.walk"])
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def examine(self, kind: str, name: str, data: bytes) -> Outcome:
        """Lets a file go its way."""
        file = self._folder / name
        file.write_bytes(data)
        try:
            return self._watched(kind, file)
        finally:
            file.unlink()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def _watched(self, kind: str, file: Path) -> Outcome:
        if self._process is None:
            self._start()
        assert self._process is not None
        assert self._pipe is not None
        self._pipe.send((kind, file))
        start, busy = time.monotonic(), _cpu_seconds(self._process.pid)
        try:
            while _cpu_seconds(self._process.pid) - busy < SECONDS and time.monotonic() - start < WAIT:
                if self._pipe.poll(0.5):
                    outcome: Outcome = self._pipe.recv()
                    return outcome
        except (EOFError, ConnectionResetError):
            self._process.join()
            code = self._process.exitcode
            self._process = None
            return Outcome("crash", f"exit code {code}\n{(self._folder / 'stderr').read_text(errors='replace')}")
        os.kill(self._process.pid or 0, signal.SIGUSR1)
        time.sleep(0.2)
        self.close()
        where = (self._folder / "stderr").read_text(errors="replace")
        return Outcome("hang", f"{where}\nno answer in {time.monotonic() - start:.0f} s", SECONDS)

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs, self._folder), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe.recv()  # it is ready: what it takes to start is nobody's fault


def _cpu_seconds(pid: int | None) -> float:
    """Seconds that a process has computed; those of a dead one do not matter any more."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- in the process ---------------------------------------------------------------------------------------------------


def _serve(pipe: Connection, folder: Path) -> None:
    import resource  # which Windows has not, where a few mutants are tried, too

    import torch

    from tests.hardening.walk import walk

    torch.set_num_threads(1)
    warnings.simplefilter("always", append=True)  # where Python itself would say it once
    errors = os.open(folder / "stderr", os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    os.dup2(errors, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout = os.fdopen(1, "w", errors="backslashreplace")
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace")
    faulthandler.register(signal.SIGUSR1, sys.stderr)  # asks a process that hangs where it is
    size = _status("VmSize") + _MOST
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send("ready")
    while True:
        try:
            kind, file = pipe.recv()
        except EOFError:
            return
        os.ftruncate(errors, 0)
        place = Path(tempfile.mkdtemp(dir=folder))
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before, start, pixels = _status("VmRSS"), time.process_time(), 0
        try:
            walked = walk(kind, file, place)
            what, said, pixels = "refused" if walked.sentence else "opened", walked.sentence, walked.pixels
        except BaseException:
            what, said = "exception", traceback.format_exc()
        seconds, memory = time.process_time() - start, _status("VmHWM") - before
        shutil.rmtree(place, ignore_errors=True)
        sys.stderr.flush()
        printed = os.pread(errors, 4000, 0).decode(errors="replace")
        if what in ("opened", "refused"):
            if memory > SPARE + COPIES * pixels:
                what, said = "memory", f"{memory >> 20} MiB for {pixels >> 20} MiB of pixels\n{said}"
            elif printed:
                what, said = "noise", printed
        pipe.send(Outcome(what, said, seconds, memory))


def _status(field: str) -> int:
    """A figure of this process's memory, in bytes."""
    text = Path("/proc/self/status").read_text()
    return int(text.partition(f"{field}:")[2].split(maxsplit=1)[0]) * 1024


# --- the run ----------------------------------------------------------------------------------------------------------


def mutants(count: int, seed: int, first: int = 0) -> Iterator[tuple[int, Seed, bytes]]:
    """(number, what it was made of, the mutant): the same for the same ``seed``, but for what is random in sessions."""
    seeds = all_seeds()
    # Of each kind enough: there are many kinds of photos, but one of cards.
    weights = [{"photo": 3, "mask": 2, "session": 5}.get(one.kind, 4) for one in seeds]
    for number in range(first, first + count):
        rng = random.Random(f"{seed} {number}")
        chosen = rng.choices(seeds, weights)[0]
        yield number, chosen, mutant(chosen, seeds, rng)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000, help="mutants (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="keeps every mutant that is a loss there")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="lets a kept mutant go its way once more")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            return _replay(lab, options.replay) if options.replay else _run(lab, options)
        finally:
            lab.close()


def _replay(lab: Lab, file: Path) -> int:
    name = file.name.split("-", 2)[-1]
    kinds = {seed.name: seed.kind for seed in all_seeds()}
    outcome = lab.examine(kinds.get(name, "photo"), name, file.read_bytes())
    print(f"{outcome.what} in {outcome.seconds:.2f} s, {outcome.memory >> 20} MiB\n{outcome.said}")
    return int(outcome.what in LOSSES)


def _run(lab: Lab, options: argparse.Namespace) -> int:
    table: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    slowest = largest = Outcome("opened")
    start = time.monotonic()
    try:
        for number, seed, data in mutants(options.count, options.seed, options.first):
            outcome = lab.examine(seed.kind, seed.name, data)
            row = Path(seed.name).suffix[1:] if seed.kind == "photo" else seed.kind
            table[row][outcome.what] += 1
            slowest = max(slowest, outcome, key=lambda one: one.seconds)
            largest = max(largest, outcome, key=lambda one: one.memory)
            if outcome.what in LOSSES:
                last = outcome.said.strip().splitlines()[-1]
                print(f"{number}: {seed.name}: {outcome.what}: {last}", flush=True)
                if options.report:
                    options.report.mkdir(parents=True, exist_ok=True)
                    kept = options.report / f"{number:05}-{outcome.what}-{seed.name}"
                    kept.write_bytes(data)
                    kept.with_name(f"{kept.name}.txt").write_text(outcome.said, "utf-8")
    except KeyboardInterrupt:
        print("Stopped.")
    columns = ("opened", "refused", *LOSSES)
    print("\n" + "".join(f"{name:>10}" for name in ("", *columns)))
    total = sum(table.values(), collections.Counter[str]())
    for name, counts in [*sorted(table.items()), ("all", total)]:
        print(f"{name:>10}" + "".join(f"{counts[column]:>10}" for column in columns))
    lost = sum(total[loss] for loss in LOSSES)
    print(
        f"\n{total.total()} mutants in {time.monotonic() - start:.0f} s: {lost} losses; the slowest took "
        f"{slowest.seconds:.1f} s, the largest {largest.memory >> 20} MiB of memory beyond the program's own"
    )
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
