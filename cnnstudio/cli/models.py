"""``cnnstudio models``: the networks there are, with licence and hash. Reads cards only, never torch."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from cnnstudio.cards import ModelCard, list_cards, verify
from cnnstudio.cli.console import print_json, print_table
from cnnstudio.cli.failures import Exit
from cnnstudio.errors import BadModel


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "models",
        help="list the networks there are",
        description="Lists the networks there are: those that came with the program, and your own.",
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument("--verify", action="store_true", help="check every weights file against its card (SHA-256)")
    parser.add_argument("--json", action="store_true", help="print the whole cards as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Prints the models; with ``--verify`` the exit code tells whether all are whole."""
    cards = list_cards()
    whole = {card.id: _is_whole(card) if arguments.verify else None for card in cards}
    if arguments.json:
        print_json(
            [
                asdict(card) | {"path": str(card.path), "bytes": card.path.stat().st_size, "verified": whole[card.id]}
                for card in cards
            ]
        )
    else:
        said = {True: "yes", False: "DAMAGED", None: "not checked"}
        rows = [
            (card.id, card.task, card.name, card.licence, f"{card.path.stat().st_size / 1e6:.1f} MB", card.sha256[:12],
             said[whole[card.id]])
            for card in cards
        ]  # fmt: skip
        print_table(("id", "task", "name", "licence", "size", "sha256", "verified"), rows, right=["size"])
    return Exit.MODEL if False in whole.values() else Exit.OK


def _is_whole(card: ModelCard) -> bool:
    try:
        verify(card)
    except BadModel:
        return False
    return True
