"""Where things are: the program itself, resources that travel with it, and the user's own folder."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs


def resource(*parts: str) -> Path:
    """A file or folder under ``resources``, in a checkout, an installed wheel and a frozen bundle alike."""
    here = Path(__file__).resolve().parent
    packaged = here / "_resources"
    root = packaged if packaged.is_dir() else here.parent / "resources"
    return root.joinpath(*parts)


def user_data_dir() -> Path:
    """The user's own folder for models, runs, sessions and logs (made by whoever writes there)."""
    return Path(platformdirs.user_data_dir("cnnstudio", appauthor=False))


def model_dirs() -> list[Path]:
    """Folders searched for models: the shipped ones first, then the user's own."""
    return [resource("weights"), user_data_dir() / "models"]


def own_command() -> list[str]:
    """The beginning of a command line that starts this program once more, from wherever it was started."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    # -P, since a folder named training or cnnstudio wherever we were started would be run in place of ours.
    return [sys.executable, "-P", "-m", "cnnstudio"]
