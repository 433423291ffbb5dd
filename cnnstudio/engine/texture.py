"""Texture for wide holes, borrowed from the photo around them.

A network that cannot know what was in a wide hole fills it with the mean of what it might have been: the right shapes,
but smooth. Here each of its small patches is replaced by the patch of the known surroundings that looks most like it,
so that grass is grass again and cloth is cloth. The network's fill is where the search starts and therefore decides
what goes where; the photo itself gives the detail.

Nearest patches are found by PatchMatch (Barnes et al., "PatchMatch: a randomized correspondence algorithm for
structural image editing", 2009), at a quarter and then at half of the size; each hole pixel is the mean of what the
patches over it say (Wexler, Shechtman, Irani, "Space-time completion of video", 2007). Patches are compared by their
lowest frequencies, which hold nearly all that tells them apart and are far fewer than their pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

SPARED = 2.0
"""Depth in pixels inside a hole up to which the fill stays the network's own: thin damage keeps all of it."""
FADE = 25.0
"""Pixels from there over which the texture reaches its full strength."""

REACHES = (96, 192, 384)
"""Pixels around a hole within which texture is looked for: the first where enough is known."""

_PLAN = ((4, 2, 4), (2, 1, 2))
"""By scale, coarse to fine: rounds of matching and voting, and sweeps of PatchMatch in each. At full size nothing is
matched any more: it costs as much as all else together, and what was found at half the size serves as well."""
_RADIUS = 3  # of a patch
_FREQUENCIES = (5, 2, 2)  # so many, in all directions together, tell patches apart: in brightness and in two colours
_FEWEST = 256  # known patches: with less there is nothing to choose from
_STRIDES = ((8, 1), (4, 2, 1))  # pixels to the neighbours that are asked, by sweep
_VOTES = 2  # rows and columns on each side whose patches have a say in a pixel
_LEAST_TRUST = 1e-4
_TINY = 1e-9


def borrow_texture(
    filled: Tensor,
    hole: Tensor,
    strength: float,
    seed: Sequence[int] = (0,),
    check_cancelled: Callable[[], None] = lambda: None,
) -> Tensor | None:
    """Gives the wide parts of a hole the texture of what lies around them.

    Args:
        filled: (3, H, W) in [-1, 1], the hole filled by a network.
        hole: (1, H, W), 1 where pixels were missing: nothing is borrowed from there.
        strength: 0 to 1, how much of the fill is replaced.
        seed: of the search; the same gives the same.
        check_cancelled: called now and then; may raise.

    Returns:
        (3, H, W), equal to ``filled`` outside the hole and near its edge; None where no part of the hole is wide, or
        too little is known around it.
    """
    missing = (hole[0] > 0).cpu().numpy()
    depth = cv2.distanceTransform(missing.astype(np.uint8), cv2.DIST_L2, 3)
    if not (depth > SPARED).any():
        return None
    chance = torch.Generator().manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
    made = _made_of_patches(filled, hole[0] > 0, chance, check_cancelled)
    if made is None:
        return None
    share = torch.from_numpy(np.clip((depth - SPARED) / FADE, 0, 1) * np.float32(strength)).to(filled.device)
    return filled + share * (made - filled)


@dataclass
class _Field:
    """Which known patch each hole pixel's patch looks like. Positions are row * width + column.

    Attributes:
        size: (height, width) of the picture.
        at: (n,) int64, the middles of the patches over the hole.
        source: (n,) int64, of each the middle of the known patch.
        cost: (n,) how unlike the two are; empty before the first search.
    """

    size: tuple[int, int]
    at: Tensor
    source: Tensor
    cost: Tensor

    def spread(self, values: Tensor, elsewhere: float) -> Tensor:
        """(H * W,): ``values`` where patches lie over the hole."""
        grid = values.new_full((self.size[0] * self.size[1],), elsewhere)
        grid[self.at] = values
        return grid


