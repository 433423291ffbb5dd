"""The licence texts of everything inside a bundle, in one file.

Each file of the bundle is traced to the Python distribution, the Python or the system package that it comes from, and
the texts are those which that package carries. What wheels carry of other people's libraries is named here, since
their files' names do not tell it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from cnnstudio import __version__

TEXTS = Path(__file__).resolve().parent / "texts"

_CARRIED = {
    "opencv-contrib-python-headless": "OpenBLAS, libaom, libavif and others"
    + (", FFmpeg (LGPL 2.1) among them" if sys.platform == "darwin" else ". FFmpeg is left out: there are no videos"),
    "pillow-heif": "libheif and libde265 (LGPL 3). The HEVC encoder x265 (GPL 2) is left out: HEIC is only read",
    "PySide6_Essentials": "Qt (LGPL 3), and in it the libraries that Qt names in its documentation, ICU among them",
    "torch": "oneDNN, Eigen, FBGEMM, XNNPACK, cpuinfo and others, named in its licence",
}
"""What wheels have inside beside their own work, where it matters under which licence."""
_TEXTS = {
    "PySide6_Essentials": ("LGPL-3", "GPL-3"),
    "shiboken6": ("LGPL-3", "GPL-3"),
    "pillow-heif": ("LGPL-3", "GPL-3"),
    "opencv-contrib-python-headless": ("LGPL-2.1",),
}
"""Texts that go with a distribution in any case; its wheel may lack them."""
_NAME = re.compile(r"(licen[cs]e|copying|notice|copyright|authors|patents)", re.IGNORECASE)
_RULE = "=" * 100


@dataclass(frozen=True)
class Part:
    """Something of others that is in the bundle.

    Attributes:
        name: with its version.
        licence: in a few words; may be empty.
        texts: (name, text) of its licences.
        carries: what else is inside it; may be empty.
    """

    name: str
    licence: str
    texts: tuple[tuple[str, str], ...]
    carries: str = ""


def collect(entries: Iterable[tuple[str, str, str]]) -> str:
    """Returns the whole file.

    Args:
        entries: of the bundle as PyInstaller has them: (name in the bundle, source, kind).
    """
    found, strangers = parts({Path(source).absolute() for _, source, _ in entries if source and source != "-"})
    lines = [
        f"CNN Studio {__version__} contains the work of others. This file says whose, and under which licences.",
        "",
        "Qt, libheif, libde265 and on macOS FFmpeg are under the LGPL: they lie in this program's folder as libraries",
        "of their own, and may be exchanged there for other builds of them. Their sources are at code.qt.io,",
        "ffmpeg.org and github.com/strukturag; the wheels they came in are named below.",
        "",
        *(f"  {part.name:44} {part.licence}" for part in found),
        "",
    ]
    if strangers:
        lines += ["Of unknown origin:", *(f"  {path}" for path in strangers), ""]
    for part in found:
        lines += [_RULE, part.name, *([f"With {part.carries}."] if part.carries else []), _RULE, ""]
        for name, text in part.texts:
            lines += [f"--- {name}", "", text.strip(), ""]
        if not part.texts:
            lines += [f"Its package carries no text of its licence: {part.licence}.", ""]
    return "\n".join(lines)


def parts(sources: Iterable[Path]) -> tuple[list[Part], list[Path]]:
    """Whose work these files are.

    Returns:
        The parts by name, and the files that nobody is known for.
    """
    owners = {path: distribution for distribution in distributions() for path in _files(distribution)}
    ours = Path(__file__).resolve().parents[1]
    bases = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")] + [Path(sys.base_prefix)]
    found: dict[str, Part] = {}
    others = []
    for source in sorted(set(sources)):
        resolved = source.resolve()
        owner = owners.get(source) or owners.get(resolved)
        if owner is not None:
            if owner.name != "cnnstudio" and owner.name not in found:
                found[owner.name] = _of_distribution(owner)
        elif any(base in resolved.parents for base in bases):
            found.setdefault("Python", _of_python())
        elif ours not in resolved.parents:
            others.append(resolved)
    packages = _system_packages(others)
    found |= {package: _of_system(package) for package in packages.values()}
    strangers = [path for path in others if path not in packages]
    return sorted(found.values(), key=lambda part: part.name.lower()), strangers


def _files(distribution: Distribution) -> Iterator[Path]:
    for file in distribution.files or ():
        yield Path(str(distribution.locate_file(file)))


def _of_distribution(distribution: Distribution) -> Part:
    data = distribution.metadata
    classifiers = [c.rpartition(" :: ")[2] for c in data.get_all("Classifier") or () if c.startswith("License ::")]
    licence = data.get("License-Expression") or "; ".join(classifiers) or (data.get("License") or "").split("\n")[0]
    named = [f for f in distribution.files or () if _NAME.search(f.name) and f.suffix not in (".py", ".pyc", ".so")]
    inside = [file for file in distribution.files or () if "licenses" in file.parts and file not in named]
    texts = [
        (str(file), path.read_text("utf-8", "replace"))
        for file in [*named, *inside]
        if (path := Path(str(distribution.locate_file(file)))).is_file()
    ]
    texts += [(name, (TEXTS / f"{name}.txt").read_text("utf-8")) for name in _TEXTS.get(distribution.name, ())]
    name = f"{distribution.name} {distribution.version}"
    return Part(name, licence[:60], tuple(texts), _CARRIED.get(distribution.name, ""))


def _of_python() -> Part:
    name = f"Python {sys.version.split()[0]}"
    places = [Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt"]
    places += sorted(Path("/usr/share/doc").glob(f"libpython{sys.version_info[0]}.*-stdlib/copyright"))
    text = next((place.read_text("utf-8") for place in places if place.is_file()), "")
    return Part(name, "PSF-2.0", (("LICENSE", text),) if text else ())


def _system_packages(paths: Sequence[Path]) -> dict[Path, str]:
    """The system's packages that these files come from, as far as it knows them."""
    if not paths or not shutil.which("dpkg-query"):
        return {}
    # A file below /usr/lib may be known to the system as one below /lib.
    names = {str(path): path for path in paths}
    names |= {str(Path("/", *path.parts[2:])): path for path in paths if path.parts[1:2] == ("usr",)}
    asked = subprocess.run(["dpkg-query", "-S", *names], capture_output=True, text=True, check=False)
    answers = (line.rpartition(": ") for line in asked.stdout.splitlines())
    return {names[name]: packages.split(":")[0] for packages, _, name in answers if name in names}


def _of_system(package: str) -> Part:
    path = Path("/usr/share/doc", package, "copyright")
    texts = (("copyright", path.read_text("utf-8", "replace")),) if path.is_file() else ()
    return Part(f"{package} (of the system)", "see its text", texts)
