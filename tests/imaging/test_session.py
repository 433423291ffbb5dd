"""A session brings back the work, wherever the program was stopped."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest

from cnnstudio.errors import UnreadablePhoto, UnwritableTarget
from cnnstudio.imaging import safe_file, selection, session, store
from cnnstudio.imaging.brush import Brush, Stroke
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.session import (
    Session,
    create_session,
    open_session,
    recoverable,
    unpack_session,
)
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import Origin, RepairOptions, SelfCheck

H, W = 60, 300


@pytest.fixture
def source(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 65536, (H, W, 3), dtype=np.uint16)
    write_photo(tmp_path / "old photo.png", Photo(pixels))
    return tmp_path / "old photo.png"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


def begun(root: Path, source: Path | None, photo: Photo | None = None) -> tuple[Session, Document]:
    photo = photo or read_photo(source)  # type: ignore[arg-type]
    live = create_session(root, photo, source)
    document = Document(photo, live.store)
    document.on_step = live.record
    return live, document


def paint(document: Document, x: float, y: float, size: float = 20) -> None:
    stroke = Stroke(document.mask, Brush(size))
    stroke.to(x, y)
    stroke.to(x + 15, y)
    document.apply(stroke.commit())


def repair(document: Document, rect: Rect, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 65536, (rect.h, rect.w, 3), dtype=np.uint16)
    used = document.mask.snapshot()
    document.add_repair(Patches.build([(rect, pixels)], used), f"Repair {seed}", model="m", seed=seed, used=used)


WORK: list[Callable[[Document], object]] = [
    lambda d: paint(d, 30, 30),
    lambda d: paint(d, 250, 30),
    lambda d: repair(d, Rect(10, 10, 280, 45), 1),
    lambda d: d.set_opacity(d.layers[0].id, 0.5),
    lambda d: d.undo(),
    lambda d: paint(d, 100, 10),
    lambda d: d.apply(selection.grow(d.mask, 3)),
    lambda d: repair(d, Rect(80, 0, 60, 40), 2),
    lambda d: d.undo(),
    lambda d: d.undo(),
    lambda d: d.redo(),
    lambda d: d.mark_saved(),
    lambda d: d.move(d.layers[0].id, 0) or d.rename(d.layers[0].id, "Nose"),
    lambda d: d.apply(selection.invert(d.mask)),
    lambda d: d.delete(d.layers[0].id),
    lambda d: d.undo(),
]


def state(document: Document) -> dict[str, object]:
    """All that a person would miss."""
    fields = [(x.id, x.name, x.visible, x.opacity, x.model, x.seed) for x in document.layers]
    return {
        "mask": document.mask.to_array().tobytes(),
        "photo": document.view.to_array().tobytes(),
        "layers": fields,
        "labels": document.history.labels,
        "position": document.history.position,
        "modified": document.modified,
    }


def whole_history(document: Document) -> list[dict[str, object]]:
    """The state at every step that can be reached by undo and redo."""
    while document.undo():
        pass
    states = [state(document)]
    while document.redo():
        states.append(state(document))
    return states


def test_a_session_reopens_with_everything(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    for work in WORK:
        work(document)
    live.save_settings({"brush": 31.5, "name": "Großmutter"})
    expected = state(document)
    document.on_step = None
    steps = whole_history(document)
    live.close()
    again, restored = open_session(live.folder)
    assert state(restored) == expected
    assert again.settings == {"brush": 31.5, "name": "Großmutter"}
    assert again.source == source
    restored.on_step = None
    assert whole_history(restored) == steps
    again.close()


ORIGIN = Origin("3", "ab" * 32, "2026-03-01T12:00:00Z", RepairOptions(seed=5, texture=0.25, variant=5), "CPU")


def test_origin_and_check_of_a_repair_come_back(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    rect, pixels = Rect(10, 10, 20, 20), np.zeros((20, 20, 3), np.uint16)
    patches = Patches.build([(rect, pixels)], TileGrid(np.full((H, W), 255, np.uint8)))
    document.add_repair(patches, "Repair 1", model="m", seed=5, origin=ORIGIN)
    document.set_visible(document.layers[0].id, False)
    assert document.set_check(patches, SelfCheck(3.25, 35.5, 400, 3))
    document.undo()
    assert document.layers[0].check == SelfCheck(3.25, 35.5, 400, 3)
    document.undo()
    assert not document.set_check(patches, SelfCheck(4.0, 33.0, 400, 3))
    document.on_step = None
    live.close()
    again, restored = open_session(live.folder)
    assert restored.layers == ()
    restored.redo()
    (layer,) = restored.layers
    assert (layer.origin, layer.check) == (ORIGIN, SelfCheck(4.0, 33.0, 400, 3))
    restored.redo()
    assert restored.layers[0].check is not None
    again.close()


def test_a_check_makes_nothing_unsaved(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    paint(document, 20, 20)
    repair(document, Rect(10, 10, 20, 20), 1)
    document.mark_saved()
    revision = document.revision
    document.set_check(document.layers[0].patches, SelfCheck(None, None))
    assert not document.modified
    assert document.revision == revision
    live.close()


def test_what_only_a_newer_version_knows_of_a_repair_is_left_out(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    paint(document, 20, 20)
    repair(document, Rect(10, 10, 20, 20), 1)
    patches = document.layers[0].patches
    live._append(
        {"kind": "check", "patches": live._patch_refs(patches), "check": {"error": 1.0, "psnr": 40.0, "mood": "blue"}}
    )
    live._append({"kind": "check", "patches": [[9, 9, 9]] * 3, "check": {"error": 1.0, "psnr": 40.0}})
    live.close()
    again, restored = open_session(live.folder)
    assert restored.layers[0].check == SelfCheck(1.0, 40.0)
    again.close()


def test_work_goes_on_after_reopening(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    for work in WORK:
        work(document)
        expected = state(document)
        live.close()
        live, document = open_session(live.folder)
        assert state(document) == expected
        document.on_step = live.record
    assert [found.steps for found in recoverable(root)] == []  # it is open
    live.close()
    assert [found.source for found in recoverable(root)] == [source]


def test_a_journal_cut_anywhere_restores_what_was_before(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    journal = live.folder / "journal"
    states = {journal.stat().st_size: state(document)}
    for work in WORK:
        work(document)
        states[journal.stat().st_size] = state(document)
    live.close()
    whole = journal.read_bytes()
    header = min(states)
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    # Reading is tried at every byte, opening the whole document around the ends of the lines.
    for length in range(len(whole) + 1):
        records = session._records(whole[:length])
        assert [end for _, end in records] == [end for end in ends if end <= length]
    near = {end + d for end in ends for d in (-30, -1, 0, 1, 30)}
    for length in sorted(n for n in near if 0 <= n <= len(whole)):
        journal.write_bytes(whole[:length])
        if length < header:
            with pytest.raises(UnreadablePhoto, match="damaged from its start"):
                open_session(live.folder)
            assert recoverable(root) == []
            continue
        again, restored = open_session(live.folder)
        assert state(restored) == states[max(end for end in states if end <= length)]
        again.close()
        assert journal.stat().st_size == max(end for end in ends if end <= length)


def test_a_step_after_a_torn_line_is_not_lost(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    paint(document, 30, 30)
    live.close()
    with (live.folder / "journal").open("ab") as file:
        file.write(b'0123abcd {"kind":"ed')
    again, restored = open_session(live.folder)
    restored.on_step = again.record
    paint(restored, 200, 30)
    expected = state(restored)
    again.close()
    again, restored = open_session(live.folder)
    assert state(restored) == expected
    again.close()


@pytest.mark.parametrize("harm", ["cut", "changed"])
def test_pixels_missing_from_the_disk_take_back_only_the_steps_that_need_them(
    root: Path, source: Path, harm: str
) -> None:
    live, document = begun(root, source)
    sizes, states = [], []
    for work in WORK:
        work(document)
        sizes.append((live.folder / "data").stat().st_size)
        states.append(state(document))
    live.close()
    data = live.folder / "data"
    whole = data.read_bytes()
    journal = (live.folder / "journal").read_bytes()
    starts = sorted({0, *sizes} - {len(whole)})
    for start in starts:
        (live.folder / "journal").write_bytes(journal)
        at = min(start + 5, len(whole) - 1)
        data.write_bytes(whole[:at] if harm == "cut" else whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        again, restored = open_session(live.folder)
        intact = [s for size, s in zip(sizes, states, strict=True) if size <= start]
        if intact:
            assert state(restored) == intact[-1]
        else:
            assert restored.history.labels == []
        again.close()


KILLED = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
import test_session as t
live, document = t.begun(Path(sys.argv[1]), Path(sys.argv[2]))
for i in range(10_000):
    t.paint(document, 5 + 7 * i % 290, 5 + 11 * i % 50, 6)
    print(i + 1, flush=True)
"""


