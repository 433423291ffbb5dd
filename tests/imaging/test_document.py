"""A document is a photo, its layers and its mask: against a plain model on whole arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.imaging.brush import Brush, Stroke
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.edits import Step
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches, View
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.store import Store
from cnnstudio.imaging.tiles import TileGrid

H, W = 280, 530


def photo(dtype: type = np.uint8, channels: int = 3) -> Photo:
    most = np.iinfo(dtype).max
    return Photo(np.random.default_rng(0).integers(0, most + 1, (H, W, channels), dtype=dtype))


def masked(*rects: Rect, value: int = 255) -> TileGrid:
    mask = TileGrid.empty((H, W))
    for rect in rects:
        mask.write(rect, np.full((rect.h, rect.w), value, np.uint8))
    return mask


def piece(rect: Rect, seed: int, dtype: type = np.uint8, channels: int = 3) -> tuple[Rect, np.ndarray]:
    most = np.iinfo(dtype).max
    return rect, np.random.default_rng(seed).integers(0, most + 1, (rect.h, rect.w, channels), dtype=dtype)


def repair(document: Document, rect: Rect, seed: int = 1, name: str = "Repair") -> str:
    """A repair of a rectangle, by noise; returns its layer's id."""
    pixels = document.photo.pixels
    made = piece(rect, seed, pixels.dtype.type, pixels.shape[2])
    document.add_repair(Patches.build([made], masked(rect)), name, model="noise", seed=seed)
    return document.layers[-1].id


def paint(document: Document, x: float, y: float, size: float = 40) -> None:
    stroke = Stroke(document.mask, Brush(size))
    stroke.to(x, y)
    document.apply(stroke.commit())


# Patches


@pytest.mark.parametrize(("dtype", "channels"), [(np.uint8, 3), (np.uint16, 4), (np.uint16, 1)])
def test_patches_hold_what_the_mask_shows(dtype: type, channels: int) -> None:
    rect = Rect(240, 200, 100, 70)
    made = piece(rect, 1, dtype, channels)
    mask = masked(Rect(250, 210, 20, 55), Rect(330, 190, 100, 20))
    patches = Patches.build([made], mask)
    expected = photo(dtype, channels).pixels.copy()
    shown = np.zeros((H, W), bool)
    for part in (Rect(250, 210, 20, 55), Rect(330, 200, 10, 10)):
        expected[part.slices] = made[1][part.shifted(-rect.x, -rect.y).slices]
        shown[part.slices] = True
    document = Document(photo(dtype, channels))
    document.add_repair(patches, "Repair")
    assert np.array_equal(document.view.to_array(), expected)
    assert patches.count == 20 * 55 + 100
    assert patches.bounds == Rect(250, 200, 90, 65)
    assert patches.tiles == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert np.array_equal(patches.mask(H, W).to_array() == 255, shown)
    assert patches.nbytes < 5000 * channels * made[1].itemsize


def test_pieces_that_overlap_are_laid_once() -> None:
    first, second = piece(Rect(10, 10, 50, 50), 1), piece(Rect(40, 40, 50, 50), 2)
    document = Document(photo())
    document.add_repair(Patches.build([first, second], masked(Rect(0, 0, 200, 200))), "Repair")
    document.set_opacity(document.layers[0].id, 0.5)
    below = document.photo.pixels[50, 50].astype(float)
    assert document.view[50:51, 50:51][0, 0] == pytest.approx(np.rint((below + second[1][10, 10]) / 2), abs=0.51)


def test_a_soft_mask_blends_and_a_hard_one_does_not() -> None:
    rect = Rect(20, 20, 10, 10)
    mask = masked(rect, value=102)
    made = rect, np.full((10, 10, 3), 255, np.uint8)
    soft = Document(Photo(np.zeros((H, W, 3), np.uint8)))
    soft.add_repair(Patches.build([made], mask, soft=True), "Generated")
    assert (soft.view[rect.slices] == 102).all()
    hard = Patches.build([made], mask)
    assert hard.count == 0
    assert hard.bounds == Rect(0, 0, 0, 0)
    with pytest.raises(ValueError, match="at least one"):
        Patches.build([], mask)


def test_patches_can_leave_memory_and_come_back() -> None:
    document, store = Document(photo()), Store()
    repair(document, Rect(200, 200, 100, 60))
    before = document.view.to_array()
    patches = document.layers[0].patches
    size = patches.nbytes
    patches.unload(store)
    assert patches.nbytes == 0
    assert np.array_equal(View(document.photo.pixels, document.layers).to_array(), before)
    assert patches.nbytes == size
    again = Patches.stored(store, patches.put(store), (3, document.photo.pixels.dtype))
    layers = (replace(document.layers[0], patches=again),)
    assert np.array_equal(View(document.photo.pixels, layers).to_array(), before)


