"""``cnnstudio detect``: finds the damage of a photo and writes it as a mask; or of a folder of them."""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cnnstudio.cards import ModelCard, find_card, list_cards
from cnnstudio.cli.arguments import number
from cnnstudio.cli.console import print_table
from cnnstudio.cli.failures import Exit
from cnnstudio.cli.report import head, named
from cnnstudio.cli.walk import Update, answer, each, one, only_for_folders, target_of, wants_bars
from cnnstudio.errors import BadModel, UnwritableTarget
from cnnstudio.jobs import DAMAGE, Progress

if TYPE_CHECKING:
    import numpy as np

    from cnnstudio.engine.detect import Detector
    from cnnstudio.imaging.findings import Findings

DEFAULT_MODEL = "damage"
DEFAULT_SENSITIVITY = 50.0

DESCRIPTION = """\
Finds the damage of a photo and writes it as a mask, white where the photo is damaged, for repair --mask. A photo in
which nothing is found gets a black mask. (repair --auto does both in one go.)

PHOTO may be a folder: then MASK is a folder too, where each photo's mask is called after it: photo-mask.png, or
photo.jpg-mask.png where a photo.png lies beside it.

cnnstudio train detect makes a model of your own for --model.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "detect",
        help="find the damage of a photo, or of a folder of photos",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="the photo, or a folder of photos")
    parser.add_argument("-o", "--output", required=True, metavar="MASK", help="file (PNG) or folder for the result")
    parser.add_argument(
        "--sensitivity", type=number(0, 100), default=DEFAULT_SENSITIVITY, metavar="0-100",
        help="more finds more, and errs more often (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument(
        "--classes", nargs="+", choices=DAMAGE, default=list(DAMAGE), metavar="CLASS",
        help=f"what to look for: {', '.join(DAMAGE)} (default: all)",
    )  # fmt: skip
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="ID", help="a model (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps or xpu (default: %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace masks that exist")
    parser.add_argument("--recursive", action="store_true", help="of a folder: its subfolders too")
    parser.add_argument("--json", action="store_true", help="print every region as JSON")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class Found:
    """What came of one photo.

    Attributes:
        photo, mask: paths.
        outcome: ``"clean"`` is a photo in which nothing was found.
        seconds: wall time of looking, without reading and writing.
        device: that did it, as shown to people.
        share: of the photo's pixels that are marked, 0 to 1.
        regions: number, class, confidence, bounds and area of each region, in photo pixels.
        error: one plain sentence where it failed.
    """

    photo: str
    mask: str
    outcome: Literal["found", "clean", "failed"]
    seconds: float = 0.0
    device: str = ""
    share: float = 0.0
    regions: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def summary(self) -> str:
        """The regions in words: "3 scratch, 12 spot"."""
        kinds = [region["class"] for region in self.regions]
        return ", ".join(f"{kinds.count(kind)} {kind}" for kind in DAMAGE if kind in kinds)


class Finder:
    """Finds damage as the command line asks for it; the model is loaded when it is first needed, or by ``load``.

    Args:
        card: of a model whose task is ``"detect"``.
        device: see :func:`cnnstudio.engine.devices.choose`.
        sensitivity: 0 to 100.
        kinds: what to look for.
    """

    def __init__(
        self, card: ModelCard, device: str, sensitivity: float = DEFAULT_SENSITIVITY, kinds: Sequence[str] = DAMAGE
    ) -> None:
        self.card, self.sensitivity, self.kinds = card, sensitivity, tuple(kinds)
        self._device = device
        self._detector: Detector | None = None

    def load(self) -> Detector:
        """The model, which the first call loads.

        Raises:
            BadModel: it is damaged or unknown.
            BadInput: there is no such device.
        """
        if self._detector is None:
            self._detector = load_detector(self.card, self._device)
        return self._detector

    @property
    def key(self) -> list[Any]:
        """All that the same photo's mask depends on."""
        return [self.card.sha256, self.sensitivity, self.kinds]

    def as_json(self) -> dict[str, Any]:
        """What a report says of it."""
        return {"model": named(self.card), "sensitivity": self.sensitivity, "classes": list(self.kinds)}

    def find(self, pixels: np.ndarray, progress: Progress) -> tuple[Findings, float, str]:
        """The damage of HxWxC pixels, the seconds it took, and the device.

        Raises:
            CnnStudioError: the model or the photo cannot be used.
            Cancelled: ``progress`` was cancelled.
        """
        from cnnstudio.imaging.findings import find

        detector = self.load()
        progress.check_cancelled()
        maps = detector.detect(pixels, progress)
        return find(maps, self.sensitivity, self.kinds), maps.seconds, maps.device


def load_detector(card: ModelCard, device: str) -> Detector:
    """The model, ready on its device. torch takes seconds to import, so nothing imports it before this."""
    from cnnstudio.engine.detect import Detector

    return Detector.load(card, device)


def detection_card(model_id: str = DEFAULT_MODEL) -> ModelCard:
    """The card of a model that finds damage.

    Raises:
        BadModel: there is none, or the model does something else.
    """
    if not any(card.task == "detect" for card in list_cards()):
        raise BadModel("The model that finds damage is not there. “cnnstudio train detect” makes one.")
    card = find_card(model_id)
    if card.task != "detect":
        raise BadModel(f"The model “{model_id}” does not look for damage.")
    return card


