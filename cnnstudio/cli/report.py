"""What came of a repair run: for people a table, for scripts JSON, for spreadsheets CSV."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cnnstudio import __version__
from cnnstudio.cards import ModelCard
from cnnstudio.cli.console import print_table
from cnnstudio.cli.failures import Exit
from cnnstudio.imaging.safe_file import replacing
from cnnstudio.jobs import RepairOptions

if TYPE_CHECKING:
    from cnnstudio.cli.detect import Finder

Outcome = Literal["repaired", "clean", "skipped", "failed"]


@dataclass(frozen=True)
class FileReport:
    """What came of one photo.

    Attributes:
        photo, mask, output: paths; of a folder's photo that failed, the photo's alone; no mask where it was found.
        outcome: ``"skipped"`` is a photo that an earlier run had finished, ``"clean"`` one in which no damage was
            found, which was left alone: it has no output.
        seconds: wall time of finding the damage and of the repair, without reading and writing.
        device: that did it, as shown to people.
        pixels_changed: pixels whose value differs from the photo's.
        share: ``pixels_changed`` over all pixels of the photo, 0 to 1.
        check: what ``--check`` found: the verdict, and the figures of :class:`cnnstudio.jobs.SelfCheck`.
        notes: plain sentences, such as what the file format could not keep.
        error: one plain sentence where it failed.
    """

    photo: str
    mask: str
    output: str
    outcome: Outcome
    seconds: float = 0.0
    device: str = ""
    pixels_changed: int = 0
    share: float = 0.0
    check: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class RunReport:
    """What came of one run.

    Attributes:
        card: the model, or None where the run failed before one was found.
        options: how was repaired.
        finder: what found the damage, or None where masks told it.
        files: in the order they were worked on.
        seconds: wall time of all of it.
        code: the exit code.
        not_begun: photos left when the run was interrupted.
    """

    card: ModelCard | None
    options: RepairOptions
    finder: Finder | None
    files: list[FileReport]
    seconds: float
    code: Exit
    not_begun: int = 0

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            **head("repair", self.code, self.card),
            "options": asdict(self.options),
            "auto": self.finder and self.finder.as_json(),
            "seconds": round(self.seconds, 3),
            "counts": self.counts(),
            "files": [asdict(file) for file in self.files],
        }

    def counts(self) -> dict[str, int]:
        """Files by outcome, and those not begun."""
        outcomes = [file.outcome for file in self.files]
        kinds: tuple[Outcome, ...] = ("repaired", "clean", "skipped", "failed")
        return {kind: outcomes.count(kind) for kind in kinds} | {"not_begun": self.not_begun}

    def print(self, source: Path, target: Path) -> None:
        """Prints a table of the photos in the folder ``source`` on stdout, and a line that sums them up."""
        rows = [
            (
                os.path.relpath(file.photo, source),
                file.outcome,
                f"{100 * file.share:.2f} %" if file.outcome == "repaired" else "",
                f"{file.seconds:.1f} s" if file.outcome == "repaired" else "",
                file.error,
            )
            for file in self.files
        ]
        print_table(("photo", "outcome", "changed", "time", "why"), rows, right=["changed", "time"])
        said = [f"{count} {kind.replace('_', ' ')}" for kind, count in self.counts().items() if count]
        print(f"\n{', '.join(said)} in {self.seconds:.1f} s. Results and report.json are in {target}.")

    def write(self, folder: Path) -> None:
        """Writes ``report.json`` and ``report.csv`` into ``folder``.

        Raises:
            UnwritableTarget: they cannot be written there.
        """
        table = io.StringIO()
        columns = list(FileReport.__dataclass_fields__)
        writer = csv.DictWriter(table, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            asdict(file) | {"notes": " ".join(file.notes), "check": file.check and file.check["verdict"]}
            for file in self.files
        )
        _write(folder / "report.json", json.dumps(self.as_json(), indent=2, ensure_ascii=False) + "\n")
        _write(folder / "report.csv", table.getvalue())


def head(command: str, code: Exit, card: ModelCard | None) -> dict[str, Any]:
    """What a report begins with."""
    return {
        "program": "cnnstudio",
        "version": __version__,
        "command": command,
        "exit_code": int(code),
        "model": card and named(card),
    }


def named(card: ModelCard) -> dict[str, str]:
    """What says in a report which model was used."""
    return {"id": card.id, "version": card.version, "sha256": card.sha256}


def _write(file: Path, text: str) -> None:
    with replacing(file, overwrite=True) as out:
        # A name that is not Unicode becomes an escape, which JSON reads back as it was.
        out.write(text.encode("utf-8", errors="backslashreplace"))
