"""A save is whole or has not happened."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging import encode, safe_file
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.safe_file import appearing, make_folder, replacing

PHOTO = Photo(np.arange(300, dtype=np.uint8).reshape(10, 10, 3))


def meanwhile(target: Path) -> None:
    """Saves at ``target`` while another program makes a file there."""
    with replacing(target) as file:
        file.write(b"mine")
        target.write_bytes(b"theirs")


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_an_existing_file_is_left_alone_unless_told(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    with pytest.raises(UnwritableTarget, match="already exists"):
        write_photo(target, PHOTO)
    assert target.read_bytes() == b"old"
    write_photo(target, PHOTO, overwrite=True)
    assert np.array_equal(read_photo(target).pixels, PHOTO.pixels)
    assert names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt(), OSError("odd")])
@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp", ".bmp"])
def test_a_failure_while_encoding_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, error: BaseException, overwrite: bool
) -> None:
    target = tmp_path / f"a{suffix}"
    if overwrite:
        target.write_bytes(b"old")

    def fail(file: object, photo: Photo, quality: int | None) -> None:
        file.write(b"half a photo")  # type: ignore[attr-defined]
        raise error

    for kind in encode.ENCODERS:
        monkeypatch.setitem(encode.ENCODERS, kind, fail)
    with pytest.raises(UnwritableTarget if isinstance(error, OSError) else type(error)):
        write_photo(target, PHOTO, overwrite=overwrite)
    assert names(tmp_path) == ([target.name] if overwrite else [])
    assert not overwrite or target.read_bytes() == b"old"


@pytest.mark.parametrize("step", ["fsync", "rename"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    target = tmp_path / "a.tif"
    target.write_bytes(b"old")

    def full(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    if step == "fsync":
        monkeypatch.setattr(safe_file.os, "fsync", full)
    else:
        monkeypatch.setattr(safe_file.os, "link", full)
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UnwritableTarget, match="not enough space"):
        write_photo(target, PHOTO, overwrite=True)
    assert target.read_bytes() == b"old"
    with pytest.raises(UnwritableTarget, match="not enough space"):
        write_photo(tmp_path / "new.tif", PHOTO)
    assert names(tmp_path) == ["a.tif"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("kind", list(encode.ENCODERS))
def test_every_encoder_reports_a_full_disk_as_the_system_does(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    with pytest.raises(OSError, match="No space left") as caught:  # noqa: SIM117 - closing flushes, and fails as well
        with Path("/dev/full").open("r+b", buffering=0) as file:
            encode.ENCODERS[kind](file, Photo(noise), None)
    assert caught.value.errno == errno.ENOSPC


def test_a_file_made_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    with pytest.raises(UnwritableTarget, match="already exists"):
        meanwhile(target)
    assert target.read_bytes() == b"theirs"
    assert names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("exists", [False, True])
def test_disks_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    def unsupported(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(safe_file.os, "link", unsupported)
    target = tmp_path / "a.png"
    if exists:
        with pytest.raises(UnwritableTarget, match="already exists"):
            meanwhile(target)
    else:
        with replacing(target) as file:
            file.write(b"mine")
    assert target.read_bytes() == (b"theirs" if exists else b"mine")
    assert names(tmp_path) == ["a.png"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_of_a_replaced_file_are_kept_and_of_a_new_one_usual(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    write_photo(target, PHOTO)
    (tmp_path / "usual").touch()
    assert target.stat().st_mode == (tmp_path / "usual").stat().st_mode
    target.chmod(0o640)
    write_photo(target, PHOTO, overwrite=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    write_photo(tmp_path / "real" / "a.png", PHOTO)
    (tmp_path / "link.png").symlink_to(tmp_path / "real" / "a.png")
    write_photo(tmp_path / "link.png", Photo(PHOTO.pixels[:5]), overwrite=True)
    assert (tmp_path / "link.png").is_symlink()
    assert read_photo(tmp_path / "real" / "a.png").height == 5


@pytest.mark.parametrize(
    "name", ["Großmutter läuft.png", "祖母の写真.png", "бабушка 👵.png", "a" * 251 + ".png", "ü" * 125 + ".png"]
)
def test_any_file_name_works(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        write_photo(tmp_path / name, PHOTO, overwrite=True)
    assert np.array_equal(read_photo(tmp_path / name).pixels, PHOTO.pixels)
    assert names(tmp_path) == [name]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    cases = {
        tmp_path / "missing" / "a.png": "does not exist",
        tmp_path / "file" / "a.png": "does not exist",
        tmp_path / "folder.png": "is a folder",
        tmp_path / ("a" * 300 + ".png"): "longer",
    }
    for path, words in cases.items():
        for overwrite in (False, True):
            with pytest.raises(UnwritableTarget, match=words):
                write_photo(path, PHOTO, overwrite=overwrite)
    assert names(tmp_path) == ["file", "folder.png"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_and_a_file_without_permission(tmp_path: Path) -> None:
    write_photo(tmp_path / "a.png", PHOTO)
    (tmp_path / "a.png").chmod(0o444)
    with pytest.raises(UnwritableTarget, match="permitted"):
        write_photo(tmp_path / "a.png", PHOTO, overwrite=True)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(UnwritableTarget, match="permitted"):
            write_photo(tmp_path / "b.png", PHOTO)
    finally:
        tmp_path.chmod(0o755)


def test_a_read_only_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "read-only file system")

    monkeypatch.setattr(Path, "open", read_only)
    with pytest.raises(UnwritableTarget, match="permitted"):
        write_photo(tmp_path / "a.png", PHOTO)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is synced and what gets its name, in order; names of unfinished things as dots."""
    seen: list[str] = []

    def name(path: Path) -> str:
        return "…" if path.suffix == ".part" else path.name

    def before(what: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(path: Path | int, *more: object) -> object:
            file = Path(f"/proc/self/fd/{path}").readlink() if isinstance(path, int) else path
            seen.append(f"{what} {name(file)}")
            return real(path, *more)

        return call

    monkeypatch.setattr(safe_file.os, "fsync", before("sync", os.fsync))
    monkeypatch.setattr(safe_file.os, "link", before("link", os.link))
    monkeypatch.setattr(Path, "replace", before("replace", Path.replace))
    monkeypatch.setattr(Path, "rename", before("rename", Path.rename))
    return seen


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks /proc what is synced")
def test_bytes_are_synced_before_they_get_their_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    seen = watched(monkeypatch)
    write_photo(folder / "a.png", PHOTO)
    assert seen == ["sync …", "link …", "sync photos"]
    seen.clear()
    write_photo(folder / "a.png", PHOTO, overwrite=True)
    assert seen == ["sync …", "replace …", "sync photos"]
    seen.clear()
    with appearing(folder / "proof") as place:
        (place / "file").write_bytes(b"1")
    assert seen == ["sync file", "sync …", "rename …", "sync photos"]
    assert (folder / "proof" / "file").read_bytes() == b"1"
    seen.clear()
    make_folder(folder / "old" / "ones")
    assert sorted(seen) == ["sync old", "sync photos"]


def test_what_a_power_cut_left_unfinished_is_swept_up_later(tmp_path: Path) -> None:
    def left(name: str, hours: float) -> Path:
        path = tmp_path / name
        path.mkdir() if "folder" in name else path.touch()
        changed = time.time() - 3600 * hours
        os.utime(path, (changed, changed))
        return path

    old = left(".cnnstudio-0123456789abcdef.part", 2)
    folder = tmp_path / ".cnnstudio-fedcba9876543210.part"
    left("folder", 2).rename(folder)
    kept = [
        left(".cnnstudio-0000000000000000.part", 0.5),  # another program may be writing it
        left(".0123456789abcdef.part", 2),
        left("cnnstudio-0123456789abcdef.part", 2),
    ]
    write_photo(tmp_path / "a.png", PHOTO)
    assert not old.exists()
    assert not folder.exists()
    assert all(path.exists() for path in kept)


@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path, error: BaseException) -> None:
    def fail() -> None:
        with appearing(tmp_path / "proof") as place:
            (place / "file").write_bytes(b"1")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert names(tmp_path) == []
    (tmp_path / "proof").mkdir()
    with appearing(tmp_path / "proof") as place:
        (place / "file").write_bytes(b"1")
    with pytest.raises(FileExistsError), appearing(tmp_path / "proof"):
        pass
    assert names(tmp_path) == ["proof"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_nobody_else_may_read_a_private_photo_while_it_is_written(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    write_photo(target, PHOTO)
    target.chmod(0o600)
    with replacing(target, overwrite=True) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
        file.write(b"mine")
