"""Photos, masks, models and a repairer for the command line's tests: real files, and no network."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnstudio import cards
from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.cli import repair
from tests.cli.fakes import FakeRepairer, write_mask_file, write_photo_file


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a repairer and a generator, the only models there are."""
    folder = tmp_path / "models"
    folder.mkdir()
    for model_id, task in (("pyramid", "repair"), ("dcgan", "generate")):
        weights = folder / f"{model_id}.safetensors"
        weights.write_bytes(model_id.encode() * 100)
        ModelCard(
            model_id, model_id.title(), "A test.", task, model_id, {}, "3", "MIT", {}, {}, {}, file_sha256(weights)
        ).write(weights)
    monkeypatch.setattr(cards, "model_dirs", lambda: [folder])
    return folder


@pytest.fixture
def repairer(models: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRepairer:
    """Stands in for the network."""
    fake = FakeRepairer()
    monkeypatch.setattr(repair, "load_repairer", lambda _card, _device: fake)
    return fake


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return write_photo_file(tmp_path / "in" / "photo.png")


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    return write_mask_file(tmp_path / "in" / "hole.png")
