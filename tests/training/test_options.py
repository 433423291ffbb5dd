"""Data classes as options: defaults, a file beneath the command line, and named faults."""

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cnnstudio.errors import BadInput
from training.options import add_fields, from_options


@dataclass(frozen=True)
class Config:
    """An example.

    Attributes:
        size: how large, 100 % by default.
        widths: of layers.
        name: or none.
    """

    size: int = 4
    widths: tuple[int, ...] = (1, 2)
    name: str | None = None
    weights: dict[str, float] = field(default_factory=lambda: {"a": 1.0})


def _parse(*argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path)
    add_fields(parser, Config)
    assert "how large, 100 % by default" in " ".join(parser.format_help().split())
    return parser.parse_args(argv)


def test_defaults_then_file_then_command_line(tmp_path):
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"Config": {"size": 7, "name": "file"}}))
    assert from_options(Config, _parse()) == Config()
    assert from_options(Config, _parse("--config", str(file))) == Config(size=7, name="file")
    parsed = from_options(Config, _parse("--config", str(file), "--size", "9", "--widths", "[3, 4]"), name="given")
    assert parsed == Config(size=9, widths=(3, 4), name="given")
    assert from_options(Config, _parse("--weights", '{"b": 2}')).weights == {"b": 2}


def test_faults_of_the_file_are_named(tmp_path):
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"Config": {"sise": 7}}))
    with pytest.raises(BadInput, match="“sise”"):
        from_options(Config, _parse("--config", str(file)))
    file.write_text("{")
    with pytest.raises(BadInput, match="cannot be read"):
        from_options(Config, _parse("--config", str(file)))
