"""``cnnstudio generate``: pictures from nothing but a seed, made by a generative network."""

from __future__ import annotations

import argparse
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnstudio import __version__
from cnnstudio.cards import ModelCard, find_card
from cnnstudio.cli.arguments import number, whole
from cnnstudio.cli.console import bars, interruptible, print_json
from cnnstudio.cli.failures import Exit, exit_code, sentence
from cnnstudio.errors import BadInput, BadModel, UnwritableTarget
from cnnstudio.jobs import Generated, Progress, latents_from

if TYPE_CHECKING:
    from cnnstudio.engine.generate import PictureMaker

DEFAULT_MODEL = "dcgan"
MAX_SEED = 2**31 - 1
MAX_COUNT = 10_000

DESCRIPTION = """\
Makes pictures with a generative network. The same seed makes the same picture.

OUT is a file for one picture, or a folder; there each picture is named after its model and seed: dcgan-7.png.
Of several pictures the first has the seed that was asked for, and each other one more.
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
    parser.add_argument(
        "--count", type=whole(1, MAX_COUNT), default=1, metavar="N", help="how many pictures (default: %(default)s)"
    )
    parser.add_argument(
        "--truncation", type=number(0.01, 1), default=1.0, metavar="0.01-1",
        help="how far pictures may be from the average one: less is plainer (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Makes the pictures and prints their names."""
    start = time.monotonic()
    seed = secrets.randbelow(MAX_SEED) if arguments.seed is None else arguments.seed
    card: ModelCard | None = None
    try:
        card = _card(arguments.model)
        targets = _targets(arguments.output, card.id, seed, arguments.count, overwrite=arguments.overwrite)
        made = _make(arguments, card, seed, targets)
    except (Exception, KeyboardInterrupt) as error:
        if arguments.json:
            print_json(_report(arguments, card, None, [], start, exit_code(error)) | {"error": sentence(error)})
        raise
    if arguments.json:
        print_json(_report(arguments, card, made, targets, start, Exit.OK))
    elif not arguments.quiet:
        for target in targets:
            print(target)
    return Exit.OK


def load_maker(card: ModelCard, device: str) -> PictureMaker:
    """The model, ready on its device. torch takes seconds to import, so nothing imports it before this."""
    from cnnstudio.engine.generate import PictureMaker

    return PictureMaker.load(card, device)


def _make(arguments: argparse.Namespace, card: ModelCard, seed: int, targets: Sequence[Path]) -> Generated:
    from cnnstudio.imaging.sequence import write_pictures

    shown = not (arguments.quiet or arguments.json)
    with interruptible() as cancel, bars(1, shown=shown) as bar:
        bar.begin(card.name)
        progress = Progress(bar.update, cancel=cancel)
        progress.set(0.0, "loading the model")
        maker = load_maker(card, arguments.device)
        progress.check_cancelled()
        made = maker.make(latents_from(seed, arguments.count), arguments.truncation, progress)
        progress.check_cancelled()
        write_pictures(targets, made.pictures, overwrite=arguments.overwrite)
    return made


def _card(model_id: str) -> ModelCard:
    card = find_card(model_id)
    if card.task != "generate":
        raise BadModel(f"The model “{model_id}” repairs photos; it cannot make new pictures.")
    return card


def _targets(output: str, model_id: str, seed: int, count: int, *, overwrite: bool) -> list[Path]:
    """The pictures' files.

    Raises:
        BadInput: several pictures were asked for, but one file.
        UnwritableTarget: one of them exists, and nothing may be overwritten.
    """
    path = Path(output)
    is_folder = path.is_dir() or output.endswith(("/", os.sep)) or not path.suffix
    if not is_folder and count > 1:
        raise BadInput(f"“{output}” is one file, but {count} pictures were asked for: name a folder.")
    paths = [path / f"{model_id}-{seed + i}.png" for i in range(count)] if is_folder else [path]
    taken = next((p for p in paths if p.exists()), None)
    if taken and not overwrite:
        raise UnwritableTarget(f"“{taken}” exists already: choose another name or add --overwrite.")
    return paths


def _report(
    arguments: argparse.Namespace,
    card: ModelCard | None,
    made: Generated | None,
    targets: Sequence[Path],
    start: float,
    code: Exit,
) -> dict[str, Any]:
    pictures = zip(targets, made.latents, made.pictures, strict=True) if made else ()
    return {
        "program": "cnnstudio",
        "version": __version__,
        "command": "generate",
        "exit_code": int(code),
        "model": card and {"id": card.id, "version": card.version, "sha256": card.sha256},
        "options": {"truncation": arguments.truncation},
        "device": made.device if made else "",
        "seconds": round(time.monotonic() - start, 3),
        "files": [
            {"output": str(target), "seed": latent.seed, "width": picture.shape[1], "height": picture.shape[0]}
            for target, latent, picture in pictures
        ],
    }
