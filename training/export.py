"""From a run to a model: the averaged network as safetensors, and its card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import nn

from cnnstudio.cards import ModelCard, file_sha256

TEXTS = {
    "pyramid": (
        "Pyramid repairer",
        "Repairs scratches, dust, creases, stains, writing and missing pieces, coarse to fine. The one to use.",
        "repair",
    ),
    "irn": (
        "Restoration network (IRN)",
        "The image restoration network of the source article: two encoders, one decoder. For study and comparison.",
        "repair",
    ),
    "dcgan": (
        "DCGAN",
        "The generative adversarial network of the source article: 32 x 32 pictures from noise. For study.",
        "generate",
    ),
    "gan_small": (
        "Small-data GAN",
        "Makes pictures of 128 or 256 pixels like those it was trained on; a few hundred are enough to train it.",
        "generate",
    ),
    "damage": (
        "Damage finder",
        "Marks scratches, creases, specks, stains and missing pieces, so that they need not be painted over by hand.",
        "detect",
    ),
    "restorer": (
        "Photo restorer",
        "Takes noise, film grain, the marks of JPEG and mild blur out of a whole photo, as strongly as it is told.",
        "restore",
    ),
}


def export(
    network: nn.Module,
    arch: str,
    kwargs: dict[str, Any],
    folder: Path,
    *,
    model_id: str,
    version: str,
    licence: str,
    data: dict[str, Any],
    training: dict[str, Any],
    figures: dict[str, float],
) -> ModelCard:
    """Writes ``<model_id>.safetensors`` and its card into ``folder``, and returns the card."""
    name, description, task = TEXTS[arch]
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / f"{model_id}.safetensors"
    save_file({k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}, weights)
    card = ModelCard(
        id=model_id, name=name, description=description, task=task, arch=arch, kwargs=kwargs, version=version,
        licence=licence, data=data, training=training, figures={k: round(v, 4) for k, v in figures.items()},
        sha256=file_sha256(weights), path=weights,
    )  # fmt: skip
    card.write(weights)
    return card
