"""How long a training will take on this machine, and how much memory: a minute of it, of which nothing is kept."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import torch
from torch import nn

from training.loop import Recipe, RunSpec, hand_over, launch

_FEWEST = 3  # steps that are timed, however long they take


@dataclass(frozen=True)
class Forecast:
    """What was found.

    Attributes:
        device: ``"cpu"``, ``"cuda"`` …
        step: seconds.
        samples: of a step.
        measurement: seconds.
        memory: bytes at most, of the process or, on a GPU, of its own memory; None where the system does not tell.
    """

    device: str
    step: float
    samples: int
    measurement: float
    memory: int | None

    def seconds(self, steps: int, measure_every: int) -> float:
        """Of a run of so many steps."""
        return steps * self.step + (steps // measure_every + (steps % measure_every > 0)) * self.measurement

    def lines(self, spec: RunSpec) -> list[str]:
        """What to tell, a sentence a line."""
        place = "CPU" if self.device == "cpu" else "GPU"
        lines = [
            f"On this {place}: {self.samples / self.step:.3g} samples a second, a measurement in "
            f"{span(self.measurement)}."
        ]
        whole = self.seconds(spec.steps, spec.measure_every)
        if spec.minutes is not None and 60 * spec.minutes < whole:
            steps = round(spec.steps * 60 * spec.minutes / whole)
            lines.append(f"{span(60 * spec.minutes)} are enough for about {steps} steps.")
        else:
            lines.append(f"{spec.steps} steps take about {span(whole)}.")
        if spec.stall:
            lines.append(f"It ends sooner where {spec.stall[1]} measurements in a row do not better “{spec.stall[0]}”.")
        if self.memory is not None:
            lines.append(f"It needs about {self.memory / 1e9:.1f} GB of {'' if place == 'CPU' else 'GPU '}memory.")
        return lines


def span(seconds: float) -> str:
    """A length of time, in the largest unit of which it holds two."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.{0 if seconds >= 20 * length else 1}f} {unit}"
    return f"{seconds:.{0 if seconds >= 20 else 1}f} seconds"


def forecast(recipe: Recipe, spec: RunSpec, seconds: float = 60.0) -> Forecast:
    """Trains for about ``seconds``, measures once, and forgets it. No file is written."""
    fabric = launch(spec)
    torch.manual_seed(spec.seed)
    state = recipe.build(fabric.device)
    plain = hand_over(fabric, state)
    generator = torch.Generator(fabric.device)
    number, samples, ends = spec.steps // 2, 0, list[float]()  # as it is in the middle of the run
    began = time.monotonic()
    # The first step is no measure: memory is found for it, and on a GPU the fastest ways are tried.
    while len(ends) <= _FEWEST or ends[-1] - began < seconds:
        generator.manual_seed(spec.seed + len(ends))
        samples = int(recipe.step(fabric, state, generator, number + len(ends))["samples"])
        _wait_for(fabric.device)
        ends.append(time.monotonic())
    network: nn.Module = plain[state.averaged].eval()
    recipe.measure(network)
    _wait_for(fabric.device)
    measurement = time.monotonic() - ends[-1]
    step = (ends[-1] - ends[0]) / (len(ends) - 1)
    return Forecast(fabric.device.type, step, samples, measurement, _most_memory(fabric.device))


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _most_memory(device: torch.device) -> int | None:
    if device.type == "cuda":
        return torch.cuda.max_memory_reserved(device)
    if device.type != "cpu":
        return None
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
