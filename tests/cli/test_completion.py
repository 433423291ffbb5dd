"""What shells are given to complete commands, options and paths with."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cnnstudio.__main__ import main
from cnnstudio.cli.completion import SHELLS

TYPED = {"doc": "doctor", "repair por": "portrait.jpg", "repair portrait.jpg --mask por": "portrait.jpg"}
"""What is typed after the program's name, and what its last word is completed to."""


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def answer(command: list[str], folder: Path) -> str:
    """What a shell prints that runs in a folder with a photo."""
    (folder / "portrait.jpg").touch()
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_it_knows_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = script(shell, capsys)
    for word in ("repair", "doctor", "models", "mask", "sensitivity"):
        assert word in said


@pytest.mark.parametrize("typed", TYPED)
def test_bash_completes(typed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = f"COMP_WORDS=(cnnstudio {typed}); COMP_CWORD={len(typed.split())}; _shtab_cnnstudio; echo ${{COMPREPLY[@]}}"
    assert answer(["bash", "-c", f"{script('bash', capsys)}\n{asked}"], tmp_path).strip() == TYPED[typed]


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish here")
@pytest.mark.parametrize("typed", TYPED)
def test_fish_completes(typed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = f"{script('fish', capsys)}\ncomplete -C 'cnnstudio {typed}'"
    assert answer(["fish", "--no-config", "-c", asked], tmp_path).split()[0] == TYPED[typed]


def test_zsh_is_told_of_paths_and_what_commands_do(capsys: pytest.CaptureFixture[str]) -> None:
    said = script("zsh", capsys)
    assert "repair:'repair a photo, or a folder of photos'" in said
    assert re.search(r'"--mask\[.*\]:mask:_files"', said)
    assert re.search(r":the photo, or a folder of photos:_files", said)
