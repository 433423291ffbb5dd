"""The panel of the damage that is found: looking for it, choosing from it, and handing it on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.imaging.findings import Region
from cnnstudio.jobs import DAMAGE
from cnnstudio.ui.damage_kinds import chip, kind_meaning, kind_names, sensitivity_of
from cnnstudio.ui.finding import Found
from cnnstudio.ui.icons import icon
from cnnstudio.ui.panels.busy import Busy
from cnnstudio.ui.panels.found_list import FoundList
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.panels.parts import press_button, sentences
from cnnstudio.ui.panels.upright_scroll import UprightScroll

_IDLE, _LOOKING, _FOUND = range(3)


class _KindRow:
    """One kind of damage: whether it counts, how much of it there is, and how closely it is looked for."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        name = kind_names(kind)
        self.check = QCheckBox(name)
        self.check.setToolTip(kind_meaning(kind))
        self.check.setAccessibleDescription(kind_meaning(kind))
        self.count = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance("0000"))
        self.slider = NumberSlider(sensitivity_of(kind), 100, 5, "")

    def paint_chip(self) -> None:
        """In the look of now."""
        side = self.check.fontMetrics().height()
        self.check.setIconSize(QSize(side, side))
        self.check.setIcon(chip(self.kind, side, self.check.devicePixelRatioF()))


