"""Damage on its way from the engine's finder to the mask: looked for once, then chosen from as the person likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.findings import DamageMaps, Findings, Region, find
from cnnstudio.imaging.found_tiles import FoundPyramid, FoundTiles
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.picking import (
    dropped_pixels,
    dropped_regions,
    outline,
    region_at,
    surest_position,
    without_repaired,
)
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import DAMAGE, CallJob, DetectJob, JobFailure, Progress
from cnnstudio.ui.damage_kinds import overlay_value
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes

SENSITIVITY = 50.0
"""Of each kind at first, 0 to 100."""
CLOSER = 25.0
"""By how much more closely it is looked at a time."""


@dataclass(frozen=True, eq=False)
class Sifted:
    """What is damage at some sensitivity.

    Attributes:
        maps: what the finder saw.
        findings: the regions.
        dropped: numbers of those that are not to be repaired.
        pixels: (h, w) ``bool``, all that has been dropped, also of regions that are not found just now; None: nothing.
        kinds: (n + 1,) ``uint8``, each region's kind by its number, from 1.
        bounds: (n, 4) ``int64``, x0, y0, x1, y1 of each region, in the order of the list.
        tiles: the regions as a picture, in the values of :func:`cnnstudio.ui.damage_kinds.overlay_value`.
    """

    maps: DamageMaps
    findings: Findings
    dropped: frozenset[int]
    pixels: np.ndarray | None
    kinds: np.ndarray
    bounds: np.ndarray
    tiles: FoundTiles


def sift(maps: DamageMaps, sensitivity: Mapping[str, float], kinds: Iterable[str], last: Sifted | None) -> Sifted:
    """Makes regions; what of the last ones was dropped stays so. On a large photo this takes a tenth of a second."""
    findings = find(maps, sensitivity, list(kinds))
    dropped: frozenset[int] = frozenset()
    pixels = None
    if last is not None and (last.dropped or last.pixels is not None):
        pixels = dropped_pixels(last.findings, last.dropped, last.pixels)
        dropped = dropped_regions(findings, maps.likeliest[1], pixels)
    kind_of = np.zeros(len(findings.regions) + 1, np.uint8)
    bounds = np.zeros((len(findings.regions), 4), np.int64)
    for row, region in enumerate(findings.regions):
        kind_of[region.number] = 1 + DAMAGE.index(region.kind)
        box = region.bounds
        bounds[row] = box.x, box.y, box.x1, box.y1
    tiles = FoundTiles(findings, _values(kind_of, dropped))
    return Sifted(maps, findings, dropped, pixels, kind_of, bounds, tiles)


def _values(kinds: np.ndarray, dropped: Iterable[int]) -> np.ndarray:
    """For :class:`FoundTiles`."""
    gone = list(dropped)
    values = np.empty((2, len(kinds)), np.uint8)
    for at_edge in (False, True):
        values[int(at_edge)] = kinds + np.uint8(overlay_value(True, at_edge))
        values[int(at_edge), gone] = kinds[gone] + np.uint8(overlay_value(False, at_edge))
    values[:, 0] = 0
    return values


class Found(QObject):
    """The damage found in one photo, and what of it is to be repaired. Lives on the GUI thread.

    Signals:
        changed: there are other regions.
        kept_changed: (Rect) regions there are dropped, or kept again.
        repaired: all that was found has been.
        failed: (:class:`JobFailure`) other regions could not be made.

    Args:
        sifted: with all kinds at :data:`SENSITIVITY`.

    Attributes:
        pyramid: the regions over the photo.
        visible: whether they are seen there.
        marked: where they have been marked; empty if they have not.
    """

    changed = Signal()
    kept_changed = Signal(object)
    repaired = Signal()
    failed = Signal(object)

    def __init__(self, sifted: Sifted, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sifted, self._lanes = sifted, lanes
        self._repaired: list[TileGrid] = []  # that the regions do not know of yet
        self._sensitivity = dict.fromkeys(DAMAGE, SENSITIVITY)
        self._kinds = set(DAMAGE)
        self._sifting: Errand | None = None
        self._rows = self._rows_by_number()
        self.pyramid = FoundPyramid(sifted.tiles)
        self.visible = True
        self.marked = Rect(0, 0, 0, 0)

    # ---- what there is

    @property
    def regions(self) -> list[Region]:
        """The largest first."""
        return self._sifted.findings.regions

    @property
    def dropped(self) -> frozenset[int]:
        """Numbers of the regions that are not to be repaired."""
        return self._sifted.dropped

    @property
    def kept_count(self) -> int:
        return len(self.regions) - len(self.dropped)

    def count(self, kind: str) -> int:
        """Of all regions of a kind, dropped or not."""
        return int(np.count_nonzero(self._sifted.kinds == 1 + DAMAGE.index(kind)))

    def row_of(self, number: int) -> int:
        """Where a region stands in the list; -1 for one that is not there."""
        return self._rows.get(number, -1)

    def sensitivity(self, kind: str) -> float:
        """0 to 100."""
        return self._sensitivity[kind]

    def shows(self, kind: str) -> bool:
        """Whether damage of that kind counts."""
        return kind in self._kinds

    def region_at(self, x: float, y: float, reach: float) -> Region | None:
        """The region at a photo position, or the nearest within ``reach`` photo pixels."""
        row = self.row_of(region_at(self._sifted.findings, x, y, reach))
        return None if row < 0 else self.regions[row]

    def regions_in(self, area: Rect) -> list[int]:
        """The numbers of the regions that lie wholly in an area."""
        x0, y0, x1, y1 = self._sifted.bounds.T
        inside = (x0 >= area.x) & (y0 >= area.y) & (x1 <= area.x1) & (y1 <= area.y1)
        return [self.regions[row].number for row in np.flatnonzero(inside).tolist()]

    def surest_position(self, region: Region) -> tuple[float, float]:
        """Where in the photo a region is most likely damage."""
        return surest_position(self._sifted.findings, self._sifted.maps.likeliest[1], region)

    def outline(self, region: Region) -> list[np.ndarray]:
        """Closed lines around a region, in photo pixels."""
        return outline(self._sifted.findings, region)

    def make_mask(self) -> Callable[[], np.ndarray]:
        """A function that makes the mask of what is kept now, HxW ``uint8``, in any thread."""
        findings, dropped = self._sifted.findings, self._sifted.dropped
        return lambda: findings.mask(without=dropped)

    @property
    def is_marked(self) -> bool:
        """Whether the mask counts now: what is kept has been marked, and not been looked at again."""
        return bool(self.marked) and not self.visible

    @property
    def kept_bounds(self) -> Rect:
        """The smallest rectangle around all that is kept."""
        return self._around([region.number for region in self.regions if region.number not in self.dropped])

    # ---- what is done to it

    def keep(self, numbers: Iterable[int], kept: bool) -> None:
        """Keeps regions, or drops them."""
        changing = {number for number in numbers if number in self._rows and (number in self.dropped) == kept}
        if not changing:
            return
        before = self._sifted
        dropped = before.dropped - changing if kept else before.dropped | changing
        tiles = before.tiles.with_values(_values(before.kinds, dropped))
        # To have dropped anything once makes a difference later: what is kept again must not be found dropped.
        self._sifted = replace(before, dropped=dropped, tiles=tiles)
        area = self._around(changing)
        self.pyramid.update(area, tiles)
        self.visible = True
        if self._sifting:
            self._sift()
        self.kept_changed.emit(area)

    def set_sensitivity(self, kind: str, sensitivity: float) -> None:
        """Looks closer, or less close; the regions come a moment later."""
        if sensitivity != self._sensitivity[kind]:
            self._sensitivity[kind] = sensitivity
            self._sift()

    def look_closer(self) -> None:
        """Looks for every kind more closely than now, as far as that goes; the regions come a moment later."""
        self._sensitivity = {kind: min(100.0, now + CLOSER) for kind, now in self._sensitivity.items()}
        self._sift()

    @property
    def is_closest(self) -> bool:
        """Whether it cannot be looked more closely."""
        return min(self._sensitivity.values()) >= 100

    def show_kind(self, kind: str, on: bool) -> None:
        """Lets damage of a kind count or not; the regions come a moment later."""
        if on != self.shows(kind):
            (self._kinds.add if on else self._kinds.discard)(kind)
            self._sift()

    def forget_repaired(self, mask: TileGrid) -> None:
        """What a repair has covered is no longer damage; the other regions come a moment later."""
        visible = self.visible
        self._repaired.append(mask)
        self._sift()
        self.visible = visible

    def _sift(self) -> None:
        self.visible = True  # nobody chooses blindly
        sensitivity, kinds, last = dict(self._sensitivity), tuple(self._kinds), self._sifted
        repaired = tuple(self._repaired)

        def work(_: Progress) -> Sifted:
            maps = last.maps
            for mask in repaired:
                maps = without_repaired(maps, last.findings, mask)
            return sift(maps, sensitivity, kinds, last)

        # The newest wins: a slider that keeps moving must not leave a queue behind it.
        self._sifting = Errand(self._lanes.work, CallJob(function=work, slot=f"sift {id(self)}"), self)
        self._sifting.finished.connect(self._on_sifted)
        self._sifting.failed.connect(self._on_failed)

    @Slot(object)
    def _on_sifted(self, sifted: Sifted) -> None:
        if self.sender() is not self._sifting:
            return
        self._sifting = None
        had_any = bool(self.regions)
        was_repaired, self._repaired = bool(self._repaired), []
        self._sifted = sifted
        self._rows = self._rows_by_number()
        self.pyramid.update(sifted.tiles.bounds, sifted.tiles)
        self.changed.emit()
        if was_repaired and had_any and not self.regions:
            self.repaired.emit()

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        if self.sender() is self._sifting:
            self._sifting = None
            self.failed.emit(failure)

    def _rows_by_number(self) -> dict[int, int]:
        return {region.number: row for row, region in enumerate(self.regions)}

    def _around(self, numbers: Iterable[int]) -> Rect:
        rows = [self._rows[number] for number in numbers]
        if not rows:
            return Rect(0, 0, 0, 0)
        bounds = self._sifted.bounds[rows]
        return Rect.from_edges(*bounds[:, :2].min(0).tolist(), *bounds[:, 2:].max(0).tolist())


class FindDesk(QObject):
    """Has photos looked at, and keeps what was found in each until it is discarded. Lives on the GUI thread.

    Signals:
        changed: (Editor) it is being looked at, or no longer, or what was found in it is there or gone.
        progressed: (Editor, fraction in [0, 1], text).
        found: (Editor) it has been looked at, and :meth:`of` tells what was found; follows ``changed``.
        failed: (:class:`JobFailure`).
    """

    changed = Signal(object)
    progressed = Signal(object, float, str)
    found = Signal(object)
    failed = Signal(object)

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._looking: dict[Editor, Errand] = {}
        self._found: dict[Editor, Found] = {}

    def of(self, editor: Editor | None) -> Found | None:
        """What was found in a photo; None where nobody has looked."""
        return None if editor is None else self._found.get(editor)

    def is_looking(self, editor: Editor | None) -> bool:
        return editor in self._looking

    def seconds_left(self, editor: Editor) -> float | None:
        """How long looking will still take; None where that cannot be told."""
        errand, lane = self._looking.get(editor), self._lanes.engine
        return lane.seconds_left if errand and errand.lane is lane and errand.id == lane.running else None

    def look(self, editor: Editor, card: ModelCard, device: str = "auto") -> None:
        """Has a photo looked at as it is now, unless it is being done already; what was found before is forgotten."""
        if self.is_looking(editor):
            return
        self._drop(editor)
        errand = self._send(editor, Errand(self._lanes.engine, DetectJob(editor.document.view, card, device), self))
        errand.progressed.connect(self._on_progressed)
        errand.finished.connect(self._on_seen)
        self.changed.emit(editor)

    def cancel(self, editor: Editor | None) -> bool:
        """Gives up looking at a photo; returns whether it was being done."""
        errand = self._looking.pop(editor, None) if editor else None
        if errand is None or editor is None:
            return False
        errand.cancel()
        self.changed.emit(editor)
        return True

    def discard(self, editor: Editor) -> None:
        """Forgets what was found in a photo."""
        if self._drop(editor):
            self.changed.emit(editor)

    def forget(self, editor: Editor) -> None:
        """A photo is closed."""
        self.cancel(editor)
        self.discard(editor)

    def _drop(self, editor: Editor) -> bool:
        found = self._found.pop(editor, None)
        if found:
            found.deleteLater()
        return found is not None

    def _send(self, editor: Editor, errand: Errand) -> Errand:
        self._looking[editor] = errand
        errand.failed.connect(self._on_failed)
        return errand

    def _editor_of(self, errand: QObject) -> Editor | None:
        return next((editor for editor, one in self._looking.items() if one is errand), None)

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        editor = self._editor_of(self.sender())
        if editor:
            self.progressed.emit(editor, fraction, text)

    @Slot(object)
    def _on_seen(self, maps: DamageMaps) -> None:
        editor = self._editor_of(self.sender())
        if editor is None:
            return

        def work(_: Progress) -> Sifted:
            return sift(maps, {}, DAMAGE, None)

        errand = self._send(editor, Errand(self._lanes.work, CallJob(function=work), self))
        errand.finished.connect(self._on_sifted)

    @Slot(object)
    def _on_sifted(self, sifted: Sifted) -> None:
        editor = self._editor_of(self.sender())
        if editor is None:
            return
        del self._looking[editor]
        found = self._found[editor] = Found(sifted, self._lanes, self)
        found.failed.connect(self.failed)
        found.repaired.connect(partial(self.discard, editor))
        self.changed.emit(editor)
        self.found.emit(editor)

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        editor = self._editor_of(self.sender())
        if editor:
            del self._looking[editor]
            self.failed.emit(failure)
            self.changed.emit(editor)
