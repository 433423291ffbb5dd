"""Sizes stay in range and step by what the eye takes for equal steps."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.ui.tools import ToolSettings
from cnnstudio.ui.tools.settings import SIZES, WIDTHS


@pytest.fixture
def settings(qapp: object) -> ToolSettings:
    return ToolSettings()


def test_numbers_out_of_range_are_brought_into_it(settings: ToolSettings):
    settings.brush_size, settings.line_width = 99999, 0
    settings.brush_hardness, settings.wand_tolerance = 3, -5
    assert (settings.brush_size, settings.line_width) == (SIZES[1], WIDTHS[0])
    assert (settings.brush_hardness, settings.wand_tolerance) == (1, 0)


def test_only_changes_are_told(settings: ToolSettings, qtbot: QtBot):
    with qtbot.waitSignal(settings.changed):
        settings.brush_size = 30
    with qtbot.assertNotEmitted(settings.changed):
        settings.brush_size = 30


def test_every_step_changes_the_size_and_reaches_the_ends(settings: ToolSettings):
    settings.brush_size = 1
    sizes = [settings.brush_size]
    while settings.brush_size < SIZES[1]:
        settings.step_size(1)
        assert settings.brush_size > sizes[-1]
        sizes.append(settings.brush_size)
    assert len(sizes) < 60
    for _ in range(60):
        settings.step_size(-1)
    assert settings.brush_size == SIZES[0]


def test_steps_are_of_the_tool_in_hand(settings: ToolSettings):
    brush, line = settings.brush_size, settings.line_width
    settings.target = "line"
    settings.step_size(1)
    assert settings.brush_size == brush
    assert settings.line_width == line + 1


def test_hardness_steps_by_tenths(settings: ToolSettings):
    for _ in range(13):
        settings.step_hardness(-1)
    assert settings.brush_hardness == 0
    settings.step_hardness(1)
    assert settings.brush_hardness == 0.1
