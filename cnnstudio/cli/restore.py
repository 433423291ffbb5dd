"""``cnnstudio restore``: takes noise, JPEG blocks, fading and colour casts out of a photo; or of a folder of them."""

from __future__ import annotations

import argparse
import os
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cnnstudio.cards import ModelCard, find_card, list_cards
from cnnstudio.cli.arguments import number, whole
from cnnstudio.cli.console import print_table, say
from cnnstudio.cli.failures import Exit
from cnnstudio.cli.report import head
from cnnstudio.cli.walk import Update, answer, each, one, only_for_folders, only_for_photos, target_of, wants_bars
from cnnstudio.errors import BadModel
from cnnstudio.jobs import Progress, RestoreOptions

if TYPE_CHECKING:
    from cnnstudio.cli.one_photo import Task
    from cnnstudio.engine.restore import Restorer
    from cnnstudio.imaging.metadata import Metadata
    from cnnstudio.imaging.photo import Photo

DEFAULT_MODEL = "restore"
CLEAN = "Nothing to do: the photo is clean."
CURVES_ONLY = "The model that takes out noise and JPEG blocks is not there: only the tone was looked at."

UNRECORDED = "This format cannot hold the record of the restoration; JPEG, PNG, TIFF and WebP can."

DESCRIPTION = """\
Takes out what runs through a whole photo: noise, the blocks of JPEG, mild blur, fading, yellowing and colour casts.
What is not given is measured; a photo that needs nothing is left alone, and no result is written for it. (For
scratches, spots and tears see repair.)

PHOTO may be a folder: then OUT is a folder too, and the results keep their names, formats and subfolders.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "restore",
        help="take noise, JPEG blocks, fading and casts out of a photo, or of a folder of photos",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="the photo, or a folder of photos")
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="file or folder for the result")
    parser.add_argument(
        "--denoise", type=_strength, metavar="auto|0-100",
        help="how noisy the photo is: 100 is a deviation of 75 grey levels (default: auto, as measured)",
    )  # fmt: skip
    parser.add_argument(
        "--deblock", type=_strength, metavar="auto|0-100",
        help="how strong the marks of JPEG are: 100 is quality 10, 58 is 30, 45 is 50 (default: auto, as measured)",
    )  # fmt: skip
    parser.add_argument(
        "--sharpen", type=number(0, 100), default=0.0, metavar="0-100",
        help="how blurred the photo is: 100 is a deviation of 2 pixels (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument(
        "--tone", type=_tone, default=100.0, metavar="auto|off|0-100",
        help="per cent of the measured fading, yellowing and cast that are taken back (default: auto, 100)",
    )  # fmt: skip
    parser.add_argument(
        "--keep-grain", type=number(0, 100), default=0.0, metavar="0-100",
        help="per cent of the grain that stay; its colours go all the same (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="ID", help="a model (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps or xpu (default: %(default)s)")
    parser.add_argument(
        "--quality", type=whole(1, 100), metavar="N",
        help="of a JPEG or WebP, 1-100 (default: the photo's own, at least 95)",
    )  # fmt: skip
    parser.add_argument("--compare", type=Path, metavar="FILE", help="also write a before/after picture (one photo)")
    parser.add_argument("--no-record", action="store_true", help="do not record in the result (XMP) what was done")
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist, even the photo itself")
    parser.add_argument("--recursive", action="store_true", help="of a folder: its subfolders too")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=run)


def _strength(text: str) -> float | None:
    return None if text == "auto" else number(0, 100)(text)


def _tone(text: str) -> float:
    by_name = {"auto": 100.0, "off": 0.0}
    return by_name[text] if text in by_name else number(0, 100)(text)


@dataclass(frozen=True)
class Restored:
    """What came of one photo.

    Attributes:
        photo, output: paths; no output where nothing was written.
        outcome: ``"clean"`` is a photo that needed nothing.
        seconds: wall time of measuring and restoring, without reading and writing.
        device: that did it, as shown to people.
        options: with what has been measured put in.
        notes: plain sentences, such as what the file format could not keep.
        error: one plain sentence where it failed.
    """

    photo: str
    output: str
    outcome: Literal["restored", "clean", "failed"]
    seconds: float = 0.0
    device: str = ""
    options: RestoreOptions | None = None
    notes: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def summary(self) -> str:
        """What was done, in words: "noise 13, JPEG blocks 58, fading 20 %"."""
        options = self.options
        if options is None:
            return ""
        said = [
            f"{name} {value:g}"
            for name, value in (("noise", options.denoise), ("JPEG blocks", options.deblock), ("blur", options.sharpen))
            if value
        ]
        tone = asdict(options.tone) if options.tone else {}
        return ", ".join(said + [f"{name} {value:g} %" for name, value in tone.items() if value])


def load_restorer(card: ModelCard | None, device: str) -> Restorer:
    """The model, ready on its device. torch takes seconds to import, so nothing imports it before this."""
    from cnnstudio.engine.restore import Restorer

    return Restorer.load(card, device)


def restoration_card(model_id: str, options: RestoreOptions) -> ModelCard | None:
    """The card of the model, or None where there is none and the tone can be looked at without it.

    Raises:
        BadModel: there is none and it was asked for, or the model does something else.
    """
    if not any(card.task == "restore" for card in list_cards()):
        if model_id != DEFAULT_MODEL or options.needs_network:
            raise BadModel("The model that takes out noise and JPEG blocks is not there.")
        return None
    card = find_card(model_id)
    if card.task != "restore":
        raise BadModel(f"The model “{model_id}” does not restore photos.")
    return card


def run(arguments: argparse.Namespace) -> Exit:
    """Restores a photo or a folder, and prints what was done."""
    start = time.monotonic()
    is_folder = arguments.photo.is_dir()
    options = RestoreOptions(arguments.denoise, arguments.deblock, arguments.sharpen, arguments.keep_grain)
    card: ModelCard | None = None

    def work() -> tuple[list[Restored], int]:
        nonlocal card
        card = restoration_card(arguments.model, options)
        return (_run_folder if is_folder else _run_photo)(arguments, options, card)

    def failed(error: str) -> Restored:
        return Restored(str(arguments.photo), arguments.output, "failed", error=error)

    return answer(
        arguments, work, failed,
        report=lambda files, code: _report(arguments, card, files, start, code),
        show=lambda files: _print(arguments, files, is_folder),
    )  # fmt: skip


def _run_photo(
    arguments: argparse.Namespace, options: RestoreOptions, card: ModelCard | None
) -> tuple[list[Restored], int]:
    from cnnstudio.cli.one_photo import Task, check, result_name

    only_for_folders(arguments, "recursive")
    output = target_of(arguments.output, result_name(arguments.photo))
    task = Task(arguments.photo, None, output, arguments.compare, arguments.quality, arguments.overwrite)
    check(task)
    work = _Work(arguments, options, card)
    return one(arguments.photo, partial(work.restore, task), shown=wants_bars(arguments)), 1


def _run_folder(
    arguments: argparse.Namespace, options: RestoreOptions, card: ModelCard | None
) -> tuple[list[Restored], int]:
    from cnnstudio.cli.folder import check_folder, find_photos
    from cnnstudio.cli.one_photo import Task, result_name

    only_for_photos(arguments, "compare")
    source, target = arguments.photo, Path(arguments.output)
    check_folder(source, None, target, overwrite=arguments.overwrite)
    photos = find_photos(source, None, recursive=arguments.recursive, leave_out=(target,))
    work = _Work(arguments, options, card)
    work.load()  # a model or a device that is no good is no fault of the photos

    def restore(photo: Path, update: Update, cancel: threading.Event) -> Restored:
        output = target / photo.parent / result_name(photo)
        task = Task(source / photo, None, output, None, arguments.quality, arguments.overwrite)
        return work.restore(task, update, cancel)

    def failed(photo: Path, error: str) -> Restored:
        return Restored(str(source / photo), "", "failed", error=error)

    return each(photos, restore, failed, shown=wants_bars(arguments)), len(photos)


class _Work:
    """Restores as the command line asks for it; the model is loaded when it is first needed, or by ``load``."""

    def __init__(self, arguments: argparse.Namespace, options: RestoreOptions, card: ModelCard | None) -> None:
        self._arguments, self._options, self._card = arguments, options, card
        self._restorer: Restorer | None = None

    def load(self) -> Restorer:
        """The model, which the first call loads."""
        if self._restorer is None:
            self._restorer = load_restorer(self._card, self._arguments.device)
        return self._restorer

    def restore(self, task: Task, update: Update, cancel: threading.Event) -> Restored:
        """Walks one photo; nothing is written where it fails or needs nothing."""
        from cnnstudio.cli.one_photo import check, side_by_side
        from cnnstudio.imaging.codecs import losses, read_photo, write_photo
        from cnnstudio.imaging.metadata import Metadata
        from cnnstudio.imaging.photo import Photo
        from cnnstudio.imaging.safe_file import make_folder

        check(task)
        progress = Progress(update, cancel=cancel)
        progress.check_cancelled()
        progress.set(0.0, "reading")
        photo = read_photo(task.photo)
        lost = losses(photo, task.output)
        progress.set(0.05, "measuring")
        started = time.perf_counter()
        options = self._measured(photo)
        looked = time.perf_counter() - started
        said = [*photo.metadata.notes, *([] if self._card else [CURVES_ONLY])]
        if options.changes_nothing:
            return Restored(str(task.photo), "", "clean", round(looked, 3), "", options, [*said, CLEAN])
        progress.check_cancelled()
        restorer = self.load()
        pixels, result = restorer.restore(photo.pixels, options, progress.part(0.1, 0.8))
        progress.check_cancelled()
        progress.set(0.9, "writing")
        metadata, unrecorded = self._recorded(photo, task, options)
        make_folder(task.output.parent)
        if task.compare:
            make_folder(task.compare.parent)
            # Its colours need the profile; date, place and the like belong to the photo alone.
            picture = Photo(side_by_side(photo.pixels, pixels), Metadata(icc_profile=photo.metadata.icc_profile))
            write_photo(task.compare, picture, overwrite=task.overwrite)
        # A photo of hundreds of megabytes need not stay in memory while its successor is encoded.
        photo = replace(photo, pixels=pixels, metadata=metadata)
        write_photo(task.output, photo, quality=task.quality, overwrite=task.overwrite)
        return Restored(
            str(task.photo), str(task.output), "restored", round(looked + result.seconds, 3), result.device, options,
            [*said, *result.notes, *lost, *unrecorded],
        )  # fmt: skip

    def _measured(self, photo: Photo) -> RestoreOptions:
        """The options with what is to be measured put in; what no model is there for is not done."""
        from cnnstudio.engine.restore import measured
        from cnnstudio.imaging.tone import Tone, estimate

        share, options = self._arguments.tone / 100, self._options
        options = replace(options, tone=estimate(photo.pixels).scaled(share) if share else Tone())
        if self._card is None:
            options = replace(options, denoise=0.0, deblock=0.0)
        return measured(options, photo.pixels, photo.metadata.jpeg)

    def _recorded(self, photo: Photo, task: Task, options: RestoreOptions) -> tuple[Metadata, list[str]]:
        """What goes with the result: the record of what was done, and what of that the file cannot hold."""
        from cnnstudio.imaging.codecs import FORMATS
        from cnnstudio.imaging.flaws import saved_finely
        from cnnstudio.imaging.geometry import Rect
        from cnnstudio.imaging.parts import Part
        from cnnstudio.imaging.provenance import FORMATS as RECORDING
        from cnnstudio.imaging.provenance import Repair, now, record

        metadata = saved_finely(photo.metadata)
        if self._arguments.no_record:
            return metadata, []
        if FORMATS.get(task.output.suffix.lower()) not in RECORDING:
            return metadata, [UNRECORDED]
        card = self._card if options.needs_network else None
        by = (card.id, card.version, card.sha256) if card else ("", "", "")
        all_of_it = Part(Rect(0, 0, photo.width, photo.height), photo.width * photo.height)
        return record(metadata, [Repair("Restoration", (all_of_it,), *by, when=now(), made_up=False)])


def _print(arguments: argparse.Namespace, files: list[Restored], is_folder: bool) -> None:
    for file in files:
        for note in file.notes:
            if note != CLEAN:
                say(f"{file.photo}: {note}" if is_folder else note)
    if is_folder:
        rows = [
            (
                os.path.relpath(file.photo, arguments.photo), file.outcome,
                f"{file.seconds:.1f} s" if file.outcome == "restored" else "", file.summary or file.error,
            )
            for file in files
        ]  # fmt: skip
        print_table(("photo", "outcome", "time", "what"), rows, right=["time"])
        return
    file = files[0]
    if file.outcome == "clean":
        print(f"{file.photo}: {CLEAN}")
    else:
        print(f"{file.output}: {file.summary} taken out in {file.seconds:.1f} s on {file.device}")


def _report(
    arguments: argparse.Namespace, card: ModelCard | None, files: list[Restored], start: float, code: Exit
) -> dict[str, Any]:
    return {
        **head("restore", code, card),
        "options": {
            "denoise": "auto" if arguments.denoise is None else arguments.denoise,
            "deblock": "auto" if arguments.deblock is None else arguments.deblock,
            "sharpen": arguments.sharpen,
            "tone": arguments.tone,
            "keep_grain": arguments.keep_grain,
        },
        "seconds": round(time.monotonic() - start, 3),
        "files": [asdict(file) for file in files],
    }
