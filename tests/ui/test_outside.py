"""Other programs are started as if by the system, not with a bundle's libraries."""

from __future__ import annotations

import os
import sys

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from cnnstudio.ui.outside import open_outside

BUNDLED = "/opt/cnnstudio/_internal"


@pytest.mark.parametrize("frozen", [True, False], ids=["bundle", "checkout"])
@pytest.mark.parametrize("before", [None, "/opt/other"])
@pytest.mark.parametrize("opens", [True, False])
def test_they_see_the_systems_libraries(
    frozen: bool, before: str | None, opens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", BUNDLED)
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: seen.append(os.environ.get("LD_LIBRARY_PATH")) or opens)
    assert open_outside(QUrl.fromLocalFile("/tmp")) is opens
    assert seen == [before if frozen else BUNDLED]
    assert os.environ["LD_LIBRARY_PATH"] == BUNDLED
