"""``cnnstudio repair`` of a folder: which mask belongs to which photo, and what becomes of the rest when one fails."""

from __future__ import annotations

import csv
import json
import os
import signal
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.__main__ import main
from cnnstudio.cli import journal, repair
from cnnstudio.cli.folder import Masks, find_photos
from cnnstudio.errors import BadInput, BadMask, Cancelled, UnreadablePhoto
from tests.cli.fakes import FakeRepairer, write_mask_file, write_photo_file


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize(
    ("photo", "masks", "chosen"),
    [
        ("a.jpg", ["a.png"], "a.png"),
        ("a.jpg", ["a.jpg"], "a.jpg"),
        ("a.jpg", ["a-mask.tif"], "a-mask.tif"),
        ("a.jpg", ["a_mask.png"], "a_mask.png"),
        ("a.jpg", ["a.mask.bmp"], "a.mask.bmp"),
        ("IMG_1.JPG", ["img_1_MASK.PNG"], "img_1_MASK.PNG"),
        ("a.jpg", ["ab.png", "b.png", "a.txt", "a.png"], "a.png"),
        ("a.b.jpg", ["a.png", "a.b-mask.png"], "a.b-mask.png"),
        # Two photos of one stem: the mask that names the extension, or has it, goes before.
        ("a.jpg", ["a.jpg.png", "a.png.png"], "a.jpg.png"),
        ("a.png", ["a.jpg-mask.png", "a.png-mask.png"], "a.png-mask.png"),
        ("a.png", ["a.jpg", "a.png"], "a.png"),
    ],
)
def test_mask_by_name(photo: str, masks: list[str], chosen: str, tmp_path: Path) -> None:
    touch(tmp_path / "masks", *masks)
    assert Masks(tmp_path / "masks", tmp_path / "photos").of(Path(photo)) == tmp_path / "masks" / chosen


def test_mask_by_name_whatever_the_accents_are_made_of(tmp_path: Path) -> None:
    touch(tmp_path / "masks", unicodedata.normalize("NFD", "Ölbild é") + ".png")
    photo = Path(unicodedata.normalize("NFC", "Ölbild é") + ".jpg")
    assert Masks(tmp_path / "masks", tmp_path).of(photo).suffix == ".png"


def test_mask_in_the_same_subfolder(tmp_path: Path) -> None:
    touch(tmp_path / "masks", "x/a.png", "y/a.png")
    masks = Masks(tmp_path / "masks", tmp_path / "photos")
    assert masks.of(Path("y/a.jpg")) == tmp_path / "masks" / "y" / "a.png"
    with pytest.raises(BadMask, match="no mask"):
        masks.of(Path("a.jpg"))


def test_two_masks_are_refused(tmp_path: Path) -> None:
    touch(tmp_path / "masks", "a-mask.png", "a_mask.png")
    with pytest.raises(BadMask, match=r"more than one mask: a-mask\.png, a_mask\.png"):
        Masks(tmp_path / "masks", tmp_path / "photos").of(Path("a.jpg"))


def test_masks_beside_the_photos(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "a.png", "a.jpg-mask.png", "a.png-mask.png", "b.jpg", "b_mask.png", "gas-mask.jpg")
    assert [str(p) for p in find_photos(tmp_path, tmp_path, recursive=False)] == [
        "a.jpg", "a.png", "b.jpg", "gas-mask.jpg",
    ]  # fmt: skip
    masks = Masks(tmp_path, tmp_path)
    assert masks.of(Path("a.png")).name == "a.png-mask.png"
    assert masks.of(Path("b.jpg")).name == "b_mask.png"
    with pytest.raises(BadMask):
        masks.of(Path("gas-mask.jpg"))  # a photo is never its own mask


def test_photos_of_a_folder(tmp_path: Path) -> None:
    touch(tmp_path, "b.JPG", "a.tif", "notes.txt", ".hidden.jpg", "._a.tif", "sub/c.webp", "out/a.tif", "masks/a.png")
    touch(tmp_path, "mask.png")
    leave_out = (tmp_path / "out", tmp_path / "masks", tmp_path / "mask.png")
    masks = tmp_path / "masks"
    assert find_photos(tmp_path, masks, recursive=False, leave_out=leave_out) == [Path("a.tif"), Path("b.JPG")]
    found = find_photos(tmp_path, masks, recursive=True, leave_out=leave_out)
    assert found == [Path("a.tif"), Path("b.JPG"), Path("sub/c.webp")]


