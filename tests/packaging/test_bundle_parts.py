"""What goes into the bundle beside the program: licence texts, and libraries that stand in for those left out."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
NO_DEVICE = 100


def load(name: str) -> ModuleType:
    """A module of the folder packaging, which is no package."""
    spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


licences = load("licences")
stand_ins = load("stand_ins")


def test_files_are_traced_to_whoever_made_them() -> None:
    numpy_file = Path(np.__file__)
    stranger = Path("/nowhere/of/anyone.so")
    found, strangers = licences.parts([numpy_file, Path(shutil.__file__), PACKAGING / "build.py", stranger])
    names = [part.name.split()[0] for part in found]
    assert names == ["numpy", "Python"]
    assert found[0].name == f"numpy {distribution('numpy').version}"
    assert "BSD" in found[0].texts[0][1] or "Redistribution" in found[0].texts[0][1]
    assert "PYTHON SOFTWARE FOUNDATION" in found[1].texts[0][1].upper()
    assert strangers == [stranger]


def test_the_file_holds_the_texts_and_says_what_wheels_carry() -> None:
    import cv2
    import PySide6

    text = licences.collect([("a", cv2.__file__, "BINARY"), ("b", PySide6.__file__, "PYMODULE"), ("c", "-", "OPTION")])
    assert "FFmpeg" in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "Of unknown origin" not in text


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("gcc"), reason="needs Linux and a C compiler")
class TestStandIns:
    @pytest.fixture
    def user(self, tmp_path: Path) -> Path:
        """A library that asks another for a number, a place and two things of its class."""
        gone, user = tmp_path / "libcudart.so.1", tmp_path / "torch" / "lib" / "libuser.so"
        user.parent.mkdir(parents=True)
        (tmp_path / "gone.c").write_text(
            "int number(void) { return 7; }\nlong data[3] = { 1, 2, 3 };\nint unused(void) { return 1; }"
        )
        (tmp_path / "user.c").write_text(
            "int number(void); extern long data[];\n"
            "int ask(void) { return number(); }\nlong see(void) { return data[2]; }"
        )
        shared = ["gcc", "-shared", "-fPIC"]
        soname = f"-Wl,-soname,{gone.name}"
        subprocess.run([*shared, soname, "-o", gone, tmp_path / "gone.c"], check=True)
        subprocess.run([*shared, "-Wl,-rpath,$ORIGIN", "-o", user, tmp_path / "user.c", gone], check=True)
        return user

    def test_only_what_is_asked_for_is_found(self, user: Path, tmp_path: Path) -> None:
        symbols = stand_ins.asked_of(tmp_path / "libcudart.so.1", [user])
        assert [(symbol.name, symbol.kind) for symbol in symbols] == [("data", "data"), ("number", "function")]
        assert symbols[0].size == 24

    def test_a_library_loads_with_the_stand_in_and_is_told_that_there_is_no_device(
        self, user: Path, tmp_path: Path
    ) -> None:
        entries = [
            ("torch/lib/libuser.so", str(user), "BINARY"),
            ("libcudart.so.1", str(tmp_path / "libcudart.so.1"), "BINARY"),
        ]
        kept, replaced = stand_ins.replace_cuda(entries, tmp_path / "made")
        assert replaced
        assert [name for name, _, _ in kept] == ["torch/lib/libuser.so", "torch/lib/libcudart.so.1"]
        shutil.copy(kept[1][1], user.parent)
        code = f"import ctypes; l = ctypes.CDLL({str(user)!r}); print(l.ask(), l.see())"
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        assert done.stdout.split() == [str(NO_DEVICE), "0"]

    def test_the_encoder_goes_from_its_own_folder_alone(self, user: Path, tmp_path: Path) -> None:
        gone = tmp_path / "libcudart.so.1"
        renamed = tmp_path / "libx265-1.so"
        shutil.copy(gone, renamed)
        subprocess.run(["gcc", "-shared", "-o", gone, "-Wl,-soname,libx265-1.so", tmp_path / "gone.c"], check=True)
        asking = tmp_path / "libheif-1.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", asking, tmp_path / "user.c", gone], check=True)
        entries = [
            ("pillow_heif.libs/libheif-1.so", str(asking), "BINARY"),
            ("pillow_heif.libs/libx265-1.so", str(renamed), "BINARY"),
            ("elsewhere/libx265-1.so", str(renamed), "BINARY"),
        ]
        kept = stand_ins.replace_encoder(entries, tmp_path / "made")
        assert [name for name, _, _ in kept] == [
            "pillow_heif.libs/libheif-1.so", "elsewhere/libx265-1.so", "pillow_heif.libs/libx265-1.so",
        ]  # fmt: skip
        assert Path(kept[2][1]).parent == tmp_path / "made"

    def test_nothing_to_leave_out_changes_nothing(self, user: Path, tmp_path: Path) -> None:
        entries = [("torch/lib/libuser.so", str(user), "BINARY")]
        assert stand_ins.replace_cuda(entries, tmp_path / "made") == (entries, False)
        assert stand_ins.replace_encoder(entries, tmp_path / "made") == entries

    def test_versions_are_kept(self, tmp_path: Path) -> None:
        symbol = stand_ins.Symbol("asked", "VERSION_1", "function")
        made = stand_ins.make("libold.so.1", [symbol], tmp_path, 5)
        assert ctypes.CDLL(str(made)).asked() == 5
        listed = subprocess.run(["nm", "-D", made], check=True, capture_output=True, text=True).stdout
        assert "asked@@VERSION_1" in listed
