"""Loading models, and finding devices."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.engine import devices
from cnnstudio.engine.repair import Repairer
from cnnstudio.errors import BadInput, BadModel
from cnnstudio.networks.registry import build

KWARGS = {"widths": [8, 16], "depths": [1, 1], "blocks": ["res", "res"]}


def card_of(folder: Path, arch: str = "pyramid", task: str = "repair", **kwargs: object) -> ModelCard:
    """A saved network with random weights, and its card."""
    path = folder / "model.safetensors"
    torch.manual_seed(0)
    safetensors.torch.save_file(build(arch, **kwargs).state_dict(), path)
    return ModelCard("model", "", "", task, arch, dict(kwargs), "1", "", {}, {}, {}, file_sha256(path), path)


@pytest.mark.parametrize(("arch", "kwargs"), [("pyramid", KWARGS), ("irn", {"width": 8})])
def test_a_saved_model_repairs(tmp_path: Path, arch: str, kwargs: dict[str, object]) -> None:
    repairer = Repairer.load(card_of(tmp_path, arch, **kwargs), "cpu")
    mask = np.zeros((40, 40), np.uint8)
    mask[20, 10:30] = 255
    result = repairer.repair(np.full((40, 40, 3), 90, np.uint8), mask)
    assert result.device.startswith("CPU")
    assert result.seconds > 0
    assert not repairer.filler.network.training
    assert not any(p.requires_grad for p in repairer.filler.network.parameters())


def test_no_model_brings_the_compiler_of_torch_with_it() -> None:
    """Nothing is compiled, and it would take 130 MB and two seconds."""
    code = """
import sys
from cnnstudio.cards import list_cards
from cnnstudio.engine.devices import choose
from cnnstudio.engine.weights import load_network
assert [load_network(card, choose("cpu")) for card in list_cards()]
assert "torch._dynamo" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    card = card_of(tmp_path, **KWARGS)
    card.path.write_bytes(card.path.read_bytes()[:-1] + b"x")
    with pytest.raises(BadModel, match="damaged"):
        Repairer.load(card, "cpu")


def test_weights_that_are_no_safetensors_are_refused(tmp_path: Path) -> None:
    card = card_of(tmp_path, **KWARGS)
    torch.save({"w": torch.zeros(3)}, card.path)
    with pytest.raises(BadModel, match="cannot be read"):
        Repairer.load(replace(card, sha256=file_sha256(card.path)), "cpu")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    card = card_of(tmp_path, **KWARGS)
    with pytest.raises(BadModel, match="do not fit"):
        Repairer.load(replace(card, kwargs={**KWARGS, "widths": [8, 24]}), "cpu")


def test_a_missing_weight_is_refused(tmp_path: Path) -> None:
    card = card_of(tmp_path, **KWARGS)
    state = safetensors.torch.load_file(card.path)
    state.popitem()
    safetensors.torch.save_file(state, card.path)
    with pytest.raises(BadModel, match="do not fit"):
        Repairer.load(replace(card, sha256=file_sha256(card.path)), "cpu")


def test_unknown_architectures_and_options_are_refused(tmp_path: Path) -> None:
    card = card_of(tmp_path, **KWARGS)
    with pytest.raises(BadModel, match="newer version"):
        Repairer.load(replace(card, arch="transformer"), "cpu")
    with pytest.raises(BadModel, match="unknown options"):
        Repairer.load(replace(card, kwargs={"colour": "red"}), "cpu")


@pytest.mark.parametrize(
    "change",
    [
        {"widths": [10**6, 10**6]},  # more than fits into memory
        {"depths": [10**9, 1]},  # for ever
        {"depths": [10**9, 1], "trained_levels": -(10**9)},
        {"depths": [1] * 10**5, "widths": [8] * 10**5, "blocks": ["res"] * 10**5},
        {"widths": [-8, 16]},
        {"widths": []},
        {"widths": [8]},
    ],
)
def test_a_card_that_asks_for_another_network_than_its_weights(tmp_path: Path, change: dict[str, object]) -> None:
    card = card_of(tmp_path, **KWARGS)
    with pytest.raises(BadModel, match="do not fit"):
        Repairer.load(replace(card, kwargs={**KWARGS, **change}), "cpu")


@pytest.mark.parametrize(
    "change", [{"trained_levels": "x"}, {"trained_levels": None}, {"widths": 8}, {"depths": [1.0]}]
)
def test_options_of_another_kind_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    card = card_of(tmp_path, **KWARGS)
    with pytest.raises(BadModel, match="unknown options"):
        Repairer.load(replace(card, kwargs={**KWARGS, **change}), "cpu")


def test_a_generator_does_not_repair(tmp_path: Path) -> None:
    card = card_of(tmp_path, "dcgan", "generate", width=8)
    with pytest.raises(BadModel, match="does not repair"):
        Repairer.load(card, "cpu")
    with pytest.raises(BadModel, match="does not repair"):
        Repairer.load(replace(card, task="repair"), "cpu")


def test_devices_have_names_for_people() -> None:
    assert devices.available()[-1] == "cpu"
    cpu = devices.choose("cpu")
    assert cpu.name.startswith("CPU")
    assert cpu.kind == "cpu"
    assert cpu.memory_budget > 0
    assert devices.choose().torch == devices.available()[0]


@pytest.mark.parametrize("name", ["cuda:99", "gpu", ""])
def test_a_device_that_is_not_there(name: str) -> None:
    with pytest.raises(BadInput, match="has no device"):
        devices.choose(name)


def test_bf16_is_taken_where_it_is_in_hardware_and_on_a_processor_only_if_it_is_faster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cpu, gpu = devices.Device("cpu", "CPU", 1), devices.Device("cuda", "GPU", 1)
    for known, faster in ((False, True), (True, False), (True, True)):
        monkeypatch.setattr(devices, "bf16_in_hardware", lambda device, known=known: known)
        monkeypatch.setattr(devices, "_cpu_faster_in_bf16", lambda faster=faster: faster)
        assert devices.bf16_faster(cpu) == (known and faster)
        assert devices.bf16_faster(gpu) == known


@pytest.mark.parametrize(("bf16", "fp32", "faster"), [(1.0, 2.0, True), (2.0, 1.0, False), (1.0, 1.05, False)])
def test_a_processor_is_tried_in_both(bf16: float, fp32: float, faster: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def convolve(self: torch.nn.Conv2d, x: torch.Tensor) -> torch.Tensor:
        clock[0] += bf16 if torch.is_autocast_enabled("cpu") else fp32
        return x

    monkeypatch.setattr(torch.nn.Conv2d, "forward", convolve)
    monkeypatch.setattr(devices.time, "perf_counter", lambda: clock[0])
    assert devices._cpu_faster_in_bf16.__wrapped__() == faster
