"""The training loop: every network is trained by this one function.

A *recipe* (:mod:`training.repair`, :mod:`training.irn`, :mod:`training.gan`) brings the networks, their optimisers and
one step; the loop brings the rest: devices and precision (Lightning Fabric), the learning-rate schedule, the average of
the weights, logs, samples, checkpoints, resuming, budgets and targets.

A run can be killed at any moment. All chance in a step comes from a generator seeded by (seed, rank, step), so a
resumed run repeats the steps since its last checkpoint exactly and ends with the same weights.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import torch
from lightning.fabric import Fabric
from lightning.fabric.wrappers import _FabricModule
from torch import Tensor, nn
from torch.optim import Optimizer

from cnnstudio.engine import devices
from cnnstudio.errors import BadInput
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.safe_file import make_folder, replacing
from training import checkpoint
from training.runlog import RunLog

Figures = dict[str, float]


@dataclass(frozen=True)
class RunSpec:
    """How to run, whatever is trained.

    Attributes:
        folder: of the run: spec.json, events.jsonl, metrics.csv, samples, checkpoint.pt; touch ``stop`` in it to end
            the run with its state saved.
        steps: length of the whole run; the learning rate's schedule is laid over it.
        minutes: wall-clock budget of this call; the run is saved and can be resumed. None: no budget.
        timed: lay the learning rate's schedule over ``minutes``, which are those of all calls together then, after
            which the run is finished: for a machine that is at hand for a while only. Such a run does not repeat bit
            for bit.
        target: stop once this validation figure is reached, as (name, value); ``larger`` says which way is better.
        stall: stop once a validation figure was not bettered by this many measurements in a row, as (name, number).
        seed: of everything.
        warmup: steps over which the learning rate rises.
        decay: share of the run, at its end, over which the learning rate falls linearly to 0.
        average: decay of the exponential moving average of the weights.
        log_every, measure_every, save_every: in steps; saving also happens every ``save_minutes``.
        accelerator, devices, nodes: as Lightning Fabric has them.
        precision: as Lightning Fabric has it; ``"auto"`` is bf16 where that is faster, otherwise fp32.
    """

    folder: Path
    steps: int = 20_000
    minutes: float | None = None
    timed: bool = False
    target: tuple[str, float] | None = None
    larger: bool = True
    stall: tuple[str, int] | None = None
    seed: int = 0
    warmup: int = 100
    decay: float = 0.5
    average: float = 0.999
    log_every: int = 50
    measure_every: int = 1000
    save_minutes: float = 3.0
    accelerator: str = "auto"
    devices: str = "auto"
    nodes: int = 1
    precision: str = "auto"


@dataclass
class State:
    """What trains.

    Attributes:
        networks: by name.
        optimisers: by name.
        averaged: name of the network whose moving average is measured, sampled and exported.
        methods: (network, method) that a step calls beside ``forward``.
    """

    networks: dict[str, nn.Module]
    optimisers: dict[str, Optimizer]
    averaged: str
    methods: tuple[tuple[str, str], ...] = ()


class Recipe(Protocol):
    """What a kind of training brings to the loop."""

    def build(self, device: torch.device) -> State:
        """Makes the networks on ``device``, with their optimisers."""
        ...

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        """One step of every optimiser, clipping included. Returns figures to log, detached scalars.

        ``samples`` among them is the number of samples seen.
        """
        ...

    def measure(self, network: nn.Module) -> Figures:
        """Validation figures of the averaged network, on fixed data."""
        ...

    def samples(self, network: nn.Module) -> np.ndarray:
        """A picture to look at, HxWx3 ``uint8``, from fixed inputs."""
        ...


@dataclass
class Outcome:
    """How a run ended.

    Attributes:
        reason: ``"finished"``, ``"budget"``, ``"target"``, ``"stalled"`` or ``"stopped"``.
        step: steps done in all.
        seconds: of all calls together.
        figures: the last validation figures.
        network: the averaged network.
    """

    reason: str
    step: int
    seconds: float
    figures: Figures
    network: nn.Module


def rate_at(step: int, spec: RunSpec, minutes: float = 0.0) -> float:
    """The factor on every learning rate at a step, ``minutes`` into the run: linear up, level, linear down to 0 at the
    end."""
    rise = (step + 1) / max(spec.warmup, 1)
    if spec.timed and spec.minutes:
        fall = (spec.minutes - minutes) / (spec.minutes * spec.decay) if spec.decay else 1.0
    else:
        fall = (spec.steps - step) / max(spec.steps * spec.decay, 1)
    return max(0.0, min(1.0, rise, fall))


def _average_into(average: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    # Early on the average follows closely, or it would remember the random start.
    decay = min(decay, (1 + step) / (10 + step))
    pairs = list(zip(average.state_dict().values(), network.state_dict().values(), strict=True))
    floating = [pair for pair in pairs if pair[0].dtype.is_floating_point]
    # All at once: on a GPU the launch of so many small sums would cost more than they do.
    torch._foreach_lerp_([kept for kept, _ in floating], [new for _, new in floating], 1 - decay)
    for kept, new in pairs:
        if not kept.dtype.is_floating_point:
            kept.copy_(new)


def clip(fabric: Fabric, network: nn.Module, optimiser: Optimizer) -> None:
    """Shortens the gradients to a norm of 1.

    Raises:
        RuntimeError: they are not finite; on a CPU only, since a GPU would have to be waited for to know.
    """
    on_cpu = fabric.device.type == "cpu"
    fabric.clip_gradients(network, optimiser, max_norm=1.0, error_if_nonfinite=on_cpu)


def _seed_of(spec: RunSpec, rank: int, step: int) -> int:
    return ((spec.seed * 1009 + rank) * 2_000_003 + step) % 2**63


def _precision(spec: RunSpec) -> str:
    if spec.precision != "auto":
        return spec.precision
    device = devices.choose("cpu" if spec.accelerator == "cpu" else "auto")
    return "bf16-mixed" if devices.bf16_faster(device) else "32-true"


def launch(spec: RunSpec) -> Fabric:
    """The devices, and the precision they compute in."""
    fabric = Fabric(
        accelerator=spec.accelerator,
        devices=spec.devices,
        num_nodes=spec.nodes,
        precision=_precision(spec),  # type: ignore[arg-type]
    )
    fabric.launch()
    if fabric.device.type == "cuda":
        torch.backends.cudnn.benchmark = True  # batches are all of one size
    return fabric


def hand_over(fabric: Fabric, state: State) -> dict[str, nn.Module]:
    """Gives the networks and optimisers to Fabric. Returns the networks without what it puts around them."""
    plain = dict(state.networks)
    state.networks = {name: fabric.setup_module(net) for name, net in plain.items()}
    for name, method in state.methods:
        cast(_FabricModule, state.networks[name]).mark_forward_method(method)
    state.optimisers = {name: cast(Optimizer, fabric.setup_optimizers(o)) for name, o in state.optimisers.items()}
    return plain


def run(recipe: Recipe, spec: RunSpec, resume: bool = False, say: Callable[[str], None] | None = None) -> Outcome:
    """Trains.

    Args:
        resume: go on from the folder's checkpoint; without one, or without ``resume``, the folder must be new.
        say: gets a line of text at every report; prints by default.

    Raises:
        BadInput: the folder holds another run and ``resume`` is not given, or its checkpoint does not fit; or the
            schedule is to be laid over minutes, and none are given.
    """
    say = say or _print_line
    if spec.timed and not spec.minutes:
        raise BadInput("A run whose schedule is laid over minutes needs to know how many: --minutes.")
    file = spec.folder / "checkpoint.pt"
    if file.exists() and not resume:
        raise BadInput(f"“{spec.folder}” already holds a run: resume it, or name another folder.")
    fabric = launch(spec)
    torch.manual_seed(spec.seed)
    state = recipe.build(fabric.device)
    average = copy.deepcopy(state.networks[state.averaged]).requires_grad_(False).eval()
    base = {name: [group["lr"] for group in o.param_groups] for name, o in state.optimisers.items()}
    step, before = 0, 0.0
    if resume and file.exists():
        saved = checkpoint.load(file)
        step, before = _restore(saved, state, average)
    else:
        make_folder(spec.folder)
        if fabric.is_global_zero:
            with replacing(spec.folder / "spec.json", overwrite=True) as file_of_spec:
                file_of_spec.write(_spec_json(recipe, spec).encode())
    plain = hand_over(fabric, state)
    generator = torch.Generator(fabric.device)
    started, figures, reason = time.monotonic(), Figures(), ""
    measured_at = -1

    def save() -> None:
        if fabric.is_global_zero:
            checkpoint.save(file, _collect(plain, state, average, step, before + time.monotonic() - started))

    def measure() -> None:
        nonlocal figures, measured_at
        figures, measured_at = recipe.measure(average), step
        log.row("validation", step, figures)
        say("validation  " + "  ".join(f"{k} {v:.4g}" for k, v in figures.items()))
        if fabric.is_global_zero:
            _save_samples(spec.folder / "samples" / f"{step:08d}.png", recipe.samples(average))
        report.skip()

    def spent() -> float:
        """Of the minutes that are set."""
        return (time.monotonic() - started + (before if spec.timed else 0.0)) / 60

    stop = spec.folder / "stop"
    stop.unlink(missing_ok=True)
    saved_at, report = time.monotonic(), _Report(spec, step)
    with RunLog(spec.folder, step) as log:
        while step < spec.steps and not reason:
            factor = rate_at(step, spec, spent())
            if spec.timed and fabric.world_size > 1:
                factor = fabric.broadcast(factor)  # clocks differ, and all must take the same step
            for name, optimiser in state.optimisers.items():
                for group, rate in zip(optimiser.param_groups, base[name], strict=True):
                    group["lr"] = rate * factor
            generator.manual_seed(_seed_of(spec, fabric.global_rank, step))
            report.begin(fabric.device)
            result = recipe.step(fabric, state, generator, step)
            report.end(fabric.device, result)
            _average_into(average, plain[state.averaged], spec.average, step)
            step += 1
            if step % spec.log_every == 0:
                row, line = report.take(step, 60 * spent())
                log.row("train", step, row)
                say(line)
            if step % spec.measure_every == 0:
                measure()
                if spec.target and _reached(figures, spec):
                    reason = "target"
                elif spec.stall and _stalled(log.column("validation", spec.stall[0]), spec):
                    reason = "stalled"
            if stop.exists():
                reason = "stopped"
            elif spec.minutes is not None and spent() > spec.minutes:
                reason = reason or ("finished" if spec.timed else "budget")
            if fabric.world_size > 1:
                reason = fabric.broadcast(reason)  # clocks differ, and all must leave together
            if time.monotonic() - saved_at > spec.save_minutes * 60:
                save()
                saved_at = time.monotonic()
        save()
        if reason != "budget" and measured_at != step:
            measure()
    return Outcome(reason or "finished", step, before + time.monotonic() - started, figures, average)


def _event() -> torch.cuda.Event:
    """A mark in the device's queue, with the time it is reached."""
    event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    event.record()
    return event


