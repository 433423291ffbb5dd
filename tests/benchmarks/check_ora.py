"""Opens our OpenRaster files in GIMP and Krita, and compares layers and picture with what we meant.

    python -m tests.benchmarks.check_ora

Looks for ``gimp-console`` (version 3: GIMP 2 reads OpenRaster through a plug-in for Python 2, which distributions have
dropped) and for ``krita`` (with ``Xvfb``, since it will not do without a screen); what is not found is said and left
out.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from cnnstudio.imaging import selection
from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.openraster import write_ora
from cnnstudio.imaging.photo import Photo
from tests.ui.screen import Screen

W, H = 500, 380
_KINDS = {"grey": 1, "grey with alpha": 2, "RGB": 3, "RGB with alpha": 4}

_GIMP = """
import json
from gi.repository import Gimp, Gio
image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path({ora!r}))
seen = []
for layer in image.get_layers():
    there, x, y = layer.get_offsets()
    seen.append([layer.get_name(), layer.get_visible(), layer.get_opacity() / 100, x, y,
                 layer.get_width(), layer.get_height()])
seen.append(image.get_precision().value_nick)
image.merge_visible_layers(Gimp.MergeType.CLIP_TO_IMAGE)
Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path({png!r}), None)
open({json!r}, "w").write(json.dumps(seen))
"""


@dataclass(frozen=True)
class Seen:
    """A layer as a program has it; ``size`` is None where the program does not tell."""

    name: str
    visible: bool
    opacity: float
    at: tuple[int, int]
    size: tuple[int, int] | None = None


Opened = tuple[list[Seen], np.ndarray, str]
"""(layers from the topmost down, the picture that is seen, what else is worth telling)"""


def document(channels: int, dtype: type[np.unsignedinteger]) -> Document:
    """A photo with a hidden repair, one at half opacity, and a mask; with alpha, its left part is half transparent."""
    top = np.iinfo(dtype).max
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, top + 1, (H, W, channels), dtype=dtype)
    if channels in (2, 4):
        pixels[..., -1] = top
        pixels[:, :60, -1] = top // 2
    done = Document(Photo(pixels))
    for number, rect in enumerate((Rect(150, 70, 90, 60), Rect(300, 200, 130, 140)), 1):
        done.apply(selection.rectangle(done.mask, rect))
        used = done.mask.snapshot()
        colours = rng.integers(0, top + 1, (rect.h, rect.w, channels), dtype=dtype)
        if channels in (2, 4):
            colours[..., -1] = top
        done.add_repair(Patches.build([(rect, colours)], used), f"Repair {number} “é 修”", used=used)
    done.set_visible(done.layers[0].id, False)
    done.set_opacity(done.layers[1].id, 0.5)
    done.apply(selection.rectangle(done.mask, Rect(20, 200, 70, 50)))
    return done


def meant(done: Document) -> list[Seen]:
    """What a program should show of it, from the topmost layer down."""
    layers = [Seen("Original", True, 1.0, (0, 0), (W, H))]
    for layer in done.layers:
        x, y, w, h = layer.patches.bounds.x, layer.patches.bounds.y, layer.patches.bounds.w, layer.patches.bounds.h
        layers.append(Seen(layer.name, layer.visible, layer.opacity, (x, y), (w, h)))
    return [Seen("Mask", False, 1.0, (0, 0), (W, H)), *reversed(layers)]


def in_gimp(command: list[str], ora: Path) -> Opened:
    png, told = ora.with_suffix(".gimp.png"), ora.with_suffix(".json")
    script = _GIMP.format(ora=str(ora), png=str(png), json=str(told))
    run([*command, "-i", "--quit", "--batch-interpreter=python-fu-eval", "-b", script], told)
    *layers, precision = json.loads(told.read_text())
    seen = [Seen(name, visible, opacity, (x, y), (w, h)) for name, visible, opacity, x, y, w, h in layers]
    return seen, read_photo(png).pixels, precision


def in_krita(command: list[str], ora: Path) -> Opened:
    png, kra = ora.with_suffix(".krita.png"), ora.with_suffix(".kra")
    for target in (png, kra):
        run([*command, str(ora), "--export", "--export-filename", str(target)], target)
    with zipfile.ZipFile(kra) as archive:
        image = next(e for e in ElementTree.fromstring(archive.read("maindoc.xml")).iter() if e.tag.endswith("IMAGE"))
    seen = [
        Seen(
            e.get("name", ""), e.get("visible") == "1", int(e.get("opacity", "255")) / 255,
            (int(e.get("x", "0")), int(e.get("y", "0"))),
        )
        for e in image.iter() if e.tag.endswith("layer")
    ]  # fmt: skip
    return seen, read_photo(png).pixels, image.get("colorspacename", "")


def run(command: list[str], expected: Path) -> None:
    """Runs a program without a screen that is to write a file.

    Raises:
        RuntimeError: it did not.
    """
    expected.unlink(missing_ok=True)  # nobody is there to say that it may be overwritten
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if not expected.is_file():
        raise RuntimeError(f"{command[0]} wrote no {expected.name}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def blended_in_linear_light(done: Document) -> np.ndarray:
    """As :func:`as_rgba` of what GIMP makes of it: the same layers, mixed as light mixes, not as numbers do.

    Nothing in an OpenRaster file could tell it otherwise.
    """
    out = as_rgba(done.photo.pixels)
    top = np.iinfo(done.photo.pixels.dtype).max
    for layer in done.view.layers:
        for key in layer.patches.tiles:
            rect, alpha, colours = layer.patches.patch(key)
            part, on = out[rect.slices], alpha > 0
            share = layer.opacity * alpha[on][:, None] / 255
            above = np.broadcast_to(colours[:, :3] if colours.shape[1] > 2 else colours[:, :1], (len(colours), 3)) / top
            part[on, :3] = _numbers(_light(part[on, :3]) * (1 - share) + _light(above) * share)
    return out


def _light(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _numbers(light: np.ndarray) -> np.ndarray:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def compare(done: Document, opened: Opened, picture: np.ndarray) -> list[str]:
    """What is not as it was meant, in plain sentences; ``picture`` is as :func:`as_rgba` has it."""
    seen, pixels, _ = opened
    wrong = []
    wanted = meant(done)
    if len(seen) != len(wanted):
        wrong.append(f"{len(seen)} layers instead of {len(wanted)}")
    for ours, theirs in zip(wanted, seen, strict=False):
        same_size = theirs.size in (None, ours.size)
        same = (ours.name, ours.visible, ours.at) == (theirs.name, theirs.visible, theirs.at) and same_size
        if not same or abs(ours.opacity - theirs.opacity) > 0.003:
            wrong.append(f"{theirs} instead of {ours}")
    got = as_rgba(pixels)
    if got.shape != picture.shape:
        return [*wrong, f"a picture of {got.shape} instead of {picture.shape}"]
    step = np.abs(got - picture).max()
    print(f"largest difference of the pictures: {step * 255:.2f} of 255", end="  ")
    # Every program rounds in its own way, and GIMP opens all OpenRaster files with 8 bits.
    if step > 1.51 / 255:
        wrong.append(f"the picture differs by up to {step * 255:.1f} of 255")
    return wrong


def as_rgba(pixels: np.ndarray) -> np.ndarray:
    """HxWx4 floats in [0, 1], colour multiplied by alpha: what is not seen does not count."""
    floats = pixels.astype(np.float64) / np.iinfo(pixels.dtype).max
    has_alpha = pixels.shape[2] in (2, 4)
    colours, alpha = (floats[..., :-1], floats[..., -1:]) if has_alpha else (floats, np.ones_like(floats[..., :1]))
    colours = np.repeat(colours, 3, 2) if colours.shape[2] == 1 else colours
    return np.concatenate([colours * alpha, alpha], 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gimp", type=shlex.split, default=["gimp-console"], help="command that runs GIMP 3")
    parser.add_argument("--krita", type=shlex.split, default=["krita"], help="command that runs Krita")
    parser.add_argument("--keep", type=Path, help="folder to work in and leave the files; a temporary one by default")
    options = parser.parse_args()
    programs: dict[str, tuple[list[str], Callable[[list[str], Path], Opened]]] = {
        "GIMP": (options.gimp, in_gimp),
        "Krita": (options.krita, in_krita),
    }
    for name, (command, _) in list(programs.items()):
        missing = [program for program in (command[0], "Xvfb") if shutil.which(program) is None]
        if missing:
            print(f"{name}: “{missing[0]}” is not installed here, so nothing is known of it")
            del programs[name]
    if not programs:
        return
    bad = 0
    with tempfile.TemporaryDirectory() as temporary, Screen(Path(temporary, "screen")) as screen:
        os.environ |= {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for kind, channels in _KINDS.items():
            for dtype in (np.uint8, np.uint16):
                done = document(channels, dtype)
                ora = folder / f"{kind.replace(' ', '-')}-{dtype.__name__}.ora"
                write_ora(ora, done.photo, done.layers, done.mask.snapshot(), overwrite=True)
                for name, (command, opens) in programs.items():
                    print(f"{name:6} {kind:16} {dtype.__name__:7}", end="  ", flush=True)
                    try:
                        opened = opens(command, ora)
                        as_light = name == "GIMP"
                        picture = blended_in_linear_light(done) if as_light else as_rgba(done.view.to_array())
                        wrong = compare(done, opened, picture)
                        print(f"opened as {opened[2]}", end="  ")
                    except (RuntimeError, subprocess.TimeoutExpired) as error:
                        wrong = [str(error)]
                    print("; ".join(wrong) or "right", flush=True)
                    bad += bool(wrong)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
