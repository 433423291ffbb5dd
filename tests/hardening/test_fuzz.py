"""A few of the fuzzer's mutants, in this process: each is opened, or refused in one sentence; sound ones are opened."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.hardening import mutate
from tests.hardening.fuzz import mutants
from tests.hardening.seeds import Seed, all_seeds
from tests.hardening.walk import walk


@pytest.mark.usefixtures("one_thread")
def test_sound_files_of_every_kind_are_opened(tmp_path: Path) -> None:
    for seed in all_seeds():
        file, folder = tmp_path / seed.name, tmp_path / f"{seed.kind}-{seed.name}"
        file.write_bytes(seed.data)
        folder.mkdir()
        assert walk(seed.kind, file, folder).sentence == "", seed.name


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


def test_every_format_is_understood() -> None:
    seeds = all_seeds()
    assert {Path(seed.name).suffix for seed in seeds} - {".ini"} == mutate._FORMATS.keys()
    for seed in seeds:
        if spoil := mutate._FORMATS.get(Path(seed.name).suffix):
            spoilt = {spoil(seed.data, random.Random(number)) for number in range(30)}
            assert len(spoilt - {seed.data}) > 10, seed.name


def test_a_format_that_is_not_understood_does_not_go_unnoticed() -> None:
    seed = Seed("card", "card.json", b"{")

    def spoil() -> list[bytes]:
        return [mutate.mutant(seed, [seed], random.Random(number)) for number in range(20)]

    with pytest.raises(ValueError, match="Expecting property name"):
        spoil()
