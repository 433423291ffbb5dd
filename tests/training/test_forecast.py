"""What a minute of training foretells of the whole, by a clock of the test's own: nothing hangs on the machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from tests.training.gans import discs, spec_of
from training import forecast as module
from training.__main__ import main
from training.forecast import Forecast, forecast, span
from training.loop import Figures, State


class _Slow:
    """Steps of 2 seconds, the first of 30, and measurements of 50."""

    now = 0.0

    def build(self, device: torch.device) -> State:
        net = nn.Linear(1, 1)
        return State({"line": net}, {"line": torch.optim.SGD(net.parameters(), 0.1)}, averaged="line")

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        self.now += 2 if self.now else 30
        return {"samples": torch.tensor(8)}

    def measure(self, network: nn.Module) -> Figures:
        assert not network.training
        self.now += 50
        return {}

    def samples(self, network: nn.Module) -> np.ndarray:
        raise AssertionError("nobody looks")


def test_a_step_is_timed_without_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = _Slow()
    monkeypatch.setattr(module.time, "monotonic", lambda: recipe.now)
    found = forecast(recipe, spec_of(tmp_path / "run"))
    assert (found.device, found.step, found.samples, found.measurement) == ("cpu", 2, 8, 50)
    assert recipe.now == pytest.approx(60 + 50, abs=2)
    assert not list(tmp_path.iterdir())


def test_measurements_count_and_minutes_may_be_too_few(tmp_path: Path) -> None:
    found = Forecast("cpu", step=2.0, samples=8, measurement=50.0, memory=3_400_000_000)
    assert found.seconds(1000, 400) == 2000 + 3 * 50
    spec = spec_of(tmp_path, steps=1000, measure_every=400, stall=("frechet", 6))
    assert found.lines(spec) == [
        "On this CPU: 4 samples a second, a measurement in 50 seconds.",
        "1000 steps take about 36 minutes.",
        "It ends sooner where 6 measurements in a row do not better “frechet”.",
        "It needs about 3.4 GB of memory.",
    ]
    short = spec_of(tmp_path, steps=1000, measure_every=400, minutes=10.75)
    on_gpu = Forecast("cuda", step=2.0, samples=8, measurement=50.0, memory=None)
    assert on_gpu.lines(short) == [
        "On this GPU: 4 samples a second, a measurement in 50 seconds.",
        "10.8 minutes are enough for about 300 steps.",
    ]


def test_time_is_told_in_the_unit_that_fits() -> None:
    told = [span(s) for s in (1.5, 45, 200, 2400, 8000, 90000, 400000)]
    assert told == ["1.5 seconds", "45 seconds", "3.3 minutes", "40 minutes", "2.2 hours", "25 hours", "4.6 days"]


def test_the_command_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("training.commands.forecast", lambda recipe, spec: forecast(recipe, spec, seconds=0))
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    np.save(pictures / "images.npy", discs(16).permute(0, 2, 3, 1).numpy())
    options = ["--width", "4", "--batch", "4", "--measured", "4", "--precision", "32-true", "--accelerator", "cpu"]
    code = main(
        ["gan", str(pictures), "--run-folder", str(tmp_path / "run"), "--validation", "0.2", "--forecast", *options]
    )
    assert code == 0
    assert "samples a second" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["pictures"]
