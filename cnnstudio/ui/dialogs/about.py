"""“About”: which version this is, what it does not do, what its networks learned from, whose work it stands on."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QSize, Qt, QUrl, Slot, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from cnnstudio import __version__
from cnnstudio.cards import ModelCard
from cnnstudio.paths import resource, user_data_dir
from cnnstudio.ui.i18n import plain
from cnnstudio.ui.icons import icon
from cnnstudio.ui.outside import open_outside
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
        self._pages = QTabWidget()
        for name, content in (
            (self.tr("&Privacy"), self._privacy()),
            (self.tr("&Networks"), self._networks(cards)),
            (self.tr("&Licences"), self._licences()),
        ):
            page = QTextBrowser(openLinks=False)
            page.setAccessibleName(plain(name))
            page.setTabChangesFocus(True)
            page.setFrameShape(QFrame.Shape.NoFrame)  # the tab's own frame is enough
            page.setHtml(content)
            page.anchorClicked.connect(self._open)
            self._pages.addTab(page, name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close (Esc)"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        layout.addWidget(buttons)
        self.resize(self.fontMetrics().averageCharWidth() * 84, self.fontMetrics().height() * 34)

    @property
    def text(self) -> str:
        """What the pages say, without its looks."""
        return "\n".join(page.toPlainText() for page in self._pages.findChildren(QTextBrowser))

    @Slot(QUrl)
    def _open(self, address: QUrl) -> None:
        """In whatever shows texts here; where there is nothing, in place of the page."""
        page = self.sender()
        assert isinstance(page, QTextBrowser)
        if not open_outside(address):
            page.setSource(address)

    def _privacy(self) -> str:
        parts = [
            self.tr("CNN Studio opens no connection to any network, neither when it starts nor at any time later."),
            self.tr(
                "Photos are read from where they lie and written where you save them. Sessions, your own models, logs "
                "and reports of crashes are in “{folder}”, and stay there. Deleting that folder deletes them."
            ).format(folder=user_data_dir()),
        ]
        checked = ""
        if sys.platform == "linux":
            parts.append(
                self.tr(
                    "You need not take our word for it. The first of these commands runs the program where there is no "
                    "network at all, and the second lists every connection that it asks for, of which there is none:"
                )
            )
            checked = (
                "<pre>unshare --map-root-user --net cnnstudio\n"
                "strace -f -e trace=connect cnnstudio 2&gt;&amp;1 | grep AF_INET</pre>"
            )
        return "".join(f"<p>{escape(part)}</p>" for part in parts) + checked

    def _networks(self, cards: Sequence[ModelCard]) -> str:
        parts = []
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
            for name, licence in _libraries()
        )
        words = self.tr("CNN Studio stands on these libraries. Qt {version} may be exchanged for other builds of it.")
        texts = resource("licences.txt")
        link = ""
        if texts.is_file():
            address = QUrl.fromLocalFile(str(texts)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
            name = self.tr("The whole texts of all licences")
            link = f'<p><a href="{address}">{escape(name)}</a></p>'
        return f"<p>{escape(words.format(version=qVersion()))}</p><table>{rows}</table>{link}"


def _libraries() -> list[tuple[str, str]]:
    """Those that are inside this very program: a bundle leaves some parts of wheels out."""
    missing = set()
    if getattr(sys, "frozen", False):
        missing = (
            {"x265, in pillow-heif"} if sys.platform == "darwin" else {"x265, in pillow-heif", "FFmpeg, in OpenCV"}
        )
        if importlib.util.find_spec("pillow_heif") is None:
            missing |= {name for name, _ in _LIBRARIES if "pillow-heif" in name}
    return [row for row in _LIBRARIES if row[0] not in missing]
