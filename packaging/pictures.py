"""The window as README.md shows it, with the sample photo, and what its generator makes:
``python packaging/pictures.py`` writes packaging/pictures.

Wants the fonts Noto Sans and Noto Sans CJK (on Debian fonts-noto-core and fonts-noto-cjk).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from tests import screenshots  # noqa: E402

FOLDER = ROOT / "packaging" / "pictures"
SIZE = "readme"
SHOWN = (1920, 1200)
QUALITY = 80
SEED, COUNT = 3, 36
LOOKS = (("light", "en"), ("dark", "en"), ("dark", "zh_CN"))

screenshots.SIZES[SIZE] = (1280, 800, 2)


class Tour(screenshots._Tour):
    """To what each look shows: in the light damage that was found, in the dark a repair with the photo beside it."""

    def go(self) -> None:
        window = self._window
        window.warm_up()
        window.filing.open_sample()
        self._until(lambda: window.canvas.editor)
        if "light" in self._prefix:
            window.commands["clear"].trigger()
            window.docks["damage"].raise_()
            window.finding.find()
            self._until(lambda: not window.finding.desk.is_looking(self._editor))
            self._shot("found")
            return
        window.commands["repair"].trigger()
        self._until(lambda: not window.desk.busy)
        self._until(lambda: not window.checking.busy)
        window.commands["split"].trigger()
        self._shot("repaired")


def main() -> None:
    """Each look in a process of its own, since the language is chosen at the start."""
    if sys.argv[1:]:
        folder, theme, language = sys.argv[1:]
        screenshots._Tour = Tour
        screenshots.take(Path(folder), SIZE, theme, language)
        return
    FOLDER.mkdir(exist_ok=True)
    for theme, language in LOOKS:
        with tempfile.TemporaryDirectory() as name:
            user = Path(name)
            environment = os.environ | {
                "XDG_DATA_HOME": name, "XDG_CONFIG_HOME": name, "QT_SCALE_FACTOR": str(screenshots.SIZES[SIZE][2]),
                "QT_QPA_PLATFORM": f"offscreen:configfile={screenshots._screen(SIZE, user)}",
            }  # fmt: skip
            subprocess.run([sys.executable, __file__, name, theme, language], env=environment, check=True)
            [shot] = user.glob("*.png")
            path = FOLDER / f"{shot.stem.rpartition('-')[2]}-{language}.webp"
            with Image.open(shot) as picture:
                _save(picture.resize(SHOWN, Image.Resampling.LANCZOS), path)
    make_flowers()


def make_flowers() -> None:
    """The first pictures of a seed, none of them picked."""
    with tempfile.TemporaryDirectory() as name:
        sheet = Path(name, "sheet.png")
        options = "--seed", str(SEED), "--count", str(COUNT), "--grid", "--device", "cpu", "-o", str(sheet)
        subprocess.run([sys.executable, "-m", "cnnstudio", "generate", *options], cwd=ROOT, check=True)
        with Image.open(sheet) as picture:
            _save(picture, FOLDER / "flowers.webp")


def _save(picture: Image.Image, path: Path) -> None:
    picture.save(path, quality=QUALITY, method=6)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
