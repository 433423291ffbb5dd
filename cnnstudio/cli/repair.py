"""``cnnstudio repair``: a damaged photo and its mask go in, a repaired photo comes out; or whole folders of them."""

from __future__ import annotations

import argparse
import functools
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cards import ModelCard, find_card
from cnnstudio.cli.arguments import number, whole
from cnnstudio.cli.console import print_json, say
from cnnstudio.cli.detect import DEFAULT_SENSITIVITY, Finder, detection_card
from cnnstudio.cli.failures import Exit, exit_code, sentence
from cnnstudio.cli.report import FileReport, RunReport
from cnnstudio.cli.walk import Update, code_of, one, only_for_folders, only_for_photos, say_end, target_of, wants_bars
from cnnstudio.errors import BadInput, BadModel
from cnnstudio.jobs import Progress, RepairOptions

if TYPE_CHECKING:
    from cnnstudio.engine.repair import Repairer

DEFAULT_MODEL = "pyramid"

DESCRIPTION = """\
Repairs what the mask marks (white = repair), and leaves every other pixel as it is; but JPEG, and WebP that is not
lossless, keep pixels only nearly: write PNG or TIFF where that matters. With --auto the damage is found instead; a
photo in which none is found is left alone, and no result is written for it.

PHOTO may be a folder: then MASK is a folder too (or one mask for all), each photo's mask is found by name
(photo.png, photo-mask.png, photo_mask.png, photo.mask.png), and OUT is the folder for the results, which keep
their names, formats and subfolders. It also gets report.json, report.csv, and report.jsonl, by which --resume
knows what is finished.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "repair",
        help="repair a photo, or a folder of photos",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        parents=[common],
    )
    defaults = RepairOptions()
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="the photo, or a folder of photos")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--mask", type=Path, help="picture of the photo's size, white where to repair")
    what.add_argument("--auto", action="store_true", help="find the damage (see detect), and leave a clean photo alone")
    parser.add_argument(
        "--sensitivity", type=number(0, 100), metavar="0-100",
        help=f"of --auto: more finds more, and errs more often (default: {DEFAULT_SENSITIVITY:g})",
    )  # fmt: skip
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="file or folder for the result")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="ID", help="a repair model (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps or xpu (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=defaults.seed, metavar="N", help="the same seed, the same result")
    parser.add_argument(
        "--feather", type=number(0, 100), default=defaults.feather, metavar="PX",
        help="width of the blend inside the mask's edge (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--texture", type=number(0, 1), default=defaults.texture, metavar="0-1",
        help="how much of a wide hole's fill is made of the texture around it (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--grain", type=number(0, 1), default=defaults.grain, metavar="0-1",
        help="how much of the film grain around is put into the repair (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--no-colour-match", action="store_true", help="do not match the repair's colour around it")
    parser.add_argument(
        "--quality", type=whole(1, 100), metavar="N", help="of a JPEG or WebP, 1-100 (default: the photo's own)"
    )
    parser.add_argument("--compare", type=Path, metavar="FILE", help="also write a before/after picture (one photo)")
    parser.add_argument(
        "--check", action="store_true", help="also tell how far the repair can be trusted, by repairing hidden pixels"
    )
    parser.add_argument(
        "--evidence",
        type=Path,
        metavar="FOLDER",
        help="also write original, mask, result, changes and recipe there (one photo)",
    )
    parser.add_argument(
        "--no-record", action="store_true", help="do not record in the result (XMP) that and where it was repaired"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist, even the photo itself")
    parser.add_argument("--recursive", action="store_true", help="of a folder: its subfolders too")
    parser.add_argument("--resume", action="store_true", help="of a folder: skip what an earlier run finished")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Repairs a photo or a folder, prints the report, and returns the exit code."""
    start = time.monotonic()
    options = RepairOptions(
        seed=arguments.seed,
        feather=arguments.feather,
        texture=arguments.texture,
        grain=arguments.grain,
        match_colour=not arguments.no_colour_match,
    )
    is_folder = arguments.photo.is_dir()
    try:
        report = (_run_folder if is_folder else _run_photo)(arguments, options, start)
    except (Exception, KeyboardInterrupt) as error:
        if arguments.json:
            paths = (str(arguments.photo), str(arguments.mask or ""), arguments.output)
            failed = FileReport(*paths, "failed", error=sentence(error))
            seconds = time.monotonic() - start
            print_json(RunReport(None, options, None, [failed], seconds, exit_code(error)).as_json())
        raise
    if arguments.json:
        print_json(report.as_json())
    elif not arguments.quiet:
        for file in report.files:
            for note in file.notes:
                say(f"{file.photo}: {note}" if is_folder else note)
        if is_folder:
            report.print(arguments.photo, Path(arguments.output))
        else:
            file = report.files[0]
            print(
                f"{file.photo}: no damage found, left as it is ({file.seconds:.1f} s on {file.device})"
                if file.outcome == "clean"
                else f"{file.output}: {file.pixels_changed} pixels ({100 * file.share:.2f} %) repaired "
                f"in {file.seconds:.1f} s on {file.device}"
            )
    say_end(report.files, report.code)
    return report.code


