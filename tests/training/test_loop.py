"""The loop: it lowers the loss, resumes bit for bit after a kill, and stops for each of its reasons."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnstudio.errors import BadInput
from training import checkpoint, loop
from training.loop import RunSpec, State

ROOT = Path(__file__).parents[2]


class LineRecipe:
    """Fits y = 3x + 1 from noisy samples drawn with the step's generator."""

    def build(self, device):
        net = nn.Linear(1, 1)
        return State({"line": net}, {"line": torch.optim.Adam(net.parameters(), 0.05)}, averaged="line")

    def step(self, fabric, state, generator, number):
        net, optimiser = state.networks["line"], state.optimisers["line"]
        x = torch.randn(32, 1, generator=generator)
        loss = (net(x) - 3 * x - 1 + 0.1 * torch.randn(32, 1, generator=generator)).square().mean()
        optimiser.zero_grad()
        fabric.backward(loss)
        optimiser.step()
        return {"loss": loss.detach(), "samples": torch.tensor(32)}

    def measure(self, network):
        return {"error": float((network.weight - 3).abs() + (network.bias - 1).abs())}

    def samples(self, network):
        return np.zeros((4, 4, 3), np.uint8)


def _spec(folder, **kwargs):
    given = {"steps": 200, "precision": "32-true", "accelerator": "cpu", "log_every": 20, "measure_every": 100}
    return RunSpec(folder=folder, **(given | kwargs))


def _quiet(line):
    pass


def test_it_trains_logs_samples_and_finishes(tmp_path):
    outcome = loop.run(LineRecipe(), _spec(tmp_path / "run", average=0.9), say=_quiet)
    assert (outcome.reason, outcome.step) == ("finished", 200)
    assert outcome.figures["error"] < 0.3
    rows = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    losses = [r["loss"] for r in rows if r["kind"] == "train"]
    assert len(losses) == 10
    assert losses[-1] < losses[0] / 10
    assert all(r["samples_per_second"] > 0 and 0 <= r["device_waited"] <= 1 for r in rows if r["kind"] == "train")
    assert (tmp_path / "run" / "samples" / "00000200.png").exists()
    assert "error" in (tmp_path / "run" / "metrics.csv").read_text().splitlines()[0]


def test_a_run_stopped_halfway_ends_with_the_same_weights(tmp_path):
    whole = loop.run(LineRecipe(), _spec(tmp_path / "whole"), say=_quiet)
    first = loop.run(LineRecipe(), _spec(tmp_path / "halves", minutes=0.0), say=_quiet)
    assert (first.reason, first.step) == ("budget", 1)
    second = loop.run(LineRecipe(), _spec(tmp_path / "halves"), resume=True, say=_quiet)
    assert second.step == 200
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name])


def test_it_stops_at_a_target_and_on_request(tmp_path):
    spec = _spec(tmp_path / "target", target=("error", 1.0), larger=False, steps=10_000, average=0.9)
    assert loop.run(LineRecipe(), spec, say=_quiet).reason == "target"

    class Stopper(LineRecipe):
        def step(self, fabric, state, generator, number):
            if number == 5:
                (tmp_path / "asked" / "stop").touch()
            return super().step(fabric, state, generator, number)

    outcome = loop.run(Stopper(), _spec(tmp_path / "asked"), say=_quiet)
    assert (outcome.reason, outcome.step) == ("stopped", 6)


@pytest.mark.parametrize(("faster", "kind"), [(True, torch.bfloat16), (False, torch.float32)])
def test_it_computes_in_bf16_only_where_that_is_faster(faster, kind, tmp_path, monkeypatch):
    monkeypatch.setattr("cnnstudio.engine.devices.bf16_faster", lambda device: faster)
    seen = set()

    class Watched(LineRecipe):
        def build(self, device):
            state = super().build(device)
            state.networks["line"].register_forward_hook(lambda net, given, out: seen.add(out.dtype))
            return state

    loop.run(Watched(), _spec(tmp_path / "run", steps=1, precision="auto"), say=_quiet)
    assert kind in seen


class StallingRecipe(LineRecipe):
    """Measures 3, 2, 2.5, 2, 1.5, …: a number a measurement."""

    def __init__(self, begun=0):
        self.measured = iter([3, 2, 2.5, 2, 1.5, 4, 4, 4][begun:])

    def measure(self, network):
        return {"error": float(next(self.measured))}


def test_it_stops_when_nothing_gets_better(tmp_path):
    watched = {"measure_every": 1, "larger": False, "steps": 8}
    outcome = loop.run(StallingRecipe(), _spec(tmp_path / "two", stall=("error", 2), **watched), say=_quiet)
    assert (outcome.reason, outcome.step) == ("stalled", 4)
    outcome = loop.run(StallingRecipe(), _spec(tmp_path / "three", stall=("error", 3), **watched), say=_quiet)
    assert (outcome.reason, outcome.step) == ("stalled", 8)


