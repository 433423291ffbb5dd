"""Where things are: resources that travel with the program, and the user's own folder."""

from __future__ import annotations

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
