"""The restorer's recipe: clean pictures to learn from, batches that carry what is told, a run that removes noise."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from cnnstudio.cards import read_card, verify
from cnnstudio.networks.registry import build
from training.__main__ import main
from training.data import find_images, load_photos
from training.degrade import Degradation, degrade
from training.evaluate_restore import restore
from training.restore import MARGIN, MEASURED, RestoreConfig, RestoreRecipe, clean_only, noise_of

TINY = RestoreConfig(widths=(16, 24), depths=(1, 1), crop=32, batch=4, measured=2, losses={"psnr": 1.0})


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Soft clouds, 260 pixels wide: half as large they still hold the crops that are measured."""
    folder = tmp_path_factory.mktemp("clouds")
    rng = np.random.default_rng(0)
    for i in range(6):
        small = Image.fromarray(rng.integers(40, 210, (7, 7, 3)).astype(np.uint8))
        small.resize((260, 260), Image.Resampling.BICUBIC).save(folder / f"{i}.png")
    return folder


def _store(folder):
    return load_photos(find_images([folder]), 128, (0.5,))


def _recipe(folder, config=TINY):
    return RestoreRecipe(config, _store(folder), _store(folder))


def test_noise_is_told_from_edges():
    """Of what was added; a picture half of which is texture shows its noise in the other half."""
    rng = np.random.default_rng(0)
    plain = np.full((128, 128, 3), 120, np.uint8)
    plain[:, 64:] = 40
    assert noise_of(plain) < 1e-3
    plain[:, :64] += rng.integers(0, 100, (128, 64, 3)).astype(np.uint8)
    assert noise_of(plain) < 1e-3
    for sigma in (2, 10):
        noisy = degrade(np.full((128, 128, 3), 120, np.uint8), Degradation(noise=sigma, colour=0), rng)
        assert noise_of(noisy) == pytest.approx(sigma, rel=0.2)


def test_noisy_pictures_are_never_drawn_unless_there_are_no_others(photos, tmp_path):
    rng = np.random.default_rng(0)
    for file in find_images([photos])[:2]:
        picture = np.asarray(Image.open(file))
        Image.fromarray(picture).save(tmp_path / f"clean-{file.name}")
        grainy = np.clip(picture + rng.normal(0, 20, picture.shape), 0, 255).astype(np.uint8)
        Image.fromarray(grainy).save(tmp_path / f"grainy-{file.name}")
    store = _store(tmp_path)
    assert (clean_only(store, 1.0).weight > 0).tolist() == [True, True, False, False]
    assert torch.equal(clean_only(store, 100.0).weight, store.weight)
    assert torch.equal(clean_only(store, -1.0).weight, store.weight)


def test_a_batch_is_clean_crops_what_became_of_them_and_what_is_told(photos):
    recipe = _recipe(photos, replace(TINY, batch=64, grey=0.5))
    recipe.build(torch.device("cpu"))
    degraded, clean, told = recipe.batch(torch.Generator().manual_seed(3))
    assert degraded.shape == clean.shape == (64, 3, 32, 32)
    assert told.shape == (3, 64)
    assert degraded.abs().max() <= 1
    grey = (clean == clean[:, :1]).all(1).flatten(1).all(1)
    assert 16 < int(grey.sum()) < 48
    assert (degraded[grey] - degraded[grey, :1]).abs().max() < 0.05  # grey photos have grey grain
    away = 127.5 * (degraded - clean).square().mean((1, 2, 3)).sqrt()
    strong = told[0] > 20
    assert away[strong].min() > 10
    untouched = away == 0
    assert 0 < int(untouched.sum()) < 32
    assert told[:, untouched].amax(1).tolist() <= [4, 0.31, 0.31]
    again = recipe.batch(torch.Generator().manual_seed(3))
    assert all(torch.equal(a, b) for a, b in zip((degraded, clean, told), again, strict=True))
    assert not torch.equal(recipe.batch(torch.Generator().manual_seed(4))[1], clean)


