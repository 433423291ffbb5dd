"""Getting torch into memory without the window noticing."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import os
import sys
from functools import cache
from pathlib import Path

_KEPT_KERNELS = 64
"""Of oneDNN, which makes one for each layer and size of its input, 0.1 MB in 0.2 ms, and by itself keeps 1024 of them;
and of torch's own store of them, which does so once more. Ten to thirty are enough for the tiles of a photo; no two
photos need quite the same."""


@cache
def import_torch() -> None:
    """Imports torch as gently as possible; takes as long as it takes.

    Its two hundred thousand objects live as long as the program. Looking through them for garbage, for a quarter of a
    second each time, would be in vain: neither during the import nor ever after.
    """
    for store in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(store, str(_KEPT_KERNELS))
    load_torch_libraries()
    collecting = gc.isenabled()
    gc.disable()
    try:
        import torch  # noqa: F401
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


@cache
def load_torch_libraries() -> None:
    """Loads torch's shared libraries ahead of ``import torch``.

    Python holds its lock while it loads an extension module, a third of a second for torch, and every thread stands
    still. A foreign function is called without the lock: so dlopen is called as one, and the import finds everything
    in memory. Where anything of this is different, it does nothing, and the import takes as long as it takes.
    """
    suffix = {"linux": ".so", "darwin": ".dylib"}.get(sys.platform)
    with contextlib.suppress(OSError, AttributeError, ImportError, ValueError):
        spec = importlib.util.find_spec("torch")
        if suffix is None or spec is None or not spec.submodule_search_locations or "torch" in sys.modules:
            return
        folder = Path(spec.submodule_search_locations[0]) / "lib"
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
        for name, mode in (("libtorch_global_deps", os.RTLD_GLOBAL), ("libtorch_python", 0)):
            dlopen(os.fsencode(folder / f"{name}{suffix}"), os.RTLD_LAZY | mode)
