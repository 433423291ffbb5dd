"""The engine's lane restores photos: whole ones as a layer, parts of them to be seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnnstudio.errors import Cancelled
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, View
from cnnstudio.imaging.store import Store
from cnnstudio.imaging.tone import Tone, apply
from cnnstudio.jobs import (
    MeasureJob,
    Progress,
    Restored,
    RestoreJob,
    RestoreOptions,
    RestorePreviewJob,
)
from cnnstudio.runtime.engine_lane import EngineJobs
from tests.engine.test_weights import card_of

pytestmark = pytest.mark.usefixtures("one_thread")

PHOTO = np.random.default_rng(0).integers(0, 256, (300, 340, 3)).astype(np.uint8)
TONE = Tone(fading=20, yellowing=10)


def test_a_photo_becomes_a_layer() -> None:
    done = EngineJobs()(RestoreJob(View(PHOTO), None, RestoreOptions(0, 0, 0, 0, TONE), store=Store()), Progress())
    assert isinstance(done, Restored)
    shown = View(PHOTO, (Layer("1", "Restoration", done.patches),)).to_array()
    assert np.array_equal(shown, apply(PHOTO, TONE))
    assert done.result.options.tone == TONE
    assert done.result.device.startswith("CPU")


def test_a_part_is_toned_at_once_and_then_all_is_done_to_it(tmp_path: Path) -> None:
    card = card_of(tmp_path, "restorer", "restore", widths=[8, 16], depths=[1, 1])  # untrained, it changes nothing
    part, options = Rect(30, 40, 200, 150), RestoreOptions(10, 0, 0, 0, TONE)
    shown: list[tuple[Rect, np.ndarray]] = []
    progress = Progress(on_preview=lambda rect, pixels: shown.append((rect, pixels)))
    job = RestorePreviewJob(PHOTO, part, card, options, "cpu")
    ((rect, pixels),) = EngineJobs()(job, progress)  # type: ignore[misc, attr-defined]
    assert (rect, pixels is shown[1][1]) == (part, True)
    assert [rect for rect, _ in shown] == [part, part]
    toned = apply(PHOTO[part.slices], TONE)
    assert np.array_equal(shown[0][1], toned)
    assert np.abs(shown[1][1].astype(int) - toned).max() <= 1
    assert job.slot is not None


def test_curves_alone_ask_for_no_model(tmp_path: Path) -> None:
    card = card_of(tmp_path, "restorer", "restore", widths=[8, 16], depths=[1, 1])
    card.path.write_bytes(b"damaged")
    shown: list[Rect] = []
    progress = Progress(on_preview=lambda rect, _: shown.append(rect))
    EngineJobs()(RestorePreviewJob(PHOTO, Rect(0, 0, 50, 50), card, RestoreOptions(0, 0, 0, 0, TONE)), progress)
    assert shown == [Rect(0, 0, 50, 50)]


def test_what_is_wrong_is_measured() -> None:
    found = EngineJobs()(MeasureJob(np.full((64, 64, 3), 90, np.uint8), RestoreOptions(sharpen=5)), Progress())
    assert isinstance(found, RestoreOptions)
    assert (found.denoise, found.deblock, found.sharpen) == (0, 0, 5)
    assert found.tone is not None


def test_restoring_can_be_cancelled() -> None:
    progress = Progress()
    progress._cancel.set()
    with pytest.raises(Cancelled):
        EngineJobs()(RestoreJob(PHOTO, None, RestoreOptions(0, 0, 0, 0, TONE)), progress)
