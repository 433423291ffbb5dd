"""Picks the command, and turns what goes wrong into one sentence and an exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence

from cnnstudio import __version__
from cnnstudio.cli import completion, detect, doctor, generate, models, repair, restore, train
from cnnstudio.cli.console import say
from cnnstudio.cli.failures import EXIT_CODES, Exit, exit_code, log, sentence

COMMANDS = ("repair", "detect", "restore", "models", "train", "generate", "doctor", "completion")
"""What the first argument may be; anything else is a photo for the window."""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    # A sub-parser's defaults would overwrite what the main parser read, hence SUPPRESS.
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--debug", action="store_true", help="print the whole traceback of an error")
    parser = argparse.ArgumentParser(
        prog="cnnstudio",
        description="Repairs damaged photographs with convolutional networks, offline, on your own computer.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"CNN Studio {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for command in (repair, detect, restore, generate, models, train, doctor, completion):
        command.add_parser(commands, common)
    return parser


def main(argv: Sequence[str]) -> int:
    """Runs one command and returns its exit code.

    Raises:
        SystemExit: after ``--help`` and ``--version`` (0) and on a wrong command line (2), as argparse does.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file name no encoding can print is still reported
    try:
        if argv[:1] == ["train"]:
            return train.run(list(argv[1:]))
        arguments = build_parser().parse_args(argv)
        code = arguments.run(arguments)
        sys.stdout.flush()  # a closed pipe shows itself here and not while the interpreter shuts down
        return int(code)
    except BrokenPipeError:
        # The interpreter flushes stdout once more at exit: let that go nowhere instead of to the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.CLOSED_PIPE
    except (Exception, KeyboardInterrupt) as error:
        if exit_code(error) is not Exit.INTERRUPTED:
            log(error)
        if "--debug" in argv:
            traceback.print_exception(error)
        say(f"cnnstudio: {sentence(error)}")
        return exit_code(error)
