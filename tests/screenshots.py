"""Pictures of the window's main states, to be looked at: ``python -m tests.screenshots FOLDER``.

Every combination of size, look and language is a process of its own, since scale and language are chosen at the start.
Chinese needs a font that has its characters.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QSettings, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.session import Recoverable
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import RestoreOptions
from cnnstudio.paths import user_data_dir
from cnnstudio.ui import icons
from cnnstudio.ui import theme as look
from cnnstudio.ui.dialogs.export import ExportDialog
from cnnstudio.ui.dialogs.recovery import RecoveryDialog
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.i18n import install_language
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.settings import Settings

SIZES = {"720p": (1280, 720, 1), "4k": (1920, 1080, 2)}
"""Width and height in logical pixels, and how many device pixels each has."""
THEMES = ("dark", "light")
LANGUAGES = ("en", "zh_CN")

_PHOTOS = Path(__file__).parent / "photos"
_PATIENCE = 300.0  # seconds for anything: the machine may be busy
_REST = 0.4  # seconds in which what has been asked for is drawn


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
                **os.environ, "XDG_DATA_HOME": user, "XDG_CONFIG_HOME": user, "QT_SCALE_FACTOR": str(SIZES[size][2]),
                "QT_QPA_PLATFORM": f"offscreen:configfile={_screen(size, Path(user))}",
            }  # fmt: skip
            command = [sys.executable, "-m", "tests.screenshots", str(options.folder), "--one"]
            command += ["--size", size, "--theme", theme, "--language", language]
            subprocess.run(command, env=environment, check=True)


def _screen(size: str, folder: Path) -> Path:
    """A file that tells Qt of a screen as large as the window: dialogs look at how much room there is."""
    width, height, scale = SIZES[size]
    screen = {"name": size, "x": 0, "y": 0, "width": width * scale, "height": height * scale}
    file = folder / "screen.json"
    file.write_text(json.dumps({"screens": [screen | {"logicalDpi": 96, "dpr": 1}]}))
    return file


def take(folder: Path, size: str, theme: str, language: str) -> None:
    """Goes through the states and writes a PNG of each."""
    application = QApplication(["cnnstudio"])
    settings = Settings(QSettings(str(Path(os.environ["XDG_CONFIG_HOME"]) / "s.ini"), QSettings.Format.IniFormat))
    settings.theme, settings.language = theme, language
    install_language(application, language)
    look.apply_theme(application, theme)
    application.setWindowIcon(icons.icon("app"))
    lanes = Lanes.start()
    window = MainWindow(settings, lanes, user_data_dir() / "sessions")
    width, height, _ = SIZES[size]
    window.resize(width, height)
    window.show()
    folder.mkdir(parents=True, exist_ok=True)
    tour = _Tour(window, lanes, settings, folder, f"{size}-{theme}-{language}")
    try:
        tour.go()
    finally:
        window.put_away()
        lanes.close()
        window.hide()


class _Tour:
    """Brings a window into one state after the other.

    Args:
        folder: where the pictures go.
        prefix: of their names.
    """

    def __init__(self, window: MainWindow, lanes: Lanes, settings: Settings, folder: Path, prefix: str) -> None:
        self._window, self._lanes, self._settings = window, lanes, settings
        self._folder, self._prefix = folder, prefix
        self._number = itertools.count(1)

    def go(self) -> None:
        window, desk = self._window, self._window.desk
        window.warm_up()
        self._shot("welcome")
        window.filing.open_sample()
        self._until(lambda: window.canvas.editor)
        self._shot("marked")
        self._damage()
        self._repairing()
        self._shot("repaired")
        for mode in ("split", "side", "changes"):
            window.commands[mode].trigger()
            self._shot(mode)
        window.commands["confidence"].trigger()
        self._until(lambda: window.confidence.map)
        self._shot("confidence")
        window.commands["confidence"].trigger()
        self._panel("history")
        self._panel("navigator")
        self._panel("repairs")
        self._mark()
        window.repair_panel.candidates = 4
        window.repairing.repair()
        self._until(lambda: desk.offer)
        self._shot("candidates")
        desk.choose(0)
        window.repair_panel.candidates = 1
        window.repair_panel._more.click()
        self._shot("model-facts")
        window.repair_panel._more.click()
        self._generate()
        self._restore()
        window.workspace.open(sorted(_PHOTOS.glob("*.webp"))[:9])
        self._until(lambda: window.workspace.current and window.workspace.current.name == "admiral.webp")
        self._until(lambda: window.canvas.editor)
        window.choose_tool("wand")
        self._shot("many-photos")
        self._notices()
        self._menus()
        self._dialogs()

    # ---- states

    def _repairing(self) -> None:
        """While it runs, as soon as something of it is to be seen."""
        seen: list[object] = []
        self._lanes.engine.previewed.connect(lambda *_: seen.append(0))
        self._window.commands["repair"].trigger()
        self._until(lambda: seen or not self._window.desk.busy)
        self._shot("repairing", rest=False)
        self._until(lambda: not self._window.desk.busy and not self._window.checking.busy)

    def _mark(self) -> None:
        editor = self._editor
        place = Rect(editor.width // 3, editor.height // 3, editor.width // 6, editor.height // 6)
        editor.apply(selection.rectangle(editor.document.mask, place))

    def _generate(self) -> None:
        panel, generation = self._window.generate_panel, self._window.generate_panel._generation
        self._panel("generate", "generate-empty")
        panel.generate()
        self._until(lambda: generation.pictures and all(generation.pictures) and not generation.busy)
        panel._pick(0)
        panel._grid.setCurrentRow(3)
        panel._pick(1)
        self._shot("generate")
        self._window.docks["repair"].raise_()

    def _damage(self) -> None:
        """Found, one of them selected, and marked; where there is a model that finds any."""
        window, desk, editor = self._window, self._window.finding.desk, self._editor
        self._panel("damage", "damage-empty")
        window.finding.find()
        self._until(lambda: not desk.is_looking(editor))
        found = desk.of(editor)
        if found and found.regions:
            self._shot("damage-found")
            window.damage_panel._list.selectRow(0)
            self._shot("damage-selected")
            window.finding.mark()
            self._until(lambda: found.is_marked)
            self._shot("damage-marked")
            editor.undo()
        window.finding.discard()
        window.canvas.fit()
        window.docks["repair"].raise_()

    def _restore(self) -> None:
        """Measured, seen before and after, and applied."""
        window, editor = self._window, self._editor
        panel, restoring = window.restore_panel, window.restoring
        self._panel("restore", "restore-empty")
        restoring.measure()
        self._until(lambda: not panel.is_busy)
        if panel.options.changes_nothing:
            panel.set_options(RestoreOptions(0.0, 0.0, 0.0, 0.0, Tone(fading=15, yellowing=10)))
            panel.options_changed.emit()
        self._until(lambda: editor.trial)
        window.commands["split"].trigger()
        self._shot("restore-preview")
        window.commands["split"].trigger()
        restoring.apply()
        self._shot("restoring", rest=False)
        self._until(lambda: not panel.is_busy)
        self._shot("restored")
        editor.undo()
        window.docks["repair"].raise_()

    def _notices(self) -> None:
        window = self._window
        window.workspace.open([self._folder / "missing.jpg"])
        self._shot("notice")
        window.report_defect("Traceback (most recent call last):\n  …\nValueError: an example, not a defect")
        self._shot("notices")
        window.notices.clear()

    def _menus(self) -> None:
        bar = self._window.menuBar()
        for name, menu in self._window.menus.items():
            menu.popup(bar.mapToGlobal(bar.actionGeometry(menu.menuAction()).bottomLeft()))
            self._shot(f"menu-{name}", over=menu)
            menu.close()

    def _dialogs(self) -> None:
        window = self._window
        for name in ("shortcuts", "preferences", "about"):
            window.commands[name].trigger()
            self._dialog(name)
        ExportDialog(self._editor, self._settings, window).open()
        self._dialog("export")
        photos = enumerate(sorted(_PHOTOS.glob("c*")), 1)
        left = [Recoverable(self._folder, path, steps, 1.7e9) for steps, path in photos]
        RecoveryDialog(left, window.workspace, window).open()
        self._dialog("recovery")
        QTimer.singleShot(0, window, lambda: self._dialog("close"))
        window.close()  # asks, since there is unsaved work, and comes back with the answer

    # ---- help

    @property
    def _editor(self) -> Editor:
        editor = self._window.canvas.editor
        assert editor is not None
        return editor

    def _panel(self, dock: str, name: str = "") -> None:
        self._window.docks[dock].raise_()
        self._shot(name or dock)

    def _dialog(self, name: str) -> None:
        self._settle()
        top = QApplication.activeModalWidget()
        assert top is not None, f"there is no dialog “{name}”"
        self._shot(name, over=top)
        top.close()

    def _shot(self, name: str, over: QWidget | None = None, *, rest: bool = True) -> None:
        """Writes a picture of the window as it is now.

        Args:
            over: a menu or dialog that is in front of it.
            rest: whether to wait until all that was asked for is there.
        """
        if rest:
            self._settle()
        picture = self._window.grab().toImage()
        if over is not None:
            _lay(picture, over, self._window)
        path = self._folder / f"{self._prefix}-{next(self._number):02}-{name}.png"
        picture.save(str(path))
        print(path, flush=True)

    def _settle(self) -> None:
        end = time.monotonic() + _REST
        lanes = self._lanes.tiles, self._lanes.work, self._lanes.files
        self._until(lambda: time.monotonic() > end and not any(lane.running or lane.waiting for lane in lanes))

    def _until(self, condition: Callable[[], object]) -> None:
        # Sleeping lets the other threads work; a nested wait of QTest's would hold Python's lock most of the time.
        end = time.monotonic() + _PATIENCE
        while not condition():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)
            if time.monotonic() > end:
                raise TimeoutError


def _lay(picture: QImage, front: QWidget, window: QWidget) -> None:
    """Draws a menu or dialog over a picture of its window, in the middle of it if it has no place of its own."""
    shown = front.grab()
    at = window.mapFromGlobal(front.mapToGlobal(QPoint()))
    if not window.rect().contains(at):
        at = QPoint((window.width() - front.width()) // 2, (window.height() - front.height()) // 2)
    painter = QPainter(picture)
    painter.drawPixmap(at, shown)
    painter.setPen("#888888")
    painter.drawRect(at.x(), at.y(), front.width(), front.height())
    painter.end()


if __name__ == "__main__":
    main()