def test_killed_at_any_moment_at_most_the_stroke_in_hand_is_lost(root: Path, source: Path) -> None:
    for strokes in (1, 7, 23):
        command = [sys.executable, "-c", KILLED, str(root), str(source), str(Path(__file__).parent), *sys.path]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            seen = [int(child.stdout.readline()) for _ in range(strokes)]
            assert recoverable(root) == []
            child.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
            done = [*seen, *map(int, child.stdout.read().split())][-1]
        (found,) = recoverable(root)
        again, restored = open_session(found.folder)
        assert done <= len(restored.history.labels) <= done + 1
        assert restored.mask.to_array().any()
        again.discard()
    assert list(root.iterdir()) == []


def test_a_session_is_open_once(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    paint(document, 30, 30)
    with pytest.raises(UnreadablePhoto, match="already open"):
        open_session(live.folder)
    assert recoverable(root) == []
    live.close()
    (found,) = recoverable(root)
    assert (found.folder, found.source, found.steps) == (live.folder, source, 1)
    open_session(live.folder)[0].discard()
    assert recoverable(root) == []
    assert recoverable(root / "missing") == []


def test_sessions_without_work_are_not_offered(root: Path, source: Path) -> None:
    live, _ = begun(root, source)
    live.close()
    assert recoverable(root) == []


def test_a_moved_photo_is_found_where_one_says(root: Path, source: Path, tmp_path: Path) -> None:
    live, document = begun(root, source)
    paint(document, 30, 30)
    expected = state(document)
    live.close()
    elsewhere = source.rename(tmp_path / "moved.png")
    with pytest.raises(UnreadablePhoto, match=r"“old photo\.png” of this session has been moved, deleted or changed"):
        open_session(live.folder)
    for _ in range(2):
        again, restored = open_session(live.folder, elsewhere)
        assert state(restored) == expected
        again.close()
        again, restored = open_session(live.folder)
        assert again.source == elsewhere
        again.close()
    write_photo(elsewhere, Photo(np.zeros((H, W, 3), np.uint8)), overwrite=True)
    with pytest.raises(UnreadablePhoto, match="changed"):
        open_session(live.folder)


def test_a_photo_from_no_file_is_kept_in_the_session(root: Path) -> None:
    photo = Photo(np.random.default_rng(1).integers(0, 65536, (H, W, 4), dtype=np.uint16))
    live, document = begun(root, None, photo)
    paint(document, 30, 30)
    live.close()
    (found,) = recoverable(root)
    assert found.source is None
    again, restored = open_session(found.folder)
    assert np.array_equal(restored.photo.pixels, photo.pixels)
    assert state(restored) == state(document)
    again.close()


@pytest.mark.parametrize("changed_before", [False, True])
def test_a_photo_can_be_overwritten_once_the_session_has_a_copy(root: Path, source: Path, changed_before: bool) -> None:
    live, document = begun(root, source)
    paint(document, 150, 30)
    repair(document, Rect(100, 0, 100, 60), 1)
    (live.folder / "photo.tif").write_bytes(b"half a copy: the program was killed")
    if changed_before:
        source.write_bytes(b"another program was here")
    live.keep_photo(document.photo)
    live.keep_photo(document.photo)
    write_photo(source, document.flattened(), overwrite=True)
    expected = state(document)
    live.close()
    again, restored = open_session(live.folder)
    assert state(restored) == expected
    again.close()


def test_a_session_file_holds_all_and_opens_anywhere(root: Path, source: Path, tmp_path: Path) -> None:
    live, document = begun(root, source)
    for work in WORK:
        work(document)
    expected = state(document)
    live.save_as(tmp_path / "work.cnnstudio", document.photo)
    with pytest.raises(UnwritableTarget, match="already exists"):
        live.save_as(tmp_path / "work.cnnstudio", document.photo)
    live.save_as(tmp_path / "work.cnnstudio", document.photo, overwrite=True)
    live.discard()
    source.unlink()
    folder = unpack_session(tmp_path / "work.cnnstudio", tmp_path / "elsewhere")
    again, restored = open_session(folder)
    assert state(restored) == expected
    again.close()


def test_paths_in_a_session_from_elsewhere_are_never_looked_at(
    root: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, document = begun(root, source)
    live.save_settings({"name": "old.png", "path": str(source)})
    live.save_as(tmp_path / "work.cnnstudio", document.photo)
    live.discard()
    looked_at: list[str] = []
    for name in ("stat", "lstat", "open"):
        call = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda path, *args, call=call, **kw: looked_at.append(str(path)) or call(path, *args, **kw)
        )
    folder = unpack_session(tmp_path / "work.cnnstudio", tmp_path / "elsewhere")
    again, _ = open_session(folder, foreign=True)
    assert (again.source, again.settings) == (None, {"name": "old.png"})
    again.close()
    again, _ = open_session(folder)  # as after a crash
    assert (again.source, again.settings) == (None, {"name": "old.png"})
    again.close()
    assert looked_at
    assert str(source) not in looked_at
    # Without its photo there is nothing to open: the path would be the only way to one.
    next(folder.glob("photo.*")).unlink()
    with pytest.raises(UnreadablePhoto, match="The photo of this session"):
        open_session(folder, foreign=True)
    assert str(source) not in looked_at


def test_files_that_are_no_sessions(root: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no session")
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("../../journal", "out of the folder")
        archive.writestr("photo.png/../../x", "and this")
    for name in ("text", "zip", "missing"):
        with pytest.raises(UnreadablePhoto, match="no session"):
            unpack_session(tmp_path / name, root)
    with pytest.raises(UnreadablePhoto, match="no session"):
        open_session(tmp_path)
    assert not root.exists() or list(root.iterdir()) == []


@pytest.mark.parametrize("record", [{"kind": "edit"}, {"kind": "edit", "tiles": [[9, 9, None]], "layers": 3}, {}, []])
def test_sound_lines_that_make_no_sense_are_told(root: Path, source: Path, record: Any) -> None:
    live, _ = begun(root, source)
    live._append(record)
    live.close()
    recoverable(root)
    with pytest.raises(UnreadablePhoto, match="damaged"):
        open_session(live.folder)


@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 100_000,
        b'{"kind":"settings","settings":[]}',
        b'{"kind":"edit","label":5,"dirty":[0,0,1,1],"tiles":[],"layers":null}',
        b'{"kind":"edit","label":"","dirty":[0,0,1.5,1],"tiles":[],"layers":null}',
        b'{"kind":"edit","label":"","dirty":[0,0,1,1],"tiles":[["a",0,null]],"layers":null}',
    ],
)
def test_sound_lines_of_strange_values_are_told(root: Path, source: Path, payload: bytes) -> None:
    live, _ = begun(root, source)
    live._journal.write(b"%08x %s\n" % (zlib.crc32(payload), payload))
    live.close()
    recoverable(root)
    with pytest.raises(UnreadablePhoto, match="damaged"):
        open_session(live.folder)


