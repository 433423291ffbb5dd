"""Memory stays together, whatever the number of threads."""

from __future__ import annotations

import subprocess
import sys

import pytest

_ARENAS = """
import ctypes, sys, threading
from cnnstudio.runtime.memory import keep_together
if sys.argv[2:]:
    keep_together()
library = ctypes.CDLL(None)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
library.malloc.argtypes = ctypes.c_size_t,
library.fopen.argtypes = ctypes.c_char_p, ctypes.c_char_p
library.malloc_info.argtypes = ctypes.c_int, ctypes.c_void_p
library.fclose.argtypes = ctypes.c_void_p,
meeting = threading.Barrier(6)
def work():
    meeting.wait()
    for _ in range(100):
        library.malloc(5000)
    meeting.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
file = library.fopen(sys.argv[1].encode(), b"w")
library.malloc_info(0, file)
library.fclose(file)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has arenas")
def test_threads_share_two_arenas(tmp_path):
    def arenas(*how: str) -> int:
        file = tmp_path / "arenas.xml"
        subprocess.run([sys.executable, "-c", _ARENAS, file, *how], check=True)
        return file.read_text().count("<heap nr")

    assert arenas() > 2
    assert arenas("together") <= 2
