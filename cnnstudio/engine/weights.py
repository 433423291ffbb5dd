"""From a model card to a network that is ready to compute."""

from __future__ import annotations

import safetensors
import safetensors.torch
import torch
from torch import nn

from cnnstudio import cards
from cnnstudio.engine.devices import Device
from cnnstudio.errors import BadModel
from cnnstudio.networks.registry import ARCHITECTURES, build


def load_network(card: cards.ModelCard, device: Device) -> nn.Module:
    """The card's network with its weights, in evaluation mode, frozen, on ``device``.

    Raises:
        BadModel: the weights do not have the card's hash, are no safetensors file, or do not fit the architecture;
            or the architecture or its options are unknown.
    """
    cards.verify(card)
    if card.arch not in ARCHITECTURES:
        raise BadModel(f"The model “{card.id}” needs a newer version of this program.", f"architecture {card.arch!r}")
    try:
        network = build(card.arch, **card.kwargs)
    except (TypeError, ValueError, LookupError) as error:
        raise BadModel(f"The card of the model “{card.id}” has unknown options.", repr(error)) from error
    try:
        network.load_state_dict(safetensors.torch.load_file(card.path), strict=True)
    except (safetensors.SafetensorError, OSError) as error:
        raise BadModel(f"The weights of the model “{card.id}” cannot be read.", repr(error)) from error
    except RuntimeError as error:
        raise BadModel(f"The weights of the model “{card.id}” do not fit its card.", str(error)) from error
    network = network.eval().requires_grad_(False).to(device.torch)
    return network.to(memory_format=torch.channels_last)
