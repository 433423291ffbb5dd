"""Uses a bundle as a person would who has nothing else: ``python packaging/smoke.py BUNDLE``.

The program runs without Python on its path, with an empty home, and where the system allows it in a namespace without
network and with its own folder made read-only. It repairs the sample and a HEIC photo by command line, finds damage and
takes out noise, opens the window on a screen in memory, repairs by mouse, saves and quits, and trains for a minute.
Needs Linux, the environment that build.py makes, and Xvfb. Prints every check with its figures; the exit code is 0 if
all passed.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.ui.screen import Screen, until, why_not  # noqa: E402

MOST_BYTES = 1_000_000_000
MOST_SECONDS_TO_PAINT = 2.0
"""Of processor time, in the best of several starts: the machine may be busy with other things."""
STARTS = 4
SCRATCH = (255, 0, 255)
"""A colour that nothing else on the screen has."""
ROW, LEFT, RIGHT, HALF = 150, 100, 460, 2
LEFT_OUT = (
    "libx265",
    "libavcodec",
    "libssl-",
    "triton",
    "libtorch_cuda_linalg",
    "libcublas",
    "libcudnn_",
    "libQt6Qml",
    "torch/include",
    ".a",
)


class Bundle:
    """A bundle, and the poor surroundings in which it is run.

    Args:
        folder: the bundle.
        home: an empty folder for the person who runs it.
        root: of another system, under which it runs; None is this one's.
    """

    def __init__(self, folder: Path, home: Path, root: Path | None = None) -> None:
        self.folder, self.home = folder.resolve(), home
        self.program = self.folder / "cnnstudio"
        self.environment = {
            "HOME": str(home), "PATH": str(home / "no-programs"), "LC_ALL": "C.UTF-8", "LANGUAGE": "en",
            "XDG_RUNTIME_DIR": str(home), "TMPDIR": str(home / "tmp"),
        }  # fmt: skip
        (home / "tmp").mkdir(parents=True)
        self.walls = self._find_walls(root)

    def _find_walls(self, root: Path | None) -> list[str]:
        """The beginning of a command line that takes network and write permission away; empty where forbidden."""
        steps = ['mount --bind "$1" "$1"', 'mount -o remount,bind,ro "$1"']
        if root:
            # The same places under another root, so that all paths stay as they are.
            shared = {"/proc": "--rbind", "/dev": "--rbind", "/tmp/.X11-unix": "--bind", str(self.home): "--bind"}
            steps += [
                f'mkdir -p "{root}{place}" && mount {how} {place} "{root}{place}"' for place, how in shared.items()
            ]
            steps += [f'mkdir -p "{root}$1" && mount --bind "$1" "{root}$1"', f'mount -o remount,bind,ro "{root}$1"']
        change = f'exec chroot "{root}" "$@"' if root else 'exec "$@"'
        script = " && ".join([*steps, "shift", change])
        options = ["--map-root-user", "--mount", "--net", "/bin/sh", "-c", script, "sh", str(self.folder)]
        walls = [shutil.which("unshare") or "unshare", *options]
        tried = subprocess.run([*walls, "/bin/true"], capture_output=True, text=True, check=False)
        if tried.returncode and root:
            raise SystemExit(f"Nothing can be run under {root}: {tried.stderr.strip()}")
        return walls if tried.returncode == 0 else []

    def command(self, *arguments: object) -> list[str]:
        inside = ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in self.environment.items())]
        # The mount command is found by the outer path, the program sees only its own.
        return [*self.walls, *inside, str(self.program), *map(str, arguments)]

    def call(self, *arguments: object, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end; its exit code must be 0."""
        done = subprocess.run(
            self.command(*arguments), capture_output=True, text=True, timeout=seconds, check=False, cwd=self.home
        )
        assert done.returncode == 0, f"exit code {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done


def _samples(bundle: Bundle) -> Path:
    return bundle.folder / "_internal" / "cnnstudio" / "_resources" / "samples"


