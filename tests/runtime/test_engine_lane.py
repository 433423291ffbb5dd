"""The engine's lane, with real but tiny networks."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from cnnstudio.cards import ModelCard
from cnnstudio.engine import devices
from cnnstudio.engine.detect import Detector
from cnnstudio.engine.repair import Repairer
from cnnstudio.errors import BadInput, BadModel, Cancelled, NotEnoughMemory
from cnnstudio.imaging.findings import DamageMaps
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import (
    CallJob,
    DetectJob,
    FindJob,
    Generated,
    GenerateJob,
    JobFailure,
    LoadJob,
    Prepared,
    PrepareJob,
    Progress,
    RepairJob,
    RepairOptions,
    RepairResult,
    SelfCheck,
    SelfCheckJob,
    latents_from,
)
from cnnstudio.runtime.engine_lane import EngineJobs, EngineLane
from tests.engine.fakes import pasted
from tests.engine.test_weights import KWARGS, card_of
from tests.runtime.recorder import Gate, Recorder, returns

PHOTO = np.full((40, 48, 3), 90, np.uint8)
MASK = np.zeros((40, 48), np.uint8)
MASK[20:23, 10:30] = 255


class Snapshot:
    """A mask that becomes an array only where it is needed."""

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return MASK


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    return card_of(tmp_path, **KWARGS)


@pytest.fixture
def lane() -> Iterator[EngineLane]:
    lane = EngineLane()
    yield lane
    assert lane.close(20)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The models that were loaded, as (id, device)."""
    loaded: list[tuple[str, str]] = []
    load = Repairer.load

    def remember(card: ModelCard, device: str) -> Repairer:
        loaded.append((card.id, device))
        return load(card, device)

    monkeypatch.setattr(Repairer, "load", remember)
    return loaded


def test_a_repair_from_job_to_pieces(lane: EngineLane, qtbot: QtBot, card: ModelCard) -> None:
    record = Recorder(lane, qtbot)
    ready = lane.submit(PrepareJob(card, "cpu")).id
    id = lane.submit(RepairJob(PHOTO, Snapshot(), card, RepairOptions(grain=0), "cpu")).id
    bad = lane.submit(RepairJob(PHOTO, MASK[:-1], card, device="cpu")).id
    record.wait_for_end(ready, id, bad)
    prepared, result = (event[2] for event in record.of("finished"))
    assert isinstance(prepared, Prepared)
    assert prepared.device.id == "cpu"
    assert prepared.device in prepared.devices
    assert isinstance(result, RepairResult)
    assert pasted(PHOTO, result) == pytest.approx(PHOTO, abs=2)
    failure = record.of("failed")[0][2]
    assert isinstance(failure, JobFailure)
    assert failure.kind == "BadMask"


def test_models_are_loaded_once_for_each_device_and_the_oldest_goes(
    tmp_path: Path, loads: list[tuple[str, str]]
) -> None:
    cards = []
    for name in "abc":
        (tmp_path / name).mkdir()
        widths = [8, 16 + 8 * len(cards)]  # else they would be the same model
        cards.append(replace(card_of(tmp_path / name, **{**KWARGS, "widths": widths}), id=name))
    a, b, c = cards
    run = EngineJobs(kept=2)
    for card in (a, a, b, a, c, a, b):
        run(RepairJob(PHOTO, MASK, card), Progress())
        run(PrepareJob(card, "cpu"), Progress())  # the same device under another name
    assert [id for id, _ in loads] == ["a", "b", "c", "b"]


def test_previews_are_no_larger_than_the_hole(card: ModelCard) -> None:
    pixels, mask = np.full((600, 1100, 3), 90, np.uint8), np.zeros((600, 1100), np.uint8)
    mask[300:340, 40:1060] = 255
    shown: list[tuple[Rect, np.ndarray]] = []
    EngineJobs()(RepairJob(pixels, mask, card, device="cpu"), Progress(on_preview=lambda *one: shown.append(one)))
    assert shown
    for rect, piece in shown:
        assert piece.shape == (rect.h, rect.w, 3)
        assert mask[rect.slices].all()
        assert rect.w <= 512
    covered = np.zeros_like(mask)
    for rect, _ in shown:
        covered[rect.slices] = 255
    assert (covered == mask).all()
    EngineJobs()(RepairJob(PHOTO, MASK, card, device="cpu"), Progress())  # and nobody need look


