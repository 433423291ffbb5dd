"""Lanes, on real threads."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QThread
from pytestqt.qtbot import QtBot

from cnnstudio.errors import BadModel, Cancelled
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import CallJob, JobFailure, Progress
from cnnstudio.runtime.runner import JobRunner
from tests.fakes import ImmediateRunner
from tests.runtime.recorder import Gate, Recorder, call, returns


def fails(error: BaseException) -> CallJob:
    def function(_progress: Progress) -> None:
        raise error

    return CallJob(function)


@pytest.fixture(params=[JobRunner, ImmediateRunner])
def either(request: pytest.FixtureRequest, new_runner: Callable[..., JobRunner]) -> JobRunner:
    return new_runner(kind=request.param)


def test_a_job_starts_reports_and_finishes(either: JobRunner, qtbot: QtBot) -> None:
    record = Recorder(either, qtbot)
    pixels = np.zeros((2, 2, 3), np.uint8)

    def function(progress: Progress) -> str:
        progress.preview(Rect(1, 2, 2, 2), pixels)
        progress.set(0.5, "half")
        return "done"

    id = either.submit(CallJob(function)).id
    assert record.heard == []
    record.wait_for_end(id)
    assert record.heard[0] == ("started", id)
    assert record.heard[-1] == ("finished", id, "done")
    assert record.threads == {QCoreApplication.instance().thread()}
    assert either.running is None
    assert either.waiting == ()


def test_the_job_runs_on_the_lanes_thread(runner: JobRunner, record: Recorder) -> None:
    id = runner.submit(CallJob(lambda _progress: QThread.currentThread().objectName())).id
    record.wait_for_end(id)
    assert record.heard[-1] == ("finished", id, "test")
    assert record.threads == {QCoreApplication.instance().thread()}


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (BadModel("The model is damaged.", "hash"), ("The model is damaged.", "BadModel")),
        (MemoryError(), ("There is not enough memory for this.", "NotEnoughMemory")),
        (ZeroDivisionError("x"), ("Something went wrong inside CNN Studio. Your photo was not changed.", "Defect")),
        (SystemExit(3), ("Something went wrong inside CNN Studio. Your photo was not changed.", "Defect")),
    ],
)
def test_an_error_fails_the_job_once_and_the_lane_lives_on(
    either: JobRunner, qtbot: QtBot, error: BaseException, failure: tuple[str, str]
) -> None:
    record = Recorder(either, qtbot)
    bad, good = either.submit(fails(error)).id, either.submit(returns(1)).id
    record.wait_for_end(bad, good)
    assert record.names(bad) == ["started", "failed"]
    told: JobFailure = record.of("failed")[0][2]
    assert (told.message, told.kind) == failure
    assert type(error).__name__ in told.detail
    assert record.names(good) == ["started", "finished"]


def test_the_detail_of_an_error_comes_first(runner: JobRunner, record: Recorder) -> None:
    record.wait_for_end(runner.submit(fails(BadModel("Damaged.", "abc is not def"))).id)
    assert record.of("failed")[0][2].detail.startswith("abc is not def\nTraceback")


def test_a_job_may_cancel_itself(either: JobRunner, qtbot: QtBot) -> None:
    record = Recorder(either, qtbot)
    id = either.submit(fails(Cancelled())).id
    record.wait_for_end(id)
    assert record.names(id) == ["started", "cancelled"]


def test_a_running_job_is_cancelled(runner: JobRunner, record: Recorder) -> None:
    gate = Gate()
    handle = runner.submit(CallJob(gate))
    record.wait_until(lambda: record.names(handle.id))
    assert runner.running == handle.id
    assert handle.cancel()
    assert record.ends(handle.id) == []  # not before cancel has returned
    assert runner.running is None
    assert not handle.cancel()
    after = runner.submit(returns(None)).id
    record.wait_for_end(handle.id, after)
    assert record.names(handle.id) == ["started", "cancelled"]
    assert not gate.open.is_set()


def test_cancel_is_told_before_the_job_notices_and_its_late_result_is_dropped(
    runner: JobRunner, record: Recorder
) -> None:
    gate = Gate("late", looks_at_cancel=False)
    handle = runner.submit(CallJob(gate))
    record.wait_until(lambda: record.names(handle.id))
    handle.cancel()
    record.wait_for_end(handle.id)
    after = runner.submit(returns(None)).id
    assert runner.waiting == (after,)
    gate.open.set()
    record.wait_for_end(after)
    assert record.names(handle.id) == ["started", "cancelled"]


def test_a_late_error_of_a_cancelled_job_is_dropped(runner: JobRunner, record: Recorder) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def function(_progress: Progress) -> None:
        entered.set()
        go_on.wait()
        raise ValueError

    handle = runner.submit(CallJob(function))
    assert entered.wait(20)
    handle.cancel()
    go_on.set()
    record.wait_for_end(runner.submit(returns(None)).id)
    assert record.ends(handle.id) == ["cancelled"]


def test_a_waiting_job_is_cancelled_before_it_starts(either: JobRunner, qtbot: QtBot) -> None:
    record = Recorder(either, qtbot)
    first, second = either.submit(returns(1)), either.submit(fails(AssertionError()))
    assert either.waiting == (second.id,)
    assert second.cancel()
    assert either.waiting == ()
    record.wait_for_end(first.id, second.id)
    assert record.names(second.id) == ["cancelled"]


def test_a_job_cancelled_on_its_way_to_the_thread_never_runs(either: JobRunner, qtbot: QtBot) -> None:
    record = Recorder(either, qtbot)
    gate = Gate()
    handle = either.submit(CallJob(gate))
    handle.cancel()
    record.wait_for_end(handle.id, either.submit(returns(1)).id)
    assert record.ends(handle.id) == ["cancelled"]


def test_jobs_run_in_the_order_they_came(either: JobRunner, qtbot: QtBot) -> None:
    record = Recorder(either, qtbot)
    ids = [either.submit(returns(i)).id for i in range(20)]
    assert either.waiting == tuple(ids[1:])
    record.wait_for_end(*ids)
    assert [event[1] for event in record.of("finished")] == ids


def test_lower_ranks_go_first(either: JobRunner, qtbot: QtBot) -> None:
    record = Recorder(either, qtbot)
    ids = [either.submit(returns(0, rank=rank)).id for rank in (0, 2, 1, 2, 0, 1)]
    record.wait_for_end(*ids)
    assert [ids.index(event[1]) for event in record.of("finished")] == [0, 4, 2, 5, 1, 3]


def test_of_a_slot_only_the_newest_waits_in_the_place_of_the_first(either: JobRunner, qtbot: QtBot) -> None:
    record = Recorder(either, qtbot)
    running = either.submit(returns(0, slot="picture")).id
    old = either.submit(returns(1, slot="picture")).id
    other = either.submit(returns(2, slot="other")).id
    plain = either.submit(returns(3)).id
    new = either.submit(returns(4, slot="picture")).id
    assert either.waiting == (new, other, plain)
    assert record.heard == []
    record.wait_for_end(running, old, other, plain, new)
    assert record.names(old) == ["cancelled"]
    assert [event[1] for event in record.of("finished")] == [running, new, other, plain]


def test_cancel_all_spares_what_must_finish(runner: JobRunner, record: Recorder) -> None:
    gate = Gate("saved", looks_at_cancel=False)
    saving = runner.submit(CallJob(gate, must_finish=True))
    saving_later = runner.submit(returns("saved too", must_finish=True))
    waiting = runner.submit(returns(1)).id
    runner.cancel_all()
    assert not saving.cancel()
    gate.open.set()
    record.wait_for_end(saving.id, saving_later.id, waiting)
    assert record.of("finished") == [("finished", saving.id, "saved"), ("finished", saving_later.id, "saved too")]
    assert record.names(waiting) == ["cancelled"]


def test_closing_while_busy_ends_every_job_once(either: JobRunner, qtbot: QtBot) -> None:
    record = Recorder(either, qtbot)
    busy = either.submit(CallJob(Gate())).id
    waiting = either.submit(returns(1)).id
    must = [either.submit(returns(i, must_finish=True)).id for i in range(3)]
    assert either.close(20)
    assert {id: record.ends(id) for id in (busy, waiting)} == {busy: ["cancelled"], waiting: ["cancelled"]}
    assert [event[1] for event in record.of("finished")] == must
    with pytest.raises(RuntimeError):
        either.submit(returns(1))


def test_closing_waits_for_a_save_under_way(runner: JobRunner, record: Recorder) -> None:
    gate = Gate("saved", looks_at_cancel=False)
    id = runner.submit(CallJob(gate, must_finish=True)).id
    assert gate.entered.wait(20)
    assert not runner.close(0.01)
    assert record.ends(id) == []
    gate.open.set()
    assert runner.close()
    assert record.names(id) == ["started", "finished"]


def test_closing_does_not_wait_for_ever_nor_kill(runner: JobRunner, record: Recorder) -> None:
    gate = Gate(looks_at_cancel=False)
    id = runner.submit(CallJob(gate)).id
    assert gate.entered.wait(20)
    assert not runner.close(0.01)
    gate.open.set()
    assert runner.close(20)
    assert runner.close(20)
    assert record.ends(id) == ["cancelled"]


def test_closing_an_idle_lane() -> None:
    lane = JobRunner(call, "idle")
    assert lane.close(20)


def test_however_many_reports_the_window_gets_the_newest(runner: JobRunner, record: Recorder) -> None:
    seen, reported, go_on = threading.Event(), threading.Event(), threading.Event()
    whole, part, beside = Rect(0, 0, 8, 8), Rect(2, 2, 4, 4), Rect(8, 0, 8, 8)

    def function(progress: Progress) -> None:
        progress.preview(whole, np.array(-1))
        assert seen.wait(20)
        # Within the pause after the first, unless this machine is very slow; either way the last must be the newest.
        for i in range(500):
            progress.set(i / 500, f"step {i}")
            progress.preview(part, np.array(i))
            progress.preview(beside, np.array(i))
            progress.preview(whole, np.array(i))
        reported.set()
        assert go_on.wait(20)

    id = runner.submit(CallJob(function)).id
    record.wait_until(lambda: record.of("previewed"))
    assert record.of("previewed") == [("previewed", id, whole, np.array(-1))]
    seen.set()
    assert reported.wait(20)  # the window sleeps meanwhile
    record.wait_until(lambda: len(record.of("previewed")) > 1)
    assert record.of("previewed")[1:] == [("previewed", id, beside, 499), ("previewed", id, whole, 499)]
    assert record.of("progressed") == [("progressed", id, 499 / 500, "step 499")]
    go_on.set()
    record.wait_for_end(id)


def test_previews_come_ten_times_a_second_at_most(runner: JobRunner, record: Recorder) -> None:
    def function(progress: Progress) -> None:
        for i in range(100):
            time.sleep(0.002)
            progress.preview(Rect(0, 0, 1, 1), np.array(i))

    began = time.monotonic()
    record.wait_for_end(runner.submit(CallJob(function)).id)
    # Qt's coarse timers may be early by a twentieth.
    assert 1 <= len(record.of("previewed")) <= 1 + (time.monotonic() - began) / 0.095


def test_nothing_is_heard_of_a_cancelled_job(runner: JobRunner, record: Recorder) -> None:
    reported, go_on = threading.Event(), threading.Event()

    def function(progress: Progress) -> None:
        progress.set(0.5)
        reported.set()
        go_on.wait()
        progress.preview(Rect(0, 0, 1, 1), np.array(0))

    handle = runner.submit(CallJob(function))
    assert reported.wait(20)
    handle.cancel()  # while the start and the report are still in the post
    go_on.set()
    record.wait_for_end(handle.id, runner.submit(returns(1)).id)
    assert record.names(handle.id) == ["cancelled"]


def test_a_slot_may_cancel_between_two_previews(runner: JobRunner, record: Recorder) -> None:
    def function(progress: Progress) -> None:
        progress.preview(Rect(0, 0, 1, 1), np.array(0))
        progress.preview(Rect(5, 5, 1, 1), np.array(0))
        Gate()(progress)

    runner.previewed.connect(runner.cancel_all)
    id = runner.submit(CallJob(function)).id
    record.wait_for_end(id)
    assert len(record.of("previewed")) == 1
    assert record.ends(id) == ["cancelled"]


def test_seconds_left_only_while_something_runs(runner: JobRunner, record: Recorder) -> None:
    assert runner.seconds_left is None
    record.wait_for_end(runner.submit(CallJob(lambda progress: progress.set(1.0))).id)
    assert runner.seconds_left is None


def test_the_queue_tells_of_its_changes(runner: JobRunner, qtbot: QtBot) -> None:
    for change in (lambda: runner.submit(CallJob(Gate())), runner.cancel_all):
        with qtbot.waitSignal(runner.queue_changed):
            change()


def test_ids_differ_among_lanes(new_runner: Callable[..., JobRunner]) -> None:
    ids = [runner.submit(returns(1)).id for runner in (new_runner(), new_runner()) for _ in range(3)]
    assert len(set(ids)) == 6


def test_200_rounds_of_start_and_cancel_leave_nothing(runner: JobRunner, record: Recorder) -> None:
    class Snapshot:
        pass

    def round_(i: int) -> weakref.ref[Snapshot]:
        snapshot, gate = Snapshot(), Gate()

        def function(progress: Progress, snapshot: Snapshot = snapshot) -> object:
            progress.preview(Rect(0, 0, 1, 1), np.array(i))
            return gate(progress)

        handle = runner.submit(CallJob(function))
        if i % 4:
            record.wait_until(lambda: record.names(handle.id))
        if i % 4 == 3:
            gate.open.set()
        else:
            handle.cancel()
        record.wait_for_end(handle.id)
        assert record.ends(handle.id) in (["finished"], ["cancelled"])
        record.heard.clear()
        return weakref.ref(snapshot)

    def threads() -> int:
        return sum(1 for _ in Path("/proc/self/task").iterdir()) if Path("/proc/self/task").is_dir() else 0

    def objects() -> int:
        # The tests keep weak references of their own, to what was started and to each round's snapshot.
        return sum(not isinstance(one, weakref.ref) for one in gc.get_objects())

    snapshots = [round_(i) for i in range(20)]
    gc.collect()
    threads_before, objects_before = threads(), objects()
    snapshots += [round_(i) for i in range(200)]
    record.wait_for_end(runner.submit(returns(None)).id)  # by then the last cancelled job is off the thread
    record.heard.clear()
    gc.collect()
    assert threads() == threads_before
    assert not [ref for ref in snapshots if ref() is not None]
    assert objects() - objects_before < 100


def test_a_finished_job_and_its_result_are_let_go(runner: JobRunner, record: Recorder) -> None:
    pixels = np.zeros((4, 4), np.uint8)
    job = CallJob(lambda _progress: pixels.copy())
    ref = weakref.ref(job)
    record.wait_for_end(runner.submit(job).id)
    del job
    result = weakref.ref(record.heard[-1][2])
    record.heard.clear()
    record.wait_for_end(runner.submit(returns(None)).id)
    assert ref() is None  # without the garbage collector: a photo's snapshot must not wait for it
    assert result() is None