def _mask(path: Path) -> np.ndarray:
    """What a mask marks, HxW of bool."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L")) > 127


def check_contents(bundle: Bundle) -> str:
    files = [path for path in bundle.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files)
    names = [path.relative_to(bundle.folder).as_posix() for path in files]
    assert size < MOST_BYTES, f"{size / 1e6:.0f} MB"
    for unwanted in LEFT_OUT:
        large = [
            path for path, name in zip(files, names, strict=True) if unwanted in name and path.stat().st_size > 1e5
        ]
        found = [path.name for path in large if unwanted != ".a" or path.suffix == ".a"]
        assert not found, f"{unwanted}: {found[:3]}"
    texts = (bundle.folder / "LICENCES.txt").read_text("utf-8")
    for owner in ("PySide6", "torch", "numpy", "Python", "opencv"):
        assert owner.lower() in texts.lower(), f"no licence of {owner}"
    assert "Of unknown origin" not in texts
    completion = (bundle.folder / "share" / "bash-completion" / "completions" / "cnnstudio").read_text("utf-8")
    assert bundle.call("completion", "bash").stdout == completion
    for needed in ("qtbase_zh_CN.qm", "cnnstudio_zh_CN.qm", "libqsvg", "sample.jpg"):
        assert any(needed in name for name in names), f"{needed} is missing"
    return f"{size / 1e6:.0f} MB in {len(files)} files"


def check_models(bundle: Bundle) -> str:
    cards = json.loads(bundle.call("models", "--verify", "--json").stdout)
    assert {card["id"] for card in cards} == {path.stem for path in (ROOT / "resources" / "weights").glob("*.json")}
    assert all(card["verified"] for card in cards)
    return ", ".join(card["id"] for card in cards)


def check_doctor(bundle: Bundle) -> str:
    bundle.environment |= {"QT_QPA_PLATFORM": "offscreen"}
    checks = json.loads(bundle.call("doctor", "--json").stdout)
    assert not [check["said"] for check in checks if "missing" in check["said"] or "unknown" in check["said"]]
    assert not [check for check in checks if check["state"] == "bad"]
    assert any(check["said"].startswith("CNN Studio") and "bundle" in check["said"] for check in checks)
    return next(check["said"] for check in checks if check["name"] == "self-repair")


def check_command_line(bundle: Bundle) -> str:
    samples, target = _samples(bundle), bundle.home / "repaired.png"
    start = time.monotonic()
    bundle.call("repair", samples / "sample.jpg", "--mask", samples / "sample-mask.png", "-o", target)
    seconds = time.monotonic() - start
    with Image.open(samples / "sample.jpg") as before, Image.open(target) as after:
        changed = (np.asarray(before) != np.asarray(after)).any(2)
    mask = _mask(samples / "sample-mask.png")
    assert not (changed & ~mask).any(), "pixels were changed that are not marked"
    assert changed[mask].mean() > 0.8
    return f"{seconds:.1f} s from start to end, {changed[mask].mean():.0%} of {mask.sum()} marked pixels changed"


def check_finding(bundle: Bundle) -> str:
    samples, target = _samples(bundle), bundle.home / "found.png"
    bundle.call("detect", samples / "sample.jpg", "-o", target)
    found, marked = _mask(target), _mask(samples / "sample-mask.png")
    right = (found & marked).sum()
    assert right > 0.7 * found.sum(), "most of what is found is no damage"
    assert right > 0.3 * marked.sum(), "most damage is overlooked"
    return f"{right / found.sum():.0%} of what it marks is damage, {right / marked.sum():.0%} of the damage is found"


def check_restoring(bundle: Bundle) -> str:
    with Image.open(_samples(bundle) / "sample.jpg") as sample:
        truth = np.asarray(sample)[:400, :560].astype(float)
    noisy, target = bundle.home / "noisy.png", bundle.home / "restored.png"
    pixels = np.clip(truth + np.random.default_rng(0).normal(0, 20, truth.shape), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(noisy)
    bundle.call("restore", noisy, "-o", target, "--tone", "off")
    with Image.open(target) as restored:
        before, after = (float(np.sqrt(((p - truth) ** 2).mean())) for p in (pixels, np.asarray(restored)))
    assert after < before / 2
    return f"noise of {before:.1f} grey levels reduced to {after:.1f}"


def check_heic(bundle: Bundle) -> str:
    import pillow_heif

    pixels = np.kron(np.random.default_rng(0).integers(0, 255, (6, 8, 3)), np.ones((20, 20, 1))).astype(np.uint8)
    photo, mask, target = (bundle.home / name for name in ("phone.heic", "phone-mask.png", "phone.png"))
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(photo, quality=95)
    hole = np.zeros(pixels.shape[:2], np.uint8)
    hole[40:60, 40:60] = 255
    Image.fromarray(hole).save(mask)
    bundle.call("repair", photo, "--mask", mask, "-o", target)
    with Image.open(target) as after:
        error = np.abs(np.asarray(after).astype(int) - pixels)[hole == 0].mean()
    assert error < 6, f"{error:.1f} grey levels off"
    return f"read without x265, {error:.1f} grey levels from what was written"


def check_window(bundle: Bundle) -> str:
    with Image.open(ROOT / "resources" / "samples" / "sample.jpg") as sample:
        pixels = np.asarray(sample)[:400, :560].copy()
    pixels[ROW - HALF : ROW + HALF + 1, LEFT:RIGHT] = SCRATCH
    photo, target = bundle.home / "old.png", bundle.home / "new.png"
    Image.fromarray(pixels).save(photo)
    starts = [_start_and_quit(bundle, photo) for _ in range(STARTS - 1)]
    with Screen(bundle.home / "screen") as screen:

        def scratched() -> tuple[np.ndarray, np.ndarray]:
            return np.nonzero((screen.pixels() == SCRATCH).all(2))

        seconds, program = _begin(bundle, photo, screen)
        starts.append(seconds)
        screen.focus(screen.window("old.png"))
        screen.move(640, 5)
        until(lambda: len(scratched()[0]) > 100, "the photo was never seen")
        screen.key("ctrl+1")
        until(lambda: len(scratched()[0]) == (2 * HALF + 1) * (RIGHT - LEFT), "100 % does not show every pixel")
        rows, columns = scratched()
        y, x0, x1 = rows.mean(), columns.min(), columns.max()
        screen.key("b")
        screen.drag((x0 - 4, y), ((x0 + x1) / 2, y), (x1 + 4, y))
        until(lambda: not len(scratched()[0]), "what is marked is not tinted")
        screen.key("Return")
        until(lambda: any("*" in title for title in screen.titles()), "the repair never ended")
        screen.key("ctrl+shift+s")
        screen.focus(screen.window("Save as"))
        screen.key("ctrl+a")
        screen.type(target.name)
        screen.key("Return")
        until(target.exists, "nothing was saved")
        until(lambda: not any("*" in title for title in screen.titles()), "it is not taken for saved")
        strangers = _strangers(bundle, program)
        screen.focus(screen.window("CNN Studio"))
        screen.key("ctrl+q")
        assert program.wait(60) == 0
        assert program.stderr is not None
        said = program.stderr.read().decode()
    assert "Traceback" not in said, said
    with Image.open(target) as after:
        repaired = np.asarray(after.convert("RGB"))
    assert not (repaired == SCRATCH).all(2).any()
    assert (repaired[: ROW - 40] == pixels[: ROW - 40]).all()
    logs = bundle.home / ".local" / "share" / "cnnstudio" / "logs"
    assert " ERROR " not in (logs / "studio.log").read_text("utf-8")
    assert not [*logs.glob("running-*"), *logs.glob("crash-*")]
    assert not strangers, f"loaded from elsewhere: {strangers[:3]}"
    clock, work = (min(column) for column in zip(*starts, strict=True))
    assert work < MOST_SECONDS_TO_PAINT, f"first paint after {work:.1f} s of work"
    return f"first paint after {work:.1f} s of work, {clock:.1f} s by the clock; repaired by mouse, saved"


def _begin(bundle: Bundle, photo: Path, screen: Screen) -> tuple[tuple[float, float], subprocess.Popen[bytes]]:
    """Starts the program. Returns the seconds until the screen was no longer empty, by the clock and of work."""
    bundle.environment |= {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
    assert not screen.pixels().any()
    begin = time.monotonic()
    program = subprocess.Popen(bundle.command(photo), cwd=bundle.home, stderr=subprocess.PIPE)
    until(lambda: screen.pixels().any(), "nothing was ever painted")
    seconds = time.monotonic() - begin
    user, system = Path(f"/proc/{program.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (seconds, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")), program


def _start_and_quit(bundle: Bundle, photo: Path) -> tuple[float, float]:
    """As :func:`_begin`, of a start after which nothing is done."""
    with Screen(bundle.home / "screen") as screen:
        seconds, program = _begin(bundle, photo, screen)
        screen.focus(screen.window("old.png"))
        screen.key("ctrl+q")
        assert program.wait(60) == 0
    return seconds


def _strangers(bundle: Bundle, program: subprocess.Popen[bytes]) -> list[str]:
    """Files of this machine's Python and of the checkout that the program has in memory."""
    lines = Path(f"/proc/{program.pid}/maps").read_text().splitlines()
    loaded = {line.split(maxsplit=5)[5] for line in lines if "/" in line}
    ours = (str(Path(sys.base_prefix).resolve()), sys.prefix, str(ROOT / "cnnstudio"), "/usr/lib/python")
    return [path for path in loaded if path.startswith(ours) and not path.startswith(str(bundle.folder))]


