"""The tools that mark damage: what a hand does on the canvas becomes a change of the mask."""

from __future__ import annotations

from PySide6.QtCore import QObject

from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.tools.base import Tool as Tool
from cnnstudio.ui.tools.brush import BrushTool as BrushTool
from cnnstudio.ui.tools.brush import EraserTool as EraserTool
from cnnstudio.ui.tools.hand import HandTool as HandTool
from cnnstudio.ui.tools.line import LineTool as LineTool
from cnnstudio.ui.tools.pick import PickTool as PickTool
from cnnstudio.ui.tools.settings import ToolSettings as ToolSettings
from cnnstudio.ui.tools.shapes import LassoTool as LassoTool
from cnnstudio.ui.tools.shapes import PolygonTool as PolygonTool
from cnnstudio.ui.tools.shapes import RectangleTool as RectangleTool
from cnnstudio.ui.tools.wand import WandTool as WandTool


def make_tools(settings: ToolSettings, lanes: Lanes, parent: QObject | None = None) -> dict[str, Tool]:
    """One of each, by name."""
    return {
        "brush": BrushTool(settings, parent),
        "eraser": EraserTool(settings, parent),
        "line": LineTool(settings, parent),
        "lasso": LassoTool(parent),
        "polygon": PolygonTool(parent),
        "rectangle": RectangleTool(parent),
        "wand": WandTool(settings, lanes, parent),
        "pick": PickTool(parent),
        "hand": HandTool(parent),
    }