def test_crops_begin_anywhere_in_the_blocks_and_have_no_edge_of_their_own(photos, monkeypatch):
    seen = []

    def watched(image, how, rng):
        seen.append(image.shape)
        marked = image.copy()
        marked[::8, ::8] = 255
        return marked

    monkeypatch.setattr("training.restore.degrade", watched)
    recipe = _recipe(photos)
    recipe.build(torch.device("cpu"))
    seen.clear()
    corners = set()
    for seed in range(16):
        degraded, _, _ = recipe.batch(torch.Generator().manual_seed(seed))
        corners |= {tuple(np.argwhere((one == 1).all(0).numpy())[0]) for one in degraded}
    assert set(seen) == {(32 + 2 * MARGIN, 32 + 2 * MARGIN, 3)}
    assert len(corners) > 30


def test_untrained_it_gains_nothing_and_changes_nothing(photos):
    recipe = _recipe(photos)
    network = recipe.build(torch.device("cpu")).networks["restorer"].eval()
    figures = recipe.measure(network)
    assert {f"{name}_{figure}" for name in MEASURED for figure in ("gain", "perceptual")} < set(figures)
    assert figures["gain"] == 0
    assert figures["perceptual"] == pytest.approx(1)
    assert figures["clean_change"] == 0
    assert recipe.samples(network).shape == (len(MEASURED) * 128, 2 * 3 * 128, 3)


def test_the_perceptual_loss_is_asked_now_and_then(photos, tmp_path):
    options = [
        "restore", str(photos), "--run-folder", str(tmp_path / "run"), "--validation", "0.4", "--steps", "2",
        "--log-every", "1", "--measure-every", "9", "--widths", "[16]", "--depths", "[1]", "--crop", "32",
        "--batch", "2", "--losses", '{"psnr": 1, "perceptual": 1}', "--perceive-every", "2",
        "--measured", "1", "--accelerator", "cpu",
    ]  # fmt: skip
    assert main(options) == 0
    rows = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    assert ["perceptual" in row for row in rows if "loss" in row] == [True, False]


def test_training_by_the_command_takes_noise_away_and_exports_a_model(photos, tmp_path):
    options = [
        "restore", str(photos), "--run-folder", str(tmp_path / "run"), "--export", str(tmp_path / "models"),
        "--model-id", "restore", "--validation", "0.4", "--steps", "80", "--measure-every", "80", "--log-every", "10",
        "--warmup", "5", "--decay", "1", "--widths", "[16,24]", "--depths", "[1,1]", "--crop", "32", "--batch", "8",
        "--rate", "0.02", "--small-rate", "0.01", "--losses", '{"psnr": 1}', "--average", "0.9",
        "--measured", "2", "--accelerator", "cpu", "--precision", "32-true",
    ]  # fmt: skip
    assert main(options) == 0
    rows = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert min(losses[-2:]) < losses[0]  # what happens to a crop varies much, and so does the loss
    card = read_card(tmp_path / "models" / "restore.json")
    verify(card)
    assert (card.task, card.arch) == ("restore", "restorer")
    assert card.figures["noise25_gain"] > 1
    net = build(card.arch, **card.kwargs)
    net.load_state_dict(load_file(card.path))
    clean = np.asarray(Image.open(photos / "0.png"))[::2, ::2]
    how = Degradation(noise=25)
    noisy = degrade(clean, how, np.random.default_rng(5))
    restored = restore(net.eval(), noisy, how.strengths)
    before, after = (np.square(x.astype(float) - clean).mean() for x in (noisy, restored))
    assert after < 0.75 * before


def test_too_few_photos_are_refused(photos, tmp_path, capsys):
    assert main(["restore", str(photos / "0.png"), "--run-folder", str(tmp_path / "run")]) == 1
    assert "1 photos are too few" in capsys.readouterr().err
