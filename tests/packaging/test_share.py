"""What Linux keeps beside the program: the man page and the completions."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from cnnstudio.cli.completion import SHELLS
from cnnstudio.cli.failures import Exit
from cnnstudio.cli.main import COMMANDS

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def share(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(PACKAGING))
    return importlib.import_module("share")


@pytest.fixture
def man_page(share: ModuleType, tmp_path: Path) -> Path:
    share.write(tmp_path)
    return tmp_path / str(share.MAN_PAGE)


def test_the_page_tells_every_command_option_and_exit_code(man_page: Path) -> None:
    lines = man_page.read_text("utf-8").splitlines()
    assert {line.removeprefix(".SS ") for line in lines if line.startswith(".SS ")} == set(COMMANDS)
    assert r"\fB\-o\fR, \fB\-\-output\fR \fIOUT\fR" in lines
    assert "a repair model (default: pyramid)" in lines
    for code in set(Exit) - {Exit.CLOSED_PIPE}:  # which nobody is there to see
        assert f"\\fB{code.value}\\fR" in lines


def test_no_text_is_taken_for_an_order(man_page: Path) -> None:
    orders = {line.split()[0] for line in man_page.read_text("utf-8").splitlines() if line.startswith((".", "'"))}
    assert orders <= {".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".br", ".ad", ".nh"}


@pytest.mark.skipif(not shutil.which("groff"), reason="there is no groff here")
def test_groff_has_nothing_to_say_against_it(man_page: Path) -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-k", "-Tutf8", man_page], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "repair damaged photographs" in done.stdout


def test_each_shell_finds_its_completion(share: ModuleType, tmp_path: Path) -> None:
    places = share.write(tmp_path)
    assert set(share.COMPLETIONS) == set(SHELLS)
    for place in places:
        assert "sensitivity" in (tmp_path / place).read_text("utf-8")
