"""The look: Fusion with quiet, neutral palettes, since a tinted window spoils the eye for a photo's colours."""

from __future__ import annotations

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from cnnstudio.paths import resource

_R = QPalette.ColorRole
_COLOURS: dict[str, dict[QPalette.ColorRole, str]] = {
    "dark": {
        _R.Window: "#2b2b2b", _R.WindowText: "#e6e6e6", _R.Base: "#222222", _R.AlternateBase: "#282828",
        _R.Text: "#e6e6e6", _R.PlaceholderText: "#9a9a9a", _R.Button: "#373737", _R.ButtonText: "#e6e6e6",
        _R.BrightText: "#ff8f7a", _R.ToolTipBase: "#3a3a3a", _R.ToolTipText: "#f0f0f0", _R.Highlight: "#2f6fb0",
        _R.HighlightedText: "#ffffff", _R.Accent: "#2f6fb0", _R.Link: "#7fb4e6", _R.LinkVisited: "#b49ae0",
        _R.Light: "#4a4a4a", _R.Midlight: "#404040", _R.Mid: "#1f1f1f", _R.Dark: "#1a1a1a", _R.Shadow: "#0f0f0f",
    },
    "light": {
        _R.Window: "#f0f0f0", _R.WindowText: "#1c1c1c", _R.Base: "#ffffff", _R.AlternateBase: "#f6f6f6",
        _R.Text: "#1c1c1c", _R.PlaceholderText: "#696969", _R.Button: "#e6e6e6", _R.ButtonText: "#1c1c1c",
        _R.BrightText: "#b3261e", _R.ToolTipBase: "#ffffff", _R.ToolTipText: "#1c1c1c", _R.Highlight: "#1f64a8",
        _R.HighlightedText: "#ffffff", _R.Accent: "#1f64a8", _R.Link: "#1f64a8", _R.LinkVisited: "#6a3fa0",
        _R.Light: "#ffffff", _R.Midlight: "#eaeaea", _R.Mid: "#bdbdbd", _R.Dark: "#a0a0a0", _R.Shadow: "#6a6a6a",
    },
}  # fmt: skip
_FADED = {"dark": "#7d7d7d", "light": "#8c8c8c"}
_SURROUND = {"dark": "#3c3c3c", "light": "#8a8a8a"}
_MORE = {
    "dark": {
        "line": "#4c4c4c", "edge": "#8a8a8a", "over": "#454545", "down": "#2f2f2f", "on": "#505050", "thumb": "#636363",
    },
    "light": {
        "line": "#bdbdbd", "edge": "#757575", "over": "#dadada", "down": "#cccccc", "on": "#d2d2d2", "thumb": "#b4b4b4",
    },
}  # fmt: skip
"""What palettes have no role for: a button's outline, that of a box to be ticked (which is seen by nothing else, so it
has three times the brightness of what is around it), a button under the cursor, pressed, and one that stays on;
what is taken hold of to scroll."""
_STYLE = """
QPushButton { background: palette(button); border: 1px solid %(line)s; border-radius: 4px; padding: 4px 8px; }
QDialog QPushButton { padding: 4px 14px; }
QDialog QPushButton:default { background: palette(accent); border-color: palette(accent);
    color: palette(highlighted-text); }
QPushButton:hover { background: %(over)s; }
QPushButton:pressed { background: %(down)s; }
QPushButton:focus, QPushButton:default { border-color: palette(link); }
QPushButton:disabled { color: %(faded)s; background: palette(window); }
QDialog QPushButton:default:hover { background: %(hover)s; }
QDialog QPushButton:default:focus { border-color: palette(text); }
QDialog QPushButton:default:disabled { background: palette(window); border-color: %(line)s; color: %(faded)s; }
QPushButton:flat { background: transparent; border-color: transparent; }
QPushButton:flat:hover { background: %(over)s; }
QPushButton:flat:focus { border-color: palette(link); }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton#primary { background: palette(accent); color: palette(highlighted-text); border: none; border-radius: 5px;
    padding: 7px 14px; font-weight: 600; }
QPushButton#primary:hover { background: %(hover)s; }
QPushButton#primary:pressed { background: %(pressed)s; }
QPushButton#primary:disabled { background: palette(midlight); color: %(faded)s; }
QPushButton#primary:focus { outline: none; border: 2px solid palette(text); padding: 5px 12px; }
QToolButton { border: 1px solid transparent; border-radius: 4px; padding: 3px; }
QToolButton:hover { background: %(over)s; }
QToolButton:pressed { background: %(down)s; }
QToolButton:focus { border-color: palette(link); }
QToolButton[popupMode="1"] { padding-right: 18px; }
QToolButton::menu-button { border: none; width: 18px; }
QToolButton::menu-arrow { image: url(icons:chevron.svg); width: 10px; height: 10px; }
QToolBar { border: none; padding: 2px; spacing: 2px; }
QToolBar QToolButton { padding: 5px; border-radius: 4px; border: 1px solid transparent; }
QToolBar QToolButton:hover { background: palette(midlight); }
QToolBar QToolButton:checked { background: palette(accent); color: palette(highlighted-text); }
QToolBar QToolButton[quiet="true"]:checked { background: %(on)s; }
QToolBar QToolButton:focus { border-color: palette(text); }
QDockWidget::title { padding: 5px 8px; background: palette(window); }
QMainWindow::separator { background: palette(mid); width: 3px; height: 3px; }
QStatusBar::item { border: none; }
QStatusBar QToolButton { border: 1px solid transparent; border-radius: 3px; padding: 2px 15px 2px 3px; }
QStatusBar QToolButton:hover { background: %(over)s; }
QStatusBar QToolButton:focus { border-color: palette(link); }
QStatusBar QToolButton::menu-indicator { image: url(icons:chevron.svg); width: 9px; height: 9px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 3px; }
QComboBox { background: palette(button); border: 1px solid %(line)s; border-radius: 4px; padding: 3px 7px; }
QComboBox:hover { background: %(over)s; }
QComboBox:focus, QComboBox:on { border-color: palette(link); }
QComboBox:disabled { color: %(faded)s; background: palette(window); }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(icons:chevron.svg); width: 11px; height: 11px; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: %(thumb)s; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: %(edge)s; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: palette(base); border: 1px solid %(line)s; border-radius: 4px; }
QProgressBar::chunk { background: palette(accent); border-radius: 3px; }
QCheckBox { spacing: 7px; }
QCheckBox::indicator, QTableView::indicator { width: 13px; height: 13px; border: 1px solid %(edge)s; border-radius: 3px;
    background: palette(base); }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: palette(link); }
QCheckBox::indicator:checked, QTableView::indicator:checked { background: palette(accent);
    border-color: palette(accent); image: url(icons:check.svg); }
QTableView::indicator:checked:selected { border-color: palette(highlighted-text); }
QTableView { border: 1px solid %(line)s; border-radius: 4px; }
QHeaderView::section { background: palette(window); border: none; padding: 3px 4px; }
QCheckBox::indicator:checked:focus { border-color: palette(text); }
QCheckBox::indicator:disabled { background: palette(window); border-color: %(line)s; }
"""

