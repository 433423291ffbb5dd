"""What is drawn: every pixel where it belongs, at any zoom and on any screen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.brush import Brush
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.ui.bridge import image_pixels
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.photo_view import PhotoView

Show = Callable[..., PhotoView]


@pytest.fixture
def show(lanes: Lanes, qtbot: QtBot) -> Show:
    """Shows an editor's photo in a view: ``show(editor, 700, 500)``."""

    def show(editor: Editor | None, width: int = 700, height: int = 500) -> PhotoView:
        view = PhotoView(lanes)
        qtbot.addWidget(view)
        view.resize(width, height)
        view.set_editor(editor)
        with qtbot.waitExposed(view):
            view.show()
        return view

    return show


@pytest.fixture
def seen(qtbot: QtBot) -> Callable[[PhotoView], np.ndarray]:
    """What a view shows, HxWx3, once all is drawn."""

    def seen(view: PhotoView) -> np.ndarray:
        qtbot.waitUntil(lambda: view.is_settled)
        return image_pixels(view.grab().toImage())[..., :3]

    return seen


Seen = Callable[[PhotoView], np.ndarray]


def plain(width: int, height: int, colour: tuple[int, ...] = (100, 100, 100), dtype: type = np.uint8) -> Editor:
    scale = np.iinfo(dtype).max // 255
    pixels = np.full((height, width, len(colour)), np.array(colour) * scale, dtype)
    return Editor(Document(Photo(pixels)))


def mark(editor: Editor, rect: Rect) -> None:
    editor.apply(selection.rectangle(editor.document.mask, rect))


def inside(view: PhotoView, rim: int = 2) -> tuple[slice, slice]:
    """Where the photo is in the view, at a scale of 1, less a rim."""
    editor = view.editor
    assert editor
    start, end = view.to_widget(QPointF(0, 0)), view.to_widget(QPointF(editor.width, editor.height))
    left, top = max(round(start.x()), 0) + rim, max(round(start.y()), 0) + rim
    return slice(top, min(round(end.y()), view.height()) - rim), slice(left, min(round(end.x()), view.width()) - rim)


# ---- pixels


@pytest.mark.parametrize("channels", [1, 3])
def test_at_100_percent_every_pixel_is_the_photo_s(
    make_editor: Callable[..., Editor], show: Show, seen: Seen, channels: int
):
    editor = make_editor(channels=channels)
    view = show(editor)
    view.actual_size()
    shown = seen(view)[50:450, 50:650]
    assert np.array_equal(shown, np.broadcast_to(editor.document.photo.pixels, (400, 600, 3)))


def test_moved_by_any_way_every_pixel_is_still_the_photo_s(make_editor: Callable[..., Editor], show: Show, seen: Seen):
    editor = make_editor(2000, 1500)
    view = show(editor)
    view.actual_size()
    for dx, dy in ((13, -7), (-250.5, 300.25), (0.5, 0.5), (40, 0), (-3, -600)):
        view.pan_by(dx, dy)
        left, top = (round(n) for n in view.to_photo(QPointF(0, 0)).toTuple())
        expected = editor.document.photo.pixels[top : top + 500, left : left + 700]
        assert np.array_equal(seen(view), expected)


def test_at_3200_percent_pixels_are_squares(make_editor: Callable[..., Editor], show: Show, seen: Seen):
    editor = make_editor()
    view = show(editor)
    view.zoom_to(99)
    assert view.zoom == 32
    start = view.to_photo(QPointF(0, 0))
    ys = np.floor(start.y() + (np.arange(500) + 0.5) / 32).astype(int)
    xs = np.floor(start.x() + (np.arange(700) + 0.5) / 32).astype(int)
    assert np.array_equal(seen(view), editor.document.photo.pixels[ys][:, xs])


def test_sixteen_bits_are_seen_in_eight(make_editor: Callable[..., Editor], show: Show, seen: Seen):
    editor = make_editor(dtype=np.uint16)
    view = show(editor)
    view.actual_size()
    shown = seen(view)[50:450, 50:650].astype(int)
    assert np.abs(shown - editor.document.photo.pixels / 257).max() <= 0.51


ZOOMS = [0.11, 0.25, 0.3, 0.4999, 0.5, 0.61, 0.77, 0.99, 1.0, 1.01, 1.37, 1.999, 2.0, 2.3, 5.7, 31.0]


@pytest.mark.parametrize("zoom", ZOOMS)
def test_there_are_no_seams_between_tiles(show: Show, seen: Seen, zoom: float):
    editor = plain(1500, 1100)
    view = show(editor)
    mark(editor, editor.bounds)
    for mask in (False, True):
        view.mask_visible = mask
        view.zoom_to(zoom)
        for step in range(3):
            view.pan_by(-17.3 * step, -11.7 * step)
            shown = seen(view)[inside(view)]
            assert (shown == shown[0, 0]).all()
            assert (shown[0, 0] == 100).all() == (not mask)


