"""The mathematics of zooming and panning."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnstudio.imaging.geometry import Rect
from cnnstudio.ui.view import MAX_ZOOM, Viewport

sides = st.integers(1, 20000)
panes = st.tuples(st.integers(50, 4000), st.integers(50, 4000))
zooms = st.floats(0.001, 64)


@st.composite
def viewports(draw: st.DrawFn) -> Viewport:
    view = Viewport((draw(sides), draw(sides)), draw(panes), margin=draw(st.integers(0, 20))).fit()
    if draw(st.booleans()):
        view = view.zoomed(draw(zooms))
        view = view.panned(draw(st.floats(-9000, 9000)), draw(st.floats(-9000, 9000)))
    return view


@st.composite
def places(draw: st.DrawFn, view: Viewport) -> tuple[float, float]:
    return draw(st.floats(0, view.pane[0])), draw(st.floats(0, view.pane[1]))


def is_free(view: Viewport) -> bool:
    """Whether nothing keeps it from going where it wants to."""
    return all(
        size * view.zoom > 2 * pane and pane / view.zoom < at < size - pane / view.zoom
        for size, pane, at in zip(view.photo, view.pane, (view.x, view.y), strict=True)
    )


@st.composite
def free_viewports(draw: st.DrawFn) -> Viewport:
    """Viewports for which :func:`is_free` holds."""
    pane, zoom = draw(panes), draw(st.floats(0.01, 16))
    # Three times as long as the pane, so that there is a place where both edges are far away.
    photo = tuple(math.ceil(n / zoom * draw(st.floats(3, 20))) + 1 for n in pane)
    at = (n / zoom + (size - 2 * n / zoom) * draw(st.floats(0.01, 0.99)) for n, size in zip(pane, photo, strict=True))
    view = Viewport((photo[0], photo[1]), pane).fit().zoomed(zoom).centred(*at)
    assert is_free(view)
    return view


@given(viewports(), st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_to_the_photo_and_back(view: Viewport, x: float, y: float):
    back = view.to_pane(*view.to_photo(x, y))
    assert back == pytest.approx((x, y), abs=1e-3)


@given(st.data(), st.floats(0.8, 8))
def test_zooming_keeps_what_lies_under_the_cursor(data: st.DataObject, factor: float):
    view = data.draw(free_viewports())
    at = data.draw(places(view))
    photo = view.to_photo(*at)
    after = view.zoomed(view.zoom * factor, at)
    assume(is_free(after))
    # Half a device pixel each: the photo lies on whole ones, before and after.
    there = after.to_pane(*photo)
    slack = 0.51 * (1 + after.zoom / view.zoom)
    assert there == pytest.approx(at, abs=slack)


@given(free_viewports())
def test_zooming_back_and_forth_does_not_drift(view: Viewport):
    there = view.zoomed(view.zoom * 2, (10, 20))
    assume(is_free(there))
    back = there.zoomed(view.zoom, (10, 20))
    assert (back.x, back.y) == pytest.approx((view.x, view.y), rel=1e-9, abs=1e-6)


@given(viewports(), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), zooms, panes)
def test_the_photo_can_never_be_lost(view: Viewport, dx: float, dy: float, zoom: float, pane: tuple[int, int]):
    for after in (view.panned(dx, dy), view.zoomed(zoom).panned(dx, dy), view.panned(dx, dy).resized(pane, 0)):
        left, top, right, bottom = after.visible
        for size, length, seen in zip(after.photo, after.pane, (right - left, bottom - top), strict=True):
            assert seen * after.zoom >= min(size * after.zoom, length / 2) - 1.01


@given(viewports(), st.integers(0, 40), zooms, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_the_photo_can_not_be_lost_beneath_what_covers_the_top(
    view: Viewport, covered: int, zoom: float, dx: float, dy: float
):
    after = replace(view, covered=covered).zoomed(zoom).panned(dx, dy)
    _, top = after.to_pane(0, 0)
    _, bottom = after.to_pane(*after.photo)
    seen = min(bottom, after.pane[1]) - max(top, covered)
    assert seen >= min(after.photo[1] * after.zoom, (after.pane[1] - covered) / 2) - 1.01


@given(viewports())
def test_fitted_all_is_seen(view: Viewport):
    fitted = view.fit()
    assert fitted.fitted
    assert fitted.zoom <= MAX_ZOOM
    left, top = fitted.to_pane(0, 0)
    right, bottom = fitted.to_pane(*fitted.photo)
    if fitted.zoom < MAX_ZOOM and min(fitted.pane) > 2 * fitted.margin:
        assert min(left, top) >= fitted.margin - 1
        assert right <= fitted.pane[0] - fitted.margin + 1
        assert bottom <= fitted.pane[1] - fitted.margin + 1
    assert left + right == pytest.approx(fitted.pane[0], abs=1.01)
    assert fitted.panned(50, -70).origin == fitted.origin


@given(viewports(), st.integers(0, 60))
def test_fitted_nothing_lies_beneath_what_covers_the_top(view: Viewport, covered: int):
    beneath = replace(view, covered=covered)
    assert (beneath.origin, beneath.zoom) == (view.origin, view.zoom)
    fitted = beneath.fit()
    _, top = fitted.to_pane(0, 0)
    _, bottom = fitted.to_pane(*fitted.photo)
    middle = max(fitted.pane[1] / 2, covered + (bottom - top) / 2)
    assert (top + bottom) / 2 == pytest.approx(middle, abs=1.01)
    room = fitted.pane[1] - max(covered, fitted.margin) - fitted.margin
    if fitted.zoom < MAX_ZOOM and fitted.pane[0] > 2 * fitted.margin and room > 0:
        assert top >= max(covered, fitted.margin) - 1
        assert bottom <= fitted.pane[1] - fitted.margin + 1
    if covered <= fitted.margin:
        assert fitted.zoom == view.fit().zoom
        assert (fitted.x, fitted.y) == pytest.approx((view.fit().x, view.fit().y))
    assert fitted.panned(50, -70).origin == fitted.origin
    assert beneath.resized(view.pane, view.margin) == beneath


@given(viewports(), panes)
def test_a_fitted_photo_stays_fitted_and_another_keeps_its_zoom(view: Viewport, pane: tuple[int, int]):
    after = view.resized(pane, view.margin)
    if view.fitted:
        assert after.zoom == after.fit_zoom
    elif after.min_zoom <= view.zoom:
        assert after.zoom == view.zoom


def test_limits():
    view = Viewport((6000, 4000), (1200, 800)).fit()
    assert view.zoom == 0.2
    assert view.zoomed(1000).zoom == 32
    assert view.zoomed(0).zoom == pytest.approx(0.05)
    assert not view.zoomed(1).fitted


def test_a_pan_of_whole_pixels_moves_by_whole_pixels():
    view = Viewport((6000, 4000), (1201, 801)).fit().zoomed(0.37)
    x, y = view.origin
    assert view.panned(-7, 3).origin == (x - 7, y + 3)


@given(free_viewports(), st.integers(-20, 20), st.integers(-20, 20))
def test_any_pan_of_whole_pixels_moves_by_exactly_these(view: Viewport, dx: int, dy: int):
    x, y = view.origin
    assert view.panned(dx, dy).origin == (x + dx, y + dy)


def test_small_pans_add_up():
    view = Viewport((6000, 4000), (1201, 801)).fit().zoomed(0.37)
    x, y = view.origin
    for dx in (1.5, 3.0) * 20:
        view = view.panned(dx, 0.25)
    assert abs(view.origin[0] - x - 90) <= 1
    assert abs(view.origin[1] - y - 10) <= 1


@given(viewports(), st.integers(0, 500), st.integers(0, 500), st.integers(1, 400), st.integers(1, 400))
def test_a_rectangle_is_shown_whole(view: Viewport, x: int, y: int, w: int, h: int):
    rect = Rect(x, y, w, h).clipped(*view.photo)
    assume(rect)
    after = view.showing(rect)
    assume(after.zoom > after.min_zoom)
    left, top, right, bottom = after.visible
    slack = 1 / after.zoom
    assert left - slack <= rect.x and rect.x1 <= right + slack  # noqa: PT018
    assert top - slack <= rect.y and rect.y1 <= bottom + slack  # noqa: PT018
    assert math.isfinite(after.zoom)
