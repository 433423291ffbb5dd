"""The panel that makes pictures from nothing: a grid of them, one of them large, what lies around it, and the way
between two."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QLocale, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.cards import ModelCard
from cnnstudio.jobs import JobFailure, Latent, Way, latents_between
from cnnstudio.ui.favourites import Favourite, Favourites
from cnnstudio.ui.filing import PHOTO_PATTERNS
from cnnstudio.ui.generation import Generation, Picture, Recipe, write_all, write_film, write_picture, write_way
from cnnstudio.ui.icons import icon
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.busy import Action, Busy
from cnnstudio.ui.panels.favourite_strip import FavouriteStrip
from cnnstudio.ui.panels.field_label import label_of
from cnnstudio.ui.panels.large_picture import LargePicture
from cnnstudio.ui.panels.latent_names import name_of
from cnnstudio.ui.panels.latent_sliders import LatentSliders
from cnnstudio.ui.panels.model_chooser import ModelChooser
from cnnstudio.ui.panels.nearest import NearestBox
from cnnstudio.ui.panels.number_slider import NumberSlider, prepare_number_field
from cnnstudio.ui.panels.parts import press_button, sentences
from cnnstudio.ui.panels.picture_buttons import PictureButtons
from cnnstudio.ui.panels.picture_grid import PictureGrid
from cnnstudio.ui.panels.way import WayBox
from cnnstudio.ui.sentences import translated
from cnnstudio.ui.settings import Settings

MAX_SEED = 2**31 - 1
MOST_PICTURES = 64


class GeneratePanel(QWidget):
    """Makes pictures, shows them as they come, and hands them on.

    Signals:
        patch_requested: (HxWx3 ``uint8``, name, seed, model id) the person wants this picture in the photo.
        marked_wanted: the person looks for a picture like what is marked in the photo: see :meth:`find_similar`.
        noticed: (sentence, kind, detail) something worth telling; kinds as notices have them.

    Args:
        lanes: pictures are made on the engine's, written on the files'.
        cards: models that make pictures.
        favourites: the file in which the person's favourites are kept.
        device: tells the device to make pictures on: ``"auto"`` or an id.
        settings: remember where the pictures are that networks were trained on.

    Attributes:
        folder: where files were saved last; dialogs begin there.
    """

    patch_requested = Signal(object, str, int, str)
    marked_wanted = Signal()
    noticed = Signal(str, str, str)

    def __init__(
        self,
        lanes: Lanes,
        cards: list[ModelCard],
        favourites: Path,
        device: Callable[[], str],
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._device = device
        self.folder = Path.home()
        self._ends: list[Picture | None] = [None, None]  # A and B
        self._large: Picture | None = None
        self._wanted: tuple[Recipe, Latent] | None = None  # what was asked for to be shown large
        self._generation = Generation(lanes, self)
        self._generation.restarted.connect(self._on_restarted)
        self._generation.arrived.connect(self._on_arrived)
        self._generation.made.connect(self._on_made)
        self._generation.glimpsed.connect(self._on_glimpsed)
        self._generation.found.connect(self._on_found)
        self._generation.busy_changed.connect(self._on_busy_changed)
        self._generation.progressed.connect(self._on_progressed)
        self._generation.saved.connect(self._on_saved)
        self._generation.failed.connect(self._on_failed)
        self._favourites = Favourites(favourites, lanes, self)
        self._favourites.changed.connect(self._show_star)
        self._favourites.failed.connect(self._on_failed)
        self._strip = FavouriteStrip(self._favourites, lanes, device, self)
        self._strip.chosen.connect(self._choose_favourite)
        self._strip.picked.connect(self._pick)
        self._strip.said.connect(self._say)
        self._make_settings()
        self._make_action()
        self._make_grid()
        self._make_large()
        self._nearest = NearestBox(lanes, settings)
        self._nearest.noticed.connect(self.noticed)
        layout = QVBoxLayout(self)
        layout.addWidget(self._model)
        layout.addWidget(self._description)
        layout.addLayout(self._form)
        above = self._action, self._hint, self._strip, self._grid
        for part in (*above, self._large_box, self._around, self._buttons, self._nearest):
            layout.addWidget(part)
        layout.addStretch(1)
        self.set_cards(cards)

    # ---- parts

    def _make_settings(self) -> None:
        self._model = ModelChooser(self.tr("The network that makes pictures"))
        self._model.currentIndexChanged.connect(self._on_model)
        self._description = sentences()

        self._seed = QSpinBox()
        self._seed.setRange(0, MAX_SEED)
        prepare_number_field(self._seed, self.tr("Seed"))
        self._seed.setToolTip(
            self.tr("The number of the first picture; each of the others has one more. The same number makes the same"
                    " picture")
        )  # fmt: skip
        self._dice = QToolButton()
        self._dice.setIcon(icon("dice"))
        self._dice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dice.setAccessibleName(self.tr("Random seed"))
        self._dice.setToolTip(self.tr("Other pictures, from a random seed"))
        self._dice.clicked.connect(self.roll)
        self._count = QSpinBox()
        self._count.setRange(1, MOST_PICTURES)
        self._count.setValue(16)
        self._count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        prepare_number_field(self._count, self.tr("Pictures"))
        self._count.setToolTip(self.tr("How many pictures to make"))
        for field in (self._seed, self._count):
            field.valueChanged.connect(self._on_changed)
        self._variety = NumberSlider(self.tr("Variety"), 100, 5, "%")
        self._variety.value = 100
        self._variety.setToolTip(
            self.tr("How far pictures may be from the average one (truncation): less makes them plainer and alike")
        )
        self._variety.moved.connect(self._on_changed)

        seeds = QHBoxLayout()
        seeds.addWidget(self._seed, 1)
        seeds.addWidget(self._dice)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow(label_of(self._seed, self.tr("&Seed")), seeds)
        self._form.addRow(label_of(self._count, self.tr("&Pictures")), self._count)
        self._form.addRow(label_of(self._variety, self.tr("Var&iety")), self._variety)

    def _make_action(self) -> None:
        self._generate = press_button(self.tr("Generate"), self.tr("Make these pictures"), "generate")
        self._generate.clicked.connect(self.generate)
        self._similar = press_button(
            self.tr("Find similar…"),
            self.tr("Look for the picture most like one that you have, among all that the model can make"),
        )
        menu = QMenu(self._similar)
        menu.addAction(self.tr("To a picture file…"), self._ask_similar)
        menu.addAction(self.tr("To what is marked in the photo"), self.marked_wanted.emit)
        self._similar.setMenu(menu)
        idle = QWidget()
        row = QHBoxLayout(idle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._generate, 1)
        row.addWidget(self._similar)
        self._busy = Busy(self.tr("Progress of the pictures"), self.tr("Make no more of these pictures (Esc)"))
        self._busy.cancel.clicked.connect(self._generation.cancel)
        self._action = Action(idle, self._generate, self._busy)
        self._hint = sentences(quiet=True)

    def _make_grid(self) -> None:
        self._grid = PictureGrid()
        self._grid.setAccessibleName(self.tr("Pictures made"))
        self._grid.setToolTip(self.tr("Choose one to see it large; A and B mark the ends of a way between two"))
        self._grid.currentRowChanged.connect(self._on_chosen)
        self._grid.picked.connect(self._pick)
        self._grid.starred.connect(self._turn_star)

    def _make_large(self) -> None:
        """One picture, what lies around it in tabs so that both are seen together, and what can be done with it."""
        self._large_box = LargePicture()
        self._large_box.starred.connect(self._star)
        self._sliders = LatentSliders()
        self._sliders.moved.connect(self._on_moved)
        self._way = WayBox()
        self._way.picked.connect(self._pick)
        self._way.moved.connect(self._on_share)
        self._way.film_requested.connect(self._save_film)
        self._way.files_requested.connect(self._save_files)
        self._around = QTabWidget()
        self._around.setDocumentMode(True)
        self._around.addTab(self._sliders, self.tr("Explore"))
        self._around.addTab(self._way, self.tr("Between two"))
        self._buttons = PictureButtons()
        self._buttons.save_requested.connect(self._save_one)
        self._buttons.save_all_requested.connect(self._save_every)
        self._buttons.patch_requested.connect(self._use)

    # ---- from outside

    def set_cards(self, cards: list[ModelCard]) -> None:
        """Offers these models; the one chosen stays so if it is among them."""
        self._model.set_cards(cards)
        self._strip.set_cards(cards)
        for part in (self._seed, self._dice, self._count, self._variety, self._generate, self._similar):
            part.setEnabled(bool(cards))
        self._on_model()

    @property
    def model_id(self) -> str:
        """Of the chosen model; empty where there is none. One that is not there cannot be chosen."""
        return self._model.model_id

    @model_id.setter
    def model_id(self, id: str) -> None:
        self._model.model_id = id

    @Slot()
    def generate(self) -> None:
        """Makes pictures from the seed shown."""
        recipe = self._recipe()
        if recipe:
            self._say("")
            self._generation.ask(recipe, self._seed.value(), self._count.value())

    def find_similar(self, pixels: np.ndarray) -> None:
        """Looks for the picture most like HxWxC ``pixels``, of any size and dtype that photos have."""
        recipe = self._recipe()
        if recipe:
            self._say("")
            self._generation.find(recipe, pixels)

    @Slot()
    def roll(self) -> None:
        """Makes pictures from a random seed."""
        with QSignalBlocker(self._seed):
            self._seed.setValue(random.randrange(MAX_SEED))
        self.generate()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self._generation.busy:
            self._generation.cancel()
        elif event.key() == Qt.Key.Key_Escape and self._nearest.busy:
            self._nearest.cancel()
        else:
            super().keyPressEvent(event)

    # ---- what pictures come

    def _recipe(self) -> Recipe | None:
        card = self._model.card
        return self._recipe_of(card) if card else None

    def _recipe_of(self, card: ModelCard) -> Recipe:
        return Recipe(card, max(self._variety.value, 1) / 100, self._device())

    @Slot()
    def _on_model(self) -> None:
        card = self._model.card
        self._description.setText(translated(card.description) if card else "")
        self._description.setVisible(card is not None)
        self._ends = [None, None]
        self._show_ends()
        self._generation.clear()

    @Slot()
    def _on_changed(self) -> None:
        # Before the first pictures are asked for, nothing is made unasked.
        if self._generation.pictures:
            self.generate()
        if self._wanted:
            recipe, latent = self._wanted
            self._follow(self._recipe_of(recipe.card), latent)

    @Slot()
    def _on_restarted(self) -> None:
        pictures = self._generation.pictures
        with QSignalBlocker(self._grid):
            self._grid.restart(len(pictures))
        self._choose(None)
        if self._model.card is None:
            self._say(
                self.tr("There is no model here that makes pictures. “cnnstudio train gan” trains one on your own.")
            )
        elif not pictures:
            self._say(self.tr("Pictures from nothing but a number: press Generate, and choose one to see it large."))
        self._show_state()

    @Slot(int)
    def _on_arrived(self, number: int) -> None:
        picture = self._generation.pictures[number]
        assert picture is not None
        self._draw(number)
        if self._grid.currentRow() == number and (self._large is None or self._large.latent == picture.latent):
            self._choose(picture)
        elif self._large is None and number == 0:
            self._grid.setCurrentRow(0)
        self._show_state()

    def _draw(self, number: int) -> None:
        """A picture of the grid, and whether it is A or B."""
        picture = self._generation.pictures[number]
        if picture:
            ends = [end and (end.recipe.card, end.latent) for end in self._ends]
            place = picture.recipe.card, picture.latent
            badge = "".join(name for name, end in zip("AB", ends, strict=True) if end == place)
            self._grid.show_picture(number, picture.pixels, name_of(picture.latent), badge)

    @Slot()
    def _on_busy_changed(self) -> None:
        busy = self._generation.busy
        if busy and not self._action.is_busy:
            self._busy.set_progress(0, "", None)
        self._action.set_busy(busy)
        if not busy:
            self._show_large(self._large)  # of a search that was given up nothing stays
        self._show_state()

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        self._busy.set_progress(fraction, translated(text), None)

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self._say(translated(failure.message))
        self.noticed.emit(failure.message, "error", failure.detail)

    @Slot(str)
    def _say(self, text: str) -> None:
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def _show_state(self) -> None:
        """Shows what there is."""
        self._grid.setVisible(bool(self._generation.pictures))
        self._buttons.allow_save_all(any(self._generation.pictures))

    # ---- one of them

    @Slot(int)
    def _on_chosen(self, number: int) -> None:
        if 0 <= number < len(self._generation.pictures):
            self._choose(self._generation.pictures[number])

    def _choose(self, picture: Picture | None) -> None:
        """Shows one that is there already."""
        self._wanted = None
        self._sliders.show_moves(picture.latent.moves if picture else ())
        self._strip.select(picture)
        self._show_large(picture)

    @Slot(object)
    def _choose_favourite(self, picture: Picture) -> None:
        self._leave_grid()
        self._choose(picture)

    def _leave_grid(self) -> None:
        with QSignalBlocker(self._grid):
            self._grid.setCurrentRow(-1)

    def _show_large(self, picture: Picture | None) -> None:
        self._large = picture
        self._large_box.show_picture(picture)
        for part in (self._around, self._buttons):
            part.setVisible(picture is not None)
        self._buttons.setEnabled(picture is not None)
        self._nearest.show_picture(picture)
        self._show_star()

    def _follow(self, recipe: Recipe, latent: Latent) -> None:
        """Has one made that is not among the others, to be shown large."""
        self._wanted = recipe, latent
        self._sliders.show_moves(latent.moves)
        self._leave_grid()
        self._strip.select(None)
        self._generation.ask_one(recipe, latent)

    @Slot(object)
    def _on_made(self, picture: Picture) -> None:
        if self._wanted and _lie_together(picture.latent, self._wanted[1]):
            self._show_large(picture)

    @Slot()
    def _use(self) -> None:
        if self._large:
            latent = self._large.latent
            name = self.tr("Picture: {name}").format(name=name_of(latent))
            seed = latent.origin if isinstance(latent.origin, int) else 0
            self.patch_requested.emit(np.ascontiguousarray(self._large.rgb), name, seed, self._large.recipe.card.id)

    @Slot(object)
    def _on_glimpsed(self, pixels: np.ndarray) -> None:
        self._large_box.show_glimpse(pixels)
        self._buttons.setEnabled(False)  # they would save another picture than is seen
        self._nearest.allow(False)

    @Slot(object, float)
    def _on_found(self, picture: Picture, error: float) -> None:
        self._leave_grid()
        self._choose(picture)
        self._say(
            self.tr("This is the nearest that was found: it differs by {n} of 255 grey levels on average.").format(
                n=QLocale().toString(error, "f", 1)
            )
        )
        QTimer.singleShot(0, self._bring_into_view)  # once what has come has its place

    @Slot()
    def _bring_into_view(self) -> None:
        """Scrolls to the large picture, with what lies around it where there is room for both."""
        above = self.parentWidget()
        while above and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if isinstance(above, QScrollArea):
            for part in (self._around, self._large_box):
                above.ensureWidgetVisible(part, 0, 0)

    @Slot(object)
    def _on_moved(self, moves: tuple[float, ...]) -> None:
        if self._large:
            recipe, latent = self._wanted or (self._large.recipe, self._large.latent)
            self._follow(recipe, latent.moved(moves))

    # ---- favourites

    @Slot()
    def _show_star(self) -> None:
        self._large_box.show_star(self._large is not None and Favourite.of(self._large) in self._favourites.all)

    @Slot(bool)
    def _star(self, on: bool) -> None:
        if self._large:
            change = self._favourites.add if on else self._favourites.remove
            change(Favourite.of(self._large))

    @Slot()
    def _turn_star(self) -> None:
        self._star(self._large is not None and Favourite.of(self._large) not in self._favourites.all)

    # ---- between two

    @Slot(int)
    def _pick(self, end: int) -> None:
        if self._large is None:
            return
        self._ends[end] = self._large
        other = self._ends[1 - end]
        if other and other.recipe.card != self._large.recipe.card:
            self._ends[1 - end] = None  # between two models there is no way
        for number in range(len(self._generation.pictures)):
            self._draw(number)
        self._way.rewind()
        self._around.setCurrentWidget(self._way)
        self._show_ends()

    def _show_ends(self) -> None:
        self._way.show_ends(*(end.latent if end else None for end in self._ends))

    @Slot(float)
    def _on_share(self, share: float) -> None:
        a, b = self._ends
        if a and b:
            latent = Latent(Way(a.latent, b.latent, share))
            before = self._wanted and self._wanted[1]
            if before and _lie_together(before, latent):
                latent = latent.moved(before.moves)
            self._follow(self._recipe_of(a.recipe.card), latent)

    # ---- files

    @Slot()
    def _ask_similar(self) -> None:
        recipe = self._recipe()
        kinds = self.tr("Pictures ({patterns})").format(patterns=PHOTO_PATTERNS)
        answer, _ = QFileDialog.getOpenFileName(self, self.tr("Find a similar picture"), str(self.folder), kinds)
        if recipe and answer:
            self._say("")
            self._generation.find_file(recipe, Path(answer))

    @Slot()
    def _save_one(self) -> None:
        picture = self._large
        if picture is None:
            return
        chosen = self._ask_file(self.tr("Save picture"), f"{picture.stem}.png", self.tr("Pictures (*.png *.jpg *.tif)"))
        if chosen:
            path, overwrite = chosen
            self._generation.save(partial(write_picture, path, picture, overwrite=overwrite))

    @Slot()
    def _save_every(self) -> None:
        folder = self._ask_folder(self.tr("Save all pictures"))
        if folder:
            pictures = [picture for picture in self._generation.pictures if picture]
            self._generation.save(partial(write_all, folder, pictures))

    @Slot()
    def _save_film(self) -> None:
        name, kinds = f"{self._way_stem()}.gif", self.tr("Moving pictures (*.gif *.webp *.apng)")
        chosen = self._ask_file(self.tr("Save as a moving picture"), name, kinds)
        if chosen:
            path, overwrite = chosen
            self._export(partial(write_film, path, overwrite=overwrite))

    @Slot()
    def _save_files(self) -> None:
        stem, folder = self._way_stem(), self._ask_folder(self.tr("Save as PNGs"))
        if folder:
            self._export(partial(write_way, folder, stem))

    def _way_stem(self) -> str:
        a, b = self._ends
        return f"{a.recipe.card.id}-{a.latent.stem}-to-{b.latent.stem}" if a and b else ""

    def _export(self, write: Callable[[Sequence[Picture]], list[Path]]) -> None:
        a, b = self._ends
        if a and b:
            latents = latents_between(a.latent, b.latent, self._way.steps)
            self._generation.export(self._recipe_of(a.recipe.card), latents, write)

    @Slot(object)
    def _on_saved(self, paths: list[Path]) -> None:
        if len(paths) == 1:
            text = self.tr("Saved “{name}”.").format(name=paths[0].name)
        else:
            text = self.tr("Saved {n} pictures in “{folder}”.").format(n=len(paths), folder=paths[0].parent.name)
        self.noticed.emit(text, "info", "")

    def _ask_file(self, title: str, name: str, kinds: str) -> tuple[Path, bool] | None:
        """The file to write, and whether the person agreed to replace one; None where they thought better of it."""
        answer, _ = QFileDialog.getSaveFileName(self, title, str(self.folder / name), kinds)
        if not answer:
            return None
        path = Path(answer)
        self.folder = path.parent
        if path.suffix:
            return path, True
        return path.with_suffix(Path(name).suffix), False  # of this name nobody was asked

    def _ask_folder(self, title: str) -> Path | None:
        answer = QFileDialog.getExistingDirectory(self, title, str(self.folder))
        if not answer:
            return None
        self.folder = Path(answer)
        return self.folder


def _lie_together(one: Latent, other: Latent) -> bool:
    """Whether one place is reached from the other by a slider."""
    match one.origin, other.origin:
        case Way(start, end), Way(first, last):
            return (start, end) == (first, last)
        case origins:
            return origins[0] == origins[1]
