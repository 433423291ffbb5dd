"""The panel with the one big button: which model repairs, and how."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.cards import ModelCard
from cnnstudio.ui.panels.busy import Action, Busy
from cnnstudio.ui.panels.field_label import label_of
from cnnstudio.ui.panels.model_chooser import ModelChooser
from cnnstudio.ui.panels.model_facts import facts, size
from cnnstudio.ui.panels.number_slider import NumberSlider, keep_enter, prepare_number_field
from cnnstudio.ui.panels.parts import press_button, sentences
from cnnstudio.ui.panels.upright_scroll import UprightScroll
from cnnstudio.ui.sentences import translated

MOST_CANDIDATES = 9
"""As many as there are number keys to choose one with."""

_MOST_FEATHER = 8.0


class RepairPanel(QWidget):
    """Chooses the model and how it repairs; starts repairs and gives them up.

    Signals:
        repair_requested, cancel_requested: the button, or Esc while a repair runs.
        settings_changed: the model or any of the numbers is another.
    """

    repair_requested = Signal()
    cancel_requested = Signal()
    settings_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint_when_idle = ""
        self._make_model_chooser()
        self._make_settings()
        self._make_buttons()
        form = QFormLayout()
        # At the narrowest a name goes above its slider instead of pushing it out of the panel.
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in (
            (self.tr("&Texture"), self._texture),
            (self.tr("&Grain"), self._grain),
            (self.tr("Edge &softness"), self._feather),
            (self.tr("C&andidates"), self._candidates),
        ):
            form.addRow(label_of(field, text), field)
        choices = QWidget()
        column = QVBoxLayout(choices)
        for part in (self._model, self._description, self._facts_line, self._more, self._facts):
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(self._on_release)
        column.addStretch(1)
        foot = QVBoxLayout()
        margins = column.contentsMargins()
        foot.setContentsMargins(margins.left(), 0, margins.right(), margins.bottom())
        foot.addWidget(self._action)
        foot.addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        # On a low screen all else scrolls, and the button stays.
        layout.addWidget(UprightScroll(choices), 1)
        layout.addLayout(foot)
        self.set_cards([])
        self.set_ready(False, "")

    def _make_model_chooser(self) -> None:
        self._model = ModelChooser(self.tr("The network that repairs"))
        self._model.currentIndexChanged.connect(self._on_model)
        self._description = _copied(sentences())
        self._facts_line = sentences(quiet=True)
        self._more = QToolButton(autoRaise=True)
        self._more.setCheckable(True)
        self._more.setText(self.tr("More about this model"))
        self._more.setToolTip(self.tr("What it was trained on, and how well it repairs what"))
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.setArrowType(Qt.ArrowType.RightArrow)
        self._more.toggled.connect(self._on_more)
        self._facts = _copied(sentences())
        self._facts.setTextFormat(Qt.TextFormat.RichText)
        self._facts.setAccessibleName(self.tr("About this model"))
        self._facts.hide()

    def _make_settings(self) -> None:
        self._texture = NumberSlider(self.tr("Texture"), 100, 5, "%")
        self._texture.value = 60
        self._texture.setToolTip(
            self.tr("How much of the texture around a wide hole is borrowed to fill it: none leaves the network's own,"
                    " smoother fill")
        )  # fmt: skip
        self._grain = NumberSlider(self.tr("Grain"), 100, 5, "%")
        self._grain.value = 100
        self._grain.setToolTip(
            self.tr("How much of the film grain around the damage is given to the repair: without it a repair looks"
                    " too smooth")
        )  # fmt: skip
        self._feather = NumberSlider(self.tr("Edge softness"), _MOST_FEATHER, 0.5, self.tr("px"), decimals=1)
        self._feather.value = 2
        self._feather.setToolTip(self.tr("How softly the repair blends into the photo, inside the marked area"))
        self._candidates = QSpinBox()
        self._candidates.setRange(1, MOST_CANDIDATES)
        prepare_number_field(self._candidates, self.tr("Candidates"))
        self._candidates.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._candidates.setToolTip(self.tr("How many repairs to make, to choose the best of"))
        self._on_release = QCheckBox(self.tr("Repair on release"))
        self._on_release.setToolTip(self.tr("Repair as soon as the brush is let go (Ctrl+Shift+R)"))
        for moved in (
            self._texture.moved, self._grain.moved, self._feather.moved, self._candidates.valueChanged,
            self._on_release.toggled,
        ):  # fmt: skip
            moved.connect(self._on_changed)

    def _make_buttons(self) -> None:
        self._repair = press_button(self.tr("Repair"), self.tr("Repair what is marked (Enter)"))
        self._repair.setObjectName("primary")
        self._repair.clicked.connect(self.repair_requested)
        self._repair.setMinimumHeight(self._repair.fontMetrics().height() * 2 + 8)
        self._busy = Busy(self.tr("Progress of the repair"), self.tr("Give up the repair (Esc)"))
        self._busy.cancel.clicked.connect(self.cancel_requested)
        for button in (self._repair, self._busy.cancel):
            keep_enter(button)
        idle = QWidget()
        row = QHBoxLayout(idle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._repair)
        self._action = Action(idle, self._repair, self._busy)
        self._hint = sentences(quiet=True)

    def set_cards(self, cards: list[ModelCard]) -> None:
        """Offers these models; the one chosen stays so if it is among them."""
        self._model.set_cards(cards)
        self._show_card()

    @property
    def model_id(self) -> str:
        """Of the chosen model; empty where there is none. One that is not there cannot be chosen."""
        return self._model.model_id

    @model_id.setter
    def model_id(self, id: str) -> None:
        self._model.model_id = id

    @property
    def texture(self) -> float:
        """How much texture wide holes borrow, 0 to 1."""
        return self._texture.value / 100

    @texture.setter
    def texture(self, texture: float) -> None:
        self._texture.value = texture * 100

    @property
    def grain(self) -> float:
        """Strength of the grain match, 0 to 1."""
        return self._grain.value / 100

    @grain.setter
    def grain(self, grain: float) -> None:
        self._grain.value = grain * 100

    @property
    def feather(self) -> float:
        """Width of the blend, photo pixels."""
        return self._feather.value

    @feather.setter
    def feather(self, feather: float) -> None:
        self._feather.value = feather

    @property
    def candidates(self) -> int:
        return self._candidates.value()

    @candidates.setter
    def candidates(self, candidates: int) -> None:
        with QSignalBlocker(self._candidates):
            self._candidates.setValue(candidates)

    @property
    def repair_on_release(self) -> bool:
        return self._on_release.isChecked()

    @repair_on_release.setter
    def repair_on_release(self, on: bool) -> None:
        with QSignalBlocker(self._on_release):
            self._on_release.setChecked(on)

    def set_ready(self, ready: bool, hint: str) -> None:
        """Whether there is something to repair; if not, ``hint`` says what to do about it."""
        self._repair.setEnabled(ready)
        self._hint_when_idle = hint
        if not self.is_busy:
            self._show_hint(hint)

    @property
    def is_busy(self) -> bool:
        return self._action.is_busy

    def set_busy(self, queued: int) -> None:
        """Shows that a repair runs, and how many wait behind it."""
        if not self.is_busy:
            self.set_progress(0, "", None)
            self._action.set_busy(True)
        self._show_hint(
            self.tr("{n} more waiting.").format(n=queued)
            if queued
            else self.tr("You can go on marking; Enter repairs that next.")
        )

    def set_progress(self, fraction: float, text: str, seconds_left: float | None) -> None:
        """Of the repair that runs."""
        self._busy.set_progress(fraction, text, seconds_left)

    def set_idle(self) -> None:
        """Nothing runs any more."""
        self._action.set_busy(False)
        self._show_hint(self._hint_when_idle)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.is_busy:
            self.cancel_requested.emit()
        else:
            super().keyPressEvent(event)

    def _show_hint(self, hint: str) -> None:
        self._hint.setText(hint)
        self._repair.setAccessibleDescription(hint)

    @Slot()
    def _on_changed(self) -> None:
        self.settings_changed.emit()

    @Slot()
    def _on_model(self) -> None:
        self._show_card()
        self.settings_changed.emit()

    @Slot(bool)
    def _on_more(self, on: bool) -> None:
        self._more.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self._facts.setVisible(on)

    def _show_card(self) -> None:
        card = self._model.card
        for part in (self._description, self._facts_line, self._more):
            part.setVisible(card is not None)
        self._facts.setVisible(card is not None and self._more.isChecked())
        if card:
            self._description.setText(translated(card.description))
            self._facts_line.setText(
                self.tr("{size} · licence {licence}").format(size=size(card), licence=card.licence)
            )
            self._facts.setText(facts(card))


def _copied(label: QLabel) -> QLabel:
    """A label whose words can be copied."""
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
