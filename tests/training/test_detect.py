"""The finder's recipe: what is painted, the loss by hand, the measure, the baseline, and a run that finds scratches."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from cnnstudio.cards import read_card, verify
from cnnstudio.jobs import DAMAGE
from cnnstudio.networks.registry import build
from tests.engine.test_weights import card_of
from training.__main__ import main
from training.detect import DetectConfig, DetectRecipe, damage_loss, f1, hardest, look, probabilities
from training.evaluate_detect import baseline, calibrate, compare, figures_of, marked_wholly, rescale
from training.painting import KINDS, Bank, draw_bank, paint

TINY = DetectConfig(widths=(16, 24), depths=(1, 1), context=8, side=64, crop=48, batch=4, bank=8, measured=2)
SCRATCH, SPOT, STAIN = (DAMAGE.index(kind) for kind in ("scratch", "spot", "stain"))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Soft clouds: nothing in them looks like damage."""
    folder = tmp_path_factory.mktemp("clouds")
    rng = np.random.default_rng(0)
    for i in range(6):
        small = Image.fromarray(rng.integers(60, 190, (4, 4, 3)).astype(np.uint8))
        small.resize((96, 96), Image.Resampling.BICUBIC).save(folder / f"{i}.png")
    return folder


def _files(photos):
    return sorted(photos.iterdir())


def test_marks_say_where_and_as_what_damage_was_painted():
    rng = np.random.default_rng(1)
    clean = np.full((96, 96, 3), 120, np.uint8)
    for kind, name in KINDS.items():
        pixels, marks = paint(clean, [kind], rng)
        bit = 1 << DAMAGE.index(name)
        assert (marks & bit).any()
        assert not (marks & ~np.uint8(bit | 1 << len(DAMAGE))).any()
        changed = np.abs(pixels.astype(int) - clean).max(2) > 40
        assert (marks[changed] > 0).mean() > 0.7
    pixels, marks = paint(clean, [], rng)
    assert np.array_equal(pixels, clean)
    assert not marks.any()


def test_damage_that_cannot_be_seen_is_not_asked_for():
    white = np.full((96, 96, 3), 255, np.uint8)
    hidden = 0
    for seed in range(8):
        pixels, marks = paint(white, ["scratch"], np.random.default_rng(seed))
        asked = (marks >> SCRATCH & 1).astype(bool)
        hidden += int((marks >> len(DAMAGE)).sum())
        assert not asked.any() or np.abs(pixels[asked].astype(int) - 255).max() >= 6
    assert hidden > 0


def test_a_bank_is_the_same_again_and_has_clean_squares(photos, tmp_path):
    one, again = (draw_bank(_files(photos), 12, TINY, seed=3) for _ in range(2))
    assert one.pixels.shape == (12, 64, 64, 3)
    assert np.array_equal(one.pixels, again.pixels)
    assert np.array_equal(one.marks, again.marks)
    assert not draw_bank(_files(photos), 4, TINY, 0, ()).marks.any()
    (tmp_path / "broken.png").write_bytes(b"no photo")
    Image.new("RGB", (20, 20)).save(tmp_path / "small.png")
    assert len(draw_bank([*tmp_path.iterdir(), *_files(photos)], 7, TINY, 0).pixels) == 7


def test_tiles_carry_their_marks_and_their_place(photos):
    recipe = DetectRecipe(TINY, _files(photos), _files(photos))
    # A square whose light is its place, marked where it is bright.
    ramp = np.arange(64, dtype=np.uint8)[None, :, None].repeat(64, 0).repeat(3, 2) * 2
    recipe._bank = Bank(ramp[None], (ramp[None, ..., 0] >= 64).astype(np.uint8))
    recipe.build(torch.device("cpu"))
    for seed in range(4):
        tile, view, where, marks = recipe.batch(torch.Generator().manual_seed(seed))
        assert tile.shape == (4, 3, 48, 48)
        assert view.shape[-1] == 64
        for i in range(4):
            low, high = tile[i, 0][marks[i] == 0], tile[i, 0][marks[i] == 1]
            assert len(low) + len(high) == 48 * 48
            if len(low) and len(high):
                assert high.min() > low.max() or high.max() < low.min()  # a negative at times
            x0, y0, x1, y1 = where[i].tolist()
            assert x1 - x0 == pytest.approx(0.75)
            if min(x0, y0) >= 0 and max(x1, y1) <= 1:
                part = view[i, 0, round(y0 * 64) : round(y1 * 64), round(x0 * 64) : round(x1 * 64)]
                torch.testing.assert_close(part, tile[i, 0], atol=0.06, rtol=0)