def _made_of_patches(
    filled: Tensor, missing: Tensor, chance: torch.Generator, check_cancelled: Callable[[], None]
) -> Tensor | None:
    """(3, H, W): the hole made of known patches; None where too little is known."""
    field: _Field | None = None
    for scale, rounds, sweeps in _PLAN:
        small, gap = _reduced(filled, missing, scale)
        known = _known_patches(gap)
        if int(known.sum()) < _FEWEST:
            continue
        if field is None:
            at = _middles(gap)
            field = _Field((gap.shape[0], gap.shape[1]), at, _any_of(known, len(at), chance), torch.empty(0))
            picture = small
        else:
            field = _enlarged(field, gap, known, chance)
            picture = _voted(small, gap, field, check_cancelled)
        for _ in range(rounds):
            _search(field, _looks(picture), known, chance, sweeps, check_cancelled)
            picture = _voted(small, gap, field, check_cancelled)
    if field is None or scale != _PLAN[-1][0]:
        return None
    known = _known_patches(missing)
    return _voted(filled, missing, _enlarged(field, missing, known, chance), check_cancelled) if known.any() else None


def _reduced(filled: Tensor, missing: Tensor, scale: int) -> tuple[Tensor, Tensor]:
    """The picture, and its hole (H, W) bool: missing where any of its pixels is."""
    if scale == 1:
        return filled, missing
    pad = (0, -filled.shape[2] % scale, 0, -filled.shape[1] % scale)
    small = F.avg_pool2d(F.pad(filled[None], pad, mode="replicate"), scale)[0]
    return small, F.max_pool2d(F.pad(missing[None, None].float(), pad, mode="replicate"), scale)[0, 0] > 0


def _known_patches(gap: Tensor) -> Tensor:
    """(H * W,) bool: the middles of patches that lie wholly in the picture and out of the hole."""
    side = 2 * _RADIUS + 1
    around = F.pad(gap[None, None].float(), (_RADIUS,) * 4, value=1.0)
    return (F.max_pool2d(F.max_pool2d(around, (1, side), stride=1), (side, 1), stride=1) == 0).flatten()


def _middles(gap: Tensor) -> Tensor:
    """(n,): the hole's pixels and a rim of one."""
    return (F.max_pool2d(gap[None, None].float(), 3, stride=1, padding=1) > 0).flatten().nonzero()[:, 0]


def _any_of(known: Tensor, count: int, chance: torch.Generator) -> Tensor:
    """(count,) middles of known patches, at random."""
    positions = known.nonzero()[:, 0]
    return positions[torch.randint(len(positions), (count,), generator=chance).to(known.device)]


