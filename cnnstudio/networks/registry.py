"""The architectures a model card may name."""

from __future__ import annotations

from typing import Any

from torch import nn

from cnnstudio.networks import damage, dcgan, gan_small, irn, pyramid, restore

ARCHITECTURES: dict[str, type[nn.Module]] = {
    "pyramid": pyramid.PyramidRepairer,
    "irn": irn.IRN,
    "dcgan": dcgan.Generator,
    "gan_small": gan_small.Generator,
    "damage": damage.DamageFinder,
    "restorer": restore.PhotoRestorer,
}


def build(arch: str, **kwargs: Any) -> nn.Module:
    """A new network with random weights. Raises ``KeyError`` for an unknown name."""
    return ARCHITECTURES[arch](**kwargs)
