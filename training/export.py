"""From a run to a model: the averaged network as safetensors, and its card."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import nn

from cnnstudio.cards import NEXT_CARD, ModelCard
from cnnstudio.imaging.safe_file import make_folder, replacing

# By architecture, and by id those of one architecture that come with the program.
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
    "flowers": (
        "Flowers",
        "Makes pictures of flowers, 128 x 128 pixels: daisies, dandelions, roses, sunflowers and tulips.",
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
    """Writes ``<model_id>.safetensors`` and its card into ``folder``, and returns the card.

    Raises:
        UnwritableTarget: as :func:`write_model`.
    """
    name, description, task = TEXTS.get(model_id, TEXTS[arch])
    make_folder(folder)
    card = ModelCard(
        id=model_id, name=name, description=description, task=task, arch=arch, kwargs=kwargs, version=version,
        licence=licence, data=data, training=training, figures={k: round(v, 4) for k, v in figures.items()},
        sha256="", path=folder / f"{model_id}.safetensors",
    )  # fmt: skip
    return write_model(card, network)


def write_model(card: ModelCard, network: nn.Module) -> ModelCard:
    """Writes weights and card at ``card.path``; whenever the program is killed, there is the old model or the new.

    Returns:
        the card with the weights' hash.

    Raises:
        UnwritableTarget: the disk does not take it.
    """
    weights = safetensors.torch.save({k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()})
    card = replace(card, sha256=hashlib.sha256(weights).hexdigest())
    text, following = card.as_text().encode(), card.path.with_suffix(NEXT_CARD)
    for path, content in ((following, text), (card.path, weights), (card.path.with_suffix(".json"), text)):
        with replacing(path, overwrite=True) as file:
            file.write(content)
    following.unlink()
    return card
