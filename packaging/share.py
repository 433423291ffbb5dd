"""What Linux keeps beside a program: ``python packaging/share.py FOLDER`` writes its man page and completions there.

Needs rich, platformdirs and shtab, and nothing else that the program itself needs.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import man

from cnnstudio.cli import completion

MAN_PAGE = "man/man1/cnnstudio.1"
COMPLETIONS = {
    "bash": "bash-completion/completions/cnnstudio",
    "zsh": "zsh/site-functions/_cnnstudio",
    "fish": "fish/vendor_completions.d/cnnstudio.fish",
}


def write(folder: Path) -> list[str]:
    """Writes the files under a folder as they lie under /usr/share. Returns their places there."""
    texts = {MAN_PAGE: man.page()}
    texts |= {place: completion.script(shell) + "\n" for shell, place in COMPLETIONS.items()}
    for place, text in texts.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return list(texts)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
