"""How the finder of damage is trained: a *bank* of painted squares is made before; steps cut tiles from it, turned,
mirrored and lit at random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from lightning.fabric import Fabric
from torch import Tensor, nn
from torch.optim import Optimizer

from cnnstudio.engine import devices
from cnnstudio.jobs import DAMAGE
from cnnstudio.networks.damage import DamageFinder, view_of
from training.loop import Figures, State, clip
from training.muon import Muon
from training.painting import IGNORED, Bank, draw_bank, joined, measured_banks
from training.start import begin_as

TOLERANCE = 2
"""Pixels by which a mark may be off and still counts as right."""

_MARGIN = 32  # a tile may reach so far over the edge of its square, where it is mirrored
_TRIED = 4  # clean squares looked at for each hard one
_AT_ONCE = 16  # of them
_MIX = {"scratch": 1.0, "dust": 1.0, "crease": 0.7, "blotch": 0.7, "corner": 0.4, "hole": 0.25}


@dataclass(frozen=True)
class DetectConfig:
    """What is trained, on what.

    Attributes:
        widths: features at 1/2, 1/4, 1/8 … of the tile.
        depths: blocks at each of these sizes.
        context: features of the view of the whole photo.
        side: side of the painted squares in pixels.
        crop: side of the tiles cut from them.
        batch: tiles a step, on each device.
        bank: squares painted beforehand.
        hard: clean squares besides, those in which the network of ``init`` finds most of what is not there.
        painters: processes that paint them; 0 paints in this one.
        measured: squares of each class, and clean ones, that are measured.
        clean: share of the squares without damage.
        aged: share of the squares that are faded, grainy, blurred and so on.
        grey: share of the squares made grey, as old photographs are.
        mix: weight of each kind of damage.
        gamma: of the focal loss: how little what is easy counts.
        missed: how much worse damage that is missed is than sound pixels that are marked.
        rate: learning rate of the hidden layers (Muon).
        small_rate: learning rate of all else (Adam).
        init: model to start from, for fine-tuning: its id, or its weights (safetensors).
    """

    widths: tuple[int, ...] = (32, 48, 64, 96)
    depths: tuple[int, ...] = (1, 2, 2, 2)
    context: int = 32
    side: int = 192
    crop: int = 128
    batch: int = 12
    bank: int = 4000
    hard: int = 0
    painters: int = 0
    measured: int = 24
    clean: float = 0.2
    aged: float = 0.5
    grey: float = 0.4
    mix: Mapping[str, float] = field(default_factory=lambda: _MIX)
    gamma: float = 2.0
    missed: float = 3.0
    rate: float = 0.01
    small_rate: float = 2e-3
    init: str | None = None

    @property
    def architecture(self) -> dict[str, object]:
        """Arguments of :class:`DamageFinder`, as the model card keeps them."""
        return {"widths": list(self.widths), "depths": list(self.depths), "context": self.context}


def damage_loss(
    logits: Tensor, truth: Tensor, counted: Tensor, gamma: float, missed: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Focal cross-entropy and Dice, each the mean over the classes.

    Args:
        logits: (N, K, H, W). truth: the same shape, 0 or 1. counted: (N, 1, H, W), 0 where nothing is asked for.
        gamma: see Lin et al., "Focal loss for dense object detection" (2017); 0 is plain cross-entropy.
        missed: how much worse damage that is missed is than sound pixels that are marked, in the focal part.

    Returns:
        (focal, dice). Focal is summed over all pixels and divided by the damaged ones and a hundredth of the others,
        so that a rare class weighs as much as a common one. Dice is 1 - 2 |A ∩ B| / (|A| + |B|) over the batch
        (Milletari et al., 2016), of the classes it holds.
    """
    over = (0, 2, 3)
    logits = logits.float()
    entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    focal = (1 - torch.exp(-entropy)).pow(gamma) * entropy * counted * (1 + (missed - 1) * truth)
    share = (truth * counted).sum(over) + 0.01 * ((1 - truth) * counted).sum(over)
    probability, truth = logits.sigmoid() * counted, truth * counted
    dice = 1 - (2 * (probability * truth).sum(over) + 1) / (probability.sum(over) + truth.sum(over) + 1)
    present = (truth.sum(over) > 0).float()
    return (focal.sum(over) / share.clamp(min=1)).mean(), (dice * present).sum() / present.sum().clamp(min=1)