@pytest.mark.parametrize(
    "change", [{"opacity": 7}, {"name": None}, {"name": "\ud800"}, {"visible": "no"}, {"patches": []}]
)
def test_strange_layers_are_told(root: Path, source: Path, change: dict[str, Any]) -> None:
    live, document = begun(root, source)
    paint(document, 30, 30)
    repair(document, Rect(10, 10, 60, 45), 1)
    record = json.loads((live.folder / "journal").read_bytes().splitlines()[-1].partition(b" ")[2])
    record["layers"][0] |= change
    live._append(record)
    live.close()
    with pytest.raises(UnreadablePhoto, match="damaged"):
        open_session(live.folder)


def test_tiles_of_another_size_are_told_when_they_are_undone(root: Path, source: Path) -> None:
    live, document = begun(root, source)
    wrong = live.store.put(np.zeros((3, 3), np.uint8))
    for tile in (wrong, None):
        live._append({"kind": "edit", "label": "", "dirty": [0, 0, 9, 9], "tiles": [[0, 0, tile]], "layers": None})
    live.close()
    again, document = open_session(live.folder)
    with pytest.raises(UnreadablePhoto, match="damaged"):
        document.undo()
    again.close()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_a_device_is_no_photo_of_a_session(root: Path, source: Path) -> None:
    live, _ = begun(root, source)
    live._append({"kind": "moved", "source": "/dev/zero"})
    live.close()
    with pytest.raises(UnreadablePhoto, match="moved, deleted or changed"):
        open_session(live.folder)


