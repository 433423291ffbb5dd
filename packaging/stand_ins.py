"""Libraries that stand in for those a bundle leaves out, so that what was linked against them still loads.

On Linux the torch of PyPI is built for CUDA, and its CPU half does not load without four gigabytes of libraries that a
computer without an NVIDIA card never calls. In the same way libheif is linked against an HEVC encoder, and OpenCV
against FFmpeg, which a program that reads photographs never calls. A stand-in has the name of such a library and the
symbols that are asked of it, and nothing else: functions that report an error of the library's own, or end the process
where there is no such error; data filled with zeros. The bundle's smoke test says whether that holds for the releases
at hand.

Needs a C compiler and binutils (on Debian the packages gcc and binutils), on Linux only.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

_OF_THE_SYSTEM = ("GLIBC", "CXXABI", "GCC_", "GOMP_", "OMP_")
"""Versions of symbols that the compiler's and the system's own libraries bring."""
_OF_CPP = ("_ZNSt", "_ZNKSt", "_ZSt", "_ZTISt", "_ZTVSt", "_Zna", "_Znw", "_Zda", "_Zdl")
"""Beginnings of names of C++'s own library, which others carry a copy of without meaning to offer it."""

_CUDA = ("libtorch_cuda", "libtorch_nvshmem", "libcaffe2_nvrtc", "libcu", "libnv", "libnccl")
"""Beginnings of the names of libraries that only a GPU needs."""
_CORE = "libtorch_cuda.so"
_VIDEO = (
    "libavcodec",
    "libavformat",
    "libavutil",
    "libswscale",
    "libswresample",
    "libvpx",
    "libssl",
    "libcrypto",
    "libdrm",
)
_NO_DEVICE = {"libcudart": 100, "libcupti": 1}
"""What functions answer where a library has a number for it: cudaErrorNoDevice, CUPTI_ERROR_INVALID_PARAMETER."""
_GIVE_ROOM = ("get_gil_checkerEv",)
"""Functions that are asked, as soon as torch is loaded, for a place to write to."""


Entry = tuple[str, str, str]
"""A file of a bundle as PyInstaller has it: where it goes, where it comes from, its kind."""


@dataclass(frozen=True)
class Symbol:
    """What one library asks of another.

    Attributes:
        name: as the linker sees it.
        version: of the interface it belongs to; empty where it has none.
        kind: ``"function"``, ``"data"`` or ``"type"`` (C++'s description of a class).
        size: of data, in bytes.
    """

    name: str
    version: str
    kind: str
    size: int = 0


def replace_cuda(binaries: Iterable[Entry], folder: Path) -> tuple[list[Entry], bool]:
    """Leaves out what only a GPU needs.

    Args:
        binaries: of a bundle.
        folder: for what is made.

    Returns:
        The binaries that stay, with stand-ins among them; and whether there was anything to leave out.
    """
    entries = list(binaries)
    if not any(Path(name).name.startswith(_CUDA) for name, _, _ in entries):
        return entries, False
    return _replace(entries, "", _CUDA, "torch/lib/", folder, "torch/lib"), True


