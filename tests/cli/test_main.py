"""The entry: help, version, models, train, and a reader that goes away."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cnnstudio
import training.__main__
from cnnstudio.__main__ import main


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["repair", "--help"],
        ["detect", "--help"],
        ["restore", "--help"],
        ["generate", "--help"],
        ["models"],
        ["doctor", "--help"],
        ["completion", "bash"],
        ["--version"],
    ],
)
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    done = python(
        "import sys, contextlib\n"
        "from cnnstudio.__main__ import main\n"
        f"with contextlib.suppress(SystemExit): main({arguments!r})\n"
        "heavy = {'torch', 'PySide6', 'lightning'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_help_documents_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    for code in ("0", "1", "2", "3", "4", "5", "6", "7", "130"):
        assert f"\n  {code} " in said
    for command in ("repair", "detect", "restore", "generate", "models", "train", "doctor", "completion"):
        assert re.search(rf"^    {command}\s", said, re.MULTILINE)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"CNN Studio {cnnstudio.__version__}\n"


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["polish"])
    assert stop.value.code == 2


def test_models_table(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    header, generator, repairer = capsys.readouterr().out.splitlines()
    assert header.split() == ["id", "task", "name", "licence", "size", "sha256", "verified"]
    assert generator.startswith("dcgan")
    assert repairer.split()[:6] == ["pyramid", "repair", "Pyramid", "MIT", "0.0", "MB"]
    assert repairer.endswith("not checked")


def test_models_verified(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--verify"]) == 0
    (models / "dcgan.safetensors").write_bytes(b"exchanged")
    assert main(["models", "--verify", "--json"]) == 6
    said = capsys.readouterr().out
    verified = {card["id"]: card["verified"] for card in json.loads(said[said.index("[") :])}
    assert verified == {"dcgan": False, "pyramid": True}


def test_train_hands_over(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(training.__main__, "main", lambda argv: given.extend(argv) or 3)
    assert main(["train", "repair", "--help", "--minutes", "5"]) == 3
    assert given == ["repair", "--help", "--minutes", "5"]


def test_train_without_its_packages(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def lacking(_argv: list[str]) -> int:
        raise ModuleNotFoundError("No module named 'lightning'", name="lightning")

    monkeypatch.setattr(training.__main__, "main", lacking)
    assert main(["train", "repair"]) == 2
    assert "pip install 'cnnstudio[train]'" in capsys.readouterr().err


def test_a_reader_that_went_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnstudio", "models", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 141
