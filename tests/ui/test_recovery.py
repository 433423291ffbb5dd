"""What a crash left behind is offered, opened, or thrown away after a question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtWidgets import QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.session import create_session
from cnnstudio.ui.dialogs.recovery import RecoveryDialog
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.workspace import Workspace


@pytest.fixture
def workspace(lanes: Lanes, tmp_path: Path) -> Iterator[Workspace]:
    """With the sessions of two files and of a pasted photo left behind."""
    root = tmp_path / "sessions"
    for name in ("a.png", "b.png", None):
        photo = Photo(np.full((40, 50, 3), 90, np.uint8))
        path = tmp_path / name if name else None
        if path:
            write_photo(path, photo)
        session = create_session(root, photo, path)
        document = Document(photo, session.store)
        document.on_step = session.record
        for x in range(3 if name == "a.png" else 1):
            document.apply(selection.rectangle(document.mask, Rect(10 * x, 0, 5, 5)))
        session.close()
    workspace = Workspace(lanes, SimpleNamespace(recent_files=[], last_folder=""), root)  # type: ignore[arg-type]
    yield workspace
    for opened in list(workspace.photos):
        workspace.close(opened)


@pytest.fixture
def dialog(qtbot: QtBot, workspace: Workspace) -> RecoveryDialog:
    sessions = sorted(workspace.recoverable(), key=lambda one: str(one.source or ""))
    dialog = RecoveryDialog(sessions, workspace)
    qtbot.addWidget(dialog)
    return dialog


def button(dialog: RecoveryDialog, words: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.accessibleName() == words)


def select(dialog: RecoveryDialog, *rows: int) -> None:
    for row in range(dialog.findChild(QListWidget).count()):
        dialog.findChild(QListWidget).item(row).setSelected(row in rows)


def ready(workspace: Workspace) -> list[str]:
    return sorted(photo.name for photo in workspace.photos if photo.state == "ready")


def test_it_lists_name_time_and_steps_with_a_thumbnail(qtbot: QtBot, dialog: RecoveryDialog):
    listed = dialog.findChild(QListWidget)
    texts = [listed.item(row).text() for row in range(listed.count())]
    assert [text.split("\n")[0] for text in texts] == ["Pasted photo", "a.png", "b.png"]
    assert [text.split(" · ")[1] for text in texts] == ["1 step", "3 steps", "1 step"]

    def shown(row: int) -> int:
        return listed.item(row).icon().pixmap(96, 96).toImage().pixelColor(40, 30).alpha()

    qtbot.waitUntil(lambda: all(shown(row) == 255 for row in range(3)))


def test_all_is_opened(qtbot: QtBot, dialog: RecoveryDialog, workspace: Workspace):
    with qtbot.waitSignal(dialog.accepted):
        button(dialog, "Open all").click()
    qtbot.waitUntil(lambda: ready(workspace) == ["Pasted photo", "a.png", "b.png"])
    assert workspace.current is workspace.photos[0]


def test_some_is_opened_and_the_rest_stays(qtbot: QtBot, dialog: RecoveryDialog, workspace: Workspace):
    assert not button(dialog, "Open selected").isEnabled()
    assert not button(dialog, "Discard").isEnabled()
    select(dialog, 1)
    button(dialog, "Open selected").click()
    qtbot.waitUntil(lambda: ready(workspace) == ["a.png"])
    assert [one.source and one.source.name for one in dialog.sessions] == [None, "b.png"]
    button(dialog, "Later").click()
    assert len(workspace.recoverable()) == 2


def test_nothing_is_thrown_away_without_a_second_word(qtbot: QtBot, dialog: RecoveryDialog, workspace: Workspace):
    select(dialog, 0, 2)
    button(dialog, "Discard").click()
    assert button(dialog, "Throw away").isVisibleTo(dialog)
    button(dialog, "Keep").click()
    assert not button(dialog, "Throw away").isVisibleTo(dialog)
    assert len(workspace.recoverable()) == 3
    button(dialog, "Discard").click()
    select(dialog, 0)  # whoever chooses anew is asked anew
    assert not button(dialog, "Throw away").isVisibleTo(dialog)
    button(dialog, "Discard").click()
    button(dialog, "Throw away").click()
    qtbot.waitUntil(lambda: len(workspace.recoverable()) == 2)
    assert len(dialog.sessions) == 2
