"""``cnnstudio completion``: what a shell needs to complete the other commands."""

from __future__ import annotations

import argparse
from pathlib import Path

from cnnstudio.cli.failures import Exit

SHELLS = ("bash", "zsh", "fish")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "completion",
        help="print what a shell needs to complete these commands",
        description="Prints a script for a shell. That of bash belongs into the file "
        "~/.local/share/bash-completion/completions/cnnstudio, that of zsh into _cnnstudio in a folder of $fpath, "
        "that of fish into ~/.config/fish/completions/cnnstudio.fish.",
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument("shell", choices=SHELLS, help="whose script")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Prints the script."""
    print(script(arguments.shell))
    return Exit.OK


def script(shell: str) -> str:
    """What one of SHELLS needs."""
    import shtab

    from cnnstudio.cli.main import build_parser

    parser = build_parser()
    _complete_paths(parser, shtab.FILE)
    return shtab.complete(parser, shell)


def _complete_paths(parser: argparse.ArgumentParser, as_file: object) -> None:
    """Has paths completed as such, and commands told by their help: the first line of a description ends anywhere."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action._choices_actions:
                named = action.choices[command.dest]
                named.description = command.help
                _complete_paths(named, as_file)
        elif action.type is Path or action.dest == "output":
            action.complete = as_file  # type: ignore[attr-defined]
