"""Where to compute: the devices of this machine, under names people know."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import nn

from cnnstudio.errors import BadInput

_MB = 1 << 20
# A batch of this size keeps two cores busy, stays near the cache and ends soon after Cancel.
_CPU_BUDGET = 256 * _MB
_GPU_BUDGET = 4096 * _MB


@dataclass(frozen=True)
class Device:
    """A place to compute.

    Attributes:
        torch: torch's name of it ("cpu", "cuda:1").
        name: shown to people.
        memory_budget: bytes that one batch may use there, a guess that is corrected when memory runs out.
    """

    torch: str
    name: str
    memory_budget: int

    @property
    def kind(self) -> str:
        """``"cpu"``, ``"cuda"``, ``"mps"`` or ``"xpu"``."""
        return self.torch.partition(":")[0]


def available() -> list[str]:
    """torch's names of the devices of this machine, the fastest first; the last is always ``"cpu"``."""
    names = []
    if torch.cuda.is_available():
        names += [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    if torch.xpu.is_available():
        names += [f"xpu:{i}" for i in range(torch.xpu.device_count())]
    if torch.backends.mps.is_available():
        names.append("mps")
    return [*names, "cpu"]


def choose(wanted: str = "auto") -> Device:
    """The device to use.

    Args:
        wanted: ``"auto"``, or a name as in :func:`available`; ``"cuda"`` and ``"xpu"`` mean the first of their kind.

    Raises:
        BadInput: there is no such device here.
    """
    names = available()
    if wanted == "auto":
        return _describe(names[0])
    for name in names:
        if wanted in (name, name.partition(":")[0]):
            return _describe(name)
    raise BadInput(f"This computer has no device “{wanted}”. It has: {', '.join(names)}.")


def release_memory(device: Device) -> None:
    """Gives cached memory back to the device's driver."""
    if device.kind == "cuda":
        torch.cuda.empty_cache()
    elif device.kind == "xpu":
        torch.xpu.empty_cache()
    elif device.kind == "mps":
        torch.mps.empty_cache()


def out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out. torch has a class for it on GPUs only; its CPU allocator can be told by its words."""
    words = "can't allocate memory", "not enough memory", "out of memory"
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(w in str(error) for w in words)


def _describe(name: str) -> Device:
    kind = name.partition(":")[0]
    if kind == "cuda":
        free, _ = torch.cuda.mem_get_info(name)
        return Device(name, torch.cuda.get_device_name(name), min(_GPU_BUDGET, free // 2))
    if kind == "xpu":
        total = torch.xpu.get_device_properties(name).total_memory
        return Device(name, torch.xpu.get_device_name(name), min(_GPU_BUDGET, total // 4))
    if kind == "mps":
        return Device(name, "Apple GPU", min(_GPU_BUDGET, torch.mps.recommended_max_memory() // 4))
    return Device(name, f"CPU ({_cores()} cores)" if _cores() > 1 else "CPU", _CPU_BUDGET)


def _cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def bf16_in_hardware(device: Device) -> bool:
    """Whether the device multiplies bf16 itself; where it does not, bf16 is emulated and slow."""
    if device.kind == "cuda":
        return bool(torch.cuda.get_device_capability(device.torch) >= (8, 0))
    if device.kind == "cpu" and platform.system() == "Linux":
        try:
            flags = Path("/proc/cpuinfo").read_text("ascii", "replace")
        except OSError:
            return False
        return "avx512_bf16" in flags or "amx_bf16" in flags
    return False


def bf16_faster(device: Device) -> bool:
    """Whether the device computes convolutions faster in bf16 than in fp32.

    Of a processor that is found out by trying, once: some know bf16 and are slower at it.
    """
    if device.kind != "cpu" or not bf16_in_hardware(device):
        return bf16_in_hardware(device)
    return _cpu_faster_in_bf16()


@cache
def _cpu_faster_in_bf16() -> bool:
    convolution = nn.Conv2d(64, 64, 3, padding=1).to(memory_format=torch.channels_last)
    x = torch.rand(1, 64, 128, 128).contiguous(memory_format=torch.channels_last)

    def best(enabled: bool) -> float:
        times = []
        for _ in range(4):  # the first prepares
            start = time.perf_counter()
            with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
                convolution(x)
            times.append(time.perf_counter() - start)
        return min(times)

    with torch.inference_mode():
        return best(True) < 0.9 * best(False)
