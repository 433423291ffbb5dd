"""What the tools are set to; shared by the tools, the bar of their options, and the keys that change them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

SIZES = (1.0, 1000.0)
WIDTHS = (1.0, 200.0)
_STEP = 1.15
_HARDNESS_STEP = 0.1


class ToolSettings(QObject):
    """Numbers out of range are brought into it.

    Signals:
        changed: any of them is another.

    Attributes:
        target: ``"brush"`` or ``"line"``: whose size :meth:`step_size` changes.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.target = "brush"
        self._brush_size, self._brush_hardness = 24.0, 1.0
        self._wand_tolerance, self._line_width, self._pressure_size = 24, 5.0, True

    @property
    def brush_size(self) -> float:
        """Diameter in photo pixels."""
        return self._brush_size

    @brush_size.setter
    def brush_size(self, value: float) -> None:
        self._set("_brush_size", min(max(float(value), SIZES[0]), SIZES[1]))

    @property
    def brush_hardness(self) -> float:
        """1 for a sharp edge to 0 for one that fades from the middle."""
        return self._brush_hardness

    @brush_hardness.setter
    def brush_hardness(self, value: float) -> None:
        self._set("_brush_hardness", min(max(float(value), 0.0), 1.0))

    @property
    def wand_tolerance(self) -> int:
        """The greatest difference of a colour, in steps of 255."""
        return self._wand_tolerance

    @wand_tolerance.setter
    def wand_tolerance(self, value: int) -> None:
        self._set("_wand_tolerance", min(max(int(value), 0), 255))

    @property
    def line_width(self) -> float:
        """In photo pixels."""
        return self._line_width

    @line_width.setter
    def line_width(self, value: float) -> None:
        self._set("_line_width", min(max(float(value), WIDTHS[0]), WIDTHS[1]))

    @property
    def pressure_size(self) -> bool:
        """Whether a pen that is pressed less paints thinner."""
        return self._pressure_size

    @pressure_size.setter
    def pressure_size(self, value: bool) -> None:
        self._set("_pressure_size", bool(value))

    def step_size(self, by: int) -> None:
        """A step larger or smaller: about a seventh, at least a pixel."""
        name = "line_width" if self.target == "line" else "brush_size"
        size = getattr(self, name)
        stepped = size * _STEP**by
        setattr(self, name, round(size + by if abs(stepped - size) < 1 else stepped))

    def step_hardness(self, by: int) -> None:
        """A tenth harder or softer."""
        self.brush_hardness = round(self.brush_hardness + by * _HARDNESS_STEP, 2)

    def _set(self, name: str, value: object) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.changed.emit()
