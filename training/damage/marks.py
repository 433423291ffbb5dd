"""The marks that damage leaves on a photograph: how one scratch, crease, stain, tear or line of writing is drawn.

Each function sets pixels of ``mask`` (HxW uint8) to 255, somewhere in the picture, partly outside perhaps. ``scale``
multiplies the sizes in pixels that the functions name.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
"""Nx2 positions x, y in pixels."""

_SHIFT = 4  # fractional bits of the coordinates handed to OpenCV
_WORDS = (
    "Paris", "1943", "to Anna", "12.5.1967", "Oma", "summer", "No 37", "Wien", "family", "1928", "COPY", "Studio",
    "Foto Kern", "from J.", "Easter", "with love", "Lisboa", "PROOF", "July 4", "1951", "M. & K.", "school", "Roma",
)  # fmt: skip
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)


# Lines ---------------------------------------------------------------------------------------------------------------


def _fixed(points: Points) -> npt.NDArray[np.int32]:
    """Points as OpenCV takes them with ``_SHIFT`` fractional bits."""
    return np.rint(points * (1 << _SHIFT)).astype(np.int32)


def _polygon(mask: Mask, points: Points) -> None:
    cv2.fillPoly(mask, [_fixed(points)], 255, cv2.LINE_8, _SHIFT)


def ribbons(
    mask: Mask, path: Points, left: npt.ArrayLike, right: npt.ArrayLike, pieces: Sequence[tuple[int, int]]
) -> None:
    """Bands along the pieces (half-open index ranges of two points or more) of a path.

    ``left`` and ``right`` are the distances of the borders from the path in pixels, at each point or for all.
    """
    first, last = np.array(pieces).T - ((0,), (1,))
    way = np.zeros_like(path)
    way[1:-1] = path[2:] - path[:-2]
    way[first] = path[first + 1] - path[first]
    way[last] = path[last] - path[last - 1]
    normal = way[:, ::-1] * (1.0, -1.0) / (np.hypot(way[:, 0], way[:, 1])[:, None] + 1e-6)
    # A filled polygon includes its outline, which makes it a pixel wider.
    left = np.broadcast_to(np.maximum(np.subtract(left, 0.5), 0), len(path))
    right = np.broadcast_to(np.maximum(np.subtract(right, 0.5), 0), len(path))
    borders = _fixed(np.stack([path + normal * left[:, None], path - normal * right[:, None]]))
    # Where an outline crosses itself the even-odd fill leaves gaps: the spine closes them.
    # OpenCV draws a line of even thickness t as wide as one of t + 1.
    spine, thickness = _fixed(path), left + right
    for a, b in pieces:
        cv2.fillPoly(mask, [np.concatenate([borders[0, a:b], borders[1, a:b][::-1]])], 255, cv2.LINE_8, _SHIFT)
        inner = 2 * int(thickness[a:b].min() / 2)
        cv2.polylines(mask, [spine[a:b]], False, 255, max(1, inner), cv2.LINE_8, _SHIFT)


def _anywhere(mask: Mask, rng: np.random.Generator, margin: float = 0.0) -> Points:
    """A point of the picture, at least a share ``margin`` of its sides away from them."""
    height, width = mask.shape
    return rng.uniform(margin, 1 - margin, 2) * (width, height)


def _towards(angle: float) -> Points:
    return np.array([np.cos(angle), np.sin(angle)])


def _walks(
    starts: npt.NDArray[np.floating],
    headings: npt.ArrayLike,
    lengths: npt.ArrayLike,
    curls: npt.ArrayLike,
    rng: np.random.Generator,
) -> Points:
    """Nx25x2: a wobbling path from each start, whose heading drifts by about its curl (radians) over its length."""
    steps = 24
    drift = np.cumsum(rng.standard_normal((len(starts), steps)), axis=1) / np.sqrt(steps)
    turned = np.reshape(headings, (-1, 1)) + drift * np.reshape(curls, (-1, 1))
    moves = np.stack([np.cos(turned), np.sin(turned)], axis=2) * (np.reshape(lengths, (-1, 1, 1)) / steps)
    return np.cumsum(np.concatenate([starts[:, None], moves], axis=1), axis=1)


def jagged(start: Points, end: Points, roughness: float, rng: np.random.Generator) -> Points:
    """A fractal path between two points with a corner every few pixels (midpoint displacement).

    ``roughness`` is how far it strays, as a share of its length.
    """
    points = np.stack([start, end])
    levels = int(np.clip(np.log2(np.hypot(*(end - start)) / 3 + 1), 1, 8))
    for _ in range(levels):
        across = np.diff(points, axis=0)[:, ::-1] * (1.0, -1.0)
        middle = (points[1:] + points[:-1]) / 2 + across * (rng.standard_normal((len(across), 1)) * roughness)
        merged = np.empty((len(points) + len(middle), 2))
        merged[::2], merged[1::2] = points, middle
        points = merged
    return points


def scratches(mask: Mask, rng: np.random.Generator, scale: float, count: int) -> None:
    """``count`` scratches, 1 to 4 pixels wide: straight or wobbly lines, hairs, and vertical lines of film wear."""
    height, width = mask.shape
    form = rng.random(count)
    is_hair = form < 0.3  # a hair or fibre: short, thin, even, curly
    is_film_wear = form > 0.92  # thin, vertical, all the way down
    starts = rng.random((count, 2)) * (width, height)
    starts[is_film_wear, 1] = -2
    headings = np.where(is_film_wear, np.pi / 2, rng.uniform(0, 2 * np.pi, count))
    longest = max(min(height, width), 160 * scale)
    lengths = np.where(is_hair, rng.uniform(15, 80, count) * scale, rng.uniform(0.15, 1.1, count) * longest)
    lengths = np.where(is_film_wear, height + 4, lengths)
    curls = np.where(is_hair, rng.uniform(1, 6, count), np.array([0.02, 0.3, 1.2])[rng.integers(0, 3, count)])
    paths = _walks(starts, headings, lengths, np.where(is_film_wear, 0.01, curls), rng)
    widest = np.where(is_hair, 1.2, 1 + 3 * rng.beta(1, np.where(is_film_wear, 8, 1.3)))
    # The width swells and thins along the way, and the scratch lifts here and there.
    swell = np.repeat(rng.uniform(0.5, 1.0, (count, 5)), 5, axis=1)
    half = (widest[:, None] * np.where(is_hair[:, None], 1.0, swell)).ravel() * scale / 2
    pieces = []
    for begin, lift, gap in zip(
        range(0, 25 * count, 25), rng.integers(2, 40, count).tolist(), rng.integers(1, 6, count).tolist(), strict=True
    ):
        pieces.append((begin, begin + min(lift, 25)))
        if lift + gap < 24:
            pieces.append((begin + lift + gap, begin + 25))
    ribbons(mask, paths.reshape(-1, 2), half, half, pieces)


def specks(mask: Mask, rng: np.random.Generator, scale: float, count: int) -> None:
    """``count`` specks of dust, 1 to 6 pixels across, with a little lint."""
    height, width = mask.shape
    centres = rng.random((count, 2), np.float32) * np.array([width, height], np.float32)
    radii = (1 + 5 * rng.beta(0.9, 1.9, (count, 1, 1)).astype(np.float32)) * (scale / 2)
    # Each is an ellipse in a small window around its centre, its border chipped by chance.
    reach = max(1, int(3 * scale))
    window = np.arange(-reach, reach + 1)
    corner = centres.astype(np.intp)
    x = window.astype(np.float32) - (centres - corner)[:, 0, None, None]
    y = window.astype(np.float32)[:, None] - (centres - corner)[:, 1, None, None]
    angle = rng.random((count, 1, 1), np.float32) * np.float32(np.pi)
    flat = 0.4 + 0.6 * rng.random((count, 1, 1), np.float32)
    cos, sin = np.cos(angle), np.sin(angle)
    distance = (x * cos + y * sin) ** 2 + ((y * cos - x * sin) / flat) ** 2
    inside = distance <= radii**2 * (0.6 + 0.4 * rng.random(distance.shape, np.float32))
    inside[:, reach, reach] = True
    speck, row, column = np.nonzero(inside)
    rows, columns = corner[speck, 1] + window[row], corner[speck, 0] + window[column]
    seen = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    mask[rows[seen], columns[seen]] = 255
    lint = int(rng.binomial(count, 0.008))
    if lint:
        lengths = rng.uniform(5, 20, lint) * scale
        paths = _walks(centres[:lint], angle[:lint] * 2, lengths, rng.uniform(1, 5, lint), rng)
        pieces = [(begin, begin + 25) for begin in range(0, 25 * lint, 25)]
        ribbons(mask, paths.reshape(-1, 2), 0.6 * scale, 0.6 * scale, pieces)


def crease(mask: Mask, rng: np.random.Generator, scale: float) -> None:
    """A fold or a tear, 5 to 15 pixels wide, with a fork or two at times."""
    height, width = mask.shape
    middle = _anywhere(mask, rng, 0.2)
    heading = rng.uniform(0, 2 * np.pi)
    reach = _towards(heading) * (height + width)
    # A fold crosses the whole picture, almost straight; a tear strays more and stops inside.
    is_tear = rng.random() < 0.4
    start, end = middle - reach, middle if is_tear else middle + reach
    # Cut close to the picture, so that the path strays as far as intended.
    start, end = _cut(start, end, np.array([width, height]), 10 * scale)
    path = jagged(start, end, rng.uniform(0.04, 0.1) if is_tear else rng.uniform(0.01, 0.05), rng)
    thickness = rng.uniform(6, 12.5) * scale
    ragged_ribbon(mask, path, thickness, rng)
    for _ in range(int(rng.integers(0, 3)) if len(path) > 8 else 0):
        fork = path[int(rng.integers(2, len(path) - 2))]
        turn = heading + rng.choice([-1, 1]) * rng.uniform(0.4, 1.2)
        tip = fork + _towards(turn) * rng.uniform(12, 50) * scale
        ragged_ribbon(mask, jagged(fork, tip, 0.07, rng), max(6 * scale, thickness * 0.7), rng)


def _cut(start: Points, end: Points, size: Points, margin: float) -> tuple[Points, Points]:
    """The part of a segment that lies at most ``margin`` outside a picture of that size."""
    way = np.where(end == start, 1e-9, end - start)
    a, b = (-margin - start) / way, (size + margin - start) / way
    enter, leave = max(0.0, np.minimum(a, b).max()), min(1.0, np.maximum(a, b).min())
    return start + way * enter, start + way * leave


def ragged_ribbon(mask: Mask, path: Points, thickness: float, rng: np.random.Generator) -> None:
    """A band about ``thickness`` wide whose borders wander slowly and crumble at every point."""
    along = np.linspace(0, 1, len(path))
    knots = np.linspace(0, 1, 7)
    left, right = (
        thickness / 2 * np.interp(along, knots, rng.uniform(0.8, 1.1, 7)) * rng.uniform(0.9, 1.08, len(path))
        for _ in range(2)
    )
    ribbons(mask, path, left, right, [(0, len(path))])


# Areas ---------------------------------------------------------------------------------------------------------------


def _blob(size: int, rng: np.random.Generator, roughness: float) -> npt.NDArray[np.float32]:
    """size x size field that is positive inside a smooth irregular blob and negative along the border."""
    cells = 24
    axis = np.linspace(-1, 1, cells, dtype=np.float32)
    stretch = rng.uniform(0.8, 1.25)
    radius = np.sqrt((axis * stretch)[:, None] ** 2 + (axis / stretch)[None] ** 2)
    edge = np.maximum(np.abs(axis)[:, None], np.abs(axis)[None])
    field = 0.65 - radius - 4 * np.maximum(edge - 0.8, 0)
    for grain, weight in ((4, 0.3), (8, 0.13), (16, 0.05)):
        noise = rng.standard_normal((grain, grain), dtype=np.float32)
        field += roughness * weight * cv2.resize(noise, (cells, cells), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.resize(field, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _paste(mask: Mask, patch: npt.NDArray[np.bool_], centre: Points) -> None:
    """Set the mask where the patch, centred on ``centre`` and cut at the borders, is true."""
    x0, y0 = (centre - np.array(patch.shape[::-1]) / 2).astype(int).tolist()
    top, left = max(0, -y0), max(0, -x0)
    target = mask[max(0, y0) : max(0, y0 + patch.shape[0]), max(0, x0) : max(0, x0 + patch.shape[1])]
    target[patch[top : top + target.shape[0], left : left + target.shape[1]]] = 255


def blotch(mask: Mask, rng: np.random.Generator, scale: float) -> None:
    """A stain 20 to 120 pixels across, or its rim alone."""
    across = rng.uniform(20, 120) * scale
    # The blob fills about three quarters of its patch.
    field = _blob(max(4, round(across / 0.75)), rng, rng.uniform(0.3, 0.9))
    inside = field > 0
    if rng.random() < 0.2:  # a dried-up drop leaves only its rim
        inside &= field < rng.uniform(0.1, 0.2)
    _paste(mask, inside, _anywhere(mask, rng))


def corner(mask: Mask, rng: np.random.Generator, scale: float) -> None:
    """A torn corner, a bite out of a side, or a strip missing along it, up to 100 pixels deep."""
    height, width = mask.shape
    wide, deep = np.minimum(rng.uniform(18, 100, 2) * scale, 0.6 * min(height, width))
    roughness = rng.uniform(0.03, 0.1)
    form = rng.random()
    # Drawn at the top left, then turned to the corner or side it belongs to.
    if form < 0.55:
        border = [(wide, -3.0), (-3.0, deep)]
        close = [(-3.0, -3.0)]
    elif form < 0.8:  # a bite out of the side
        at = rng.uniform(-wide / 2, width - wide / 2)
        angles = np.linspace(np.pi, 0, 5)
        depths = 0.6 * deep * rng.uniform(0.7, 1.1, 5)
        border = list(zip(at + wide / 2 * (1 + np.cos(angles)), depths * np.sin(angles), strict=True))
        close = [(at + wide, -3.0), (at, -3.0)]
    else:  # a strip along the whole side
        border = [(-3.0, 0.4 * deep), (width / 2, 0.4 * deep * rng.uniform(0.4, 1.2)), (width + 3.0, 0.3 * wide)]
        close = [(width + 3.0, -3.0), (-3.0, -3.0)]
    outline = np.concatenate([_torn(np.array(border), roughness, rng), close])
    flip_x, flip_y, swap = rng.integers(0, 2, 3).tolist()
    if swap:
        outline = outline[:, ::-1] * (width / height, height / width)
    if flip_x:
        outline = outline * (-1, 1) + (width - 1, 0)
    if flip_y:
        outline = outline * (1, -1) + (0, height - 1)
    _polygon(mask, outline)


def _torn(corners: Points, roughness: float, rng: np.random.Generator) -> Points:
    """The path through the corners, with jagged sides."""
    return np.concatenate([jagged(a, b, roughness, rng) for a, b in pairwise(corners)])


def hole(mask: Mask, rng: np.random.Generator, scale: float) -> None:
    """A large missing piece: a polygon, a blob, strokes of a wide brush or a box, measured against the picture."""
    height, width = mask.shape
    # Missing pieces are large against the picture, whatever its scale, unless they would overfill it.
    side = min(height, width) * min(1.0, scale)
    centre = _anywhere(mask, rng)
    match int(rng.integers(0, 4)):
        case 0:  # a torn-out polygon
            angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 9))))
            radii = rng.uniform(0.12, 0.45, len(angles)) * side
            corners = centre + np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None]
            _polygon(mask, _torn(np.concatenate([corners, corners[:1]]), 0.05, rng))
        case 1:
            _paste(mask, _blob(max(4, round(rng.uniform(0.35, 1.0) * side)), rng, 0.8) > 0, centre)
        case 2:  # a few turns of a wide brush
            turns = rng.uniform(0, 2 * np.pi, int(rng.integers(2, 6)))
            moves = np.stack([np.cos(turns), np.sin(turns)], axis=1) * rng.uniform(0.15, 0.5, (len(turns), 1)) * side
            path = np.clip(np.cumsum(np.concatenate([centre[None], moves]), axis=0), 0, (width, height))
            brush = max(1, int(rng.uniform(0.06, 0.2) * side))
            cv2.polylines(mask, [_fixed(path)], False, 255, brush, cv2.LINE_8, _SHIFT)
        case _:
            half = rng.uniform(0.08, 0.28, 2) * side
            (x0, y0), (x1, y1) = (centre - half).astype(int).tolist(), (centre + half).astype(int).tolist()
            cv2.rectangle(mask, (x0, y0), (x1, y1), 255, cv2.FILLED)


# Ink -----------------------------------------------------------------------------------------------------------------


def _turned(patch: Mask, degrees: float) -> npt.NDArray[np.bool_]:
    """The patch turned about its centre, cut to its own size."""
    height, width = patch.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(patch, matrix, (width, height), flags=cv2.INTER_NEAREST) >= 128


def _print(patch: Mask, centre: tuple[float, float], fit: tuple[float, float], rng: np.random.Generator) -> None:
    """Some printed words centred on a point of the patch, as large as fits into a box of a width and a height."""
    text = _WORDS[int(rng.integers(0, len(_WORDS)))]
    font = _FONTS[int(rng.integers(0, len(_FONTS)))]
    (wide, tall), _ = cv2.getTextSize(text, font, 1.0, 1)
    size = min(fit[0] / max(wide, 1), fit[1] / max(tall, 1))
    pen = int(np.clip(tall * size / 7, 1, 5))
    (wide, tall), _ = cv2.getTextSize(text, font, size, pen)
    cv2.putText(patch, text, (int(centre[0] - wide / 2), int(centre[1] + tall / 2)), font, size, 255, pen)


def stamp(mask: Mask, rng: np.random.Generator, scale: float) -> None:
    """A rubber stamp, 55 to 130 pixels across: a ring or a frame with words."""
    across = min(rng.uniform(55, 130) * scale, 0.95 * min(mask.shape))
    size = max(12, round(across * 1.45))
    middle = size // 2
    pen = 1 + int(rng.uniform(0.008, 0.04) * across)
    if rng.random() < 0.5:
        # Drawn unrolled, a row for each radius and a column for each angle, then wound into a ring.
        radius, around = round(across / 2), round(3 * across)
        inner = round(radius * rng.uniform(0.55, 0.75))
        unrolled = np.zeros((size // 2, around), np.uint8)
        for ring in (radius, inner)[: int(rng.integers(1, 3))]:
            unrolled[size // 2 - ring : size // 2 - ring + pen] = 255
        row = size / 2 - (radius + inner) / 2
        for turn in (0.25, 0.75):
            _print(unrolled, (around * turn, row), (0.45 * around, 0.75 * (radius - inner) - pen), rng)
        # warpPolar takes angles downwards and radii to the right.
        polar = np.ascontiguousarray(unrolled[::-1].T)
        flags = cv2.WARP_INVERSE_MAP | cv2.WARP_FILL_OUTLIERS | cv2.INTER_LINEAR
        patch = np.asarray(cv2.warpPolar(polar, (size, size), (middle, middle), size // 2, flags), np.uint8)
        lines, box = 1, (inner * 1.6, inner * 1.0)
    else:
        patch = np.zeros((size, size), np.uint8)
        half = np.array([across / 2, across / 2 * rng.uniform(0.35, 0.8)])
        for inset in (0, 2 * pen)[: int(rng.integers(1, 3))]:
            top_left, bottom_right = (middle - half + inset).astype(int), (middle + half - inset).astype(int)
            cv2.rectangle(patch, top_left.tolist(), bottom_right.tolist(), 255, pen)
        lines = int(rng.integers(1, 4))
        box = (float(half[0]) * 1.5, float(half[1]) * 1.4 / lines)
    for line in range(lines):
        _print(patch, (middle, middle + (line - (lines - 1) / 2) * box[1]), (box[0], 0.7 * box[1]), rng)
    _paste(mask, _turned(patch, rng.uniform(-40, 40)), _anywhere(mask, rng, 0.15))


def writing(mask: Mask, rng: np.random.Generator, scale: float) -> None:
    """A few lines of handwriting, or printed words; the pen is 2 to 5 pixels wide."""
    width = mask.shape[1]
    long = min(rng.uniform(60, 240) * scale, 1.2 * width)
    centre = _anywhere(mask, rng, 0.15)
    if rng.random() < 0.3:
        size = max(12, round(long * 1.2))
        patch = np.zeros((size, size), np.uint8)
        _print(patch, (size / 2, size / 2), (long, rng.uniform(12, 36) * scale), rng)
        _paste(mask, _turned(patch, rng.normal(0, 12)), centre)
        return
    half_pen = rng.uniform(1.0, 2.4) * scale
    tall = max(3.0, rng.uniform(2.5, 4.5) * half_pen)
    angle = rng.normal(0, 0.15)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    path, words = _scribble(tall, int(rng.integers(1, 4)), max(2, int(0.8 * long / tall)), rng)
    ribbons(mask, (path - (long / 2, 0.0)) @ turn + centre, half_pen, half_pen, words)


def _scribble(tall: float, lines: int, letters: int, rng: np.random.Generator) -> tuple[Points, list[tuple[int, int]]]:
    """Lines of words without a meaning, in joined letters about ``tall`` pixels high, from (0, 0) to the right.

    Returns the path of the pen and the range of points of each word.
    """
    steps = 8
    size = (lines, letters, 1)
    phase = np.arange(steps) * (2 * np.pi / steps)
    # The hand turns in loops while it moves on; tall letters rise above the others, deep ones reach below the line.
    rise = np.where(rng.random(size) < 0.2, 2.2, rng.uniform(0.8, 1.0, size))
    fall = np.where(rng.random(size) < 0.15, 1.2, 0.0)
    step = rng.uniform(0.6, 1.2, size)
    ends = np.unique(
        [*range(0, lines * letters, letters), *np.cumsum(rng.integers(2, 9, lines * letters // 5)).tolist()]
    )
    ends = np.append(ends[ends < lines * letters], lines * letters)
    step.reshape(-1)[ends[1:] - 1] += 1.5  # the gap after a word
    onward = np.cumsum(step, axis=1) + step * (phase / (2 * np.pi) - 1)
    height = (1 - np.cos(phase)) / 2 * rise - np.maximum(np.sin(phase), 0) * fall
    x = onward + rng.uniform(0.1, 0.3, size) * np.sin(phase) + 0.3 * height
    y = 3.4 * np.arange(lines)[:, None, None] - height
    # The pen leaves the paper during the last steps of a word.
    words = [(a * steps, b * steps - 2) for a, b in pairwise(ends.tolist())]
    return np.stack([x, y], axis=-1).reshape(-1, 2) * tall, words
