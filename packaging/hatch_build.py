"""Compiles the window's translations into a wheel that is being built."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Translations(BuildHookInterface[Any]):
    """Asks for Qt's compiler only where there is something to compile."""

    def dependencies(self) -> list[str]:
        """What the build needs beside what pyproject.toml names."""
        return ["PySide6-Essentials>=6.10"] if self._translate().stale() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the files are gathered."""
        self._translate().build()

    def _translate(self) -> ModuleType:
        path = Path(self.root, "packaging", "translate.py")
        spec = importlib.util.spec_from_file_location("translate", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
