"""Finding damage from the window: connects the desk with panel, canvas, tool, commands and the repair that follows."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.findings import Region
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import JobFailure
from cnnstudio.ui.canvas import Canvas
from cnnstudio.ui.commands import Commands
from cnnstudio.ui.countdown import Countdown
from cnnstudio.ui.damage_kinds import overlay_colours
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.finding import FindDesk, Found
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.mask_actions import MaskActions
from cnnstudio.ui.panels.damage import DamagePanel
from cnnstudio.ui.repairing import Made
from cnnstudio.ui.settings import Settings
from cnnstudio.ui.tools import PickTool

_LABEL = "Found damage"


class FindControl(QObject):
    """Lives as long as the window.

    Signals:
        noticed: (sentence, kind, detail) for the bar of notices.
        told: (sentence) what has happened, for the status line.
        panel_wanted: the panel is to come to the front.
        tool_wanted: (name) that tool is to be taken in hand.
        repair_wanted: (Editor) what is marked there is to be repaired.

    Args:
        cards: all models that find damage, the default first.

    Attributes:
        desk: what is being looked at, and what was found.
    """

    noticed = Signal(str, str, str)
    told = Signal(str)
    panel_wanted = Signal()
    tool_wanted = Signal(str)
    repair_wanted = Signal(object)

    def __init__(
        self,
        panel: DamagePanel,
        canvas: Canvas,
        tool: PickTool,
        mask_actions: MaskActions,
        commands: Commands,
        settings: Settings,
        lanes: Lanes,
        cards: list[ModelCard],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel, self._canvas, self._tool, self._mask_actions = panel, canvas, tool, mask_actions
        self._commands, self._settings, self._cards = commands, settings, cards
        self._editor: Editor | None = None
        self._found: Found | None = None
        self._had_regions = False
        self._tool_before, self._is_hand_busy = "", False
        self._latest: dict[Editor, tuple[float, str]] = {}
        self._colours = overlay_colours()
        self._countdown = Countdown(self._show_progress, self)
        self.desk = desk = FindDesk(lanes, self)
        desk.changed.connect(self._on_changed)
        desk.progressed.connect(self._on_progressed)
        desk.found.connect(self._on_found)
        desk.failed.connect(self._on_failed)
        panel.find_requested.connect(self.find)
        panel.cancel_requested.connect(self.cancel)
        panel.mark_requested.connect(self.mark)
        panel.repair_requested.connect(self.repair)
        panel.discard_requested.connect(self.discard)
        panel.visible_requested.connect(self.show_found)
        panel.selected.connect(self._on_selected)
        panel.show_requested.connect(canvas.show_rect)
        tool.picked.connect(panel.select)
        canvas.marking.connect(self._on_marking)
        commands["find"].triggered.connect(self.find)
        commands["pick"].triggered.connect(self._on_pick)
        commands["mark-found"].triggered.connect(self.mark)
        commands["repair-found"].triggered.connect(self.repair)
        commands["discard-found"].triggered.connect(self.discard)
        commands["found-visible"].triggered.connect(self.show_found)
        self._show_state()

    def set_editor(self, editor: Editor | None) -> None:
        """Another photo is shown; to be called after the canvas shows it."""
        if self._editor:
            self._editor.history_changed.disconnect(self._on_history)
        self._editor = editor
        if editor:
            editor.history_changed.connect(self._on_history)
        self._countdown.go_on(False)  # those were the other photo's news
        self._watch(None)
        self._show_state()

    @property
    def is_offered(self) -> bool:
        """Whether what was found is what is to be repaired: it is seen, and nothing is marked."""
        found, editor = self._found, self._editor
        return bool(editor and not editor.has_mask and found and found.visible and found.kept_count)

    # ---- what the person asks for

    @Slot()
    def find(self) -> None:
        """Has the photo looked at, or shows what was found in it before."""
        editor = self._editor
        self.panel_wanted.emit()
        if editor is None or not self._cards:
            return
        if self._found:
            self.show_found(True)
            self._take_tool()
        else:
            self._is_hand_busy = False
            self.desk.look(editor, self._cards[0], self._settings.device)

    @Slot()
    def cancel(self) -> bool:
        """Gives up looking at the photo shown; returns whether it was being done."""
        return self.desk.cancel(self._editor)

    @Slot()
    def mark(self) -> None:
        """Marks what is kept, as one step."""
        if self._editor:
            self._mark(self._editor, repair=False)

    @Slot()
    def repair(self) -> None:
        """Marks what is kept, and has it repaired; once it is marked, the mask counts as it is now."""
        if self._found and self._found.is_marked:
            self.repair_wanted.emit(self._editor)
        elif self._editor:
            self._mark(self._editor, repair=True)

    @Slot()
    def discard(self) -> None:
        """Forgets what was found in the photo shown."""
        if self._editor:
            self.desk.discard(self._editor)

    @Slot(bool)
    def show_found(self, on: bool) -> None:
        """Shows or hides the damage over the photo."""
        if self._found:
            self._found.visible = on
            self._show_state()

    @Slot(object)
    def on_made(self, made: Made) -> None:
        """A repair has been laid over a photo: what was found is done with if it was marked, else what is covered."""
        found = self.desk.of(made.editor)
        if found is None:
            return
        if made.candidate.patches.bounds & found.marked:
            self.desk.discard(made.editor)
        else:
            found.forget_repaired(made.used)

    def _mark(self, editor: Editor, *, repair: bool) -> None:
        found = self._found
        if found and found.kept_count:
            bounds, make = found.kept_bounds, found.make_mask()
            self._mask_actions.add(editor, make, _LABEL, partial(self._on_marked, editor, found, bounds, repair))

    def _on_marked(self, editor: Editor, found: Found, bounds: Rect, repair: bool) -> None:
        if self.desk.of(editor) is not found:
            return  # discarded meanwhile, or the photo closed
        # From here on the mask is what counts; what lies over it would hide it from brush and eraser.
        found.marked, found.visible = bounds, False
        if found is self._found:
            self._show_state()
        if repair:
            self.repair_wanted.emit(editor)
        elif editor is self._editor:
            self._canvas.setFocus()  # where brush, eraser and Enter go on, and not what is left of the panel's buttons
            self.told.emit(self.tr("Marked. Change it by brush and eraser, then repair it by Enter."))

    # ---- what happens

    @Slot(object)
    def _on_changed(self, editor: Editor) -> None:
        if not self.desk.is_looking(editor):
            self._latest.pop(editor, None)
        if editor is self._editor:
            self._show_state()

    @Slot(object)
    def _on_found(self, editor: Editor) -> None:
        found = self.desk.of(editor)
        if found is None or editor is not self._editor:
            return
        if found.regions:
            self._offer(len(found.regions))
        else:
            self.told.emit(self.tr("Nothing is surely damaged."))

    @Slot()
    def _on_history(self) -> None:
        """Where the marking of what was found is undone, it is there to choose from again."""
        found, editor = self._found, self._editor
        if editor and found and found.is_marked:
            history = editor.document.history
            if history.labels[history.position : history.position + 1] == [_LABEL]:
                found.marked = Rect(0, 0, 0, 0)
                self.show_found(True)

    @Slot()
    def _on_marking(self) -> None:
        """Whoever marks by hand while it is being looked is not to have the tool taken away."""
        self._is_hand_busy = True

    @Slot()
    def _on_pick(self) -> None:
        self.show_found(True)

    @Slot(object, float, str)
    def _on_progressed(self, editor: Editor, fraction: float, text: str) -> None:
        self._latest[editor] = fraction, text
        if editor is self._editor:
            self._countdown.tell(fraction, text)

    def _show_progress(self, fraction: float, text: str) -> None:
        if self._editor:
            self._panel.set_progress(fraction, text, self.desk.seconds_left(self._editor))

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self.noticed.emit(failure.message, "error", failure.detail)

    @Slot()
    def _on_regions(self) -> None:
        if self._found:
            self._canvas.found_changed(self._found.pyramid.source.bounds)
            self._show_state()
            had_any, self._had_regions = self._had_regions, bool(self._found.regions)
            if self._had_regions and not had_any:
                self._offer(len(self._found.regions))

    @Slot(object)
    def _on_kept(self, area: Rect) -> None:
        self._canvas.found_changed(area)
        self._show_state()

    @Slot(object)
    def _on_selected(self, region: Region | None) -> None:
        self._canvas.show_frame(region.bounds if region and self._found and self._found.visible else None)

    # ---- what is shown

    def _watch(self, found: Found | None) -> None:
        if found is self._found:
            return
        if self._found:
            self._found.changed.disconnect(self._on_regions)
            self._found.kept_changed.disconnect(self._on_kept)
        self._found, self._had_regions = found, bool(found and found.regions)
        if found:
            found.changed.connect(self._on_regions)
            found.kept_changed.connect(self._on_kept)

    def _show_state(self) -> None:
        editor = self._editor
        found, looking = self.desk.of(editor), self.desk.is_looking(editor)
        self._watch(found)
        visible = found if found and found.visible else None
        self._canvas.show_found(visible.pyramid if visible else None, self._colours)
        if visible is None:
            self._canvas.show_frame(None)
        self._tool.set_found(visible)
        if found:
            self._panel.set_found(found)
        elif looking:
            self._panel.set_looking()
        else:
            self._panel.set_idle(*self._readiness())
        self._countdown.go_on(looking)
        if looking and editor in self._latest:
            self._countdown.tell(*self._latest[editor])
        self._show_commands()
        if visible is None:
            self._give_tool_back()

    def _readiness(self) -> tuple[bool, str]:
        """Whether the photo can be looked at, and why not."""
        if not self._cards:
            return False, self.tr(
                "There is no model here that finds damage. “cnnstudio train detect” trains one on photos of yours."
            )
        if self._editor is None:
            return False, self.tr("Open a photo first.")
        return True, ""

    def _show_commands(self) -> None:
        commands, found = self._commands, self._found
        commands["find"].setEnabled(self._editor is not None)
        for name in ("pick", "discard-found", "found-visible"):
            commands[name].setEnabled(found is not None)
        kept = found is not None and found.kept_count > 0
        commands["repair-found"].setEnabled(kept)
        commands["mark-found"].setEnabled(kept and found is not None and not found.is_marked)
        commands["found-visible"].setChecked(found is not None and found.visible)

    def _offer(self, count: int) -> None:
        """There are regions to pick from now, and were none before."""
        if self._is_hand_busy:
            self.told.emit(self.tr("Places with damage: {n}. Press D to pick from them.").format(n=count))
        else:
            self._take_tool()
            words = (
                self.tr("Places with damage: {n}. Click one to drop it; Enter repairs the rest.")
                if self.is_offered
                else self.tr("Places with damage: {n}. Click one to drop it.")
            )
            self.told.emit(words.format(n=count))

    def _take_tool(self) -> None:
        tool = self._canvas.tool
        if tool is not None and tool is not self._tool:
            self._tool_before = tool.name
            self.tool_wanted.emit(self._tool.name)

    def _give_tool_back(self) -> None:
        """There is nothing to pick from."""
        if self._canvas.tool is self._tool:
            self.tool_wanted.emit(self._tool_before or "brush")
