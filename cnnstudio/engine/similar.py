"""Finds the latent of a generator whose picture is most like a given one.

Gradients of a distance lead from a latent to better ones (as in Abdal, Qin, Wonka 2019, "Image2StyleGAN"). The distance
is made of pixels and edges at every scale, so that large shapes count as much as detail, and needs no other network. It
has many local minima: many latents are tried, the nearest few are followed for a while, and the best of those to the
end.

A picture the generator has made is found again but for a few grey levels; of any other the nearest is what the
generator knows how to draw.
"""

from __future__ import annotations

import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnstudio.engine import devices
from cnnstudio.engine.generate import PictureMaker, as_picture
from cnnstudio.engine.tensors import to_unit
from cnnstudio.errors import BadInput, NotEnoughMemory
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import Found, Latent, Progress

_TRIED, _FOLLOWED = 64, 4
_STEPS, _LAST_STEPS = 50, 250
_RATE, _LAST_RATE = 0.1, 0.005
_BATCH = 8  # of those that are only tried
_SMALLEST = 4  # pixels on a side of the coarsest scale
_PLAIN = 0.02
"""How much a latent costs for lying far out, where no picture is like those the generator learnt from."""
_LOOK = 10  # steps between two previews


def find(maker: PictureMaker, pixels: np.ndarray, seed: int = 0, progress: Progress | None = None) -> Found:
    """Looks for the latent of the picture most like ``pixels``.

    Args:
        pixels: HxWxC ``uint8`` or ``uint16``, of any size: its middle square counts, and not its alpha.
        seed: of the latents that are tried; the same seed finds the same one on the same device.
        progress: is shown the nearest picture so far, at its own size, and asked at every step whether to stop.

    Raises:
        BadInput: there are no pixels.
        NotEnoughMemory: there is not enough.
        Cancelled: the cancel flag was seen.
    """
    started, progress = time.perf_counter(), progress or Progress()
    try:
        z, began = _search(maker, pixels, seed, progress)
    except (RuntimeError, MemoryError) as error:
        if not devices.out_of_memory(error):
            raise
        devices.release_memory(maker.device)
        raise NotEnoughMemory("There is not enough memory to look for a picture.", repr(error)) from error
    latent = Latent(tuple(z.flatten().tolist()))
    picture = maker.make([latent]).pictures[0]
    wanted = as_picture(target_of(pixels, *picture.shape[1:])[0])
    wrong = float(np.abs(picture.astype(np.int16) - wanted).mean())
    return Found(latent, picture, wrong, began, time.perf_counter() - started, maker.device.name)


def target_of(pixels: np.ndarray, side: int, channels: int) -> Tensor:
    """(1, channels, side, side) in [-1, 1]: the middle square of HxWxC ``uint8`` or ``uint16``, at a generator's size.

    Raises:
        BadInput: there are no pixels.
    """
    height, width = pixels.shape[:2]
    edge = min(height, width)
    if not edge:
        raise BadInput("There is nothing to look for.", f"{pixels.shape}")
    top, left = (height - edge) // 2, (width - edge) // 2
    square = to_unit(pixels[top : top + edge, left : left + edge])
    how = cv2.INTER_AREA if edge > side else cv2.INTER_CUBIC
    square = cv2.resize(square, (side, side), interpolation=how).reshape(side, side, -1)
    colours = square.mean(2, keepdims=True) if channels == 1 else np.repeat(square, channels // square.shape[2], 2)
    return torch.from_numpy(colours).permute(2, 0, 1)[None].clamp(0, 1) * 2 - 1


def distance(a: list[Tensor], b: list[Tensor]) -> Tensor:
    """(N,): mean absolute differences of pixels and edges, added up over all scales, as :func:`scales` makes them."""
    pairs = list(zip(a, b, strict=True))
    far = [(x - y).abs().mean((1, 2, 3)) for x, y in pairs]
    far += [(x.diff(dim=d) - y.diff(dim=d)).abs().mean((1, 2, 3)) for x, y in pairs for d in (2, 3)]
    return torch.stack(far).sum(0)


def scales(x: Tensor) -> list[Tensor]:
    """(N, C, H, W), and each half the size of the one before."""
    out = [x]
    while out[-1].shape[-1] >= 2 * _SMALLEST:
        out.append(F.avg_pool2d(out[-1], 2))
    return out


def _search(maker: PictureMaker, pixels: np.ndarray, seed: int, progress: Progress) -> tuple[Tensor, float]:
    """The latent (1, dimensions, 1, 1), and by how many grey levels the first one tried was wrong."""
    network, device = maker.network, maker.device.torch
    z = torch.randn(_TRIED, network.latent, 1, 1, generator=torch.Generator().manual_seed(seed)).to(device)
    with torch.no_grad():
        first = network(z[:1])
        target = target_of(pixels, first.shape[-1], first.shape[1]).to(device)
        began = float((first - target).abs().mean()) * 127.5
        wanted = scales(target)
        tried = []
        for some in torch.split(z, _BATCH):
            progress.check_cancelled()
            tried.append(distance(scales(network(some)), wanted))
    z = z[torch.cat(tried).topk(_FOLLOWED, largest=False).indices]
    done = 0.1  # what trying takes of the whole
    for steps, rate, last_rate in ((_STEPS, _RATE, _RATE), (_LAST_STEPS, _RATE, _LAST_RATE)):
        z = _follow(maker, z, wanted, steps, (rate, last_rate), progress.part(done, 0.45))
        done += 0.45
    return z, began


def _follow(
    maker: PictureMaker, z: Tensor, wanted: list[Tensor], steps: int, rates: tuple[float, float], progress: Progress
) -> Tensor:
    """Improves each latent (N, dimensions, 1, 1), and returns the best of all that were passed, (1, dimensions, 1, 1).

    Args:
        rates: the learning rate at first and at last.
    """
    best, least = z[:1], float("inf")
    z = z.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([z], betas=(0.9, 0.99))
    for step in range(steps):
        progress.check_cancelled()
        optimiser.param_groups[0]["lr"] = rates[0] + (rates[1] - rates[0]) * step / steps
        with torch.enable_grad():
            made = maker.network(z)
            far = distance(scales(made), wanted) + _PLAIN * z.square().mean((1, 2, 3))
            optimiser.zero_grad()
            torch.autograd.backward(far.sum())
        nearest = int(far.argmin())
        cost = float(far.detach()[nearest])
        if cost < least:
            best, least = z.detach()[nearest : nearest + 1].clone(), cost
        if step % _LOOK == 0:
            shown = as_picture(made.detach()[nearest].float().cpu())
            progress.preview(Rect(0, 0, shown.shape[1], shown.shape[0]), shown)
        optimiser.step()
        progress.set((step + 1) / steps, "Looking for a similar picture")
    return best