def _enlarged(field: _Field, gap: Tensor, known: Tensor, chance: torch.Generator) -> _Field:
    """A field found at half the size, as the start for this one."""
    at, (height, width) = _middles(gap), gap.shape
    y, x = at // width, at % width
    rows, columns = field.size
    parent = field.spread(field.source, 0)[(y // 2).clamp(max=rows - 1) * columns + (x // 2).clamp(max=columns - 1)]
    source = (parent // columns * 2 + y % 2) * width + parent % columns * 2 + x % 2
    source = source.clamp(max=len(known) - 1)
    lost = ~known[source]
    source[lost] = _any_of(known, int(lost.sum()), chance)
    return _Field((height, width), at, source, torch.empty(0))


def _looks(picture: Tensor) -> Tensor:
    """(H * W, features): the patch around each pixel by its lowest frequencies, an orthonormal projection (DCT-II).

    By matrices and not by convolutions: on a CPU those keep some memory for ever for every size they have seen, and
    hardly two pictures here are of one size.
    """
    colours, waves = (basis.to(picture.device) for basis in _bases())
    side, planes = waves.shape[1], torch.einsum("kc,chw->khw", colours, picture)
    rows = F.pad(planes, (_RADIUS,) * 4, mode="reflect").unfold(2, side, 1) @ waves.T
    features = [
        rows[plane, :, :, i].unfold(0, side, 1) @ waves[: most - i].T
        for plane, most in enumerate(_FREQUENCIES)
        for i in range(most)
    ]
    return torch.cat(features, 2).flatten(0, 1)


@lru_cache(maxsize=1)
def _bases() -> tuple[Tensor, Tensor]:
    """Brightness and two axes of colour at right angles to it, (3, 3); waves along a patch, (frequency, side)."""
    side = 2 * _RADIUS + 1
    at, frequency = torch.arange(side) + 0.5, torch.arange(max(_FREQUENCIES))[:, None]
    waves = torch.cos(torch.pi / side * at * frequency) * (2 / side) ** 0.5
    waves[0] /= 2**0.5
    return F.normalize(torch.tensor([[1.0, 1, 1], [1, 0, -1], [1, -2, 1]]), dim=1), waves


def _search(
    field: _Field,
    looks: Tensor,
    known: Tensor,
    chance: torch.Generator,
    sweeps: int,
    check_cancelled: Callable[[], None],
) -> None:
    """Improves a field: each patch tries what its neighbours have found, and places around what it has."""
    width, last = field.size[1], len(known) - 1
    wanted = looks.index_select(0, field.at)
    # A neighbour out of the hole has found nothing: its candidate is the corner, which no patch fits into.
    found = field.spread(field.source, -(1 << 40))
    field.cost = (wanted - looks.index_select(0, field.source)).square_().sum(1)

    def consider(candidates: Tensor) -> None:
        check_cancelled()
        candidates = candidates.clamp(0, last)
        cost = (wanted - looks.index_select(0, candidates)).square_().sum(1)
        better = (cost < field.cost) & known.index_select(0, candidates)
        field.source = torch.where(better, candidates, field.source)
        field.cost = torch.where(better, cost, field.cost)

    for sweep in range(sweeps):
        for stride in _STRIDES[sweep % 2]:
            for shift in (stride, stride * width, -stride, -stride * width):
                found[field.at] = field.source
                consider(found.index_select(0, (field.at - shift).clamp_(0, last)) + shift)
        reach = max(field.size)
        while reach > 1:
            rows, columns = torch.randint(-reach, reach + 1, (2, len(field.at)), generator=chance).to(known.device)
            consider(field.source + rows * width + columns)
            reach //= 4


def _voted(small: Tensor, gap: Tensor, field: _Field, check_cancelled: Callable[[], None]) -> Tensor:
    """(3, H, W): ``small``, each hole pixel the mean of what the patches over it say, the likest counting most."""
    width, last = field.size[1], gap.numel() - 1
    if field.cost.numel():
        trust = torch.exp(-field.cost / (2 * field.cost.quantile(0.75) + _TINY)) + _LEAST_TRUST
    else:
        trust = torch.ones_like(field.at, dtype=small.dtype)
    source, weights = field.spread(field.source, 0), field.spread(trust, 0)
    pixels = gap.flatten().nonzero()[:, 0]
    column, colours = pixels % width, small.flatten(1).T.contiguous()
    total, weight = small.new_zeros(len(pixels), small.shape[0]), small.new_zeros(len(pixels), 1)
    for dy in range(-_VOTES, _VOTES + 1):
        check_cancelled()
        for dx in range(-_VOTES, _VOTES + 1):
            middle = (pixels + dy * width + dx).clamp(0, last)
            inside = (column + dx >= 0) & (column + dx < width)
            counts = (weights.index_select(0, middle) * inside)[:, None]
            said = (source.index_select(0, middle) - (dy * width + dx)).clamp_(0, last)
            total += counts * colours.index_select(0, said)
            weight += counts
    out = small.flatten(1).clone()
    out[:, pixels] = (total / weight.clamp(min=_TINY)).T
    return out.view_as(small)
