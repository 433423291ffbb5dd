"""Every command of the window: its words, icon, keys and menu. What it does is connected in the main window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from cnnstudio.ui import icons
from cnnstudio.ui.i18n import plain

QUIET = ("mask-visible", "panels")
"""What is on nearly always: its button must not shine like that of the tool in hand."""
TOOLS = ("brush", "eraser", "line", "lasso", "polygon", "rectangle", "wand", "pick", "hand")
"""Names of the tools, in the order of their buttons."""

_ICONS = {
    "open", "folder", "save", "export", "save-all", "close", "undo", "redo", "brush", "eraser", "line", "lasso",
    "polygon", "rectangle", "wand", "hand", "mask", "clear", "invert", "grow", "shrink", "feather", "repair",
    "cancel", "dice", "fit", "actual-size", "zoom-in", "zoom-out", "original", "split", "side-by-side", "changes",
    "settings", "help", "info", "panels", "find", "pick",
}  # fmt: skip

_SEPARATOR = None


class Commands(QObject):
    """The window's actions by name.

    Args:
        window: they belong to it, and their keys work all over it.

    Attributes:
        actions: by name.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, QAction] = {}
        add = self._add
        add("open", self.tr("&Open…"), "Ctrl+O", self.tr("Open photos"))
        add("open-folder", self.tr("Open &folder…"), "Ctrl+Shift+O",
            self.tr("Open all photos of a folder"), icon="folder")  # fmt: skip
        add("open-session", self.tr("Open session…"), "", self.tr("Open a session file with mask, repairs and history"))
        add("sample", self.tr("Open the sample photo"), "", self.tr("Try a damaged photo that comes with the program"))
        add("save", self.tr("&Save"), "Ctrl+S",
            self.tr("Save the repaired photo; asks before it replaces the original"))  # fmt: skip
        add("export", self.tr("Save &as…"), "Ctrl+Shift+S",
            self.tr("Choose name, format, quality and what goes with the photo"))  # fmt: skip
        add("save-all", self.tr("Save a&ll"), "Ctrl+Alt+S", self.tr("Save all photos that have unsaved repairs"))
        add("save-session", self.tr("Save session…"), "", self.tr("Save photo, mask, repairs and history in one file"))
        add("evidence", self.tr("Export e&vidence…"), "",
            self.tr("Put original, mask, result, changed pixels and recipe into one folder"))  # fmt: skip
        add("close", self.tr("&Close photo"), "Ctrl+W", self.tr("Close this photo"))
        add("quit", self.tr("&Quit"), "Ctrl+Q", self.tr("Close the window"))
        add("undo", self.tr("&Undo"), "Ctrl+Z", self.tr("Take back the last step"))
        add("redo", self.tr("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), self.tr("Make the step again that was taken back"))
        add("copy", self.tr("&Copy photo"), "Ctrl+C", self.tr("Copy the repaired photo"))
        add("paste", self.tr("&Paste as new photo"), "Ctrl+V", self.tr("Open the picture on the clipboard"))
        add("preferences", self.tr("Pre&ferences…"), "Ctrl+,",
            self.tr("Look, language, device and more"), icon="settings")  # fmt: skip
        add("brush", self.tr("&Brush"), "B", self.tr("Paint over damage"), check=True)
        add("eraser", self.tr("&Eraser"), "E", self.tr("Take away from what is marked"), check=True)
        add("line", self.tr("&Scratch line"), "S", self.tr("Click from end to end of a scratch"), check=True)
        add("lasso", self.tr("&Lasso"), "L", self.tr("Draw around damage"), check=True)
        add("polygon", self.tr("&Polygon"), "P", self.tr("Click around damage, corner by corner"), check=True)
        add("rectangle", self.tr("&Rectangle"), "R", self.tr("Mark a rectangle"), check=True)
        add("wand", self.tr("Magic &wand"), "W", self.tr("Click to mark connected similar colours"), check=True)
        add("pick", self.tr("Pick foun&d damage"), "D",
            self.tr("Click damage that was found to drop or keep it; drag a frame to drop all in it"),
            check=True)  # fmt: skip
        add("hand", self.tr("&Hand"), "V", self.tr("Move the photo; so does holding Space"), check=True)
        add("smaller", self.tr("Smaller brush"), "[", self.tr("Make the brush or line smaller"))
        add("larger", self.tr("Larger brush"), "]", self.tr("Make the brush or line larger"))
        add("softer", self.tr("Softer brush"), "Shift+[", self.tr("Make the brush softer"))
        add("harder", self.tr("Harder brush"), "Shift+]", self.tr("Make the brush harder"))
        add("mask-visible", self.tr("Show &mask"), "H", self.tr("Show or hide what is marked"), check=True, icon="mask")
        add("select-all", self.tr("Mark &all"), "Ctrl+A", self.tr("Mark the whole photo"))
        add("clear", self.tr("&Clear mask"), "Ctrl+D", self.tr("Mark nothing"))
        add("invert", self.tr("&Invert mask"), "Ctrl+I", self.tr("Mark what is not marked, and the other way round"))
        add("grow", self.tr("&Grow mask"), "Ctrl+Shift+G", self.tr("Add a rim of 2 pixels to what is marked"))
        add("shrink", self.tr("Shri&nk mask"), "Ctrl+Shift+K", self.tr("Take a rim of 2 pixels from what is marked"))
        add("feather", self.tr("&Feather mask"), "Ctrl+Shift+F", self.tr("Soften the edges of what is marked"))
        add("import-mask", self.tr("I&mport mask…"), "", self.tr("Mark what a mask file marks"))
        add("export-mask", self.tr("E&xport mask…"), "", self.tr("Save the mask as a PNG"))
        add("find", self.tr("&Find damage"), "F", self.tr("Look for scratches, creases, spots, stains"))
        add("found-visible", self.tr("&Show found damage"), "Shift+H",
            self.tr("Show or hide the damage that was found"), check=True)  # fmt: skip
        add("mark-found", self.tr("&Mark found damage"), "Ctrl+M",
            self.tr("Mark the found damage that is kept, to change it by hand before it is repaired"))  # fmt: skip
        add("repair-found", self.tr("Repair found &damage"), ("Ctrl+Return", "Ctrl+Enter"),
            self.tr("Mark and repair the found damage that is kept"))  # fmt: skip
        add("discard-found", self.tr("D&iscard found damage"), "", self.tr("Forget what was found"))
        add("restore", self.tr("Restore the p&hoto"), "Shift+R",
            self.tr("Take out noise, JPEG blocks, fading and casts"))  # fmt: skip
        add("repair", self.tr("&Repair"), ("Return", "Enter"),
            self.tr("Repair what is marked; where nothing is, what was found"))  # fmt: skip
        add("cancel", self.tr("&Cancel"), "Esc", self.tr("Give up what is under way"))
        add("again", self.tr("Repair a&new with another seed"), "Ctrl+R",
            self.tr("Make the selected repair anew"), icon="dice")  # fmt: skip
        add("on-release", self.tr("Repair on re&lease"), "Ctrl+Shift+R",
            self.tr("Repair as soon as the brush is let go"),
            check=True)  # fmt: skip
        add("fit", self.tr("&Fit"), "Ctrl+0", self.tr("Show the whole photo"))
        add("actual-size", self.tr("&Actual size"), "Ctrl+1", self.tr("One photo pixel for each screen pixel"))
        add("zoom-200", self.tr("200 %"), "Ctrl+2", self.tr("Zoom to 200 %"))
        add("zoom-in", self.tr("Zoom &in"), ("Ctrl++", "Ctrl+=", "+"), self.tr("Zoom in"))
        add("zoom-out", self.tr("Zoom &out"), ("Ctrl+-", "-"), self.tr("Zoom out"))
        add("original", self.tr("O&riginal"), "", self.tr("Hold \\ to see the photo as it was opened"), check=True)
        add("split", self.tr("&Split view"), "Ctrl+Alt+1", self.tr("Before and after with a line to drag"), check=True)
        add("side", self.tr("Si&de by side"), "Ctrl+Alt+2", self.tr("Before and after beside each other"), check=True,
            icon="side-by-side")  # fmt: skip
        add("changes", self.tr("&Changed pixels"), "Ctrl+Alt+3",
            self.tr("Show exactly which pixels were changed"), check=True)  # fmt: skip
        add("confidence", self.tr("Confid&ence"), "Ctrl+Alt+4",
            self.tr("Show where repairs are sure and where they are guessed"), check=True)  # fmt: skip
        add("next", self.tr("&Next photo"), ("Ctrl+Tab", "PgDown"), self.tr("Show the next open photo"))
        add("previous", self.tr("&Previous photo"), ("Ctrl+Shift+Tab", "PgUp"), self.tr("Show the previous open photo"))
        add("full-screen", self.tr("F&ull screen"), "F11", self.tr("Use the whole screen"), check=True)
        add("panels", self.tr("Show &panels"), "F9", self.tr("Fold the panels away, or bring them back"), check=True)
        add("reset-layout", self.tr("&Reset the layout"), "", self.tr("Put all panels back where they were at first"))
        add("shortcuts", self.tr("&Keyboard shortcuts"), "F1", self.tr("All commands and their keys"), icon="help")
        add("report", self.tr("&Copy report"), "",
            self.tr("Look whether everything works, and copy what is found for whoever helps you"))  # fmt: skip
        add("logs", self.tr("Open the &log folder"), "", self.tr("Where the program writes down what went wrong"))
        add("about", self.tr("&About CNN Studio"), "", self.tr("Version, networks and licences"), icon="info")
        self["quit"].setMenuRole(QAction.MenuRole.QuitRole)
        self["about"].setMenuRole(QAction.MenuRole.AboutRole)
        self["preferences"].setMenuRole(QAction.MenuRole.PreferencesRole)

    def __getitem__(self, name: str) -> QAction:
        return self.actions[name]

    def _add(
        self, name: str, text: str, keys: str | tuple[str, ...], tip: str, *, check: bool = False, icon: str = ""
    ) -> None:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setIconText(plain(text))
        sequences = [QKeySequence(key) for key in ((keys,) if isinstance(keys, str) else keys) if key]
        action.setShortcuts(sequences)
        action.setCheckable(check)
        keyed = f" ({sequences[0].toString(QKeySequence.SequenceFormat.NativeText)})" if sequences else ""
        named = plain(text) + keyed
        action.setToolTip(named if tip == plain(text) else f"{named}\n{tip}")
        action.setStatusTip(tip)
        self.actions[name] = action
        if (icon or name) in _ICONS:
            action.setIcon(icons.icon(icon or name, accented=check and name not in QUIET))
            action.setIconVisibleInMenu(False)
        if name != "repair":
            # Enter means other things in lists and on buttons; the main window says where it repairs.
            self._window.addAction(action)

    def menus(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Fills the menu bar; returns its menus by name for what is added later."""
        plan: list[tuple[str, str, tuple[str | None, ...]]] = [
            ("file", self.tr("&File"),
             ("open", "open-folder", "open-session", "sample", None, "save", "export", "save-all", "save-session",
              "evidence", None, "import-mask", "export-mask", None, "close", "quit")),
            ("edit", self.tr("&Edit"), ("undo", "redo", None, "copy", "paste", None, "preferences")),
            ("mask", self.tr("&Mask"),
             (*TOOLS, None, "smaller", "larger", "softer", "harder", None, "mask-visible", "select-all", "clear",
              "invert", "grow", "shrink", "feather")),
            ("repair", self.tr("&Repair"),
             ("repair", "cancel", "again", None, "on-release", None, "find", "found-visible", "mark-found",
              "repair-found", "discard-found", None, "restore")),
            ("view", self.tr("&View"),
             ("fit", "actual-size", "zoom-200", "zoom-in", "zoom-out", None, "original", "split", "side", "changes",
              "confidence", None, "next", "previous", None, "full-screen")),
            ("window", self.tr("&Window"), ("panels", "reset-layout")),
            ("help", self.tr("&Help"), ("shortcuts", None, "report", "logs", None, "about")),
        ]  # fmt: skip
        menus = {}
        for name, title, entries in plan:
            menu = bar.addMenu(title)
            menu.setToolTipsVisible(True)
            for entry in entries:
                if entry is _SEPARATOR:
                    menu.addSeparator()
                else:
                    menu.addAction(self.actions[entry])
            menus[name] = menu
        return menus

    def sheet(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """All keys for the shortcut sheet: (group, [(what, keys)])."""
        groups: list[tuple[str, list[str]]] = [
            (self.tr("Photos"), ["open", "open-folder", "save", "export", "save-all", "close", "next", "previous",
                                 "copy", "paste", "quit"]),
            (self.tr("Marking"), [*TOOLS, "smaller", "larger", "softer", "harder", "mask-visible", "select-all",
                                  "clear", "invert", "grow", "shrink", "feather"]),
            (self.tr("Repairing"), ["repair", "cancel", "again", "on-release", "find", "found-visible", "mark-found",
                                    "repair-found", "restore", "undo", "redo"]),
            (self.tr("Looking"), ["fit", "actual-size", "zoom-200", "zoom-in", "zoom-out", "split", "side", "changes",
                             "confidence", "panels", "full-screen"]),
            (self.tr("Program"), ["preferences", "shortcuts"]),
        ]  # fmt: skip
        more = {
            self.tr("Marking"): [
                (self.tr("Straight line from the last point"), self.tr("Shift+click")),
                (self.tr("Take away while painting"), self.tr("Alt")),
                (self.tr("Shapes replace what is marked"), self.tr("Ctrl")),
                (self.tr("Move the pointer by keys"), self.tr("Shift+arrow keys")),
                (self.tr("Press the pointer's button by key"), "M"),
            ],
            self.tr("Repairing"): [(self.tr("Choose a candidate"), "1 … 9")],
            self.tr("Looking"): [
                (self.tr("See the original"), self.tr("hold \\")),
                (self.tr("Move the photo"), self.tr("Space+drag, middle button, arrow keys")),
                (self.tr("Zoom around the cursor"), self.tr("wheel")),
            ],
        }
        return [(title, [self._line(name) for name in names] + more.get(title, [])) for title, names in groups]

    def _line(self, name: str) -> tuple[str, str]:
        action = self.actions[name]
        keys = [key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()]
        # Two keys may have one name, as both Enter keys have in Chinese.
        return plain(action.text()), ", ".join(dict.fromkeys(keys))

    def keys_work_in(self, name: str, *widgets: QWidget) -> None:
        """Lets a command's keys work within some widgets only."""
        action = self.actions[name]
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for widget in widgets:
            widget.addAction(action)
