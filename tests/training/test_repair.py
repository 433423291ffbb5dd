"""The repairer's recipe, from files to a card: a minute's training beats the prior, and the card loads."""

import json

import numpy as np
import pytest
import torch
from lightning.fabric import Fabric
from PIL import Image
from safetensors.torch import load_file, save_file

from cnnstudio.cards import read_card, verify
from cnnstudio.errors import BadInput
from cnnstudio.networks.registry import build
from training.__main__ import main
from training.data import load_photos
from training.repair import RepairConfig, RepairRecipe

TINY = RepairConfig(
    widths=(16, 24), depths=(1, 1), blocks=("res", "res"), trained_levels=2, levels=2, crop=32, batch=8, bank=30,
    rate=0.05,
)  # fmt: skip

SIZE = {"widths": (16, 24), "depths": (1, 1), "blocks": ("res", "res"), "trained_levels": 2}


@pytest.fixture(scope="module")
def stripes(tmp_path_factory):
    """Photos of stripes at many angles: what a smooth prior cannot continue and a small network learns quickly."""
    folder = tmp_path_factory.mktemp("stripes")
    y, x = np.mgrid[:160, :160]
    for i, angle in enumerate(np.linspace(0, np.pi, 8, endpoint=False)):
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 0.9) * 100 + 127
        Image.fromarray(np.repeat(wave[..., None], 3, 2).astype(np.uint8)).save(folder / f"{i}.png")
    return folder


def _recipe(folder, config=TINY):
    store = load_photos(sorted(folder.iterdir()), 128, (1.0,))
    return RepairRecipe(config, store, store)


def test_a_batch_holds_clean_crops_and_both_sorts_of_holes(stripes):
    recipe = _recipe(stripes)
    clean, hole = recipe.batch(torch.Generator().manual_seed(0))
    assert clean.shape == (8, 3, 32, 32)
    assert hole.shape == (8, 1, 32, 32)
    assert -1 <= float(clean.min()) < float(clean.max()) <= 1
    again, _ = recipe.batch(torch.Generator().manual_seed(0))
    assert torch.equal(clean, again)


def test_levels_weigh_a_quarter_of_the_one_below(stripes):
    recipe = _recipe(stripes, RepairConfig(**{**vars(TINY), "losses": {"l1": 1.0}}))
    recipe.build(torch.device("cpu"))
    clean, hole = torch.zeros(1, 3, 32, 32), torch.zeros(1, 1, 32, 32)
    hole[..., :16, :16] = 1
    fine, coarse = torch.full((1, 3, 32, 32), 0.3), torch.full((1, 3, 16, 16), 0.6)
    total, figures = recipe._supervised([torch.zeros(1, 3, 8, 8), coarse, fine], clean, hole, recipe._objective)
    assert float(total) == pytest.approx((0.3 + 0.25 * 0.6) / 1.25, rel=1e-5)
    assert {k: round(float(v), 4) for k, v in figures.items()} == {"l1_0": 0.3, "l1_1": 0.6}


def test_untrained_the_figures_are_those_of_the_prior(stripes):
    recipe = _recipe(stripes)
    net = recipe.build(torch.device("cpu")).networks["repairer"].eval()
    figures = recipe.measure(net)
    assert figures["gain"] == pytest.approx(0, abs=1e-3)
    assert figures["perceptual"] == pytest.approx(1, abs=1e-3)
    assert recipe.samples(net).dtype == np.uint8


def test_training_by_the_command_beats_the_prior_and_exports_a_model(stripes, tmp_path):
    code = main([
        "repair", str(stripes), "--run-folder", str(tmp_path / "run"), "--export", str(tmp_path / "models"),
        "--model-id", "tiny", "--validation", "0.3", "--steps", "60", "--measure-every", "60", "--log-every", "20",
        "--widths", "[16,24]", "--depths", "[1,1]", "--blocks", '["res","res"]', "--trained-levels", "2",
        "--levels", "2", "--crop", "32", "--batch", "8", "--bank", "30", "--rate", "0.05", "--average", "0.9",
        "--accelerator", "cpu", "--precision", "32-true",
    ])  # fmt: skip
    assert code == 0
    card = read_card(tmp_path / "models" / "tiny.json")
    verify(card)
    net = build(card.arch, **card.kwargs)
    net.load_state_dict(load_file(card.path))
    assert card.figures["gain"] > 0.3
    assert card.data["photos"] + card.data["kept_out"] == 8
    spec = json.loads((tmp_path / "run" / "spec.json").read_text())
    assert spec["recipe"]["crop"] == 32
    assert main(["repair", str(stripes), "--run-folder", str(tmp_path / "run")]) == 1