@pytest.mark.parametrize("zoom", [0.3, 0.61, 0.9, 1.37])
def test_tiles_meet_where_they_should(show: Show, seen: Seen, zoom: float):
    ramp = np.linspace(20, 230, 1500)[None, :, None] + np.linspace(0, 20, 1100)[:, None, None]
    editor = Editor(Document(Photo(np.broadcast_to(ramp, (1100, 1500, 3)).astype(np.uint8))))
    view = show(editor)
    view.zoom_to(zoom)
    shown = seen(view)[inside(view, 4)][..., 0].astype(int)
    for axis in (0, 1):
        steps = np.diff(shown, axis=axis)
        assert steps.min() >= -1
        assert steps.max() <= np.ceil(0.2 / zoom) + 1


def test_dust_is_still_seen_at_ten_percent(show: Show, seen: Seen):
    pixels = np.full((4000, 6000, 3), 60, np.uint8)
    rng = np.random.default_rng(0)
    places = rng.integers(40, (3900, 5900), (50, 2))
    for y, x in places:
        pixels[y : y + 4, x : x + 4] = 255
    view = show(Editor(Document(Photo(pixels))))
    view.zoom_to(0.1)
    shown = seen(view)[..., 0]
    for y, x in places:
        place = view.to_widget(QPointF(x + 2, y + 2)).toPoint()
        assert shown[place.y() - 1 : place.y() + 2, place.x() - 1 : place.x() + 2].max() > 66


def test_transparency_is_seen_as_squares(show: Show, seen: Seen):
    editor = plain(300, 200, (200, 0, 0, 0))
    view = show(editor)
    view.actual_size()
    shown = seen(view)[inside(view)]
    assert {tuple(colour) for colour in np.unique(shown.reshape(-1, 3), axis=0).tolist()} == {(204,) * 3, (153,) * 3}
    editor = plain(300, 200, (200, 0, 0, 255))
    view = show(editor)
    view.actual_size()
    assert np.unique(seen(view)[inside(view)].reshape(-1, 3), axis=0).tolist() == [[200, 0, 0]]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_all_is_drawn_as_if_drawn_anew(
    make_editor: Callable[..., Editor], show: Show, seen: Seen, seed: int, qtbot: QtBot
):
    rng = np.random.default_rng(seed)
    editor = make_editor(3000, 2200)
    view = show(editor)
    for _ in range(40):
        match rng.integers(7):
            case 0:
                view.pan_by(*rng.integers(-300, 300, 2).tolist())
            case 1:
                view.zoom_by(float(rng.uniform(0.6, 1.7)), QPointF(*rng.integers(0, 500, 2).tolist()))
            case 2:
                x, y, w, h = rng.integers(1, 1500, 4).tolist()
                mark(editor, Rect(x, y, w, h) & editor.bounds)
            case 3:
                editor.undo()
            case 4:
                x, y = rng.integers(0, 1800, 2).tolist()
                editor.begin_stroke(Brush(float(rng.uniform(5, 300)), erase=bool(rng.integers(2))))
                editor.stroke_to(x, y)
                editor.stroke_to(x + 100, y + 50)
                editor.end_stroke()
            case 5:
                view.set_compare(str(rng.choice(["none", "split", "side"])))
            case _:
                x, y = rng.integers(0, 1500, 2).tolist()
                used = editor.document.mask.snapshot()
                patches = Patches.build([(Rect(x, y, 90, 70), rng.integers(0, 255, (70, 90, 3), np.uint8))], used)
                editor.applied(editor.document.add_repair(patches, "Repair 1", used=used))
        QApplication.processEvents()
    shown = seen(view)
    view._draw_all_anew()
    # Qt rounds what it scales by where it begins: by no more than this.
    assert np.abs(shown.astype(int) - seen(view)).max() <= 3


# ---- the mask


def test_the_mask_lies_over_the_photo_in_its_colour(show: Show, seen: Seen):
    editor = plain(300, 200)
    view = show(editor)
    view.actual_size()
    mark(editor, Rect(50, 50, 100, 100))

    def at(x: float, y: float) -> list[int]:
        place = view.to_widget(QPointF(x, y)).toPoint()
        return [int(n) for n in seen(view)[place.y(), place.x()]]

    assert at(100, 100) == pytest.approx([178, 50, 50], abs=1)
    assert at(49, 100) == at(150, 100) == [100, 100, 100]
    assert at(50, 100) == at(149, 100) != [100, 100, 100]
    view.mask_colour = QColor(0, 255, 0)
    assert at(100, 100) == pytest.approx([50, 178, 50], abs=1)
    view.mask_opacity = 1.0
    assert at(100, 100) == [0, 255, 0]
    view.mask_opacity = 0.2
    assert at(100, 100) == pytest.approx([80, 131, 80], abs=1)
    view.mask_visible = False
    assert at(100, 100) == [100, 100, 100]
    mark(editor, Rect(0, 0, 300, 200))
    assert at(10, 10) == [100, 100, 100]
    view.mask_visible = True
    assert at(10, 10) == pytest.approx([80, 131, 80], abs=1)


