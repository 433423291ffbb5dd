"""Which room does without which library. Who imports whom inside the house is import-linter's to check."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import cnnstudio
import training

QT = ("PySide6", "qimage2ndarray")
NOT_FOR_TERMINALS = ("cnnstudio.app", "cnnstudio.runtime", "cnnstudio.ui")


def modules_of(*packages: str) -> list[str]:
    """Every module below the packages, in both trees."""
    names = [
        module.name
        for package in (cnnstudio, training)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return [name for name in names if name.startswith(packages) and not name.startswith(NOT_FOR_TERMINALS)]


def import_without(modules: list[str], blocked: tuple[str, ...]) -> None:
    """Imports the modules in a fresh interpreter in which those ``blocked`` cannot be imported."""
    code = (
        "import importlib, sys\n"
        f"sys.modules.update(dict.fromkeys({blocked!r}))\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


def test_all_but_the_window_runs_without_qt() -> None:
    modules = modules_of("cnnstudio", "training")
    assert {"cnnstudio.cli.repair", "cnnstudio.engine.repair", "training.__main__"} <= set(modules)
    import_without([name for name in modules if name != "cnnstudio.ui"], QT)


@pytest.mark.parametrize(
    "rooms",
    [
        ("cnnstudio.imaging", "cnnstudio.cards", "cnnstudio.jobs", "cnnstudio.paths", "cnnstudio.errors"),
        ("cnnstudio.cli",),
    ],
)
def test_rooms_that_import_without_torch(rooms: tuple[str, ...]) -> None:
    import_without(modules_of(*rooms), (*QT, "torch", "torchvision", "lightning"))


def test_networks_need_nothing_but_torch() -> None:
    import_without(modules_of("cnnstudio.networks"), (*QT, "cv2", "PIL", "skimage", "torchvision", "lightning"))
