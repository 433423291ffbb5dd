"""The window in Chinese: every sentence translated, nothing English left in what people see."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QMetaType, QObject, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QLabel, QMenu, QTabBar
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.selection import rectangle
from cnnstudio.imaging.session import create_session
from cnnstudio.ui import i18n
from cnnstudio.ui.dialogs.export import ExportDialog
from cnnstudio.ui.dialogs.recovery import RecoveryDialog
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.panels.step_labels import step_label
from cnnstudio.ui.sentences import translated
from cnnstudio.ui.settings import Settings
from tests.ui.conftest import end
from tests.ui.test_sentences import ROOT, card_words, texts_for_people

SAME = {"Alt", "Ctrl", "{n} MB"}
"""Sentences that are the same in Chinese."""

LATIN = re.compile(
    r"\(&[A-Z]\)|%p%|#?[0-9a-f]{6,12}\b|/\S*|\S*\.(png|jpg|tif|gif|cnnstudio)\b|photo-repaired"
    r"|CNN Studio|cnnstudio train (gan|detect)|CC BY-SA|SHA-256"
    r"|\b(JPEG|PNG|TIFF|WebP|BMP|HEIC|GIF|OpenRaster|GIMP|Krita|XMP|PSNR|dB|MB|RGB|CPU|IRN|DCGAN|English|Qt"
    r"|Ctrl|Shift|Alt|Enter|Return|Esc|Tab|Space|Backspace|Del|Up|Down|PgUp|PgDown|F\d+|[A-Z])\b",
    re.ASCII,
)
"""What a Chinese reader expects in Latin letters: file names, formats, units, keys and the ends A and B of a way."""

UNSEEN = {"objectName", "iconText", "styleSheet", "inputMask", "accessibleIdentifier", "html", "markdown", "plainText"}
"""Properties that hold texts of another kind, and the text of the “About” dialog with its names of libraries."""

Message = tuple[str, str]


@pytest.fixture(scope="module")
def translate() -> ModuleType:
    """The script that keeps the translations, and its compiled catalogues."""
    spec = importlib.util.spec_from_file_location("translate", ROOT / "packaging" / "translate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build()
    return module


@pytest.fixture
def speak(translate: ModuleType, qapp: QApplication) -> Iterator[Callable[[str], str]]:
    """Chooses the language of all that is made after; English again after the test."""
    before, locale = qapp.findChildren(QTranslator), QLocale()
    yield lambda language: i18n.install_language(qapp, language)
    for translator in qapp.findChildren(QTranslator):
        if translator not in before:
            qapp.removeTranslator(translator)
            translator.deleteLater()
    QLocale.setDefault(locale)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def make_window(lanes: Lanes, settings: Settings, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[], MainWindow]]:
    windows = []

    def make() -> MainWindow:
        window = MainWindow(settings, lanes, tmp_path / "sessions")
        windows.append(window)
        window.resize(1280, 720)
        with qtbot.waitExposed(window):
            window.show()
        return window

    yield make
    for window in windows:
        end(window)


def catalogue(path: Path) -> dict[Message, str | None]:
    """(context, English) → translation, None where it is not finished."""
    found: dict[Message, str | None] = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            finished = translation.get("type") is None
            key = context.findtext("name", ""), message.findtext("source", "")
            found[key] = translation.text if finished else None
    return found


@pytest.fixture(scope="module")
def chinese(translate: ModuleType) -> dict[Message, str | None]:
    return catalogue(translate.FOLDER / "cnnstudio_zh_CN.ts")


def test_the_catalogue_is_what_the_code_says(
    translate: ModuleType, chinese: dict[Message, str | None], tmp_path: Path
) -> None:
    copy = tmp_path / "cnnstudio_zh_CN.ts"
    shutil.copy(translate.FOLDER / copy.name, copy)
    translate.update(tmp_path)
    assert catalogue(copy).keys() == chinese.keys(), "run: python packaging/translate.py update"


def test_everything_is_translated(chinese: dict[Message, str | None]) -> None:
    wanting = [key for key, text in chinese.items() if not text or (text == key[1] and text not in SAME)]
    assert not wanting, "translate these in resources/i18n/cnnstudio_zh_CN.ts"


def test_placeholders_and_mnemonics_are_kept(chinese: dict[Message, str | None]) -> None:
    wrong = []
    for (context, english), text in chinese.items():
        marks = [sorted(re.findall(r"\{\w*\}|\*\.\w+", one)) for one in (english, text or "")]
        keys = [re.findall(r"&(\w)", one) for one in (english, text or "")]
        placed = re.search(r"\(&[A-Z]\)[…：]?$", text or "") or not keys[1]
        if marks[0] != marks[1] or [key.upper() for key in keys[0]] != keys[1] or not placed:
            wrong.append((context, english, text))
    assert not wrong


def test_chinese_punctuation(chinese: dict[Message, str | None]) -> None:
    wrong = [text for text in chinese.values() if text and re.search(r"[一-鿿][,.;:?!]|\.\.\.|[,;:?!][一-鿿]", text)]
    assert not wrong


def test_every_sentence_can_be_found_by_the_tools() -> None:
    """Qt's tools see literal texts only: one made at run time would stay English without a word."""
    # Looked up by what is known to be marked elsewhere: labels of steps, figures of cards, sentences.
    known = {"step_labels.py", "model_facts.py", "sentences.py"}
    hidden = []
    for path in sorted((ROOT / "cnnstudio" / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or path.name in known:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = {"tr": node.args[:1], "translate": node.args[:2], "QT_TRANSLATE_NOOP": node.args}.get(name, [])
            if any(not isinstance(text, ast.Constant) for text in texts):
                hidden.append(f"{path.name}:{node.lineno}: {ast.unparse(node)}")
    assert not hidden


def test_sentences_of_the_other_rooms(speak: Callable[[str], str]) -> None:
    assert speak("zh_CN") == "zh_CN"
    english = [text for text in texts_for_people() | card_words() if translated(text) == text]
    assert not english
    assert translated("“old 1.png” does not exist.") == "“old 1.png”不存在。"
    assert translated("The session could not be saved: No space left on device.") == "无法保存会话：磁盘空间不足。"
    memory = translated("There is not enough memory to load the model “Pyramid repairer”.")
    assert "Pyramid" not in memory
    assert translated("A sentence that nobody knows.") == "A sentence that nobody knows."


def test_steps_of_the_history(speak: Callable[[str], str]) -> None:
    speak("zh_CN")
    assert step_label("Brush") == "画笔"
    assert step_label("Repair 12") == "修复 12"
    assert step_label("Grandmother's sleeve") == "Grandmother's sleeve"


def test_qt_speaks_the_language_too(speak: Callable[[str], str]) -> None:
    assert speak("en") == "en"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
    speak("zh_CN")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (["zh-Hans-CN", "zh-CN", "zh-Hans", "zh"], "zh_CN"),
        (["zh_CN"], "zh_CN"),
        (["de-Latn-DE", "de-DE", "de-Latn", "de", "zh-Hans-CN", "zh-CN", "zh-Hans", "zh"], "zh_CN"),
        (["zh-Hant-TW", "zh-TW", "zh-Hant", "zh"], "zh_CN"),  # other characters, yet nearer than English
        (["en-Latn-GB", "en-GB", "en-Latn", "en", "zh-Hans-CN", "zh"], "en"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_system_chooses(
    languages: list[str], expected: str, speak: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class System:
        def uiLanguages(self) -> list[str]:  # noqa: N802
            return languages

    monkeypatch.setattr(QLocale, "system", System)
    assert speak("system") == expected


def test_plain_words() -> None:
    assert [i18n.plain(words) for words in ("&Open…", "打开(&O)…", "F&ormat:", "格式(&O)：")] == [
        "Open", "打开", "Format", "格式",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_two_entries_of_a_menu_share_a_key(
    language: str, speak: Callable[[str], str], make_window: Callable[[], MainWindow]
) -> None:
    speak(language)
    window = make_window()
    entries = {"menu bar": window.menuBar().actions()}
    entries |= {menu.title(): menu.actions() for menu in window.findChildren(QMenu) if menu.title()}
    twice = []
    for title, actions in entries.items():
        twice += [(title, key) for key in shared_keys([action.text() for action in actions])]
    assert not twice


def shared_keys(texts: list[str]) -> set[str]:
    """Letters that are the mnemonic of more than one text."""
    keys = [match[1].upper() for text in texts if (match := re.search(r"&(\w)", text))]
    return {key for key in keys if keys.count(key) > 1}


def english_in(top: QObject) -> set[str]:
    """All texts with Latin letters in it that are not allowed for."""
    found = set()
    for thing in [top, *top.findChildren(QObject)]:
        texts = []
        meta = thing.metaObject()
        for property in map(meta.property, range(meta.propertyCount())):
            # A menu's own entry has no tip; Qt makes one of its title, and does not show it.
            made_up = property.name() == "toolTip" and isinstance(thing, QAction) and thing.menu()
            is_text = property.metaType().id() == QMetaType.Type.QString.value
            if is_text and property.name() not in UNSEEN and not made_up:
                texts.append(str(property.read(thing) or ""))
        if isinstance(thing, QComboBox):
            texts += [thing.itemText(i) for i in range(thing.count())]
        if isinstance(thing, QTabBar):
            texts += [thing.tabText(i) for i in range(thing.count())]
        for text in texts:
            plain = re.sub(r"<[^>]+>", " ", text)
            # “打开(O)” is a mnemonic that lost its sign, and nothing that anybody should read or hear.
            if re.search(r"[A-Za-z]", LATIN.sub("", plain)) or re.search(r"[一-鿿]\([A-Z]\)", plain):
                found.add(f"{type(thing).__name__} {thing.objectName()}: {text}")
    return found


def test_nothing_english_is_left_in_the_window(
    speak: Callable[[str], str], make_window: Callable[[], MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    speak("zh_CN")
    window = make_window()
    english = english_in(window)
    photo = tmp_path / "photo.png"
    write_photo(photo, Photo(np.random.default_rng(0).integers(60, 200, (300, 400, 3)).astype(np.uint8)))
    window.workspace.open([photo, tmp_path / "missing.png"])
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    editor = window.canvas.editor
    assert editor is not None
    editor.apply(rectangle(editor.document.mask, Rect(100, 100, 40, 30)))
    window.repair_panel.candidates = 2
    window.commands["repair"].trigger()
    english |= english_in(window)
    qtbot.waitUntil(lambda: window.desk.offer is not None)
    english |= english_in(window)
    window.desk.choose(0)
    for name in window.tools:
        window.choose_tool(name)
        english |= english_in(window)
    for mode in ("split", "side", "changes"):
        window.canvas.set_compare(mode)
        english |= english_in(window)
    assert not english, "\n".join(sorted(english))


def test_nothing_english_is_left_in_the_dialogs(
    speak: Callable[[str], str],
    make_window: Callable[[], MainWindow],
    make_editor: Callable[..., Editor],
    tmp_path: Path,
) -> None:
    speak("zh_CN")
    window = make_window()
    photo = Photo(np.zeros((40, 50, 3), np.uint16))
    session = create_session(tmp_path / "sessions", photo)
    document = Document(photo, session.store)
    document.on_step = session.record
    document.apply(rectangle(document.mask, Rect(0, 0, 5, 5)))
    session.close()
    dialogs = [
        ExportDialog(make_editor(dtype=np.uint16), window._settings, window),
        RecoveryDialog(window.workspace.recoverable(), window.workspace, window),
    ]
    for dialog in dialogs:
        dialog.open()
    for name in ("preferences", "shortcuts", "about"):
        window.commands[name].trigger()
    dialogs = window.findChildren(QDialog)
    assert len(dialogs) == 5
    english, twice = set(), []
    for dialog in dialogs:
        english |= english_in(dialog)
        words = [one.text() for kind in (QLabel, QAbstractButton) for one in dialog.findChildren(kind)]
        twice += [(type(dialog).__name__, key) for key in shared_keys(words)]
        dialog.close()
    assert not english, "\n".join(sorted(english))
    assert not twice
