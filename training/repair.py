"""How the pyramid repairer is trained: crops at random scales, holes from a bank, losses at every level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from lightning.fabric import Fabric
from lightning.fabric.wrappers import _FabricModule
from torch import Tensor, nn
from torch.optim import Optimizer

from cnnstudio.errors import BadInput
from cnnstudio.networks.patch import PatchDiscriminator
from cnnstudio.networks.prior import levels_needed, multigrid
from cnnstudio.networks.pyramid import SHALLOW, PyramidRepairer
from training import losses
from training.data import HoleBank, PhotoStore, draw_holes
from training.features import Features, perceptual_distance
from training.loop import Figures, State, clip
from training.muon import Muon
from training.start import Weights, begin_as

THIN = {"scratch": 1.0, "dust": 1.0, "crease": 1.0, "stamp": 0.5, "writing": 0.5, "blotch": 0.3}
LARGE = {"crease": 0.5, "blotch": 1.0, "corner": 0.7, "hole": 1.0}
MEASURED = ("scratch", "dust", "crease", "blotch", "corner", "hole", "stamp", "writing")
MEASURED_SIDE = 128
"""Side of the crops that are measured, in pixels."""


@dataclass(frozen=True)
class RepairConfig:
    """What is trained, on what.

    Attributes:
        widths: features at 1/2, 1/4, 1/8 … of the picture.
        depths: blocks at each of these sizes.
        blocks: kind of block at each.
        trained_levels: pyramid levels the network repairs.
        specialists: one network for thin holes and another one for large holes; one that gets none of the crops stays
            as it was.
        levels: how often a crop is halved in training; at least trained_levels - 1.
        crop: side of a crop in pixels.
        batch: crops a step, on each device.
        large: share of the crops with large holes; the others have dense thin ones.
        thin_mix: weight of each damage class among thin holes.
        large_mix: weight of each damage class among large holes.
        bank: holes drawn beforehand of each sort.
        grey: share of the crops made grey, as old photographs are.
        rate: learning rate of the hidden layers (Muon).
        small_rate: learning rate of all else (Adam).
        losses: weight by name of loss.
        large_losses: the same for the crops with large holes; empty: as for the others.
        adversarial: name of an adversarial loss, or none.
        adversarial_weight: its weight.
        r1: weight of the gradient penalty of the discriminator.
        init: model to start from, for fine-tuning: its id, or its weights (safetensors).
        init_deep: the same for the specialist of large holes alone.
    """

    widths: tuple[int, ...] = (48, 96, 160)
    depths: tuple[int, ...] = (2, 2, 4)
    blocks: tuple[str, ...] = ("res", "res", "res")
    trained_levels: int = 4
    specialists: bool = True
    levels: int = 3
    crop: int = 64
    batch: int = 16
    large: float = 0.2
    thin_mix: Mapping[str, float] = field(default_factory=lambda: THIN)
    large_mix: Mapping[str, float] = field(default_factory=lambda: LARGE)
    bank: int = 4000
    grey: float = 0.3
    rate: float = 0.02
    small_rate: float = 1.5e-3
    losses: Mapping[str, float] = field(default_factory=lambda: {"psnr": 1.0})
    large_losses: Mapping[str, float] = field(default_factory=dict)
    adversarial: str | None = None
    adversarial_weight: float = 0.05
    r1: float = 1.0
    init: str | None = None
    init_deep: str | None = None

    @property
    def architecture(self) -> dict[str, object]:
        """Arguments of :class:`PyramidRepairer`, as the model card keeps them."""
        return {
            "widths": list(self.widths), "depths": list(self.depths), "blocks": list(self.blocks),
            "trained_levels": self.trained_levels, "specialists": self.specialists,
        }  # fmt: skip


class RepairRecipe:
    """Trains :class:`PyramidRepairer` on photos; see :class:`training.loop.Recipe`."""

    def __init__(self, config: RepairConfig, photos: PhotoStore, validation: PhotoStore, seed: int = 0) -> None:
        self.config = config
        self._photos = photos
        side = config.crop + config.crop // 2
        self._thin = draw_holes(config.bank, side, seed, dict(config.thin_mix), 1.0)
        self._large = draw_holes(config.bank, config.crop, seed + 1, dict(config.large_mix), 0.5, (0.1, 0.45))
        self._fixed = _fixed_batches(validation, seed)
        self._device = torch.device("cpu")

    def build(self, device: torch.device) -> State:
        config = self.config
        self._device = device
        self._photos, self._thin, self._large = self._photos.to(device), self._thin.to(device), self._large.to(device)
        net = PyramidRepairer(**config.architecture)  # type: ignore[arg-type]
        _begin(net, config)
        net = net.to(device).to(memory_format=torch.channels_last)
        networks: dict[str, nn.Module] = {"repairer": net}
        learning = [p for p in net.parameters() if p.requires_grad]
        optimisers: dict[str, Optimizer] = {"repairer": Muon(learning, config.rate, config.small_rate)}
        if config.adversarial:
            critic = PatchDiscriminator().to(device)
            networks["discriminator"] = critic
            optimisers["discriminator"] = torch.optim.Adam(critic.parameters(), 2e-4, betas=(0.5, 0.99))
        self._objective = losses.Objective(dict(config.losses), device)
        large = config.large_losses
        self._large_objective = losses.Objective(dict(large), device) if large else self._objective
        self._measuring = Features().to(device)
        return State(networks, optimisers, averaged="repairer", methods=(("repairer", "levels"),))

    def batch(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Clean crops (N, 3, S, S) in [-1, 1] and their holes (N, 1, S, S)."""
        config = self.config
        count = round(config.batch * config.large)
        holes = [self._large.crops(count, config.crop, generator)] if count else []
        if count < config.batch:
            holes.append(self._thin.crops(config.batch - count, config.crop, generator))
        clean = self._photos.crops(config.batch, config.crop, generator).float() / 127.5 - 1
        grey = torch.rand((config.batch, 1, 1, 1), device=clean.device, generator=generator) < config.grey
        clean = torch.where(grey, clean.mean(1, keepdim=True), clean)
        return clean.contiguous(memory_format=torch.channels_last), torch.cat(holes)

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        clean, hole = self.batch(generator)
        net, optimiser = state.networks["repairer"], state.optimisers["repairer"]
        # The crops with large holes are the first ones of the batch.
        wide = round(self.config.batch * self.config.large)
        # Fabric switches autocast on for `forward` alone.
        with fabric.autocast():
            estimates = self._estimates(cast(PyramidRepairer, net), clean * (1 - hole), hole, wide)
        wide = wide if self.config.large_losses else 0
        total, figures = torch.zeros((), device=clean.device), dict[str, Tensor]()
        parts = (slice(wide), self._large_objective, "large_"), (slice(wide, None), self._objective, "")
        for rows, objective, name in parts:
            if count := len(clean[rows]):
                value, terms = self._supervised([e[rows] for e in estimates], clean[rows], hole[rows], objective)
                total = total + value * count / len(clean)
                figures |= {f"{name}{key}": term for key, term in terms.items()}
        if "discriminator" in state.networks:
            figures |= self._discriminate(fabric, state, clean, estimates[-1], hole)
            game = losses.adversarial(cast(str, self.config.adversarial))
            critic = state.networks["discriminator"].requires_grad_(False)
            total = total + self.config.adversarial_weight * game.generator(critic(estimates[-1], hole))
            critic.requires_grad_(True)
        optimiser.zero_grad()
        fabric.backward(total)
        clip(fabric, net, optimiser)
        optimiser.step()
        samples = torch.tensor(len(clean) * fabric.world_size)
        return {"loss": total.detach(), **figures, "hole_share": hole.mean(), "samples": samples}

    def _estimates(self, net: PyramidRepairer, x: Tensor, hole: Tensor, wide: int) -> list[Tensor]:
        """The repairs of every level, the first ``wide`` crops being those with large holes."""
        levels = self.config.levels
        if not self.config.specialists or wide in (0, len(x)):
            return net.levels(x, hole, levels, deep=wide > 0)
        large = net.levels(x[:wide], hole[:wide], levels, deep=True)
        thin = net.levels(x[wide:], hole[wide:], levels, deep=False)
        return [torch.cat(pair) for pair in zip(large, thin, strict=True)]

    def _supervised(
        self, estimates: list[Tensor], clean: Tensor, hole: Tensor, objective: losses.Objective
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The objective at every trained level, each weighed by its pixels: a quarter of those of the one below it."""
        total, weights = torch.zeros((), device=clean.device), 0.0
        figures: dict[str, Tensor] = {}
        target, gap = clean, hole
        for number, estimate in enumerate(reversed(estimates)):
            if number:
                target = F.avg_pool2d(target, 2)
                gap = -F.max_pool2d(-gap, 2)
            if number >= self.config.trained_levels:
                break
            # Perception is judged where pixels are the photo's own; there is too little to see in the coarse levels.
            value, terms = objective(estimate, target, gap, ("perceptual",) if number else ())
            total, weights = total + value * 0.25**number, weights + 0.25**number
            figures |= {f"{name}_{number}": term for name, term in terms.items()}
        return total / weights, figures

    def _discriminate(
        self, fabric: Fabric, state: State, clean: Tensor, repaired: Tensor, hole: Tensor
    ) -> dict[str, Tensor]:
        critic, optimiser = state.networks["discriminator"], state.optimisers["discriminator"]
        game = losses.adversarial(cast(str, self.config.adversarial))
        loss = game.discriminator(critic(clean, hole), critic(repaired.detach(), hole))
        # Past Fabric's wrapper, which lets no gradient through but that of fabric.backward.
        bare = cast(_FabricModule, critic).module
        penalty = losses.r1_penalty(lambda x: bare(x, hole), clean)
        optimiser.zero_grad()
        fabric.backward(loss + self.config.r1 / 2 * penalty)
        optimiser.step()
        return {"discriminator": loss.detach(), "r1": penalty.detach()}

    @torch.inference_mode()
    def measure(self, network: nn.Module) -> Figures:
        """Gain over the prior in dB (mean over crops of the PSNR in the hole) by damage class, and what is left of the
        prior's perceptual distance."""
        net = cast(PyramidRepairer, network)
        figures: Figures = {}
        for kind, (clean, hole) in self._fixed.items():
            clean, hole = clean.to(self._device), hole.to(self._device)
            start = multigrid(clean, hole, levels_needed(hole)).clamp(-1, 1)
            with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cpu"):
                repaired = _repaired(net, clean, hole).clamp(-1, 1)
            figures[f"{kind}_gain"] = float((_psnr(repaired, clean, hole) - _psnr(start, clean, hole)).mean())
            left = perceptual_distance(self._measuring, repaired, clean).mean()
            figures[f"{kind}_perceptual"] = float(left / perceptual_distance(self._measuring, start, clean).mean())
        for name in ("gain", "perceptual"):
            figures[name] = float(np.mean([figures[f"{kind}_{name}"] for kind in MEASURED]))
        return figures

    @torch.inference_mode()
    def samples(self, network: nn.Module) -> np.ndarray:
        """A row per damage class: damaged, prior, repaired, truth."""
        net, rows = cast(PyramidRepairer, network), []
        for clean, hole in self._fixed.values():
            clean, hole = clean[:3].to(self._device), hole[:3].to(self._device)
            prior = multigrid(clean, hole, levels_needed(hole))
            shown = (clean * (1 - hole), prior, _repaired(net, clean, hole), clean)
            rows.append(torch.cat([torch.cat(list(group), 2) for group in zip(*shown, strict=True)], 2))
        grid = torch.cat(rows, 1)
        return ((grid.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()


def _begin(net: PyramidRepairer, config: RepairConfig) -> None:
    """Gives the network the weights it is to start with, and freezes what none of the crops will teach.

    Raises:
        BadInput, BadModel: as :func:`begin_as`; or there is no specialist to be given a model of its own.
    """
    if config.init:
        begin_as(net, config.init, for_both if config.specialists else dict)
    if config.init_deep:
        if net.deep is None:
            raise BadInput("Only a network with specialists (--specialists true) can start with two models.")
        begin_as(net.deep, config.init_deep)
    if net.deep is not None:
        wide = round(config.batch * config.large)
        net.requires_grad_(wide < config.batch)
        net.deep.requires_grad_(wide > 0)


def for_both(weights: Weights) -> Weights:
    """The weights of a network with specialists; those of one without serve both."""
    if any(name.startswith("deep.") for name in weights):
        return weights
    return weights | {f"deep.{name}": value for name, value in weights.items()}


def _repaired(net: PyramidRepairer, clean: Tensor, hole: Tensor) -> Tensor:
    """The repairs of (N, 3, S, S) crops, each by the specialist for holes as deep as its own."""
    depths = [levels_needed(one[None]) for one in hole]
    out = torch.empty_like(clean)
    for deep in (False, True):
        rows = [i for i, depth in enumerate(depths) if (depth > SHALLOW) == deep]
        if rows:
            levels = max(depths[i] for i in rows)
            out[rows] = net.repair(clean[rows], hole[rows], levels, deep=deep).float()
    return out


def _psnr(pred: Tensor, target: Tensor, hole: Tensor) -> Tensor:
    """(N,) dB over the hole's pixels of pictures in [-1, 1]."""
    error = ((pred - target).square() * hole).sum((1, 2, 3)) / (3 * hole.sum((1, 2, 3))).clamp(min=1)
    return -10 * torch.log10(error / 4 + 1e-8)


def _fixed_batches(
    photos: PhotoStore, seed: int, count: int = 32, side: int = MEASURED_SIDE
) -> dict[str, tuple[Tensor, Tensor]]:
    """The same crops and holes at every measurement: (clean, hole) by damage class."""
    batches = {}
    for number, kind in enumerate(MEASURED):
        generator = torch.Generator().manual_seed(seed + number)
        bank: HoleBank = draw_holes(count, side, seed + number, {kind: 1.0}, 0.0)
        clean = photos.crops(count, side, generator).float() / 127.5 - 1
        hole = (bank.holes > 127).float().unsqueeze(1)
        batches[kind] = (clean, hole)
    return batches