class _Report:
    """Collects what happens between two log lines."""

    def __init__(self, spec: RunSpec, step: int) -> None:
        self._spec, self._step, self._since = spec, step, time.monotonic()
        self._sums: dict[str, Tensor] = {}
        self._samples = 0
        self._idle: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []
        self._last: torch.cuda.Event | None = None
        self._waited = 0.0
        self._ended = time.monotonic()

    def skip(self) -> None:
        """What happened since the last step was no training: it does not count as waiting."""
        self._since += time.monotonic() - self._ended
        self._ended, self._last = time.monotonic(), None

    def begin(self, device: torch.device) -> None:
        if device.type == "cuda":
            now = _event()
            if self._last is not None:
                self._idle.append((self._last, now))
        else:
            self._waited += time.monotonic() - self._ended

    def end(self, device: torch.device, result: dict[str, Tensor]) -> None:
        if device.type == "cuda":
            self._last = _event()
        self._ended = time.monotonic()
        self._samples += int(result.pop("samples"))
        for name, value in result.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value

    def take(self, step: int, seconds: float) -> tuple[Figures, str]:
        """The means since the last call, and a line with speed and time left."""
        count = step - self._step
        row = {name: float(total) / count for name, total in self._sums.items()}
        if self._idle:
            torch.cuda.synchronize()
            self._waited = sum(a.elapsed_time(b) for a, b in self._idle) / 1000
        took = time.monotonic() - self._since
        row["samples_per_second"] = self._samples / took
        row["device_waited"] = self._waited / took
        left = took / count * (self._spec.steps - step)
        if self._spec.minutes is not None:
            left = min(left, self._spec.minutes * 60 - seconds)
        self._step, self._since, self._samples, self._waited = step, time.monotonic(), 0, 0.0
        self._sums, self._idle = {}, []
        shown = "  ".join(f"{k} {v:.4g}" for k, v in row.items() if k not in ("samples_per_second", "device_waited"))
        return row, (
            f"step {step}/{self._spec.steps}  {shown}  {row['samples_per_second']:.0f} samples/s"
            f"  device waited {row['device_waited']:.0%}  {max(left, 0) / 60:.1f} min left"
        )