def test_folder_without_photos(tmp_path: Path) -> None:
    touch(tmp_path, "sub/c.webp")
    with pytest.raises(UnreadablePhoto, match="--recursive"):
        find_photos(tmp_path, tmp_path, recursive=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """photos/ with a.jpg, a.png and sub/b.tif, and masks/ with theirs; returns the folder of both."""
    for name in ("a.jpg", "a.png", "sub/b.tif"):
        write_photo_file(tmp_path / "photos" / name)
        write_mask_file(tmp_path / "masks" / f"{name}-mask.png")
    return tmp_path


def run(folder: Path, *options: str, output: str = "out") -> int:
    arguments = [folder / "photos", "--mask", folder / "masks", "-o", folder / output, "--recursive", *options]
    return main(["repair", *map(str, arguments)])


def outcomes(folder: Path) -> list[str]:
    return [file["outcome"] for file in json.loads((folder / "out" / "report.json").read_text("utf-8"))["files"]]


def is_repaired(file: Path) -> bool:
    with Image.open(file) as image:
        return bool((np.asarray(image)[5:8, 10:14] > 200).all())


def test_formats_names_and_subfolders_are_kept(
    folder: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder) == 0
    for name, kind in (("a.jpg", "JPEG"), ("a.png", "PNG"), ("sub/b.tif", "TIFF")):
        with Image.open(folder / "out" / name) as image:
            assert image.format == kind
        assert is_repaired(folder / "out" / name)
    said = capsys.readouterr()
    assert "3 repaired in" in said.out
    assert f"{folder / 'photos' / 'a.jpg'}: A note." in said.err


def test_one_mask_for_all(folder: Path, repairer: FakeRepairer) -> None:
    mask = folder / "masks" / "a.jpg-mask.png"
    assert main(["repair", str(folder / "photos"), "--mask", str(mask), "-o", str(folder / "out")]) == 0
    assert is_repaired(folder / "out" / "a.png")


def test_a_bad_file_never_stops_the_rest(
    folder: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "photos" / "a.jpg").write_bytes(b"\xff\xd8\xff nonsense")
    write_photo_file(folder / "photos" / "orphan.png")
    repairer.failures = [BadInput("Not of a kind that can be repaired.")]  # for a.png
    assert run(folder) == 1
    said = capsys.readouterr()
    assert "1 repaired, 3 failed in" in said.out
    assert said.err.splitlines()[-1] == "cnnstudio: 3 of 4 photos failed."
    assert not (folder / "out" / "a.jpg").exists()
    assert is_repaired(folder / "out" / "sub" / "b.tif")
    with (folder / "out" / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["outcome"] for row in rows] == ["failed", "failed", "failed", "repaired"]
    assert "damaged" in rows[0]["error"]
    assert "Not of a kind" in rows[1]["error"]
    assert "has no mask" in rows[2]["error"]
    assert rows[3]["pixels_changed"] == "12"


def test_not_even_a_defect_stops_the_rest(folder: Path, repairer: FakeRepairer) -> None:
    repairer.failures = [RuntimeError("a defect"), MemoryError()]
    assert run(folder) == 1
    assert outcomes(folder) == ["failed", "failed", "repaired"]


def test_an_unusable_model_or_device_stops_before_the_first_photo(
    folder: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_card: object, _device: str) -> None:
        raise BadInput("This computer has no device “mars”.")

    monkeypatch.setattr(repair, "load_repairer", load)
    assert run(folder, "--device", "mars") == 2
    assert not (folder / "out").exists()


def test_json_report(folder: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads((folder / "out" / "report.json").read_text("utf-8"))
    assert said["counts"] == {"repaired": 3, "clean": 0, "skipped": 0, "failed": 0, "not_begun": 0}


def test_a_second_run_replaces_nothing(folder: Path, repairer: FakeRepairer) -> None:
    run(folder)
    before = (folder / "out" / "a.jpg").read_bytes()
    assert run(folder, "--seed", "5") == 1
    assert outcomes(folder) == ["failed"] * 3
    assert (folder / "out" / "a.jpg").read_bytes() == before


@pytest.mark.parametrize("interrupt", ["in the middle", "twice"])
def test_ctrl_c_leaves_whole_files_and_says_what_is_done(
    interrupt: str, folder: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    def during() -> None:
        if len(repairer.calls) == 2:
            signal.raise_signal(signal.SIGINT)
            if interrupt == "twice":
                signal.raise_signal(signal.SIGINT)

    repairer.during = during
    assert run(folder) == 130
    said = capsys.readouterr()
    assert "1 repaired, 2 not begun in" in said.out
    assert "Stopped." in said.err
    kept = {file.name for file in (folder / "out").rglob("*") if file.is_file()}
    assert kept == {"a.jpg", "report.json", "report.csv", "report.jsonl"}


def test_resume_does_the_rest_and_only_the_rest(folder: Path, repairer: FakeRepairer) -> None:
    repairer.failures = [None, Cancelled()]
    assert run(folder) == 130
    repairer.calls.clear()
    assert run(folder, "--resume") == 0
    assert outcomes(folder) == ["skipped", "repaired", "repaired"]
    assert len(repairer.calls) == 2
    assert run(folder, "--resume") == 0
    assert outcomes(folder) == ["skipped"] * 3


@pytest.mark.parametrize("change", ["photo", "mask", "option", "model"])
def test_resume_redoes_what_changed(change: str, folder: Path, models: Path, repairer: FakeRepairer) -> None:
    run(folder)
    options: list[str] = []
    if change == "photo":
        write_photo_file(folder / "photos" / "a.jpg", value=10)
    elif change == "mask":
        write_mask_file(folder / "masks" / "a.jpg-mask.png").write_bytes(
            (folder / "masks" / "a.png-mask.png").read_bytes() + b"\0"
        )
    elif change == "option":
        options = ["--grain", "0"]
    else:
        card = json.loads((models / "pyramid.json").read_text("utf-8"))
        (models / "pyramid.json").write_text(json.dumps(card | {"sha256": "0" * 64}), "utf-8")
    assert run(folder, "--resume", *options) == 0
    redone = ["repaired"] + ["skipped" if change in ("photo", "mask") else "repaired"] * 2
    assert outcomes(folder) == redone


def test_resume_keeps_a_result_that_someone_worked_on(folder: Path, repairer: FakeRepairer) -> None:
    run(folder)
    edited = write_photo_file(folder / "out" / "a.jpg", value=1).read_bytes()
    assert run(folder, "--resume") == 1
    assert outcomes(folder) == ["failed", "skipped", "skipped"]
    assert (folder / "out" / "a.jpg").read_bytes() == edited


def test_resume_after_a_kill_between_the_result_and_its_line(folder: Path, repairer: FakeRepairer) -> None:
    run(folder)
    lines_file = folder / "out" / "report.jsonl"
    lines = [line for line in lines_file.read_text("utf-8").splitlines() if line]
    # The process died while it wrote the last line; the result stands already.
    lines_file.write_text("\n".join([*lines[:-1], lines[-1][:20]]), "utf-8")
    assert run(folder, "--resume") == 0
    assert outcomes(folder) == ["skipped", "skipped", "repaired"]


def test_a_line_is_on_the_disk_before_the_result_it_tells_of(
    folder: Path, repairer: FakeRepairer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = os.fsync

    def sync(handle: int) -> None:
        real(handle)
        seen.append(os.fstat(handle).st_ino)

    monkeypatch.setattr(journal.os, "fsync", sync)
    run(folder)
    lines, result = (folder / "out" / "report.jsonl").stat().st_ino, (folder / "out" / "a.jpg").stat().st_ino
    assert seen.count(lines) == 6
    assert seen.index(lines) < seen.index(result)


def test_resume_of_another_folder_replaces_nothing(folder: Path, repairer: FakeRepairer) -> None:
    run(folder)
    write_photo_file(folder / "other" / "a.jpg", value=1)
    before = (folder / "out" / "a.jpg").read_bytes()
    mask = folder / "masks" / "a.jpg-mask.png"
    arguments = [folder / "other", "--mask", mask, "-o", folder / "out", "--resume"]
    assert main(["repair", *map(str, arguments)]) == 1
    assert (folder / "out" / "a.jpg").read_bytes() == before


def test_in_place_only_if_asked_and_resumable(folder: Path, repairer: FakeRepairer) -> None:
    before = (folder / "photos" / "a.jpg").read_bytes()
    assert run(folder, output="photos") == 5
    assert (folder / "photos" / "a.jpg").read_bytes() == before
    repairer.failures = [None, Cancelled()]
    assert run(folder, "--overwrite", output="photos") == 130
    assert run(folder, "--overwrite", "--resume", output="photos") == 0
    assert len(repairer.calls) == 4  # one finished, one interrupted, two in the second run
    assert is_repaired(folder / "photos" / "sub" / "b.tif")


def test_masks_are_never_replaced(folder: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--overwrite", output="masks") == 5
    assert "replace the masks" in capsys.readouterr().err


def test_refusals_before_any_work(folder: Path, repairer: FakeRepairer) -> None:
    assert run(folder, "--compare", "x.png") == 2
    assert run(folder, output="photos/a.jpg") == 5
    assert main(["repair", str(folder / "photos"), "--mask", str(folder / "no"), "-o", str(folder / "out")]) == 4
    assert not (folder / "out").exists()


def test_results_inside_the_photos_folder_are_no_photos(folder: Path, repairer: FakeRepairer) -> None:
    assert run(folder, output="photos/out") == 0
    assert run(folder, "--resume", output="photos/out") == 0
    assert len(repairer.calls) == 3