def test_a_thin_scratch_s_mask_is_seen_in_a_large_photo(show: Show, seen: Seen):
    editor = plain(6000, 4000)
    mark(editor, Rect(3001, 100, 1, 3800))
    view = show(editor)
    view.fit()
    reddest = (seen(view)[inside(view)].astype(int) @ [1, -1, 0]).max(1)
    assert (reddest[20:-20] > 30).all()


def test_undo_and_redo_are_seen(show: Show, seen: Seen):
    editor = plain(300, 200)
    view = show(editor)
    clean = seen(view)
    mark(editor, Rect(50, 50, 100, 100))
    marked = seen(view)
    editor.undo()
    assert np.array_equal(seen(view), clean)
    editor.redo()
    assert np.array_equal(seen(view), marked)
    assert not np.array_equal(marked, clean)


# ---- states of the photo


def repaired(editor: Editor) -> None:
    """Repairs the middle in blue."""
    mark(editor, Rect(100, 50, 100, 100))
    used = editor.document.mask.snapshot()
    patches = Patches.build([(Rect(100, 50, 100, 100), np.full((100, 100, 3), (0, 0, 255), np.uint8))], used)
    editor.applied(editor.document.add_repair(patches, "Repair 1", used=used))


def counts(shown: np.ndarray) -> tuple[int, int]:
    """How many pixels are blue, and how many are the photo's grey."""
    return int((shown == (0, 0, 255)).all(2).sum()), int((shown == 100).all(2).sum())


def test_before_and_after(show: Show, seen: Seen):
    editor = plain(300, 200)
    view = show(editor, 700, 300)
    view.actual_size()
    repaired(editor)
    assert counts(seen(view)) == (10000, 50000)
    view.show_original(True)
    blue, grey = counts(seen(view))
    assert blue == 0
    assert grey > 59000  # beside its label
    view.show_original(False)
    view.set_compare("split")
    left, right = (seen(view)[:, part] for part in (slice(0, 340), slice(360, 700)))
    assert counts(left)[0] == 0
    assert 3000 < counts(right)[0] < 5000
    view.set_compare("side")
    left, right = (seen(view)[:, part] for part in (slice(0, 345), slice(355, 700)))
    assert counts(left)[0] == 0
    assert counts(right)[0] == 10000
    view.set_compare("none")
    assert counts(seen(view)) == (10000, 50000)
    with pytest.raises(ValueError, match="sideways"):
        view.set_compare("sideways")


def test_changed_pixels_stand_out(show: Show, seen: Seen):
    editor = plain(300, 200)
    view = show(editor, 700, 300)
    view.actual_size()
    repaired(editor)
    view.set_compare("changes")
    grid, _ = editor.document.view.changes()
    view.set_change_map(Pyramid(grid, "max"))
    shown = seen(view)
    assert (shown == (255, 0, 200)).all(2).sum() == 10000
    assert counts(shown) == (0, 0)  # all else is dimmed
    view.set_change_map(None)
    assert not (seen(view) == (255, 0, 200)).all(2).any()


def test_candidates_beside_each_other(show: Show, seen: Seen):
    editor = plain(300, 200)
    view = show(editor)
    view.show_candidates([(str(n), editor.pyramid.forked()) for n in range(1, 5)])
    frames = [pane.frame for pane in view._panes]
    assert len(frames) == 4
    for frame in frames:
        assert counts(seen(view)[frame.top() : frame.bottom(), frame.left() : frame.right()])[1] > 1000
    plain_badges = seen(view)
    view.highlight_candidate(2)
    ys, xs = np.nonzero((seen(view) != plain_badges).any(2))
    assert frames[2].left() <= xs.min() <= xs.max() <= frames[2].right()
    assert frames[2].top() <= ys.min() <= ys.max() <= frames[2].bottom()
    view.show_candidates([])
    assert len(view._panes) == 1