def test_pictures_from_job_to_previews(lane: EngineLane, qtbot: QtBot, tmp_path: Path) -> None:
    record = Recorder(lane, qtbot)
    card = card_of(tmp_path, "dcgan", "generate", width=8)
    id = lane.submit(GenerateJob(card, latents_from(5, 9), 0.5, "cpu")).id
    bad = lane.submit(GenerateJob(card, latents_from(5, 1), 2.0, "cpu")).id
    repair = lane.submit(RepairJob(PHOTO, MASK, card, device="cpu")).id
    record.wait_for_end(id, bad, repair)
    made = record.of("finished")[0][2]
    assert isinstance(made, Generated)
    shown = {event[2].x // event[2].w: event[3] for event in record.of("previewed")}
    assert all(np.array_equal(pixels, made.pictures[number]) for number, pixels in shown.items())
    assert [event[2].kind for event in record.of("failed")] == ["BadInput", "BadModel"]


def test_a_similar_picture_is_looked_for_until_given_up(lane: EngineLane, qtbot: QtBot, tmp_path: Path) -> None:
    record = Recorder(lane, qtbot)
    card = card_of(tmp_path, "dcgan", "generate", width=8)
    looking = lane.submit(FindJob(card, np.zeros((40, 40, 3), np.uint8), device="cpu"))
    qtbot.waitUntil(lambda: bool(record.of("previewed")), timeout=30_000)
    looking.cancel()
    empty = lane.submit(FindJob(card, np.zeros((0, 40, 3), np.uint8), device="cpu")).id
    record.wait_for_end(looking.id, empty)
    assert record.ends(looking.id) == ["cancelled"]
    assert [event[2].kind for event in record.of("failed")] == ["BadInput"]


def test_damage_is_looked_for_and_the_model_is_kept(
    lane: EngineLane, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    load = Detector.load
    monkeypatch.setattr(Detector, "load", lambda card, device: (loaded.append(device), load(card, device))[1])
    record = Recorder(lane, qtbot)
    card = card_of(tmp_path, "damage", "detect", widths=[16], depths=[1], context=8)
    ids = [lane.submit(DetectJob(PHOTO, card, "cpu")).id for _ in range(2)]
    bad = lane.submit(DetectJob(PHOTO, replace(card, task="repair", sha256="0"), "cpu")).id
    record.wait_for_end(*ids, bad)
    maps = record.of("finished")[0][2]
    assert isinstance(maps, DamageMaps)
    assert (maps.width, maps.height) == (48, 40)
    assert [event[2].kind for event in record.of("failed")] == ["BadModel"]
    assert loaded == ["cpu", "cpu"]  # the other one is of another kind, and was refused


def test_of_the_pictures_asked_for_only_the_newest_are_made(lane: EngineLane, qtbot: QtBot, tmp_path: Path) -> None:
    record, gate = Recorder(lane, qtbot), Gate()
    card = card_of(tmp_path, "dcgan", "generate", width=8)
    lane.submit(CallJob(gate))
    ids = [lane.submit(GenerateJob(card, latents_from(seed, 1), device="cpu")).id for seed in range(4)]
    gate.open.set()
    record.wait_for_end(*ids)
    assert [record.ends(id) for id in ids] == [["cancelled"]] * 3 + [["finished"]]


def test_preparing_without_a_model(loads: list[tuple[str, str]]) -> None:
    prepared = EngineJobs()(PrepareJob(), Progress())
    assert isinstance(prepared, Prepared)
    assert prepared.device == prepared.devices[0]
    assert loads == []


def test_what_cannot_be_done_is_told(card: ModelCard) -> None:
    run = EngineJobs()
    with pytest.raises(BadInput, match="no device"):
        run(PrepareJob(device="abacus"), Progress())
    with pytest.raises(BadModel, match="damaged"):
        run(RepairJob(PHOTO, MASK, replace(card, sha256="0"), device="cpu"), Progress())
    with pytest.raises(TypeError, match="LoadJob"):
        run(LoadJob(Path("a.jpg")), Progress())
    assert run(returns(5), Progress()) == 5


def test_cancelling_is_seen_between_loading_and_repairing(card: ModelCard, loads: list[tuple[str, str]]) -> None:
    progress = Progress()
    progress._cancel.set()
    with pytest.raises(Cancelled):
        EngineJobs()(RepairJob(PHOTO, MASK, card), progress)


def test_a_model_that_needs_the_memory_of_others_takes_it(card: ModelCard, monkeypatch: pytest.MonkeyPatch) -> None:
    run, load, failures = EngineJobs(), Repairer.load, [torch.OutOfMemoryError("CUDA out of memory")]

    def scarce(card: ModelCard, device: str) -> Repairer:
        if card.id == "large" and failures:
            raise failures.pop()
        return load(card, device)

    monkeypatch.setattr(Repairer, "load", scarce)
    released: list[str] = []
    monkeypatch.setattr(devices, "release_memory", lambda device: released.append(device.torch))
    run(PrepareJob(card, "cpu"), Progress())
    large = replace(card, id="large", name="Large", sha256=card.sha256 + "x")
    with pytest.raises(BadModel):  # the second try got as far as the hash
        run(PrepareJob(large, "cpu"), Progress())
    assert released == ["cpu"]

    failures.append(torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(NotEnoughMemory) as caught:
        run(PrepareJob(large, "cpu"), Progress())
    assert caught.value.message == "There is not enough memory to load the model “Large”."


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "app = QCoreApplication()\n"
        "from cnnstudio.runtime import engine_lane, io_lane, training_run\n"
        "lanes = engine_lane.EngineLane(), io_lane.IoLane()\n"
        "assert all(lane.close() for lane in lanes)\n"
        "print(sorted({'torch', 'cv2', 'PIL', 'PySide6.QtGui', 'PySide6.QtWidgets', 'training'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
    assert done.stderr == ""


def test_a_repair_is_checked_with_the_model_that_made_it(card: ModelCard, loads: list[tuple[str, str]]) -> None:
    jobs, photo = EngineJobs(), np.tile(np.arange(160, dtype=np.uint8)[None, :, None], (120, 1, 3))
    mask = np.zeros((120, 160), np.uint8)
    mask[60:63, 60:90] = 255
    jobs(RepairJob(pixels=photo, mask=mask, card=card, device="cpu"), Progress())
    check = jobs(SelfCheckJob(pixels=photo, mask=mask, damage=np.zeros_like(mask), card=card, device="cpu"), Progress())
    assert isinstance(check, SelfCheck)
    assert check.places
    assert loads == [(card.id, "cpu")]
    cancel, job = threading.Event(), SelfCheckJob(pixels=photo, mask=mask, damage=mask, card=card, device="cpu")
    cancel.set()
    with pytest.raises(Cancelled):
        jobs(job, Progress(cancel=cancel))
