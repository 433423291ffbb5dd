"""From maps of probability to regions and masks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.imaging.findings import FLOOR, DamageMaps, find, threshold
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import DAMAGE

SCRATCH, CREASE, SPOT, STAIN, MISSING = range(5)


def maps(height: int = 40, width: int = 60, factor: int = 1) -> DamageMaps:
    """Of a photo in which nobody has seen anything."""
    planes = np.zeros((len(DAMAGE), height, width), np.uint8)
    return DamageMaps(planes, width * factor, height * factor, factor)


def sure(seen: DamageMaps) -> DamageMaps:
    """The same of a photo that surely has damage of every kind, somewhere."""
    kinds = len(DAMAGE)
    planes = 255 * np.eye(kinds, dtype=np.uint8)[:, None]
    return replace(seen, looked_at=DamageMaps(planes, kinds, 1))


def random_maps(seed: int) -> DamageMaps:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (len(DAMAGE), 8, 12))
    planes = np.repeat(np.repeat(coarse, 5, 1), 5, 2) * rng.uniform(0.5, 1, (1, 40, 60))
    return DamageMaps(planes.astype(np.uint8), 60, 40)


def test_regions_have_class_confidence_bounds_and_area() -> None:
    seen = maps()
    seen.planes[SCRATCH, 10:12, 5:45] = 230
    seen.planes[SCRATCH, 10, 20] = 255
    seen.planes[STAIN, 20:30, 30:50] = 204
    found = find(sure(seen))
    stain, scratch = found.regions
    assert (stain.kind, stain.bounds, stain.area) == ("stain", Rect(30, 20, 20, 10), 200)
    assert stain.confidence == pytest.approx(0.8)
    assert (scratch.kind, scratch.bounds, scratch.area) == ("scratch", Rect(5, 10, 40, 2), 80)
    assert scratch.confidence == 1
    assert (found.labels[10:12, 5:45] == scratch.number).all()
    assert (found.labels[20:30, 30:50] == stain.number).all()


def test_the_mask_is_grown_a_little_and_leaves_out_what_was_dropped() -> None:
    seen = maps()
    seen.planes[SPOT, 10:13, 10:13] = 255
    seen.planes[SPOT, 30:33, 40:43] = 255
    found = find(seen)
    assert len(found.regions) == 2
    mask = found.mask(grown=2)
    assert set(np.unique(mask)) == {0, 255}
    assert mask[8, 11] == mask[14, 11] == mask[31, 38] == 255
    assert mask[7, 11] == mask[15, 11] == 0
    assert (found.mask(grown=0) > 0).sum() == 18
    first = next(r for r in found.regions if r.bounds.x == 10)
    assert not found.mask(without=[first.number])[:20].any()
    assert found.mask(without=[first.number])[31, 41] == 255


def test_a_clean_photo_has_an_empty_mask_at_any_sensitivity() -> None:
    seen = maps()
    seen.planes[:] = int(255 * FLOOR) - 1
    for sensitivity in (0, 50, 100):
        found = find(seen, sensitivity)
        assert found.regions == []
        assert not found.mask().any()


def test_something_of_a_kind_must_be_sure_for_any_of_it_to_be_found() -> None:
    seen = maps()
    seen.planes[SPOT, 10:13, 10:13] = 235  # 0.92
    seen.planes[STAIN, 30:33, 40:43] = 200  # 0.78
    assert find(seen).regions == []
    assert [region.kind for region in find(seen, {"spot": 75}).regions] == ["spot"]
    assert find(seen, {"spot": 75}, ["stain"]).regions == []
    assert {region.kind for region in find(seen, 100).regions} == {"spot", "stain"}
    seen = maps()
    seen.planes[SPOT, 10:13, 10:13] = 235
    seen.planes[SPOT, 20:23, 20:23] = 254
    assert [region.kind for region in find(seen).regions] == ["spot", "spot"]  # the sure one speaks for the other
    left = seen.planes.copy()
    left[SPOT, 20:23, 20:23] = 0
    assert len(find(replace(seen, planes=left, looked_at=seen)).regions) == 1  # also once it has been repaired


def test_a_photo_without_colours_is_believed_sooner() -> None:
    seen = maps()
    seen.planes[CREASE, 10:13, 10:40] = 225  # 0.88
    assert find(seen).regions == []
    assert [region.kind for region in find(replace(seen, monochrome=True)).regions] == ["crease"]
    seen.planes[CREASE, 10:13, 10:40] = 180  # 0.71
    assert find(replace(seen, monochrome=True)).regions == []


@pytest.mark.parametrize(("likely", "found"), [(9, 0), (10, 1)])
def test_a_stain_is_likely_in_half_of_it_or_is_none(likely: int, found: int) -> None:
    seen = maps()
    seen.planes[STAIN, 10:20, 10:30] = 140
    seen.planes[STAIN, 10 : 10 + likely, 10:20] = 255
    seen.planes[SCRATCH, 30:32, 5:45] = 135
    seen.planes[SCRATCH, 30, 5] = 255  # of a scratch a pixel is enough
    for sensitivity in (50, 100):
        kinds = [region.kind for region in find(seen, sensitivity).regions]
        assert kinds == ["stain"] * found + ["scratch"]


def test_a_single_pixel_is_noise() -> None:
    one, two = maps(), maps()
    one.planes[SPOT, 5, 5] = 255
    two.planes[SPOT, 5, 5:7] = 255
    assert not find(one).regions
    assert len(find(two).regions) == 1


def test_sensitivity_moves_the_threshold() -> None:
    assert threshold(50) == 0.5
    assert threshold(0) == pytest.approx(1 - threshold(100))
    assert 0.7 < threshold(0) < 0.8
    seen = maps()
    seen.planes[SPOT, 5:10, 5:10] = 255
    seen.planes[SPOT, 5:10, 10:15] = 80
    assert [find(seen, s).regions[0].area for s in (0, 50, 100)] == [25, 25, 50]
    assert find(seen, {"spot": 100}).regions[0].area == 50
    assert find(seen, {"stain": 100}).regions[0].area == 25


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 100), st.floats(0, 100), st.sampled_from([None, *DAMAGE]))
def test_more_sensitivity_never_finds_less(seed: int, one: float, other: float, kind: str | None) -> None:
    low, high = sorted((one, other))
    seen = random_maps(seed)
    less, more = (find(seen, s if kind is None else {kind: s}) for s in (low, high))
    assert not ((less.labels > 0) & (more.labels == 0)).any()
    assert not ((less.mask() > 0) & (more.mask() == 0)).any()


def test_only_the_kinds_asked_for() -> None:
    seen = maps()
    seen.planes[SPOT, 5:10, 5:10] = 255
    seen.planes[CREASE, 20:25, 5:40] = 255
    assert [r.kind for r in find(seen, kinds=["spot"]).regions] == ["spot"]
    assert {r.kind for r in find(seen).regions} == {"spot", "crease"}


def test_touching_kinds_are_regions_of_their_own_but_a_few_stray_pixels_are_not() -> None:
    seen = maps()
    seen.planes[CREASE, 20:25, 5:40] = 250
    seen.planes[MISSING, 20:40, 40:60] = 250
    seen.planes[SCRATCH, 20:22, 10:12] = 255
    found = find(seen)
    assert sorted(r.kind for r in found.regions) == ["crease", "missing"]
    assert next(r.area for r in found.regions if r.kind == "crease") == 175


def test_regions_are_largest_first_and_every_label_is_one() -> None:
    found = find(random_maps(3), 80)
    areas = [r.area for r in found.regions]
    assert areas == sorted(areas, reverse=True)
    assert sorted(r.number for r in found.regions) == sorted(set(np.unique(found.labels)) - {0})


def test_a_reduced_map_makes_a_mask_of_the_photos_size() -> None:
    planes = np.zeros((len(DAMAGE), 14, 17), np.uint8)
    planes[SPOT, 2:4, 5:9] = 255
    planes[STAIN, 10:14, 12:17] = 255
    found = find(DamageMaps(planes, 50, 41, 3))
    mask = found.mask(grown=0)
    assert mask.shape == (41, 50)
    assert (mask[6:12, 15:27] == 255).all()
    assert mask[5, 15] == mask[12, 15] == 0
    assert {r.kind: r.bounds for r in found.regions} == {"spot": Rect(15, 6, 12, 6), "stain": Rect(36, 30, 14, 11)}