def test_a_preview_is_seen_over_the_photo_and_goes(show: Show, seen: Seen):
    editor = plain(300, 200)
    view = show(editor)
    view.actual_size()
    clean = seen(view)
    editor.show_preview(Rect(10, 10, 50, 40), np.full((40, 50, 3), (0, 0, 255), np.uint8))
    assert counts(seen(view))[0] == 2000
    view.zoom_to(0.5)
    assert counts(seen(view))[0] == 500
    view.actual_size()
    editor.clear_previews()
    assert np.array_equal(seen(view), clean)


def test_a_draft_is_seen_until_the_photo_is_there(show: Show, seen: Seen):
    view = show(None)
    nothing = seen(view)
    view.show_draft(np.full((200, 300, 3), (10, 200, 30), np.uint8))
    draft = seen(view)
    assert (draft == (10, 200, 30)).all(2).sum() > 100_000
    view.show_draft(None)
    assert np.array_equal(seen(view), nothing)
    view.show_draft(np.full((200, 300, 3), (10, 200, 30), np.uint8))
    view.set_editor(plain(300, 200))
    shown = seen(view)
    assert not (shown == (10, 200, 30)).all(2).any()
    # The photo stands where its draft has stood.
    assert np.array_equal((shown == 100).all(2), (draft == (10, 200, 30)).all(2))


def test_each_photo_is_seen_as_it_was_left(show: Show, seen: Seen):
    first, second = plain(300, 200), plain(2000, 2000)
    view = show(first)
    view.zoom_to(3)
    view.center_on(100, 50)
    left = view.visible_rect()
    view.set_editor(second)
    assert view.is_fitted
    view.set_editor(first)
    assert view.visible_rect() == left
    assert view.zoom == 3


def test_a_fitted_photo_stays_fitted(show: Show, seen: Seen):
    view = show(plain(300, 200))
    view.fit()
    view.resize(400, 300)
    assert view.is_fitted
    assert view.visible_rect().getRect() == (0, 0, 300, 200)
    view.zoom_to(8)
    view.resize(500, 300)
    assert view.zoom == 8


def test_a_part_is_shown(show: Show):
    view = show(plain(2000, 1500))
    view.show_rect(Rect(1500, 1200, 100, 80))
    assert view.visible_rect().contains(1500, 1200)
    assert view.visible_rect().contains(1599, 1279)
    assert view.zoom <= 1


def test_labels_never_lie_on_a_fitted_photo(show: Show, seen: Seen):
    editor = plain(300, 200)
    view = show(editor)
    view.fit()
    view.show_original(True)
    shown = seen(view)[inside(view)]
    assert (shown == 100).all()


@pytest.mark.parametrize("surround", [255, 138, 60])
def test_labels_are_readable_on_any_surround(show: Show, seen: Seen, surround: int):
    view = show(plain(300, 200))
    view.surround = QColor(surround, surround, surround)
    view.fit()
    beneath = view.height() - (inside(view, 0)[0].stop + 2)
    bare = seen(view)[-beneath:]
    view.show_original(True)
    shown = seen(view)[-beneath:]
    label = shown[(shown != bare).any(2)][:, 1]
    plate, words = np.bincount(label).argmax(), label.max()
    luminances = [((value / 255 + 0.055) / 1.055) ** 2.4 for value in (plate, words)]
    assert (luminances[1] + 0.05) / (luminances[0] + 0.05) > 4.5


# ---- screens of other scales


SCRIPT = """
import sys
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.photo import Photo
from cnnstudio.ui.bridge import image_pixels
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.photo_view import PhotoView

application = QApplication([])
lanes = Lanes.start()
pixels = np.random.default_rng(0).integers(0, 255, (901, 1203, 3), np.uint8)
view = PhotoView(lanes)
view.resize(401, 301)
view.set_editor(Editor(Document(Photo(pixels))))
view.show()
view.actual_size()
ratio = view.devicePixelRatioF()
assert ratio == float(sys.argv[1]), ratio
for step in ((0, 0), (7, 3), (-31, 20)):
    view.pan_by(*step)
    while not view.is_settled:
        application.processEvents()
    for image in (view.grab().toImage(), view.screen().grabWindow(view.winId()).toImage()):
        shown = image_pixels(image)[..., :3]
        left, top = (round(n) for n in view.to_photo(QPointF(0, 0)).toTuple())
        height, width = shown.shape[:2]
        assert (width, height) >= (401, 301)
        expected = pixels[top : top + height, left : left + width]
        # The last row and column may be shared with what is beyond the widget.
        assert np.array_equal(shown[:-1, :-1], expected[:-1, :-1]), np.argwhere((shown != expected).any(2))[:5]
view.hide()
lanes.close()
"""


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_100_percent_is_one_device_pixel_on_any_screen(scale: str, tmp_path: Path):
    script = tmp_path / "scaled.py"
    script.write_text(SCRIPT)
    environment = {
        **os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(script), scale], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
