"""The pixels of layers: in chunks, from bands, on disk and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.errors import UnreadablePhoto
from cnnstudio.imaging import layers
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, Patches, View
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.session import create_session, open_session
from cnnstudio.imaging.store import Store
from cnnstudio.imaging.tiles import TILE, TileGrid
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import Origin, RestoreOptions


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of about two tiles, of which two stay in memory."""
    monkeypatch.setattr(layers, "_CHUNK_PIXELS", 2 * TILE * TILE)
    monkeypatch.setattr(layers, "_KEPT_CHUNKS", 2)


def picture(height: int = 900, width: int = 700, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (height, width, 3)).astype(dtype)


def bands(pixels: np.ndarray, rows: int = TILE) -> Iterator[tuple[Rect, np.ndarray]]:
    height, width = pixels.shape[:2]
    for top in range(0, height, rows):
        rect = Rect.from_edges(0, top, width, min(top + rows, height))
        yield rect, pixels[rect.slices]


def layout(pixels: np.ndarray) -> tuple[int, np.dtype]:
    return pixels.shape[2], pixels.dtype


def seen(patches: Patches, over: np.ndarray) -> np.ndarray:
    return View(over, (Layer("1", "One", patches),)).to_array()


@pytest.mark.parametrize("rows", [TILE, 3 * TILE, 10 * TILE])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.usefixtures("small_chunks")
def test_bands_become_a_layer_that_covers_everything(rows: int, dtype: type) -> None:
    pixels = picture(dtype=dtype)
    patches = Patches.covering(bands(pixels, rows))
    assert (patches.bounds, patches.count) == (Rect(0, 0, 700, 900), 900 * 700)
    assert len(patches.tiles) == 12
    assert np.array_equal(seen(patches, np.zeros_like(pixels)), pixels)
    assert patches.nbytes == pixels.nbytes  # how much of each pixel shows takes nothing: all of it does
    assert (patches.mask(900, 700).to_array() == 255).all()


def test_a_layer_that_covers_everything_is_blended_as_any_other() -> None:
    pixels, over = picture(dtype=np.uint16, seed=1), picture(dtype=np.uint16, seed=2)
    mask = TileGrid(np.full(pixels.shape[:2], 255, np.uint8))
    bitten = np.full(pixels.shape[:2], 255, np.uint8)
    bitten[::TILE, ::TILE] = 0
    for opacity in (1.0, 0.3):
        shown = [
            View(over, (Layer("1", "One", patches, opacity=opacity),)).to_array()
            for patches in (
                Patches.covering(bands(pixels)),
                Patches.build([(Rect(0, 0, 700, 900), pixels)], mask),
                Patches.build([(Rect(0, 0, 700, 900), pixels)], TileGrid(bitten)),
            )
        ]
        assert np.array_equal(shown[0], shown[1])
        assert np.array_equal(shown[0][bitten > 0], shown[2][bitten > 0])


def test_no_bands_are_no_layer() -> None:
    with pytest.raises(ValueError, match="at least one piece"):
        Patches.covering([])


@pytest.mark.usefixtures("small_chunks")
def test_a_large_layer_goes_to_disk_while_it_is_made_and_little_of_it_comes_back_at_a_time() -> None:
    pixels, store = picture(), Store()
    most = 0
    patches = Patches.covering(bands(pixels), store)
    assert patches.nbytes == 0
    for key in patches.tiles:
        rect, alpha, colours = patches.patch(key)
        assert (alpha == 255).all()
        assert np.array_equal(colours.reshape(rect.h, rect.w, 3), pixels[rect.slices])
        most = max(most, patches.nbytes)
    assert 0 < most <= 2 * 3 * TILE * TILE * 3
    assert np.array_equal(seen(patches, np.zeros_like(pixels)), pixels)


def test_a_small_layer_stays_in_memory_until_it_is_told() -> None:
    pixels, store = picture(300, 300), Store()
    patches = Patches.covering(bands(pixels), store)
    assert patches.nbytes == pixels.nbytes
    patches.unload(store)
    assert patches.nbytes == 0
    assert np.array_equal(seen(patches, np.zeros_like(pixels)), pixels)
    assert patches.nbytes == pixels.nbytes


@pytest.mark.usefixtures("small_chunks")
def test_parts_of_many_tiles_are_split_and_joined_as_well() -> None:
    pixels, over = picture(seed=1), picture(seed=2)
    mask = np.random.default_rng(3).integers(0, 256, pixels.shape[:2], np.uint8)
    mask[:TILE, :TILE] = 0
    for soft in (False, True):
        patches = Patches.build([(Rect(0, 0, 700, 900), pixels)], TileGrid(mask), soft=soft)
        before = seen(patches, over)
        store = Store()
        refs = patches.put(store)
        assert len(refs) > 5
        again = Patches.stored(store, refs, layout(pixels))
        assert (again.bounds, again.count, again.tiles) == (patches.bounds, patches.count, patches.tiles)
        assert np.array_equal(seen(again, over), before)
        shown = mask >= (1 if soft else 128)
        assert np.array_equal(before[~shown], over[~shown])
        if not soft:
            assert np.array_equal(before[shown], pixels[shown])


