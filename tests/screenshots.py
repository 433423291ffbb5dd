"""Pictures of the window's main states, to be looked at: ``python -m tests.screenshots FOLDER``.

Every combination of size, look and language is a process of its own, since scale and language are chosen at the start.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SIZES = {"720p": (1280, 720, 1), "4k": (1920, 1080, 2)}
THEMES = ("dark", "light")
LANGUAGES = ("en", "zh_CN")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=SIZES)
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--one", action="store_true", help="this combination, in this process")
    options = parser.parse_args()
    if options.one:
        take(options.folder, options.size, options.theme, options.language)
        return
    sizes = [options.size] if options.size else list(SIZES)
    themes = [options.theme] if options.theme else list(THEMES)
    languages = [options.language] if options.language else list(LANGUAGES)
    for size, theme, language in itertools.product(sizes, themes, languages):
        with tempfile.TemporaryDirectory() as user:
            environment = {
                **os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": user, "XDG_CONFIG_HOME": user,
                "QT_SCALE_FACTOR": str(SIZES[size][2]),
            }  # fmt: skip
            command = [sys.executable, "-m", "tests.screenshots", str(options.folder), "--one"]
            command += ["--size", size, "--theme", theme, "--language", language]
            subprocess.run(command, env=environment, check=True)


def take(folder: Path, size: str, theme: str, language: str) -> None:
    """Goes through the states and writes a PNG of each."""
    from cnnstudio.ui.i18n import install_language
    from cnnstudio.ui.settings import Settings
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication, QWidget

    from cnnstudio.imaging import selection
    from cnnstudio.imaging.geometry import Rect
    from cnnstudio.paths import user_data_dir
    from cnnstudio.ui import icons
    from cnnstudio.ui import theme as look
    from cnnstudio.ui.lanes import Lanes
    from cnnstudio.ui.main_window import MainWindow

    width, height, _ = SIZES[size]
    application = QApplication(["cnnstudio"])
    settings = Settings(QSettings(str(Path(os.environ["XDG_CONFIG_HOME"]) / "s.ini"), QSettings.Format.IniFormat))
    settings.theme, settings.language = theme, language
    install_language(application, language)
    look.apply_theme(application, theme)
    application.setWindowIcon(icons.icon("app"))
    lanes = Lanes.start()
    window = MainWindow(settings, lanes, user_data_dir() / "sessions")
    window.resize(width, height)
    window.show()
    number = itertools.count(1)
    folder.mkdir(parents=True, exist_ok=True)

    def until(condition: Callable[[], object], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not condition():
            application.processEvents()
            time.sleep(0.005)
            if time.monotonic() > end:
                raise TimeoutError

    def settle() -> None:
        end = time.monotonic() + 0.4
        until(lambda: time.monotonic() > end and not any(lane.running or lane.waiting for lane in (lanes.tiles, lanes.work)))

    def shot(name: str, of: QWidget | None = None) -> None:
        settle()
        path = folder / f"{size}-{theme}-{language}-{next(number):02}-{name}.png"
        (of or window).grab().save(str(path))
        print(path, flush=True)

    def dialog(name: str) -> None:
        settle()
        top = application.activeModalWidget()
        assert top is not None
        shot(name, top)
        top.close()

    try:
        shot("welcome")
        window.filing.open_sample()
        until(lambda: window.canvas.editor)
        shot("opened")
        window.commands["repair"].trigger()
        until(lambda: window.desk.busy)
        shot("repairing")
        until(lambda: not window.desk.busy)
        shot("repaired")
        for mode in ("split", "side", "changes"):
            window.canvas.set_compare(mode)
            shot(mode)
        window.canvas.set_compare("none")
        editor = window.canvas.editor
        assert editor is not None
        editor.apply(
            selection.rectangle(editor.document.mask, Rect(editor.width // 3, editor.height // 3, 120, 90))
        )
        window.repair_panel.candidates = 4
        window.repairing.repair()
        until(lambda: window.desk.offer)
        shot("candidates")
        window.desk.choose(0)
        window._docks["history"].raise_()
        window._docks["generate"].raise_()
        shot("generate")
        window._docks["navigator"].raise_()
        window._docks["repair"].raise_()
        window.canvas.actual_size()
        shot("actual-size")
        window.workspace.open([folder / "missing.jpg"])
        settle()
        shot("notice")
        for name in ("shortcuts", "preferences", "about"):
            window.commands[name].trigger()
            dialog(name)
        from cnnstudio.ui.dialogs.export import ExportDialog

        export = ExportDialog(editor, settings, window)
        export.open()
        dialog("export")
    finally:
        window.put_away()
        lanes.close()
        window.hide()


if __name__ == "__main__":
    main()
