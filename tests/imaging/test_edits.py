"""Histories keep every step, within their memory; stores give back what was put."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.errors import UnreadablePhoto
from cnnstudio.imaging.edits import Edit, History, mask_edit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.store import Ref, Store
from cnnstudio.imaging.tiles import TileGrid

SIDE = 512
TILE_BYTES = 256 * 256


class Mask:
    """A mask with a history and nothing else."""

    def __init__(self, budget: int) -> None:
        self.grid = TileGrid.empty((SIDE, SIDE))
        self.store = Store()
        self.history = History(self.store, budget)

    def swap(self, edit: Edit) -> Edit:
        tiles = {key: self.store.get(tile) if isinstance(tile, Ref) else tile for key, tile in edit.tiles.items()}
        return Edit(edit.label, edit.dirty, self.grid.swap(tiles))

    def paint(self, rect: Rect, value: int) -> None:
        painted = self.grid.snapshot()
        painted.write(rect, np.full((rect.h, rect.w), value, np.uint8))
        edit = mask_edit("Paint", self.grid, {key: painted.own(key) for key in painted.keys(rect)})
        if edit is not None:
            self.history.push(self.swap(edit))


actions = st.one_of(
    st.sampled_from(["undo", "redo"]),
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 12), st.integers(1, 12), st.integers(0, 255)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(actions, max_size=25), st.sampled_from([0, 2 * TILE_BYTES, 1 << 30]))
def test_undo_and_redo_follow_a_list_of_whole_copies(todo: list, budget: int) -> None:
    mask = Mask(budget)
    states, at = [mask.grid.to_array().copy()], 0
    for action in todo:
        if action == "undo":
            assert (mask.history.undo(mask.swap) is None) == (at == 0)
            at = max(at - 1, 0)
        elif action == "redo":
            assert (mask.history.redo(mask.swap) is None) == (at == len(states) - 1)
            at = min(at + 1, len(states) - 1)
        else:
            *edges, value = action
            new = states[at].copy()
            new[Rect(*edges).slices] = value
            mask.paint(Rect(*edges), value)
            if not np.array_equal(new, states[at]):
                states[at + 1 :] = [new]
                at += 1
        assert np.array_equal(mask.grid.to_array(), states[at])
        assert mask.history.position == at
        assert len(mask.history.labels) == len(states) - 1
        assert mask.history.nbytes <= budget
        assert mask.history.nbytes == sum(edit.nbytes for edit in mask.history._edits)


def test_what_is_furthest_away_goes_to_disk_first() -> None:
    mask = Mask(budget=3 * TILE_BYTES)
    for value in range(1, 9):
        mask.paint(Rect(0, 0, 5, 5), value)
    assert mask.history.nbytes == 3 * TILE_BYTES
    where = [isinstance(edit.tiles[0, 0], Ref) for edit in mask.history._edits]
    assert where == [False] + [True] * 4 + [False] * 3  # the first took back to an empty tile, which is free
    for value in range(7, 0, -1):
        mask.history.undo(mask.swap)
        assert mask.grid[:5, :5].min() == value


def test_a_full_disk_costs_memory_and_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "put", full)
    mask = Mask(budget=0)
    for value in (1, 2, 3):
        mask.paint(Rect(0, 0, 5, 5), value)
    assert mask.history.nbytes == 2 * TILE_BYTES
    mask.history.undo(mask.swap)
    assert mask.grid[:5, :5].min() == 2


def test_spilled_pixels_that_are_damaged_are_reported_and_nothing_changes(tmp_path: Path) -> None:
    mask = Mask(budget=0)
    mask.store = Store(tmp_path / "data")
    mask.history = History(mask.store, 0)
    mask.paint(Rect(0, 0, 5, 5), 1)
    mask.paint(Rect(0, 0, 5, 5), 2)
    (tmp_path / "data").write_bytes(b"")
    mask.grid = TileGrid(mask.grid.background, {key: mask.grid.tile(key).copy() for key in mask.grid.occupied()})
    with pytest.raises(UnreadablePhoto, match="damaged"):
        mask.history.undo(mask.swap)
    assert mask.history.position == 2
    assert mask.grid[:5, :5].min() == 2


def test_an_edit_is_only_what_changes() -> None:
    grid = TileGrid.empty((SIDE, SIDE))
    tile = np.zeros((256, 256), np.uint8)
    assert mask_edit("Nothing", grid, {(0, 0): tile, (0, 1): None}) is None
    tile[10, 20:30] = 255
    edit = mask_edit("Something", grid, {(1, 1): tile, (0, 0): np.zeros((256, 256), np.uint8)})
    assert edit is not None
    assert edit.tiles.keys() == {(1, 1)}
    assert edit.dirty == Rect(276, 266, 10, 1)


def test_a_store_gives_back_every_kind_of_array(tmp_path: Path) -> None:
    arrays = [
        np.random.default_rng(0).integers(0, 65536, (7, 5, 3), dtype=np.uint16),
        np.broadcast_to(np.uint8(3), (256, 256)),
        np.zeros((0, 3), np.uint8),
        np.arange(20, dtype=np.int64).reshape(4, 5).T,
    ]
    store = Store(tmp_path / "data")
    refs = [store.put(array) for array in arrays]
    store.close()
    again = Store(tmp_path / "data")
    for array, ref in zip(arrays, refs, strict=True):
        got = again.get(ref)
        assert np.array_equal(got, array)
        assert got.dtype == array.dtype
        assert not got.flags.writeable
        assert again.holds(ref)
    assert again.put(np.ones(3)).offset == refs[-1].offset + refs[-1].length
    again.close()


def test_a_store_writes_an_array_once_as_long_as_it_lives(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    array = np.arange(1000)
    ref = store.put(array)
    assert store.put(array) == ref
    assert store.get(ref) is array
    size = (tmp_path / "data").stat().st_size
    del array
    got = store.get(ref)
    assert store.put(got) == ref
    assert store.get(ref) is got
    assert (tmp_path / "data").stat().st_size == size
    for _ in range(50):  # arrays that come and go at the same place in memory
        assert store.get(store.put(np.full(1000, _)))[0] == _
    store.close()


def test_a_store_notices_what_is_missing_or_changed(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    ref = store.put(np.arange(1000))
    for wrong in (ref._replace(length=ref.length + 1), ref._replace(offset=-1), ref._replace(crc=ref.crc ^ 1)):
        assert not store.holds(wrong)
        with pytest.raises(UnreadablePhoto):
            store.get(wrong)
    store.close()
