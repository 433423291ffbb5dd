"""``cnnstudio repair`` of one photo: what is written, what is said, and every error's sentence and exit code."""

from __future__ import annotations

import errno
import json
import os
import signal
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.__main__ import main
from cnnstudio.cards import file_sha256, find_card
from cnnstudio.cli import one_photo, repair
from cnnstudio.cli.failures import log_file
from cnnstudio.errors import BadInput, NotEnoughMemory, UnwritableTarget
from cnnstudio.imaging import safe_file
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.provenance import FILLED_IN
from tests.cli.fakes import FakeRepairer, write_mask_file, write_photo_file


def run(photo: Path, mask: Path, output: Path | str, *options: str) -> int:
    return main(["repair", str(photo), "--mask", str(mask), "-o", str(output), *options])


def test_repairs_the_hole_and_nothing_else(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    assert run(photo, mask, tmp_path / "out.png") == 0
    before, after = np.asarray(Image.open(photo)), np.asarray(Image.open(tmp_path / "out.png"))
    hole = np.asarray(Image.open(mask)) == 255
    assert (after[hole] == 255).all()
    assert (after[~hole] == before[~hole]).all()


def test_result_on_stdout_and_notes_on_stderr(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    run(photo, mask, tmp_path / "out.jpg")
    said = capsys.readouterr()
    # The hole has 4 x 3 of 40 x 30 pixels: one percent.
    assert said.out == f"{tmp_path / 'out.jpg'}: 12 pixels (1.00 %) repaired in 0.2 s on Fake\n"
    assert said.err.splitlines() == ["A note.", "JPEG stores every pixel approximately, not exactly."]


def test_quiet_says_nothing(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, mask, tmp_path / "out.jpg", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_json_says_all(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--json", "--seed", "7", "--texture", "0.25", "--grain", "0.5"]
    assert run(photo, mask, tmp_path / "out.png", *options) == 0
    said = capsys.readouterr()
    assert said.err == ""
    report = json.loads(said.out)
    assert report["exit_code"] == 0
    assert report["model"]["id"] == "pyramid"
    assert len(report["model"]["sha256"]) == 64
    assert report["options"] == {
        "seed": 7, "feather": 2.0, "texture": 0.25, "grain": 0.5, "match_colour": True, "memory_budget": None,
        "variant": 0,
    }  # fmt: skip
    assert report["counts"] == {"repaired": 1, "clean": 0, "skipped": 0, "failed": 0, "not_begun": 0}
    (file,) = report["files"]
    assert file == {
        "photo": str(photo), "mask": str(mask), "output": str(tmp_path / "out.png"), "outcome": "repaired",
        "seconds": 0.25, "device": "Fake", "pixels_changed": 12, "share": 0.01, "check": None,
        "notes": ["A note."], "error": "",
    }  # fmt: skip


def test_options_reach_the_engine(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    run(photo, mask, tmp_path / "out.png", "--no-colour-match", "--seed", "3")
    assert (repairer.calls[0].match_colour, repairer.calls[0].seed) == (False, 3)


@pytest.mark.parametrize("folder", ["results", "results/", "new/deep/"])
def test_output_may_be_a_folder(folder: str, photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    (tmp_path / "results").mkdir()
    assert run(photo, mask, f"{tmp_path}/{folder}") == 0
    assert (tmp_path / folder / "photo.png").is_file()


def test_16_bit_photo_stays_16_bit(mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    photo = tmp_path / "scan.png"
    Image.fromarray(np.full((30, 40), 1234, np.uint16)).save(photo)
    assert run(photo, mask, tmp_path / "out.png", "--compare", str(tmp_path / "compare.png")) == 0
    after = np.asarray(Image.open(tmp_path / "out.png"))
    assert after.dtype == np.uint16
    assert (after.min(), after.max()) == (1234, 65535)


def test_before_and_after_picture(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    assert run(photo, mask, tmp_path / "out.png", "--compare", str(tmp_path / "compare.png")) == 0
    picture = np.asarray(Image.open(tmp_path / "compare.png"))
    assert (picture[:, :40] == np.asarray(Image.open(photo))).all()
    assert (picture[:, -40:] == np.asarray(Image.open(tmp_path / "out.png"))).all()
    assert (picture[:, 40:-40] == 127).all()


def test_before_and_after_of_a_large_photo_is_shrunk() -> None:
    large = np.zeros((100, one_photo.COMPARE_SIDE * 2, 1), np.uint8)
    picture = one_photo.side_by_side(large, large + 9)
    bar = one_photo.COMPARE_SIDE // 50
    assert picture.shape == (50, 2 * one_photo.COMPARE_SIDE + bar, 1)
    assert set(np.unique(picture[:, : one_photo.COMPARE_SIDE])) == {0}
    assert set(np.unique(picture[:, -one_photo.COMPARE_SIDE :])) == {9}


def test_non_ascii_and_awkward_names(tmp_path: Path, repairer: FakeRepairer) -> None:
    photo = write_photo_file(tmp_path / "família [bold]" / "Ölbild 1.jpg")
    mask = write_mask_file(tmp_path / "família [bold]" / "маска.png")
    assert run(photo, mask, tmp_path / "fertig é.jpg") == 0


def test_overwriting_needs_to_be_asked_for(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    output = write_photo_file(tmp_path / "out.png", value=1)
    before = output.read_bytes()
    assert run(photo, mask, output) == 5
    assert output.read_bytes() == before
    assert repairer.calls == []  # told before the work, not after
    assert run(photo, mask, output, "--overwrite") == 0
    assert output.read_bytes() != before


def test_the_photo_itself_is_replaced_only_if_asked(photo: Path, mask: Path, repairer: FakeRepairer) -> None:
    before = photo.read_bytes()
    link = photo.with_name("link.png")
    link.symlink_to(photo)
    for target in (photo, photo.parent, photo.parent / ".." / photo.parent.name / photo.name, link):
        assert run(photo, mask, target) == 5
    assert photo.read_bytes() == before
    assert run(photo, mask, photo, "--overwrite") == 0
    assert photo.read_bytes() != before


def test_the_mask_and_the_photo_are_never_replaced_by_the_way(photo: Path, mask: Path, repairer: FakeRepairer) -> None:
    assert run(photo, mask, mask, "--overwrite") == 5
    assert run(photo, mask, photo.with_name("out.png"), "--compare", str(photo), "--overwrite") == 5
    assert run(photo, mask, photo.with_name("out.png"), "--compare", str(photo.with_name("out.png"))) == 2
    assert sorted(file.name for file in photo.parent.iterdir()) == ["hole.png", "photo.png"]


def huge_png() -> bytes:
    """A few bytes that claim 100 000 x 100 000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


def failure(code: int, said: str, capsys: pytest.CaptureFixture[str], photo: Path, mask: Path, *more: str) -> None:
    """Asserts the exit code, that ``said`` is in the one sentence on stderr, and that nothing was written."""
    target = photo.parent.parent / "never.png"
    assert run(photo, mask, target, *more) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cnnstudio: ")
    assert err.count("\n") == 1
    assert said in err
    assert "Traceback" not in err
    assert not target.exists()
    assert not list(target.parent.glob(".*"))


def test_missing_photo(mask: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    failure(3, "There is no photo “", capsys, mask.parent / "absent.png", mask)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"These are not the pixels you are looking for.", "not a photo"),
        (huge_png(), "100000 × 100000 pixels"),
    ],
)
def test_unreadable_photo(
    content: bytes, said: str, photo: Path, mask: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    photo.write_bytes(content)
    failure(3, said, capsys, photo, mask)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_truncated_photo(
    suffix: str, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "in" / f"cut{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    Image.fromarray(noise).save(photo)
    photo.write_bytes(photo.read_bytes()[:-700])
    failure(3, "damaged or incomplete", capsys, photo, mask)


def test_missing_mask(photo: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    failure(4, "There is no mask “", capsys, photo, photo.parent / "absent.png")


def test_mask_of_another_size(photo: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    mask = write_mask_file(photo.parent / "small.png", (20, 30))
    failure(4, "20 × 30", capsys, photo, mask)


def test_empty_mask(photo: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    mask = write_mask_file(photo.parent / "black.png", hole=None)
    failure(4, "nothing to repair", capsys, photo, mask)


def test_mask_that_is_no_picture(photo: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    mask = photo.parent / "mask.png"
    mask.write_text("white")
    failure(4, "The mask cannot be read", capsys, photo, mask)


def test_unknown_model(photo: Path, mask: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    failure(6, "There is no model “nemo”. There are: dcgan, pyramid.", capsys, photo, mask, "--model", "nemo")


def test_model_that_does_not_repair(
    photo: Path, mask: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    failure(6, "cannot repair", capsys, photo, mask, "--model", "dcgan")


def test_unknown_device(
    photo: Path, mask: Path, models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(_card: object, device: str) -> None:
        raise BadInput(f"This computer has no device “{device}”.")

    monkeypatch.setattr(repair, "load_repairer", load)
    failure(2, "no device “cuda:9”", capsys, photo, mask, "--device", "cuda:9")


def test_not_enough_memory(photo: Path, mask: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    repairer.failures = [NotEnoughMemory("No device has enough memory."), MemoryError()]
    failure(7, "No device has enough memory.", capsys, photo, mask)
    failure(7, "not enough memory", capsys, photo, mask)


def test_unknown_format(photo: Path, mask: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(photo, mask, photo.with_name("out.docx")) == 5
    assert "does not end in a format that can be saved" in capsys.readouterr().err
    assert repairer.calls == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write anywhere")
def test_folder_without_permission(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert run(photo, mask, locked / "out.png") == 5


def test_target_below_a_file(
    photo: Path, mask: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, mask, photo / "sub" / "out.png") == 5
    assert "cannot be made" in capsys.readouterr().err


def test_full_disk(
    photo: Path,
    mask: Path,
    repairer: FakeRepairer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(safe_file.os, "fsync", full)
    failure(5, "not enough space", capsys, photo, mask)


def test_without_a_result_nothing_is_left_beside_it(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, beside = (
        one_photo.write_photo,
        ["--compare", str(tmp_path / "both.png"), "--evidence", str(tmp_path / "proof")],
    )

    def full(path: Path, *arguments: object, **options: object) -> None:
        if path.name == "out.png":
            raise UnwritableTarget("There is not enough space on the disk.")
        real(path, *arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(one_photo, "write_photo", full)
        assert run(photo, mask, tmp_path / "out.png", *beside) == 5
    assert not (tmp_path / "both.png").exists()
    assert not (tmp_path / "proof").exists()
    assert run(photo, mask, tmp_path / "out.png", *beside) == 0
    assert (tmp_path / "both.png").exists()
    assert (tmp_path / "proof").exists()


def test_a_defect_is_one_sentence_and_a_log(
    photo: Path, mask: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    repairer.failures = [ZeroDivisionError("by chance"), ZeroDivisionError("by chance")]
    failure(70, f"details are in {log_file()}", capsys, photo, mask)
    assert "ZeroDivisionError: by chance" in log_file().read_text("utf-8")
    assert run(photo, mask, photo.parent / "out.png", "--debug") == 70
    assert "Traceback" in capsys.readouterr().err


def test_json_of_a_failure(photo: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(photo, photo.parent / "absent.png", photo.parent / "out.png", "--json") == 4
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert (report["exit_code"], report["model"], report["counts"]["failed"]) == (4, None, 1)
    assert report["files"][0]["error"] in said.err


def test_ctrl_c_writes_nothing(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    repairer.during = lambda: signal.raise_signal(signal.SIGINT)
    handler = signal.getsignal(signal.SIGINT)
    assert run(photo, mask, tmp_path / "out.png") == 130
    assert capsys.readouterr().err == "cnnstudio: Stopped.\n"
    assert not (tmp_path / "out.png").exists()
    assert signal.getsignal(signal.SIGINT) is handler


def test_second_ctrl_c_stops_at_once(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    def twice() -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("went on after the second Ctrl-C")

    repairer.during = twice
    assert run(photo, mask, tmp_path / "out.png") == 130


@pytest.mark.parametrize(
    "options",
    [
        ["--grain", "2"],
        ["--texture", "-1"],
        ["--feather", "-1"],
        ["--quality", "0"],
        ["--quality", "good"],
        ["--feather", "nan"],
        ["--no"],
    ],
)
def test_wrong_options(options: list[str], photo: Path, mask: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        run(photo, mask, tmp_path / "out.png", *options)
    assert stop.value.code == 2


@pytest.mark.parametrize("option", ["--recursive", "--resume"])
def test_options_of_folders(option: str, photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    assert run(photo, mask, tmp_path / "out.png", option) == 2


# ---- what proves the repair


def test_the_result_says_that_it_was_repaired_unless_told_not_to(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    for suffix in ("png", "jpg", "tif", "webp"):
        assert run(photo, mask, tmp_path / f"said.{suffix}", "--seed", "5") == 0
        assert run(photo, mask, tmp_path / f"silent.{suffix}", "--seed", "5", "--no-record") == 0
        said, silent = (read_photo(tmp_path / f"{name}.{suffix}") for name in ("said", "silent"))
        assert silent.metadata.xmp is None
        packet = (said.metadata.xmp or b"").decode()
        card = find_card("pyramid")
        for part in (FILLED_IN, "“pyramid”", f"version {card.version}", card.sha256, "seed 5", "10 5 4 3"):
            assert part in packet
        assert np.array_equal(said.pixels, silent.pixels)
    capsys.readouterr()
    assert run(photo, mask, tmp_path / "said.bmp") == 0
    assert "cannot hold the record" in capsys.readouterr().err
    assert run(photo, mask, tmp_path / "silent.bmp", "--no-record") == 0
    assert "cannot hold the record" not in capsys.readouterr().err


def test_check_tells_how_far_the_repair_can_be_trusted(
    mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = write_photo_file(tmp_path / "photo.png", (160, 120), 90)
    mask = write_mask_file(tmp_path / "mask.png", (160, 120))
    assert run(photo, mask, tmp_path / "out.png", "--check", "--json") == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    # The photo is (90, 90, 45), and the fake fills with white.
    assert file["check"] == {"verdict": "guess", "error": 180.0, "psnr": 2.97, "pixels": 36, "places": 3}
    assert repairer.calls[0] == repairer.calls[1]
    assert run(photo, mask, tmp_path / "out2.png", "--check") == 0
    assert "Self-check: guess. The same shapes, hidden in 3" in capsys.readouterr().err


def test_check_in_a_folder_stands_in_the_table(tmp_path: Path, repairer: FakeRepairer) -> None:
    write_photo_file(tmp_path / "in" / "a.png", (160, 120))
    write_mask_file(tmp_path / "masks" / "a.png", (160, 120))
    assert run(tmp_path / "in", tmp_path / "masks", tmp_path / "out", "--check", "--quiet") == 0
    assert ",guess," in (tmp_path / "out" / "report.csv").read_text()
    assert json.loads((tmp_path / "out" / "report.json").read_text())["files"][0]["check"]["places"] == 3


def test_evidence_is_written_beside_the_result(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    original = photo.read_bytes()
    assert run(photo, mask, photo, "--overwrite", "--evidence", str(tmp_path / "new" / "proof")) == 0
    proof = tmp_path / "new" / "proof"
    assert (proof / "original.png").read_bytes() == original
    assert np.array_equal(read_photo(proof / "result.png").pixels, read_photo(photo).pixels)
    recipe = json.loads((proof / "recipe.json").read_text("utf-8"))
    assert recipe["repairs"][0]["options"]["texture"] == 0.6
    assert recipe["files"]["result.png"]["sha256"] == file_sha256(proof / "result.png")
    capsys.readouterr()
    assert run(photo, mask, tmp_path / "out.png", "--evidence", str(proof)) != 0
    assert "exists already" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()
    assert run(photo.parent, mask, tmp_path / "out", "--evidence", str(tmp_path / "other")) != 0
    assert "--evidence is for one photo" in capsys.readouterr().err


def test_a_jpeg_that_is_encoded_again_is_told(
    photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_photo(tmp_path / "old.jpg", read_photo(photo))
    assert run(tmp_path / "old.jpg", mask, tmp_path / "new.jpg") == 0
    assert "JPEG is encoded again" in capsys.readouterr().err
    assert run(tmp_path / "old.jpg", mask, tmp_path / "new.png") == 0
    assert "JPEG" not in capsys.readouterr().err
