"""The lane of files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from cnnstudio.jobs import CallJob, DraftJob, LoadJob, Progress, RepairJob, SaveJob
from cnnstudio.runtime.io_lane import IoLane, run_io_job
from tests.runtime.recorder import Gate, Recorder, returns

PIXELS = np.arange(30 * 40 * 3, dtype=np.uint32).reshape(30, 40, 3).astype(np.uint8)


@pytest.fixture
def lane() -> Iterator[IoLane]:
    lane = IoLane()
    yield lane
    assert lane.close()


def photo_file(folder: Path, name: str) -> Path:
    Image.fromarray(PIXELS).save(folder / name)
    return folder / name


def test_a_jpeg_is_shown_as_a_draft_first(tmp_path: Path) -> None:
    previews: list[tuple[Rect, np.ndarray]] = []
    progress = Progress(on_preview=lambda rect, pixels: previews.append((rect, pixels)))
    photo = run_io_job(LoadJob(photo_file(tmp_path, "a.jpg"), draft_side=20), progress)
    assert isinstance(photo, Photo)
    assert photo.pixels.shape == (30, 40, 3)
    ((rect, draft),) = previews
    assert rect == Rect(0, 0, 20, 15)
    assert draft.shape == (15, 20, 3)


def test_other_formats_are_not_read_twice(tmp_path: Path) -> None:
    previews: list[Rect] = []
    progress = Progress(on_preview=lambda rect, _pixels: previews.append(rect))
    photo = run_io_job(LoadJob(photo_file(tmp_path, "a.png")), progress)
    assert isinstance(photo, Photo)
    assert np.array_equal(photo.pixels, PIXELS)
    assert previews == []


def test_a_draft_alone(tmp_path: Path) -> None:
    draft = run_io_job(DraftJob(photo_file(tmp_path, "a.png"), 8), Progress())
    assert isinstance(draft, np.ndarray)
    assert draft.shape == (6, 8, 3)


def test_saving_takes_a_snapshot_and_its_metadata(tmp_path: Path) -> None:
    class Snapshot:
        def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
            return PIXELS.astype(np.uint16)

    path = tmp_path / "a.tif"
    assert run_io_job(SaveJob(path, Snapshot(), Metadata(dpi=(300.0, 300.0))), Progress()) == path
    saved = read_photo(path)
    assert np.array_equal(saved.pixels, PIXELS)
    assert saved.pixels.dtype == np.uint16
    assert saved.metadata.dpi == (300.0, 300.0)


def test_other_jobs(tmp_path: Path) -> None:
    assert run_io_job(returns(3), Progress()) == 3
    with pytest.raises(TypeError, match="RepairJob"):
        run_io_job(RepairJob(PIXELS, PIXELS, None), Progress())  # type: ignore[arg-type]


def test_saves_go_before_photos_and_photos_before_drafts(lane: IoLane, qtbot: QtBot, tmp_path: Path) -> None:
    record = Recorder(lane, qtbot)
    path, gate = photo_file(tmp_path, "a.png"), Gate()
    first = lane.submit(CallJob(gate)).id
    draft, load = lane.submit(DraftJob(path, 8)).id, lane.submit(LoadJob(path)).id
    save = lane.submit(SaveJob(tmp_path / "b.png", PIXELS, Metadata())).id
    assert lane.waiting == (save, load, draft)
    gate.open.set()
    record.wait_for_end(first, draft, load, save)
    assert [event[1] for event in record.of("finished")] == [first, save, load, draft]


def test_what_cannot_be_read_or_written_is_told(lane: IoLane, qtbot: QtBot, tmp_path: Path) -> None:
    record = Recorder(lane, qtbot)
    path = photo_file(tmp_path, "a.png")
    ids = [lane.submit(LoadJob(tmp_path / "none.jpg")).id, lane.submit(SaveJob(path, PIXELS, Metadata())).id]
    record.wait_for_end(*ids)
    failures = {event[1]: event[2] for event in record.of("failed")}
    assert [failures[id].kind for id in ids] == ["UnreadablePhoto", "UnwritableTarget"]
    assert failures[ids[0]].message == "“none.jpg” does not exist."


def test_closing_writes_the_saves_that_wait(lane: IoLane, qtbot: QtBot, tmp_path: Path) -> None:
    record = Recorder(lane, qtbot)
    source = photo_file(tmp_path, "a.png")
    gate = Gate()
    busy, load = lane.submit(CallJob(gate)).id, lane.submit(LoadJob(source)).id
    saves = [lane.submit(SaveJob(tmp_path / f"{i}.png", PIXELS, Metadata())).id for i in range(3)]
    assert lane.close()
    assert record.ends(busy) == record.ends(load) == ["cancelled"]
    assert [event[1] for event in record.of("finished")] == saves
    for i in range(3):
        assert np.array_equal(read_photo(tmp_path / f"{i}.png").pixels, PIXELS)
