"""The wheel and the sdist hold everything that the program needs, and what is installed from them works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("hatchling", reason="wheels are built by hatchling")
pytest.importorskip("PySide6", reason="its compiler makes the translations")


def build(source: Path, target: Path, kind: str) -> Path:
    """Builds with what is installed here: nothing is fetched."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return next(target.iterdir())


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(build(ROOT, tmp_path_factory.mktemp("sdist"), "sdist")) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the sdist, as whoever installs from one does."""
    return build(sdist, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no checkout")
def test_the_sdist_holds_all_that_is_tracked(sdist: Path) -> None:
    # Whoever owns the checkout: git would refuse to list somebody else's.
    command = ["git", "-c", "safe.directory=*", "ls-files"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [name for name in tracked.stdout.splitlines() if not (sdist / name).exists()] == []


def test_every_module_and_resource_is_in_the_wheel(sdist: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    rooms = [path for room in ("cnnstudio", "training") for path in (sdist / room).rglob("*") if path.is_file()]
    resources = [path for path in (sdist / "resources").rglob("*") if path.is_file()]
    wanted = {path.relative_to(sdist).as_posix() for path in rooms}
    wanted |= {f"cnnstudio/_resources/{path.relative_to(sdist / 'resources').as_posix()}" for path in resources}
    wanted |= {path.with_suffix(".qm").as_posix() for path in map(Path, wanted) if path.suffix == ".ts"}
    assert {"cnnstudio/_resources/weights/pyramid.safetensors", "cnnstudio/_resources/icons/app.svg"} <= wanted
    assert wanted - names == set()
    assert not [name for name in names if name.startswith(("tests/", "packaging/", ".ci"))]


def test_the_man_page_and_completions_are_put_where_they_are_looked_for(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shared = {
            name.partition(".data/data/")[2]: archive.read(name) for name in archive.namelist() if ".data/" in name
        }
    assert shared.keys() == {
        "share/man/man1/cnnstudio.1",
        "share/bash-completion/completions/cnnstudio",
        "share/zsh/site-functions/_cnnstudio",
        "share/fish/vendor_completions.d/cnnstudio.fish",
    }
    assert shared["share/man/man1/cnnstudio.1"].startswith(b".TH CNNSTUDIO 1")


def test_what_is_installed_from_it_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    assert list(target.glob("bin/cnnstudio*")) or list(target.glob("Scripts/cnnstudio*")), "the command is missing"
    code = "import json, cnnstudio, cnnstudio.cards as c, cnnstudio.paths as p; [c.verify(x) for x in c.list_cards()]; "
    code += "print(json.dumps([cnnstudio.__file__, str(p.resource('i18n')), [x.id for x in c.list_cards()]]))"
    environment = {**os.environ, "PYTHONPATH": str(target), "XDG_DATA_HOME": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    module, folder, models = json.loads(done.stdout)
    assert Path(module).is_relative_to(target)
    assert Path(folder).is_relative_to(target)
    assert (Path(folder) / "cnnstudio_zh_CN.qm").stat().st_size > 10_000
    assert "pyramid" in models


def test_the_metadata_say_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(inside).decode()
        entry = archive.read(inside.replace("METADATA", "entry_points.txt")).decode()
    assert "Name: cnnstudio" in metadata
    assert "Provides-Extra: studio" in metadata
    assert "cnnstudio = cnnstudio.__main__:main" in entry