def test_an_array_that_claims_gigabytes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_BYTES", 5000)
    pixels = store.Store()
    few, many = pixels.put(np.zeros(4000, np.uint8)), pixels.put(np.zeros(5000, np.uint8))
    assert pixels.get(few).shape == (4000,)
    with pytest.raises(UnreadablePhoto, match="damaged"):
        pixels.get(many)


@pytest.mark.parametrize("kind", ["|O", [("a", "<f4"), ("b", "|O")]])
def test_an_array_that_claims_to_hold_objects_is_told(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    def claim(file: BinaryIO, array: np.ndarray, **_: object) -> None:
        np.lib.format.write_array_header_1_0(file, {"descr": kind, "fortran_order": False, "shape": (1,)})
        file.write(array.tobytes())

    pixels = store.Store()
    with monkeypatch.context() as patch:
        patch.setattr(store.np, "save", claim)
        wrong = pixels.put(np.zeros(16, np.uint8))
    with pytest.raises(UnreadablePhoto, match="damaged"):
        pixels.get(wrong)


def test_a_session_file_that_unpacks_to_more_than_it_is_is_refused(root: Path, source: Path, tmp_path: Path) -> None:
    live, document = begun(root, source)
    live.save_as(tmp_path / "sound", document.photo)
    live.close()
    with zipfile.ZipFile(tmp_path / "sound") as sound, zipfile.ZipFile(tmp_path / "bomb", "w") as bomb:
        for name in sound.namelist():
            bomb.writestr(name, sound.read(name) if name != "data" else bytes(1 << 24), zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(tmp_path / "shared", "w") as archive:
        archive.writestr("journal", b"x" * 5000)
        for number in range(9):
            entry = copy(archive.getinfo("journal"))
            entry.filename = f"photo.{number}"
            archive.filelist.append(entry)
    before = set(root.iterdir())
    for name in ("bomb", "shared"):
        with pytest.raises(UnreadablePhoto, match="no session file"):
            unpack_session(tmp_path / name, root)
    assert set(root.iterdir()) == before


def test_a_session_file_cut_anywhere_is_refused(root: Path, source: Path, tmp_path: Path) -> None:
    live, document = begun(root, source)
    live.save_as(tmp_path / "whole", document.photo)
    live.close()
    data = (tmp_path / "whole").read_bytes()
    for cut in (10, 100, len(data) // 2, len(data) - 5):
        for part in (data[:cut], data[cut:]):  # of the latter the list of what it holds is there, but not all of that
            (tmp_path / "cut").write_bytes(part)
            with pytest.raises(UnreadablePhoto, match="no session file"):
                unpack_session(tmp_path / "cut", root)


def test_a_newer_session_is_told(root: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(session, "_VERSION", 99)
        live, _ = begun(root, source)
        live.close()
    with pytest.raises(UnreadablePhoto, match="newer version"):
        open_session(live.folder)


def test_a_full_disk_is_told_and_made_up_for_once_there_is_room(
    root: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, document = begun(root, source)
    document.on_step = None
    steps = []
    document.on_step = steps.append
    for work in WORK[:4]:
        work(document)
    live.record(steps[0])
    good = (live.folder / "journal").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(session.os, "fsync", full)
        for step in steps[1:3]:
            with pytest.raises(UnwritableTarget, match="No space left"):
                live.record(step)
    assert (live.folder / "journal").read_bytes() == good
    live.record(steps[3])
    live.close()
    again, restored = open_session(live.folder)
    assert state(restored) == state(document)
    again.close()


def test_a_session_that_is_just_being_unpacked_is_not_offered_back(root: Path, source: Path, tmp_path: Path) -> None:
    live, document = begun(root, source)
    WORK[0](document)
    live.close()
    assert len(recoverable(root)) == 1
    live.folder.rename(root / ".cnnstudio-0123456789abcdef.part")
    assert recoverable(root) == []


def test_a_full_disk_does_not_make_a_session_look_damaged(
    root: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, document = begun(root, source)
    WORK[0](document)
    live.close()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(session.filelock.FileLock, "acquire", full)
        with pytest.raises(UnwritableTarget, match="No space left"):
            open_session(live.folder)
    with monkeypatch.context() as patch:
        patch.setattr(session.os, "fsync", full)
        with pytest.raises(UnwritableTarget, match="No space left"):
            open_session(live.folder, source)
    again, restored = open_session(live.folder, source)
    assert state(restored) == state(document)
    again.close()


def test_an_unpacked_session_is_on_the_disk_before_it_has_its_name(
    root: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, document = begun(root, source)
    WORK[0](document)
    live.save_as(tmp_path / "work.cnnstudio", document.photo)
    live.close()
    monkeypatch.setattr(safe_file.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    with pytest.raises(UnwritableTarget, match="No space left"):
        unpack_session(tmp_path / "work.cnnstudio", tmp_path / "elsewhere")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_session_that_cannot_begin_leaves_nothing(root: Path, source: Path, tmp_path: Path) -> None:
    with pytest.raises(UnwritableTarget):
        create_session(root, read_photo(source), tmp_path / "missing.png")
    assert list(root.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableTarget):
        create_session(tmp_path / "file", read_photo(source), source)
    shutil.rmtree(root)
