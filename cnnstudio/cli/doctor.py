"""``cnnstudio doctor``: looks whether all that the program needs is here and works, and says what is not."""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cnnstudio import __version__
from cnnstudio.cards import find_card, list_cards, verify
from cnnstudio.cli.console import print_json, print_table
from cnnstudio.cli.failures import Exit
from cnnstudio.errors import CnnStudioError, UnwritableTarget
from cnnstudio.logs import crash_reports, log_folder
from cnnstudio.paths import own_command, resource, user_data_dir

_LIBRARIES = (
    "torch", "numpy", "opencv-contrib-python-headless", "pillow", "tifffile", "imagecodecs", "safetensors",
)  # fmt: skip
_LITTLE_DISK = 2e9
"""Bytes: a session keeps the tiles of large photos on the disk."""
_WINDOW_SECONDS = 60
_MODEL = "pyramid"
_SIDE = 96
_FAR = 12.0
"""Grey levels by which, on average, the repair of a smooth gradient may miss it. A sound one misses by less than 1."""


@dataclass(frozen=True)
class Check:
    """One line of the report.

    Attributes:
        name: what was looked at.
        state: ``"ok"``, ``"note"`` (something is less than it could be) or ``"bad"`` (something does not work).
        said: what was found, in one line.
        detail: what libraries say about it, word for word; may be empty.
    """

    name: str
    state: str
    said: str
    detail: str = ""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "doctor",
        help="check that everything is here and works",
        description="Checks versions, devices, every model, folders, free disk and the window, and repairs a tiny "
        "picture whose pixels are known. The exit code is 0 where nothing is bad, and otherwise 1. With --debug and "
        "--json it quotes what libraries say.",
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the report into a file instead")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Makes the report and prints it; the exit code tells whether anything is bad.

    Raises:
        UnwritableTarget: the report cannot be written into the file asked for.
    """
    checks = list(examine())
    debug = getattr(arguments, "debug", False)
    if arguments.output:
        text = json.dumps([asdict(check) for check in checks], indent=2) if arguments.json else plain(checks, debug)
        try:
            arguments.output.write_text(text + "\n", "utf-8")
        except OSError as error:
            raise UnwritableTarget(f"“{arguments.output}” cannot be written.", repr(error)) from error
    elif arguments.json:
        print_json([asdict(check) for check in checks])
    else:
        rows = [(check.state, check.name, "\n".join(_lines(check, debug))) for check in checks]
        print_table(("", "checked", "found"), rows)
    return Exit.SOME_FAILED if any(check.state == "bad" for check in checks) else Exit.OK


def plain(checks: list[Check], debug: bool) -> str:
    """The report as lines of text, to be sent to whoever helps; with all details where ``debug``."""
    indented = ("\n      ".join(_lines(check, debug)) for check in checks)
    return "\n".join(f"{check.state:5} {check.name:14} {said}" for check, said in zip(checks, indented, strict=True))


def _lines(check: Check, debug: bool) -> list[str]:
    return [check.said, *(line for line in check.detail.splitlines() if debug and line.strip())]


def examine() -> Iterator[Check]:
    """All checks, one after the other."""
    yield _program()
    yield Check("computer", "ok", f"{platform.platform()}, {_processor()}")
    yield Check("libraries", "ok", ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES))
    yield _heic()
    yield from _models()
    yield from _folders()
    yield _disk()
    yield _window()
    yield from _computing()
    reports = crash_reports()
    if reports:
        yield Check("crashes", "note", f"reports: {len(reports)}, the newest: {reports[0]}")


def _program() -> Check:
    root = Path(__file__).resolve().parents[2]
    kind = "bundle" if getattr(sys, "frozen", False) else "checkout" if (root / "pyproject.toml").is_file() else "wheel"
    return Check("program", "ok", f"CNN Studio {__version__}, {kind}, Python {platform.python_version()}, {root}")


def _processor() -> str:
    memory = ""
    with contextlib.suppress(AttributeError, ValueError, OSError):
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.1f} GB of memory"
    return f"{platform.machine()}, {os.cpu_count()} cores{memory}"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "(missing)" if importlib.util.find_spec(name) is None else "(unknown)"


def _heic() -> Check:
    if importlib.util.find_spec("pillow_heif") is None:
        return Check("HEIC", "note", "cannot be opened here: pillow-heif is missing")
    return Check("HEIC", "ok", "can be opened")


def _models() -> Iterator[Check]:
    cards = list_cards()
    if not cards:
        yield Check("models", "bad", f"none in {resource('weights')}")
    for card in cards:
        try:
            verify(card)
        except (CnnStudioError, OSError) as error:
            yield Check(f"model {card.id}", "bad", f"{_sentence(error)} {card.path}")
        else:
            yield Check(f"model {card.id}", "ok", f"whole, version {card.version}, {card.sha256[:12]}, {card.path}")


def _folders() -> Iterator[Check]:
    for name, folder in (("data", user_data_dir()), ("log", log_folder()), ("temporary", Path(tempfile.gettempdir()))):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"written")
        except OSError as error:
            yield Check(f"{name} folder", "bad", f"cannot be written: {folder} ({error.strerror})")
        else:
            yield Check(f"{name} folder", "ok", f"can be written: {folder}")


def _disk() -> Check:
    folder = next(path for path in (user_data_dir(), *user_data_dir().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return Check("free disk", "ok" if free >= _LITTLE_DISK else "note", f"{free / 1e9:.1f} GB at {folder}")


def _window() -> Check:
    """Asked in another process, which a missing library of Qt may end."""
    command = [*own_command(), "doctor", "--window"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_WINDOW_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Check("window", "bad", f"Qt did not start within {_WINDOW_SECONDS} seconds")
    except OSError as error:
        return Check("window", "bad", "cannot be tried: the program does not start once more", str(error))
    try:
        told = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return _no_window(done.stderr.strip())
    state = "ok" if told["svg"] else "bad"
    missing = "" if told["svg"] else ", without the plug-in for its icons (SVG)"
    screens = "; ".join(told["screens"])
    return Check("window", state, f"Qt {told['qt']} on {told['platform']}{missing}, {screens}")


def _no_window(detail: str) -> Check:
    if "No module named" in detail:
        return Check("window", "note", "cannot be opened: its packages are not installed", detail)
    if not _has_display():
        return Check("window", "note", "cannot be opened: there is no display", detail)
    return Check("window", "bad", "cannot be opened: Qt does not start; “cnnstudio doctor --debug” says why", detail)


def _has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _computing() -> Iterator[Check]:
    try:
        from cnnstudio.engine import devices
    except (ImportError, OSError) as error:
        yield Check("devices", "bad", "torch does not load", repr(error))
        return
    for name in devices.available():
        yield Check("device", "ok", f"{name}: {devices.choose(name).name}")
    yield _tried("self-repair", _repair_something)


def _tried(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:  # whatever it is: a report on what does not work must come to its end
        return Check(name, "bad", f"failed: {_sentence(error)}")


def _repair_something() -> Check:
    """Repairs a scratch over a gradient, where every pixel is known."""
    import numpy as np

    from cnnstudio.engine.repair import Repairer

    start = time.monotonic()
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    truth = np.stack([rows + 60, columns + 40, 200 - rows // 2 - columns // 2], axis=-1).astype(np.uint8)
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    mask[np.abs(rows - columns) < 3] = 255
    damaged = np.where(mask[..., None] > 0, np.uint8(255), truth)
    repairer = Repairer.load(find_card(_MODEL))
    result = repairer.repair(damaged, mask)
    repaired = damaged.copy()
    for rect, pixels in result.pieces:
        repaired[rect.slices] = pixels
    seconds = time.monotonic() - start
    if (repaired != damaged)[mask == 0].any():
        return Check("self-repair", "bad", "changed pixels that are not marked")
    error = float(np.abs(repaired.astype(float) - truth)[mask > 0].mean())
    state = "ok" if error < _FAR else "bad"
    return Check("self-repair", state, f"missed by {error:.1f} of 255 grey levels, {seconds:.1f} s on {result.device}")


def _sentence(error: BaseException) -> str:
    return error.message if isinstance(error, CnnStudioError) else f"{type(error).__name__}: {error}"
