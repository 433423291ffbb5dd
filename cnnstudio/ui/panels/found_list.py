"""The list of the regions of damage that were found: thousands of them scroll like ten."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from cnnstudio.imaging.findings import Region
from cnnstudio.ui.damage_kinds import chip, kind_name
from cnnstudio.ui.finding import Found

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_KIND, _SIZE, _SURE = range(3)
_NOWHERE = QModelIndex()
_CHIP = 0.8
"""Side of a colour, of a line's height."""
_ROWS = 3
"""That are seen at least."""


class _Regions(QAbstractTableModel):
    """A row for each region: what it is, how large, and how sure that is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.found: Found | None = None
        self._regions: list[Region] = []
        self._chips: dict[tuple[str, int, float], QIcon] = {}

    def show(self, found: Found | None) -> None:
        """Takes over the regions as they are now."""
        self.beginResetModel()
        self.found, self._regions = found, found.regions if found else []
        self._chips.clear()  # the look may be another
        self.endResetModel()

    @Slot()
    def tell_kept(self) -> None:
        """Others are kept."""
        if self._regions:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._regions) - 1, _SURE))

    def region(self, row: int) -> Region | None:
        return self._regions[row] if 0 <= row < len(self._regions) else None

    def is_kept(self, row: int) -> bool:
        return self.found is not None and self._regions[row].number not in self.found.dropped

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._regions)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else 3

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == _KIND else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:  # noqa: N802
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case _Role.DisplayRole:
                return (self.tr("Damage"), self.tr("Pixels"), self.tr("Sure"))[section]
            case _Role.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if section == _KIND else Qt.AlignmentFlag.AlignRight
                return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        region = self._regions[row]
        match role:
            case _Role.DisplayRole if column == _KIND:
                return kind_name(region.kind)
            case _Role.DisplayRole if column == _SIZE:
                return QLocale().toString(region.area)
            case _Role.DisplayRole:
                return f"{round(100 * region.confidence)} %"
            case _Role.TextAlignmentRole if column != _KIND:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _Role.CheckStateRole if column == _KIND:
                return Qt.CheckState.Checked if self.is_kept(row) else Qt.CheckState.Unchecked
            case _Role.DecorationRole if column == _KIND:
                return self._chip(region.kind)
            case _Role.ForegroundRole if not self.is_kept(row):
                return QGuiApplication.palette().brush(QPalette.ColorRole.PlaceholderText)
            case _Role.ToolTipRole:
                return self.tr("Kept: will be repaired") if self.is_kept(row) else self.tr("Dropped: stays as it is")
        return None

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:  # noqa: N802
        if role != _Role.CheckStateRole or self.found is None:
            return False
        self.found.keep([self._regions[index.row()].number], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _chip(self, kind: str) -> QIcon:
        view = self.parent()
        assert isinstance(view, QTableView)
        key = kind, view.iconSize().height(), view.devicePixelRatioF()
        if key not in self._chips:
            self._chips[key] = chip(*key)
        return self._chips[key]


class FoundList(QTableView):
    """Space drops or keeps the selected regions, Del drops them and goes on to the next.

    Signals:
        selected: (:class:`Region` or None) another one is selected.
        asked: (:class:`Region`) the person chose it, to see it.
    """

    selected = Signal(object)
    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._regions = _Regions(self)
        self._found: Found | None = None
        self._place: tuple[float, float] | None = None  # of the selected region, to know it again among others
        self._is_quiet = False
        self.setModel(self._regions)
        self.setAccessibleName(self.tr("Found damage"))
        self.setToolTip(self.tr("Space keeps or drops what is selected, Del drops it; Enter shows it on the photo"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        height = self.fontMetrics().height() + 8
        side = round(self.fontMetrics().height() * _CHIP)
        self.setIconSize(QSize(side, side))
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(height)
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(_KIND, QHeaderView.ResizeMode.Stretch)
        for column, widest in ((_SIZE, "000,000,000 "), (_SURE, "000 %   ")):
            self.setColumnWidth(column, self.fontMetrics().horizontalAdvance(widest))
        self.setMinimumHeight(columns.sizeHint().height() + _ROWS * height)
        self.selectionModel().selectionChanged.connect(self._on_selected)

    def set_found(self, found: Found | None) -> None:
        """Shows what was found in another photo."""
        if self._found is not None:
            self._found.changed.disconnect(self._refresh)
            self._found.kept_changed.disconnect(self._regions.tell_kept)
        self._found, self._place = found, None
        if found:
            found.changed.connect(self._refresh)
            found.kept_changed.connect(self._regions.tell_kept)
        self._refresh()

    def select(self, number: int) -> None:
        """Selects a region without asking for it to be seen."""
        row = self._found.row_of(number) if self._found else -1
        if row >= 0:
            self._select_row(row)

    @property
    def region(self) -> Region | None:
        """The selected one; of several the one chosen last."""
        current = self.currentIndex()
        is_selected = current.isValid() and self.selectionModel().isRowSelected(current.row(), _NOWHERE)
        return self._regions.region(current.row()) if is_selected else None

    def sizeHint(self) -> QSize:  # noqa: N802
        # It takes what room there is; asking for more, it would have the panel around it scroll as well.
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        region, rows = self.region, sorted(index.row() for index in self.selectionModel().selectedRows())
        match event.key():
            case Qt.Key.Key_Space if region is None and self.currentIndex().isValid():
                self.selectRow(self.currentIndex().row())  # to be seen first
            case Qt.Key.Key_Space if region:
                self._keep(rows, not self._regions.is_kept(self.currentIndex().row()))
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace if rows:
                self._keep(rows, False)
                if rows[-1] + 1 < self._regions.rowCount():
                    self.selectRow(rows[-1] + 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if region:
                self.asked.emit(region)
            case _:
                super().keyPressEvent(event)

    def _keep(self, rows: list[int], kept: bool) -> None:
        if self._found:
            regions = [self._regions.region(row) for row in rows]
            self._found.keep([region.number for region in regions if region], kept)

    def _select_row(self, row: int) -> None:
        self._is_quiet = True
        index = self._regions.index(row, _KIND)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)
        self._is_quiet = False

    @Slot()
    def _refresh(self) -> None:
        """Other regions: that which holds the place of the selected one is selected."""
        place, found = self._place, self._found
        self._is_quiet = True
        self._regions.show(found)
        self._is_quiet = False
        region = found.region_at(*place, 0.0) if found and place else None
        if region:
            self.select(region.number)
        else:
            self.selected.emit(None)
        self._place = place  # a region that is gone for a while is still meant when it comes back

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, *_: QItemSelection) -> None:
        region, found = self.region, self._found
        if region and found:
            self._place = found.surest_position(region)
        elif not self._is_quiet:
            self._place = None
        self.selected.emit(region)
        if region and not self._is_quiet:
            self.asked.emit(region)