def check_training(bundle: Bundle) -> str:
    photos, run = bundle.home / "photos", bundle.home / "run"
    photos.mkdir()
    for path in sorted((ROOT / "tests" / "photos").glob("*.webp"))[:4]:
        shutil.copy(path, photos)
    options = {
        "minutes": 1, "steps": 100000, "widths": "[8,8,8]", "depths": "[1,1,1]", "crop": 64, "batch": 2, "bank": 16,
        "trained-levels": 1, "levels": 2, "measure-every": 100000, "log-every": 1, "validation": 0.25,
    }  # fmt: skip
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    start = time.monotonic()
    bundle.call("train", "repair", photos, "--run-folder", run, *arguments, seconds=900)
    rows = [json.loads(line) for line in (run / "events.jsonl").read_text("utf-8").splitlines()]
    steps = max(row["step"] for row in rows)
    assert steps > 3
    assert (run / "checkpoint.pt").exists()
    return f"{steps} steps in {time.monotonic() - start:.0f} s"


CHECKS: dict[str, Callable[[Bundle], str]] = {
    "contents": check_contents,
    "models": check_models,
    "command line": check_command_line,
    "finding": check_finding,
    "restoring": check_restoring,
    "HEIC": check_heic,
    "window": check_window,
    "doctor": check_doctor,
    "training": check_training,
}


