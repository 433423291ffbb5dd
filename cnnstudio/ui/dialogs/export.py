"""“Save as”: where to, as what, and what goes with the photo; what would be lost is said before it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.codecs import keeps_own_encoding
from cnnstudio.imaging.encode import DEFAULT_QUALITY
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.i18n import plain
from cnnstudio.ui.saving import (
    DEEP_FORMATS,
    LAYERS,
    SaveOptions,
    format_of,
    identity,
    keeps_record,
    losses,
)
from cnnstudio.ui.sentences import translated

if TYPE_CHECKING:
    from cnnstudio.ui.settings import Settings

_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", "WEBP": ".webp", "BMP": ".bmp", LAYERS: ".ora"}
_WITH_QUALITY = ("JPEG", "WEBP")
_NUMBERED = re.compile(r"(-repaired)(?:-\d+)?$")
_FORBIDDEN = re.compile(r'[/\\:*?"<>|\0]')  # on one system or another


class ExportDialog(QDialog):
    """Asks how a photo is to be saved. Once accepted, :attr:`path`, :attr:`options` and :attr:`overwrite` hold.

    Args:
        editor: the photo.
        settings: has ``last_folder``, where a photo that came from no file is to go, and ``record_repairs``.
    """

    def __init__(self, editor: Editor, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save as"))
        self._photo = editor.document.photo
        self._original = editor.path
        self._is_repaired = bool(editor.document.view.layers)
        folder = editor.path.parent if editor.path else Path(settings.last_folder or Path.home())
        own = format_of(Path(f"a.{self._photo.metadata.format or ''}".lower()))
        is_small = self._photo.metadata.format == "HEIF" and self._photo.pixels.dtype.itemsize == 1
        format = own or ("JPEG" if is_small else "PNG")
        self._make_fields()
        self._record.setChecked(settings.record_repairs)
        self._formats.setCurrentIndex(self._formats.findData(format))
        self._folder.setText(str(folder))
        self._name.setText(_suggested(folder, Path(editor.name or self.tr("photo")).stem, self._suffix_for(format)))
        self._lay_out()
        self._connect()
        self._adapt()
        self._name.setFocus()
        self._name.setSelection(0, len(Path(self._name.text()).stem))

    @property
    def path(self) -> Path:
        """Where to; the name always ends as the format asks."""
        name = self._name.text().strip()
        if format_of(Path(name)) != self._format:
            name += self._suffix_for(self._format)
        return Path(self._folder.text().strip()).expanduser() / name

    @property
    def options(self) -> SaveOptions:
        with_quality = self._format in _WITH_QUALITY and not self._as_original
        return SaveOptions(
            format=self._format,
            quality=self._quality.value() if with_quality else None,
            bits=self._depth.currentData() if self._format in DEEP_FORMATS else None,
            metadata=self._metadata.currentData(),
        )

    @property
    def record(self) -> bool:
        """Whether the person wants files to say that they were repaired."""
        return self._record.isChecked()

    @property
    def overwrite(self) -> bool:
        """Whether the person has agreed that the file there is replaced."""
        return self._agreed == self.path

    @property
    def _format(self) -> str:
        return str(self._formats.currentData())

    @property
    def _as_original(self) -> bool:
        return self._own_quality.isChecked() and keeps_own_encoding(self._photo.metadata, self._format)

    def accept(self) -> None:
        """Saving over a file is agreed to by the button that says so, and only if the file was seen."""
        agreed = self._agreed
        self._show_target()
        if self._buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled() and self._agreed == agreed:
            super().accept()

    # ---- layout

    def _make_fields(self) -> None:
        self._agreed: Path | None = None
        self._name, self._folder = QLineEdit(), QLineEdit()
        self._formats, self._depth, self._metadata = QComboBox(), QComboBox(), QComboBox()
        for format, words in {
            "JPEG": self.tr("JPEG – small, opens everywhere"),
            "PNG": self.tr("PNG – exact"),
            "TIFF": self.tr("TIFF – exact, for archives and print"),
            "WEBP": self.tr("WebP – small, for the web"),
            "BMP": self.tr("BMP – exact, large"),
            LAYERS: self.tr("OpenRaster – photo, repairs and mask as layers for GIMP and Krita"),
        }.items():
            self._formats.addItem(words, format)
        self._own_quality = QCheckBox()
        self._own_quality.setChecked(True)
        self._quality, self._quality_slider = QSpinBox(), QSlider(Qt.Orientation.Horizontal)
        for field in (self._quality, self._quality_slider):
            field.setRange(1, 100)
            field.setValue(DEFAULT_QUALITY)
            field.setAccessibleName(self.tr("Quality"))
            field.setToolTip(self.tr("100 is best and largest; below 80 it begins to show"))
        # The longest of them would push its name onto a line of its own.
        self._formats.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._formats.setMinimumContentsLength(8)
        deep = self._photo.pixels.dtype.itemsize > 1
        self._depth.addItem(self.tr("16 bits (as the photo)") if deep else self.tr("8 bits (as the photo)"), None)
        self._depth.addItem(self.tr("8 bits") if deep else self.tr("16 bits"), 8 if deep else 16)
        self._metadata.addItem(self.tr("Keep everything"), "all")
        self._metadata.addItem(self.tr("Leave out where it was taken"), "no-location")
        self._metadata.addItem(self.tr("Leave out all camera data, captions and notes"), "none")
        self._record = QCheckBox(self.tr("Record in the file that it was repa&ired"))
        self._record.setAccessibleName(plain(self._record.text()))
        self._target, self._lost = QLabel(), QLabel()
        for label in (self._target, self._lost):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lost.setAccessibleName(self.tr("What would be lost"))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)

    def _lay_out(self) -> None:
        browse = QPushButton(self.tr("C&hoose…"))
        browse.setToolTip(self.tr("Choose the folder"))
        browse.setAccessibleName(self.tr("Choose the folder"))
        browse.clicked.connect(self._choose_folder)
        self._quality_row = QWidget()
        quality = _row(self._own_quality, self._quality_slider, self._quality)
        quality.setStretch(1, 1)
        self._quality_row.setLayout(quality)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for words, tip, field in (
            (self.tr("&Name:"), self.tr("Name of the file"), self._name),
            (self.tr("&Folder:"), self.tr("Where the file goes"), self._folder),
            (self.tr("F&ormat:"), self.tr("What kind of file"), self._formats),
            (self.tr("&Quality:"), "", self._quality_row),
            (self.tr("&Depth:"), self.tr("Bits for each colour of a pixel"), self._depth),
            (self.tr("&Metadata:"), self.tr("What goes with the photo: camera data, place, captions"), self._metadata),
        ):
            content: QWidget | QHBoxLayout = _row(field, browse) if field is self._folder else field
            label = QLabel(words)
            label.setBuddy(self._quality if field is self._quality_row else field)
            self._form.addRow(label, content)
            if tip:
                field.setToolTip(tip)
                field.setAccessibleName(plain(words))
        self._form.addRow("", self._record)
        column = QVBoxLayout(self)
        column.addLayout(self._form)
        column.addWidget(self._lost)
        column.addWidget(self._target)
        column.addStretch(1)
        column.addWidget(self._buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 70)

    def _connect(self) -> None:
        self._name.textEdited.connect(self._on_name)
        self._folder.textChanged.connect(self._show_target)
        self._formats.currentIndexChanged.connect(self._on_format)
        self._quality.valueChanged.connect(self._quality_slider.setValue)
        self._quality_slider.valueChanged.connect(self._quality.setValue)
        self._quality.valueChanged.connect(self._adapt)
        self._own_quality.toggled.connect(self._adapt)
        self._depth.currentIndexChanged.connect(self._adapt)
        self._metadata.currentIndexChanged.connect(self._adapt)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    # ---- what follows from what

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Save in"), self._folder.text())
        if folder:
            self._folder.setText(folder)

    @Slot(str)
    def _on_name(self, name: str) -> None:
        """Whoever types another extension wants that format."""
        format = format_of(Path(name))
        if format and format != self._format:
            with QSignalBlocker(self._formats):
                self._formats.setCurrentIndex(self._formats.findData(format))
        self._adapt()

    @Slot()
    def _on_format(self) -> None:
        name = Path(self._name.text())
        stem = name.stem if format_of(name) else name.name
        self._name.setText(f"{stem}{self._suffix_for(self._format)}")
        self._adapt()

    @Slot()
    def _adapt(self) -> None:
        """Shows the choices that the format leaves, and what they come to."""
        format = self._format
        self._own_quality.setText(self.tr("Same as the original") if format == "JPEG" else self.tr("Exact"))
        self._own_quality.setVisible(keeps_own_encoding(self._photo.metadata, format))
        self._quality.setDisabled(self._as_original)
        self._quality_slider.setDisabled(self._as_original)
        self._form.setRowVisible(self._quality_row, format in _WITH_QUALITY)
        self._form.setRowVisible(self._depth, format in DEEP_FORMATS)
        self._form.setRowVisible(self._record, self._is_repaired)
        can_record = keeps_record(self.path, self.options)
        self._record.setEnabled(can_record)
        self._record.setToolTip(
            self.tr("Says in the file’s metadata (XMP) where it was repaired, when, and by which model")
            if can_record
            else self.tr("This format cannot hold the record; JPEG, PNG, TIFF and WebP can")
        )
        try:
            lost = [translated(sentence) for sentence in losses(self._photo, self.path, self.options)]
        except UnwritableTarget as error:
            lost = [translated(error.message)]
        heading = self.tr("What would be lost:") if lost else self.tr("Nothing is lost.")
        self._lost.setText("\n".join([heading, *(f"• {sentence}" for sentence in lost)]))
        self._show_target()

    @Slot()
    def _show_target(self) -> None:
        """Says what stands in the way, or what would be replaced."""
        button = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        name, path = self._name.text().strip(), self.path
        trouble, replaces = "", False
        if not name or name.startswith("."):
            trouble = self.tr("Give the file a name.")
        elif _FORBIDDEN.search(name):
            trouble = self.tr('A file’s name cannot hold any of / \\ : * ? " < > |')
        elif not path.parent.is_dir():
            trouble = self.tr("There is no such folder.")
        elif path.is_dir():
            trouble = self.tr("There is a folder of that name.")
        elif path.exists():
            replaces = True
            trouble = self.tr("“{name}” exists already and would be replaced.").format(name=path.name)
            if self._original and identity(path) == identity(self._original):
                trouble = self.tr("This is the file that you opened: the original would be replaced.")
        self._agreed = path if replaces else None
        self._target.setText(f"⚠ {trouble}" if trouble else "")
        button.setEnabled(not trouble or replaces)
        button.setText(self.tr("&Replace") if replaces else self.tr("&Save"))
        layout = self.layout()
        needed = layout.totalHeightForWidth(self.width()) if layout else 0
        if needed > self.height():  # no sentence may be cut off
            self.resize(self.width(), needed)

    def _suffix_for(self, format: str) -> str:
        """The photo's own extension where it fits, be it “.jpeg” or “.JPG”."""
        own = self._original.suffix if self._original else ""
        return own if own and format_of(Path(f"a{own}")) == format else _SUFFIXES[format]


def _suggested(folder: Path, stem: str, suffix: str) -> str:
    """A name that is still free."""
    stem = _NUMBERED.sub("", stem) + "-repaired"
    number, name = 1, f"{stem}{suffix}"
    while (folder / name).exists():
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name


def _row(*fields: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    for field in fields:
        row.addWidget(field)
    return row