def test_layers_stored_as_one_chunk_are_read_at_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels, store = picture(), Store()
    refs = Patches.covering(bands(pixels)).put(store)
    assert len(refs) == 3
    monkeypatch.setattr(layers, "_CHUNK_PIXELS", TILE * TILE)
    assert np.array_equal(seen(Patches.stored(store, refs, layout(pixels)), np.zeros_like(pixels)), pixels)
    with pytest.raises(ValueError, match="chunks"):
        Patches.stored(store, (*refs, *refs[1:]), layout(pixels))


def spoilt(store: Store, pixels: np.ndarray, part: int, change: Callable[[np.ndarray], np.ndarray]) -> Patches:
    """A layer of which one array (0 the index, 1 alpha, 2 colours) has been replaced."""
    mask = np.zeros(pixels.shape[:2], np.uint8)
    mask[100:300, 200:280] = 200
    patches = Patches.build([(Rect(0, 0, *mask.shape[::-1]), pixels)], TileGrid(mask), soft=True)
    refs = list(patches.put(store))
    refs[part] = store.put(change(store.get(refs[part]).copy()))
    return Patches.stored(store, tuple(refs), layout(pixels))


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index[:, :4],
        lambda index: index.astype(float),
        lambda index: index - [0, 0, -200, 0, 0],
        lambda index: index - [300, 0, 0, 0, 0],
        lambda index: index * [1, 1, 1, 1, 99],
        lambda index: index * [1, 1, 1, -1, 1],
    ],
)
def test_an_index_that_reaches_beyond_its_tiles_is_refused(change: Callable[[np.ndarray], np.ndarray]) -> None:
    with pytest.raises(ValueError, match="patch"):
        spoilt(Store(), picture(), 0, change)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (1, lambda alpha: alpha[1:]),
        (1, lambda alpha: alpha.astype(np.uint16)),
        (1, lambda alpha: np.where(np.arange(len(alpha)) == 7, 0, alpha).astype(np.uint8)),
        (2, lambda colours: colours[1:]),
        (2, lambda colours: colours[:, :1]),
        (2, lambda colours: colours.astype(float)),
    ],
)
def test_pixels_that_do_not_fit_their_index_are_told(part: int, change: Callable[[np.ndarray], np.ndarray]) -> None:
    store, pixels = Store(), picture()
    patches = spoilt(store, pixels, part, change)
    with pytest.raises(UnreadablePhoto, match="damaged"):
        seen(patches, pixels)


@pytest.mark.usefixtures("small_chunks")
def test_a_layer_of_many_chunks_survives_in_a_session(tmp_path: Path) -> None:
    photo = Photo(picture(seed=4))
    restored = picture(seed=5)
    session = create_session(tmp_path, photo)
    document = Document(photo, session.store)
    document.on_step = session.record
    document.add_repair(Patches.covering(bands(restored), session.store), "Restoration")
    document.undo()
    document.redo()
    session.close()
    reopened, again = open_session(session.folder)
    assert again.layers[0].patches.nbytes == 0
    assert np.array_equal(again.view.to_array(), restored)
    again.undo()
    assert np.array_equal(again.view.to_array(), photo.pixels)
    reopened.close()


@pytest.mark.parametrize("wrong", [{"denoise": 1e9}, {"denoise": "much"}, {"keep_grain": float("nan")}, {"tone": 3}])
def test_a_session_whose_restoration_makes_no_sense_is_damaged(wrong: dict[str, object], tmp_path: Path) -> None:
    session = create_session(tmp_path, Photo(picture(300, 300)))
    options = {"denoise": 1.0, "deblock": 0.0, "sharpen": 0.0, "keep_grain": 0.0, "tone": None} | wrong
    origin = {"version": "", "sha256": "", "when": "", "device": "", "options": options}
    refs = Patches.covering(bands(picture(300, 300))).put(session.store)
    layer = {"id": "1", "name": "One", "patches": refs, "origin": origin}
    session._append({"kind": "edit", "label": "", "dirty": [0, 0, 1, 1], "tiles": [], "layers": [layer]})
    session.close()
    with pytest.raises(UnreadablePhoto, match="is damaged"):
        open_session(session.folder)


def test_a_session_whose_layers_are_no_patches_is_damaged(tmp_path: Path) -> None:
    for shape in (None, (3,), (4, 4)):
        session = create_session(tmp_path / str(shape), Photo(picture(300, 300)))
        refs = [] if shape is None else [session.store.put(np.zeros(shape, np.int64)) for _ in range(3)]
        layer = {"id": "1", "name": "One", "patches": refs}
        session._append({"kind": "edit", "label": "", "dirty": [0, 0, 1, 1], "tiles": [], "layers": [layer]})
        session.close()
        with pytest.raises(UnreadablePhoto, match="is damaged"):
            open_session(session.folder)


def test_how_a_photo_was_restored_is_kept_in_its_session(tmp_path: Path) -> None:
    photo, options = Photo(picture(300, 300)), RestoreOptions(12, 0, 3, 40, Tone(10, -5, 2, 7))
    session = create_session(tmp_path, photo)
    document = Document(photo, session.store)
    document.on_step = session.record
    origin = Origin("4", "abc", "2026-01-01T00:00:00Z", options, "CPU")
    document.add_repair(Patches.covering(bands(picture(300, 300))), "Restoration", model="restore", origin=origin)
    session.close()
    reopened, again = open_session(session.folder)
    assert again.layers[0].origin == origin
    assert again.layers[0].restored == options
    assert Layer("1", "Repair", again.layers[0].patches).restored is None
    reopened.close()
