"""The self-check: its figures are the network's real errors, and only undamaged pixels are taken for the truth."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnstudio.engine.fillers import Filler, Job
from cnnstudio.engine.repair import Repairer
from cnnstudio.engine.self_check import MOST_PSNR, self_check
from cnnstudio.errors import BadMask, Cancelled
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import Progress, RepairOptions, SelfCheck
from tests.engine.fakes import BARE, CPU, hole_of, repairer, slope

HOLE = Rect(120, 100, 30, 20)


class Grey(Filler):
    """Fills every hole with the middle of the range: 128 of 255, 32768 of 65535. Remembers what it was given."""

    pyramid = False

    def __init__(self) -> None:
        super().__init__(nn.Identity())
        self.holes: list[int] = []

    def fill(self, job: Job, bf16: bool) -> tuple[Tensor, Tensor]:
        self.holes.append(int(job.hole.sum()))
        filled = torch.where(job.hole > 0, 0.0, job.x)
        return filled, filled


def flat(level: int, height: int = 240, width: int = 320, channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    return np.full((height, width, channels), level, dtype)


def one_hole(photo: np.ndarray, rect: Rect = HOLE) -> np.ndarray:
    return hole_of(np.zeros(photo.shape[:2], np.uint8), rect)


def test_the_error_is_that_of_the_network() -> None:
    photo = flat(100)
    check = self_check(repairer(Grey()), photo, one_hole(photo), BARE)
    assert check.error == pytest.approx(28, abs=1e-3)
    assert check.psnr == pytest.approx(10 * math.log10(255**2 / 28**2), abs=0.01)
    assert check.places == 3
    assert check.pixels == 3 * HOLE.area
    assert check.verdict == "guess"


def test_half_wrong_by_hand() -> None:
    # 20 levels below the fill in one channel, 10 above it in the second, none in the third: (20 + 10 + 0) / 3.
    photo = np.stack([flat(level, channels=1)[..., 0] for level in (108, 138, 128)], 2)
    check = self_check(repairer(Grey()), photo, one_hole(photo), BARE)
    assert check.error == pytest.approx(10, abs=1e-3)
    assert check.psnr == pytest.approx(10 * math.log10(255**2 / ((400 + 100) / 3)), abs=0.01)
    assert check.verdict == "fair"


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_sixteen_bits_and_alpha_are_told_in_levels_of_255(channels: int) -> None:
    photo = flat(100 * 257, channels=channels, dtype=np.uint16)
    photo[..., -1] = 100 * 257 if channels == 1 else np.arange(320) * 200
    check = self_check(repairer(Grey()), photo, one_hole(photo), BARE)
    assert check.error == pytest.approx(32768 / 257 - 100, abs=0.01)


def test_what_continues_without_error_is_good() -> None:
    photo = slope(240, 320)
    check = self_check(repairer(), photo, one_hole(photo), BARE)
    assert check.error is not None
    assert check.error < 1
    assert check.verdict == "good"
    assert self_check(repairer(Grey()), flat(128), one_hole(photo), BARE) == SelfCheck(0, MOST_PSNR, 3 * 600, 3)


def test_no_damage_is_taken_for_the_truth() -> None:
    photo, damage = flat(100), np.zeros((240, 320), np.uint8)
    photo[:, :80], photo[:, 200:] = 250, 250
    damage[:, :80], damage[:, 200:] = 255, 255
    mask = one_hole(photo)
    check = self_check(repairer(Grey()), photo, mask, BARE, damage=damage)
    assert check.error == pytest.approx(28, abs=1e-3)
    # The hole itself may hold anything.
    photo[HOLE.slices] = 0
    again = self_check(repairer(Grey()), photo, mask, BARE)
    assert again.places


def test_a_place_is_as_lively_as_the_hole() -> None:
    photo = flat(128)
    photo[:, 80:220] = np.random.default_rng(0).integers(78, 179, (240, 140, 3))
    mask = one_hole(photo)
    for seed in range(5):
        check = self_check(repairer(Grey()), photo, mask, RepairOptions(seed, 0, 0, 0, False))
        assert check.error is not None
        # Noise from 78 to 178 is 25 from its middle on average; the flat rest would say 0.
        assert check.error > 15


def test_without_a_place_it_is_a_guess() -> None:
    photo = flat(100)
    mask = np.full((240, 320), 255, np.uint8)
    mask[:10] = 0
    check = self_check(repairer(Grey()), photo, mask, BARE)
    assert check == SelfCheck(None, None)
    assert check.verdict == "guess"


def test_of_many_specks_a_sample_is_tried() -> None:
    photo, mask = slope(1200, 1600), np.zeros((1200, 1600), np.uint8)
    for x, y in np.random.default_rng(0).integers(0, (1590, 1190), (500, 2)):
        mask[y : y + 4, x : x + 4] = 255
    filler = Grey()
    check = self_check(repairer(filler), photo, mask, BARE)
    assert 8 <= check.places <= 24
    assert check.pixels <= sum(filler.holes) < np.count_nonzero(mask) / 4


def test_a_scratch_across_the_photo_is_tried_by_pieces() -> None:
    photo, mask = flat(100, 1500, 1500), np.zeros((1500, 1500), np.uint8)
    for i in range(1500):
        mask[i, max(0, i - 2) : i + 2] = 255
    check = self_check(repairer(Grey()), photo, mask, BARE)
    assert check.places >= 3
    assert check.pixels < 8000
    assert check.error == pytest.approx(28, abs=1e-3)


def test_a_torn_corner_is_tried_at_the_other_corners() -> None:
    photo = flat(100)
    check = self_check(repairer(Grey()), photo, one_hole(photo, Rect(0, 0, 40, 30)), BARE)
    assert check.places == 3
    photo[-40:, -60:] = photo[:40, -60:] = photo[-40:, :60] = 128
    assert self_check(repairer(Grey()), photo, one_hole(photo, Rect(0, 0, 40, 30)), BARE).error == 0


def test_the_same_seed_gives_the_same_figures() -> None:
    photo = np.random.default_rng(1).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    mask = one_hole(photo)
    first, second = (self_check(repairer(Grey()), photo, mask, BARE) for _ in range(2))
    assert first == second


def test_the_photo_is_only_read() -> None:
    photo = flat(100)
    photo.flags.writeable = False
    mask = one_hole(photo)
    mask.flags.writeable = False
    self_check(repairer(Grey()), photo, mask, BARE)


def test_an_empty_mask_is_refused_and_cancelling_is_seen() -> None:
    photo, cancel = flat(100), threading.Event()
    with pytest.raises(BadMask):
        self_check(repairer(Grey()), photo, np.zeros((240, 320), np.uint8))
    cancel.set()
    with pytest.raises(Cancelled):
        self_check(Repairer(Grey(), CPU), photo, one_hole(photo), progress=Progress(cancel=cancel))


def test_cancelling_is_seen_while_a_place_is_looked_for() -> None:
    class Impatient(Progress):
        asked = 0

        def check_cancelled(self) -> None:
            self.asked += 1
            if self.asked == 10:
                raise Cancelled

    photo, filler = flat(100), Grey()
    with pytest.raises(Cancelled):
        self_check(repairer(filler), photo, one_hole(photo), BARE, Impatient())
    assert filler.holes == []
