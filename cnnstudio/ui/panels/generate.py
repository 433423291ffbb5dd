"""The panel that makes pictures from nothing: a grid of them, one of them large, and the way between two."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.cards import ModelCard
from cnnstudio.jobs import Generated, JobFailure
from cnnstudio.ui.generation import (
    Generation,
    Picture,
    Recipe,
    write_all,
    write_moving,
    write_picture,
    write_way,
)
from cnnstudio.ui.icons import icon
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.number_slider import NumberSlider, prepare_number_field
from cnnstudio.ui.panels.picture_grid import PictureGrid
from cnnstudio.ui.panels.picture_view import PictureView
from cnnstudio.ui.sentences import translated

MAX_SEED = 2**31 - 1
MOST_PICTURES = 64
MOST_FRAMES = 480

_STEPS = 1000  # of the progress bar


class GeneratePanel(QWidget):
    """Makes pictures, shows them as they come, and hands them on.

    Signals:
        patch_requested: (HxWx3 ``uint8``, name, seed, model id) the person wants this picture in the photo.
        noticed: (sentence, kind, detail) something worth telling; kinds as notices have them.

    Args:
        lanes: pictures are made on the engine's, written on the files'.
        cards: models that make pictures.

    Attributes:
        device: ``"auto"`` or the id of a device.
        folder: where files were saved last; dialogs begin there.
    """

    patch_requested = Signal(object, str, int, str)
    noticed = Signal(str, str, str)

    def __init__(self, lanes: Lanes, cards: list[ModelCard], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device = "auto"
        self.folder = Path.home()
        self._cards: list[ModelCard] = []
        self._picked: list[int | None] = [None, None]  # the seeds of A and B
        self._large: Picture | None = None
        self._generation = Generation(lanes, self)
        self._generation.restarted.connect(self._on_restarted)
        self._generation.arrived.connect(self._on_arrived)
        self._generation.between.connect(self._on_between)
        self._generation.busy_changed.connect(self._on_busy_changed)
        self._generation.progressed.connect(self._on_progressed)
        self._generation.saved.connect(self._on_saved)
        self._generation.failed.connect(self._on_failed)
        self._make_settings()
        self._make_action()
        self._make_grid()
        self._make_large()
        self._make_way()
        layout = QVBoxLayout(self)
        layout.addWidget(self._model)
        layout.addWidget(self._description)
        layout.addLayout(self._form)
        for part in (self._action, self._hint, self._grid, self._large_box, self._way):
            layout.addWidget(part)
        layout.addStretch(1)
        self.set_cards(cards)

    # ---- parts

    def _make_settings(self) -> None:
        self._model = QComboBox()
        self._model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._model.setMinimumContentsLength(8)
        self._model.setAccessibleName(self.tr("Model"))
        self._model.setToolTip(self.tr("The network that makes pictures"))
        self._model.currentIndexChanged.connect(self._on_model)
        self._description = QLabel(wordWrap=True)

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
        self._form.addRow(_label_of(self._seed, self.tr("S&eed")), seeds)
        self._form.addRow(_label_of(self._count, self.tr("&Pictures")), self._count)
        self._form.addRow(_label_of(self._variety, self.tr("Var&iety")), self._variety)

    def _make_action(self) -> None:
        self._generate = QPushButton(icon("generate"), self.tr("Generate"))
        self._generate.setAutoDefault(True)
        self._generate.setAccessibleName(self.tr("Generate"))
        self._generate.setToolTip(self.tr("Make these pictures"))
        self._generate.clicked.connect(self.generate)
        self._bar = QProgressBar(maximum=_STEPS)
        self._bar.setFormat("")
        self._bar.setAccessibleName(self.tr("Progress of the pictures"))
        self._cancel = QPushButton(icon("cancel"), self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Cancel"))
        self._cancel.setToolTip(self.tr("Make no more of these pictures (Esc)"))
        self._cancel.clicked.connect(self._generation.cancel)
        busy = QWidget()
        row = QHBoxLayout(busy)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        self._action = QStackedWidget()
        self._action.addWidget(self._generate)
        self._action.addWidget(busy)
        self._action.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._hint = QLabel(wordWrap=True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def _make_grid(self) -> None:
        self._grid = PictureGrid()
        self._grid.setAccessibleName(self.tr("Pictures made"))
        self._grid.setToolTip(self.tr("Choose one to see it large; A and B mark the ends of a way between two"))
        self._grid.currentRowChanged.connect(self._on_chosen)
        self._grid.picked.connect(self._pick)

    def _make_large(self) -> None:
        self._view = PictureView()
        self._view.setAccessibleName(self.tr("The picture, large"))
        self._caption = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter, wordWrap=True)
        self._caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._save = self._button("save", self.tr("Save…"), self.tr("Save this picture"), self._save_one)
        self._save_all = self._button(
            "save-all", self.tr("Save all…"), self.tr("Save all pictures into a folder"), self._save_every
        )
        self._patch = self._button(
            "photo", self.tr("Use as patch"), self.tr("Put this picture into what is marked in the photo"), self._use
        )
        pick = self.tr("The way between two pictures begins here (A)"), self.tr("It ends here (B)")
        self._pick_a = self._button("", self.tr("Mark as A"), pick[0], partial(self._pick, 0))
        self._pick_b = self._button("", self.tr("Mark as B"), pick[1], partial(self._pick, 1))
        self._large_box = QWidget()
        layout = QVBoxLayout(self._large_box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        layout.addWidget(self._caption)
        buttons = QGridLayout()
        buttons.addWidget(self._save, 0, 0)
        buttons.addWidget(self._save_all, 0, 1)
        buttons.addWidget(self._patch, 1, 0, 1, 2)
        buttons.addWidget(self._pick_a, 2, 0)
        buttons.addWidget(self._pick_b, 2, 1)
        layout.addLayout(buttons)

    def _make_way(self) -> None:
        self._way = QGroupBox(self.tr("Between two pictures"))
        self._ends = QLabel(wordWrap=True)
        self._share = NumberSlider(self.tr("Way from A to B"), 100, 1, "%")
        self._share.setToolTip(self.tr("How far from A to B"))
        self._share.moved.connect(self._on_share)
        self._frames = QSpinBox()
        self._frames.setRange(2, MOST_FRAMES)
        self._frames.setValue(48)
        prepare_number_field(self._frames, self.tr("Steps"))
        self._frames.setToolTip(self.tr("How many pictures the saved way from A to B has"))
        self._gif = self._button("", self.tr("Save as GIF…"), self.tr("As a moving picture"), self._save_gif)
        self._png = self._button(
            "", self.tr("Save as PNGs…"), self.tr("As numbered PNG files in a folder"), self._save_pngs
        )
        layout = QVBoxLayout(self._way)
        layout.addWidget(self._ends)
        layout.addWidget(self._share)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(_label_of(self._frames, self.tr("S&teps")), self._frames)
        layout.addLayout(form)
        row = QHBoxLayout()
        row.addWidget(self._gif)
        row.addWidget(self._png)
        layout.addLayout(row)

    def _button(self, picture: str, text: str, tip: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        if picture:
            button.setIcon(icon(picture))
        button.setAccessibleName(text.rstrip("…"))
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: slot())
        return button

    # ---- from outside

    def set_cards(self, cards: list[ModelCard]) -> None:
        """Offers these models; the one chosen stays so if it is among them."""
        chosen = self.model_id
        with QSignalBlocker(self._model):
            self._model.clear()
            self._cards = list(cards)
            for card in self._cards:
                self._model.addItem(translated(card.name), card.id)
            self._model.setCurrentIndex(max(self._model.findData(chosen), 0 if cards else -1))
        for part in (self._model, self._seed, self._dice, self._count, self._variety, self._generate):
            part.setEnabled(bool(cards))
        self._on_model()

    @property
    def model_id(self) -> str:
        """Of the chosen model; empty where there is none. One that is not there cannot be chosen."""
        return self._model.currentData() or ""

    @model_id.setter
    def model_id(self, id: str) -> None:
        index = self._model.findData(id)
        if index >= 0:
            self._model.setCurrentIndex(index)

    @Slot()
    def generate(self) -> None:
        """Makes pictures from the seed shown."""
        recipe = self._recipe()
        if recipe:
            self._say("")
            self._generation.ask(recipe, self._seed.value(), self._count.value())

    @Slot()
    def roll(self) -> None:
        """Makes pictures from a random seed."""
        with QSignalBlocker(self._seed):
            self._seed.setValue(random.randrange(MAX_SEED))
        self.generate()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self._generation.busy:
            self._generation.cancel()
        else:
            super().keyPressEvent(event)

    # ---- what pictures come

    def _recipe(self) -> Recipe | None:
        index = self._model.currentIndex()
        return Recipe(self._cards[index], max(self._variety.value, 1) / 100, self.device) if index >= 0 else None

    @Slot()
    def _on_model(self) -> None:
        index = self._model.currentIndex()
        self._description.setText(translated(self._cards[index].description) if index >= 0 else "")
        self._description.setVisible(index >= 0)
        self._picked = [None, None]
        self._generation.clear()

    @Slot()
    def _on_changed(self) -> None:
        # Before the first pictures are asked for, nothing is made unasked.
        if self._generation.pictures:
            self.generate()
            if self._large and self._large.latent.towards is not None:
                self._on_share()

    @Slot()
    def _on_restarted(self) -> None:
        pictures = self._generation.pictures
        with QSignalBlocker(self._grid):
            self._grid.restart(len(pictures))
        self._show_large(None)
        if not self._cards:
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
            self._show_large(picture)
        elif self._large is None and number == 0:
            self._grid.setCurrentRow(0)
        self._show_state()

    def _draw(self, number: int) -> None:
        """A picture of the grid, and whether it is A or B."""
        picture = self._generation.pictures[number]
        if picture:
            seed = picture.latent.seed
            badge = "".join(name for name, end in zip("AB", self._picked, strict=True) if end == seed)
            self._grid.show_picture(number, picture.pixels, self.tr("Seed {n}").format(n=seed), badge)

    @Slot()
    def _on_busy_changed(self) -> None:
        busy = self._generation.busy
        had_focus = self._generate.hasFocus() or self._cancel.hasFocus()
        if busy and self._action.currentIndex() == 0:
            self._bar.setValue(0)
        self._action.setCurrentIndex(1 if busy else 0)
        if had_focus:
            (self._cancel if busy else self._generate).setFocus()
        self._show_state()

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        self._bar.setValue(round(fraction * _STEPS))
        self._bar.setToolTip(translated(text))

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self._say(translated(failure.message))
        self.noticed.emit(failure.message, "error", failure.detail)

    def _say(self, text: str) -> None:
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def _show_state(self) -> None:
        """Shows what there is, and lets only those buttons be pressed that do something."""
        self._grid.setVisible(bool(self._generation.pictures))
        self._large_box.setVisible(self._large is not None)
        self._save_all.setEnabled(any(self._generation.pictures))
        a, b = self._picked
        self._way.setVisible(a is not None or b is not None)
        ready = a is not None and b is not None
        for part in (self._share, self._frames, self._gif, self._png):
            part.setEnabled(ready)
        if ready:
            self._ends.setText(self.tr("A: seed {a}, B: seed {b}").format(a=a, b=b))
        elif a is not None:
            self._ends.setText(self.tr("A: seed {a}. Now choose another picture and mark it as B.").format(a=a))
        elif b is not None:
            self._ends.setText(self.tr("B: seed {b}. Now choose another picture and mark it as A.").format(b=b))

    # ---- one of them

    @Slot(int)
    def _on_chosen(self, number: int) -> None:
        if 0 <= number < len(self._generation.pictures):
            self._show_large(self._generation.pictures[number])

    def _show_large(self, picture: Picture | None) -> None:
        self._large = picture
        self._view.show_picture(None if picture is None else picture.pixels)
        if picture:
            latent, (height, width) = picture.latent, picture.pixels.shape[:2]
            if latent.towards is None:
                what = self.tr("Seed {n}").format(n=latent.seed)
            else:
                what = self.tr("From seed {a} to {b}: {share} %").format(
                    a=latent.seed, b=latent.towards, share=round(100 * latent.share)
                )
            self._caption.setText(f"{what} · {width} × {height}")
            self._view.setAccessibleDescription(what)
        for button in (self._pick_a, self._pick_b):
            button.setEnabled(picture is not None and picture.latent.towards is None)
        self._show_state()

    def _use(self) -> None:
        if self._large:
            name = self.tr("Picture {seed}").format(seed=self._large.latent.seed)
            pixels = np.ascontiguousarray(self._large.rgb)
            self.patch_requested.emit(pixels, name, self._large.latent.seed, self._large.recipe.card.id)

    # ---- between two

    def _pick(self, end: int) -> None:
        if self._large is None or self._large.latent.towards is not None:
            return
        self._picked[end] = self._large.latent.seed
        for number in range(len(self._generation.pictures)):
            self._draw(number)
        self._share.value = 0
        self._show_state()

    @Slot()
    def _on_share(self) -> None:
        a, b = self._picked
        recipe = self._recipe()
        if recipe and a is not None and b is not None:
            self._generation.ask_between(recipe, a, b, self._share.value / 100)

    @Slot(object)
    def _on_between(self, picture: Picture) -> None:
        if (picture.latent.seed, picture.latent.towards) == tuple(self._picked):
            with QSignalBlocker(self._grid):
                self._grid.setCurrentRow(-1)
            self._show_large(picture)

    # ---- files

    def _save_one(self) -> None:
        picture = self._large
        if picture is None:
            return
        chosen = self._ask_file(self.tr("Save picture"), f"{picture.stem}.png", self.tr("Pictures (*.png *.jpg *.tif)"))
        if chosen:
            path, overwrite = chosen
            self._generation.save(partial(write_picture, path, picture, overwrite=overwrite))

    def _save_every(self) -> None:
        folder = self._ask_folder(self.tr("Save all pictures"))
        if folder:
            pictures = [picture for picture in self._generation.pictures if picture]
            self._generation.save(partial(write_all, folder, pictures))

    def _save_gif(self) -> None:
        stem = self._way_stem()
        chosen = self._ask_file(self.tr("Save as GIF"), f"{stem}.gif", self.tr("Moving pictures (*.gif)"))
        if chosen:
            path, overwrite = chosen

            def write(made: Generated) -> list[Path]:
                return write_moving(path, made, overwrite=overwrite)

            self._export(write)

    def _save_pngs(self) -> None:
        stem, folder = self._way_stem(), self._ask_folder(self.tr("Save as PNGs"))
        if folder:
            self._export(partial(write_way, folder, stem))

    def _way_stem(self) -> str:
        return "{}-{}-to-{}".format(self.model_id, *self._picked)

    def _export(self, write: Callable[[Generated], list[Path]]) -> None:
        a, b = self._picked
        recipe = self._recipe()
        if recipe and a is not None and b is not None:
            self._generation.export(recipe, a, b, self._frames.value(), write)

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


def _label_of(field: QWidget, text: str) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    label.setToolTip(field.toolTip())
    label.setMinimumWidth(label.sizeHint().width() + 4)  # an underlined letter may cost more than it says
    return label