def test_large_holes_may_have_losses_of_their_own(stripes):
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")

    def logged(**losses):
        recipe = _recipe(stripes, RepairConfig(**{**vars(TINY), "large": 0.25, **losses}))
        state = recipe.build(fabric.device)
        state.networks["repairer"] = fabric.setup_module(state.networks["repairer"])
        state.networks["repairer"].mark_forward_method("levels")
        state.optimisers["repairer"] = fabric.setup_optimizers(state.optimisers["repairer"])
        figures = recipe.step(fabric, state, torch.Generator().manual_seed(0), 0)
        return {name: float(value) for name, value in figures.items()}

    apart = logged(losses={"l1": 1.0}, large_losses={"mse": 3.0})
    both = logged(losses={"l1": 1.0, "mse": 1.0})
    assert {"l1_0", "large_mse_0"} <= set(apart)
    assert not {"mse_0", "large_l1_0"} & set(apart)
    # a quarter of the batch, the first two of eight, counts a quarter
    expected = 0.75 * (apart["l1_0"] + 0.25 * apart["l1_1"]) / 1.25
    expected += 0.25 * 3 * (apart["large_mse_0"] + 0.25 * apart["large_mse_1"]) / 1.25
    assert apart["loss"] == pytest.approx(expected, rel=1e-4)
    assert both["loss"] == pytest.approx(
        (both["l1_0"] + both["mse_0"] + 0.25 * (both["l1_1"] + both["mse_1"])) / 1.25, rel=1e-4
    )


def _trained(stripes, steps=2, **options):
    """(weights before, weights after) a few steps."""
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    recipe = _recipe(stripes, RepairConfig(**{**vars(TINY), **options}))
    state = recipe.build(fabric.device)
    bare = state.networks["repairer"]
    state.networks["repairer"] = fabric.setup_module(bare)
    state.networks["repairer"].mark_forward_method("levels")
    state.optimisers["repairer"] = fabric.setup_optimizers(state.optimisers["repairer"])
    before = {name: value.clone() for name, value in bare.state_dict().items()}
    for number in range(steps):
        recipe.step(fabric, state, torch.Generator().manual_seed(number), number)
    return before, bare.state_dict()


def _changed(before, after):
    """Which halves of a network with specialists learnt."""
    return {name.startswith("deep.") for name in before if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize(("large", "learnt"), [(0.0, {False}), (0.5, {False, True}), (1.0, {True})])
def test_each_specialist_learns_from_its_own_holes_alone(stripes, large, learnt):
    assert _changed(*_trained(stripes, large=large)) == learnt


def test_specialists_start_as_one_network_or_each_with_its_own(stripes, tmp_path):
    alone, other = (build("pyramid", **{**SIZE, "specialists": False}) for _ in range(2))
    torch.nn.init.normal_(other.decode.bias)
    for name, net in (("alone", alone), ("other", other)):
        save_file({k: v.contiguous() for k, v in net.state_dict().items()}, tmp_path / f"{name}.safetensors")
    one, two = str(tmp_path / "alone.safetensors"), str(tmp_path / "other.safetensors")

    weights, _ = _trained(stripes, steps=0, init=one)
    assert all(torch.equal(weights[f"deep.{name}"], value) for name, value in alone.state_dict().items())
    weights, _ = _trained(stripes, steps=0, init=one, init_deep=two)
    assert torch.equal(weights["decode.bias"], alone.decode.bias)
    assert torch.equal(weights["deep.decode.bias"], other.decode.bias)
    save_file({k: v.contiguous() for k, v in weights.items()}, tmp_path / "both.safetensors")
    again, _ = _trained(stripes, steps=0, init=str(tmp_path / "both.safetensors"))
    assert all(torch.equal(again[name], value) for name, value in weights.items())

    with pytest.raises(BadInput, match="specialists true"):
        _trained(stripes, steps=0, specialists=False, init_deep=two)


def test_each_crop_is_measured_with_the_specialist_of_its_depth(stripes):
    recipe = _recipe(stripes)
    net = recipe.build(torch.device("cpu")).networks["repairer"].eval()
    torch.nn.init.constant_(net.deep.decode.bias, 1.0)
    figures = recipe.measure(net)
    assert figures["scratch_gain"] == pytest.approx(0, abs=1e-3)
    assert figures["hole_gain"] < -1


def test_an_adversary_and_perception_join_in(stripes, tmp_path):
    code = main([
        "repair", str(stripes), "--run-folder", str(tmp_path / "run"), "--validation", "0.3", "--steps", "2",
        "--widths", "[16,24]", "--depths", "[1,1]", "--blocks", '["res","res"]', "--trained-levels", "2",
        "--crop", "32", "--batch", "4", "--bank", "10", "--levels", "2", "--log-every", "1",
        "--losses", '{"l1": 1, "perceptual": 0.5}', "--adversarial", "hinge", "--accelerator", "cpu",
    ])  # fmt: skip
    assert code == 0
    rows = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    assert {"discriminator", "r1", "perceptual_0", "l1_1"} <= set(rows[0])
