"""The mean of two repairers: what it is made of, what it says of itself, and what cannot be mixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from cnnstudio.cards import find_card, read_card, verify
from cnnstudio.errors import BadInput
from cnnstudio.networks.pyramid import PyramidRepairer
from training.__main__ import main
from training.export import export
from training.mix import mean_of

SIZE = {"widths": [16, 24], "depths": [1, 1], "blocks": ["res", "res"], "trained_levels": 2}


def _network(bias: float, specialists: bool) -> PyramidRepairer:
    network = PyramidRepairer(**SIZE, specialists=specialists)
    for one in filter(None, (network, network.deep)):
        torch.nn.init.constant_(one.decode.bias, bias)
    return network


def _exported(folder: Path, bias: float, specialists: bool) -> str:
    card = export(
        _network(bias, specialists), "pyramid", {**SIZE, "specialists": specialists}, folder, model_id="mine",
        version="1", licence="CC0", data={}, training={"command": f"bias {bias}"}, figures={},
    )  # fmt: skip
    return str(card.path)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for i in range(6):
        noise = np.random.default_rng(i).integers(0, 255, (140, 150, 3), np.uint8)
        Image.fromarray(noise).save(folder / f"{i}.png")
    return folder


def test_the_mean_is_weighed_and_one_network_serves_both_specialists() -> None:
    mean = mean_of(_network(1.0, True).state_dict(), _network(0.0, False).state_dict(), 0.75)
    assert mean["decode.bias"].tolist() == mean["deep.decode.bias"].tolist() == [0.75] * 12
    with pytest.raises(BadInput, match="built otherwise"):
        mean_of(_network(1.0, False).state_dict(), _network(0.0, True).state_dict(), 0.5)


def test_the_command_writes_a_model_that_says_what_it_is_made_of(tmp_path: Path, photos: Path) -> None:
    fine, before = _exported(tmp_path / "a", 0.5, True), _exported(tmp_path / "b", 0.0, False)
    command = ["mix", fine, before, "--share", "0.5", "--photos", str(photos), "--validation", "0.5"]
    assert main([*command, "--export", str(tmp_path / "made")]) == 0
    card = read_card(tmp_path / "made" / "mine.json")
    verify(card)
    assert load_file(card.path)["deep.decode.bias"].tolist() == [0.25] * 12
    assert [part["command"] for part in card.training["mean_of"]] == ["bias 0.5", "bias 0.0"]
    assert card.data["photos"] + card.data["kept_out"] == 6
    assert card.figures["gain"] < 0  # a bias is no repair, and that is said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--share", "1.5"), "between 0 and 1"),
        (("--photos", "nowhere"), "no folder or file"),
        (("--validation", "0"), "too few"),
    ],
)
def test_what_cannot_be_mixed_is_said_in_a_sentence(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], words: str
) -> None:
    fine = _exported(tmp_path / "a", 0.5, True)
    command = ["mix", fine, fine, "--photos", str(photos), "--validation", "0.5", *change]
    assert main([*command, "--export", str(tmp_path / "made")]) != 0
    assert words in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
    assert main(["mix", str(find_card("irn").path), fine, "--photos", str(photos), "--export", str(tmp_path)]) != 0
    assert "none that can be mixed" in capsys.readouterr().err
