"""The man page, made of the command line's own parsers: ``python packaging/man.py`` prints it."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["NO_COLOR"] = "1"  # from Python 3.14 on argparse colours a usage that is made before a terminal

from cnnstudio import __version__
from cnnstudio.cli.main import build_parser

SUMMARY = "repair damaged photographs, offline"
WINDOW = "Without a command it opens the window, with those photos or folders in it."
FILES = {
    "~/.local/share/cnnstudio/models": "Your own models: weights and their cards.",
    "~/.local/share/cnnstudio/logs": "What went wrong, in detail. It names files, and holds nothing of any picture.",
}


def page() -> str:
    """The whole page, as groff reads it."""
    parser = build_parser()
    name = parser.prog
    lines = [f'.TH {name.upper()} 1 "" "CNN Studio {__version__}" "User commands"']
    # Ragged and without hyphens: options are not to be taken apart.
    lines += [".ad l", ".nh", ".SH NAME", f"{name} \\- {SUMMARY}"]
    lines += [".SH SYNOPSIS", f".B {name}", "[\\fIPHOTO\\fR ...]", ".br", f".B {name}", "\\fICOMMAND\\fR ..."]
    lines += [".SH DESCRIPTION", *_paragraphs(f"{parser.description}\n\n{WINDOW}")]
    lines += [".SH OPTIONS", *_arguments(parser)]
    lines.append(".SH COMMANDS")
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for entry in action._choices_actions:
                lines += _command(action.choices[entry.dest], entry, [option.dest for option in parser._actions])
    lines += [".SH EXIT STATUS", *_table(str(parser.epilog))]
    lines.append(".SH FILES")
    for path, meaning in FILES.items():
        lines += [".TP", f".I {_escaped(path)}", _escaped(meaning)]
    return "\n".join(lines) + "\n"


def _command(parser: argparse.ArgumentParser, entry: argparse.Action, told: Collection[str]) -> Iterator[str]:
    """A section of one command; of one that leaves its arguments to others there is only what the list says."""
    yield f".SS {_escaped(entry.dest)}"
    if parser.add_help:
        usage = _escaped(" ".join(parser.format_usage().split()).removeprefix(f"usage: {parser.prog} "))
        # What stands in brackets stays on one line.
        whole = re.sub(r"\[.*?\]+|\(.*?\)", lambda part: part[0].replace(" ", "\\ "), usage)
        yield from (".PP", f"\\fB{_escaped(parser.prog)}\\fR {whole}")
    yield from _paragraphs(parser.description or f"{str(entry.help)[0].upper()}{str(entry.help)[1:]}.")
    yield from _arguments(parser, told)


def _arguments(parser: argparse.ArgumentParser, told: Collection[str] = ()) -> Iterator[str]:
    """What can be given to it and what that means, but for options that are told elsewhere."""
    formatter = parser._get_formatter()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction | argparse._HelpAction) or action.dest in told:
            continue
        names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in action.option_strings)
        value = formatter._format_args(action, action.dest.upper())
        yield from (".TP", f"{names} \\fI{_escaped(value)}\\fR".strip() if value else names)
        yield _escaped(formatter._expand_help(action))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield from (".PP", _escaped(" ".join(paragraph.split())))


def _table(text: str) -> Iterator[str]:
    """Of lines with a word and its meaning, under a heading that is left out."""
    for line in text.strip().splitlines()[1:]:
        word, meaning = line.split(maxsplit=1)
        yield from (".TP", f"\\fB{_escaped(word)}\\fR", _escaped(meaning))


def _escaped(text: str) -> str:
    """A text in which nothing is taken for an order: neither a backslash, nor a line that begins with a dot."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


if __name__ == "__main__":
    print(page(), end="")
