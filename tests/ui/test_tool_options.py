"""The bar of the tools' options and the tools' settings follow each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QDoubleSpinBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.panels.step_labels import step_label
from cnnstudio.ui.panels.tool_options import ToolOptions
from cnnstudio.ui.tools import ToolSettings
from cnnstudio.ui.tools.settings import SIZES


@pytest.fixture
def settings(qapp: object) -> ToolSettings:
    return ToolSettings()


@pytest.fixture
def options(settings: ToolSettings, show_inside: Callable[[QWidget, int, int], None]) -> ToolOptions:
    options = ToolOptions(settings)
    show_inside(options, 900, 48)
    return options


def control(options: ToolOptions, kind: type, name: str) -> QWidget:
    """The visible one of that name."""
    found = [w for w in options.findChildren(kind) if w.accessibleName() == name and w.isVisible()]
    assert len(found) == 1
    return found[0]


def shown(options: ToolOptions) -> set[str]:
    return {w.accessibleName() for w in options.findChildren(QSlider) if w.isVisible()}


@pytest.mark.parametrize(
    ("tool", "sliders"),
    [
        ("brush", {"Size", "Hardness"}), ("eraser", {"Size", "Hardness"}), ("line", {"Width"}), ("wand", {"Tolerance"}),
        ("lasso", set()), ("hand", set()),
    ],
)  # fmt: skip
def test_each_tool_has_its_own(options: ToolOptions, settings: ToolSettings, tool: str, sliders: set[str]):
    options.set_tool(tool, "how it is used")
    assert shown(options) == sliders
    assert settings.target == ("line" if tool == "line" else "brush")


def test_a_typed_size_is_the_brush_s(options: ToolOptions, settings: ToolSettings):
    field = control(options, QDoubleSpinBox, "Size")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "137")
    assert settings.brush_size == 24  # not 1 and 13 on the way
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert settings.brush_size == 137


def test_the_slider_gives_small_sizes_most_of_the_way(options: ToolOptions, settings: ToolSettings):
    slider = control(options, QSlider, "Size")
    slider.setValue(slider.minimum())
    assert settings.brush_size == SIZES[0]
    slider.setValue(slider.maximum() // 2)
    assert 25 < settings.brush_size < 40
    slider.setValue(slider.maximum())
    assert settings.brush_size == SIZES[1]


def test_keys_and_other_hands_are_followed(options: ToolOptions, settings: ToolSettings):
    settings.brush_size, settings.brush_hardness, settings.pressure_size = 77, 0.3, False
    assert control(options, QDoubleSpinBox, "Size").value() == 77
    assert control(options, QDoubleSpinBox, "Hardness").value() == 30
    assert not control(options, QCheckBox, "").isChecked()
    options.set_tool("wand")
    settings.wand_tolerance = 99
    assert control(options, QDoubleSpinBox, "Tolerance").value() == 99
    options.set_tool("line")
    settings.step_size(1)
    assert control(options, QDoubleSpinBox, "Width").value() == settings.line_width


def test_every_option_changes_the_settings(options: ToolOptions, settings: ToolSettings, qtbot: QtBot):
    control(options, QSlider, "Hardness").setValue(40)
    assert settings.brush_hardness == 0.4
    control(options, QCheckBox, "").click()
    assert not settings.pressure_size
    options.set_tool("wand")
    control(options, QSlider, "Tolerance").setValue(3)
    assert settings.wand_tolerance == 3
    options.set_tool("line")
    control(options, QSlider, "Width").setValue(0)
    assert settings.line_width == 1
    qtbot.waitUntil(lambda: not any(slider.is_moving for slider in options.findChildren(NumberSlider)))


def test_every_control_says_what_it_is(options: ToolOptions, qtbot: QtBot):
    for tool in ("brush", "line", "wand"):
        options.set_tool(tool)
        for kind in (QSlider, QAbstractSpinBox, QCheckBox):
            for widget in options.findChildren(kind):
                if widget.isVisible():
                    assert widget.accessibleName() or widget.text()
                    assert widget.toolTip() or widget.parentWidget().toolTip()


def test_it_fits_a_small_window(options: ToolOptions):
    for tool in ("brush", "line", "wand", "polygon"):
        options.set_tool(tool, "A long sentence about how the tool in hand is used, longer than there is room for it.")
        assert options.minimumSizeHint().width() <= 700


def test_steps_have_names_for_people(qapp: object):
    assert step_label("Magic wand") == "Magic wand"
    assert step_label("Repair 12") == "Repair 12"
    assert step_label("Grandmother's face") == "Grandmother's face"


def test_the_bar_is_as_high_for_every_tool(options: ToolOptions):
    """The photo below it stays where it is."""
    heights = set()
    for tool in ("brush", "line", "wand", "lasso"):
        options.set_tool(tool, "" if options.has(tool) else "Lasso")
        heights.add(max(options.sizeHint().height(), options.minimumHeight()))
    assert len(heights) == 1
