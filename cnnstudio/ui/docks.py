"""The panels around the photo: where they stand, which of them is in front, and how they make room for the photo."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QWidget

_RIGHT, _BOTTOM = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
_LAYOUT = 3
"""Raised when the docks are others, so that places remembered for those before are not taken for theirs."""
_HEIGHTS = 340, 190
"""Of the upper and lower panels at the right, to each other."""
_LETTERS = 50
"""Width of the panels at the right: as wide as the widest of them needs, so that none of them pushes the photo."""


class Docks(QObject):
    """A dock for each panel, by its name. Lives as long as the window, whose bars are laid out before.

    Args:
        upper, lower, bottom: (title, panel) by name: those above and below each other at the right, which share one
            place each, and those below the photo.
        folding: the command that folds all away and brings them back.
        menu: gets a command for each, before ``folding``.
        photo: tells the widget that takes the keyboard from a panel that is no longer seen.
    """

    def __init__(
        self,
        window: QMainWindow,
        upper: Mapping[str, tuple[str, QWidget]],
        lower: Mapping[str, tuple[str, QWidget]],
        bottom: Mapping[str, tuple[str, QWidget]],
        folding: QAction,
        menu: QMenu,
        photo: Callable[[], QWidget | None],
    ) -> None:
        super().__init__(window)
        self._window, self._folding, self._photo = window, folding, photo
        self._folded: list[QDockWidget] = []
        self._seen: list[QDockWidget] = []  # of the folded ones those that were in front
        window.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AnimatedDocks)
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        window.setTabPosition(_RIGHT, QTabWidget.TabPosition.North)
        self._docks: dict[str, QDockWidget] = {}
        for panels, area in ((upper, _RIGHT), (lower, _RIGHT), (bottom, _BOTTOM)):
            for name, (title, panel) in panels.items():
                self._docks[name] = self._dock(name, title, panel, area)
        self._front = [self._share_place(list(panels)) for panels in (upper, lower)]
        for name, dock in self._docks.items():
            menu.insertAction(folding, self._command(name, dock))
            dock.visibilityChanged.connect(partial(self._take_keyboard, dock))
            dock.toggleViewAction().toggled.connect(self._show_folding)
        menu.insertSeparator(folding)
        folding.triggered.connect(self._fold)
        self._arrange()
        self._first = window.saveState(_LAYOUT)

    def _dock(self, name: str, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock-{name}")
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        # The tab says what it is; a second title would only take room from the panel.
        dock.setTitleBarWidget(QWidget(dock))
        dock.setWidget(content)
        self._window.addDockWidget(area, dock)
        return dock

    def _share_place(self, names: Sequence[str]) -> QDockWidget:
        """Puts docks behind each other; returns the one in front."""
        docks = [self._docks[name] for name in names]
        for before, after in itertools.pairwise(docks):
            self._window.tabifyDockWidget(before, after)
        # A window that is made narrower takes it from the panels, too: not so much that their names are cut off.
        names_of_all = QTabBar()
        for dock in docks:
            names_of_all.addTab(dock.windowTitle())
        for dock in docks:
            dock.setMinimumWidth(names_of_all.sizeHint().width())
        return docks[0]

    def _command(self, name: str, dock: QDockWidget) -> QAction:
        # Not the dock's own action, which would hide a panel that is only behind another.
        action = QAction(dock.windowTitle(), dock, checkable=True)
        action.setObjectName(f"show-{name}")
        action.setToolTip(self.tr("Show or hide this panel: {name}").format(name=dock.windowTitle()))
        action.setStatusTip(action.toolTip())
        action.triggered.connect(self._on_chosen)
        dock.visibilityChanged.connect(action.setChecked)
        return action

    def __getitem__(self, name: str) -> QDockWidget:
        return self._docks[name]

    def show(self, name: str) -> None:
        """Brings a panel to the front."""
        self._docks[name].show()
        self._docks[name].raise_()

    @Slot()
    def reset(self) -> None:
        """Puts all panels back to where they were at first."""
        self._window.restoreState(self._first, _LAYOUT)
        self._arrange()
        self._show_folding()

    def places(self) -> QByteArray:
        """Where all of them and the bars are, to be remembered."""
        return self._window.saveState(_LAYOUT)

    def restore(self, places: QByteArray) -> None:
        """Puts all of them where they were; nothing is done where there is nothing to go by."""
        if places:
            self._window.restoreState(places, _LAYOUT)
        self._show_folding()

    def _arrange(self) -> None:
        """What is needed first in front, and “Repair” with room for its button."""
        window = self._window
        for dock in self._front:
            dock.raise_()
        window.resizeDocks(self._front, list(_HEIGHTS), Qt.Orientation.Vertical)
        width = window.fontMetrics().averageCharWidth() * _LETTERS
        window.resizeDocks(self._front, [width] * len(self._front), Qt.Orientation.Horizontal)

    @Slot(bool)
    def _on_chosen(self, wanted: bool) -> None:
        """A panel that is asked for comes to the front."""
        dock = self.sender().parent()
        assert isinstance(dock, QDockWidget)
        dock.setVisible(wanted)
        if wanted:
            dock.raise_()

    def _take_keyboard(self, dock: QDockWidget, seen: bool) -> None:
        """A panel that goes behind another would keep the keyboard, and Enter would press its buttons unseen."""
        holder, photo = QApplication.focusWidget(), self._photo()
        if not seen and holder is not None and photo is not None and dock.isAncestorOf(holder):
            photo.setFocus()

    @Slot(bool)
    def _fold(self, shown: bool) -> None:
        """Makes room for the photo, or brings back the panels that were there before."""
        if shown:
            for dock in self._folded or self._docks.values():
                dock.show()
            for dock in self._seen:
                dock.raise_()
            self._folded, self._seen = [], []
        else:
            self._folded = [dock for dock in self._docks.values() if dock.toggleViewAction().isChecked()]
            self._seen = [dock for dock in self._folded if not dock.visibleRegion().isEmpty()]
            for dock in self._folded:
                dock.hide()
        self._show_folding()

    @Slot()
    def _show_folding(self) -> None:
        self._folding.setChecked(any(dock.toggleViewAction().isChecked() for dock in self._docks.values()))