class DamagePanel(QWidget):
    """Shows what was found in one photo; what is dropped and how closely is looked it tells :class:`Found` itself.

    Signals:
        find_requested, cancel_requested, mark_requested, repair_requested, discard_requested: buttons, or Esc while
            it is being looked.
        visible_requested: (on) the damage is to be seen over the photo, or not.
        selected: (:class:`Region` or None) another one is selected in the list.
        show_requested: (Rect) the person wants to see that part of the photo.
    """

    find_requested = Signal()
    cancel_requested = Signal()
    mark_requested = Signal()
    repair_requested = Signal()
    discard_requested = Signal()
    visible_requested = Signal(bool)
    selected = Signal(object)
    show_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Found | None = None
        self._pages = QStackedLayout(self)
        for page in (self._make_idle(), self._make_looking(), self._make_found()):
            self._pages.addWidget(page)
        self.set_idle(False, "")

    # ---- parts

    def _make_idle(self) -> QWidget:
        page = QWidget()
        about = sentences(
            self.tr("Looks for scratches, creases, spots, stains and missing parts. Nothing is repaired before you"
                    " have seen what was found.")
        )  # fmt: skip
        self._find = press_button(self.tr("Find damage"), self.tr("Look for damage in this photo (F)"))
        self._find.setObjectName("primary")
        self._find.setMinimumHeight(self._find.fontMetrics().height() * 2 + 8)
        self._find.clicked.connect(self.find_requested)
        self._hint = sentences(quiet=True)
        column = QVBoxLayout(page)
        for part in (about, self._find, self._hint):
            column.addWidget(part)
        column.addStretch(1)
        return page

    def _make_looking(self) -> QWidget:
        page = QWidget()
        self._busy = Busy(self.tr("Progress of looking for damage"), self.tr("Look no further (Esc)"))
        self._busy.cancel.clicked.connect(self.cancel_requested)
        column = QVBoxLayout(page)
        column.addWidget(self._busy)
        column.addWidget(sentences(self.tr("You can go on marking and repairing meanwhile."), quiet=True))
        column.addStretch(1)
        return page

    def _make_found(self) -> QWidget:
        page = QWidget()
        self._summary = sentences()
        self._eye = QToolButton(autoRaise=True)
        self._eye.setCheckable(True)
        self._eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._eye.setAccessibleName(self.tr("Show found damage"))
        self._eye.setToolTip(self.tr("Show or hide the damage over the photo (Shift+H)"))
        self._eye.clicked.connect(self.visible_requested)
        top = QHBoxLayout()
        top.addWidget(self._summary, 1)
        top.addWidget(self._eye, 0, Qt.AlignmentFlag.AlignTop)
        self._kinds = [_KindRow(kind) for kind in DAMAGE]
        grid = QGridLayout()
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(2, 1)
        for row, kind in enumerate(self._kinds):
            for column, part in enumerate((kind.check, kind.count, kind.slider)):
                grid.addWidget(part, row, column)
            kind.slider.setToolTip(self.tr("How closely to look: more finds more, and errs more often"))
            kind.check.toggled.connect(partial(self._on_kind, kind.kind))
            kind.slider.moved.connect(partial(self._on_sensitivity, kind.kind))
        self._list = FoundList()
        self._list.selected.connect(self.selected)
        self._list.asked.connect(self._on_asked)
        upper = QWidget()
        column_of_all = QVBoxLayout(upper)
        column_of_all.addLayout(top)
        column_of_all.addLayout(grid)
        tip = self.tr("Raise the sensitivity of all kinds: more is found, and more in error")
        self._closer = press_button(self.tr("Look more closely"), tip, "find")
        self._closer.clicked.connect(self._on_closer)
        column_of_all.addWidget(self._closer)
        column_of_all.addWidget(self._list, 1)
        column_of_all.addStretch()  # counts where there is no list
        self._repair = press_button(
            self.tr("Repair found damage"), self.tr("Mark and repair all that is kept (Ctrl+Enter)")
        )
        self._repair.setObjectName("primary")
        self._repair.clicked.connect(self.repair_requested)
        self._mark = press_button(
            self.tr("Mark"), self.tr("Mark all that is kept, to change it by brush and eraser first (Ctrl+M)"), "mask"
        )
        self._mark.clicked.connect(self.mark_requested)
        self._discard = press_button(self.tr("Discard"), self.tr("Forget what was found"), "clear")
        self._discard.clicked.connect(self.discard_requested)
        buttons = QHBoxLayout()
        buttons.addWidget(self._mark, 1)
        buttons.addWidget(self._discard, 1)
        foot = QVBoxLayout()
        margins = column_of_all.contentsMargins()
        foot.setContentsMargins(margins.left(), 0, margins.right(), margins.bottom())
        foot.addWidget(self._repair)
        foot.addLayout(buttons)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(UprightScroll(upper), 1)
        layout.addLayout(foot)
        return page

    # ---- states

    def set_idle(self, ready: bool, hint: str) -> None:
        """Nobody has looked yet; ``hint`` says why nobody can, or what else there is to say."""
        self._find.setEnabled(ready)
        self._find.setAccessibleDescription(hint)
        self._hint.setText(hint)
        self._turn_to(_IDLE)
        self._show(None)

    def set_looking(self) -> None:
        """The photo is being looked at; until :meth:`set_progress` is called it waits for its turn."""
        self.set_progress(0, self.tr("Waiting…"), None)
        self._turn_to(_LOOKING)
        self._show(None)

    def set_progress(self, fraction: float, text: str, seconds_left: float | None) -> None:
        """Of looking."""
        self._busy.set_progress(fraction, text, seconds_left)

    def set_found(self, found: Found) -> None:
        """Shows what was found."""
        self._turn_to(_FOUND)
        self._show(found)

    def select(self, number: int) -> None:
        """Selects a region in the list; the photo stays where it is."""
        self._list.select(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self._pages.currentIndex() == _LOOKING:
            self.cancel_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._list.hasFocus():
            self._repair.click()  # no region is selected, which Enter would show
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self._pages.count() > _FOUND:
            self._paint_chips()

    def _turn_to(self, page: int) -> None:
        """Turns to a page; the keyboard follows from the button of the last to that of the next."""
        buttons: tuple[QWidget, ...] = self._find, self._busy.cancel, self._list
        had_focus = any(button.hasFocus() for button in (*buttons, self._repair, self._mark, self._discard))
        if page != self._pages.currentIndex():
            self._pages.setCurrentIndex(page)
            if had_focus:
                buttons[page].setFocus()

    def _show(self, found: Found | None) -> None:
        if found is not self._found:
            if self._found:
                self._found.changed.disconnect(self._refresh)
                self._found.kept_changed.disconnect(self._refresh)
            self._found = found
            self._list.set_found(found)
            if found:
                found.changed.connect(self._refresh)
                found.kept_changed.connect(self._refresh)
                self._paint_chips()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        found = self._found
        if found is None:
            return
        for row in self._kinds:
            shows = found.shows(row.kind)
            with QSignalBlocker(row.check):
                row.check.setChecked(shows)
            row.slider.setEnabled(shows)
            if not row.slider.is_moving:
                row.slider.value = found.sensitivity(row.kind)
            row.count.setText(self.locale().toString(found.count(row.kind)) if shows else "")
        total, kept = len(found.regions), found.kept_count
        if found.is_marked:
            words = self.tr("What was found is marked now: brush and eraser change it.")
        elif total:
            words = self.tr("Places to repair: {kept} of {total}").format(
                kept=self.locale().toString(kept), total=self.locale().toString(total)
            )
        elif not all(found.shows(kind) for kind in DAMAGE):
            words = self.tr("None of these kinds of damage was found.")
        elif found.is_closest:
            words = self.tr("No damage was found, even at the highest sensitivity. Paint over what you see (B).")
        else:
            words = self.tr("Nothing is surely damaged. A higher sensitivity looks more closely.")
        self._summary.setText(words)
        self._list.setVisible(bool(total))
        if total and self._closer.hasFocus():
            self._list.setFocus()  # or whoever presses Space once more would press “Discard”
        self._closer.setVisible(not total and not found.is_closest)
        self._repair.setEnabled(bool(kept))
        self._repair.setText(self.tr("Repair what is marked") if found.is_marked else self.tr("Repair found damage"))
        self._repair.setAccessibleName(self._repair.text())
        self._mark.setEnabled(bool(kept) and not found.is_marked)
        self._eye.setVisible(bool(total))
        self._eye.setChecked(found.visible)
        self._eye.setIcon(icon("eye" if found.visible else "eye-off"))

    def _paint_chips(self) -> None:
        for row in self._kinds:
            row.paint_chip()

    @Slot()
    def _on_closer(self) -> None:
        if self._found:
            self._found.look_closer()

    @Slot(object)
    def _on_asked(self, region: Region) -> None:
        self.show_requested.emit(region.bounds)

    def _on_kind(self, kind: str, on: bool) -> None:
        if self._found:
            self._found.show_kind(kind, on)

    def _on_sensitivity(self, kind: str, sensitivity: float) -> None:
        if self._found:
            self._found.set_sensitivity(kind, sensitivity)
