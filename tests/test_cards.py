"""A card that anybody may have written hides only itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cnnstudio import cards
from cnnstudio.cards import ModelCard, file_sha256, find_card, list_cards, read_card
from cnnstudio.errors import BadModel, CnnStudioError


def write(folder: Path, name: str) -> Path:
    """A sound card and its weights."""
    weights = folder / f"{name}.safetensors"
    weights.write_bytes(b"weights")
    ModelCard(name, name, "", "repair", "pyramid", {}, "1", "", {}, {}, {}, file_sha256(weights)).write(weights)
    return weights.with_suffix(".json")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "\ud800"},
        {"data": {"photos": "\udfff"}},
        {"id": []},
        {"id": 5},
        {"task": None},
        {"name": 1.5},
        {"kwargs": []},
        {"figures": "none"},
        {"sha256": {}},
    ],
)
def test_a_card_with_a_field_of_another_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    monkeypatch.setattr(cards, "model_dirs", lambda: [tmp_path])
    write(tmp_path, "sound")
    spoilt = write(tmp_path, "spoilt")
    spoilt.write_text(json.dumps(json.loads(spoilt.read_text()) | change))
    with pytest.raises(BadModel, match="cannot be read"):
        read_card(spoilt)
    assert [card.id for card in list_cards()] == ["sound"]
    assert find_card("sound").name == "sound"


@pytest.mark.parametrize("text", ["", "[]", "5", "[" * 100_000, "\ud800", " " * (1 << 20) + "{}"])
def test_what_is_no_card(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, "a")
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BadModel, match="cannot be read"):
        read_card(file)


@pytest.mark.skipif(os.name == "nt", reason="pipes are of another kind there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(BadModel, match="cannot be read"):
        read_card(tmp_path / "a.json")
    with pytest.raises(OSError, match="device or a pipe"):
        file_sha256(tmp_path / "a.json")


def test_a_sentence_is_one_line() -> None:
    error = CnnStudioError("“two\nlines \x1b[2J\u2028\udcff é.jpg” is empty.")
    assert error.message == r"“two\nlines \x1b[2J\u2028\udcff é.jpg” is empty."
    assert str(error) == error.message


def test_a_model_is_named_by_id_or_by_either_of_its_files() -> None:
    card = cards.find_card("pyramid")
    for name in ("pyramid", str(card.path), str(card.path.with_suffix(".json"))):
        assert cards.card_named(name).sha256 == card.sha256
    for name in ("nemo", "nemo.json"):
        with pytest.raises(BadModel):
            cards.card_named(name)