def run(arguments: argparse.Namespace) -> Exit:
    """Looks at a photo or a folder, writes the masks, and prints what was found."""
    start = time.monotonic()
    is_folder = arguments.photo.is_dir()
    card: ModelCard | None = None

    def work() -> tuple[list[Found], int]:
        nonlocal card
        card = detection_card(arguments.model)
        return (_run_folder if is_folder else _run_photo)(arguments, card)

    def failed(error: str) -> Found:
        return Found(str(arguments.photo), arguments.output, "failed", error=error)

    return answer(
        arguments, work, failed,
        report=lambda files, code: _report(arguments, card, files, start, code),
        show=lambda files: _print(arguments, files, is_folder),
    )  # fmt: skip


def _run_photo(arguments: argparse.Namespace, card: ModelCard) -> tuple[list[Found], int]:
    only_for_folders(arguments, "recursive")
    target = target_of(arguments.output, mask_name(arguments.photo))
    work = partial(_detect, arguments.photo, target, _finder(arguments, card), arguments)
    return one(arguments.photo, work, shown=wants_bars(arguments)), 1


def _run_folder(arguments: argparse.Namespace, card: ModelCard) -> tuple[list[Found], int]:
    from cnnstudio.cli.folder import find_photos

    source, target = arguments.photo, Path(arguments.output)
    if target.is_file():
        raise UnwritableTarget(f"“{target}” is a file: the masks of a folder need a folder.")
    photos = find_photos(source, target, recursive=arguments.recursive, leave_out=(target,))
    finder = _finder(arguments, card)
    finder.load()  # a model or a device that is no good is no fault of the photos
    alike = Counter(photo.with_suffix("") for photo in photos)

    def detect(photo: Path, update: Update, cancel: threading.Event) -> Found:
        mask = target / photo.parent / mask_name(photo, alone=alike[photo.with_suffix("")] == 1)
        return _detect(source / photo, mask, finder, arguments, update, cancel)

    def failed(photo: Path, error: str) -> Found:
        return Found(str(source / photo), "", "failed", error=error)

    return each(photos, detect, failed, shown=wants_bars(arguments)), len(photos)


def _finder(arguments: argparse.Namespace, card: ModelCard) -> Finder:
    return Finder(card, arguments.device, arguments.sensitivity, arguments.classes)


def mask_name(photo: Path, *, alone: bool = True) -> str:
    """What a photo's mask is called, so that ``repair`` finds it; ``alone``: no other photo has its stem."""
    return f"{photo.stem if alone else photo.name}-mask.png"


def _detect(
    photo: Path,
    target: Path,
    finder: Finder,
    arguments: argparse.Namespace,
    update: Update,
    cancel: threading.Event,
) -> Found:
    from cnnstudio.cli.one_photo import Task, check
    from cnnstudio.imaging.codecs import read_photo
    from cnnstudio.imaging.mask import write_mask
    from cnnstudio.imaging.safe_file import make_folder

    progress = Progress(update, cancel=cancel)
    if target.exists() and photo.exists() and target.samefile(photo):
        raise UnwritableTarget(f"“{target}” is the photo itself: choose another name.")
    check(Task(photo, None, target, overwrite=arguments.overwrite))
    progress.check_cancelled()
    progress.set(0.0, "reading")
    pixels = read_photo(photo).pixels
    findings, seconds, device = finder.find(pixels, progress.part(0.1, 0.8))
    mask = findings.mask()
    progress.check_cancelled()
    progress.set(0.9, "writing")
    make_folder(target.parent)
    write_mask(target, mask, overwrite=arguments.overwrite)
    regions = [
        {"number": r.number, "class": r.kind, "confidence": round(r.confidence, 3), "bounds": asdict(r.bounds),
         "area": r.area}
        for r in findings.regions
    ]  # fmt: skip
    share = float((mask > 0).mean())
    outcome: Literal["found", "clean"] = "found" if regions else "clean"
    return Found(str(photo), str(target), outcome, round(seconds, 3), device, share, regions)


def _print(arguments: argparse.Namespace, files: list[Found], is_folder: bool) -> None:
    if not is_folder:
        file = files[0]
        what = f"{file.summary} ({100 * file.share:.2f} % of the photo)" if file.regions else "no damage found"
        print(f"{file.mask}: {what} in {file.seconds:.1f} s on {file.device}")
        return
    rows = [
        (
            os.path.relpath(file.photo, arguments.photo), file.outcome,
            f"{100 * file.share:.2f} %" if file.outcome == "found" else "", file.summary or file.error,
        )
        for file in files
    ]  # fmt: skip
    print_table(("photo", "outcome", "marked", "what"), rows, right=["marked"])


def _report(
    arguments: argparse.Namespace, card: ModelCard | None, files: list[Found], start: float, code: Exit
) -> dict[str, Any]:
    return {
        **head("detect", code, card),
        "options": {"sensitivity": arguments.sensitivity, "classes": arguments.classes},
        "seconds": round(time.monotonic() - start, 3),
        "files": [asdict(file) for file in files],
    }
