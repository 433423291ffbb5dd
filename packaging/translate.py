"""The window's translations: ``python packaging/translate.py update`` or ``build``.

"update" takes the sentences of the code into resources/i18n/*.ts: new ones stand there as unfinished, those that the
code has no more are dropped. "build" compiles the files that the window reads (*.qm) where they are missing or older
than what they are made of. Both use the tools of Qt that come with PySide6-Essentials.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "i18n"


def tool(name: str) -> Path:
    """One of Qt's tools, ``lupdate`` or ``lrelease``, as it lies in the PySide6 of this Python.

    Raises:
        FileNotFoundError: this Python has no PySide6.
    """
    found = importlib.util.find_spec("PySide6")
    if found is None or found.origin is None:
        raise FileNotFoundError(f"{name} comes with PySide6-Essentials, which {sys.executable} lacks.")
    return Path(found.origin).parent / (f"{name}.exe" if sys.platform == "win32" else name)


def sources() -> list[Path]:
    """The code that speaks to people through Qt."""
    return [*sorted((ROOT / "cnnstudio" / "ui").rglob("*.py")), ROOT / "cnnstudio" / "app.py"]


def update(folder: Path = FOLDER) -> None:
    """Brings every ``.ts`` of a folder up to date with the code."""
    for catalogue in sorted(folder.glob("*.ts")):
        # Without line numbers a change of code is no change of the catalogue; and a sentence that merely resembles an
        # old one gets no translation rather than a wrong one.
        options = ["-locations", "none", "-no-obsolete", "-silent"]
        options += ["-disable-heuristic", "similartext"]
        _run([tool("lupdate"), *sources(), *options, "-source-language", "en", "-ts", catalogue])


def stale(folder: Path = FOLDER) -> list[Path]:
    """Every ``.ts`` whose ``.qm`` is missing or older."""
    pairs = [(path, path.with_suffix(".qm")) for path in sorted(folder.glob("*.ts"))]
    return [ts for ts, qm in pairs if not qm.exists() or qm.stat().st_mtime < ts.stat().st_mtime]


def build(folder: Path = FOLDER) -> list[Path]:
    """Compiles what is stale, and returns what it made."""
    made = []
    for catalogue in stale(folder):
        compiled = catalogue.with_suffix(".qm")
        # A window that is open reads from the file as long as it lives, so that one is not written over but replaced.
        unfinished = compiled.with_name(f"{compiled.name}.{os.getpid()}")
        _run([tool("lrelease"), "-silent", catalogue, "-qm", unfinished])
        unfinished.replace(compiled)
        made.append(compiled)
    return made


def _run(command: list[Path | str]) -> None:
    subprocess.run([str(part) for part in command], check=True)


def main() -> None:
    """Does what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=["update", "build"])
    if parser.parse_args().job == "update":
        update()
        for catalogue in sorted(FOLDER.glob("*.ts")):
            count = catalogue.read_text("utf-8").count('type="unfinished"')
            print(f"{catalogue.name}: {count} to be translated")
    else:
        for made in build():
            print(made)


if __name__ == "__main__":
    main()
