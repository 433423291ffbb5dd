"""The dialog says what saving comes to before it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.ui.dialogs.export import ExportDialog
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.saving import LAYERS, SaveOptions

Make = Callable[..., ExportDialog]
Field = TypeVar("Field", bound=QWidget)


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Make:
    """Makes a dialog for a photo file written as named."""

    def dialog(
        name: str = "old photo.jpg", dtype: type[np.unsignedinteger] = np.uint8, **metadata: object
    ) -> ExportDialog:
        pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (20, 30, 3), dtype=dtype)
        path = tmp_path / name
        write_photo(path, Photo(pixels))
        photo = read_photo(path)
        photo = replace(photo, metadata=replace(photo.metadata, **metadata))  # type: ignore[arg-type]
        settings = SimpleNamespace(last_folder="", record_repairs=True)
        made = ExportDialog(Editor(Document(photo), path=path), settings)  # type: ignore[arg-type]
        qtbot.addWidget(made)
        return made

    return dialog


def field(dialog: QDialog, kind: type[Field], name: str) -> Field:
    return next(widget for widget in dialog.findChildren(kind) if widget.accessibleName() == name)


def choose(dialog: QDialog, name: str, value: object) -> None:
    box = field(dialog, QComboBox, name)
    box.setCurrentIndex(box.findData(value))


def type_name(qtbot: QtBot, dialog: QDialog, text: str) -> None:
    line = field(dialog, QLineEdit, "Name")
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    qtbot.keyClicks(line, text)


def lost(dialog: QDialog) -> list[str]:
    return field(dialog, QLabel, "What would be lost").text().split("\n")


def warning(dialog: QDialog) -> str:
    return next((label.text()[2:] for label in dialog.findChildren(QLabel) if label.text().startswith("⚠")), "")


def save_button(dialog: QDialog) -> QPushButton:
    return dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)


def test_it_suggests_the_same_format_beside_the_original(make: Make, tmp_path: Path):
    dialog = make()
    assert dialog.path == tmp_path / "old photo-repaired.jpg"
    assert dialog.options == SaveOptions(format="JPEG")
    assert field(dialog, QLineEdit, "Name").selectedText() == "old photo-repaired"
    save_button(dialog).click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert not dialog.overwrite


def test_a_jpeg_that_is_encoded_again_does_not_claim_to_lose_nothing(make: Make):
    dialog = make()
    assert lost(dialog)[0] == "What would be lost:"
    assert [line.split(":")[0] for line in lost(dialog)[1:]] == ["• JPEG is encoded again"]
    choose(dialog, "Format", "PNG")
    assert lost(dialog) == ["Nothing is lost."]


def test_a_suggested_name_is_free(make: Make, tmp_path: Path):
    (tmp_path / "a-repaired.png").touch()
    (tmp_path / "a-repaired-2.png").touch()
    assert make("a.png").path.name == "a-repaired-3.png"
    assert make("b-repaired.png").path.name == "b-repaired-2.png"


def test_the_original_extension_is_kept(make: Make):
    assert make("A.JPEG").path.name == "A-repaired.JPEG"


def test_a_photo_that_came_from_no_file(qtbot: QtBot, tmp_path: Path, editor: Editor):
    dialog = ExportDialog(editor, SimpleNamespace(last_folder=str(tmp_path), record_repairs=True))  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert dialog.path == tmp_path / "photo-repaired.png"


def test_quality_can_be_as_the_original_or_chosen(make: Make):
    dialog = make()
    quality = field(dialog, QSpinBox, "Quality")
    assert not quality.isEnabled()
    dialog._own_quality.click()
    assert quality.isEnabled()
    quality.setValue(70)
    assert dialog.options.quality == 70
    assert lost(dialog) == ["What would be lost:", "• JPEG stores every pixel approximately, not exactly."]
    choose(dialog, "Format", "PNG")
    assert not quality.isVisibleTo(dialog)
    assert dialog.options.quality is None
    choose(dialog, "Format", "WEBP")
    assert quality.isEnabled()
    assert dialog.options.quality == 70


def test_format_and_name_go_together(qtbot: QtBot, make: Make):
    dialog = make("a.png")
    choose(dialog, "Format", "TIFF")
    assert dialog.path.name == "a-repaired.tif"
    type_name(qtbot, dialog, "b.webp")
    assert dialog.options.format == "WEBP"
    type_name(qtbot, dialog, "Großmutter Nr. 5")
    assert dialog.path.name == "Großmutter Nr. 5.webp"
    choose(dialog, "Format", "ORA")
    assert dialog.path.name == "Großmutter Nr. 5.ora"


def test_sixteen_bits(make: Make):
    dialog = make("a.tif", np.uint16)
    assert dialog.options.bits is None
    assert lost(dialog) == ["Nothing is lost."]
    choose(dialog, "Depth", 8)
    assert dialog.options.bits == 8
    assert lost(dialog)[1:] == ["• 8 bits per channel are saved: the photo's 16 bits are rounded."]
    choose(dialog, "Format", "BMP")
    assert not field(dialog, QComboBox, "Depth").isVisibleTo(dialog)
    assert dialog.options.bits is None
    assert "• BMP holds 8 bits per channel: the photo's 16 bits are rounded." in lost(dialog)


def test_what_goes_with_the_photo(make: Make):
    dialog = make("a.tif", comment="hello", xmp=b"<x/>", dpi=(300.0, 300.0))
    choose(dialog, "Format", "BMP")
    assert "• BMP cannot hold the XMP data." in lost(dialog)
    choose(dialog, "Metadata", "none")
    assert dialog.options.metadata == "none"
    assert "• BMP cannot hold the XMP data." not in lost(dialog)
    choose(dialog, "Format", "ORA")
    choose(dialog, "Metadata", "all")
    assert "• OpenRaster cannot hold the XMP data." in lost(dialog)


def test_replacing_is_said_and_agreed_to(qtbot: QtBot, make: Make, tmp_path: Path):
    dialog = make("a.png")
    (tmp_path / "b.png").touch()
    type_name(qtbot, dialog, "b.png")
    assert warning(dialog) == "“b.png” exists already and would be replaced."
    assert save_button(dialog).text() == "&Replace"
    assert dialog.overwrite
    type_name(qtbot, dialog, "a.png")
    assert warning(dialog) == "This is the file that you opened: the original would be replaced."
    type_name(qtbot, dialog, "c.png")
    assert warning(dialog) == ""
    assert not dialog.overwrite
    (tmp_path / "c.png").touch()  # made by somebody else meanwhile
    save_button(dialog).click()
    assert dialog.result() != QDialog.DialogCode.Accepted
    assert save_button(dialog).text() == "&Replace"
    save_button(dialog).click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.overwrite


@pytest.mark.parametrize(
    ("name", "folder", "sentence"),
    [
        ("", None, "Give the file a name."),
        ("a/b.png", None, 'A file’s name cannot hold any of / \\ : * ? " < > |'),
        ("b.png", "nowhere", "There is no such folder."),
        ("d.png", None, "There is a folder of that name."),
    ],
)
def test_what_cannot_be(qtbot: QtBot, make: Make, tmp_path: Path, name: str, folder: str | None, sentence: str):
    dialog = make("a.png")
    (tmp_path / "d.png").mkdir()
    type_name(qtbot, dialog, name)
    if folder:
        field(dialog, QLineEdit, "Folder").setText(str(tmp_path / folder))
    assert warning(dialog) == sentence
    assert not save_button(dialog).isEnabled()


def test_a_heic_is_saved_as_something_else(qtbot: QtBot, tmp_path: Path):
    photo = Photo(np.zeros((4, 4, 3), np.uint8), Metadata("HEIF"))
    editor = Editor(Document(photo), path=tmp_path / "a.heic")
    dialog = ExportDialog(editor, SimpleNamespace(last_folder="", record_repairs=True))  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert dialog.path.name == "a-repaired.jpg"
    assert dialog.options.quality == 95


@pytest.mark.parametrize("wanted", [True, False])
def test_the_record_is_offered_where_there_is_something_to_record(make: Make, wanted: bool):
    plain = make()
    assert not field(plain, QCheckBox, "Record in the file that it was repaired").isVisibleTo(plain)
    photo = Photo(np.full((20, 30, 3), 100, np.uint8))
    document = Document(photo)
    everywhere = TileGrid(np.full((20, 30), 255, np.uint8))
    document.add_repair(Patches.build([(Rect(2, 2, 5, 5), np.zeros((5, 5, 3), np.uint8))], everywhere), "Repair 1")
    dialog = ExportDialog(Editor(document, name="a.png"), SimpleNamespace(last_folder="", record_repairs=wanted))  # type: ignore[arg-type]
    box = field(dialog, QCheckBox, "Record in the file that it was repaired")
    assert (box.isVisibleTo(dialog), box.isChecked(), dialog.record) == (True, wanted, wanted)
    for format, can in {"JPEG": True, "BMP": False, "WEBP": True, LAYERS: False, "PNG": True}.items():
        choose(dialog, "Format", format)
        assert box.isEnabled() == can
        assert ("cannot" in box.toolTip()) != can
    box.click()
    assert dialog.record != wanted
    dialog.deleteLater()