def main() -> int:
    """Runs the checks and returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, help="the folder that packaging/build.py made")
    parser.add_argument(
        "--root", type=Path, help="run it under this folder as a system of its own (debootstrap makes one)"
    )
    parser.add_argument("--only", choices=CHECKS, action="append", help="this check alone; may be given several times")
    options = parser.parse_args()
    if missing := why_not():
        print(f"The window cannot be tried: {missing}.", file=sys.stderr)
        return 2
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="cnnstudio-smoke-") as folder:
        bundle = Bundle(options.bundle, Path(folder) / "home", options.root and options.root.resolve())
        walls = "no network, read-only program" if bundle.walls else "network and permissions as they are (no unshare)"
        print(f"{bundle.folder}: no Python on the path, empty home, {walls}")
        if options.root:
            found = [*options.root.glob("usr/bin/python*"), *options.root.glob("usr/lib/python3*/os.py")]
            print(f"Run under {options.root}, which has {'Python' if found else 'no Python'}.")
        for name, check in CHECKS.items():
            if options.only and name not in options.only:
                continue
            try:
                with redirect_stdout(io.StringIO()):
                    said = check(bundle)
                word = "passed"
                passed += 1
            except Exception as error:  # one check that fails must not hide the others
                word, said = "FAILED", f"{type(error).__name__}: {error}"
                failed += 1
            print(f"{word}  {name:13} {said}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    sys.exit(main())
