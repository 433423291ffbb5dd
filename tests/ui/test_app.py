"""The program as a whole, from its entry to its end, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import gc
from cnnstudio import app
from cnnstudio.__main__ import main

class Watched(app.MainWindow):
    def paintEvent(self, event):
        print("painted", gc.isenabled())
        super().paintEvent(event)

    def warm_up(self):
        print("warm", gc.isenabled(), gc.get_freeze_count() > 10_000)
        self.close()

app.MainWindow = Watched
raise SystemExit(main([]))
"""


def test_garbage_is_looked_for_once_the_window_is_seen(tmp_path: Path):
    environment = {
        **os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0] == "painted False"
    assert said[-1] == "warm True True"