# Views


def test_without_layers_the_view_is_the_photo_itself() -> None:
    document = Document(photo())
    assert np.shares_memory(document.view.to_array(), document.photo.pixels)
    id = repair(document, Rect(5, 5, 20, 20))
    document.set_visible(id, False)
    assert np.shares_memory(document.flattened().pixels, document.photo.pixels)
    assert document.view.layers == ()


def test_a_view_stays_as_it_was_and_says_what_changed() -> None:
    document = Document(photo())
    first = document.view
    id = repair(document, Rect(250, 10, 20, 20))
    second, pixels = document.view, document.view.to_array().copy()
    document.set_opacity(id, 0.3)
    repair(document, Rect(500, 270, 20, 5))
    assert np.array_equal(first.to_array(), document.photo.pixels)
    assert np.array_equal(second.to_array(), pixels)
    assert second.changed_since(first) == [(0, 0), (0, 1)]
    assert document.view.changed_since(second) == [(0, 0), (0, 1), (1, 1), (1, 2)]
    document.undo()
    document.undo()
    assert document.view.changed_since(second) == []
    assert document.view.tile((0, 1)) is second.tile((0, 1))


def test_the_change_map_shows_exactly_what_differs() -> None:
    document = Document(photo())
    repair(document, Rect(250, 10, 20, 20))
    id = repair(document, Rect(0, 270, 100, 10), seed=2)
    for hidden in (False, True):
        document.set_visible(id, not hidden)
        different, share = document.view.changes()
        expected = (document.view.to_array() != document.photo.pixels).any(2)
        assert np.array_equal(different.to_array() == 255, expected)
        assert share == expected.mean()
    assert Document(photo()).view.changes()[1] == 0


# Documents

rects = st.tuples(st.integers(0, W - 1), st.integers(0, H - 1), st.integers(1, 200), st.integers(1, 200)).map(
    lambda r: Rect(*r).clipped(W, H)
)
which = st.integers(0, 5)
actions = st.one_of(
    st.tuples(st.just("repair"), rects, st.integers(0, 9)),
    st.tuples(st.just("visible"), which, st.booleans()),
    st.tuples(st.just("opacity"), which, st.sampled_from([0.0, 0.25, 0.5, 1.0])),
    st.tuples(st.just("delete"), which, st.none()),
    st.tuples(st.just("move"), which, st.integers(0, 5)),
    st.tuples(st.just("anew"), which, st.integers(10, 19)),
    st.tuples(st.just("undo"), st.none(), st.none()),
    st.tuples(st.just("redo"), st.none(), st.none()),
)


