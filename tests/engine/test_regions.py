"""Plans and windows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.engine import regions
from cnnstudio.engine.regions import DEEP, Plan, Step
from cnnstudio.errors import BadMask
from cnnstudio.imaging.geometry import Rect
from tests.engine.fakes import hole_of


def empty(height: int = 256, width: int = 320) -> np.ndarray:
    return np.zeros((height, width), np.uint8)


def steps_of(plan: Plan) -> list[tuple[int, int]]:
    return [(s.level, s.levels) for s in plan.steps]


@pytest.mark.parametrize(
    ("rect", "steps"),
    [
        (Rect(50, 70, 1, 1), [(0, 1)]),
        (Rect(50, 70, 2, 2), [(0, 2)]),  # one block of 2x2: gone after two halvings
        (Rect(51, 70, 2, 200), [(0, 1)]),  # two columns, but of different blocks
        (Rect(52, 72, 4, 4), [(0, 3)]),
        (Rect(48, 64, 8, 8), [(0, 4)]),
        (Rect(48, 64, 16, 16), [(4, 0), (3, 0), (2, 0), (1, 0), (0, 0)]),
        (Rect(32, 64, 64, 32), [(5, 0), (4, 0), (3, 0), (2, 0), (1, 0), (0, 0)]),
    ],
)
def test_depth_decides_the_steps(rect: Rect, steps: list[tuple[int, int]]) -> None:
    plan = regions.plan(hole_of(empty(), rect))
    assert steps_of(plan) == steps
    assert plan.regions == 1
    assert plan.top == (len(steps) if len(steps) > 1 else 0)


def test_without_a_chain_there_is_one_step() -> None:
    plan = regions.plan(hole_of(empty(), Rect(32, 64, 64, 32)), chain=False)
    assert steps_of(plan) == [(0, 0)]


def test_boxes_are_tight() -> None:
    (step,) = regions.plan(hole_of(empty(), Rect(50, 70, 3, 1))).steps
    assert step.boxes.tolist() == [[50, 70, 53, 71]]


def test_a_speck_across_blocks_gets_one_window() -> None:
    plan = regions.plan(hole_of(empty(), Rect(30, 30, 5, 5)))
    (step,) = plan.steps
    assert len(step.boxes) == 4
    (window,) = regions.windows(plan, step, 512)
    assert window.core == Rect(30, 30, 5, 5)
    assert (window.rect.w, window.rect.h) == (48, 48)


def test_a_straight_scratch_gets_narrow_windows() -> None:
    mask = hole_of(empty(2000, 400), Rect(200, 0, 2, 2000))
    plan = regions.plan(mask)
    windows = regions.windows(plan, plan.steps[0], 512)
    assert sum(w.rect.area for w in windows) < 2000 * 64 * 1.4


def test_a_photo_that_fits_is_one_window() -> None:
    plan = regions.plan(hole_of(empty(512, 512), Rect(0, 0, 512, 500)))
    for step in plan.steps:
        assert len(regions.windows(plan, step, 512)) == 1


def test_an_empty_mask_and_a_full_one_are_refused() -> None:
    with pytest.raises(BadMask, match="empty"):
        regions.plan(empty())
    with pytest.raises(BadMask, match="whole photo"):
        regions.plan(np.full((33, 70), 255, np.uint8))
    with pytest.raises(BadMask, match="whole photo"):
        regions.plan(np.full((1, 1), 255, np.uint8))


def test_one_known_pixel_is_enough() -> None:
    mask = np.full((70, 90), 255, np.uint8)
    mask[0, 89] = 0
    plan = regions.plan(mask)
    assert plan.steps[-1].level == 0
    assert plan.steps[0].level + 1 == plan.top


@st.composite
def masks(draw: st.DrawFn) -> np.ndarray:
    height, width = draw(st.integers(1, 300)), draw(st.integers(1, 300))
    mask = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(1, 6))):
        x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        size = draw(st.sampled_from([1, 2, 5, 40, 150]))
        if draw(st.booleans()):
            cv2.circle(mask, (x, y), size // 2, 255, -1)
        else:
            cv2.line(mask, (x, y), (draw(st.integers(0, width)), draw(st.integers(0, height))), 255, 1 + size // 30)
    mask[draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))] = 0
    return mask


def reduced(mask: np.ndarray, level: int) -> np.ndarray:
    """The hole of a level, by its definition."""
    hole = mask >= 128
    for _ in range(level):
        hole = np.pad(hole, [(0, n % 2) for n in hole.shape], mode="edge")
        hole = hole[::2, ::2] & hole[1::2, ::2] & hole[::2, 1::2] & hole[1::2, 1::2]
    return hole


def covered(plan: Plan, step: Step, max_side: int) -> np.ndarray:
    width, height = plan.size_at(step.level)
    out = np.zeros((height, width), bool)
    for window in regions.windows(plan, step, max_side):
        assert window.rect.contains(window.core)
        assert max(window.rect.w, window.rect.h) <= max_side
        assert window.rect.x % 2 ** max(step.levels, 1) == 0
        assert window.rect.y % 2 ** max(step.levels, 1) == 0
        assert min(window.rect.x, window.rect.y) >= 0
        out[window.core.slices] = True
    return out


@settings(max_examples=60, deadline=None)
@given(masks(), st.sampled_from([128, 256, 512]))
def test_every_hole_pixel_is_in_a_core_of_its_owner(mask: np.ndarray, max_side: int) -> None:
    if not (mask >= 128).any():
        return
    plan = regions.plan(mask)
    whole = Rect(0, 0, plan.width, plan.height)
    left = mask >= 128
    for step in plan.steps:
        cores = covered(plan, step, max_side)
        if step.level == 0:
            left &= ~(cores & plan.owned(whole, step.owner))
        elif plan.width % (1 << step.level) == plan.height % (1 << step.level) == 0:
            deep = np.repeat(np.repeat(plan.owner == DEEP, 16, 0), 16, 1)[: plan.height, : plan.width]
            assert not (reduced(np.where(deep, mask, 0), step.level) & ~cores).any()
    assert not left.any()
