"""Checkpoints that are whole or not there, and hold no code: written beside and moved, read as tensors only."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from cnnstudio.errors import BadInput
from cnnstudio.imaging.safe_file import replacing


def save(path: Path, state: dict[str, Any]) -> None:
    """Writes tensors, numbers, strings and containers of these; a kill at any moment leaves the old file or the new.

    Raises:
        UnwritableTarget: the disk does not take it; the old file stands as it was.
    """
    written = io.BytesIO()  # torch would say of a full disk only that it failed
    torch.save(state, written)
    with replacing(path, overwrite=True) as file:
        file.write(written.getbuffer())


def load(path: Path) -> dict[str, Any]:
    """Reads a checkpoint onto the CPU.

    Raises:
        BadInput: the file is damaged or holds more than tensors.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise BadInput(f"The checkpoint “{path.name}” cannot be read.", repr(error)) from error
    return state
