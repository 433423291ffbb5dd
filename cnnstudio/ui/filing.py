"""What the File menu does: dialogs and questions around the workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cnnstudio.imaging.photo import Photo
from cnnstudio.jobs import CallJob, JobFailure, Progress
from cnnstudio.paths import resource
from cnnstudio.ui.commands import Commands
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.mask_actions import MaskActions
from cnnstudio.ui.settings import Settings
from cnnstudio.ui.workspace import SESSION_SUFFIX, OpenPhoto, Workspace

PHOTO_PATTERNS = "*.jpg *.jpeg *.jpe *.jfif *.png *.tif *.tiff *.webp *.bmp *.dib *.heic *.heif *.hif"


class Filing(QObject):
    """Lives as long as the window.

    Args:
        window: over which its dialogs open.
    """

    def __init__(
        self,
        workspace: Workspace,
        mask_actions: MaskActions,
        commands: Commands,
        settings: Settings,
        lanes: Lanes,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._workspace, self._masks, self._settings, self._lanes = workspace, mask_actions, settings, lanes
        self._window = window
        self._then: tuple[set[OpenPhoto], Callable[[], object]] | None = None
        workspace.saved.connect(self._on_saved)
        workspace.save_failed.connect(self._on_save_failed)
        for name, slot in {
            "open": self.open,
            "open-folder": self.open_folder,
            "open-session": self.open_session,
            "sample": self.open_sample,
            "save": self.save,
            "export": self.save_as,
            "save-all": self.save_all,
            "save-session": self.save_session,
            "copy": self.copy,
            "paste": self.paste,
            "import-mask": self.import_mask,
            "export-mask": self.export_mask,
        }.items():
            commands[name].triggered.connect(slot)

    @Slot()
    def open(self) -> None:
        photos = self.tr("Photos ({patterns})").format(patterns=PHOTO_PATTERNS)
        sessions = self.tr("Sessions ({patterns})").format(patterns=f"*{SESSION_SUFFIX}")
        filters = ";;".join([photos, sessions, self.tr("All files (*)")])
        names, _ = QFileDialog.getOpenFileNames(
            self._window, self.tr("Open photos"), self._folder(), filters, "",
            QFileDialog.Option.HideNameFilterDetails,  # of so many endings the list would only show the first
        )  # fmt: skip
        self._open([Path(name) for name in names])

    @Slot()
    def open_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, self.tr("Open a folder of photos"), self._folder())
        if name:
            self._open([Path(name)])

    @Slot()
    def open_session(self) -> None:
        sessions = self.tr("Sessions ({patterns})").format(patterns=f"*{SESSION_SUFFIX}")
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open a session"), self._folder(), sessions)
        if name:
            self._open([Path(name)])

    @Slot()
    def open_sample(self) -> None:
        """Opens the sample as a photo of no file, so that nobody saves over the program's own."""
        folder = resource("samples")

        def read(_: Progress) -> tuple[Photo, Photo]:
            from cnnstudio.imaging.codecs import read_photo

            return read_photo(folder / "sample.jpg"), read_photo(folder / "sample-mask.png")

        errand = Errand(self._lanes.files, CallJob(function=read), self)
        errand.finished.connect(self._on_sample)
        errand.failed.connect(self._on_failed)

    @Slot(object)
    def _on_sample(self, pair: tuple[Photo, Photo]) -> None:
        photo, mask = pair
        self._workspace.open_photo_in_memory(photo, self.tr("Sample photo"), mask.pixels[..., 0])

    def drop(self, mime: QMimeData) -> bool:
        """Opens what was dropped or pasted; returns whether there was anything to open."""
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if paths:
            self._open(paths)
            return True
        if mime.hasImage():
            return self._open_image(mime)
        return False

    @Slot()
    def paste(self) -> None:
        if not self.drop(QGuiApplication.clipboard().mimeData()):
            self._workspace.noticed.emit(self.tr("There is no picture on the clipboard."), "info", "")

    @Slot()
    def copy(self) -> None:
        photo = self._workspace.current
        if photo is None or photo.editor is None:
            return
        view = photo.editor.document.view

        def flatten(_: Progress) -> object:
            from cnnstudio.imaging.encode import to_8bit
            from cnnstudio.ui.bridge import photo_image

            return photo_image(to_8bit(view.to_array())).copy()

        errand = Errand(self._lanes.work, CallJob(function=flatten, slot="copy"), self)
        errand.finished.connect(self._on_copied)
        errand.failed.connect(self._on_failed)

    @Slot(object)
    def _on_copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)

    @Slot()
    def save(self) -> bool:
        """Saves where the photo lies, after asking; one from no file, or of a format only read, is saved as another.

        Returns:
            Whether it is being saved now; not so where the person thought better of it.
        """
        photo = self._workspace.current
        if photo is None or photo.editor is None:
            return False
        path = photo.editor.path
        if path is None or not self._workspace.can_save_to(path):
            return self.save_as()
        if not photo.replaces_own_file:
            match self._ask_to_replace(path):
                case "other":
                    return self.save_as()
                case "cancel":
                    return False
        self._workspace.save(photo, path, overwrite=True)
        return True

    @Slot()
    def save_as(self) -> bool:
        """Asks how and where to; returns whether it is being saved now."""
        photo = self._workspace.current
        if photo is None or photo.editor is None:
            return False
        from cnnstudio.ui.dialogs.export import ExportDialog

        dialog = ExportDialog(photo.editor, self._settings, self._window)
        accepted = bool(dialog.exec())
        if accepted:
            self._settings.last_folder = str(dialog.path.parent)
            self._settings.record_repairs = dialog.record
            self._workspace.save(photo, dialog.path, dialog.options, overwrite=dialog.overwrite)
        dialog.deleteLater()
        return accepted

    @Slot()
    def save_all(self) -> None:
        """One after the other; giving up one gives up those after it."""
        for photo in self._workspace.unsaved():
            self._workspace.set_current(photo)
            if not self.save():
                return

    @Slot()
    def save_session(self) -> None:
        photo = self._workspace.current
        if photo is None or photo.editor is None:
            return
        suggestion = str(Path(self._folder()) / f"{Path(photo.name).stem}{SESSION_SUFFIX}")
        name = self._ask_where(self.tr("Save the session"), suggestion, f"*{SESSION_SUFFIX}")
        if name:
            path = name.with_suffix(SESSION_SUFFIX)
            # The dialog has asked about the very name that was typed, and no other.
            self._workspace.save_session_file(photo, path, overwrite=path == name)

    @Slot()
    def import_mask(self) -> None:
        photo = self._workspace.current
        if photo is None or photo.editor is None:
            return
        masks = self.tr("Masks ({patterns})").format(patterns=PHOTO_PATTERNS)
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Import a mask"), self._folder(), masks)
        if name:
            self._masks.import_mask(photo.editor, Path(name))

    @Slot()
    def export_mask(self) -> None:
        photo = self._workspace.current
        if photo is None or photo.editor is None:
            return
        suggestion = str(Path(self._folder()) / f"{Path(photo.name).stem}-mask.png")
        name = self._ask_where(self.tr("Export the mask"), suggestion, "*.png")
        if name:
            self._masks.export_mask(photo.editor, name.with_suffix(".png"))

    def may_close(self, photos: list[OpenPhoto], then: Callable[[], object]) -> bool:
        """Asks once what is to become of unsaved work.

        Args:
            photos: those with unsaved work.
            then: called once all of them have been saved, if the person wants that.

        Returns:
            Whether closing may go on now.
        """
        if not photos:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(
            self.tr("“{name}” has repairs that are not saved.").format(name=photos[0].name)
            if len(photos) == 1
            else self.tr("{count} photos have repairs that are not saved.").format(count=len(photos))
        )
        box.setInformativeText(self.tr("Closing without saving loses them."))
        save = box.addButton(self.tr("&Save…"), QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton(self.tr("&Close without saving"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(self.tr("&Keep open"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.setEscapeButton(cancel)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        if clicked is discard:
            return True
        if clicked is save:
            self._then = set(photos), then
            for photo in photos:
                self._workspace.set_current(photo)
                if not self.save():
                    self._then = None  # nothing closes behind the back of whoever gave up
                    break
        return False

    @Slot(object, object)
    def _on_saved(self, photo: OpenPhoto, _: Path) -> None:
        if self._then is None:
            return
        left, then = self._then
        left.discard(photo)
        if not left:
            self._then = None
            then()

    @Slot(object, str)
    def _on_save_failed(self, photo: OpenPhoto, _: str) -> None:
        self._then = None

    def _ask_to_replace(self, path: Path) -> Literal["replace", "other", "cancel"]:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(self.tr("Replace the original “{name}”?").format(name=path.name))
        box.setInformativeText(self.tr("The photo as it was cannot be had back from the file afterwards."))
        replace = box.addButton(self.tr("&Replace"), QMessageBox.ButtonRole.DestructiveRole)
        other = box.addButton(self.tr("Save &as…"), QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(other)
        box.setEscapeButton(cancel)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return "replace" if clicked is replace else "other" if clicked is other else "cancel"

    def _ask_where(self, title: str, suggestion: str, pattern: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self._window, title, suggestion, pattern)
        return Path(name) if name else None

    def _open(self, paths: list[Path]) -> None:
        if paths:
            self._settings.last_folder = str(paths[0] if paths[0].is_dir() else paths[0].parent)
            self._workspace.open(paths)

    def _open_image(self, mime: QMimeData) -> bool:
        image = QImage(mime.imageData())
        if image.isNull():
            return False

        def convert(_: Progress) -> object:
            from cnnstudio.ui.bridge import image_pixels

            return image_pixels(image)

        errand = Errand(self._lanes.work, CallJob(function=convert), self)
        errand.finished.connect(self._on_image)
        errand.failed.connect(self._on_failed)
        return True

    @Slot(object)
    def _on_image(self, pixels: np.ndarray) -> None:
        self._workspace.open_pixels(pixels, self.tr("Pasted photo"))

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self._workspace.noticed.emit(failure.message, "error", failure.detail)

    def _folder(self) -> str:
        return self._settings.last_folder or str(Path.home())
