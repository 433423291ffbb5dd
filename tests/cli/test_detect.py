"""``cnnstudio detect`` and ``repair --auto``: masks, what is said, clean photos, folders, and errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.__main__ import main
from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.cli import detect
from cnnstudio.cli.failures import Exit
from cnnstudio.errors import BadInput, BadModel, CnnStudioError
from cnnstudio.imaging.findings import DamageMaps
from cnnstudio.jobs import DAMAGE, Progress
from tests.cli.fakes import FakeRepairer, write_mask_file, write_photo_file


class FakeDetector:
    """Takes what is white for a scratch that is certain, and what is light for a spot that is unlikely."""

    def __init__(self) -> None:
        self.calls = 0

    def detect(self, pixels: np.ndarray, progress: Progress) -> DamageMaps:
        self.calls += 1
        progress.set(0.5, "Looking for damage")
        planes = np.zeros((len(DAMAGE), *pixels.shape[:2]), np.uint8)
        planes[DAMAGE.index("scratch")][pixels[..., 0] > 250] = 255
        light = (pixels[..., 0] > 200) & (pixels[..., 0] <= 250)
        planes[DAMAGE.index("spot")][light] = 100
        for y, x in np.argwhere(light)[:1]:
            planes[DAMAGE.index("spot"), y, x] = 240
        return DamageMaps(planes, pixels.shape[1], pixels.shape[0], 1, 0.5, "Fake")


@pytest.fixture
def detector(models: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDetector:
    """Stands in for the network that finds damage, whose model is there."""
    weights = models / "damage.safetensors"
    weights.write_bytes(b"damage")
    sha = file_sha256(weights)
    ModelCard("damage", "Finder", "A test.", "detect", "damage", {}, "1", "MIT", {}, {}, {}, sha).write(weights)
    fake = FakeDetector()
    monkeypatch.setattr(detect, "load_detector", lambda _card, _device: fake)
    return fake


def scratched(path: Path, spot: bool = False) -> Path:
    """A plain photo of 40 x 30 with a white line of 20 x 2, and perhaps a light spot of 6 x 5."""
    write_photo_file(path)
    pixels = np.array(Image.open(path))
    pixels[10:12, 5:25] = 255
    if spot:
        pixels[20:25, 30:36] = 220
    Image.fromarray(pixels).save(path)
    return path


def read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_the_mask_is_written_and_told(
    tmp_path: Path, detector: FakeDetector, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = scratched(tmp_path / "photo.png")
    assert main(["detect", str(photo), "-o", str(tmp_path / "mask.png")]) == 0
    mask = read(tmp_path / "mask.png")
    assert mask.shape == (30, 40)
    assert set(np.unique(mask)) == {0, 255}
    assert (mask[10:12, 5:25] == 255).all()
    assert mask[8, 10] == 255  # two pixels wider than what was found
    assert not mask[:7].any()
    said = capsys.readouterr()
    assert said.out.startswith(f"{tmp_path / 'mask.png'}: 1 scratch (")
    assert said.err == ""


def test_a_clean_photo_gets_a_black_mask(
    photo: Path, tmp_path: Path, detector: FakeDetector, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["detect", str(photo), "-o", str(tmp_path / "mask.png")]) == 0
    assert not read(tmp_path / "mask.png").any()
    assert "no damage found" in capsys.readouterr().out


def test_sensitivity_and_classes(tmp_path: Path, detector: FakeDetector) -> None:
    photo = scratched(tmp_path / "photo.png", spot=True)

    def marked(*options: str) -> np.ndarray:
        main(["detect", str(photo), "-o", str(tmp_path / "mask.png"), "--overwrite", *options])
        return read(tmp_path / "mask.png") > 0

    assert not marked()[22, 33]
    assert marked("--sensitivity", "100")[22, 33]
    assert not marked("--sensitivity", "100", "--classes", "scratch")[22, 33]
    assert not marked("--classes", "spot", "stain")[10, 10]


def test_json_has_every_region(tmp_path: Path, detector: FakeDetector, capsys: pytest.CaptureFixture[str]) -> None:
    photo = scratched(tmp_path / "photo.png")
    assert main(["detect", str(photo), "-o", str(tmp_path / "mask.png"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["command"], report["exit_code"], report["model"]["id"]) == ("detect", 0, "damage")
    assert report["options"] == {"sensitivity": 50.0, "classes": list(DAMAGE)}
    (file,) = report["files"]
    assert (file["outcome"], file["device"], file["seconds"]) == ("found", "Fake", 0.5)
    assert file["regions"] == [
        {"number": 1, "class": "scratch", "confidence": 1.0, "bounds": {"x": 5, "y": 10, "w": 20, "h": 2}, "area": 40}
    ]


def test_a_folder(tmp_path: Path, detector: FakeDetector, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "photos", tmp_path / "masks"
    scratched(source / "a.png")
    write_photo_file(source / "b.jpg")
    scratched(source / "deeper" / "c.png")
    (source / "d.jpg").write_bytes(b"no photo")
    assert main(["detect", str(source), "-o", str(target), "--recursive"]) == Exit.SOME_FAILED
    assert read(target / "a-mask.png").any()
    assert not read(target / "b-mask.png").any()
    assert read(target / "deeper" / "c-mask.png").any()
    said = capsys.readouterr()
    assert "1 of 4 photos failed" in said.err
    lines = {line.split()[0]: line.split()[1] for line in said.out.splitlines()[1:]}
    assert lines == {"a.png": "found", "b.jpg": "clean", "d.jpg": "failed", str(Path("deeper", "c.png")): "found"}


def test_photos_with_the_same_stem_keep_a_mask_each(
    tmp_path: Path, detector: FakeDetector, repairer: FakeRepairer
) -> None:
    source, masks = tmp_path / "photos", tmp_path / "masks"
    scratched(source / "a.png")
    write_photo_file(source / "a.jpg")
    assert main(["detect", str(source), "-o", str(masks)]) == 0
    assert read(masks / "a.png-mask.png").any()
    assert not read(masks / "a.jpg-mask.png").any()
    out = tmp_path / "out"
    assert main(["repair", str(source), "--mask", str(masks), "-o", str(out)]) == Exit.SOME_FAILED  # one mask is empty
    assert [file.name for file in sorted(out.glob("a.*"))] == ["a.png"]


@pytest.mark.parametrize("command", [["detect"], ["repair", "--auto"]])
@pytest.mark.parametrize(("error", "code"), [(BadModel("It is damaged."), Exit.MODEL), (BadInput("No."), Exit.USAGE)])
def test_a_model_that_cannot_be_loaded_is_no_fault_of_a_folders_photos(
    command: list[str], error: CnnStudioError, code: Exit, tmp_path: Path, detector: FakeDetector,
    repairer: FakeRepairer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(_card: ModelCard, _device: str) -> None:
        raise error

    monkeypatch.setattr(detect, "load_detector", fail)
    scratched(tmp_path / "photos" / "a.png")
    assert main([*command, str(tmp_path / "photos"), "-o", str(tmp_path / "out")]) == code
    assert capsys.readouterr().err == f"cnnstudio: {error.message}\n"


@pytest.mark.parametrize("command", [["detect"], ["repair", "--auto"]])
def test_without_the_model_one_sentence_says_so(
    command: list[str], photo: Path, tmp_path: Path, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, str(photo), "-o", str(tmp_path / "out.png")]) == Exit.MODEL
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "The model that finds damage is not there" in said
    assert not (tmp_path / "out.png").exists()


def test_a_model_that_does_something_else(
    photo: Path, tmp_path: Path, detector: FakeDetector, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["detect", str(photo), "-o", str(tmp_path / "m.png"), "--model", "pyramid"]) == Exit.MODEL
    assert main(["repair", str(photo), "--auto", "-o", str(tmp_path / "m.png"), "--model", "damage"]) == Exit.MODEL
    assert "“damage” cannot repair photos" in capsys.readouterr().err


def test_nothing_is_lost(tmp_path: Path, detector: FakeDetector, capsys: pytest.CaptureFixture[str]) -> None:
    photo = scratched(tmp_path / "photo.png")
    before = photo.read_bytes()
    assert main(["detect", str(photo), "-o", str(photo), "--overwrite"]) == Exit.UNWRITABLE
    assert "is the photo itself" in capsys.readouterr().err
    mask = write_mask_file(tmp_path / "mask.png")
    assert main(["detect", str(photo), "-o", str(mask)]) == Exit.UNWRITABLE
    assert photo.read_bytes() == before
    assert main(["detect", str(tmp_path / "none.png"), "-o", str(tmp_path / "m.png")]) == Exit.UNREADABLE
    assert main(["detect", str(photo), "-o", str(tmp_path / "m.png"), "--recursive"]) == Exit.USAGE
    assert main(["detect", str(tmp_path), "-o", str(mask)]) == Exit.UNWRITABLE
    assert detector.calls == 0


def test_repair_auto_repairs_what_is_found(
    tmp_path: Path, detector: FakeDetector, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = scratched(tmp_path / "photo.png", spot=True)
    out = tmp_path / "out.png"
    assert main(["repair", str(photo), "--auto", "-o", str(out)]) == 0
    assert (read(out)[9:13, 5:25] == 255).all()
    assert (read(out)[22, 33] == 220).all()
    assert "repaired in" in capsys.readouterr().out
    assert main(["repair", str(photo), "--auto", "--sensitivity", "100", "-o", str(out), "--overwrite"]) == 0
    assert (read(out)[22, 33] == 255).all()


def test_repair_auto_leaves_a_clean_photo_alone(
    photo: Path, tmp_path: Path, detector: FakeDetector, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.png"
    assert main(["repair", str(photo), "--auto", "-o", str(out)]) == 0
    assert "no damage found, left as it is" in capsys.readouterr().out
    assert not out.exists()
    assert not repairer.calls
    assert main(["repair", str(photo), "--auto", "-o", str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["counts"] == {"repaired": 0, "clean": 1, "skipped": 0, "failed": 0, "not_begun": 0}
    assert report["auto"]["model"]["id"] == "damage"
    assert (report["auto"]["sensitivity"], report["auto"]["classes"]) == (50.0, list(DAMAGE))
    assert (report["files"][0]["mask"], report["files"][0]["output"]) == ("", "")


def test_repair_auto_of_a_folder_and_resume(
    tmp_path: Path, detector: FakeDetector, repairer: FakeRepairer, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "photos", tmp_path / "out"
    scratched(source / "a.png")
    write_photo_file(source / "b.png")

    def outcomes(*options: str) -> list[str]:
        assert main(["repair", str(source), "--auto", "-o", str(target), "--json", *options]) == 0
        return [file["outcome"] for file in json.loads(capsys.readouterr().out)["files"]]

    assert outcomes() == ["repaired", "clean"]
    assert (target / "a.png").exists()
    assert not (target / "b.png").exists()
    calls = detector.calls
    assert outcomes("--resume") == ["skipped", "clean"]
    assert detector.calls == calls  # what was clean still is
    assert outcomes("--resume", "--sensitivity", "80") == ["repaired", "clean"]


def test_what_is_not_there_to_be_replaced_by_resume_is_kept(
    tmp_path: Path, detector: FakeDetector, repairer: FakeRepairer
) -> None:
    source, target = tmp_path / "photos", tmp_path / "out"
    write_photo_file(source / "b.png")
    command = ["repair", str(source), "--auto", "-o", str(target)]
    assert main(command) == 0
    scratched(source / "b.png")
    mine = write_photo_file(target / "b.png", value=7).read_bytes()
    assert main([*command, "--resume"]) == Exit.SOME_FAILED
    assert (target / "b.png").read_bytes() == mine


def test_mask_and_auto_exclude_each_other(photo: Path, mask: Path, tmp_path: Path, repairer: FakeRepairer) -> None:
    out = str(tmp_path / "out.png")
    for options in (["--mask", str(mask), "--auto"], []):
        with pytest.raises(SystemExit) as stop:
            main(["repair", str(photo), *options, "-o", out])
        assert stop.value.code == Exit.USAGE
    assert main(["repair", str(photo), "--mask", str(mask), "--sensitivity", "9", "-o", out]) == Exit.USAGE
