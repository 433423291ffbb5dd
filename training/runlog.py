"""The figures of a run, as they come: ``events.jsonl`` for the window, ``metrics.csv`` for people, TensorBoard."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from types import TracebackType

from torch.utils.tensorboard import SummaryWriter


class RunLog:
    """Writes one row per call of :meth:`row` into each of the three.

    Args:
        folder: of the run.
        step: where a resumed run goes on: rows from later steps (written by a run that was killed) are dropped.
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
        self._events.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
        self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=step)

    def row(self, kind: str, step: int, figures: dict[str, float]) -> None:
        """Adds figures of one kind ("train", "validation") at a step."""
        row: dict[str, float | str] = {"kind": kind, "step": step, "time": round(time.time(), 1), **figures}
        self._rows.append(row)
        with self._events.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        for name, value in figures.items():
            self._board.add_scalar(f"{kind}/{name}", value, step)

    def column(self, kind: str, name: str) -> list[float]:
        """One figure of one kind from the run's beginning on, resumed or not."""
        return [float(row[name]) for row in self._rows if row["kind"] == kind and name in row]

    def close(self) -> None:
        """Writes the table: one column per figure that ever came."""
        names = list(dict.fromkeys(name for row in self._rows for name in row))
        with self._csv.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, names)
            table.writeheader()
            table.writerows(self._rows)
        self._board.close()

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
