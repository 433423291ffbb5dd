"""Placing a picture in a photo: scaled to cover what is marked, and showing through the mask alone. And the other way
round: what is marked, as a picture."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from cnnstudio.errors import BadMask
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.tiles import Tiled, TileGrid, TileKey

SOFT_EDGE = 3
"""Pixels inside the mask over which a placed picture fades in."""


def place_in_mask(picture: np.ndarray, mask: TileGrid, view: Tiled) -> Patches:
    """The picture as a layer's pixels.

    It keeps its proportions and its middle lies in the middle of what is marked; what reaches over is cut off.

    Args:
        picture: HxWx3 or HxWx1 ``uint8``.
        mask: of the photo's size; its soft edges are kept, and hard ones are softened inwards.
        view: the photo; its dtype, channels and transparency are taken over.

    Raises:
        BadMask: nothing is marked.
    """
    box = _marked(mask)
    if not box:
        raise BadMask("Nothing is marked yet. Paint over the place where the picture is to go.")
    shown: dict[TileKey, np.ndarray | None] = {key: _softened(mask, key) for key in mask.keys(box)}
    alpha = TileGrid.empty(mask.shape[:2])
    alpha.swap(shown)
    return Patches.build(_pieces(_as_photo(picture, view), box, mask, view), alpha, soft=True)


def marked_part(mask: TileGrid, view: Tiled, most: int = 512) -> np.ndarray:
    """What a photo shows where it is marked: the middle square of the smallest rectangle around that.

    Args:
        mask: of the photo's size.
        view: the photo.
        most: pixels on a side; what is larger is reduced.

    Returns:
        HxWxC in the photo's dtype and channels.

    Raises:
        BadMask: nothing is marked.
    """
    box = _marked(mask)
    if not box:
        raise BadMask("Nothing is marked yet. Paint over what a picture is to be like.")
    side = min(box.w, box.h)
    square = Rect(box.x + (box.w - side) // 2, box.y + (box.h - side) // 2, side, side)
    pixels = view[square.slices]
    if side <= most:
        return pixels
    return cv2.resize(pixels, (most, most), interpolation=cv2.INTER_AREA).reshape(most, most, -1)


def _marked(mask: TileGrid) -> Rect:
    """The smallest rectangle that holds all that is marked."""
    box = Rect(0, 0, 0, 0)
    for key in mask.occupied():
        place = mask.tile_rect(key)
        x, y, w, h = cv2.boundingRect(np.ascontiguousarray(mask.tile(key)))
        box |= Rect(x, y, w, h).shifted(place.x, place.y)
    return box


def _softened(mask: TileGrid, key: TileKey) -> np.ndarray:
    """A tile of the mask, faded near its edges; the photo's own edge is none."""
    place = mask.tile_rect(key)
    around = place.grown(SOFT_EDGE + 1) & mask.bounds
    inside = place.shifted(-around.x, -around.y).slices
    levels = mask[around.slices]
    if levels.all():  # OpenCV would measure the distance to an edge that is nowhere
        return levels[inside].copy()
    distance = cv2.distanceTransform((levels > 0).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[inside]
    fade = np.minimum(distance / (SOFT_EDGE + 1), 1)
    # A mask that is soft already is fainter there than the fade: it stays as it is.
    return np.asarray(np.minimum(levels[inside], np.rint(fade * 255)), np.uint8)


def _as_photo(picture: np.ndarray, view: Tiled) -> np.ndarray:
    """In the photo's dtype and colour channels, HxWxC."""
    colours = 1 if view.shape[2] < 3 else 3
    if picture.shape[2] != colours:
        picture = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY if colours == 1 else cv2.COLOR_GRAY2RGB)
    scale = np.iinfo(view.dtype).max // 255
    return np.asarray(picture.reshape(*picture.shape[:2], colours).astype(view.dtype) * view.dtype.type(scale))


def _pieces(picture: np.ndarray, box: Rect, mask: TileGrid, view: Tiled) -> Iterator[tuple[Rect, np.ndarray]]:
    """The picture over ``box``, tile by tile, so that a large mask takes no more memory than a small one."""
    height, width = picture.shape[:2]
    scale = max(box.w / width, box.h / height)
    if scale < 1:
        # Only averaging whole areas shrinks without losing every other pixel.
        size = max(box.w, round(width * scale)), max(box.h, round(height * scale))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
        (width, height), scale = size, 1.0
    for key in mask.keys(box):
        part = mask.tile_rect(key) & box
        # From the middle of a pixel of the part to where it is in the picture.
        x = (part.x + 0.5 - box.x - box.w / 2) / scale + width / 2 - 0.5
        y = (part.y + 0.5 - box.y - box.h / 2) / scale + height / 2 - 0.5
        back = np.array([[1 / scale, 0, x], [0, 1 / scale, y]])
        how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        colours = cv2.warpAffine(picture, back, (part.w, part.h), flags=how, borderMode=cv2.BORDER_REPLICATE)
        colours = colours.reshape(part.h, part.w, -1)
        alpha = view[part.slices][..., colours.shape[2] :]
        yield part, np.concatenate([colours, alpha], 2)
