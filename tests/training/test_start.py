"""Fine-tuning goes on from a model by id or by file, and says plainly where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from cnnstudio.cards import find_card
from cnnstudio.errors import BadInput, BadModel
from cnnstudio.networks.dcgan import Generator
from training.start import begin_as, trained_as


def test_a_model_is_named_by_its_id_or_by_its_file(tmp_path: Path) -> None:
    by_id, by_file = Generator(), Generator()
    begin_as(by_id, "dcgan")
    begin_as(by_file, str(find_card("dcgan").path))
    for name, value in by_id.state_dict().items():
        assert torch.equal(value, by_file.state_dict()[name])
    assert trained_as("dcgan") == trained_as(str(find_card("dcgan").path)) == find_card("dcgan").training
    bare = tmp_path / "bare.safetensors"
    save_file(nn.Linear(2, 3).state_dict(), bare)
    begin_as(nn.Linear(2, 3), str(bare))
    assert trained_as(str(bare)) is None


def test_what_training_cannot_go_on_from_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="no model “swamp”"):
        begin_as(nn.Linear(2, 3), "swamp")
    with pytest.raises(BadInput, match="cannot be read"):
        begin_as(nn.Linear(2, 3), str(tmp_path / "absent.safetensors"))
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(b"torn")
    with pytest.raises(BadInput, match="cannot be read"):
        begin_as(nn.Linear(2, 3), str(torn))
    with pytest.raises(BadInput, match="built otherwise"):
        begin_as(nn.Linear(2, 3), "dcgan")
