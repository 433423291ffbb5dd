"""The article's networks train from NumPy files by one command, and what they write loads."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file

from cnnstudio.cards import read_card, verify
from cnnstudio.networks.registry import build
from training import commands
from training.__main__ import main
from training.damage import CLASSES, draw_hole
from training.detect import DetectConfig
from training.loop import RunSpec
from training.options import from_options
from training.repair import RepairConfig
from training.restore import RestoreConfig
from training.small_gan.recipe import SmallGanConfig

COMMON = ["--accelerator", "cpu", "--precision", "32-true", "--validation", "0.3", "--log-every", "2"]


RECIPES = sorted(Path(commands.__file__).with_name("recipes").glob("*-*.json"))
CONFIGS = {kind.__name__: kind for kind in (RunSpec, RepairConfig, DetectConfig, RestoreConfig, SmallGanConfig)}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_recipes_name_options_that_there_are(recipe):
    named = json.loads(recipe.read_text("utf-8"))
    assert len(named) == 2
    for kind, options in named.items():
        given = {"folder": Path()} if kind == "RunSpec" else {}
        config = from_options(CONFIGS[kind], argparse.Namespace(config=recipe), **given)
        assert all(getattr(config, key) == (tuple(v) if isinstance(v, list) else v) for key, v in options.items())


@pytest.fixture(scope="module")
def arrays(tmp_path_factory):
    """images.npy and corrupted_images.npy: gradients, and the same with holes painted grey."""
    folder = tmp_path_factory.mktemp("arrays")
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:64, :64] / 63
    clean = np.stack([
        np.stack([(a * x + b * y) * 120 + c for a, b, c in rng.uniform(0, 1, (3, 3))], -1) for _ in range(24)
    ]).astype(np.uint8)  # fmt: skip
    corrupted = clean.copy()
    for i, picture in enumerate(corrupted):
        picture[draw_hole(CLASSES[i % len(CLASSES)], 64, 64, rng) > 0] = 128
    np.save(folder / "images.npy", clean)
    np.save(folder / "corrupted_images.npy", corrupted)
    return folder


def _load(card_file):
    card = read_card(card_file)
    verify(card)
    build(card.arch, **card.kwargs).load_state_dict(load_file(card.path))
    return card


def test_the_restoration_network_learns_from_pairs(arrays, tmp_path):
    code = main([
        "irn", str(arrays), "--run-folder", str(tmp_path / "run"), "--export", str(tmp_path), "--steps", "150",
        "--crop", "32", "--batch", "8", "--width", "8", "--rate", "4e-3", "--average", "0.9", *COMMON,
    ])  # fmt: skip
    assert code == 0
    card = _load(tmp_path / "irn.json")
    assert card.task == "repair"
    assert card.figures["psnr_whole"] > card.figures["psnr_whole_at_start"] + 1


def test_the_gan_trains_and_logs_a_line_an_epoch(arrays, tmp_path):
    code = main([
        "gan", str(arrays / "images.npy"), "--run-folder", str(tmp_path / "run"), "--export", str(tmp_path),
        "--steps", "6", "--batch", "8", "--measured", "8", "--width", "8",
        *[a for a in COMMON if a not in ("--log-every", "2")],
    ])  # fmt: skip
    assert code == 0
    assert _load(tmp_path / "dcgan.json").task == "generate"
    rows = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    assert [r["step"] for r in rows if r["kind"] == "train"] == [3, 6]
    assert {"loss_d", "loss_g", "value"} <= set(rows[0])


def test_variants_are_trained_alike_and_compared(arrays, tmp_path, capsys):
    photos = tmp_path / "photos"
    photos.mkdir()
    for i, picture in enumerate(np.load(arrays / "images.npy")[:6]):
        Image.fromarray(picture).resize((140, 140)).save(photos / f"{i}.png")
    small = {"widths": [16, 16], "depths": [1, 1], "blocks": ["res", "res"]}
    file = tmp_path / "variants.json"
    file.write_text(json.dumps({"plain": small, "gated": small | {"blocks": ["gated", "gated"]}}))
    code = main([
        "ablate", str(photos), "--variants", str(file), "--run-folder", str(tmp_path / "runs"), "--steps", "2",
        "--crop", "32", "--batch", "4", "--bank", "8", "--levels", "2", *COMMON,
    ])  # fmt: skip
    assert code == 0
    rows = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()]
    assert rows == ["variant", "---", "plain", "gated"]
    file.write_text(json.dumps({"odd": {"width": 3}}))
    assert main(["ablate", str(photos), "--variants", str(file), "--run-folder", str(tmp_path / "more")]) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["repair", "{}/missing"], "There is no folder or file"),
        (["irn", "{}/notes.npy", "--crop", "40"], "is not a file of numbers"),
        (["irn", "{}", "--crop", "42"], "multiple of 8"),
        (["gan", "{}", "--adversarial", "magic"], "no adversarial loss “magic”"),
        (["repair", "{}", "--losses", '{"beauty": 1}', "--crop", "32", "--bank", "4"], "no loss “beauty”"),
    ],
)
def test_bad_input_gets_one_sentence(arguments, sentence, arrays, tmp_path, capsys):
    (arrays / "notes.npy").write_text("no")
    argv = [a.replace("{}", str(arrays), 1) for a in arguments]
    assert main([*argv, "--run-folder", str(tmp_path / "run"), *COMMON]) == 1
    assert sentence in capsys.readouterr().err
