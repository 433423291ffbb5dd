"""The figures of a run, as they come: ``events.jsonl`` for the window, ``metrics.csv`` for people, TensorBoard."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from torch.utils.tensorboard import SummaryWriter

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.safe_file import replacing


class RunLog:
    """Writes one row per call of :meth:`row` into each of the three.

    Args:
        folder: of the run.
        step: where a resumed run goes on: rows from later steps (written by a run that was killed) are dropped.

    Raises:
        UnwritableTarget: the disk does not take them; so do all its methods.
    """

    def __init__(self, folder: Path, step: int = 0) -> None:
        self._events = folder / "events.jsonl"
        self._csv = folder / "metrics.csv"
        rows = []
        if self._events.exists():
            for line in self._events.read_text("utf-8").splitlines():
                try:
                    row = json.loads(line)
                except ValueError:
                    continue  # the line a kill cut short
                if row["step"] <= step:
                    rows.append(row)
        self._rows: list[dict[str, float | str]] = rows
        _write(self._events, "".join(json.dumps(r) + "\n" for r in rows))
        with _told():
            self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=step)

    def row(self, kind: str, step: int, figures: dict[str, float]) -> None:
        """Adds figures of one kind ("train", "validation") at a step."""
        row: dict[str, float | str] = {"kind": kind, "step": step, "time": round(time.time(), 1), **figures}
        self._rows.append(row)
        with _told():
            with self._events.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
                file.flush()
                os.fsync(file.fileno())
            for name, value in figures.items():
                self._board.add_scalar(f"{kind}/{name}", value, step)

    def column(self, kind: str, name: str) -> list[float]:
        """One figure of one kind from the run's beginning on, resumed or not."""
        return [float(row[name]) for row in self._rows if row["kind"] == kind and name in row]

    def close(self) -> None:
        """Writes the table: one column per figure that ever came."""
        names = list(dict.fromkeys(name for row in self._rows for name in row))
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, names)
        writer.writeheader()
        writer.writerows(self._rows)
        _write(self._csv, table.getvalue())
        with _told():
            self._board.close()

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"The figures of the run cannot be written: {error.strerror or 'the disk refuses'}."
        raise UnwritableTarget(message, repr(error)) from error


def _write(path: Path, text: str) -> None:
    with replacing(path, overwrite=True) as file:
        file.write(text.encode())
