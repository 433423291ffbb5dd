"""Model cards: what a weights file is, readable without torch.

A model is two files side by side: ``<id>.safetensors`` and ``<id>.json``, the card.
"""

from __future__ import annotations

import errno
import hashlib
import json
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from cnnstudio.errors import BadModel
from cnnstudio.paths import model_dirs


@dataclass(frozen=True)
class ModelCard:
    """What a weights file is and where it came from.

    Attributes:
        id: file name without extension, and the name used on the command line.
        name: shown to people.
        description: one or two plain sentences: what it is good for.
        task: ``"repair"``, ``"generate"`` or ``"detect"``.
        arch: name in :data:`cnnstudio.networks.registry.ARCHITECTURES`.
        kwargs: arguments of the architecture's constructor.
        version: raised whenever the weights change.
        licence: of the weights.
        data: what it was trained on: a sentence, and the manifest's hash.
        training: the command, seed, steps and seconds that made it.
        figures: measured on photographs kept out of training, with the command that measured them.
        sha256: of the safetensors file, checked at load.
        path: the weights file; not stored in the card.
    """

    id: str
    name: str
    description: str
    task: str
    arch: str
    kwargs: dict[str, Any]
    version: str
    licence: str
    data: dict[str, Any]
    training: dict[str, Any]
    figures: dict[str, Any]
    sha256: str
    path: Path = field(default=Path(), compare=False)

    def as_text(self) -> str:
        """What the card's file holds."""
        content = {k: v for k, v in asdict(self).items() if k != "path"}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def write(self, weights: Path) -> None:
        """Writes the card beside its ``weights`` file."""
        weights.with_suffix(".json").write_text(self.as_text(), "utf-8")


NEXT_CARD = ".json.next"
"""The ending of a card whose weights are just taking the place of others: two files cannot change at one moment."""


_FIELDS = {name: get_origin(kind) or kind for name, kind in get_type_hints(ModelCard).items() if name != "path"}
_MOST_BYTES = 1 << 20
"""Of a card."""


def read_card(card_file: Path) -> ModelCard:
    """Reads one card.

    Raises:
        BadModel: the card is missing, not JSON, or lacks a field; or its weights file is missing.
    """
    try:
        if not card_file.is_file() or card_file.stat().st_size > _MOST_BYTES:
            raise ValueError("no card")
        content = _content(card_file)
        for name, kind in _FIELDS.items():
            if not isinstance(content[name], kind):
                raise TypeError(f"{name} is {content[name]!r:.40}")
        json.dumps(content, ensure_ascii=False).encode()  # half a letter cannot be shown
        card = ModelCard(**{name: content[name] for name in _FIELDS}, path=card_file.with_suffix(".safetensors"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadModel(f"The model card {card_file.name} cannot be read.", repr(error)) from error
    if not card.path.is_file():
        raise BadModel(f"The weights of the model “{card.id}” are missing.", str(card.path))
    return card


def _content(card_file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(card_file.read_text("utf-8"))
    following = card_file.with_suffix(NEXT_CARD)
    if following.exists():  # the program was killed while it replaced the model: which weights are there?
        later: dict[str, Any] = json.loads(following.read_text("utf-8"))
        if later["sha256"] == file_sha256(card_file.with_suffix(".safetensors")):
            return later
    return content


def list_cards() -> list[ModelCard]:
    """Every readable card of the model folders, by task and id; the first of two with the same id wins.

    A card that cannot be read hides only itself.
    """
    found: dict[str, ModelCard] = {}
    for folder in model_dirs():
        for file in sorted(folder.glob("*.json")):
            try:
                card = read_card(file)
            except BadModel:
                continue
            found.setdefault(card.id, card)
    return sorted(found.values(), key=lambda c: (c.task, c.id))


def find_card(model_id: str) -> ModelCard:
    """The card of a model by id.

    Raises:
        BadModel: no such model; the sentence names those there are.
    """
    cards = {c.id: c for c in list_cards()}
    if model_id not in cards:
        raise BadModel(f"There is no model “{model_id}”. There are: {', '.join(cards) or 'none'}.")
    return cards[model_id]


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, as lower-case hexadecimal.

    Raises:
        OSError: it cannot be read, or is a device or a pipe, which may have no end.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # opening a folder tells what it is
        raise OSError(errno.ENODEV, "not a file, but a device or a pipe", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(card: ModelCard) -> None:
    """Checks the weights file against its card.

    Raises:
        BadModel: the file is damaged or was exchanged.
    """
    actual = file_sha256(card.path)
    if actual != card.sha256:
        raise BadModel(f"The weights of the model “{card.id}” are damaged.", f"{actual} is not {card.sha256}")


def card_named(name: str) -> ModelCard:
    """The card of a model by id, or by the path of the card (``.json``) or of its weights (``.safetensors``).

    Raises:
        BadModel: no such model, or its card cannot be read.
    """
    is_path = name.endswith((".json", ".safetensors"))
    return read_card(Path(name).with_suffix(".json")) if is_path else find_card(name)
