"""A photo being repaired: the photo as it was opened, a mask, repairs as layers, and everything undoable.

>>> document = Document(read_photo(path))
>>> stroke = Stroke(document.mask, Brush(40))
>>> stroke.to(100, 100), stroke.to(180, 120)
>>> document.apply(stroke.commit())
>>> used = document.mask.snapshot()  # for the worker, together with document.view; painting may go on
>>> result = repairer.repair(document.view, used.to_array())
>>> document.add_repair(Patches.build(result.pieces, used), "Repair 1", model="pyramid", used=used)
>>> document.undo()
"""

from __future__ import annotations

import secrets
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from cnnstudio.errors import UnreadablePhoto
from cnnstudio.imaging.edits import BUDGET, Edit, History, Step
from cnnstudio.imaging.layers import Layer, Patches, View
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.store import DAMAGED, Ref, Store
from cnnstudio.imaging.tiles import TileGrid, TileKey
from cnnstudio.jobs import Origin, SelfCheck


class Document:
    """Used from one thread; what it hands out for reading (views, snapshots of the mask, layers) from any.

    Every change goes through an :class:`Edit` and returns the edit that was put in: its ``dirty`` is what to draw
    anew, of the mask where it has ``tiles``, of the photo where it has ``layers``.

    Args:
        photo: never written into.
        store: where undo spills; a session's own, or None for a temporary file.
        budget: bytes of memory for undo.

    Attributes:
        photo: as it was opened.
        mask: HxW ``uint8``; only strokes and edits write into it.
        layers: the repairs, from the lowest to the highest.
        view: the photo seen through the visible layers; it never changes, an edit puts a new one here.
        history: what can be undone and redone.
        revision: one more after every change.
        on_step: called after every change with what happened, for the session's journal.
    """

    def __init__(self, photo: Photo, store: Store | None = None, budget: int = BUDGET) -> None:
        self.photo = photo
        self.mask = TileGrid.empty((photo.height, photo.width))
        self.layers: tuple[Layer, ...] = ()
        self.view = View(photo.pixels)
        self.revision = 0
        self.on_step: Callable[[Step], None] | None = None
        self._store = store or Store()
        self.history = History(self._store, budget)
        self._saved = self.view.layers
        # By patches, which say the same of a repair in every step of the history.
        self._checks: weakref.WeakKeyDictionary[Patches, SelfCheck] = weakref.WeakKeyDictionary()

    def apply(self, edit: Edit | None) -> Edit | None:
        """Makes a change that can be undone; None, a change of nothing, does nothing."""
        if edit is not None:
            self.history.push(self.swap(edit))
            self._happened(Step("edit", edit))
        return edit

    def undo(self) -> Edit | None:
        """Takes back the last change; None where there is none."""
        edit = self.history.undo(self.swap)
        if edit is not None:
            self._happened(Step("undo"))
        return edit

    def redo(self) -> Edit | None:
        """Makes the change again that was last undone; None where there is none."""
        edit = self.history.redo(self.swap)
        if edit is not None:
            self._happened(Step("redo"))
        return edit

    def swap(self, edit: Edit) -> Edit:
        """Puts an edit in, past the history, and returns what takes it back.

        Raises:
            UnreadablePhoto: pixels that had been spilled to disk are damaged; nothing has changed then.
        """
        tiles = {key: self._store.get(tile) if isinstance(tile, Ref) else tile for key, tile in edit.tiles.items()}
        try:
            before = self.mask.swap(tiles)
        except ValueError as error:  # a session file may come from anywhere
            raise UnreadablePhoto(DAMAGED, str(error)) from error
        if edit.layers is None:
            return Edit(edit.label, edit.dirty, before)
        layers = self.layers
        self._show(edit.layers)
        live = {id(layer.patches) for layer in edit.layers}
        held = tuple(layer.patches for layer in layers if id(layer.patches) not in live)
        return Edit(edit.label, edit.dirty, before, layers, held)

    def restore(
        self,
        tiles: Mapping[TileKey, np.ndarray],
        layers: tuple[Layer, ...],
        history: History,
        saved: tuple[Layer, ...],
        checks: Mapping[Patches, SelfCheck] | None = None,
    ) -> None:
        """Makes a fresh document what another was.

        Args:
            tiles: of the mask.
            saved: the layers it was last saved with.
            checks: what is known of how far its repairs can be trusted.
        """
        self._checks.update(checks or {})
        self.mask.swap(tiles)
        self._show(layers)
        self.history = history
        self._saved = self.view.with_layers(saved).layers

    @property
    def modified(self) -> bool:
        """Whether the photo looks different than when it was last opened or saved."""
        return self.view.layers != self._saved

    def mark_saved(self) -> None:
        """To be called once the photo has been saved as it looks now."""
        self._saved = self.view.layers
        self._happened(Step("saved"))

    def set_check(self, patches: Patches, check: SelfCheck) -> bool:
        """Notes how far a repair can be trusted. No step of the history: undoing passes it by.

        Returns:
            Whether the repair is among the layers now.
        """
        self._checks[patches] = check
        self._show(self.layers)
        if self.on_step is not None:
            self.on_step(Step("check", checked=(patches, check)))
        return any(layer.patches is patches for layer in self.layers)

    def flattened(self) -> Photo:
        """The photo as it looks, for saving; for a large photo with repairs this copies all of it."""
        return replace(self.photo, pixels=self.view.to_array())

    def layer(self, id: str) -> Layer:
        """A layer by its id.

        Raises:
            KeyError: there is none.
        """
        for layer in self.layers:
            if layer.id == id:
                return layer
        raise KeyError(id)

    def below(self, id: str) -> View:
        """The photo as it looks beneath a layer: what to repair when that repair is made anew."""
        return self.view.with_layers(self.layers[: self.layers.index(self.layer(id))])

    def add_repair(
        self,
        patches: Patches,
        name: str,
        *,
        model: str = "",
        seed: int = 0,
        used: TileGrid | None = None,
        origin: Origin | None = None,
    ) -> Edit | None:
        """Lays a repair over all others, and clears the mask of what has been repaired, as one change.

        Args:
            patches: :meth:`Patches.build` makes them from a :class:`RepairResult`'s pieces, in any thread.
            used: the mask that was repaired, a snapshot. What has been painted since then stays in the mask. None
                leaves the mask alone.
        """
        tiles = {} if used is None else self._without(used)
        dirty = patches.bounds
        for key in tiles:
            dirty |= self.mask.tile_rect(key)
        layer = Layer(secrets.token_hex(8), name, patches, model=model, seed=seed, origin=origin)
        return self.apply(Edit(name, dirty, tiles, (*self.layers, layer)))

    def redo_repair(
        self, id: str, patches: Patches, *, model: str, seed: int, origin: Origin | None = None
    ) -> Edit | None:
        """Puts other pixels into a layer: the repair was made anew."""
        return self._replace("Repair anew", id, patches=patches, model=model, seed=seed, origin=origin)

    def set_visible(self, id: str, visible: bool) -> Edit | None:
        return self._replace("Show repair" if visible else "Hide repair", id, visible=visible)

    def set_opacity(self, id: str, opacity: float) -> Edit | None:
        """Of 0 to 1; meant for the end of a slider's move (draw the way there with :meth:`View.with_layers`)."""
        return self._replace("Opacity", id, opacity=opacity)

    def rename(self, id: str, name: str) -> Edit | None:
        return self._replace("Rename repair", id, name=name)

    def delete(self, id: str) -> Edit | None:
        gone = self.layer(id)
        layers = tuple(layer for layer in self.layers if layer is not gone)
        return self.apply(Edit("Delete repair", gone.patches.bounds, layers=layers))

    def move(self, id: str, to: int) -> Edit | None:
        """Moves a layer so that ``to`` others lie beneath it."""
        layer = self.layer(id)
        others = [other for other in self.layers if other is not layer]
        layers = (*others[:to], layer, *others[to:])
        if layers == self.layers:
            return None
        return self.apply(Edit("Move repair", layer.patches.bounds, layers=layers))

    def _replace(self, label: str, id: str, **changes: object) -> Edit | None:
        before = self.layer(id)
        after = replace(before, **changes)  # type: ignore[arg-type]
        if after == before:
            return None
        layers = tuple(after if layer is before else layer for layer in self.layers)
        return self.apply(Edit(label, before.patches.bounds | after.patches.bounds, layers=layers))

    def _without(self, used: TileGrid) -> dict[TileKey, np.ndarray | None]:
        tiles: dict[TileKey, np.ndarray | None] = {}
        for key in used.occupied():
            now, then = self.mask.own(key), used.tile(key)
            if now is not None:
                # What has been painted over since differs, and stays.
                left = np.where(now == then, 0, now) if now is not then else None
                tiles[key] = left if left is not None and left.any() else None
        return tiles

    def _show(self, layers: tuple[Layer, ...]) -> None:
        self.layers = tuple(self._checked(layer) for layer in layers)
        self.view = self.view.with_layers(self.layers)

    def _checked(self, layer: Layer) -> Layer:
        check = self._checks.get(layer.patches)
        return layer if layer.check == check else replace(layer, check=check)

    def _happened(self, step: Step) -> None:
        self.revision += 1
        if self.on_step is not None:
            self.on_step(step)
