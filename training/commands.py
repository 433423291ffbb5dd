"""The commands that train, pack and show damage."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from cnnstudio.cards import card_named, verify
from cnnstudio.errors import BadInput
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.photo import Photo
from cnnstudio.networks.pyramid import PyramidRepairer
from training import damage
from training.ablate import ablate, read_variants
from training.arrays import find_arrays, load_pictures, store_of
from training.data import SCALES as STORED_SCALES
from training.data import PhotoStore, find_images, load_photos, manifest_hash, read_rgb, split
from training.detect import DetectConfig, DetectRecipe
from training.evaluate_candidates import add_evaluation as add_candidates_evaluation
from training.evaluate_detect import add_evaluation
from training.evaluate_gan import add_evaluation as add_gan_evaluation
from training.evaluate_restore import add_evaluation as add_restore_evaluation
from training.export import export
from training.forecast import forecast
from training.gan import SIDE, GanConfig, GanRecipe
from training.irn import IrnConfig, IrnRecipe, load_sources
from training.loop import Outcome, Recipe, RunSpec, run
from training.mix import mean_of
from training.nearest import add_nearest
from training.options import add_fields, add_without, from_options
from training.pack import pack
from training.repair import MEASURED_SIDE, RepairConfig, RepairRecipe
from training.restore import MARGIN, SCALES, RestoreConfig, RestoreRecipe
from training.restore import MEASURED_SIDE as RESTORE_SIDE
from training.small_gan.folder import look
from training.small_gan.recipe import SmallGanConfig, SmallGanRecipe
from training.start import trained_as

_VALIDATION = 0.04
_RECIPES = Path(__file__).with_name("recipes")
_ARRAY_SIDE = 128


def add_training_commands(commands: Any) -> None:
    """Adds to the subparsers: a command for each network, ``ablate``, ``mix``, ``pack`` and ``damage-sheet``."""
    _training_command(commands, "repair", "pyramid", "train the pyramid repairer", RepairConfig, _repair)
    _training_command(commands, "irn", "irn", "train the article's restoration network", IrnConfig, _irn)
    _training_command(commands, "gan", "dcgan", "train the article's DCGAN", GanConfig, _gan)
    small = _training_command(
        commands, "gan-small", "gan_small", "train a GAN on some hundred pictures of one subject",
        SmallGanConfig, _gan_small,
    )  # fmt: skip
    small.set_defaults(config=_RECIPES / "gan-small-home.json", validation=0.1)
    add_nearest(commands)
    add_gan_evaluation(commands)
    finder = _training_command(commands, "detect", "damage", "train the finder of damage", DetectConfig, _detect)
    add_without(finder)
    add_evaluation(commands)
    _training_command(commands, "restore", "restorer", "train the photo restorer", RestoreConfig, _restore)
    add_restore_evaluation(commands)
    add_candidates_evaluation(commands)

    ablation = commands.add_parser("ablate", help="train variants of the repairer for the same time and compare them")
    ablation.add_argument("photos", nargs="+", type=Path, metavar="PHOTOS", help="folders or files with clean photos")
    ablation.add_argument("--variants", type=Path, default=_RECIPES / "ablation.json", help="JSON: options by name")
    ablation.add_argument("--run-folder", dest="folder", type=Path, required=True, help="folder of the runs")
    ablation.add_argument("--validation", type=float, default=_VALIDATION, help="share of the photos kept out")
    ablation.add_argument("--config", type=Path, help="JSON file with options by class, beneath the command line's")
    add_fields(ablation, RunSpec, skip=("folder",))
    add_fields(ablation, RepairConfig)
    ablation.set_defaults(run=_ablate)

    mixing = commands.add_parser("mix", help="the mean of a fine-tuned repairer and the one it began as")
    mixing.add_argument("model", help="a repairer that was fine-tuned: its id or its weights (.safetensors)")
    mixing.add_argument("other", help="the one it began as")
    mixing.add_argument("--share", type=float, default=0.7, help="of the first, 0 to 1 (default: %(default)s)")
    mixing.add_argument(
        "--photos",
        nargs="+",
        type=Path,
        required=True,
        help="those of the training: the ones kept out measure",
    )
    mixing.add_argument("--validation", type=float, default=_VALIDATION, help="share of the photos kept out")
    mixing.add_argument("--seed", type=int, default=0, help="of the training")
    mixing.add_argument("--export", type=Path, metavar="FOLDER", required=True, help="write model and card there")
    mixing.set_defaults(run=_mix)

    packing = commands.add_parser("pack", help="pack photos into one file of a bounded size")
    packing.add_argument("photos", nargs="+", type=Path)
    packing.add_argument("-o", "--output", type=Path, required=True)
    packing.add_argument("--megabytes", type=float, default=50)
    packing.add_argument("--side", type=int, default=640, help="longest side in pixels")
    packing.set_defaults(run=_pack)

    sheet = commands.add_parser("damage-sheet", help="draw a contact sheet of the synthetic damage")
    sheet.add_argument("photos", nargs="+", type=Path)
    sheet.add_argument("-o", "--output", type=Path, required=True)
    sheet.add_argument("--seed", type=int, default=0)
    sheet.set_defaults(run=_sheet)


def _training_command(
    commands: Any, name: str, arch: str, help_text: str, config: type, action: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
    parser.add_argument(
        "photos", nargs="+", type=Path, metavar="PHOTOS",
        help="folders or files of photos, or a folder with images.npy (for irn with or without corrupted_images.npy)",
    )  # fmt: skip
    parser.add_argument("--run-folder", dest="folder", type=Path, required=True, help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    parser.add_argument(
        "--forecast", action="store_true",
        help="train for a minute, say how long all of it will take and how much memory it needs, and keep nothing",
    )  # fmt: skip
    parser.add_argument("--config", type=Path, help="JSON file with options by class, beneath the command line's")
    parser.add_argument("--validation", type=float, default=_VALIDATION, help="share of the photos kept out")
    parser.add_argument("--export", type=Path, metavar="FOLDER", help="write the model and its card there at the end")
    parser.add_argument("--model-id", default=arch, help="its file name there (default: %(default)s)")
    parser.add_argument("--weights-licence", default="CC BY-SA 4.0", help="for the card (default: %(default)s)")
    parser.add_argument("--version-label", default="1", help="for the card (default: %(default)s)")
    add_fields(parser, RunSpec, skip=("folder",))
    add_fields(parser, config)
    parser.set_defaults(run=action, arch=arch)
    return parser


def _repair(args: argparse.Namespace) -> int:
    spec = from_options(RunSpec, args, folder=args.folder)
    config = from_options(RepairConfig, args)
    if find_arrays(args.photos):
        pictures = load_pictures(args.photos, _ARRAY_SIDE, args.validation, spec.seed)
        photos, validation = (store_of(p.permute(0, 2, 3, 1).numpy()) for p in (pictures.train, pictures.kept_out))
        data = {"photos": len(pictures.train), "kept_out": len(pictures.kept_out), "manifest": pictures.manifest}
    else:
        train, kept_out, data = _split(find_images(args.photos), args.validation, spec.seed)
        photos, validation = _load(train, config.crop), _load(kept_out, MEASURED_SIDE)
    recipe = RepairRecipe(config, photos, validation, spec.seed)
    return _train(args, recipe, spec, config.architecture, data)


def _ablate(args: argparse.Namespace) -> int:
    variants = read_variants(args.variants)
    spec = from_options(RunSpec, args, folder=args.folder)
    config = from_options(RepairConfig, args)
    train, kept_out, _ = _split(find_images(args.photos), args.validation, spec.seed)
    print(ablate(variants, config, spec, _load(train, config.crop), _load(kept_out, MEASURED_SIDE)))
    return 0


def _irn(args: argparse.Namespace) -> int:
    spec = from_options(RunSpec, args, folder=args.folder)
    config = from_options(IrnConfig, args)
    found = load_sources(config, args.photos, args.validation, spec.seed)
    _say_skipped(found.skipped)
    data = {"photos": found.photos, "kept_out": found.kept_out, "manifest": found.manifest}
    recipe = IrnRecipe(config, found.train, found.validation, spec.seed)
    return _train(args, recipe, spec, config.architecture, data)


def _gan(args: argparse.Namespace) -> int:
    spec = from_options(RunSpec, args, folder=args.folder)
    config = from_options(GanConfig, args)
    found = load_pictures(args.photos, SIDE, args.validation, spec.seed)
    _say_skipped(found.skipped)
    data = {"photos": len(found.train), "kept_out": len(found.kept_out), "manifest": found.manifest}
    recipe = GanRecipe(config, found.train, found.kept_out, spec.seed)
    if not hasattr(args, "log_every"):
        spec = replace(spec, log_every=recipe.steps_per_epoch)  # a line an epoch, as the article has it
    return _train(args, recipe, spec, config.architecture, data)


def _detect(args: argparse.Namespace) -> int:
    spec = from_options(RunSpec, args, folder=args.folder)
    config = from_options(DetectConfig, args)
    train, kept_out, data = _split(find_images(args.photos, args.without), args.validation, spec.seed)
    _say(f"painting {config.bank} squares")
    recipe = DetectRecipe(config, train, kept_out, spec.seed)
    return _train(args, recipe, spec, config.architecture, data)


def _restore(args: argparse.Namespace) -> int:
    spec = from_options(RunSpec, args, folder=args.folder)
    config = from_options(RestoreConfig, args)
    train, kept_out, data = _split(find_images(args.photos), args.validation, spec.seed)
    recipe = RestoreRecipe(
        config, _load(train, config.crop + 2 * MARGIN, SCALES), _load(kept_out, RESTORE_SIDE, SCALES), spec.seed
    )
    return _train(args, recipe, spec, config.architecture, data)


def _gan_small(args: argparse.Namespace) -> int:
    spec = from_options(RunSpec, args, folder=args.folder)
    config = from_options(SmallGanConfig, args)
    if find_arrays(args.photos):
        sources, skipped = args.photos, 0
    else:
        files = find_images(args.photos)
        checked = look(files, config.side)
        for line in checked.lines:
            _say(line)
        sources, skipped = checked.usable, len(files) - len(checked.usable)
    found = load_pictures(sources, config.side, args.validation, spec.seed)
    data = {
        "photos": len(found.train), "kept_out": len(found.kept_out), "left_out": skipped, "manifest": found.manifest
    }  # fmt: skip
    recipe = SmallGanRecipe(config, found.train, found.kept_out, spec.seed)

    def show_memory(outcome: Outcome) -> None:
        remembered, sheet = recipe.remembered(outcome.network)
        write_photo(spec.folder / "nearest.png", Photo(sheet), overwrite=True)
        _say(f"{remembered.sentence} {spec.folder / 'nearest.png'} shows samples above their nearest training picture.")

    return _train(args, recipe, spec, config.architecture, data, show_memory)


def _split(files: Sequence[Path], validation: float, seed: int) -> tuple[list[Path], list[Path], dict[str, object]]:
    """Photos to train on, those kept out, and what the model card says of them.

    Raises:
        BadInput: there are none of one of them.
    """
    train, kept_out = split(files, validation, seed)
    if not train or not kept_out:
        raise BadInput(f"{len(files)} photos are too few to train on some and measure on others.")
    _say(f"{len(train)} photos to train on, {len(kept_out)} kept out")
    return train, kept_out, {"photos": len(train), "kept_out": len(kept_out), "manifest": manifest_hash(files)}


def _load(files: Sequence[Path], smallest: int, scales: Sequence[float] = STORED_SCALES) -> PhotoStore:
    began = time.monotonic()
    store = load_photos(files, smallest, scales)
    _say_skipped(store.skipped)
    _say(f"{len(store)} pictures, {store.pixels.numel() / 1e6:.0f} MB, in {time.monotonic() - began:.0f} s")
    return store


def _say_skipped(reasons: Sequence[str]) -> None:
    for reason in reasons:
        _say(f"skipped {reason}")


def _train(
    args: argparse.Namespace,
    recipe: Recipe,
    spec: RunSpec,
    kwargs: dict[str, object],
    data: dict[str, object],
    conclude: Callable[[Outcome], None] | None = None,
) -> int:
    """Runs, says how the run ended, concludes, and exports the model where that is asked for; or only forecasts."""
    if args.forecast:
        for line in forecast(recipe, spec).lines(spec):
            _say(line)
        return 0
    outcome = run(recipe, spec, args.resume)
    _say(f"{outcome.reason} at step {outcome.step} after {outcome.seconds / 60:.1f} minutes")
    if conclude and outcome.reason != "budget":
        conclude(outcome)
    if args.export and outcome.reason != "budget":
        training = {
            "command": "python -m training " + shlex.join(sys.argv[1:]),
            "seed": spec.seed, "steps": outcome.step, "seconds": round(outcome.seconds),
            "settings": json.loads((spec.folder / "spec.json").read_text("utf-8"))["recipe"],
        }  # fmt: skip
        for option, told in (("init", "began_as"), ("init_deep", "deep_began_as")):
            init = getattr(getattr(recipe, "config", None), option, None)
            if init and (before := trained_as(init)):
                training[told] = before
        card = export(
            outcome.network, args.arch, kwargs, args.export, model_id=args.model_id, version=args.version_label,
            licence=args.weights_licence, data=data, training=training, figures=outcome.figures,
        )  # fmt: skip
        _say(f"wrote {card.path}")
    return 0


def _mix(args: argparse.Namespace) -> int:
    cards = [card_named(model) for model in (args.model, args.other)]
    for card in cards:
        verify(card)
        if card.arch != "pyramid":
            raise BadInput(f"The model “{card.id}” is none that can be mixed.")
    network = PyramidRepairer(**cards[0].kwargs)
    network.load_state_dict(mean_of(load_file(cards[0].path), load_file(cards[1].path), args.share))
    _, kept_out, data = _split(find_images(args.photos), args.validation, args.seed)
    photos = _load(kept_out, MEASURED_SIDE)
    recipe = RepairRecipe(RepairConfig(**cards[0].kwargs, bank=1), photos, photos, args.seed)
    recipe.build(torch.device("cpu"))
    training = {
        "command": "python -m training " + shlex.join(sys.argv[1:]), "share": args.share,
        "mean_of": [card.training for card in cards],
    }  # fmt: skip
    first = cards[0]
    card = export(
        network, first.arch, first.kwargs, args.export, model_id=first.id, version=first.version,
        licence=first.licence, data=data, training=training, figures=recipe.measure(network.eval()),
    )  # fmt: skip
    _say(f"wrote {card.path}")
    return 0


def _pack(args: argparse.Namespace) -> int:
    manifest = pack(find_images(args.photos), args.output, args.megabytes, args.side)
    _say(f"{manifest['photos']} of {manifest['of']} photos in {args.output}")
    return 0


def _sheet(args: argparse.Namespace) -> int:
    files = find_images(args.photos)
    rng = np.random.default_rng(args.seed)
    chosen = [files[int(i)] for i in rng.permutation(len(files))[:8]]
    shown = damage.contact_sheet([read_rgb(f) for f in chosen], rng)
    write_photo(args.output, Photo(shown), overwrite=True)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
