"""Places in a latent space, as files tell them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cnnstudio.jobs import Latent, Way, latents_between

SEED, FOUND = Latent(7), Latent((0.5, -1.25, 1 / 3))
MOVED = Latent(7, (0.0, -1.5))
WAY = Latent(Way(MOVED, Latent(Way(FOUND, SEED, 0.1)), 0.75), (2.0,))


@pytest.mark.parametrize("latent", [SEED, FOUND, MOVED, WAY])
def test_files_tell_all_of_a_latent(latent: Latent) -> None:
    again = Latent.from_json(json.loads(json.dumps(latent.as_json())))
    assert again == latent
    assert hash(again) == hash(latent)


@pytest.mark.parametrize(
    "told",
    [
        None, 7, "seed", [], {}, {"seed": "x"}, {"seed": None}, {"seed": -1}, {"seed": 2**63}, {"vector": 3},
        {"vector": ["x"]}, {"vector": [float("nan")]}, {"seed": 1, "moves": 2}, {"from": {"seed": 1}, "share": 0.5},
        {"from": {"seed": 1}, "to": {"seed": 2}, "share": float("inf")}, {"seed": float("inf")},
    ],
)  # fmt: skip
def test_what_is_no_latent_is_refused(told: Any) -> None:
    with pytest.raises(ValueError, match="no "):
        Latent.from_json(told)


def test_moves_that_are_none_are_not_told() -> None:
    assert SEED.moved((0.0, -1.5, 0.0)) == MOVED
    assert MOVED.moved((0.0, 0.0)) == SEED


def test_names_of_files_tell_latents_apart() -> None:
    assert SEED.stem == "7"
    assert latents_between(SEED, Latent(9), 3)[1].stem == "7-to-9-at50"
    assert MOVED.stem.startswith("7-moved-")
    stems = {latent.stem for latent in (SEED, FOUND, MOVED, WAY, Latent((0.5,)), SEED.moved((1.0,)))}
    assert len(stems) == 6
