"""The window: lays the parts out and connects them. What a part does, it does by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
    QStatusTipEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QGridLayout,
    QLineEdit,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.cards import list_cards
from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.session import Recoverable
from cnnstudio.jobs import CallJob, JobFailure, Progress
from cnnstudio.logs import log_folder
from cnnstudio.paths import user_data_dir
from cnnstudio.ui import theme
from cnnstudio.ui.canvas import Canvas
from cnnstudio.ui.checking import Checking
from cnnstudio.ui.commands import QUIET, TOOLS, Commands
from cnnstudio.ui.comparing import Comparing
from cnnstudio.ui.confidence import Confidence
from cnnstudio.ui.docks import Docks
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.filing import Filing
from cnnstudio.ui.find_control import FindControl
from cnnstudio.ui.i18n import plain
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.mask_actions import MaskActions
from cnnstudio.ui.outside import open_outside
from cnnstudio.ui.panels.damage import DamagePanel
from cnnstudio.ui.panels.filmstrip import Filmstrip
from cnnstudio.ui.panels.generate import GeneratePanel
from cnnstudio.ui.panels.history import HistoryPanel
from cnnstudio.ui.panels.navigator import Navigator
from cnnstudio.ui.panels.notices import Notices
from cnnstudio.ui.panels.repair import RepairPanel
from cnnstudio.ui.panels.repairs import RepairsPanel
from cnnstudio.ui.panels.restore import RestorePanel
from cnnstudio.ui.panels.status import StatusLine
from cnnstudio.ui.panels.tool_options import ToolOptions
from cnnstudio.ui.panels.upright_scroll import UprightScroll
from cnnstudio.ui.panels.welcome import Welcome
from cnnstudio.ui.proving import Proving
from cnnstudio.ui.repair_control import RepairControl
from cnnstudio.ui.repairing import RepairDesk
from cnnstudio.ui.report import ReportCopier
from cnnstudio.ui.restoring import Restoring
from cnnstudio.ui.sentences import translated
from cnnstudio.ui.settings import Settings
from cnnstudio.ui.tool_buttons import connect_once
from cnnstudio.ui.tools import PickTool, ToolSettings, make_tools
from cnnstudio.ui.workspace import OpenPhoto, Workspace

_RIM = 2.0
"""Pixels by which a mask grows, shrinks and softens at a time."""
_ZOOM_STEP = 2**0.5
_SIZE = QSize(1440, 900)
"""At the first start, where the screen has room for it."""
_DEFAULTS = ("pyramid", "damage", "restore", "flowers")
"""The models that are taken where nobody chooses."""
_NAMED = ("open", "save", "original", "split", "side", "changes")
"""Buttons of the main bar that are known by their words rather than by their icons."""
_ERASED = ("Eraser", "Erased line")
_KEPT_OF_TOOLS = ("brush_size", "brush_hardness", "wand_tolerance", "line_width", "pressure_size")


class MainWindow(QMainWindow):
    """The one window.

    Signals:
        first_painted: it has been seen for the first time.

    Args:
        settings: remembered from start to start.
        lanes: its threads; whoever made them closes them, after :meth:`put_away`.
        sessions: folder in which the work on open photos is kept safe.
    """

    first_painted = Signal()

    def __init__(self, settings: Settings, lanes: Lanes, sessions: Path) -> None:
        super().__init__()
        self.setObjectName("main-window")
        self.setWindowTitle("CNN Studio")
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # Qt's own one hides bars for good
        self._settings, self._lanes = settings, lanes
        self._painted = False
        self._editor: Editor | None = None
        self._photo: OpenPhoto | None = None
        self._is_original_held = False

        self.commands = Commands(self)
        self.workspace = Workspace(lanes, settings, sessions, self)
        self.desk = RepairDesk(lanes, self)
        self.checking = Checking(self.desk, lanes, self)
        self.mask_actions = MaskActions(lanes, self)
        self.canvas = Canvas(lanes, self)
        self.tool_settings = ToolSettings(self)
        self.tools = make_tools(self.tool_settings, lanes, self)
        self.notices = Notices(self)
        self.report_copier = ReportCopier(self)
        self.welcome = Welcome(self)
        self.tool_options = ToolOptions(self.tool_settings, self)
        self.repair_panel = RepairPanel(self)
        self.repairs_panel = RepairsPanel(lanes, self)
        self.history_panel = HistoryPanel(self)
        self.navigator = Navigator(lanes, self)
        cards = sorted(list_cards(), key=lambda card: (card.task != "repair", card.id not in _DEFAULTS))
        self._cards = cards
        generators = [card for card in cards if card.task == "generate"]
        favourites = user_data_dir() / "favourites.json"
        self.generate_panel = GeneratePanel(lanes, generators, favourites, lambda: settings.device, settings, self)
        self.damage_panel = DamagePanel(self)
        self.restore_panel = RestorePanel(self)
        self.filmstrip = Filmstrip(self.workspace, self)
        self.status = StatusLine(self)

        self._lay_out()
        repairers = [card for card in cards if card.task == "repair"]
        self.repairing = RepairControl(
            self.desk, self.repair_panel, self.repairs_panel, self.status, self.commands, settings, lanes, repairers,
            self,
        )  # fmt: skip
        finders = [card for card in cards if card.task == "detect"]
        pick = self.tools["pick"]
        assert isinstance(pick, PickTool)
        self.finding = FindControl(
            self.damage_panel, self.canvas, pick, self.mask_actions, self.commands, settings, lanes, finders, self
        )
        restorers = [card for card in cards if card.task == "restore"]
        self.restoring = Restoring(self.restore_panel, self.canvas, self.commands, settings, lanes, restorers, self)
        self.confidence = Confidence(self.desk, repairers, self.status, lanes, self)
        self.comparing = Comparing(self.canvas, self.commands, self.desk, self.confidence, lanes, self)
        self.filing = Filing(self.workspace, self.mask_actions, self.commands, settings, lanes, self)
        self.proving = Proving(self.workspace, self.status, settings, lanes, self)
        self._connect()
        self._restore_settings()
        self._show_editor(None)

    def open_at_start(self, photos: Sequence[Path]) -> None:
        """Opens what the command line names, and offers what a crash left behind."""
        if photos:
            self.workspace.open(list(photos))
        QTimer.singleShot(0, self, self._offer_recovery)

    @Slot()
    def warm_up(self) -> None:
        """Makes the engine ready."""
        self.repairing.warm_up()

    @Slot(str)
    def report_defect(self, trace: str) -> None:
        """Something went wrong that nobody caught."""
        self.notices.show(
            self.tr("Something went wrong inside CNN Studio. Your photos are not changed, and your work is kept."),
            "error",
            trace,
        )

    def tell_of_crash(self, report: Path) -> None:
        """The last run ended by a crash, of which this file tells."""
        self.notices.show(
            self.tr("CNN Studio ended unexpectedly the last time. What is known of it stands in “{path}”.").format(
                path=report
            ),
            "warning",
        )

    def put_away(self) -> None:
        """To be called before the lanes are closed; nothing is asked any more."""
        self.report_copier.end()
        self.desk.cancel()
        self.restoring.cancel()
        for photo in list(self.workspace.photos):
            self.workspace.close(photo)

    # ---- layout

    def _lay_out(self) -> None:
        center = QWidget(self)
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._stack = QStackedWidget(center)
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.canvas)
        column.addWidget(self.tool_options)
        over = QGridLayout()  # in one cell, so that the photo does not move when a notice comes or goes
        over.addWidget(self._stack, 0, 0)
        over.addWidget(self.notices, 0, 0, Qt.AlignmentFlag.AlignTop)
        self.notices.raise_()
        column.addLayout(over, 1)
        self.setCentralWidget(center)
        self.menus = self.commands.menus(self.menuBar())
        self._recent_menu = QMenu(self.tr("Open &recent"), self)
        self.menus["file"].insertMenu(self.commands["open-session"], self._recent_menu)
        self._recent_menu.setToolTipsVisible(True)
        self._recent_menu.aboutToShow.connect(self._fill_recent_menu)
        self._lay_out_bars()
        self._lay_out_docks()
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)
        self.commands.keys_work_in("repair", self.canvas, self.repair_panel, self.filmstrip)

    def _lay_out_bars(self) -> None:
        bar = QToolBar(self.tr("Main bar"), self)
        bar.setObjectName("main-bar")
        bar.setMovable(False)
        for name in ("open", "save", None, "undo", "redo", None, "original", "split", "side", "changes", None, "fit",
                     "actual-size", "zoom-out", "zoom-in"):  # fmt: skip
            if name is None:
                bar.addSeparator()
            else:
                bar.addAction(self.commands[name])
                if name in _NAMED:
                    _button(bar, self.commands[name]).setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        spring = QWidget(bar)
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(spring)
        bar.addAction(self.commands["panels"])
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, bar)
        tools = QToolBar(self.tr("Tools"), self)
        tools.setObjectName("tool-bar")
        tools.setOrientation(Qt.Orientation.Vertical)
        tools.setMovable(False)
        for name in TOOLS:
            tools.addAction(self.commands[name])
        tools.addSeparator()
        for name in ("mask-visible", "clear"):
            tools.addAction(self.commands[name])
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, tools)
        for name in QUIET:
            _button(bar if name == "panels" else tools, self.commands[name]).setProperty("quiet", True)
        for strip in (bar, tools):
            for button in strip.actions():
                widget = strip.widgetForAction(button)
                if isinstance(widget, QToolButton):
                    connect_once(widget)
                if widget and button.text():
                    widget.setAccessibleName(plain(button.text()))
                    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _lay_out_docks(self) -> None:
        upper: dict[str, tuple[str, QWidget]] = {
            "repair": (self.tr("Repair"), self.repair_panel),
            "damage": (self.tr("Damage"), self.damage_panel),
            "restore": (self.tr("Restore"), self.restore_panel),
            "generate": (self.tr("Generate"), UprightScroll(self.generate_panel)),
        }
        lower: dict[str, tuple[str, QWidget]] = {
            "repairs": (self.tr("Repairs"), self.repairs_panel),
            "history": (self.tr("History"), self.history_panel),
            "navigator": (self.tr("Navigator"), self.navigator),
        }
        bottom: dict[str, tuple[str, QWidget]] = {"filmstrip": (self.tr("Open photos"), self.filmstrip)}
        self.docks = Docks(
            self, upper, lower, bottom, self.commands["panels"], self.menus["window"], self._stack.currentWidget
        )

    # ---- connections

    def _connect(self) -> None:
        commands, canvas, workspace = self.commands, self.canvas, self.workspace
        workspace.current_changed.connect(self._on_current_changed)
        workspace.noticed.connect(self._on_noticed)
        self.repairing.noticed.connect(self._on_noticed)
        self.finding.noticed.connect(self._on_noticed)
        self.finding.told.connect(self.status.tell)
        self.finding.panel_wanted.connect(partial(self.docks.show, "damage"))
        self.finding.tool_wanted.connect(self.choose_tool)
        self.finding.repair_wanted.connect(self._repair_found)
        self.restoring.noticed.connect(self._on_noticed)
        self.restoring.told.connect(self.status.tell)
        self.restoring.panel_wanted.connect(partial(self.docks.show, "restore"))
        self.restoring.restored.connect(self._on_repaired)
        self.docks["restore"].visibilityChanged.connect(self.restoring.set_seen)
        self.repairing.restore_wanted.connect(self.restoring.edit)
        self.mask_actions.noticed.connect(self._on_noticed)
        self.mask_actions.failed.connect(self._on_failed)
        self.comparing.told.connect(self._on_told)
        self.comparing.failed.connect(self._on_failed)
        self.proving.failed.connect(self._on_failed)
        self.confidence.failed.connect(self._on_failed)
        self.welcome.open_requested.connect(self.filing.open)
        self.welcome.sample_requested.connect(self.filing.open_sample)
        self.welcome.paste_requested.connect(self.filing.paste)
        self.welcome.recent_requested.connect(self._open_recent)
        workspace.recent_changed.connect(self._show_recents)
        workspace.saved.connect(self._on_saved)
        self.filmstrip.chosen.connect(workspace.set_current)
        self.filmstrip.close_requested.connect(self.close_photo)
        canvas.zoom_changed.connect(self.status.set_zoom)
        canvas.hovered.connect(self._on_hovered)
        self.notices.covers.connect(canvas.set_covered)
        self.report_copier.told.connect(self.status.tell)
        self.report_copier.failed.connect(self._on_report_failed)
        self.status.zoom_chosen.connect(self._zoom_chosen)
        self.repairs_panel.show_requested.connect(canvas.show_rect)
        self.generate_panel.patch_requested.connect(self._place_picture)
        self.generate_panel.marked_wanted.connect(self._look_for_marked)
        self.generate_panel.noticed.connect(self._on_noticed)
        self.navigator.set_canvas(canvas)
        self.desk.repaired.connect(self._on_repaired)
        self.desk.made.connect(self.finding.on_made)
        workspace.removed.connect(self._on_removed)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)
        for tool in self.tools.values():
            tool.stroke_finished.connect(self._on_marked)
            tool.failed.connect(self._on_failed)
        for name in TOOLS:
            commands[name].triggered.connect(partial(self.choose_tool, name))
        slots: dict[str, Callable[[], object]] = {
            "repair": self._repair,
            "evidence": self.proving.ask,
            "close": self._close_current,
            "quit": self.close,
            "undo": self._undo,
            "redo": self._redo,
            "preferences": self._show_preferences,
            "smaller": partial(self.tool_settings.step_size, -1),
            "larger": partial(self.tool_settings.step_size, 1),
            "softer": partial(self.tool_settings.step_hardness, -1),
            "harder": partial(self.tool_settings.step_hardness, 1),
            "select-all": partial(self._change_mask, "select_all"),
            "clear": partial(self._change_mask, "clear"),
            "invert": partial(self._change_mask, "invert"),
            "grow": partial(self._change_mask, "grow", _RIM),
            "shrink": partial(self._change_mask, "shrink", _RIM),
            "feather": partial(self._change_mask, "feather", _RIM),
            "cancel": self.give_up,
            "fit": canvas.fit,
            "actual-size": canvas.actual_size,
            "zoom-200": partial(canvas.zoom_to, 2.0),
            "zoom-in": partial(canvas.zoom_by, _ZOOM_STEP, None),
            "zoom-out": partial(canvas.zoom_by, 1 / _ZOOM_STEP, None),
            "next": partial(self._step_photo, 1),
            "previous": partial(self._step_photo, -1),
            "reset-layout": self.docks.reset,
            "shortcuts": self._show_shortcuts,
            "report": self.report_copier.copy,
            "logs": self._open_logs,
            "about": self._show_about,
        }
        for name, slot in slots.items():
            commands[name].triggered.connect(_without_checked(slot))
        # A shortcut, so that it works from lists too, which take letters for a search; letting go comes as an event.
        held = QShortcut(QKeySequence(Qt.Key.Key_Backslash), self, autoRepeat=False)
        held.activated.connect(self._hold_original)
        commands["mask-visible"].toggled.connect(self._set_mask_visible)
        canvas.marking.connect(partial(commands["mask-visible"].setChecked, True))  # nobody paints blindly
        commands["full-screen"].toggled.connect(self._set_full_screen)

    @Slot(object)
    def _on_current_changed(self, photo: OpenPhoto | None) -> None:
        self._watched_photo(photo)
        self._show_photo()

    def _watched_photo(self, photo: OpenPhoto | None) -> None:
        if self._photo is not None:
            self._photo.changed.disconnect(self._show_photo)
        self._photo = photo
        if photo:
            photo.changed.connect(self._show_photo)

    @Slot()
    def _show_photo(self) -> None:
        """Shows the current photo in the state it is in."""
        photo = self._photo
        editor = photo.editor if photo else None
        if editor is not self._editor:
            self._show_editor(editor)
        if editor is None:
            self.canvas.show_draft(photo.draft if photo else None)
        page: QWidget = self.canvas if photo else self.welcome
        if page is not self._stack.currentWidget():
            self._stack.setCurrentWidget(page)
            if photo:
                self.canvas.setFocus()  # so that the tools' keys, Enter and Space work at once
        self.commands["close"].setEnabled(photo is not None)
        self._show_title()

    def _show_editor(self, editor: Editor | None) -> None:
        if self._editor:
            self._editor.history_changed.disconnect(self._show_history_state)
            self._editor.renamed.disconnect(self._show_title)
        self._editor = editor
        self.canvas.set_editor(editor)
        for tool in self.tools.values():
            tool.attach(self.canvas, editor)
        self.repairing.set_editor(editor)
        self.finding.set_editor(editor)
        self.restoring.set_editor(editor)
        self.comparing.set_editor(editor)
        for panel in (self.repairs_panel, self.history_panel, self.navigator):
            panel.set_editor(editor)
        if editor:
            editor.history_changed.connect(self._show_history_state)
            editor.renamed.connect(self._show_title)
            photo = editor.document.photo
            self.status.set_photo(photo.width, photo.height, photo.pixels.dtype.itemsize * 8, photo.pixels.shape[2])
        else:
            self.status.set_photo(0, 0, 0, 0)
        for name in ("save", "export", "save-session", "copy", "select-all", "clear", "invert", "grow", "shrink",
                     "feather", "import-mask", "export-mask", "original", "split", "side", "changes",
                     "confidence", "fit", "actual-size", "zoom-200", "zoom-in", "zoom-out"):  # fmt: skip
            self.commands[name].setEnabled(editor is not None)
        self.tool_options.setVisible(editor is not None)
        self._on_told("")
        self._show_history_state()

    @Slot()
    def _show_history_state(self) -> None:
        history = self._editor.document.history if self._editor else None
        self.commands["undo"].setEnabled(bool(history and history.position > 0))
        self.commands["redo"].setEnabled(bool(history and history.position < len(history.labels)))
        self.commands["save-all"].setEnabled(bool(self.workspace.unsaved()))
        self.commands["evidence"].setEnabled(bool(self._editor and self._editor.document.view.layers))
        self._show_title()

    @Slot()
    def _show_title(self) -> None:
        photo = self._photo
        self.setWindowTitle(f"{photo.name}[*] – CNN Studio" if photo else "CNN Studio[*]")
        self.setWindowModified(bool(self._editor and self._editor.modified))

    # ---- tools

    def choose_tool(self, name: str) -> None:
        """Takes a tool in hand."""
        tool = self.tools[name]
        for other in TOOLS:
            self.commands[other].setChecked(other == name)
        self.canvas.set_tool(tool)
        self.tool_options.set_tool(name, "" if self.tool_options.has(name) else plain(self.commands[name].text()))
        self._on_told("")
        if name != "pick":  # nothing is found yet at the next start
            self._settings.tool = name

    @Slot(str)
    def _on_told(self, sentence: str) -> None:
        """What is seen goes before what the tool does."""
        tool = self.canvas.tool if self._editor else None
        self.status.set_hint(sentence or (tool.status if tool else ""))

    @Slot(object)
    def _on_marked(self, edit: Edit) -> None:
        alt = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier
        if edit.label not in _ERASED and not alt:  # taking away asks for no repair
            QTimer.singleShot(0, self, self.repairing.on_marked)  # after the tool is done with its event

    def _change_mask(self, how: str, *amount: float) -> None:
        if self._editor:
            getattr(self.mask_actions, how)(self._editor, *amount)

    @Slot(bool)
    def _set_mask_visible(self, on: bool) -> None:
        self.canvas.mask_visible = on

    # ---- what happens

    @Slot()
    def give_up(self) -> None:
        """Esc: the nearest thing that can be given up, and only that."""
        tool = self.canvas.tool
        if tool is not None and tool.cancel():
            return
        if self.desk.dismiss() or self.repairing.cancel() or self.finding.cancel() or self.proving.cancel():
            return
        if self.confidence.cancel() or self.restoring.cancel():
            return
        if self.canvas.compare != "none":
            self.canvas.set_compare("none")
        else:
            self._give_keyboard_to_photo()

    def _undo(self) -> None:
        if self._editor:
            self._editor.undo()

    def _redo(self) -> None:
        if self._editor:
            self._editor.redo()

    @Slot(object, object)
    def _on_repaired(self, editor: Editor, area: Rect) -> None:
        if editor is self._editor:
            self.docks["repairs"].raise_()

    def _repair(self) -> None:
        """Enter: what is marked; where nothing is, what has been found and is seen."""
        if self.finding.is_offered:
            self.finding.repair()
        else:
            self.repairing.repair()

    @Slot(object)
    def _repair_found(self, editor: Editor) -> None:
        if editor is self._editor:
            self.repairing.repair()

    @Slot(object)
    def _on_removed(self, photo: OpenPhoto) -> None:
        if photo.editor:
            self.checking.forget(photo.editor)
            self.finding.desk.forget(photo.editor)
            self.restoring.forget(photo.editor)

    @Slot(object, str, int, str)
    def _place_picture(self, picture: np.ndarray, name: str, seed: int, model: str) -> None:
        """Lays a generated picture into what is marked, as a layer."""
        editor = self._editor
        if editor is None or not editor.has_mask:
            self._on_noticed(self.tr("Mark where the picture is to go first."), "info", "")
            return
        used, view = editor.document.mask.snapshot(), editor.document.view

        def place(_: Progress) -> object:
            from cnnstudio.imaging.placing import place_in_mask

            return place_in_mask(picture, used, view)

        def lay(patches: object) -> None:
            editor.applied(editor.document.add_repair(patches, name, model=model, seed=seed, used=used))  # type: ignore[arg-type]

        errand = Errand(self._lanes.work, CallJob(function=place), self)
        errand.finished.connect(lay)
        errand.failed.connect(self._on_failed)

    @Slot()
    def _look_for_marked(self) -> None:
        """Has a generated picture looked for that is like what is marked."""
        editor = self._editor
        if editor is None or not editor.has_mask:
            self._on_noticed(self.tr("Mark what the picture is to be like first."), "info", "")
            return
        marked, view = editor.document.mask.snapshot(), editor.document.view

        def cut(_: Progress) -> object:
            from cnnstudio.imaging.placing import marked_part

            return marked_part(marked, view)

        errand = Errand(self._lanes.work, CallJob(function=cut), self)
        errand.finished.connect(self.generate_panel.find_similar)
        errand.failed.connect(self._on_failed)

    @Slot(str, str, str)
    def _on_noticed(self, sentence: str, kind: str, detail: str) -> None:
        self.notices.show(translated(sentence), kind, detail)

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self.notices.show(translated(failure.message), "error", failure.detail)

    @Slot(object)
    def _on_hovered(self, position: QPointF | None) -> None:
        self.status.set_position(None if position is None else (int(position.x()), int(position.y())))

    @Slot(object)
    def _zoom_chosen(self, zoom: float | None) -> None:
        if zoom is None:
            self.canvas.fit()
        else:
            self.canvas.zoom_to(zoom)

    def _step_photo(self, by: int) -> None:
        photos = self.workspace.photos
        if len(photos) > 1 and self.workspace.current in photos:
            self.workspace.set_current(photos[(photos.index(self.workspace.current) + by) % len(photos)])

    @Slot(bool)
    def _set_full_screen(self, on: bool) -> None:
        self.setWindowState(
            self.windowState() | Qt.WindowState.WindowFullScreen
            if on
            else self.windowState() & ~Qt.WindowState.WindowFullScreen
        )

    # ---- files

    @Slot(object, object)
    def _on_saved(self, _: OpenPhoto, path: Path) -> None:
        self.status.tell(self.tr("Saved as “{name}” in “{folder}”.").format(name=path.name, folder=path.parent))

    @Slot(object)
    def close_photo(self, photo: OpenPhoto) -> None:
        """Closes a photo, after asking where work would be lost."""
        unsaved = [photo] if photo in self.workspace.unsaved() else []
        if self.filing.may_close(unsaved, partial(self.close_photo, photo)):
            if photo.editor:
                self.desk.forget(photo.editor)
            self.workspace.close(photo)

    def _close_current(self) -> None:
        if self.workspace.current:
            self.close_photo(self.workspace.current)

    @Slot()
    def _show_recents(self) -> None:
        self.welcome.set_recents(self.workspace.recents)

    @Slot()
    def _fill_recent_menu(self) -> None:
        self._recent_menu.clear()
        for path in self.workspace.recents:
            self._recent_menu.addAction(path.name, partial(self._open_recent, path)).setToolTip(str(path))
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction(self.tr("Nothing yet")).setEnabled(False)

    @Slot(object)
    def _open_recent(self, path: Path) -> None:
        self.workspace.open([path])

    @Slot()
    def _offer_recovery(self) -> None:
        errand = Errand(self._lanes.files, CallJob(function=lambda _: self.workspace.recoverable()), self)
        errand.finished.connect(self._on_recoverable)
        errand.failed.connect(self._on_failed)

    @Slot(object)
    def _on_recoverable(self, found: list[Recoverable]) -> None:
        if not found:
            return
        from cnnstudio.ui.dialogs.recovery import RecoveryDialog

        _open(RecoveryDialog(found, self.workspace, self))

    # ---- dialogs

    def _show_preferences(self) -> None:
        from cnnstudio.ui.dialogs.preferences import Preferences

        dialog = Preferences(self._settings, self.repairing.devices, self)
        dialog.changed.connect(self._on_preference)
        self.repairing.devices_changed.connect(dialog.show_devices)
        _open(dialog)

    @Slot(str)
    def _on_preference(self, name: str) -> None:
        match name:
            case "device":
                self.repairing.choose_device(self._settings.device)
            case "pressure_size":
                self.tool_settings.pressure_size = self._settings.pressure_size
            case "recent_files":
                self._show_recents()
            case _:
                self._apply_settings()

    def _show_shortcuts(self) -> None:
        from cnnstudio.ui.dialogs.shortcuts import ShortcutSheet

        _open(ShortcutSheet(self.commands.sheet(), self))

    def _show_about(self) -> None:
        from cnnstudio.ui.dialogs.about import About

        _open(About(self._cards, self))

    @Slot(str, str)
    def _on_report_failed(self, sentence: str, detail: str) -> None:
        self.notices.show(sentence, "error", detail)

    def _open_logs(self) -> None:
        with contextlib.suppress(OSError):  # then it cannot be opened either, which is told
            log_folder().mkdir(parents=True, exist_ok=True)
        if not open_outside(QUrl.fromLocalFile(str(log_folder()))):
            self.notices.show(
                self.tr("The folder could not be opened. The logs are in “{path}”.").format(path=log_folder()),
                "warning",
            )

    # ---- settings

    def _restore_settings(self) -> None:
        settings = self._settings
        for name in _KEPT_OF_TOOLS:
            setattr(self.tool_settings, name, getattr(settings, name))
        self.tool_settings.changed.connect(self._keep_tool_settings)
        self.commands["mask-visible"].setChecked(True)
        self._apply_settings()
        self.choose_tool(settings.tool if settings.tool in TOOLS else "brush")
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))
        if settings.window_geometry:
            self.restoreGeometry(settings.window_geometry)
        self.docks.restore(settings.window_state)
        self._show_recents()

    @Slot()
    def _keep_tool_settings(self) -> None:
        for name in _KEPT_OF_TOOLS:
            setattr(self._settings, name, getattr(self.tool_settings, name))

    @Slot()
    def _apply_settings(self) -> None:
        self.canvas.mask_colour = self._settings.mask_colour
        self.canvas.mask_opacity = self._settings.mask_opacity
        theme.follow(self._settings.theme)
        self.canvas.surround = theme.surround()

    # ---- events

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(self.focusWidget(), (QAbstractSpinBox, QLineEdit)):
            self._give_keyboard_to_photo()  # what was typed is taken
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Backslash:
            if not event.isAutoRepeat():
                self._let_go_of_original()
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        match event.type():
            case QEvent.Type.PaletteChange:
                self.canvas.surround = theme.surround()
            case QEvent.Type.WindowStateChange:
                self.commands["full-screen"].setChecked(self.isFullScreen())
            case QEvent.Type.ActivationChange if not self.isActiveWindow():
                self._let_go_of_original()  # the key's release would go to another window

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QStatusTipEvent):
            # Qt's own way would hide the whole status line, progress and all.
            self.status.show_tip(event.tip())
            return True
        return super().event(event)

    @Slot()
    def _hold_original(self) -> None:
        if self.commands["original"].isEnabled():
            self._is_original_held = True
            self.commands["original"].setChecked(True)

    def _let_go_of_original(self) -> None:
        if self._is_original_held:
            self._is_original_held = False
            self.commands["original"].setChecked(False)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        """Whatever lets go of the keyboard leaves it to the photo, so that the tools' keys work again."""
        if now is None and self.isActiveWindow():
            self._give_keyboard_to_photo()

    def _give_keyboard_to_photo(self) -> None:
        if self._stack.currentWidget() is self.canvas:
            self.canvas.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        mime = event.mimeData()
        if any(url.isLocalFile() for url in mime.urls()) or mime.hasImage():
            _accept_as_copy(event)
            self.welcome.set_drop_active(True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        _accept_as_copy(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self.welcome.set_drop_active(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self.welcome.set_drop_active(False)
        if self.filing.drop(event.mimeData()):
            _accept_as_copy(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self.filing.may_close(self.workspace.unsaved(), self.close):
            event.ignore()
            return
        self._settings.window_geometry = self.saveGeometry()
        self._settings.window_state = self.docks.places()
        super().closeEvent(event)


def _button(bar: QToolBar, action: QAction) -> QToolButton:
    """Of a command, on a bar that has it."""
    button = bar.widgetForAction(action)
    assert isinstance(button, QToolButton)
    return button


def _without_checked(slot: Callable[[], object]) -> Callable[..., object]:
    """A slot that is not given whether the action is checked."""
    return lambda *_: slot()


def _open(dialog: QDialog) -> None:
    """Shows a dialog that is gone once it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _accept_as_copy(event: QDropEvent) -> None:
    """A file manager deletes what it is told has been moved."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
