"""The window's language: English as written in the code, or a translation from ``resources/i18n``."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from cnnstudio.paths import resource

TRANSLATIONS = ("zh_CN",)


def install_language(app: QCoreApplication, language: str) -> str:
    """Translates all that is made after this call; a change of language takes effect at the next start.

    Args:
        language: ``"system"``, ``"en"`` or one of :data:`TRANSLATIONS`.

    Returns:
        The language taken: ``"en"`` where there is no translation.
    """
    chosen = _of_system() if language == "system" else language
    if chosen not in TRANSLATIONS:
        return "en"
    QLocale.setDefault(QLocale(chosen))
    for folder, name in (
        (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), f"qtbase_{chosen}"),
        (str(resource("i18n")), f"cnnstudio_{chosen}"),
    ):
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
    return chosen


def plain(words: str) -> str:
    """The words of a button, a label or a menu entry alone: neither “&Open…” nor “打开(&O)…” is read out so."""
    return re.sub(r"\(&\w\)|&", "", words).rstrip("….:：")


def _of_system() -> str:
    for name in QLocale.system().uiLanguages():
        if name.replace("_", "-").startswith(("zh-CN", "zh-Hans", "zh-SG")) or name == "zh":
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"
