"""The window: PySide6 widgets around open photos. No torch, no engine: work goes to the lanes of ``runtime``."""