def test_a_resumed_run_remembers_what_was_best(tmp_path):
    watched = {"measure_every": 1, "larger": False, "steps": 8, "stall": ("error", 2)}
    first = loop.run(StallingRecipe(), _spec(tmp_path / "run", minutes=0.0, **watched), say=_quiet)
    assert (first.reason, first.step) == ("budget", 1)
    outcome = loop.run(StallingRecipe(1), _spec(tmp_path / "run", **watched), resume=True, say=_quiet)
    assert (outcome.reason, outcome.step) == ("stalled", 4)


def test_an_unknown_target_is_named(tmp_path):
    with pytest.raises(BadInput, match="no figure “speed”"):
        loop.run(LineRecipe(), _spec(tmp_path / "run", target=("speed", 1.0), steps=100), say=_quiet)
    with pytest.raises(BadInput, match="no figure “speed”"):
        loop.run(LineRecipe(), _spec(tmp_path / "other", stall=("speed", 3), steps=100), say=_quiet)


def test_a_folder_with_a_run_is_not_overwritten(tmp_path):
    loop.run(LineRecipe(), _spec(tmp_path / "run", steps=3), say=_quiet)
    with pytest.raises(BadInput, match="already holds a run"):
        loop.run(LineRecipe(), _spec(tmp_path / "run", steps=3), say=_quiet)


def test_the_rate_rises_stays_and_falls_to_nothing():
    spec = RunSpec(folder=Path(), steps=1000, warmup=100, decay=0.5)
    assert loop.rate_at(0, spec) == pytest.approx(0.01)
    assert loop.rate_at(99, spec) == 1
    assert loop.rate_at(499, spec) == 1
    assert loop.rate_at(750, spec) == pytest.approx(0.5)
    assert loop.rate_at(999, spec) == pytest.approx(0.002)


def test_the_rate_may_fall_by_the_clock():
    spec = RunSpec(folder=Path(), steps=10, minutes=8.0, timed=True, warmup=4, decay=0.5)
    assert loop.rate_at(0, spec, 1.0) == pytest.approx(0.25)
    assert loop.rate_at(500, spec, 4.0) == 1
    assert loop.rate_at(500, spec, 6.0) == pytest.approx(0.5)
    assert loop.rate_at(500, spec, 9.0) == 0


def test_a_run_by_the_clock_is_finished_when_its_minutes_are_over(tmp_path):
    spec = _spec(tmp_path / "run", steps=10**6, minutes=0.005, timed=True)
    outcome = loop.run(LineRecipe(), spec, say=_quiet)
    assert outcome.reason == "finished"
    assert 0 < outcome.step < 10**6
    assert outcome.figures  # it was measured at the end
    again = loop.run(LineRecipe(), spec, resume=True, say=_quiet)  # its minutes do not begin anew
    assert (again.reason, again.step) == ("finished", outcome.step + 1)
    with pytest.raises(BadInput, match="--minutes"):
        loop.run(LineRecipe(), _spec(tmp_path / "other", timed=True), say=_quiet)


def test_a_checkpoint_is_the_old_one_or_the_new(tmp_path, monkeypatch):
    file = tmp_path / "checkpoint.pt"
    checkpoint.save(file, {"step": 1})
    monkeypatch.setattr(torch, "save", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(file, {"step": 2})
    monkeypatch.undo()
    assert checkpoint.load(file) == {"step": 1}
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(BadInput, match="cannot be read"):
        checkpoint.load(file)


_CHILD = """
import sys, time, pathlib, torch
sys.path.insert(0, {root!r})
torch.set_num_threads(1)
from tests.training.test_loop import LineRecipe, _spec
from training import loop
class Slow(LineRecipe):
    def step(self, *a):
        time.sleep(0.005)
        return super().step(*a)
loop.run(Slow(), _spec(pathlib.Path({folder!r}), steps=400, save_minutes=0.0), resume=True, say=lambda s: None)
"""


@pytest.mark.parametrize("delay", [0.05, 0.4])
def test_a_run_killed_without_warning_ends_with_the_same_weights(tmp_path, delay):
    folder = tmp_path / "killed"
    code = _CHILD.format(root=str(ROOT), folder=str(folder))
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (folder / "checkpoint.pt").exists():
        assert time.monotonic() < deadline
        assert child.poll() is None
        time.sleep(0.02)
    time.sleep(delay)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    reached = checkpoint.load(folder / "checkpoint.pt")["step"]
    resumed = loop.run(LineRecipe(), _spec(folder, steps=400), resume=True, say=_quiet)
    whole = loop.run(LineRecipe(), _spec(tmp_path / "whole", steps=400), say=_quiet)
    assert 0 < reached <= 400
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name])
    steps = [json.loads(line)["step"] for line in (folder / "events.jsonl").read_text().splitlines()]
    assert steps == sorted(steps)
