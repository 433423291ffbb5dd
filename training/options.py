"""Data classes as command-line options: one field, one option, its default and its help from the class."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from cnnstudio.errors import BadInput

T = TypeVar("T")


def _help_of(kind: type, name: str) -> str:
    """The line of the class's ``Attributes:`` that begins with the field's name."""
    for line in (kind.__doc__ or "").splitlines():
        names, _, text = line.strip().partition(": ")
        if name in [n.strip() for n in names.split(",")]:
            return text.replace("%", "%%")
    return ""


def _parser_of(hint: Any) -> Any:
    if hint in (int, float, str, Path):
        return hint
    options = [a for a in get_args(hint) if a is not type(None)]
    if len(options) == 1 and options[0] in (int, float, str, Path):
        return options[0]
    return json.loads  # tuples, dictionaries and bools are written as JSON


def add_fields(parser: argparse.ArgumentParser, kind: type, skip: Sequence[str] = ()) -> None:
    """Adds ``--field-name VALUE`` for every field of a data class that is not in ``skip``."""
    hints = get_type_hints(kind)
    group = parser.add_argument_group(kind.__name__)
    for field in fields(kind):
        if field.name in skip:
            continue
        if field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f"{kind.__name__}.{field.name} has no default to offer")
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        group.add_argument(
            f"--{field.name.replace('_', '-')}", type=_parser_of(hints[field.name]), default=argparse.SUPPRESS,
            metavar="VALUE",
            help=f"{_help_of(kind, field.name)} (default: {default})",
        )  # fmt: skip


def from_options(kind: type[T], args: argparse.Namespace, **given: Any) -> T:
    """The data class from its defaults, then ``--config FILE`` (JSON), then the command line, then ``given``.

    Raises:
        BadInput: the file cannot be read or names a field that does not exist.
    """
    names = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    config: Path | None = getattr(args, "config", None)
    if config:
        try:
            values = json.loads(config.read_text("utf-8")).get(kind.__name__, {})
        except (OSError, ValueError) as error:
            raise BadInput(f"The configuration “{config}” cannot be read.", repr(error)) from error
        unknown = sorted(set(values) - names)
        if unknown:
            raise BadInput(f"“{config.name}” sets “{unknown[0]}”, which {kind.__name__} does not have.")
    values |= {k: v for k, v in vars(args).items() if k in names}
    values |= given
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def add_without(parser: argparse.ArgumentParser) -> None:
    """Adds ``--without``: photos with damage of their own would teach that damage is sound."""
    parser.add_argument(
        "--without", type=Path, metavar="FILE",
        help="text file with the photos that are left out, folder/name.jpg, a line each: they have damage of their own",
    )  # fmt: skip
