"""Measuring the restorer: seeded crops, filters at their best, and the command."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from cnnstudio.cards import file_sha256
from cnnstudio.networks.restore import PhotoRestorer
from tests.engine.test_weights import card_of
from training.__main__ import main
from training.degrade import Degradation
from training.evaluate_restore import (
    CASES,
    CROP,
    METRICS,
    PEERS,
    Peer,
    clean_changes,
    draw_crops,
    draw_sheet,
    evaluate,
    restore,
    score,
)
from training.features import Features

PLAIN = Peer("plain", {"right": lambda x: np.full_like(x, 100), "wrong": lambda x: np.zeros_like(x)})


def _photos(count=2):
    return {f"{i}.png": np.full((300, 280, 3), 100, np.uint8) for i in range(count)}


def _network():
    return PhotoRestorer(widths=(16,), depths=(1,)).eval()


def test_crops_hang_on_seed_and_name_alone():
    ramp = np.arange(300, dtype=np.int64)[:, None, None].repeat(280, 1).repeat(3, 2).astype(np.uint8)
    both = draw_crops({"a.png": ramp, "b.png": ramp}, 2, 0)
    assert [crop.photo for crop in both] == ["a.png", "a.png", "b.png", "b.png"]
    alone = draw_crops({"b.png": ramp}, 2, 0)
    assert all(np.array_equal(one.truth, other.truth) for one, other in zip(both[2:], alone, strict=True))
    assert not np.array_equal(both[0].truth, draw_crops({"a.png": ramp}, 1, 1)[0].truth)
    for case, how in CASES.items():
        degraded = both[0].degraded[case]
        assert degraded.shape == (CROP, CROP, 3)
        if how.noise:
            away = degraded.astype(float) - both[0].truth
            middle = abs(both[0].truth.astype(int) - 128) < 20
            assert away[middle].std() == pytest.approx(how.noise, rel=0.1)
        else:
            assert not np.array_equal(degraded, both[0].truth)


def test_scores_of_a_right_and_of_a_wrong_crop():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 256, (CROP, CROP, 3)).astype(np.uint8)
    features = Features()
    right = score(features, truth, truth)
    assert right == pytest.approx({"psnr": 58.92, "ssim": 1, "perceptual": 0}, abs=0.01)
    wrong = score(features, np.clip(truth.astype(int) + 10, 0, 255).astype(np.uint8), truth)
    assert wrong["psnr"] == pytest.approx(28.3, abs=0.2)
    assert wrong["ssim"] < 1
    assert wrong["perceptual"] > 0


def test_a_filter_is_given_its_best_by_case_and_measure():
    figures, best = evaluate(_network(), draw_crops(_photos(), 1, 0), [PLAIN])
    assert set(figures) == set(best) == set(METRICS)
    assert set(figures["psnr"]) == {"as it came", "plain", "ours"}
    for metric in METRICS:
        assert best[metric]["plain"] == dict.fromkeys(CASES, "right")
    assert figures["psnr"]["plain"]["noise 25"] == pytest.approx(58.92, abs=0.01)
    assert figures["perceptual"]["plain"]["noise 25"] == 0
    # An untrained network leaves everything as it came.
    assert figures["psnr"]["ours"] == figures["psnr"]["as it came"]
    assert figures["psnr"]["as it came"]["noise 25"] == pytest.approx(20.2, abs=0.3)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_every_filter_smooths_and_keeps_the_order_of_colours(peer):
    rng = np.random.default_rng(0)
    plain = np.full((64, 64, 3), (200, 120, 60), np.uint8)
    noisy = np.clip(plain + rng.normal(0, 10, plain.shape), 0, 255).astype(np.uint8)
    errors = [np.square(np.asarray(run(noisy)).astype(float) - plain).mean() for run in peer.settings.values()]
    assert min(errors) < 25
    assert len({round(error, 3) for error in errors}) > 1


def test_the_network_goes_by_what_it_is_told():
    net = _network()
    torch.nn.init.constant_(net.decode.bias, 10.0)
    picture = np.full((20, 21, 3), 100, np.uint8)
    assert np.array_equal(restore(net, picture, (0, 0, 0)), picture)
    assert np.array_equal(restore(net, picture, Degradation(noise=5).strengths), picture + 20)


def test_only_what_is_not_sound_is_changed(tmp_path):
    card = card_of(tmp_path, "restorer", "restore", widths=[16], depths=[1])
    weights = load_file(card.path)
    weights["decode.bias"] += 0.1
    save_file(weights, card.path)
    photos = _photos(1)
    noisy = np.clip(photos["0.png"] + np.random.default_rng(0).normal(0, 20, (300, 280, 3)), 0, 255).astype(np.uint8)
    changes = clean_changes(replace(card, sha256=file_sha256(card.path)), photos | {"noisy.png": noisy})
    assert changes["0.png"] == 0
    assert changes["noisy.png"] == pytest.approx(4 * 20 * np.tanh(0.1), rel=0.2)


def test_the_sheet_shows_each_case_by_every_method():
    crops = draw_crops(_photos(), 1, 0)
    sheet = draw_sheet(_network(), crops, {"plain": dict.fromkeys(CASES, "right")}, [PLAIN])
    assert sheet.size == (4 * (288 + 6), 24 + 18 * (288 + 6))


def test_the_command_prints_and_writes_all_figures(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("training.evaluate_restore.evaluate", lambda network, crops: evaluate(network, crops, [PLAIN]))
    monkeypatch.setattr("training.evaluate_restore.draw_sheet", lambda *_: Image.new("RGB", (8, 8)))
    card = card_of(tmp_path, "restorer", "restore", widths=[16], depths=[1])
    card.write(card.path)
    Image.fromarray(_photos()["0.png"]).save(tmp_path / "photo.png")
    options = [
        "evaluate-restore", "--model", str(card.path.with_suffix(".json")), "--photos", str(tmp_path),
        "--json", str(tmp_path / "figures.json"), "--sheet", str(tmp_path / "sheet.jpg"),
    ]  # fmt: skip
    assert main(options) == 0
    out = capsys.readouterr().out
    assert re.search(r"\| ours \| [\d.]+ \|", out)
    assert all(title in out for title, _ in METRICS.values())
    written = json.loads((tmp_path / "figures.json").read_text())
    assert written["figures"]["psnr"]["ours"].keys() == CASES.keys()
    assert written["settings"]["ssim"]["plain"]["JPEG 10"] == "right"
    assert written["model"]["sha256"] == card.sha256
    assert "Sound photos change by 0.000 grey levels, 1 of them not at all." in out
    assert written["sound_photos_change"] == {"photo.png": 0}
    assert (tmp_path / "sheet.jpg").exists()


def test_another_model_is_no_restorer(tmp_path, capsys):
    card = card_of(tmp_path, "dcgan", "generate", width=8)
    card.write(card.path)
    assert main(["evaluate-restore", "--model", str(card.path.with_suffix(".json"))]) == 1
    assert "does not restore photos" in capsys.readouterr().err
