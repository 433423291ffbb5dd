"""``python -m training COMMAND``: trains, measures and packs; see ``--help`` of each command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cnnstudio.errors import CnnStudioError


def _parser() -> argparse.ArgumentParser:
    from training import evaluate
    from training.commands import add_training_commands

    parser = argparse.ArgumentParser("training", description="Trains and measures the networks of CNN Studio.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_training_commands(commands)
    measured = commands.add_parser("evaluate", help="measure repairers against classical peers")
    evaluate.add_arguments(measured)
    measured.set_defaults(run=evaluate.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns the exit code: 0 done, 1 an error (one sentence on stderr), 2 wrong usage."""
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except CnnStudioError as error:
        print(error.message, file=sys.stderr)
        if error.detail:
            print(f"({error.detail})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. The last checkpoint is whole: resume with --resume.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    if sys.path and sys.path[0] == "":
        sys.path[0] = str(Path.cwd())
    raise SystemExit(main())
