"""``cnnstudio generate``: pictures from nothing but a seed, made by a generative network."""

from __future__ import annotations

import argparse
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnstudio.cards import ModelCard, find_card
from cnnstudio.cli.arguments import number, whole
from cnnstudio.cli.console import bars, interruptible, print_json
from cnnstudio.cli.failures import Exit, exit_code, sentence
from cnnstudio.cli.report import head
from cnnstudio.errors import BadInput, BadModel, UnwritableTarget
from cnnstudio.jobs import Generated, Latent, Progress, latents_between, latents_from

if TYPE_CHECKING:
    from cnnstudio.engine.generate import PictureMaker
    from cnnstudio.imaging.metadata import Metadata

DEFAULT_MODEL = "flowers"
MAX_SEED = 2**31 - 1
MAX_COUNT = 10_000
STEPS = 48

DESCRIPTION = """\
Makes pictures with a generative network. The same seed makes the same picture.

OUT is a file for one picture, or a folder; there each picture is named after its model and seed: dcgan-7.png.
Of several pictures the first has the seed that was asked for, and each other one more. With --grid all of them become
one picture. With --interpolate they are the way from one seed to another: numbered files in a folder, or one moving
picture where OUT ends in .gif, .webp, .apng or .png.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "generate",
        help="make new pictures",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="file or folder for the result")
    parser.add_argument(
        "--model", default=DEFAULT_MODEL, metavar="ID", help="a model that makes pictures (default: %(default)s)"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps or xpu (default: %(default)s)")
    parser.add_argument("--seed", type=whole(0, MAX_SEED), metavar="N", help="of the first picture (default: random)")
    parser.add_argument("--count", type=whole(1, MAX_COUNT), metavar="N", help="how many pictures (default: 1)")
    parser.add_argument("--grid", action="store_true", help="all of them as one picture, row by row")
    parser.add_argument(
        "--interpolate", type=whole(0, MAX_SEED), nargs=2, metavar=("A", "B"), help="the way from seed A to seed B"
    )
    parser.add_argument(
        "--steps", type=whole(2, MAX_COUNT), metavar="N", help=f"pictures on that way (default: {STEPS})"
    )
    parser.add_argument(
        "--truncation", type=number(0.01, 1), default=1.0, metavar="0.01-1",
        help="how far pictures may be from the average one: less is plainer (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class Plan:
    """What is to be made, and where it goes.

    Attributes:
        latents: one for each picture.
        targets: one file for each picture, or one for all.
    """

    latents: Sequence[Latent]
    targets: Sequence[Path]


def run(arguments: argparse.Namespace) -> Exit:
    """Makes the pictures and prints their names."""
    start = time.monotonic()
    card: ModelCard | None = None
    try:
        card = _card(arguments.model)
        plan = _plan(arguments, card.id)
        made = _make(arguments, card, plan)
    except (Exception, KeyboardInterrupt) as error:
        if arguments.json:
            print_json(_report(arguments, card, None, [], start, exit_code(error)) | {"error": sentence(error)})
        raise
    if arguments.json:
        print_json(_report(arguments, card, made, plan.targets, start, Exit.OK))
    elif not arguments.quiet:
        for target in plan.targets:
            print(target)
    return Exit.OK


def load_maker(card: ModelCard, device: str) -> PictureMaker:
    """The model, ready on its device. torch takes seconds to import, so nothing imports it before this."""
    from cnnstudio.engine.generate import PictureMaker

    return PictureMaker.load(card, device)


def _make(arguments: argparse.Namespace, card: ModelCard, plan: Plan) -> Generated:
    shown = not (arguments.quiet or arguments.json)
    with interruptible() as cancel, bars(1, shown=shown) as bar:
        bar.begin(card.name)
        progress = Progress(bar.update, cancel=cancel)
        progress.set(0.0, "loading the model")
        maker = load_maker(card, arguments.device)
        progress.check_cancelled()
        made = maker.make(plan.latents, arguments.truncation, progress)
        progress.check_cancelled()
        _write(arguments, card, plan.targets, made)
    return made


def _write(arguments: argparse.Namespace, card: ModelCard, targets: Sequence[Path], made: Generated) -> None:
    from cnnstudio.imaging.provenance import of_generated
    from cnnstudio.imaging.sequence import sheet, write_moving, write_pictures

    def record(*latents: Latent) -> Metadata:
        return of_generated(card, latents, arguments.truncation)

    if arguments.grid:
        write_pictures(targets, [sheet(made.pictures)], [record(*made.latents)], overwrite=arguments.overwrite)
    elif len(targets) < len(made.pictures):
        write_moving(targets[0], made.pictures, metadata=record(*made.latents), overwrite=arguments.overwrite)
    else:
        write_pictures(targets, made.pictures, list(map(record, made.latents)), overwrite=arguments.overwrite)


def _card(model_id: str) -> ModelCard:
    card = find_card(model_id)
    if card.task != "generate":
        raise BadModel(f"The model “{model_id}” repairs photos; it cannot make new pictures.")
    return card


def _plan(arguments: argparse.Namespace, model_id: str) -> Plan:
    """Of the options, as far as they go together.

    Raises:
        BadInput: they do not.
        UnwritableTarget: a file is in the way, and nothing may be overwritten.
    """
    from cnnstudio.imaging.sequence import MOVING, numbered

    way, path = arguments.interpolate, Path(arguments.output)
    if way and (arguments.seed is not None or arguments.count is not None):
        raise BadInput(
            "--interpolate names its seeds itself, and --steps says how many pictures: leave out --seed and --count."
        )
    if arguments.steps is not None and not way:
        raise BadInput("--steps says how many pictures lie between two seeds: add --interpolate A B.")
    is_folder = path.is_dir() or arguments.output.endswith(("/", os.sep)) or not path.suffix
    if way:
        start, end = map(Latent, way)
        latents = latents_between(start, end, arguments.steps or STEPS)
        stem = f"{model_id}-{start.stem}-to-{end.stem}"
        paths = numbered(path, stem, len(latents))
    else:
        seed = secrets.randbelow(MAX_SEED) if arguments.seed is None else arguments.seed
        latents = latents_from(seed, arguments.count or 1)
        stem = f"{model_id}-{seed}"
        paths = [path / f"{model_id}-{latent.stem}.png" for latent in latents]
    if not is_folder:
        if not arguments.grid and len(latents) > 1 and not (way and path.suffix.lower() in MOVING):
            endings = f", or a file that ends in {', '.join(MOVING)}" if way else ", or add --grid"
            raise BadInput(f"“{path}” is one file, but {len(latents)} pictures were asked for: name a folder{endings}.")
        paths = [path]
    elif arguments.grid:
        paths = [path / f"{stem}-grid.png"]
    taken = next((p for p in paths if p.exists()), None)
    if taken and not arguments.overwrite:
        raise UnwritableTarget(f"“{taken}” exists already: choose another name or add --overwrite.")
    return Plan(latents, paths)


def _report(
    arguments: argparse.Namespace,
    card: ModelCard | None,
    made: Generated | None,
    targets: Sequence[Path],
    start: float,
    code: Exit,
) -> dict[str, Any]:
    return {
        **head("generate", code, card),
        "options": {"truncation": arguments.truncation},
        "device": made.device if made else "",
        "seconds": round(time.monotonic() - start, 3),
        "files": _files(targets, made) if made else [],
    }


def _files(targets: Sequence[Path], made: Generated) -> list[dict[str, Any]]:
    """The files, each with the pictures in it, their own width and height included."""
    height, width = made.pictures[0].shape[:2]
    latents = [latent.as_json() for latent in made.latents]
    size = {"width": width, "height": height}
    if len(targets) < len(latents):
        return [{"output": str(targets[0]), "pictures": latents, **size}]
    return [{"output": str(target), **latent, **size} for target, latent in zip(targets, latents, strict=True)]
