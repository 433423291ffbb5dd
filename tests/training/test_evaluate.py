import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from safetensors.torch import save_file

from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.errors import BadInput, BadModel
from cnnstudio.networks.registry import build
from training import evaluate
from training.evaluate import CROP, Case, Method, Score
from training.peers import PEERS, Peer


def photo(seed: int, height: int = 300, width: int = 280) -> np.ndarray:
    """Smooth blobs, so that hashes are stable and holes can be repaired."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 6, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photos = tmp_path / "photos"
    photos.mkdir()
    for seed in range(2):
        Image.fromarray(photo(seed)).save(photos / f"p{seed}.png")
    (photos / "CREDITS.md").write_text("not a photo")
    return photos


def parse(*options: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    return parser.parse_args([str(o) for o in options])


def truthful(case: Case) -> Method:
    return Method("truth", "truth", "1", lambda pixels, mask: case.truth)


def one_case() -> Case:
    return evaluate.draw_cases({"p": photo(0)}, ["crease"], 1, 0)[0]


def test_cases_are_the_same_for_the_same_seed_and_do_not_depend_on_other_photos() -> None:
    first, second = photo(0), photo(1)
    alone = evaluate.draw_cases({"a": first}, ["scratch"], 2, 7)
    among = evaluate.draw_cases({"b": second, "a": first}, ["dust", "scratch"], 2, 7)
    assert {c.hash for c in alone} <= {c.hash for c in among}
    assert len({c.hash for c in among}) == 8
    assert not {c.hash for c in alone} & {c.hash for c in evaluate.draw_cases({"a": first}, ["scratch"], 2, 8)}


def test_a_case_is_a_crop_of_its_photo_with_mid_grey_in_the_hole() -> None:
    pixels = photo(3)
    (case,) = evaluate.draw_cases({"a": pixels}, ["corner"], 1, 0)
    assert case.truth.shape == (CROP, CROP, 3)
    assert (case.truth == pixels[case.y : case.y + CROP, case.x : case.x + CROP]).all()
    hole = case.mask == 255
    assert hole.any()
    assert (case.damaged[hole] == 127).all()
    assert (case.damaged[~hole] == case.truth[~hole]).all()


def test_photos_smaller_than_a_crop_are_left_out(folder: Path) -> None:
    Image.fromarray(photo(9, 200, 400)).save(folder / "small.png")
    assert list(evaluate.load_photos(folder)) == ["p0.png", "p1.png"]


def test_a_folder_without_large_photos_is_an_error(tmp_path: Path) -> None:
    Image.fromarray(photo(9, 200, 400)).save(tmp_path / "small.png")
    with pytest.raises(BadInput, match="256 pixels"):
        evaluate.load_photos(tmp_path)


def test_what_a_method_changes_outside_the_hole_is_put_back() -> None:
    case = one_case()
    repaired, seconds = evaluate.repair_case(
        Method("white", "white", "", lambda pixels, mask: np.full_like(pixels, 255)), case, None
    )
    hole = case.mask == 255
    assert (repaired[hole] == 255).all()
    assert (repaired[~hole] == case.truth[~hole]).all()
    assert seconds >= 0


def test_the_cache_spares_a_peer_but_never_a_network(tmp_path: Path) -> None:
    case, calls = one_case(), []

    def repair(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
        calls.append(1)
        return np.full_like(pixels, len(calls))

    peer = Method("peer", "peer", "1.0", repair, cached=True)
    first, seconds = evaluate.repair_case(peer, case, tmp_path)
    again, seconds_again = evaluate.repair_case(peer, case, tmp_path)
    assert len(calls) == 1
    assert (first == again).all()
    assert seconds == seconds_again
    evaluate.repair_case(Method("peer", "peer", "2.0", repair, cached=True), case, tmp_path)
    assert len(calls) == 2, "another version is another result"
    ours = Method("ours", "ours", "1.0", repair)
    evaluate.repair_case(ours, case, tmp_path)
    evaluate.repair_case(ours, case, tmp_path)
    assert len(calls) == 4


def test_the_truth_scores_best() -> None:
    case = one_case()
    grey = Method("grey", "grey", "", lambda pixels, mask: pixels)
    scores = evaluate.evaluate([truthful(case), grey], [case])
    truth, worse = scores["truth"][0], scores["grey"][0]
    assert truth.perceptual == 0 < worse.perceptual
    assert truth.ssim == pytest.approx(1)
    assert truth.psnr > worse.psnr
    assert truth.ssim > worse.ssim


def test_summary_is_the_mean_by_class_and_the_median_of_seconds() -> None:
    crop = np.zeros((CROP, CROP, 3), np.uint8)
    cases = [Case("p", kind, i, 0, 0, crop, crop[..., 0]) for i, kind in enumerate(["dust", "dust", "dust", "hole"])]
    rows = [Score(psnr, 0.5, 1.0, seconds) for psnr, seconds in ((10, 1), (20, 2), (60, 9), (7, 3))]
    figures = evaluate.summarise(cases, {"m": rows})
    assert figures["psnr"]["m"] == {"dust": 30, "hole": 7}
    assert figures["seconds"]["m"] == {"dust": 2, "hole": 3}


def test_table_marks_the_best_of_each_column() -> None:
    figures = {
        metric: {"a": {"dust": 1.0, "hole": 4.0}, "b": {"dust": 2.0, "hole": 2.0}} for metric in evaluate.METRICS
    }
    table = evaluate.markdown(figures, {"a": "A", "b": "B"})
    assert "| | dust | hole | mean |\n|---|---|---|---|\n" in table
    assert "| A | 1.00 | **4.00** | **2.50** |" in table  # PSNR: more is better
    assert "| A | **1.00** | 4.00 | 2.50 |" in table  # perceptual distance: less is better
    assert "| B | 2.00 | **2.00** | **2.00** |" in table


def test_near_duplicates_are_found_scaled_mirrored_and_encoded_again(tmp_path: Path) -> None:
    photos = {f"p{seed}": photo(seed) for seed in range(4)}
    small = Image.fromarray(photos["p1"]).resize((140, 150))
    small.save(tmp_path / "small.jpg", quality=80)
    Image.fromarray(np.ascontiguousarray(photos["p2"][:, ::-1])).save(tmp_path / "mirrored.webp")
    Image.fromarray(photo(99)).save(tmp_path / "other.png")
    found = {(name, file.name) for name, file, _ in evaluate.near_duplicates(photos, tmp_path)}
    assert found == {("p1", "small.jpg"), ("p2", "mirrored.webp")}


def test_peers_repair_a_smooth_picture_and_see_the_hole_where_the_mask_says() -> None:
    truth = np.broadcast_to(np.linspace(40, 200, 64, dtype=np.uint8)[None, :, None], (64, 64, 3)).copy()
    truth[..., 0] //= 2  # channels that differ show a mix-up of RGB and BGR
    mask = np.zeros((64, 64), np.uint8)
    mask[20:44, 30:33] = 255
    damaged = truth.copy()
    damaged[mask > 0] = 127
    for peer in PEERS:
        if peer.installed and peer.by_default:
            repaired = peer.repair(damaged, mask)
            assert repaired.dtype == np.uint8
            assert peer.version
            error = np.abs(repaired.astype(int) - truth)
            assert error[mask > 0].mean() < 6, peer.name
            assert error[mask == 0].mean() < 1, peer.name


def test_a_missing_peer_is_named_with_what_would_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Peer("magic", "Magic", "magic-wand", "no_such_module.inner", lambda pixels, mask: pixels)
    assert not missing.installed
    monkeypatch.setattr(evaluate, "PEERS", (missing,))
    assert "magic" not in evaluate.default_methods()
    with pytest.raises(BadInput, match="pip install magic-wand"):
        evaluate.find_method("magic")


@pytest.fixture
def untrained(tmp_path: Path) -> Path:
    """Weights of a small untrained network, with their card beside them."""
    weights = tmp_path / "new.safetensors"
    kwargs = {"widths": [8, 8], "depths": [1, 1], "blocks": ["res", "res"]}
    save_file(build("pyramid", **kwargs).state_dict(), weights)
    ModelCard(
        id="new", name="New", description="", task="repair", arch="pyramid", kwargs=kwargs, version="1", licence="MIT",
        data={}, training={}, figures={}, sha256=file_sha256(weights),
    ).write(weights)  # fmt: skip
    return weights


def test_an_untrained_network_repairs_as_the_prior_does(untrained: Path) -> None:
    case = one_case()
    prior, raw, engine = (
        evaluate.repair_case(evaluate.find_method(name), case, None)[0].astype(int)
        for name in ("prior", f"raw:{untrained}", str(untrained))
    )
    assert np.abs(raw - prior).max() <= 1
    hole = case.mask == 255
    assert np.abs(engine - prior)[hole].mean() < 8  # colour and grain are matched
    assert (engine == case.truth)[~hole].all()


def test_an_unknown_method_is_an_error() -> None:
    with pytest.raises(BadModel, match="nonsense"):
        evaluate.find_method("nonsense")


def test_the_command_prints_tables_and_writes_figures_and_a_sheet(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, sheet = tmp_path / "figures.json", tmp_path / "sheet.png"
    args = parse(
        "--photos", folder, "--methods", "prior", "telea", "--classes", "dust", "crease", "--json", out,
        "--sheet", sheet, "--sheet-rows", 1, "--cache", tmp_path / "cache",
    )  # fmt: skip
    assert evaluate.run(args) == 0
    assert "| OpenCV Telea |" in capsys.readouterr().out
    figures = json.loads(out.read_text("utf-8"))
    assert set(figures["photos"]) == {"p0.png", "p1.png"}
    assert set(figures["figures"]["psnr"]["prior"]) == {"dust", "crease"}
    assert len(figures["cases"]) == 4
    assert set(figures["cases"][0]["scores"]) == {"prior", "telea"}
    with Image.open(sheet) as picture:
        assert picture.width > 4 * CROP
        assert picture.height > 2 * CROP


def test_against_reports_photos_that_training_may_have_seen(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    training = tmp_path / "training"
    training.mkdir()
    Image.fromarray(photo(50)).save(training / "unlike.png")
    assert evaluate.run(parse("--photos", folder, "--against", training)) == 0
    Image.fromarray(photo(1)).save(training / "seen.png")
    assert evaluate.run(parse("--photos", folder, "--against", training)) == 1
    assert "p1.png is like" in capsys.readouterr().out


def test_the_shipped_photos_are_enough_and_credited() -> None:
    photos = evaluate.load_photos(evaluate.PHOTOS)
    credits = (evaluate.PHOTOS / "CREDITS.md").read_text("utf-8")
    assert len(photos) >= 15
    assert [name for name in photos if f"| {name} |" not in credits] == []
