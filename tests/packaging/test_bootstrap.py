"""The bootstrap: what it would run on which machine. Nothing is installed here; every command is recorded instead."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "bootstrap.py"


class Machine:
    """A checkout in a folder with a space in its name, and the commands that were run there.

    Attributes:
        commands: what was called, one string each.
        failing: commands that contain this fail.
    """

    def __init__(self, bootstrap: ModuleType) -> None:
        self.bootstrap = bootstrap
        self.commands: list[str] = []
        self.failing = "nothing"

    def call(self, command: list[Any], **_options: Any) -> int:
        text = " ".join(str(part) for part in command)
        self.commands.append(text)
        if "-m venv" in text:
            self.bootstrap.BIN.mkdir(parents=True, exist_ok=True)
            self.bootstrap.PYTHON.touch()
            (self.bootstrap.VENV / "pyvenv.cfg").touch()
        return int(self.failing in text)

    def installed(self) -> list[str]:
        """The project and extras of every pip install."""
        return [c.rpartition(" ")[2] for c in self.commands if "pip install" in c]


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def machine(bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    root = tmp_path / "a checkout"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]", "utf-8")
    for name, path in {
        "ROOT": root,
        "VENV": root / ".venv",
        "STAMP": root / ".venv" / "cnnstudio-setup.json",
        "BIN": root / ".venv" / "bin",
        "PYTHON": root / ".venv" / "bin" / "python",
    }.items():
        monkeypatch.setattr(bootstrap, name, path)
    machine = Machine(bootstrap)
    monkeypatch.setattr(bootstrap, "call", machine.call)
    monkeypatch.setattr(bootstrap, "missing_packages", lambda _libraries: [])
    return machine


def add_window(machine: Machine) -> None:
    (machine.bootstrap.ROOT / "cnnstudio").mkdir()
    (machine.bootstrap.ROOT / "cnnstudio" / "app.py").touch()


def add_sample(machine: Machine) -> Path:
    samples: Path = machine.bootstrap.ROOT / "resources" / "samples"
    samples.mkdir(parents=True)
    (samples / "portrait.jpg").touch()
    (samples / "portrait-mask.png").touch()
    return samples


def test_needs_nothing_but_an_old_python_to_be_read() -> None:
    source = SCRIPT.read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    imported = {
        alias.name.partition(".")[0] if isinstance(node, ast.Import) else str(node.module).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= sys.stdlib_module_names


def test_old_python(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 2, "final", 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: name == "python3.12")
    assert bootstrap.main(["run"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("bootstrap: CNN Studio needs Python 3.11 or newer, and this is Python ")
    assert said.endswith("start this with python3.12.\n")


def test_set_up_once(machine: Machine) -> None:
    machine.bootstrap.set_up("test")
    assert any("-m venv" in command for command in machine.commands)
    assert machine.installed() == [".[studio,test,train]"]
    machine.commands.clear()
    machine.bootstrap.set_up("test")
    machine.bootstrap.set_up("run")
    assert machine.commands == []


def test_set_up_again_after_a_change_of_the_project(machine: Machine) -> None:
    machine.bootstrap.set_up("run")
    assert machine.installed() == ["."]
    (machine.bootstrap.ROOT / "pyproject.toml").write_text("[project]\nname = 'x'", "utf-8")
    machine.bootstrap.set_up("run")
    assert machine.installed() == [".", "."]
    assert sum("-m venv" in command for command in machine.commands) == 1


def test_run_keeps_what_test_installed(machine: Machine) -> None:
    machine.bootstrap.set_up("test")
    (machine.bootstrap.ROOT / "pyproject.toml").write_text("[project]\nname = 'x'", "utf-8")
    machine.bootstrap.set_up("run")
    assert machine.installed()[-1] == ".[studio,test,train]"


def test_run_installs_the_windows_part_once_there_is_one(machine: Machine) -> None:
    add_window(machine)
    machine.bootstrap.set_up("run")
    assert machine.installed() == [".[studio]"]


def test_translations_are_compiled_when_they_are_new(machine: Machine) -> None:
    add_window(machine)
    folder = machine.bootstrap.ROOT / "resources" / "i18n"
    folder.mkdir(parents=True)
    catalogue, compiled = folder / "cnnstudio_zh_CN.ts", folder / "cnnstudio_zh_CN.qm"
    catalogue.touch()
    compiling = f"{machine.bootstrap.PYTHON} {machine.bootstrap.ROOT / 'packaging' / 'translate.py'} build"
    machine.bootstrap.set_up("run")
    assert machine.commands[-1] == compiling
    compiled.touch()
    os.utime(catalogue, (1, 1))
    machine.commands.clear()
    machine.bootstrap.set_up("run")
    assert machine.commands == []
    os.utime(compiled, (0, 0))
    machine.bootstrap.set_up("run")
    assert machine.commands == [compiling]


def test_the_window_opens_without_translations(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    add_window(machine)
    (machine.bootstrap.ROOT / "resources" / "i18n").mkdir(parents=True)
    (machine.bootstrap.ROOT / "resources" / "i18n" / "cnnstudio_zh_CN.ts").touch()
    machine.failing = "translate.py"
    machine.bootstrap.set_up("run")
    assert "speaks English" in capsys.readouterr().out


def test_moved_checkout_gets_a_new_environment(machine: Machine) -> None:
    machine.bootstrap.set_up("run")
    stamp = json.loads(machine.bootstrap.STAMP.read_text("utf-8"))
    machine.bootstrap.STAMP.write_text(json.dumps(stamp | {"root": "/elsewhere"}), "utf-8")
    machine.bootstrap.set_up("run")
    assert sum("-m venv --clear" in command for command in machine.commands) == 2


def test_an_environment_of_someone_elses_making_is_used(machine: Machine) -> None:
    machine.bootstrap.BIN.mkdir(parents=True)
    machine.bootstrap.PYTHON.touch()
    machine.bootstrap.set_up("run")
    assert not any("-m venv" in command for command in machine.commands)


def test_a_folder_that_is_no_environment_is_left_alone(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.bootstrap.VENV.mkdir()
    (machine.bootstrap.VENV / "diary.txt").touch()
    assert machine.bootstrap.main(["run"]) == 1
    assert "is in the way" in capsys.readouterr().err
    assert machine.commands == []


def test_an_interrupted_installation_is_taken_up_again(machine: Machine) -> None:
    machine.failing = "pip install"
    assert machine.bootstrap.main(["run"]) == 1
    machine.failing = "nothing"
    machine.bootstrap.set_up("run")
    assert machine.installed() == [".", "."]


def test_the_download_is_announced_before_it_begins(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.bootstrap.set_up("run")
    assert "download of up to 3 GB" in capsys.readouterr().out


def test_missing_ensurepip(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine.bootstrap.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(machine.bootstrap.shutil, "which", lambda _name: "/usr/bin/apt-get")
    monkeypatch.setattr(machine.bootstrap.os, "geteuid", lambda: 1000)
    assert machine.bootstrap.main(["run"]) == 1
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    said = capsys.readouterr()
    assert f"sudo apt-get install -y --no-install-recommends {package}" in said.out
    assert package in said.err


@pytest.mark.parametrize("user", [0, 1000])
def test_missing_libraries(
    user: int, machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine.bootstrap.sys, "platform", "linux")
    monkeypatch.setattr(machine.bootstrap, "missing_packages", lambda libraries: list(libraries.values())[:2])
    monkeypatch.setattr(machine.bootstrap.shutil, "which", lambda _name: "/usr/bin/apt-get")
    monkeypatch.setattr(machine.bootstrap.os, "geteuid", lambda: user)
    machine.bootstrap.ensure_qt_libraries("test")
    install = "apt-get install -y --no-install-recommends libegl1 libgl1"
    if user == 0:
        assert machine.commands == ["apt-get update", install]
    else:
        assert machine.commands == []
        assert f"sudo {install}\n" in capsys.readouterr().out


def test_what_the_windows_tests_use_is_installed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.bootstrap.sys, "platform", "linux")
    monkeypatch.setattr(machine.bootstrap.shutil, "which", lambda name: name if name == "apt-get" else None)
    monkeypatch.setattr(machine.bootstrap.os, "geteuid", lambda: 0)
    add_window(machine)
    machine.bootstrap.ensure_qt_libraries("run")
    assert machine.commands == []
    machine.bootstrap.ensure_qt_libraries("test")
    assert machine.commands[-1].endswith(" xvfb strace")


def test_the_first_run_needs_no_libraries_for_a_window_that_does_not_exist(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.bootstrap, "missing_packages", lambda libraries: list(libraries.values()))
    machine.bootstrap.ensure_qt_libraries("run")
    assert machine.commands == []


def test_a_command_that_does_not_exist_fails(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.call(["/nowhere/at all", "--quick"]) == 127
    assert "There is no /nowhere/at all." in capsys.readouterr().out


def test_libraries_are_looked_for(bootstrap: ModuleType) -> None:
    assert bootstrap.missing_packages({"libnowhere.so.7": "libnowhere7"}) == ["libnowhere7"]


def test_run_repairs_the_sample(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    samples = add_sample(machine)
    assert machine.bootstrap.main(["run"]) == 0
    out = machine.bootstrap.ROOT / "out"
    assert machine.commands[-1] == (
        f"{machine.bootstrap.PYTHON} -P -m cnnstudio repair {samples / 'portrait.jpg'} "
        f"--mask {samples / 'portrait-mask.png'} -o {out / 'portrait.jpg'} "
        f"--compare {out / 'portrait-before-after.png'} --overwrite"
    )
    said = capsys.readouterr().out
    assert str(out / "portrait.jpg") in said
    assert str(out / "portrait-before-after.png") in said


def test_run_opens_the_window_where_there_is_one(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    add_window(machine)
    add_sample(machine)
    monkeypatch.setattr(machine.bootstrap, "has_display", lambda: True)
    assert machine.bootstrap.main(["run"]) == 0
    assert machine.commands[-1] == f"{machine.bootstrap.PYTHON} -P -m cnnstudio"
    machine.failing = "import cnnstudio.app"
    assert machine.bootstrap.main(["run"]) == 0
    assert "repair" in machine.commands[-1]


def test_run_hands_arguments_on(machine: Machine) -> None:
    machine.bootstrap.main(["run", "repair", "my photo.jpg", "--mask", "m.png", "-o", "o.jpg"])
    assert machine.commands[-1].endswith("-m cnnstudio repair my photo.jpg --mask m.png -o o.jpg")


def test_every_check_runs_and_one_failure_fails(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert machine.bootstrap.main(["test", "-q", "tests/cli"]) == 0
    machine.failing = "lint-imports"
    machine.commands.clear()
    assert machine.bootstrap.main(["test", "-q", "tests/cli"]) == 1
    assert [command.rpartition("/")[2] for command in machine.commands] == [
        "python -m ruff check .", "lint-imports", "python -m mypy", "cli",
    ]  # fmt: skip
    said = capsys.readouterr().out
    assert "import-linter  FAILED" in said
    assert "pytest         passed" in said
