"""What is made of a bundle: the archive, the Debian package; and the script in it that puts it into a menu."""

from __future__ import annotations

import configparser
import gzip
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(PACKAGING))
    spec = importlib.util.spec_from_file_location("build_bundle", PACKAGING / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder that looks like one, with a space in its name and what sed takes for its own."""
    folder = tmp_path / "my programs & tools | more" / "cnnstudio-1-linux"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "data").write_bytes(b"12345")
    (folder / "_internal" / "link").symlink_to("data")
    (folder / "cnnstudio").write_text("#!/bin/sh\necho started $1\n")
    (folder / "cnnstudio").chmod(0o755)
    for place, text in (
        ("applications/cnnstudio.desktop", (PACKAGING / "linux" / "cnnstudio.desktop").read_text("utf-8")),
        ("icons/hicolor/scalable/apps/cnnstudio.svg", "<svg/>"),
        ("bash-completion/completions/cnnstudio", "complete"),
        ("zsh/site-functions/_cnnstudio", "complete"),
        ("fish/vendor_completions.d/cnnstudio.fish", "complete"),
        ("man/man1/cnnstudio.1", ".TH CNNSTUDIO 1"),
    ):
        path = folder / "share" / place
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    (folder / "LICENCES.txt").write_text("All of it.")
    (folder / "install.sh").write_bytes((PACKAGING / "linux" / "install.sh").read_bytes())
    return folder


def test_the_size_counts_each_file_once(build: ModuleType, bundle: Path) -> None:
    files = [path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink()]
    assert build.size(bundle) == sum(len(path.read_bytes()) for path in files)


@pytest.mark.skipif(sys.platform == "win32", reason="an archive for Linux and macOS")
def test_the_archive_is_the_same_each_time_and_names_nobody(
    build: ModuleType, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(now: float) -> str:
        monkeypatch.setattr("time.time", lambda: now)
        os.utime(bundle / "cnnstudio", (now, now))
        packed: Path = build.pack(bundle)
        with tarfile.open(packed) as archive:
            entries = archive.getmembers()
            assert {(entry.uid, entry.uname, entry.mtime) for entry in entries} == {(0, "", build.EPOCH)}
            assert archive.getmember(f"{bundle.name}/cnnstudio").mode == 0o755
            assert archive.getmember(f"{bundle.name}/_internal/link").issym()
        return hashlib.sha256(packed.read_bytes()).hexdigest()

    assert digest(1e9) == digest(2e9)


@pytest.mark.skipif(sys.platform != "linux", reason="menus of Linux")
def test_the_menu_finds_the_program_and_loses_it_again(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    command = ["/bin/sh", str(bundle / "install.sh")]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    started = subprocess.run([home / ".local" / "bin" / "cnnstudio", "x"], check=True, capture_output=True, text=True)
    assert started.stdout == "started x\n"
    desktop = home / ".local" / "share" / "applications" / "cnnstudio.desktop"
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(desktop, "utf-8")
    assert entry["Desktop Entry"]["Exec"] == f'"{bundle}/cnnstudio" %F'
    assert entry["Desktop Entry"]["Name"] == "CNN Studio"
    assert (home / ".local" / "share" / "man" / "man1" / "cnnstudio.1").exists()
    subprocess.run([*command, "--remove"], env=environment, check=True, capture_output=True)
    assert not [path for path in home.rglob("*") if path.is_file() or path.is_symlink()]
    assert (bundle / "cnnstudio").exists()


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="there is no dpkg-deb here")
class TestDebianPackage:
    @pytest.fixture
    def package(self, build: ModuleType, bundle: Path) -> Path:
        made: Path = build.deb.make(bundle, "1.2", build.EPOCH)
        return made

    def test_everything_lies_where_debian_looks_for_it(self, package: Path, tmp_path: Path) -> None:
        root = tmp_path / "root"
        subprocess.run(["dpkg-deb", "--extract", package, root], check=True)
        share = root / "usr" / "share"
        assert (root / "opt" / "cnnstudio" / "_internal" / "link").read_bytes() == b"12345"
        assert (root / "usr" / "bin" / "cnnstudio").readlink() == Path("/opt/cnnstudio/cnnstudio")
        assert gzip.decompress((share / "man" / "man1" / "cnnstudio.1.gz").read_bytes()).startswith(b".TH")
        assert (share / "doc" / "cnnstudio" / "copyright").read_text() == "All of it."
        assert (share / "zsh" / "vendor-completions" / "_cnnstudio").exists()
        assert "Exec=cnnstudio %F\n" in (share / "applications" / "cnnstudio.desktop").read_text("utf-8")
        assert sorted(path.name for path in (root / "opt" / "cnnstudio").iterdir()) == ["_internal", "cnnstudio"]

    def test_it_says_what_it_is_and_what_it_needs(self, package: Path) -> None:
        command = ["dpkg-deb", "--field", package, "Package", "Version", "Depends"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert "Package: cnnstudio\nVersion: 1.2\nDepends: libc6 (>= 2." in said
        assert "libegl1" in said

    def test_its_checksums_are_those_of_its_files(self, package: Path, tmp_path: Path) -> None:
        subprocess.run(["dpkg-deb", "--raw-extract", package, tmp_path / "raw"], check=True)
        subprocess.run(["md5sum", "--check", "--quiet", "DEBIAN/md5sums"], cwd=tmp_path / "raw", check=True)

    def test_it_is_the_same_each_time_and_leaves_the_bundle_alone(
        self, package: Path, build: ModuleType, bundle: Path
    ) -> None:
        before = package.read_bytes()
        os.utime(bundle / "cnnstudio")
        assert build.deb.make(bundle, "1.2", build.EPOCH).read_bytes() == before
        assert sorted(bundle.parent.iterdir()) == sorted([bundle, package])
        assert (bundle / "share" / "man" / "man1" / "cnnstudio.1").exists()


def test_what_libraries_are_made_with_is_installed_or_asked_for(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(build.sys, "platform", "linux")
    monkeypatch.setattr(build.bootstrap, "ensure_qt_libraries", lambda _job: None)
    monkeypatch.setattr(build.bootstrap, "missing_packages", lambda libraries: list(libraries.values()))
    monkeypatch.setattr(build.bootstrap, "install_system_packages", lambda packages, _reason: asked.extend(packages))
    monkeypatch.setattr(build.shutil, "which", lambda _tool: None)
    python = f"libpython{sys.version_info[0]}.{sys.version_info[1]}"
    with pytest.raises(build.bootstrap.SetupError, match=f"without gcc, libc6-dev, binutils, {python}"):
        build.ensure_tools()
    assert asked == ["gcc", "libc6-dev", "binutils", python]
    asked.clear()
    monkeypatch.setattr(build.bootstrap, "missing_packages", lambda _libraries: [])
    monkeypatch.setattr(build.shutil, "which", lambda tool: tool)
    build.ensure_tools()
    assert not asked