class Layers:
    """The plain model: a list of (rect, pixels, visible, opacity), flattened over whole arrays."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels, self.layers = pixels, []

    def flattened(self) -> np.ndarray:
        out = self.pixels.copy()
        for rect, pixels, visible, opacity in self.layers:
            if visible:
                below = out[rect.slices].astype(np.float32)
                out[rect.slices] = np.rint(below + (pixels - below) * np.float32(opacity))
        return out


@settings(max_examples=50, deadline=None)
@given(st.lists(actions, max_size=12), st.sampled_from([np.uint8, np.uint16]), st.sampled_from([0, 1 << 30]))
def test_the_view_equals_a_model_on_whole_arrays(todo: list, dtype: type, budget: int) -> None:
    document = Document(photo(dtype), budget=budget)
    model = Layers(document.photo.pixels)
    states, at = [list(model.layers)], 0
    for kind, a, b in todo:
        before = document.view.to_array()
        edit = None
        if kind in ("undo", "redo"):
            at = max(at - 1, 0) if kind == "undo" else min(at + 1, len(states) - 1)
            edit = getattr(document, kind)()
            model.layers = list(states[at])
        elif kind == "repair":
            made = piece(a, b, dtype)
            edit = document.add_repair(Patches.build([made], masked(a)), "Repair", seed=b)
            model.layers = [*model.layers, (*made, True, 1.0)]
        elif model.layers:
            i = a % len(model.layers)
            id, (rect, pixels, visible, opacity) = document.layers[i].id, model.layers[i]
            if kind == "visible":
                edit, model.layers[i] = document.set_visible(id, b), (rect, pixels, b, opacity)
            elif kind == "opacity":
                edit, model.layers[i] = document.set_opacity(id, b), (rect, pixels, visible, b)
            elif kind == "delete":
                edit = document.delete(id)
                del model.layers[i]
            elif kind == "move":
                edit = document.move(id, b)
                model.layers.insert(b, model.layers.pop(i))
            elif kind == "anew":
                made = piece(rect, b, dtype)
                edit = document.redo_repair(id, Patches.build([made], masked(rect)), model="m", seed=b)
                model.layers[i] = (*made, visible, opacity)
        if edit is not None and kind not in ("undo", "redo"):
            states[at + 1 :] = [list(model.layers)]
            at += 1
        now = document.view.to_array()
        assert np.array_equal(now, model.flattened())
        changed = (now != before).any(2)
        if edit is not None:
            changed[edit.dirty.slices] = False
        assert not changed.any()
        assert document.history.nbytes <= budget


def test_a_repair_and_the_clearing_of_its_mask_are_one_step() -> None:
    document = Document(photo())
    paint(document, 100, 100)
    painted = document.mask.to_array().copy()
    used, view = document.mask.snapshot(), document.view
    made = [piece(Rect(70, 70, 60, 60), 3)]
    edit = document.add_repair(Patches.build(made, used), "Eye", model="pyramid", seed=3, used=used)
    assert edit is not None
    assert not document.mask.to_array().any()
    assert document.mask.occupied() == []
    hole = painted >= 128
    assert np.array_equal(document.view.to_array()[~hole], document.photo.pixels[~hole])
    assert (document.layers[0].name, document.layers[0].model, document.layers[0].seed) == ("Eye", "pyramid", 3)
    document.undo()
    assert np.array_equal(document.mask.to_array(), painted)
    assert document.layers == ()
    assert document.view.changed_since(view) == []
    document.redo()
    assert not document.mask.to_array().any()
    assert len(document.layers) == 1


def test_what_was_painted_while_the_repair_ran_stays() -> None:
    document = Document(photo())
    paint(document, 100, 100)
    paint(document, 400, 200)
    used = document.mask.snapshot()
    paint(document, 130, 100)
    now = document.mask.to_array().copy()
    document.add_repair(Patches.build([piece(Rect(0, 0, W, H), 3)], used), "Repair", used=used)
    assert np.array_equal(document.mask.to_array(), np.where(now == used.to_array(), 0, now))
    assert document.mask[100:101, 140:141].item() == 255
    assert not document.mask[:, 300:].any()


def test_a_repair_made_anew_starts_from_what_lies_below() -> None:
    document = Document(photo())
    first = repair(document, Rect(10, 10, 30, 30), seed=1)
    below = document.view
    second = repair(document, Rect(20, 20, 30, 30), seed=2)
    repair(document, Rect(25, 25, 5, 5), seed=3)
    assert document.below(second).changed_since(below) == []
    assert document.below(first).layers == ()
    assert [layer.seed for layer in document.layers] == [1, 2, 3]
    with pytest.raises(KeyError):
        document.layer("none")


def test_a_document_knows_whether_it_differs_from_the_file() -> None:
    document = Document(photo())
    paint(document, 50, 50)
    assert not document.modified
    id = repair(document, Rect(10, 10, 30, 30))
    assert document.modified
    document.undo()
    assert not document.modified
    document.redo()
    document.mark_saved()
    assert not document.modified
    document.set_visible(id, False)
    assert document.modified
    document.set_visible(id, True)
    assert not document.modified


def test_every_step_is_told_once_and_nothing_is_no_step() -> None:
    document = Document(photo())
    steps: list[Step] = []
    document.on_step = steps.append
    document.undo()
    document.redo()
    document.apply(None)
    id = repair(document, Rect(10, 10, 30, 30))
    assert document.set_opacity(id, 1.0) is None
    assert document.move(id, 5) is None
    assert document.rename(id, "Corner") is not None
    document.undo()
    document.redo()
    document.mark_saved()
    assert [step.kind for step in steps] == ["edit", "edit", "undo", "redo", "saved"]
    assert document.revision == 5
    assert document.history.labels == ["Repair", "Rename repair"]
    assert document.layers[0].name == "Corner"


def test_deleted_layers_leave_memory_when_it_is_short() -> None:
    document = Document(photo(), budget=0)
    id = repair(document, Rect(10, 10, 200, 200))
    patches, before = document.layers[0].patches, document.view.to_array().copy()
    document.set_opacity(id, 0.5)
    assert patches.nbytes > 0  # it is seen
    document.delete(id)
    assert patches.nbytes == 0
    document.undo()
    document.undo()
    assert np.array_equal(document.view.to_array(), before)


def test_the_original_is_never_written() -> None:
    document = Document(photo())
    before = document.photo.pixels.copy()
    repair(document, Rect(0, 0, W, H))
    document.view.to_array()
    assert np.array_equal(document.photo.pixels, before)
