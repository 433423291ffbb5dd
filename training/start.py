"""A network that is not begun anew: fine-tuning goes on from a model there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from cnnstudio.cards import card_named
from cnnstudio.errors import BadInput, BadModel

Weights = dict[str, Tensor]


def begin_as(network: nn.Module, model: str, fit: Callable[[Weights], Weights] = lambda weights: weights) -> None:
    """Gives a network the weights of a model.

    Args:
        model: its id, or the path of its weights (``.safetensors``), which need no card.
        fit: makes of the model's weights by name those of the network.

    Raises:
        BadModel: there is no such model.
        BadInput: its weights cannot be read, or belong to a network that is built otherwise.
    """
    path = _weights(model)
    try:
        network.load_state_dict(fit(load_file(path)))
    except (OSError, SafetensorError) as error:
        raise BadInput(f"The weights “{path}” cannot be read.", repr(error)) from error
    except RuntimeError as error:
        text = f"Training cannot go on from “{model}”: that network is built otherwise than the one to be trained."
        raise BadInput(text, repr(error)) from error


def trained_as(model: str) -> dict[str, Any] | None:
    """How the model was trained, as its card says; None where there is no card."""
    try:
        return card_named(model).training
    except BadModel:
        return None


def _weights(model: str) -> Path:
    return Path(model) if model.endswith(".safetensors") else card_named(model).path
