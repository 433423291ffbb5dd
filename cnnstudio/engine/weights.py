"""From a model card to a network that is ready to compute."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

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
        shapes = _shapes(card)
    except Exception as error:
        raise BadModel(f"The weights of the model “{card.id}” cannot be read.", repr(error)) from error
    if not _are_options(card):
        raise BadModel(f"The card of the model “{card.id}” has unknown options.", repr(card.kwargs))
    try:
        # A card may ask for any size: first a network without numbers, to see whether it is that of the weights.
        if _total(card.kwargs) > sum(map(sum, shapes.values())):
            raise ValueError(f"{card.kwargs} are more than the weights have")
        with torch.device("meta"), _NoNumbers():
            outline, hollow = build(card.arch, **card.kwargs), {k: torch.empty(s) for k, s in shapes.items()}
        outline.load_state_dict(hollow, strict=True, assign=True)
        network = build(card.arch, **card.kwargs)
        network.load_state_dict(safetensors.torch.load_file(card.path), strict=True)
    except Exception as error:  # networks raise errors of every kind for options that make no sense
        raise BadModel(f"The weights of the model “{card.id}” do not fit its card.", repr(error)) from error
    network = network.eval().requires_grad_(False).to(device.torch)
    return network.to(memory_format=torch.channels_last)


class _NoNumbers(TorchFunctionMode):
    """Leaves out what fills new weights with numbers, for which there is no room on the device without memory."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", "") == "torch.nn.init":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)


def _shapes(card: cards.ModelCard) -> dict[str, list[int]]:
    """The weights' names and shapes, of which only the file's header is read."""
    with safetensors.safe_open(card.path, "pt") as file:
        return {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118


def _are_options(card: cards.ModelCard) -> bool:
    """Whether the architecture has the card's options, and each is of the kind of its default."""
    options = inspect.signature(ARCHITECTURES[card.arch]).parameters
    return all(name in options and _is_like(value, options[name].default) for name, value in card.kwargs.items())


def _is_like(value: Any, default: Any) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(_is_like(one, default[0]) for one in value)
    return type(value) is type(default)


def _total(options: Any) -> int:
    """All numbers in a card's options together, none below 0. Each is the size or the number of some weights."""
    if isinstance(options, dict):
        return _total(list(options.values()))
    if isinstance(options, list | tuple):
        return sum(map(_total, options))
    return abs(options) if type(options) is int else 0