_wanted = "system"


def apply_theme(app: QApplication, theme: str) -> None:
    """Gives the application its look, and keeps it in step with the system's where that is wanted.

    Args:
        theme: ``"system"``, ``"light"`` or ``"dark"``.
    """
    app.setStyle("Fusion")
    app.styleHints().colorSchemeChanged.connect(_on_system_changed)
    follow(theme)


def follow(theme: str) -> None:
    """Changes to another theme; see :func:`apply_theme`."""
    global _wanted
    _wanted = theme
    app = QGuiApplication.instance()
    if not isinstance(app, QApplication):
        return
    name = current()
    if app.property("look") == name:
        return
    app.setProperty("look", name)
    app.setPalette(palette(name))
    QDir.setSearchPaths("icons", [str(resource("icons"))])
    accent = QColor(_COLOURS[name][_R.Accent])
    colours = {"hover": accent.lighter(108).name(), "pressed": accent.darker(115).name(), "faded": _FADED[name]}
    app.setStyleSheet(_STYLE % (colours | _MORE[name]))


def current() -> str:
    """``"light"`` or ``"dark"``: what is wanted, or what the system has."""
    if _wanted in _COLOURS:
        return _wanted
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def surround() -> QColor:
    """The neutral grey around the photo."""
    return QColor(_SURROUND[current()])


def palette(name: str) -> QPalette:
    """The colours of ``"light"`` or ``"dark"``."""
    made = QPalette()
    for role, colour in _COLOURS[name].items():
        made.setColor(role, QColor(colour))
    for role in (_R.WindowText, _R.Text, _R.ButtonText, _R.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(_FADED[name]))
    made.setColor(QPalette.ColorGroup.Disabled, _R.Highlight, QColor(_COLOURS[name][_R.Light]))
    made.setColor(QPalette.ColorGroup.Disabled, _R.Accent, QColor(_COLOURS[name][_R.Light]))
    return made


def _on_system_changed(_: Qt.ColorScheme) -> None:
    if _wanted == "system":
        follow("system")
