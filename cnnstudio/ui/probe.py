"""Whether a window can be opened here, asked in a process of its own: without its libraries Qt ends the process."""

from __future__ import annotations

import json


def probe() -> int:
    """Starts Qt, prints what it says about itself and the screens as JSON on stdout, and returns 0."""
    from PySide6 import __version__
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QGuiApplication, QImageReader

    app = QGuiApplication(["cnnstudio"])
    screens = [
        f"{screen.size().width()}×{screen.size().height()} at {screen.devicePixelRatio() * 100:.0f} %"
        for screen in QGuiApplication.screens()
    ]
    print(
        json.dumps(
            {
                "qt": qVersion(),
                "pyside": __version__,
                "platform": app.platformName(),
                "screens": screens,
                "svg": b"svg" in [bytes(name.data()) for name in QImageReader.supportedImageFormats()],
            }
        )
    )
    return 0