def load_repairer(card: ModelCard, device: str) -> Repairer:
    """The model, ready on its device. torch takes seconds to import, so nothing imports it before this."""
    from cnnstudio.engine.repair import Repairer

    return Repairer.load(card, device)


def _run_photo(arguments: argparse.Namespace, options: RepairOptions, start: float) -> RunReport:
    from cnnstudio.cli.one_photo import Task, check, repair_photo, result_name

    only_for_folders(arguments, "recursive", "resume")
    output = target_of(arguments.output, result_name(arguments.photo))
    task = Task(
        arguments.photo, arguments.mask, output, arguments.compare, arguments.quality, arguments.overwrite,
        arguments.check, not arguments.no_record, arguments.evidence,
    )  # fmt: skip
    check(task)
    card = _repair_card(arguments.model)
    finder = _finder(arguments)

    def repair(update: Update, cancel: threading.Event) -> FileReport:
        repairer = functools.partial(load_repairer, card, arguments.device)
        return repair_photo(task, card, repairer, options, Progress(update, cancel=cancel), finder)

    files = one(arguments.photo, repair, shown=wants_bars(arguments))
    return RunReport(card, options, finder, files, time.monotonic() - start, Exit.OK)


def _run_folder(arguments: argparse.Namespace, options: RepairOptions, start: float) -> RunReport:
    from cnnstudio.cli.folder import FolderTask, check_folder, find_photos, repair_folder

    only_for_photos(arguments, "compare", "evidence")
    source, masks, target = arguments.photo, arguments.mask, Path(arguments.output)
    check_folder(source, masks, target, overwrite=arguments.overwrite)
    photos = find_photos(source, masks, recursive=arguments.recursive, leave_out=(masks or target, target))
    card = _repair_card(arguments.model)
    finder = _finder(arguments)
    folder = FolderTask(
        source, masks, target, photos, arguments.quality, arguments.overwrite, arguments.resume, arguments.check,
        not arguments.no_record,
    )  # fmt: skip
    repairer = load_repairer(card, arguments.device)
    if finder:
        finder.load()
    files = repair_folder(folder, card, options, repairer, finder, shown=wants_bars(arguments))
    code, left = code_of(files, len(photos)), len(photos) - len(files)
    report = RunReport(card, options, finder, files, time.monotonic() - start, code, left)
    report.write(target)
    return report


def _repair_card(model_id: str) -> ModelCard:
    card = find_card(model_id)
    if card.task != "repair":
        raise BadModel(f"The model “{model_id}” cannot repair photos.")
    return card


def _finder(arguments: argparse.Namespace) -> Finder | None:
    """What finds the damage, where no mask says where it is."""
    if not arguments.auto:
        if arguments.sensitivity is not None:
            raise BadInput("--sensitivity is for --auto: a mask says by itself what is to be repaired.")
        return None
    sensitivity = DEFAULT_SENSITIVITY if arguments.sensitivity is None else arguments.sensitivity
    return Finder(detection_card(), arguments.device, sensitivity)
