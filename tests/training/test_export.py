"""A model is replaced whole, and a disk that is full is told."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from cnnstudio.cards import read_card, verify
from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging import safe_file
from training import checkpoint
from training.export import export
from training.runlog import RunLog


def _export(folder: Path, value: float) -> nn.Module:
    network = nn.Linear(1, 1)
    nn.init.constant_(network.weight, value)
    export(
        network, "irn", {}, folder, model_id="line", version=str(value), licence="MIT", data={}, training={}, figures={}
    )
    return network


@pytest.mark.parametrize("renamed", range(4))
def test_wherever_replacing_a_model_ends_there_is_the_old_one_or_the_new(
    renamed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _export(tmp_path, 1.0)
    left, real = [renamed], Path.replace

    def replace(path: Path, target: Path) -> Path:
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        if renamed < 3:
            with pytest.raises(UnwritableTarget, match="not enough space"):
                _export(tmp_path, 2.0)
        else:
            _export(tmp_path, 2.0)
    card = read_card(tmp_path / "line.json")
    verify(card)
    expected = 1.0 if renamed < 2 else 2.0
    assert card.version == str(expected)
    assert load_file(card.path)["weight"].item() == expected
    _export(tmp_path, 3.0)
    assert read_card(tmp_path / "line.json").version == "3.0"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["line.json", "line.safetensors"]


def test_a_full_disk_is_told_and_takes_neither_checkpoint_nor_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "checkpoint.pt"
    checkpoint.save(file, {"weights": torch.ones(3)})
    with RunLog(tmp_path) as log:
        log.row("train", 1, {"loss": 0.5})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with RunLog(tmp_path, 1) as log, monkeypatch.context() as patch:
        patch.setattr(log._board, "add_scalar", full)
        with pytest.raises(UnwritableTarget, match="No space left"):
            log.row("train", 1, {"loss": 0.25})
    figures = (tmp_path / "events.jsonl").read_bytes()
    monkeypatch.setattr(safe_file.os, "fsync", full)
    with pytest.raises(UnwritableTarget, match="not enough space"):
        checkpoint.save(file, {"weights": torch.zeros(3)})
    with pytest.raises(UnwritableTarget, match="not enough space"):
        RunLog(tmp_path, 1)
    assert torch.equal(checkpoint.load(file)["weights"], torch.ones(3))
    assert (tmp_path / "events.jsonl").read_bytes() == figures
