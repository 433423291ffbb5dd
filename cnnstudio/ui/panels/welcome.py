"""What is seen before any photo is open."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.ui.panels.elided_label import ElidedLabel
from cnnstudio.ui.panels.icon_label import IconLabel

_MOST_RECENTS = 6
_WIDTH = 90  # of the column, in letters


class _DropZone(QFrame):
    """A place that looks as if something were to be put into it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._active = False

    @property
    def active(self) -> bool:
        return self._active

    @active.setter
    def active(self, active: bool) -> None:
        self._active = active
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent, quiet = (self.palette().color(r) for r in (QPalette.ColorRole.Highlight, QPalette.ColorRole.WindowText))
        quiet.setAlphaF(0.28)
        painter.setPen(QPen(accent if self._active else quiet, 2, Qt.PenStyle.DashLine))
        if self._active:
            accent.setAlphaF(0.14)
            painter.setBrush(accent)
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 14, 14)


class Welcome(QScrollArea):
    """Invites to drop a photo, to open one, or to try the sample.

    Signals:
        open_requested, sample_requested, paste_requested: the buttons.
        recent_requested: (Path) a photo opened before.
    """

    open_requested = Signal()
    sample_requested = Signal()
    paste_requested = Signal()
    recent_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._zone = _DropZone()
        self._fill_zone()
        self._recents = QWidget()
        self._recents_layout = QVBoxLayout(self._recents)
        self._recents_layout.setContentsMargins(0, 0, 0, 0)
        self._recents_layout.setSpacing(2)
        inside, middle = QWidget(), QWidget()
        # On a large screen the lines would grow too long to be read at a glance.
        middle.setMaximumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        column = QVBoxLayout(middle)
        column.setSpacing(self.fontMetrics().height())
        column.addStretch(2)
        column.addWidget(self._zone)
        column.addLayout(self._steps())
        column.addWidget(self._recents)
        column.addStretch(3)
        row = QHBoxLayout(inside)
        row.addStretch(1)
        row.addWidget(middle, 20)
        row.addStretch(1)
        self.setWidget(inside)
        self.set_recents([])

    def _fill_zone(self) -> None:
        title = QLabel(self.tr("Drop a photo here"), alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.9)
        title.setFont(font)
        more = QLabel(
            self.tr("or many, or a whole folder: JPEG, PNG, TIFF, WebP, BMP, HEIC"),
            alignment=Qt.AlignmentFlag.AlignCenter,
            wordWrap=True,
        )
        more.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        open_button = QPushButton(self.tr("Open photos…"))
        open_button.setObjectName("primary")
        sample = QPushButton(self.tr("Try the sample photo"))
        paste = QPushButton(self.tr("Paste"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button, tip, asked in (
            (open_button, self.tr("Choose photos to open (Ctrl+O)"), self.open_requested),
            (sample, self.tr("Open a damaged photo that comes with the program"), self.sample_requested),
            (paste, self.tr("Open the picture on the clipboard (Ctrl+V)"), self.paste_requested),
        ):
            button.setAutoDefault(True)  # so Enter presses it, outside dialogs too
            button.setToolTip(tip)
            button.setAccessibleName(button.text())
            button.clicked.connect(asked)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self._zone)
        margin = self.fontMetrics().height() * 2
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(self.fontMetrics().height() // 2)
        layout.addWidget(IconLabel("photo", 3), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(title)
        layout.addWidget(more)
        layout.addSpacing(self.fontMetrics().height() // 2)
        layout.addLayout(buttons)

    def _steps(self) -> QLayout:
        """The whole way in three words, for whoever is here for the first time."""
        steps = QGridLayout()
        steps.setVerticalSpacing(4)
        for column, (image, text) in enumerate(
            (
                ("brush", self.tr("Paint over the damage")),
                ("repair", self.tr("Press Enter to repair")),
                ("save", self.tr("Save; the original is kept")),
            )
        ):
            words = QLabel(text, alignment=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, wordWrap=True)
            steps.addWidget(IconLabel(image, 1.4), 0, column, Qt.AlignmentFlag.AlignHCenter)
            steps.addWidget(words, 1, column)
            steps.setColumnStretch(column, 1)
        return steps

    def set_recents(self, paths: list[Path]) -> None:
        """The photos opened before, the latest first."""
        while (item := self._recents_layout.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        title = QLabel(self.tr("Opened before"))
        title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        title.setContentsMargins(8, 0, 0, 0)
        self._recents_layout.addWidget(title)
        for path in paths[:_MOST_RECENTS]:
            self._recents_layout.addWidget(self._recent(path))
        self._recents.setVisible(bool(paths))

    def _recent(self, path: Path) -> QPushButton:
        """A button with the file's name and, quieter, its folder."""
        button = QPushButton(flat=True)
        button.setAutoDefault(True)
        button.setAccessibleName(self.tr("Open {name}").format(name=path.name))
        button.setToolTip(str(path))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name = ElidedLabel(path.name, Qt.TextElideMode.ElideMiddle)
        folder = ElidedLabel(str(path.parent), Qt.TextElideMode.ElideLeft)
        folder.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row = QHBoxLayout(button)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(name, 2)
        row.addWidget(folder, 3)
        for part in (name, folder):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        button.setMinimumHeight(self.fontMetrics().height() + 12)
        button.clicked.connect(partial(self.recent_requested.emit, path))
        return button

    def set_drop_active(self, active: bool) -> None:
        """Whether something that can be opened is being held over the window."""
        self._zone.active = active

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(720, 520)
