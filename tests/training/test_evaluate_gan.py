"""Generators are measured against the photographs that they learnt from, at one size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.engine.test_weights import card_of
from training.__main__ import main
from training.arrays import load_pictures
from training.evaluate_gan import Nearness, measure, table, yardstick


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(12):
        Image.fromarray(rng.integers(0, 255, (32, 32, 3), np.uint8)).save(folder / f"{number}.png")
    return folder


class _Memory(torch.nn.Module):
    """Makes the pictures it was given, whatever it is asked for."""

    latent = 8

    def __init__(self, pictures: torch.Tensor) -> None:
        super().__init__()
        self.pictures, self.at = pictures.float() / 127.5 - 1, 0

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        which = torch.arange(self.at, self.at + len(z)) % len(self.pictures)
        self.at += len(z)
        return self.pictures[which]


def test_copies_are_near_and_not_new_and_noise_is_far(photos: Path) -> None:
    found = load_pictures([photos], 32, 0.3, 0)
    against = yardstick(found, 32)
    copies = measure(_Memory(found.train), len(found.train), against)
    assert copies.frechet == pytest.approx(0, abs=1e-2)
    assert copies.novelty == pytest.approx(0, abs=1e-2)
    flat = measure(_Memory(torch.full((4, 3, 16, 16), 90, dtype=torch.uint8)), len(found.train), against)
    assert flat.frechet > 10  # and it was scaled to the size of the photographs
    assert flat.kernel > copies.kernel


def test_the_share_is_of_the_first(tmp_path: Path) -> None:
    card = card_of(tmp_path, "dcgan", "generate", width=8)
    lines = table([(card, Nearness(200, 9, 1.1)), (replace(card, id="other"), Nearness(50, 3, 0.9))]).splitlines()
    assert lines[2].endswith("| 100% |")
    assert lines[3] == "| other | 50.0 | 3.0 | 0.90 | 25% |"


def test_the_command_prints_a_row_for_each(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = card_of(tmp_path, "dcgan", "generate", width=8)
    card.write(card.path)
    model = str(card.path.with_suffix(".json"))
    options = ["--count", "8", "--side", "32", "--validation", "0.3"]
    assert main(["evaluate-gan", str(photos), "--models", model, model, *options]) == 0
    said = capsys.readouterr().out
    assert said.count("| model |") == 2
    assert "| 100% |" in said


def test_what_cannot_be_measured_is_told(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate-gan", str(photos), "--count", "1"]) == 1
    assert "Two pictures" in capsys.readouterr().err
    assert main(["evaluate-gan", str(photos), "--models", "pyramid"]) == 1
    assert "does not make pictures" in capsys.readouterr().err
