"""Runs at the start of a CPU bundle that was made from a torch for CUDA.

Some of torch makes itself ready as soon as it is loaded, and cannot without NVIDIA's libraries: its part for several
machines, and operators that take the place of others on a GPU. With these marks taken away torch takes itself to be
built without CUDA and for one machine alone, which is true of this bundle.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import Any

_MARKS = ("_cuda_getDeviceCount", "_c10d_init", "_rpc_init", "_dist_autograd_init", "_faulty_agent_init")


class _Notice(MetaPathFinder):
    """Finds nothing: it only wants to know when torch's own core is loaded and the rest is about to be."""

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> None:
        if name == "torch.distributed":
            sys.meta_path.remove(self)
            core: Any = sys.modules["torch._C"]
            core._has_cuda = False
            for mark in _MARKS:
                if hasattr(core, mark):
                    delattr(core, mark)


sys.meta_path.insert(0, _Notice())