class DetectRecipe:
    """Trains :class:`DamageFinder` on photos; see :class:`training.loop.Recipe`."""

    def __init__(self, config: DetectConfig, photos: Sequence[Path], validation: Sequence[Path], seed: int = 0) -> None:
        self.config = config
        self.measured = measured_banks(validation, config, seed)
        self._bank = draw_bank(photos, config.bank, config, seed)
        if config.hard:
            hard = hardest(self._network().eval(), photos, config, seed + 555)
            self._bank = joined([self._bank, hard])
        self._device = torch.device("cpu")

    def _network(self) -> DamageFinder:
        network = DamageFinder(**self.config.architecture)  # type: ignore[arg-type]
        if self.config.init:
            begin_as(network, self.config.init)
        return network

    def build(self, device: torch.device) -> State:
        config = self.config
        self._device = device
        self._pixels = torch.from_numpy(self._bank.pixels).to(device)
        self._marks = torch.from_numpy(self._bank.marks).to(device)
        net = self._network().to(device).to(memory_format=torch.channels_last)
        # Muon's steps are as long as they are for hidden layers: they would throw the logits about.
        hidden = [p for layer in net.children() if layer is not net.decode for p in layer.parameters()]
        optimisers: dict[str, Optimizer] = {
            "finder": Muon(hidden, config.rate, config.small_rate),
            "decode": torch.optim.Adam(net.decode.parameters(), config.small_rate, betas=(0.9, 0.99)),
        }
        return State({"finder": net}, optimisers, averaged="finder")

    def batch(self, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Tiles (N, 3, C, C) in [-1, 1], the views of their squares, where they lie in them, and their marks."""
        config, device = self.config, self._pixels.device
        count, side, crop = config.batch, config.side, config.crop
        u = torch.rand((9, count), device=device, generator=generator)
        which = (u[0] * len(self._pixels)).long().clamp_(max=len(self._pixels) - 1)
        # Squares are turned and mirrored whole, so that the view and the place are those of the tile.
        pixels, marks = self._pixels[which].permute(0, 3, 1, 2), self._marks[which]
        square = torch.cat([pixels, marks[:, None]], 1)
        square = torch.where(_each(u[1] < 0.5), square.flip(3), square)
        square = torch.where(_each(u[2] < 0.5), square.flip(2), square)
        square = torch.where(_each(u[3] < 0.5), square.transpose(2, 3), square)
        start = ((u[4:6] * (side + 2 * _MARGIN - crop + 1)).long() - _MARGIN).T  # x, y
        along = torch.arange(crop, device=device)
        rows, columns = (_mirrored(start[:, i, None] + along, side) for i in (1, 0))
        number = torch.arange(count, device=device)[:, None, None]
        tile = square[number, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
        # Light, contrast and, now and then, a negative: damage is known by what it is, not by its grey value.
        gain, shift = _each(0.7 + 0.5 * u[6]), _each(0.5 * u[7] - 0.25)
        sign = _each(torch.where(u[8] < 0.05, -1.0, 1.0))

        def lit(values: Tensor) -> Tensor:
            return ((values.float() / 127.5 - 1) * gain * sign + shift).clamp(-1, 1)

        view = view_of(lit(square[:, :3]))
        where = torch.cat([start, start + crop], 1).float() / side
        return lit(tile[:, :3]).contiguous(memory_format=torch.channels_last), view, where, tile[:, 3]

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        tile, view, where, marks = self.batch(generator)
        net = state.networks["finder"]
        truth = torch.stack([(marks >> i & 1).float() for i in range(len(DAMAGE))], 1)
        counted = ((marks & IGNORED) == 0).float()[:, None]
        focal, dice = damage_loss(net(tile, view, where), truth, counted, self.config.gamma, self.config.missed)
        for optimiser in state.optimisers.values():
            optimiser.zero_grad()
        fabric.backward(focal + dice)
        clip(fabric, net, state.optimisers["finder"])
        for optimiser in state.optimisers.values():
            optimiser.step()
        samples = torch.tensor(len(tile) * fabric.world_size)
        return {"loss": (focal + dice).detach(), "focal": focal.detach(), "dice": dice.detach(), "samples": samples}

    def measure(self, network: nn.Module) -> Figures:
        """F1 by class on squares that have this class alone, and how much is marked on clean squares."""
        planes = {name: probabilities(network, bank, self._device) for name, bank in self.measured.items()}
        figures = {
            f"{name}_f1": f1([p[..., i] >= 0.5 for p in planes[name]], bank, i)
            for i, (name, bank) in enumerate((name, self.measured[name]) for name in DAMAGE)
        }
        figures["f1"] = float(np.mean(list(figures.values())))
        marked = [(p >= 0.5).any(2).mean() for p in planes["clean"]]
        figures["clean_marked"] = float(np.mean(marked))
        figures["clean_untouched"] = float(np.mean([share == 0 for share in marked]))
        return figures

    def samples(self, network: nn.Module) -> np.ndarray:
        """A row for each class, and clean squares: as they are, what is damaged, what was found."""
        rows = []
        for name, bank in self.measured.items():
            some = Bank(bank.pixels[:3], bank.marks[:3])
            row: list[np.ndarray] = []
            for i, one in enumerate(probabilities(network, some, self._device)):
                shown = one[..., DAMAGE.index(name)] if name in DAMAGE else one.max(2)
                truth = some.truth(i).any(2)
                grey = [np.repeat(255 * np.asarray(x, np.float32)[..., None], 3, 2) for x in (truth, shown)]
                row += [some.pixels[i], *grey]
            rows.append(np.concatenate(row, 1).astype(np.uint8))
        return np.concatenate(rows, 0)


def hardest(network: nn.Module, photos: Sequence[Path], config: DetectConfig, seed: int) -> Bank:
    """Of many clean squares the ``config.hard`` ones in which a network finds most: what looks like damage and is not.

    A square counts by the mean over its pixels of how likely the likeliest class is there, squared, so that what is
    surely marked weighs more than what is doubtful.
    """
    place = devices.choose("auto").torch
    network = network.to(place)
    chosen: list[tuple[float, np.ndarray, np.ndarray]] = []
    for turn in range(_TRIED):  # in turns, so that no more than twice the squares lie in memory
        drawn = draw_bank(photos, config.hard, config, seed + turn, ())
        for start in range(0, len(drawn.pixels), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            likely = _seen_whole(network, torch.tensor(drawn.pixels[some], device=place)).amax(1)
            sure = likely.square().mean((1, 2)).tolist()
            chosen += zip(sure, drawn.pixels[some], drawn.marks[some], strict=True)
        chosen = sorted(chosen, key=lambda one: -one[0])[: config.hard]
    return Bank(*(np.stack([one[i] for one in chosen]) for i in (1, 2)))


def _each(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1)


def _mirrored(index: Tensor, size: int) -> Tensor:
    folded = index % (2 * size)
    return torch.where(folded < size, folded, 2 * size - 1 - folded)


def probabilities(network: nn.Module, bank: Bank, device: torch.device) -> list[np.ndarray]:
    """What the network finds in each square, seen whole: SxSx5 float32, 0 to 1."""
    return [look(network, pixels, device) for pixels in bank.pixels]


def look(network: nn.Module, pixels: np.ndarray, device: torch.device) -> np.ndarray:
    """What the network finds in an HxWx3 uint8 picture, seen whole: HxWx5 float32, 0 to 1."""
    planes = _seen_whole(network, torch.tensor(pixels[None], device=device))
    return np.asarray(planes[0].permute(1, 2, 0).cpu().numpy())


@torch.inference_mode()
def _seen_whole(network: nn.Module, pixels: Tensor) -> Tensor:
    """(N, H, W, 3) uint8 to (N, 5, H, W) float32, 0 to 1."""
    x = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1
    x = x.contiguous(memory_format=torch.channels_last)
    where = torch.tensor([[0.0, 0.0, 1.0, 1.0]], device=x.device).expand(len(x), 4)
    logits = cast(Tensor, network(x, view_of(x), where))  # in float32, as the engine has it
    return logits.float().sigmoid()


def f1(marked: Sequence[np.ndarray], bank: Bank, index: int, tolerance: int = TOLERANCE) -> float:
    """F1 of a class over all squares of a bank together; a pixel is right within ``tolerance`` pixels of damage.

    Args:
        marked: SxS bool of each square.
        index: of the class in :data:`DAMAGE`.
    """
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * tolerance + 1, 2 * tolerance + 1))
    right = said = found = asked = 0
    for number, mark in enumerate(marked):
        truth = bank.truth(number)[..., index]
        anywhere = bank.marks[number] > 0  # what cannot be seen is not asked for, but may be marked
        right += int((mark & (cv2.dilate(anywhere.astype(np.uint8), near) > 0)).sum())
        said += int(mark.sum())
        found += int((truth & (cv2.dilate(mark.astype(np.uint8), near) > 0)).sum())
        asked += int(truth.sum())
    precision, recall = right / max(said, 1), found / max(asked, 1)
    return 2 * precision * recall / max(precision + recall, 1e-9)