def replace_encoder(binaries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Leaves x265 out, which is under the GPL and only writes HEIC; reading goes by libde265."""
    return _replace(binaries, "pillow_heif.libs", ("libx265",), "pillow_heif.libs/libheif", folder)


def replace_video(binaries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Leaves out what only videos need: FFmpeg, and under it an OpenSSL that has long ceased to be looked after."""
    return _replace(binaries, "opencv_contrib_python_headless.libs", _VIDEO, "cv2/cv2", folder)


def _replace(
    binaries: Iterable[Entry], home: str, gone: tuple[str, ...], asking: str, folder: Path, place: str = ""
) -> list[Entry]:
    """Leaves libraries out, and puts stand-ins in for those that are asked for by name.

    Args:
        home: the folder in the bundle that they are in; empty for any.
        gone: beginnings of their names.
        asking: beginning of the names, in the bundle, of the libraries that ask for them.
        folder: for what is made.
        place: the folder in the bundle for stand-ins; empty for where the library itself was.
    """
    kept = []
    dropped: dict[str, Entry] = {}
    for entry in binaries:
        path = Path(entry[0])
        if path.name.startswith(gone) and home in ("", path.parent.as_posix()):
            dropped[path.name] = entry
        else:
            kept.append(entry)
    askers = [Path(source) for name, source, _ in kept if name.startswith(asking)]
    needed = sorted({name for library in askers for name in _needed(library)} & dropped.keys())
    for name in needed:
        libraries = [Path(dropped[name][1])]
        if name == _CORE:
            # What is needed only by way of it is found nowhere else.
            libraries += [Path(entry[1]) for other, entry in sorted(dropped.items()) if other not in needed]
        symbols = {symbol.name: symbol for library in libraries for symbol in asked_of(library, askers)}
        answer = next((code for start, code in _NO_DEVICE.items() if name.startswith(start)), None)
        made = make(name, list(symbols.values()), folder, answer)
        kept.append((f"{place}/{name}" if place else dropped[name][0], str(made), "BINARY"))
    return kept


def asked_of(dropped: Path, by: Iterable[Path]) -> list[Symbol]:
    """The symbols of a library that others need.

    Args:
        dropped: the library that will be left out.
        by: the libraries that stay.
    """
    wanted = {}
    for library in by:
        for line in _nm("--undefined-only", library):
            name, _, version = line.split()[-1].partition("@")
            version = version.lstrip("@")
            if not version.startswith(_OF_THE_SYSTEM) and not name.startswith(_OF_CPP):
                wanted[name] = version
    found = []
    for line in _nm("--defined-only", "--print-size", dropped):
        parts = line.split()
        name, kind = parts[-1].partition("@")[0], parts[-2]
        if name in wanted:
            size = int(parts[1], 16) if len(parts) == 4 else 0
            found.append(Symbol(name, wanted.pop(name), _kind(name, kind), size))
    return sorted(found, key=lambda symbol: symbol.name)


def make(name: str, symbols: Collection[Symbol], folder: Path, answer: int | None) -> Path:
    """Compiles a library.

    Args:
        name: of the library that it stands in for, as others ask for it.
        symbols: that it has.
        folder: where it and its source are written.
        answer: what its functions return; None: they end the process.

    Raises:
        FileNotFoundError: there is no C compiler.
        subprocess.CalledProcessError: it does not compile.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise FileNotFoundError("A C compiler is needed to leave CUDA out of the bundle (on Debian: apt install gcc).")
    folder.mkdir(parents=True, exist_ok=True)
    source, versions, library = (folder / f"{name}{suffix}" for suffix in (".c", ".map", ""))
    source.write_text(_source(symbols, answer))
    command = [compiler, "-shared", "-fPIC", "-Os", "-s", f"-Wl,-soname,{name}", "-o", str(library), str(source)]
    named = sorted({symbol.version for symbol in symbols if symbol.version})
    if named:
        versions.write_text(
            "\n".join(f"{v} {{ global: {' '.join(f'{s.name};' for s in symbols if s.version == v)} }};" for v in named)
        )
        command.append(f"-Wl,--version-script,{versions}")
    subprocess.run(command, check=True)
    return library


def _needed(library: Path) -> list[str]:
    """The names of the libraries that this one asks for."""
    command = ["objdump", "-p", str(library)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split()[1] for line in lines if line.strip().startswith("NEEDED")]


def _nm(*arguments: str | Path) -> list[str]:
    command = ["nm", "--dynamic", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def _kind(name: str, letter: str) -> str:
    if name.startswith("_ZTI"):
        return "type"
    return "function" if letter in "TtWi" and not name.startswith("_ZTV") else "data"


def _source(symbols: Iterable[Symbol], answer: int | None) -> str:
    end = "__builtin_trap();" if answer is None else f"return {answer};"
    room = "static long room[512] __attribute__((aligned(4096))); return (long)room;"
    lines = ['extern void *class_type[] __asm__("_ZTVN10__cxxabiv117__class_type_infoE") __attribute__((weak));']
    for number, symbol in enumerate(symbols):
        as_named = f'__asm__("{symbol.name}")'
        if symbol.kind == "function":
            does = room if symbol.name.endswith(_GIVE_ROOM) else end
            lines.append(f"long f{number}(void) {as_named}; long f{number}(void) {{ {does} }}")
        elif symbol.kind == "type":
            # Its name is asked for when the class is made known to Python, which is done whether it is used or not.
            lines.append(f"struct {{ void *table; const char *name; void *base; }} t{number} {as_named}")
            lines.append(f'= {{ class_type + 2, "{symbol.name[4:]}", 0 }};')
        else:
            lines.append(f"long d{number}[{max(symbol.size, 8) // 8 + 1}] {as_named} = {{ 0 }};")
    return "\n".join(lines) + "\n"
