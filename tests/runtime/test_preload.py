"""torch is loaded without the window noticing, and memory is given back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cnnstudio.runtime.memory import give_back

_LOAD = """
import gc
import os
import sys
from pathlib import Path
from cnnstudio.runtime.preload import import_torch, load_torch_libraries
load_torch_libraries()
assert "torch" not in sys.modules
assert "libtorch_python" in Path("/proc/self/maps").read_text()
assert gc.isenabled()
import_torch()
assert gc.isenabled()
assert gc.get_freeze_count() > 100_000
assert sys.modules["torch"].ones(2).sum() == 2
assert int(os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"]) < 1024
assert int(os.environ["LRU_CACHE_CAPACITY"]) < 1024
load_torch_libraries()
"""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what is loaded")
def test_the_libraries_are_there_before_the_module() -> None:
    done = subprocess.run([sys.executable, "-c", _LOAD], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_memory_can_be_given_back_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    give_back()
    monkeypatch.setattr(sys, "platform", "win32")
    give_back()
