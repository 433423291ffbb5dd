"""How fast a repair is given up, and whether anything is left behind: 200 repairs cancelled at random moments.

    python -m tests.benchmarks.bench_cancel

The window is to be idle and the document unchanged at once; the engine's thread, which notices at its next batch, is
only needed by the next repair.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.runtime.memory import give_back
from tests.benchmarks.bench_kill import digest
from tests.benchmarks.bench_window import Driven, describe, load

_STATUS = Path("/proc/self/status")


def status(name: str) -> int:
    """A figure the system keeps of this process (``VmRSS`` in KiB, ``Threads``); 0 where it does not tell."""
    if not _STATUS.exists():
        return 0
    return next(int(line.split()[1]) for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))


def repair_once(driven: Driven) -> float:
    """Repairs what is marked, takes it back, and returns the seconds of the repair."""
    begin = time.perf_counter()
    driven.window.repairing.repair()
    driven.until(lambda: not driven.window.desk.busy)
    seconds = time.perf_counter() - begin
    driven.settle()
    driven.editor.undo()
    driven.settle()
    return seconds


def cancel_once(driven: Driven, moment: float) -> tuple[float, float]:
    """Cancels a repair after some seconds.

    Returns:
        The seconds until the window was idle, and until its engine was.
    """
    window = driven.window
    window.repairing.repair()
    driven.wait(moment)
    begin = time.perf_counter()
    window.repairing.cancel()
    driven.app.processEvents()  # all that the cancel brings with it, painting as well
    idle = time.perf_counter() - begin
    assert not window.desk.busy
    assert not driven.editor.previews
    driven.until(lambda: not driven.lanes.engine._sent)
    return idle, time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Driven(Path(name)) as driven:
        noise = np.random.default_rng(0).integers(40, 220, (1200, 1600, 3)).astype(np.uint8)
        driven.open(Photo(noise))
        editor = driven.editor
        for x in (200, 700, 1200):
            editor.apply(selection.rectangle(editor.document.mask, Rect(x, 300, 60, 500)))
        driven.settle()
        before = digest(editor.document)
        idle, engine = cancel_once(driven, 0.1)
        print(f"while torch is loaded: window idle in {idle * 1000:.0f} ms, its engine in {engine * 1000:.0f} ms")
        seconds = min(repair_once(driven) for _ in range(2))
        undone = digest(editor.document)
        print(f"a whole repair takes {seconds:.1f} s; cancelled at random moments of it:")

        moments = np.random.default_rng(1).uniform(0, 1.1 * seconds, options.rounds)
        waits, threads = [], status("Threads")
        for number, moment in enumerate(moments, 1):
            waits.append(cancel_once(driven, moment))
            if len(editor.document.layers):  # it had been done already
                editor.undo()
            if number % 50 == 0:
                driven.settle()
                gc.collect()
                give_back()  # else it is anyone's guess how much the C library keeps for later
                print(f"  {number:3} rounds: {status('VmRSS') >> 10} MiB, {status('Threads')} threads", flush=True)
        describe("cancel until the window is idle", np.array(waits)[:, 0] * 1000)
        describe("cancel until the engine is idle", np.array(waits)[:, 1] * 1000)
        driven.settle()
        unchanged = digest(editor.document) == undone
        left = status("Threads") - threads
        print(f"threads: {threads} before, {threads + left} after; document {'un' if unchanged else ''}changed")
        print(f"load of the machine: {load()}")
        assert before != undone  # the undone repair stays in the history
    slow = max(idle for idle, _ in waits) >= 0.3
    sys.exit(1 if slow or not unchanged or left > 0 else 0)


if __name__ == "__main__":
    main()
