"""Makes the damaged photograph that comes with the program: ``python packaging/make_sample.py``.

A portrait in the public domain, enlarged, printed in sepia with the grain of film, and then ill-treated. Seeded: the
same sample every time. Writes ``resources/samples/sample.jpg`` and ``sample-mask.png`` (255 = damaged).
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from training.damage import Ageing, apply_ageing, draw_hole, paint_damage  # noqa: E402

HEIGHT = 1000
DARKEST, LIGHTEST = (42, 26, 16), (252, 240, 214)  # tones of a sepia print
DAMAGE = (("corner", 1), ("crease", 14), ("blotch", 7), ("scratch", 1), ("dust", 23))  # class and seed
VISIBLE = 6  # levels of change that a mask-painter would see


def main() -> None:
    with Image.open(ROOT / "tests" / "photos" / "admiral.webp") as source:
        width = round(source.width * HEIGHT / source.height)
        grey = source.convert("L").resize((width, HEIGHT), Image.Resampling.LANCZOS)
    tone = np.asarray(grey, np.float32)[..., None] / 255
    dark, light = np.array(DARKEST, np.float32), np.array(LIGHTEST, np.float32)
    sepia = np.rint(dark + (light - dark) * tone).astype(np.uint8)
    photo = apply_ageing(sepia, Ageing(grain=7.0, grain_size=1.5, grain_seed=1, fading=0.08, vignette=0.15))

    mask = np.zeros(photo.shape[:2], np.uint8)
    for kind, seed in DAMAGE:
        rng = np.random.default_rng(seed)
        hole = draw_hole(kind, *mask.shape, rng)
        painted = paint_damage(photo, hole, kind, rng)
        # The soft edges and shadows of the damage reach beyond its hole.
        mask[(hole > 0) | (cv2.absdiff(painted, photo).max(axis=2) > VISIBLE)] = 255
        photo = painted
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))

    folder = ROOT / "resources" / "samples"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(photo).save(folder / "sample.jpg", quality=92, dpi=(300, 300))
    Image.fromarray(mask).save(folder / "sample-mask.png", optimize=True)


if __name__ == "__main__":
    main()
