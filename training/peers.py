"""The classical tools that people repair photographs with today, each behind the same call.

None of them is needed to run the program: a tool whose package is not installed is left out and named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, util

import cv2
import numpy as np

Repair = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(HxWx3 uint8 RGB, HxW uint8 mask, 255 = repair) to HxWx3 uint8 RGB."""


@dataclass(frozen=True)
class Peer:
    """A tool to compare with.

    Attributes:
        id: name on the command line.
        name: shown in tables.
        package: what pip would install.
        module: what must be importable; the package above it knows its version.
        repair: the tool, called with pixels that hold mid-grey under the hole.
        by_default: whether it runs unless it is asked for by name.
    """

    id: str
    name: str
    package: str
    module: str
    repair: Repair
    by_default: bool = True

    @property
    def installed(self) -> bool:
        try:
            return util.find_spec(self.module) is not None
        except ModuleNotFoundError:  # its parent is missing
            return False

    @property
    def version(self) -> str:
        return str(import_module(self.module.partition(".")[0]).__version__)


def _telea(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return cv2.inpaint(pixels, mask, 3, cv2.INPAINT_TELEA)


def _navier_stokes(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return cv2.inpaint(pixels, mask, 3, cv2.INPAINT_NS)


def _frequency_selective(pixels: np.ndarray, mask: np.ndarray, algorithm: int) -> np.ndarray:
    # It wants BGR, works in a luma-chroma space inside, and calls the *known* pixels 255.
    filled = np.zeros_like(pixels)
    cv2.xphoto.inpaint(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), 255 - mask, filled, algorithm)
    return cv2.cvtColor(filled, cv2.COLOR_BGR2RGB)


def _fsr_fast(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return _frequency_selective(pixels, mask, cv2.xphoto.INPAINT_FSR_FAST)


def _fsr_best(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return _frequency_selective(pixels, mask, cv2.xphoto.INPAINT_FSR_BEST)


def _biharmonic(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    from skimage.restoration import inpaint_biharmonic

    filled = inpaint_biharmonic(pixels, mask > 0, channel_axis=-1)
    return np.asarray(np.rint(filled.clip(0, 1) * 255), np.uint8)


def _patchmatch(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    from patchmatch import patch_match

    patch_match.set_random_seed(0)
    # A radius of 3, as in its own examples: the default of 15 takes half a minute a crop and repairs worse.
    filled: np.ndarray = patch_match.inpaint(pixels, mask, patch_size=3)
    return filled


PEERS = (
    Peer("telea", "OpenCV Telea", "opencv-python-headless", "cv2", _telea),
    Peer("ns", "OpenCV Navier-Stokes", "opencv-python-headless", "cv2", _navier_stokes),
    Peer("biharmonic", "scikit-image biharmonic", "scikit-image", "skimage", _biharmonic),
    Peer("fsr-fast", "OpenCV xphoto FSR_FAST", "opencv-contrib-python-headless", "cv2.xphoto", _fsr_fast),
    Peer("fsr-best", "OpenCV xphoto FSR_BEST", "opencv-contrib-python-headless", "cv2.xphoto", _fsr_best, False),
    Peer("patchmatch", "PyPatchMatch", "pypatchmatch", "patchmatch.patch_match", _patchmatch),
)
