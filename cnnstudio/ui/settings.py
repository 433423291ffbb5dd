"""What the window remembers from start to start."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast, overload

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtGui import QColor

T = TypeVar("T")

THEMES = ("system", "light", "dark")
LANGUAGES = ("system", "en", "zh_CN")


class _Remembered(Generic[T]):
    """A setting as an attribute. What is stored and does not fit counts as not stored.

    Args:
        key: in the file.
        default: of the setting's type.
        low, high: bounds of a number.
        choices: all allowed values.
    """

    def __init__(self, key: str, default: T, low: float = 0, high: float = 0, choices: tuple[T, ...] = ()) -> None:
        self._key, self._default, self._low, self._high, self._choices = key, default, low, high, choices

    @overload
    def __get__(self, owner: None, kind: type) -> _Remembered[T]: ...
    @overload
    def __get__(self, owner: Settings, kind: type) -> T: ...
    def __get__(self, owner: Settings | None, kind: type) -> T | _Remembered[T]:
        if owner is None:
            return self
        stored = owner.store.value(self._key)
        try:
            value = self._read(stored)
        except (TypeError, ValueError):
            return self._default
        if self._choices and value not in self._choices:
            return self._default
        if self._high and not self._low <= cast(float, value) <= self._high:
            return self._default
        return value

    def __set__(self, owner: Settings, value: T) -> None:
        stored: Any = value
        if isinstance(value, QColor):
            stored = value.name()
        owner.store.setValue(self._key, stored)

    def _read(self, stored: Any) -> T:
        if stored is None:
            return self._default
        value: Any
        match self._default:
            case bool():
                value = stored if isinstance(stored, bool) else {"true": True, "false": False}.get(str(stored))
            case int() | float():
                value = type(self._default)(stored)
            case QColor():
                value = QColor(str(stored))
                value = value if value.isValid() else None
            case QByteArray():
                value = stored if isinstance(stored, QByteArray) else None
            case list():
                # An INI file cannot tell a list of one from a word.
                value = [str(one) for one in (stored if isinstance(stored, list) else [stored]) if one]
            case _:
                value = str(stored)
        if value is None:
            raise ValueError(self._key)
        return cast(T, value)


class Settings:
    """All settings, each an attribute with its type and default.

    Args:
        store: where they are; None takes the user's own.

    Attributes:
        theme: ``"system"``, ``"light"`` or ``"dark"``.
        language: ``"system"``, ``"en"`` or ``"zh_CN"``.
        recent_files: the latest first.
        last_folder: in which a photo was opened or saved last; empty for none.
        window_geometry, window_state: as Qt packs them.
        tool: name of the tool in hand.
        brush_size, line_width: photo pixels.
        brush_hardness: 0 to 1.
        wand_tolerance: steps of 255.
        pressure_size: whether a pen's pressure changes the brush's size.
        mask_colour: of what is marked.
        mask_opacity: 0 to 1.
        model: id of the model that repairs.
        feather: pixels.
        texture, grain: 0 to 1.
        candidates: 1 to 9.
        device: ``"auto"`` or the id of a device.
        repair_on_release: whether letting go of the brush begins a repair.
        record_repairs: whether saved files say that they were repaired.
    """

    theme = _Remembered("look/theme", "system", choices=THEMES)
    language = _Remembered("look/language", "system", choices=LANGUAGES)
    recent_files = _Remembered[list[str]]("files/recent", [])
    last_folder = _Remembered("files/folder", "")
    window_geometry = _Remembered("window/geometry", QByteArray())
    window_state = _Remembered("window/state", QByteArray())
    tool = _Remembered("tools/tool", "brush")
    brush_size = _Remembered("tools/brush-size", 24.0, 1, 2000)
    brush_hardness = _Remembered("tools/brush-hardness", 1.0, 0, 1)
    wand_tolerance = _Remembered("tools/tolerance", 24, 0, 255)
    line_width = _Remembered("tools/line-width", 5.0, 1, 200)
    pressure_size = _Remembered("tools/pressure-size", True)
    mask_colour = _Remembered("look/mask-colour", QColor("#ff3b6b"))
    mask_opacity = _Remembered("look/mask-opacity", 0.5, 0.05, 1)
    model = _Remembered("repair/model", "pyramid")
    feather = _Remembered("repair/feather", 2.0, 0, 8)
    texture = _Remembered("repair/texture", 0.6, 0, 1)
    grain = _Remembered("repair/grain", 1.0, 0, 1)
    candidates = _Remembered("repair/candidates", 1, 1, 9)
    device = _Remembered("repair/device", "auto")
    repair_on_release = _Remembered("repair/on-release", False)
    record_repairs = _Remembered("files/record-repairs", True)

    def __init__(self, store: QSettings | None = None) -> None:
        self.store = store or QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnnstudio", "studio")