def _print_line(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _spec_json(recipe: Recipe, spec: RunSpec) -> str:
    content: dict[str, Any] = {"spec": asdict(spec)}
    if hasattr(recipe, "config"):
        content["recipe"] = asdict(recipe.config)
    content["command"] = sys.argv
    return json.dumps(content, indent=2, default=str) + "\n"


def _collect(
    plain: dict[str, nn.Module], state: State, average: nn.Module, step: int, seconds: float
) -> dict[str, Any]:
    return {
        "step": step,
        "seconds": seconds,
        "average": average.state_dict(),
        "networks": {name: net.state_dict() for name, net in plain.items()},
        "optimisers": {name: o.state_dict() for name, o in state.optimisers.items()},
    }


def _restore(saved: dict[str, Any], state: State, average: nn.Module) -> tuple[int, float]:
    try:
        for name, net in state.networks.items():
            net.load_state_dict(saved["networks"][name])
        for name, optimiser in state.optimisers.items():
            optimiser.load_state_dict(saved["optimisers"][name])
        average.load_state_dict(saved["average"])
        return int(saved["step"]), float(saved["seconds"])
    except (KeyError, RuntimeError, ValueError) as error:
        raise BadInput("The checkpoint belongs to another kind of run.", repr(error)) from error


def _reached(figures: Figures, spec: RunSpec) -> bool:
    assert spec.target is not None
    name, value = spec.target
    if name not in figures:
        raise BadInput(f"There is no figure “{name}” to stop at. There are: {', '.join(figures)}.")
    return figures[name] >= value if spec.larger else figures[name] <= value


def _stalled(measured: list[float], spec: RunSpec) -> bool:
    """Whether none of the last measurements is the best so far."""
    assert spec.stall is not None
    name, patience = spec.stall
    if not measured:
        raise BadInput(f"There is no figure “{name}” to watch.")
    best = max(measured) if spec.larger else min(measured)
    return len(measured) - 1 - measured.index(best) >= patience


def _save_samples(path: Path, picture: np.ndarray) -> None:
    make_folder(path.parent)
    write_photo(path, Photo(picture), overwrite=True)
