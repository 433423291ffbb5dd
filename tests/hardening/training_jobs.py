"""A training run that ends with a model, as a job."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from pathlib import Path

import torch
from torch import nn

from cnnstudio.cards import read_card, verify
from tests.hardening.calls import forked
from tests.hardening.jobs import Job, expect, given
from tests.training.test_loop import LineRecipe
from training import checkpoint, loop
from training.export import export

_STEPS = 3
_MODEL = ("line.safetensors", "line.json")


def _train(folder: Path, *, log: str = "run") -> loop.Outcome:
    spec = loop.RunSpec(
        folder / log, steps=_STEPS, log_every=2, measure_every=3, save_minutes=0.0, accelerator="cpu",
        precision="32-true",
    )  # fmt: skip
    return loop.run(LineRecipe(), spec, resume=True, say=lambda _: None)


def _export(network: nn.Module, folder: Path, version: str) -> None:
    export(
        network, "irn", {}, folder / "models", model_id="line", version=version, licence="MIT", data={}, training={},
        figures={},
    )  # fmt: skip


def _put_model(folder: Path) -> None:
    _export(nn.Linear(1, 1), folder, "1")
    for name in _MODEL:
        shutil.copyfile(folder / "models" / name, given(folder, name))


def _run(folder: Path) -> int:
    threading.excepthook = lambda _: None  # TensorBoard's thread says by itself that it cannot write
    _export(_train(folder).network, folder, "2")
    return 0


def _check(folder: Path, said: str, done: bool) -> None:
    card = read_card(folder / "models" / "line.json")
    verify(card)
    expect(not done or card.version == "2", "the model is the old one")
    file = folder / "run" / "checkpoint.pt"
    if not file.exists():
        expect(not done, "there is no checkpoint")
        return
    state = checkpoint.load(file)
    json.loads((folder / "run" / "spec.json").read_text("utf-8"))
    if done:
        expect(state["step"] == _STEPS, "the run is not at its end")
        expect(all(torch.equal(state["average"][name], value) for name, value in _wanted.items()), "other weights")
        for line in (folder / "run" / "events.jsonl").read_text("utf-8").splitlines():
            json.loads(line)
        expect((folder / "run" / "metrics.csv").read_text("utf-8").startswith("kind,step"), "there is no table")


_wanted: dict[str, torch.Tensor] = {}


def jobs() -> list[Job]:
    """The one there is."""
    with tempfile.TemporaryDirectory() as name:
        ended = forked(lambda: _train(Path(name)).step and 0)
        assert ended.code == 0, ended.said
        _wanted.update(checkpoint.load(Path(name) / "run" / "checkpoint.pt")["average"])
    return [Job("train and export over a model", _put_model, _run, _check)]
