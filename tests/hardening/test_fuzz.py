"""A few of the fuzzer's mutants, in this process: each is opened, or refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hardening.fuzz import mutants
from tests.hardening.walk import walk


@pytest.mark.usefixtures("one_thread")
def test_spoilt_files_are_opened_or_refused_in_one_sentence(tmp_path: Path) -> None:
    refused = set()
    for number, seed, data in mutants(150, seed=1):
        file, folder = tmp_path / seed.name, tmp_path / str(number)
        file.write_bytes(data)
        folder.mkdir()
        walked = walk(seed.kind, file, folder)
        refused.add(bool(walked.sentence))
    assert refused == {True, False}
