"""``cnnstudio generate``, with a small real generator."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
from PIL import Image

from cnnstudio import cards
from cnnstudio.__main__ import main
from cnnstudio.cards import ModelCard, file_sha256
from tests.engine.fakes import small_generator


@pytest.fixture(autouse=True)
def _models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only models there are: a generator, and one that repairs."""
    folder = tmp_path / "models"
    folder.mkdir()
    for model_id, task in (("flowers", "generate"), ("pyramid", "repair")):
        weights = folder / f"{model_id}.safetensors"
        safetensors.torch.save_file(small_generator().state_dict(), weights)
        hash = file_sha256(weights)
        options = {"latent": 20, "width": 8}
        ModelCard(model_id, "Test", "", task, "dcgan", options, "3", "MIT", {}, {}, {}, hash).write(weights)
    monkeypatch.setattr(cards, "model_dirs", lambda: [folder])


def run(output: Path | str, *options: object) -> int:
    return main(["generate", "-o", str(output), *map(str, options)])


def test_several_pictures_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "new", "--seed", 7, "--count", 3) == 0
    names = ["flowers-7.png", "flowers-8.png", "flowers-9.png"]
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == names
    assert capsys.readouterr().out.split() == [str(tmp_path / "new" / name) for name in names]
    with Image.open(tmp_path / "new" / names[0]) as picture:
        assert (picture.size, picture.mode) == ((32, 32), "RGB")


def test_the_same_seed_makes_the_same_file_in_any_company(tmp_path: Path) -> None:
    assert run(tmp_path / "all", "--seed", 5, "--count", 6) == 0
    assert run(tmp_path / "one.png", "--seed", 9) == 0
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "all" / "flowers-9.png").read_bytes()


def test_without_a_seed_every_picture_is_another(tmp_path: Path) -> None:
    assert run(tmp_path) == run(tmp_path) == 0
    first, second = tmp_path.glob("flowers-*.png")
    assert first.read_bytes() != second.read_bytes()


def test_truncation_and_formats(tmp_path: Path) -> None:
    assert run(tmp_path / "a.tif", "--seed", 1) == run(tmp_path / "b.tif", "--seed", 1, "--truncation", 0.3) == 0
    a, b = (np.asarray(Image.open(tmp_path / name)) for name in ("a.tif", "b.tif"))
    assert not np.array_equal(a, b)


def test_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "p.png", "--seed", 4, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["files"] == [{"output": str(tmp_path / "p.png"), "seed": 4, "width": 32, "height": 32}]
    assert (report["command"], report["exit_code"], report["model"]["id"]) == ("generate", 0, "flowers")
    assert report["device"].startswith("CPU")


def test_nothing_is_overwritten_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "flowers-8.png"
    taken.write_bytes(b"dear to me")
    assert run(tmp_path, "--seed", 7, "--count", 2, "--json") == 5
    said = capsys.readouterr()
    assert json.loads(said.out)["error"] == f"“{taken}” exists already: choose another name or add --overwrite."
    assert json.loads(said.out)["exit_code"] == 5
    assert said.err.count("\n") == 1
    assert taken.read_bytes() == b"dear to me"
    assert not (tmp_path / "flowers-7.png").exists()
    assert run(tmp_path, "--seed", 7, "--count", 2, "--overwrite", "--quiet") == 0
    assert taken.read_bytes() != b"dear to me"
    assert capsys.readouterr().out == ""


