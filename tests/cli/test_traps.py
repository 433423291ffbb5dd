"""Links, devices, pipes, names and permissions that are not what they seem: one sentence each, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnstudio import cards
from cnnstudio.__main__ import main
from cnnstudio.cli.folder import find_photos
from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.safe_file import make_folder
from tests.cli.fakes import FakeRepairer, write_photo_file

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and devices are of another kind there")


def run(photo: Path, mask: Path, output: Path, *options: str) -> int:
    return main(["repair", str(photo), "--mask", str(mask), "-o", str(output), *options])


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on stderr, which must be one line and no defect."""
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert "inside CNN Studio" not in lines[0]
    return lines[0]


# Links


def test_a_result_that_is_a_link_to_the_photo(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = photo.read_bytes()
    link = tmp_path / "out.png"
    link.symlink_to(photo)
    assert run(photo, mask, link) == 5
    assert "the photo itself" in one_sentence(capsys)
    assert photo.read_bytes() == before
    assert run(photo, mask, link, "--overwrite", "--quiet") == 0
    assert link.is_symlink()
    assert photo.read_bytes() != before


def test_a_link_to_nothing_leads_to_the_result(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    link, target = tmp_path / "out.png", tmp_path / "elsewhere" / "result.png"
    target.parent.mkdir()
    link.symlink_to(target)
    assert run(photo, mask, link, "--quiet") == 0
    assert link.is_symlink()
    assert read_photo(target).width == 40
    assert [file.name for file in target.parent.iterdir()] == ["result.png"]


def test_a_link_into_a_folder_that_is_not_there(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "out.png"
    link.symlink_to(tmp_path / "nowhere" / "result.png")
    assert run(photo, mask, link, "--quiet") == 5
    one_sentence(capsys)


@pytest.mark.parametrize("what", ["photo", "mask", "output", "compare"])
def test_a_link_that_leads_to_itself(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop)
    ways = {"photo": photo, "mask": mask, "output": tmp_path / "out.png", "compare": tmp_path / "c.png", what: loop}
    code = run(ways["photo"], ways["mask"], ways["output"], "--compare", str(ways["compare"]), "--quiet")
    assert code == {"photo": 3, "mask": 4, "output": 5, "compare": 5}[what]
    one_sentence(capsys)
    assert not (tmp_path / "out.png").exists()


def test_a_result_in_a_linked_folder(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    assert run(photo, mask, tmp_path / "linked" / "out.png", "--quiet") == 0
    assert [file.name for file in (tmp_path / "real").iterdir()] == ["out.png"]


# Devices and pipes


@pytest.mark.parametrize("what", ["photo", "mask"])
@pytest.mark.parametrize("device", ["pipe", "/dev/zero", "/dev/null"])
def test_what_never_ends_is_not_read(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str],
    what: str, device: str,
) -> None:  # fmt: skip
    never = Path(device)
    if device == "pipe":
        never = tmp_path / "pipe.png"
        os.mkfifo(never)
    ways = {"photo": photo, "mask": mask, what: never}
    assert run(ways["photo"], ways["mask"], tmp_path / "out.png") == {"photo": 3, "mask": 4}[what]
    one_sentence(capsys)


def test_a_device_is_no_place_for_a_result(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    assert run(photo, mask, pipe, "--overwrite", "--quiet") == 5
    assert "device or a pipe" in one_sentence(capsys)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


# Folders full of traps


def trapped(folder: Path) -> list[str]:
    """Names in a folder that look like photos and are none."""
    folder.mkdir(exist_ok=True)
    (folder / "folder.jpg").mkdir()
    (folder / "empty.jpg").touch()
    (folder / "loop.jpg").symlink_to("loop.jpg")
    (folder / "gone.jpg").symlink_to("nowhere.jpg")
    (folder / "device.jpg").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.jpg")
    return ["empty.jpg", "loop.jpg", "gone.jpg", "device.jpg", "pipe.jpg"]


@pytest.mark.parametrize("resume", [False, True])
def test_traps_in_a_folder_stop_nobody(
    mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str], resume: bool
) -> None:
    folder, out = tmp_path / "scans", tmp_path / "out"
    names = trapped(folder)
    for name in ("a.png", "z.png"):
        write_photo_file(folder / name)
    options = ["--resume"] if resume else []
    assert main(["repair", str(folder), "--mask", str(mask), "-o", str(out), "--recursive", *options]) == 1
    said = capsys.readouterr()
    assert "inside CNN Studio" not in said.out + said.err
    assert f"{len(names)} of {len(names) + 2} photos failed" in said.err
    assert sorted(file.name for file in out.glob("*.[jp][np]g")) == ["a.png", "z.png"]


def test_masks_that_are_traps(mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    folder, masks = tmp_path / "scans", tmp_path / "masks"
    names = trapped(masks)
    for name in names:
        write_photo_file(folder / name)
    assert main(["repair", str(folder), "--mask", str(masks), "-o", str(tmp_path / "out"), "--quiet"]) == 1


def test_a_photo_that_vanishes_meanwhile(
    mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "scans", tmp_path / "out"
    for name in ("a.png", "b.png", "c.png"):
        write_photo_file(folder / name)
    repairer.during = lambda: (folder / "b.png").unlink(missing_ok=True)
    assert main(["repair", str(folder), "--mask", str(mask), "-o", str(out)]) == 1
    assert "inside CNN Studio" not in capsys.readouterr().out
    assert sorted(file.name for file in out.glob("*.png")) == ["a.png", "c.png"]


# Names


@pytest.mark.parametrize("name", ["two\nlines.png", "\x1b[2Jclear.png", "\udcff.png", "-o.png", "a" * 250 + ".png"])
def test_names_of_any_kind(
    mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    photo = write_photo_file(tmp_path / "in" / "a.png")
    try:
        photo = photo.rename(photo.with_name(name))
    except (OSError, UnicodeError):
        pytest.skip("no file can be called so here")
    assert run(photo, mask, tmp_path / "out" / name, "--quiet") == 0
    assert run(photo, mask, tmp_path / "out" / name, "--quiet") == 5  # it exists
    photo.write_bytes(b"no photo")
    capsys.readouterr()
    assert run(photo, mask, tmp_path / "other.png", "--quiet") == 3
    assert "\x1b" not in one_sentence(capsys)


# Permissions


@pytest.fixture
def nobody(
    photo: Path, mask: Path, models: Path, repairer: FakeRepairer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder that everybody may write to; root, who may do anything, is nobody for the length of the test."""
    if not hasattr(os, "setresuid"):
        pytest.skip("no user can be changed here")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        for source in (photo, mask):
            shutil.copy(source, folder)
        shutil.copytree(models, folder / "models")
        monkeypatch.setattr(cards, "model_dirs", lambda: [folder / "models"])
        run(photo, mask, photo.with_name("warm.png"), "--quiet")  # whatever is imported late is imported now
        if os.getuid() == 0:
            os.setresuid(65534, 65534, 0)
        try:
            yield folder
        finally:
            os.setresuid(*[os.getresuid()[2]] * 3)
            for file in folder.rglob("*"):
                with contextlib.suppress(OSError):
                    file.chmod(0o777)


def protected(file: Path, mode: int) -> None:
    """Changes a file's mode, whoever owns it."""
    users = os.getresuid()
    os.setresuid(*[users[2]] * 3)
    file.chmod(mode)
    os.setresuid(*users)


def test_what_may_not_be_read(nobody: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo, mask = nobody / "photo.png", nobody / "hole.png"
    protected(mask, 0)
    assert run(photo, mask, nobody / "out.png") == 4
    assert "not permitted" in one_sentence(capsys)
    protected(photo, 0)
    assert run(photo, mask, nobody / "out.png") == 3
    assert "not permitted" in one_sentence(capsys)


def test_what_may_not_be_written(nobody: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo, mask = nobody / "photo.png", nobody / "hole.png"
    before = photo.read_bytes()
    protected(photo, 0o444)
    assert run(photo, mask, photo, "--overwrite", "--quiet") == 5
    assert "not permitted" in one_sentence(capsys)
    assert photo.read_bytes() == before
    (nobody / "shut").mkdir(mode=0o555)
    assert run(photo, mask, nobody / "shut" / "out.png", "--quiet") == 5
    assert "not permitted" in one_sentence(capsys)
    assert run(photo, mask, nobody / "shut" / "below" / "out.png", "--quiet") == 5
    assert "cannot be made" in one_sentence(capsys)
    (nobody / "dark").mkdir(mode=0)
    with pytest.raises(UnwritableTarget, match="cannot be made"):
        make_folder(nobody / "dark" / "below")


def test_a_folder_that_may_not_be_looked_into(nobody: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (nobody / "shut").mkdir()
    (nobody / "shut").chmod(0)
    assert find_photos(nobody, None, recursive=False)
    assert main(["repair", str(nobody / "shut"), "--mask", str(nobody / "hole.png"), "-o", str(nobody / "out")]) == 3
    assert "cannot be read" in one_sentence(capsys)
