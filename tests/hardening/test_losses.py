"""A few of the power cuts and full disks that the commands try all of; and that they would find a loss."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest

from tests.hardening.calls import why_not
from tests.hardening.disk_full import fill
from tests.hardening.jobs import Job, expect
from tests.hardening.jobs import jobs as all_jobs
from tests.hardening.power_cut import cut

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be watched")

_OLD, _NEW = b"old" * 5000, b"new" * 5000


def _careless(*, in_place: bool) -> Job:
    """Writes a file over another: right into it, or beside it and moved, but never synced."""

    def write(folder: Path) -> int:
        path = folder / ("file" if in_place else ".cnnstudio-0.part")
        path.write_bytes(_NEW)
        path.replace(folder / "file")
        return 0

    def check(folder: Path, said: str, done: bool) -> None:
        expect((folder / "file").read_bytes() in ([_NEW] if done else [_OLD, _NEW]), "the file is lost")

    return Job("careless", lambda folder: (folder / "file").write_bytes(_OLD), write, check)


def find() -> None:
    """Prints what is found, as JSON. In a process of its own, since what is watched is forked."""
    save, session = (next(job for job in all_jobs() if words in job.name) for words in ("a png", "save a session"))
    found = {
        "cut save": cut(save, 3),
        "cut session": cut(session, 12),
        "fill save": fill(save, 4, mounted=False),
        "fill session": fill(session, 10, mounted=False),
        "cut careless": cut(_careless(in_place=True)),
        "cut unsynced": cut(_careless(in_place=False)),
        "fill careless": fill(_careless(in_place=True), mounted=False),
    }
    print(json.dumps({name: asdict(count) for name, count in found.items()}))


@cache
def _found() -> dict[str, dict[str, object]]:
    command = [sys.executable, "-c", "from tests.hardening.test_losses import find; find()"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("what", ["save", "session"])
def test_a_power_cut_loses_nothing(what: str) -> None:
    found = _found()[f"cut {what}"]
    assert found["losses"] == []
    assert found["kills"] >= 3
    assert found["states"] > found["kills"]  # type: ignore[operator]


@pytest.mark.parametrize("what", ["save", "session"])
def test_a_full_disk_loses_nothing(what: str) -> None:
    found = _found()[f"fill {what}"]
    assert found["losses"] == []
    assert found["refused"] == found["calls"]
    assert found["calls"] >= 2  # type: ignore[operator]


def test_a_loss_would_be_found() -> None:
    in_place, unsynced = _found()["cut careless"]["losses"], _found()["cut unsynced"]["losses"]
    assert any("as it was left" in loss for loss in in_place)  # type: ignore[attr-defined]
    assert not any("as it was left" in loss for loss in unsynced)  # type: ignore[attr-defined]
    assert any("half the bytes lost: " in loss for loss in unsynced)  # type: ignore[attr-defined]
    assert any("names in disk lost: " in loss for loss in unsynced)  # type: ignore[attr-defined]
    assert _found()["fill careless"]["losses"]
