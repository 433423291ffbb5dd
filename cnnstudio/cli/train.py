"""``cnnstudio train``: the same as ``python -m training``."""

from __future__ import annotations

import argparse

from cnnstudio.cli.failures import Exit
from cnnstudio.errors import BadInput


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], _common: argparse.ArgumentParser) -> None:
    """Lists the command in the help; its arguments belong to training."""
    commands.add_parser("train", help="train networks on your own photographs (cnnstudio train --help)", add_help=False)


def run(argv: list[str]) -> int:
    """Hands ``argv`` over to training.

    Raises:
        BadInput: what training needs is not installed.
    """
    from training.__main__ import main

    try:
        return int(main(argv) or Exit.OK)
    except ModuleNotFoundError as error:
        raise BadInput(
            "Training needs more packages than repairing: pip install 'cnnstudio[train]' adds them.", repr(error)
        ) from error
