"""“About”: which version this is, the networks in it and what they learned from, and whose work it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget

from cnnstudio import __version__
from cnnstudio.cards import ModelCard
from cnnstudio.ui.icons import icon
from cnnstudio.ui.panels.model_facts import data_lines, size
from cnnstudio.ui.sentences import translated

_LIBRARIES = (
    ("Qt, PySide6", "LGPL 3"),
    ("PyTorch", "BSD 3-Clause"),
    ("NumPy", "BSD 3-Clause"),
    ("Pillow", "MIT-CMU"),
    ("OpenCV", "Apache 2.0"),
    ("FFmpeg, in OpenCV", "LGPL 2.1"),
    ("tifffile, imagecodecs", "BSD 3-Clause"),
    ("pillow-heif", "BSD 3-Clause"),
    ("libheif, libde265, in pillow-heif", "LGPL 3"),
    ("x265, in pillow-heif", "GPL 2"),
    ("qimage2ndarray", "BSD 3-Clause"),
    ("safetensors", "Apache 2.0"),
    ("platformdirs, rich, filelock", "MIT"),
)
"""What runs inside the window, and under which licence."""

_MARK = 64


class About(QDialog):
    """Nothing to decide here; Esc closes it.

    Args:
        cards: all networks there are.
    """

    def __init__(self, cards: Sequence[ModelCard], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About CNN Studio"))
        mark = QLabel()
        mark.setPixmap(icon("app").pixmap(QSize(_MARK, _MARK), self.devicePixelRatioF()))
        title = QLabel(f"CNN Studio {__version__}")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        title.setFont(font)
        what = QLabel(self.tr("Repairs damaged photographs with convolutional networks."), wordWrap=True)
        promise = QLabel(
            self.tr("It works on this computer alone: no photo, and nothing about you, is ever sent anywhere."),
            wordWrap=True,
        )
        words = QVBoxLayout()
        for label in (title, what, promise):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        head = QHBoxLayout()
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addSpacing(8)
        head.addLayout(words, 1)
        self._text = QTextBrowser()
        self._text.setAccessibleName(self.tr("Networks and licences"))
        self._text.setToolTip(self.tr("Networks and licences"))
        self._text.setTabChangesFocus(True)
        self._text.setHtml(self._networks(cards) + self._licences())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close (Esc)"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self._text, 1)
        layout.addWidget(buttons)
        self.resize(self.fontMetrics().averageCharWidth() * 84, self.fontMetrics().height() * 34)

    @property
    def text(self) -> str:
        """The networks and licences, without their looks."""
        return self._text.toPlainText()

    def _networks(self, cards: Sequence[ModelCard]) -> str:
        parts = [_heading(self.tr("Networks"))]
        for card in cards:
            licence = self.tr("{size} · licence {licence}").format(size=size(card), licence=card.licence)
            lines = [translated(card.description), licence, *data_lines(card)]
            parts.append(f"<p><b>{escape(translated(card.name))}</b><br>{'<br>'.join(map(escape, lines))}</p>")
        if not cards:
            parts.append(f"<p>{escape(self.tr('There are none.'))}</p>")
        return "".join(parts)

    def _licences(self) -> str:
        rows = "".join(
            f'<tr><td style="padding-right: 24px">{escape(name)}</td><td>{escape(licence)}</td></tr>'
            for name, licence in _LIBRARIES
        )
        words = self.tr("CNN Studio stands on these libraries. Qt {version} may be exchanged for other builds of it.")
        return f"{_heading(self.tr('Licences'))}<p>{escape(words.format(version=qVersion()))}</p><table>{rows}</table>"


def _heading(text: str) -> str:
    return f"<h3>{escape(text)}</h3>"
