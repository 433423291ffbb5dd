"""The program's icon for Windows and macOS: ``python packaging/icons.py FOLDER`` writes cnnstudio.ico and .icns."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QGuiApplication, QIcon

SOURCE = Path(__file__).resolve().parents[1] / "resources" / "icons" / "app.svg"
SIDE = 1024


def main() -> None:
    """Draws the icon once, large, and has it reduced."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    app = QGuiApplication([])
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QIcon(str(SOURCE)).pixmap(QSize(SIDE, SIDE), 1.0).toImage().save(buffer, "PNG")
    del app
    with Image.open(io.BytesIO(bytes(buffer.data().data()))) as picture:
        picture.save(folder / "cnnstudio.ico", sizes=[(side, side) for side in (16, 24, 32, 48, 64, 128, 256)])
        picture.save(folder / "cnnstudio.icns")


if __name__ == "__main__":
    main()
