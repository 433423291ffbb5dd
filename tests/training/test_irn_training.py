"""Training of the restoration network: what it is shown, what it is asked, and that it learns and resumes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from lightning.fabric import Fabric
from PIL import Image

from cnnstudio.errors import BadInput
from training.arrays import store_of
from training.data import HoleBank
from training.irn import DamagedPhotos, IrnConfig, IrnRecipe, PhotoPairs, load_sources
from training.loop import RunSpec, run

TINY = IrnConfig(width=4, crop=32, batch=4, bank=8)


def _clean(count: int = 12, side: int = 40) -> np.ndarray:
    """Gradients of many colours, (count, side, side, 3) uint8."""
    rng = np.random.default_rng(0)
    ends = rng.integers(0, 256, (2, count, 1, 1, 3))
    along = np.linspace(0, 1, side)[None, None, :, None]
    return np.broadcast_to(ends[0] * along + ends[1] * (1 - along), (count, side, side, 3)).astype(np.uint8)


def _corrupted(clean: np.ndarray) -> np.ndarray:
    damaged = clean.copy()
    damaged[:, 10:20] = 255 - damaged[:, 10:20] // 4
    return damaged


def _spec(folder: Path, **changes: object) -> RunSpec:
    given: dict[str, object] = {
        "steps": 4, "log_every": 1, "measure_every": 4, "warmup": 1, "decay": 0.0, "average": 0.5,
        "accelerator": "cpu", "devices": "1", "precision": "32-true",
    }  # fmt: skip
    return RunSpec(folder, **(given | changes))  # type: ignore[arg-type]


def _recipe(folder: Path, config: IrnConfig = TINY) -> IrnRecipe:
    if not (folder / "images.npy").exists():
        np.save(folder / "images.npy", _clean())
    sources = load_sources(config, [folder], 0.3, 0)
    return IrnRecipe(config, sources.train, sources.validation)


def test_synthetic_damage_lies_in_the_hole_alone() -> None:
    source = DamagedPhotos(store_of(_clean()), _holes())
    damaged, hole, clean = source.batch(64, 32, torch.Generator().manual_seed(0))
    assert damaged.shape == clean.shape == (64, 3, 32, 32)
    assert hole.shape == (64, 1, 32, 32)
    assert set(hole.unique().tolist()) == {0.0, 1.0}
    outside = (hole == 0).expand_as(clean)
    assert torch.equal(damaged[outside], clean[outside])
    assert clean.min() >= -1
    assert clean.max() <= 1
    # mid-grey, one colour, another photo: all three come
    flat = [part[:, gap[0] > 0].std(1).max() < 1e-6 for part, gap in zip(damaged, hole, strict=True) if gap.sum() > 100]
    assert any(flat)
    assert not all(flat)


def _holes() -> HoleBank:
    holes = torch.zeros(3, 40, 40, dtype=torch.uint8)
    holes[:, 8:32, 8:32] = 255
    return HoleBank(holes)


def test_pairs_are_cut_alike_and_differ_in_the_hole() -> None:
    clean = np.random.default_rng(1).integers(0, 200, (5, 40, 40, 3), np.uint8)
    corrupted = clean.copy()
    corrupted[:, :, 20:] += 50
    corrupted[:, :, :20] += 7  # no more than noise
    pairs = PhotoPairs(store_of(corrupted), store_of(clean))
    damaged, hole, target = pairs.batch(16, 32, torch.Generator().manual_seed(0))
    levels = ((damaged - target) * 127.5).round()
    assert set(levels.unique().tolist()) == {7.0, 50.0}
    assert torch.equal(hole.expand_as(levels), (levels == 50).float())


def test_sources_are_found_in_arrays_pairs_and_photos(tmp_path: Path) -> None:
    clean = _clean()
    (tmp_path / "photos").mkdir()
    for number, picture in enumerate(clean):
        Image.fromarray(picture).save(tmp_path / "photos" / f"{number}.png")
    (tmp_path / "arrays").mkdir()
    np.save(tmp_path / "arrays" / "images.npy", clean)
    found = load_sources(TINY, [tmp_path / "photos"], 0.3, 0)
    assert isinstance(found.train, DamagedPhotos)
    assert found.photos + found.kept_out == 12
    found = load_sources(TINY, [tmp_path / "arrays" / "images.npy"], 0.3, 0)
    assert isinstance(found.train, DamagedPhotos)
    assert found.photos + found.kept_out == 12
    np.save(tmp_path / "arrays" / "corrupted_images.npy", _corrupted(clean))
    paired = load_sources(TINY, [tmp_path / "arrays"], 0.3, 0)
    assert isinstance(paired.train, PhotoPairs)
    assert paired.manifest != found.manifest
    assert len(paired.train.clean) == paired.photos
    np.save(tmp_path / "arrays" / "corrupted_images.npy", _corrupted(clean)[:5])
    with pytest.raises(BadInput, match="different numbers or sizes"):
        load_sources(TINY, [tmp_path / "arrays"], 0.3, 0)


def test_what_cannot_be_trained_on_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", _clean(12, 40))
    with pytest.raises(BadInput, match="40 x 40 pixels: choose a crop of at most 40"):
        load_sources(IrnConfig(width=4, crop=64), [tmp_path], 0.3, 0)
    np.save(tmp_path / "images.npy", _clean(1, 40))
    with pytest.raises(BadInput, match="too few"):
        load_sources(TINY, [tmp_path], 0.3, 0)
    with pytest.raises(BadInput, match="multiple of 8"):
        IrnConfig(crop=36)


def test_the_target_is_the_clean_photo_whole_or_in_the_hole(tmp_path: Path) -> None:
    fabric = Fabric(accelerator="cpu", devices=1)
    for whole in (True, False):
        recipe = _recipe(tmp_path, IrnConfig(width=4, crop=32, batch=4, bank=8, whole=whole))
        torch.manual_seed(0)
        state = recipe.build(torch.device("cpu"))
        damaged, hole, clean = recipe._source.batch(4, 32, torch.Generator().manual_seed(5))
        restored = state.networks["irn"](damaged, hole)
        squared = (restored - clean).square()
        expected = squared.mean() if whole else (squared * hole).sum() / (3 * hole.sum())
        figures = recipe.step(fabric, state, torch.Generator().manual_seed(5), 0)
        assert float(figures["loss"]) == float(figures["mse"]) == pytest.approx(expected.item(), rel=1e-4)


def test_a_step_moves_both_encoders_and_the_decoder(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path)
    torch.manual_seed(0)
    network = (state := recipe.build(torch.device("cpu"))).networks["irn"]
    before = {name: value.clone() for name, value in network.named_parameters()}
    recipe.step(Fabric(accelerator="cpu", devices=1), state, torch.Generator().manual_seed(0), 0)
    assert all(not torch.equal(value, before[name]) for name, value in network.named_parameters())


@pytest.mark.parametrize("name", ["mse", "perceptual"])
def test_it_beats_its_own_initialisation(tmp_path: Path, name: str) -> None:
    config = IrnConfig(width=8, crop=32, batch=4, bank=8, rate=3e-3, losses={name: 1.0})
    outcome = run(_recipe(tmp_path, config), _spec(tmp_path / "run", steps=40, measure_every=40), say=lambda _: None)
    figures = outcome.figures
    if name == "perceptual":
        assert figures["perceptual"] < 0.9 * figures["perceptual_at_start"]
    else:
        assert figures["psnr"] > figures["psnr_at_start"] + 1
        assert figures["psnr_whole"] > figures["psnr_whole_at_start"] + 1
    (sample,) = (tmp_path / "run" / "samples").iterdir()
    with Image.open(sample) as picture:
        assert picture.size == (4 * 32, 6 * 32)


def test_pairs_from_files_train_and_a_killed_run_resumes_to_the_same_weights(tmp_path: Path) -> None:
    np.save(tmp_path / "corrupted_images.npy", _corrupted(_clean()))
    whole = run(_recipe(tmp_path), _spec(tmp_path / "whole"), say=lambda _: None)

    def kill(line: str) -> None:
        if line.startswith("step 3"):
            raise KeyboardInterrupt

    cut = _spec(tmp_path / "cut", save_minutes=0.0)
    with pytest.raises(KeyboardInterrupt):
        run(_recipe(tmp_path), cut, say=kill)
    resumed = run(_recipe(tmp_path), cut, resume=True, say=lambda _: None)
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert resumed.figures == whole.figures