def test_two_processes_make_the_same_files(tmp_path: Path, one_thread: None) -> None:
    model = ["--model", "flowers", "--device", "cpu", "--seed", "3", "--count", "5"]
    assert run(tmp_path / "here", *model) == 0
    # Another process has a hash seed, an address space and a random state of its own.
    code = (
        "import sys, pathlib, torch\n"
        "from cnnstudio import cards\n"
        "from cnnstudio.__main__ import main\n"
        "torch.set_num_threads(1)\n"
        "cards.model_dirs = lambda: [pathlib.Path(sys.argv[1])]\n"
        "sys.exit(main(['generate', '-o', *sys.argv[2:]]))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "models"), str(tmp_path / "there"), *model]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    here, there = (sorted((tmp_path / name).iterdir()) for name in ("here", "there"))
    assert [p.name for p in here] == [p.name for p in there] == [f"flowers-{seed}.png" for seed in range(3, 8)]
    assert [p.read_bytes() for p in here] == [p.read_bytes() for p in there]


def test_all_as_one_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "all.png", "--seed", 7, "--count", 5, "--grid", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert told["pictures"] == [{"seed": seed} for seed in range(7, 12)]
    with Image.open(tmp_path / "all.png") as picture:
        assert picture.size == (3 * 34 - 2, 2 * 34 - 2)
        assert '{"seed": 11}' in picture.info["xmp"].decode().replace("&quot;", '"')
        third = np.asarray(picture)[:32, 68:100]
    assert run(tmp_path / "one.png", "--seed", 9) == 0
    assert np.array_equal(third, np.asarray(Image.open(tmp_path / "one.png")))
    assert run(tmp_path, "--seed", 7, "--count", 5, "--grid") == 0
    assert (tmp_path / "flowers-7-grid.png").read_bytes() == (tmp_path / "all.png").read_bytes()


def test_the_way_between_two_seeds_as_numbered_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "way", "--interpolate", 3, 8, "--steps", 4, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    names = [f"flowers-3-to-8-00{i}.png" for i in (1, 2, 3, 4)]
    assert [Path(file["output"]).name for file in report["files"]] == names
    assert report["files"][1]["from"] == {"seed": 3}
    assert report["files"][1]["share"] == pytest.approx(1 / 3)
    assert run(tmp_path / "ends", "--seed", 3) == run(tmp_path / "ends", "--seed", 8) == 0
    for name, end in ((names[0], "flowers-3.png"), (names[3], "flowers-8.png")):
        with Image.open(tmp_path / "way" / name) as one, Image.open(tmp_path / "ends" / end) as other:
            assert np.array_equal(np.asarray(one), np.asarray(other))


@pytest.mark.parametrize("ending", ["gif", "webp", "apng", "png"])
def test_the_way_as_a_moving_picture(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"way.{ending}"
    assert run(target, "--interpolate", 3, 8, "--steps", 5) == 0
    with Image.open(target) as film:
        assert film.n_frames == 5
    assert run(tmp_path / "sheet.png", "--interpolate", 3, 8, "--steps", 4, "--grid") == 0
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert (getattr(sheet, "n_frames", 1), sheet.size) == (1, (66, 66))


@pytest.mark.parametrize(
    ("output", "options", "code", "sentence"),
    [
        ("p.png", ["--count", 2], 2, "is one file, but 2 pictures were asked for: name a folder, or add --grid."),
        ("p.jpg", ["--interpolate", 1, 2], 2, "name a folder, or a file that ends in .gif, .webp, .apng, .png."),
        ("p", ["--interpolate", 1, 2, "--count", 2], 2, "leave out --seed and --count."),
        ("p", ["--interpolate", 1, 2, "--seed", 0], 2, "leave out --seed and --count."),
        ("p", ["--seed", 1, "--steps", 3], 2, "add --interpolate A B."),
        ("p.png", ["--model", "pyramid"], 6, "repairs photos; it cannot make new pictures."),
        ("p.png", ["--model", "none"], 6, "There is no model “none”."),
        ("p.xyz", [], 5, "does not end in a format that can be saved"),
        ("p.png", ["--device", "cuda:99"], 2, "has no device “cuda:99”"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str, options: list[object], code: int, sentence: str
) -> None:
    assert run(tmp_path / output, *options) == code
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / output).exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--count", 0], ["--truncation", 0], ["--truncation", 2], ["--seed", -1], ["--interpolate", 1],
        ["--interpolate", 1, 2, "--steps", 1],
    ],
)  # fmt: skip
def test_wrong_options(tmp_path: Path, options: list[object]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(tmp_path, *options)
    assert stop.value.code == 2
