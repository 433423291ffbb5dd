"""``cnnstudio completion``: what a shell needs to complete the other commands."""

from __future__ import annotations

import argparse

from cnnstudio.cli.failures import Exit

SHELLS = ("bash", "zsh")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "completion",
        help="print what a shell needs to complete these commands",
        description="Prints a script for a shell. That of bash belongs into the file "
        "~/.local/share/bash-completion/completions/cnnstudio, that of zsh into _cnnstudio in a folder of $fpath.",
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Prints the script."""
    import shtab

    from cnnstudio.cli.main import build_parser

    print(shtab.complete(build_parser(), arguments.shell))
    return Exit.OK
