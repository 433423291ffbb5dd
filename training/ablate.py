"""Which network is best: variants trained for the same time on the same photos, with quality and milliseconds."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from cnnstudio.errors import BadInput
from cnnstudio.networks.pyramid import PyramidRepairer
from training.data import PhotoStore
from training.loop import RunSpec, run
from training.repair import MEASURED, RepairConfig, RepairRecipe

_TIMED_SIDE = 512


def read_variants(file: Path) -> dict[str, dict[str, Any]]:
    """Options of :class:`RepairConfig` by name of the variant, from a JSON file.

    Raises:
        BadInput: the file cannot be read or sets an option that does not exist.
    """
    try:
        variants: dict[str, dict[str, Any]] = json.loads(file.read_text("utf-8"))
        for options in variants.values():
            replace(RepairConfig(), **options)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadInput(f"The variants in “{file}” cannot be used.", repr(error)) from error
    return variants


def milliseconds(config: RepairConfig, device: torch.device, bf16: bool, repeats: int = 3) -> float:
    """The best time of one level of 512 x 512 pixels."""
    network = PyramidRepairer(**config.architecture).eval().to(device)  # type: ignore[arg-type]
    network = network.to(memory_format=torch.channels_last)
    x = torch.rand(1, 3, _TIMED_SIDE, _TIMED_SIDE, device=device).contiguous(memory_format=torch.channels_last)
    hole = torch.ones(1, 1, _TIMED_SIDE, _TIMED_SIDE, device=device)
    times = []
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bf16):
        for _ in range(repeats + 1):
            start = time.perf_counter()
            network(x, hole, x).cpu()  # the copy waits for the device
            times.append(time.perf_counter() - start)
    return 1000 * min(times[1:])


def ablate(
    variants: Mapping[str, Mapping[str, Any]], config: RepairConfig, spec: RunSpec,
    photos: PhotoStore, validation: PhotoStore,
) -> str:  # fmt: skip
    """Trains every variant of ``config`` into a folder below ``spec.folder``, all under the same budget.

    Returns:
        A Markdown table: parameters, steps, milliseconds (fp32 and bf16), gain over the prior in dB by damage class.
    """
    lines = [
        f"| variant | parameters | steps | ms fp32 | ms bf16 | {' | '.join(MEASURED)} | mean |",
        f"|---|{'---|' * (len(MEASURED) + 5)}",
    ]
    for number, (name, options) in enumerate(variants.items()):
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
        chosen = replace(config, **given)
        recipe = RepairRecipe(chosen, photos, validation, spec.seed)
        outcome = run(recipe, replace(spec, folder=spec.folder / f"{number:02d}"))
        device = next(outcome.network.parameters()).device
        # A run that its budget ended has not been measured at its end.
        figures = recipe.measure(outcome.network) if outcome.reason == "budget" else outcome.figures
        size = sum(p.numel() for p in outcome.network.parameters()) / 1e6
        gains = " | ".join(f"{figures[f'{kind}_gain']:+.2f}" for kind in (*MEASURED,))
        times = " | ".join(f"{milliseconds(chosen, device, bf16):.0f}" for bf16 in (False, True))
        lines.append(f"| {name} | {size:.2f} M | {outcome.step} | {times} | {gains} | {figures['gain']:+.2f} |")
    return "\n".join(lines)
