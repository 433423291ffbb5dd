"""What is made for a wheel that is being built: the window's translations, the man page, and shells' completions."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Extras(BuildHookInterface[Any]):
    """Asks for Qt's compiler only where there is something to compile."""

    def dependencies(self) -> list[str]:
        """What the build needs beside what pyproject.toml names for it."""
        parsers = [
            need for need in self.metadata.core.dependencies if need.startswith(("platformdirs", "rich", "shtab"))
        ]
        return [*parsers, *(["PySide6-Essentials>=6.10"] if self._module("translate").stale() else [])]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the files are gathered."""
        self._module("translate").build()
        share = Path(self.root, "build", "share")
        for place in self._module("share").write(share):
            build_data["shared_data"][str(share / place)] = f"share/{place}"

    def _module(self, name: str) -> ModuleType:
        """One of this folder, which is no package."""
        folder = str(Path(self.root, "packaging"))
        if folder not in sys.path:
            sys.path.insert(0, folder)
        return importlib.import_module(name)