def test_the_loss_by_hand():
    # Two pixels of one class: one damaged, said 0.75; one sound, said 0.25.
    three = math.log(3)
    logits = torch.tensor([three, -three]).view(1, 1, 1, 2)
    truth = torch.tensor([1.0, 0.0]).view(1, 1, 1, 2)
    everywhere = torch.ones(1, 1, 1, 2)
    focal, dice = damage_loss(logits, truth, everywhere, gamma=2.0)
    assert float(focal) == pytest.approx(2 * 0.25**2 * -math.log(0.75) / 1.01, rel=1e-5)
    assert float(dice) == pytest.approx(1 - (2 * 0.75 + 1) / (1 + 1 + 1), rel=1e-5)
    plain, _ = damage_loss(logits, truth, everywhere, gamma=0.0)
    assert float(plain) == pytest.approx(2 * -math.log(0.75) / 1.01, rel=1e-5)
    missed, _ = damage_loss(logits, truth, everywhere, gamma=0.0, missed=3.0)
    assert float(missed) == pytest.approx(4 * -math.log(0.75) / 1.01, rel=1e-5)
    # What does not count adds nothing.
    focal, dice = damage_loss(logits, truth, torch.tensor([1.0, 0.0]).view(1, 1, 1, 2), gamma=0.0)
    assert float(focal) == pytest.approx(-math.log(0.75), rel=1e-5)
    assert float(dice) == pytest.approx(1 - (2 * 0.75 + 1) / (0.75 + 1 + 1), rel=1e-5)


def test_f1_forgives_two_pixels():
    marks = np.zeros((1, 20, 20), np.uint8)
    marks[0, 5, 2:18] = 1 << SCRATCH
    bank = Bank(np.zeros((1, 20, 20, 3), np.uint8), marks)

    def score(row):
        said = np.zeros((20, 20), bool)
        said[row, 2:18] = True
        return f1([said], bank, SCRATCH)

    assert score(5) == score(7) == 1
    assert score(8) == 0
    half = np.zeros((20, 20), bool)
    half[5, 2:8] = True  # finds 6 and two more by tolerance, of 16
    assert f1([half], bank, SCRATCH) == pytest.approx(2 * 0.5 / 1.5)
    assert f1([np.zeros((20, 20), bool)], bank, SCRATCH) == 0


def test_the_baseline_finds_bright_lines_on_plain_ground():
    pixels = np.full((1, 64, 64, 3), 90, np.uint8)
    pixels[0, 30:32, 5:60] = 240
    marks = np.zeros((1, 64, 64), np.uint8)
    marks[0, 30:32, 5:60] = 1 << SCRATCH
    score, name = baseline(Bank(pixels, marks), SCRATCH)
    assert score == 1
    assert "pixels" in name


