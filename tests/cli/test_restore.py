"""``cnnstudio restore``: what auto chooses and says, clean photos, models that are not there, folders, and errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.__main__ import main
from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.cli import restore
from cnnstudio.cli.failures import Exit
from cnnstudio.errors import BadInput, BadModel, CnnStudioError
from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.tone import Tone, apply
from cnnstudio.jobs import Progress, RestoreOptions, RestoreResult
from training.damage.ageing import fade, yellow

PHOTO = Path(__file__).parents[1] / "photos" / "astronaut.webp"


class FakeRestorer:
    """Makes everything darker by one grey level, and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[RestoreOptions] = []

    def restore(
        self, pixels: np.ndarray, options: RestoreOptions, progress: Progress
    ) -> tuple[np.ndarray, RestoreResult]:
        self.calls.append(options)
        progress.check_cancelled()
        progress.set(0.5, "Restoring")
        return np.maximum(pixels, 1) - 1, RestoreResult(options, 0.25, "Fake", ["A note."])


@pytest.fixture
def restorer(models: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRestorer:
    """Stands in for the network, whose model is there."""
    weights = models / "restore.safetensors"
    weights.write_bytes(b"restore")
    sha = file_sha256(weights)
    ModelCard("restore", "Restorer", "A test.", "restore", "restorer", {}, "4", "MIT", {}, {}, {}, sha).write(weights)
    fake = FakeRestorer()
    monkeypatch.setattr(restore, "load_restorer", lambda _card, _device: fake)
    return fake


def truth() -> np.ndarray:
    return read_photo(PHOTO).pixels[:400, :400]


def old(path: Path, noise: float = 0.0, faded: bool = True) -> Path:
    """A faded, yellowed photo, as noisy as asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = yellow(fade(truth(), 0.3), 0.3) if faded else truth()
    grain = np.random.default_rng(0).normal(0, noise, pixels.shape)
    Image.fromarray(np.clip(np.rint(pixels + grain), 0, 255).astype(np.uint8)).save(path)
    return path


def clean(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(truth()).save(path)
    return path


def read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_what_auto_finds_is_done_and_told(
    tmp_path: Path, restorer: FakeRestorer, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, out = old(tmp_path / "old.png", noise=15), tmp_path / "out.png"
    assert main(["restore", str(photo), "-o", str(out)]) == 0
    (asked,) = restorer.calls
    assert asked.denoise == pytest.approx(20, abs=3)
    assert asked.deblock == 0
    assert asked.tone is not None
    assert asked.tone.fading > 10
    assert np.array_equal(read(out), np.maximum(read(photo), 1) - 1)
    said = capsys.readouterr()
    assert said.out.startswith(f"{out}: noise {asked.denoise:g}, fading {asked.tone.fading:g} %, yellowing ")
    assert re.search(r"taken out in \d+\.\d s on Fake\n$", said.out)
    assert said.err == "A note.\n"


def test_what_is_given_is_not_measured(tmp_path: Path, restorer: FakeRestorer) -> None:
    photo, out = old(tmp_path / "old.png", noise=15), tmp_path / "out.png"
    given = ["--denoise", "7", "--deblock", "0", "--sharpen", "12", "--tone", "off", "--keep-grain", "40"]
    assert main(["restore", str(photo), "-o", str(out), *given]) == 0
    assert restorer.calls == [RestoreOptions(7, 0, 12, 40, Tone())]


def test_less_of_the_tone(tmp_path: Path, restorer: FakeRestorer) -> None:
    photo = old(tmp_path / "old.png")
    for number, share in enumerate(("auto", "100", "50")):
        assert main(["restore", str(photo), "-o", str(tmp_path / f"{number}.png"), "--tone", share]) == 0
    full, same, half = (call.tone for call in restorer.calls)
    assert full is not None
    assert same == full
    assert half == full.scaled(0.5)


def test_a_clean_photo_is_left_alone(
    tmp_path: Path, restorer: FakeRestorer, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, out = clean(tmp_path / "photo.png"), tmp_path / "out.png"
    assert main(["restore", str(photo), "-o", str(out)]) == 0
    assert not out.exists()
    said = capsys.readouterr()
    assert said.out == f"{photo}: Nothing to do: the photo is clean.\n"
    assert said.err == ""
    assert restorer.calls == []


def test_a_jpegs_own_tables_count_and_are_not_used_again(tmp_path: Path, restorer: FakeRestorer) -> None:
    photo, out = tmp_path / "photo.jpg", tmp_path / "out.jpg"
    Image.fromarray(truth()).save(photo, quality=30)
    assert main(["restore", str(photo), "-o", str(out)]) == 0
    assert restorer.calls[0].deblock == pytest.approx(58, abs=1)
    assert out.stat().st_size > 2 * photo.stat().st_size
    assert main(["restore", str(photo), "-o", str(out), "--quality", "30", "--overwrite"]) == 0
    assert out.stat().st_size < 1.3 * photo.stat().st_size


def test_the_result_says_what_was_done_unless_told_not_to(tmp_path: Path, restorer: FakeRestorer) -> None:
    photo = old(tmp_path / "old.png", noise=15)
    main(["restore", str(photo), "-o", str(tmp_path / "a.png")])
    xmp = read_photo(tmp_path / "a.png").metadata.xmp
    assert xmp is not None
    assert b"algorithmicallyEnhanced" in xmp
    assert b"Restoration" in xmp
    main(["restore", str(photo), "-o", str(tmp_path / "b.png"), "--no-record"])
    assert read_photo(tmp_path / "b.png").metadata.xmp is None


def test_before_and_after(tmp_path: Path, restorer: FakeRestorer) -> None:
    photo = old(tmp_path / "old.png")
    assert main(["restore", str(photo), "-o", str(tmp_path / "a.png"), "--compare", str(tmp_path / "c.png")]) == 0
    assert read(tmp_path / "c.png").shape[1] > 2 * read(photo).shape[1]


def test_json(tmp_path: Path, restorer: FakeRestorer, capsys: pytest.CaptureFixture[str]) -> None:
    photo, out = old(tmp_path / "old.png", noise=15), tmp_path / "out.png"
    assert main(["restore", str(photo), "-o", str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["command"], report["exit_code"], report["model"]["id"]) == ("restore", 0, "restore")
    assert report["options"] == {"denoise": "auto", "deblock": "auto", "sharpen": 0, "tone": 100, "keep_grain": 0}
    (file,) = report["files"]
    assert (file["outcome"], file["device"], file["notes"]) == ("restored", "Fake", ["A note."])
    assert file["options"]["denoise"] == restorer.calls[0].denoise
    assert file["options"]["tone"]["fading"] > 10


def test_a_folder(tmp_path: Path, restorer: FakeRestorer, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    old(source / "a.png")
    clean(source / "b.png")
    old(source / "deeper" / "c.png", noise=15)
    (source / "d.jpg").write_bytes(b"no photo")
    assert main(["restore", str(source), "-o", str(target), "--recursive"]) == Exit.SOME_FAILED
    assert sorted(path.name for path in target.rglob("*.*")) == ["a.png", "c.png"]
    said = capsys.readouterr()
    assert "1 of 4 photos failed" in said.err
    lines = {line.split()[0]: line.split()[1] for line in said.out.splitlines()[1:]}
    assert lines == {"a.png": "restored", "b.png": "clean", "d.jpg": "failed", str(Path("deeper", "c.png")): "restored"}


def test_without_the_model_the_tone_is_restored_all_the_same(
    tmp_path: Path, models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, out = old(tmp_path / "old.png", noise=15), tmp_path / "out.png"
    assert main(["restore", str(photo), "-o", str(out), "--device", "cpu"]) == 0
    said = capsys.readouterr()
    assert said.err == f"{restore.CURVES_ONLY}\n"
    assert "fading" in said.out
    assert "noise" not in said.out
    before, after = (np.abs(read(path).astype(int) - truth()).mean() for path in (photo, out))
    assert after < 0.8 * before
    pixels = read(photo)
    assert any(np.array_equal(read(out), apply(pixels, Tone(f, y, t))) for f, y, t in _tones_near(said.out))
    for asked in (["--denoise", "5"], ["--sharpen", "5"], ["--model", "mine"]):
        assert main(["restore", str(photo), "-o", str(tmp_path / "b.png"), *asked]) == Exit.MODEL
        assert capsys.readouterr().err.startswith("cnnstudio: The model that takes out noise")


def _tones_near(said: str) -> list[tuple[float, float, float]]:
    """The tone that was said."""
    found = {"fading": 0.0, "yellowing": 0.0, "tint": 0.0}
    for name in found:
        if f"{name} " in said:
            found[name] = float(said.split(f"{name} ")[1].split(" %")[0])
    return [(found["fading"], found["yellowing"], found["tint"])]


def test_a_model_that_does_something_else(
    tmp_path: Path, restorer: FakeRestorer, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = old(tmp_path / "old.png")
    assert main(["restore", str(photo), "-o", str(tmp_path / "o.png"), "--model", "pyramid"]) == Exit.MODEL
    assert "“pyramid” does not restore photos" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(BadModel("It is damaged."), Exit.MODEL), (BadInput("No."), Exit.USAGE)])
def test_a_model_that_cannot_be_loaded_is_no_fault_of_a_folders_photos(
    error: CnnStudioError, code: Exit, tmp_path: Path, restorer: FakeRestorer,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(_card: ModelCard, _device: str) -> None:
        raise error

    monkeypatch.setattr(restore, "load_restorer", fail)
    old(tmp_path / "photos" / "a.png")
    assert main(["restore", str(tmp_path / "photos"), "-o", str(tmp_path / "out")]) == code
    assert capsys.readouterr().err == f"cnnstudio: {error.message}\n"


def test_nothing_is_lost(tmp_path: Path, restorer: FakeRestorer, capsys: pytest.CaptureFixture[str]) -> None:
    photo = old(tmp_path / "old.png")
    before = photo.read_bytes()
    assert main(["restore", str(photo), "-o", str(photo)]) == Exit.UNWRITABLE
    assert "is the photo itself" in capsys.readouterr().err
    other = clean(tmp_path / "other.png")
    assert main(["restore", str(photo), "-o", str(other)]) == Exit.UNWRITABLE
    assert main(["restore", str(tmp_path / "none.png"), "-o", str(tmp_path / "o.png")]) == Exit.UNREADABLE
    assert main(["restore", str(photo), "-o", str(tmp_path / "o.png"), "--recursive"]) == Exit.USAGE
    assert main(["restore", str(tmp_path), "-o", str(tmp_path)]) == Exit.UNWRITABLE
    assert main(["restore", str(tmp_path), "-o", str(tmp_path / "x"), "--compare", "c.png"]) == Exit.USAGE
    assert photo.read_bytes() == before
    assert restorer.calls == []


@pytest.mark.parametrize(
    "wrong", [["--denoise", "some"], ["--tone", "101"], ["--keep-grain", "-1"], ["--deblock", "x"]]
)
def test_options_out_of_range_are_refused(wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["restore", "a.png", "-o", str(tmp_path / "o.png"), *wrong])
    assert stop.value.code == Exit.USAGE
    assert wrong[0] in capsys.readouterr().err
