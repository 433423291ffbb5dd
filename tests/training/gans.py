"""What the tests of both GANs share: toy pictures, a short run, and networks built once."""

from __future__ import annotations

from pathlib import Path

import torch
from lightning.fabric import Fabric
from torch import Tensor

from training.loop import Recipe, RunSpec, State


def discs(count: int = 16, seed: int = 0) -> Tensor:
    """Coloured discs of several sizes on a dark ground: (count, 3, 32, 32) uint8."""
    generator = seeded(seed)
    radius = torch.rand((count, 1, 1, 1), generator=generator) * 6 + 6
    colour = torch.rand((count, 3, 1, 1), generator=generator) * 155 + 100
    along = torch.arange(32) - 15.5
    inside = (along.square() + along.square()[:, None]).sqrt() < radius
    return torch.where(inside, colour, torch.tensor(30.0)).to(torch.uint8)


def spec_of(folder: Path, **changes: object) -> RunSpec:
    """Three steps on the CPU, measured at the end."""
    given: dict[str, object] = {
        "steps": 3, "log_every": 1, "measure_every": 3, "warmup": 1, "decay": 0.0, "average": 0.5, "larger": False,
        "accelerator": "cpu", "devices": "1", "precision": "32-true",
    }  # fmt: skip
    return RunSpec(folder, **(given | changes))  # type: ignore[arg-type]


def built(recipe: Recipe) -> tuple[Fabric, State]:
    torch.manual_seed(0)
    fabric = Fabric(accelerator="cpu", devices=1)
    return fabric, recipe.build(torch.device("cpu"))


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