def test_training_by_the_command_finds_drawn_scratches(photos, tmp_path, capsys):
    options = [
        "detect", str(photos), "--run-folder", str(tmp_path / "run"), "--export", str(tmp_path / "models"),
        "--validation", "0.4", "--steps", "70", "--measure-every", "70", "--log-every", "10", "--warmup", "5",
        "--widths", "[16,24]", "--depths", "[1,1]", "--context", "8", "--side", "64", "--crop", "48", "--batch", "6",
        "--bank", "40", "--measured", "2", "--mix", '{"scratch": 1}', "--aged", "0", "--rate", "0.02",
        "--small-rate", "0.01", "--average", "0.9", "--accelerator", "cpu", "--precision", "32-true",
    ]  # fmt: skip
    assert main(options) == 0
    rows = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < 0.7 * losses[0]
    card = read_card(tmp_path / "models" / "damage.json")
    verify(card)
    assert (card.task, card.arch) == ("detect", "damage")
    assert card.figures["scratch_f1"] > 0.5
    assert card.data["photos"] + card.data["kept_out"] == 6
    net = build(card.arch, **card.kwargs)
    net.load_state_dict(load_file(card.path))
    bank = draw_bank(_files(photos), 2, TINY, 9, ["scratch"])
    found = probabilities(net.eval(), bank, torch.device("cpu"))
    assert found[0].shape == (64, 64, len(DAMAGE))
    capsys.readouterr()
    evaluated = ["evaluate-detect", str(card.path.with_suffix(".json")), str(photos), "--measured", "2", "--side", "64"]
    assert main(evaluated) == 0
    table = capsys.readouterr().out
    assert [line.split()[1] for line in table.splitlines() if line.startswith("| ")][1:] == [*DAMAGE, "clean"]
    assert read_card(card.path.with_suffix(".json")) == card  # measuring changes nothing
    assert main([*evaluated, "--calibrate"]) == 0
    calibrated = read_card(card.path.with_suffix(".json"))
    verify(calibrated)
    assert calibrated.sha256 != card.sha256
    assert set(calibrated.training["calibrated"]) == set(DAMAGE)
    rows = [line.split("|") for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert {f"{row[1].strip()}_f1": float(row[2]) for row in rows[1:6]} == {
        f"{kind}_f1": pytest.approx(calibrated.figures[f"{kind}_f1"], abs=0.001) for kind in DAMAGE
    }


@pytest.mark.parametrize("measured", [1, 3])
def test_each_class_is_measured_and_shown_alike(photos, measured):
    recipe = DetectRecipe(replace(TINY, bank=1, measured=measured), _files(photos), _files(photos))
    network = recipe.build(torch.device("cpu")).networks["finder"].eval()
    assert [len(bank.pixels) for bank in recipe.measured.values()] == [measured] * 6
    assert recipe.samples(network).shape == (6 * 64, measured * 3 * 64, 3)


def test_too_few_photos_are_refused_before_anything_is_painted(photos, tmp_path, capsys):
    one = str(_files(photos)[0])
    assert main(["detect", one, "--run-folder", str(tmp_path / "run"), "--bank", "1000000"]) == 1
    assert "1 photos are too few" in capsys.readouterr().err


def test_another_model_is_no_finder(photos, tmp_path, capsys):
    card = card_of(tmp_path, "dcgan", "generate", width=8)
    card.write(card.path)
    assert main(["evaluate-detect", str(card.path.with_suffix(".json")), str(photos)]) == 1
    assert "does not look for damage" in capsys.readouterr().err


class _Light(torch.nn.Module):
    """Sees light: logits of four times the red, of every class."""

    def __init__(self):
        super().__init__()
        self.decode = torch.nn.Conv2d(1, 20, 1)
        torch.nn.init.ones_(self.decode.weight)
        torch.nn.init.zeros_(self.decode.bias)

    def forward(self, x, whole, where):
        return self.decode(4 * x[:, :1])[:, ::4]


def test_the_hard_squares_are_those_in_which_most_is_marked_and_are_clean(tmp_path):
    for i, level in enumerate((30, 250, 90)):
        Image.fromarray(np.full((64, 64, 3), level, np.uint8)).save(tmp_path / f"{i}.png")
    hard = hardest(_Light(), _files(tmp_path), replace(TINY, hard=2, aged=0.0), 0)
    assert (hard.pixels == 250).all()
    assert not hard.marks.any()


def test_hard_squares_join_the_bank(photos, tmp_path):
    torch.manual_seed(0)
    weights = tmp_path / "first.safetensors"
    save_file(build("damage", **TINY.architecture).state_dict(), weights)
    recipe = DetectRecipe(replace(TINY, hard=3, init=str(weights)), _files(photos), _files(photos))
    state = recipe.build(torch.device("cpu"))
    assert len(recipe._bank.pixels) == TINY.bank + 3
    assert state.networks["finder"].state_dict().keys() == load_file(weights).keys()


def test_a_whole_photo_counts_by_the_share_that_is_marked():
    dark, half = np.full((32, 32, 3), 20, np.uint8), np.full((32, 32, 3), 20, np.uint8)
    half[:, :16] = 250
    assert marked_wholly(_Light(), [dark, half], torch.device("cpu")) == [0.0, 0.5]


def test_comparing_gives_both_by_class(photos):
    banks = {
        "spot": draw_bank(_files(photos), 2, TINY, 0, ["dust"]),
        "clean": draw_bank(_files(photos), 2, TINY, 0, ()),
    }
    net = build("damage", widths=[16], depths=[1], context=8).eval()
    table = compare(net, banks, torch.device("cpu"))
    assert set(table) == {"spot", "clean"}
    assert table["spot"]["network"] == 0
    assert 0 < table["spot"]["baseline"] <= 1
    assert table["clean"]["network"] == 0


def test_calibrating_scales_and_moves_the_logits_of_each_class():
    torch.manual_seed(0)
    net = build("damage", widths=[16], depths=[1], context=8).eval()
    torch.nn.init.normal_(net.decode.weight)
    x, where = torch.rand(1, 3, 16, 16), torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    view = torch.zeros(1, 3, 64, 64)
    before = net(x, view, where).detach()
    by = [(1.0, 0.0), (2.0, 1.0), (0.5, -3.0), (1.5, 0.25), (0.25, 0.0)]
    rescale(net, by)
    after = net(x, view, where).detach()
    for i, (scale, shift) in enumerate(by):
        torch.testing.assert_close(after[:, i], scale * before[:, i] + shift)


def test_the_cards_figures_are_those_that_were_measured():
    table = {kind: {"network": f1, "baseline": 0.1} for kind, f1 in zip(DAMAGE, (0.9, 0.8, 0.7, 0.6, 0.5), strict=True)}
    figures = figures_of(table | {"clean": {"network": 0.01, "squares": 0.25}}, [0.0, 0.1, 0.0, 0.0])
    assert figures == {f"{kind}_f1": row["network"] for kind, row in table.items()} | {
        "f1": 0.7, "clean_marked": 0.01, "clean_untouched": 0.75, "sound_marked": 0.025, "sound_untouched": 0.75,
    }  # fmt: skip


@pytest.mark.parametrize(("light", "is_sure"), [(180, False), (250, True)])
def test_calibrated_a_half_is_the_best_threshold_and_what_is_sure_is_hardly_in_sound_photos(light, is_sure):
    """Damage is lighter than 0.6; what sound photos reach is no surer than damage is, and never made surer."""
    pixels = np.full((1, 32, 32, 3), 102, np.uint8)
    pixels[0, 10:14, 4:28] = 230
    marks = np.zeros((1, 32, 32), np.uint8)
    marks[0, 10:14, 4:28] = (1 << len(DAMAGE)) - 1
    damaged, clean = Bank(pixels, marks), Bank(np.full((1, 32, 32, 3), 115, np.uint8), np.zeros((1, 32, 32), np.uint8))
    net = _Light()
    sound = np.full((32, 32, 3), light, np.uint8)
    calibrate(net, dict.fromkeys(DAMAGE, damaged) | {"clean": clean}, [sound], torch.device("cpu"))
    (found,) = probabilities(net, damaged, torch.device("cpu"))
    assert (found[11, 6] > 0.5).all()
    assert (found[0, 0] < 0.5).all()
    assert (probabilities(net, clean, torch.device("cpu"))[0] < 0.5).all()
    highest = look(net, sound, torch.device("cpu")).max()
    assert highest == pytest.approx(0.95, abs=1e-4) if is_sure else highest < 0.95
