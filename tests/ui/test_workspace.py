"""The workspace opens what can be opened, keeps the work safe, and saves without losing anything."""

from __future__ import annotations

import errno
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.brush import Brush
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.provenance import FILLED_IN, UNREADABLE
from cnnstudio.imaging.session import Session, create_session
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.open_photo import THUMBNAIL_SIDE
from cnnstudio.ui.saving import identity
from cnnstudio.ui.workspace import MAX_RECENTS, SESSION_SUFFIX, OpenPhoto, SaveOptions, Workspace

W, H = 320, 200
AREA = Rect(20, 30, 40, 50)


class Told:
    """What the workspace has had to say."""

    def __init__(self, workspace: Workspace) -> None:
        self.notices: list[tuple[str, str]] = []
        self.added: list[str] = []
        self.removed: list[str] = []
        self.current: list[str | None] = []
        self.saved: list[Path] = []
        workspace.noticed.connect(lambda text, kind, _: self.notices.append((kind, text)))
        workspace.added.connect(lambda photo: self.added.append(photo.name))
        workspace.removed.connect(lambda photo: self.removed.append(photo.name))
        workspace.current_changed.connect(lambda photo: self.current.append(photo and photo.name))
        workspace.saved.connect(lambda _, path: self.saved.append(path))


@pytest.fixture
def settings() -> SimpleNamespace:
    return SimpleNamespace(recent_files=[], last_folder="", record_repairs=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


@pytest.fixture
def make_workspace(lanes: Lanes, settings: SimpleNamespace, root: Path) -> Iterator[Callable[[], Workspace]]:
    made: list[Workspace] = []

    def make() -> Workspace:
        made.append(Workspace(lanes, settings, root))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for workspace in made:
        for photo in list(workspace.photos):
            workspace.close(photo)


@pytest.fixture
def workspace(make_workspace: Callable[[], Workspace]) -> Workspace:
    return make_workspace()


@pytest.fixture
def told(workspace: Workspace) -> Told:
    return Told(workspace)


def pixels(seed: int = 0, dtype: type[np.unsignedinteger] = np.uint8) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (H, W, 3), dtype=dtype)


def photo_file(path: Path, seed: int = 0, dtype: type[np.unsignedinteger] = np.uint8) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_photo(path, Photo(pixels(seed, dtype)))
    return path


def opened(qtbot: QtBot, workspace: Workspace, path: Path) -> OpenPhoto:
    """Opens a photo and waits until it is ready."""
    workspace.open([path])

    def is_ready() -> bool:
        current = workspace.current
        return current is not None and current.identity == identity(path) and current.state == "ready"

    qtbot.waitUntil(is_ready)
    assert workspace.current
    return workspace.current


def repair(editor: Editor, seed: int = 1) -> None:
    editor.apply(selection.rectangle(editor.document.mask, AREA))
    used = editor.document.mask.snapshot()
    dtype = editor.document.photo.pixels.dtype
    patch = np.full((AREA.h, AREA.w, 3), seed, dtype)
    layers = Patches.build([(AREA, patch)], used)
    editor.applied(editor.document.add_repair(layers, "Repair 1", used=used))


def settle(qtbot: QtBot, lanes: Lanes) -> None:
    qtbot.waitUntil(lambda: all(lane.running is None and not lane.waiting for lane in lanes.all()))


def folders(root: Path) -> list[Path]:
    return list(root.glob("*")) if root.exists() else []


# ---- opening


def test_a_photo_opens_with_a_draft_and_a_session(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, root: Path
):
    path = photo_file(tmp_path / "Großmutter 祖母.jpg")
    drafts = []
    workspace.added.connect(lambda photo: photo.changed.connect(lambda: drafts.append(photo.draft is not None)))
    photo = opened(qtbot, workspace, path)
    assert any(drafts)
    assert photo.editor
    assert (photo.editor.width, photo.editor.height, photo.editor.name) == (W, H, path.name)
    assert photo.editor.path == path
    assert photo.thumbnail is not None
    assert max(photo.thumbnail.shape) == THUMBNAIL_SIDE
    assert photo.draft is None
    assert len(folders(root)) == 1
    assert told.added == told.current == [path.name]
    assert told.notices == []


def test_folders_are_searched_and_only_the_current_photo_is_read_in_full(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, lanes: Lanes
):
    box = tmp_path / "box"
    for name in ("b.png", "a.jpg", "sub/c.tif", ".hidden/d.png", ".e.png"):
        photo_file(box / name)
    (box / "notes.txt").write_text("no photo")
    (tmp_path / "empty").mkdir()
    workspace.open([box, tmp_path / "empty", box / "a.jpg"])
    qtbot.waitUntil(lambda: all(photo.thumbnail is not None for photo in workspace.photos) and bool(workspace.photos))
    settle(qtbot, lanes)
    assert told.added == ["a.jpg", "b.png", "c.tif"]
    assert [photo.state for photo in workspace.photos] == ["ready", "loading", "loading"]
    assert told.notices == [("info", "There are no photos in “empty”.")]
    workspace.set_current(workspace.photos[2])
    qtbot.waitUntil(lambda: workspace.photos[2].state == "ready")
    workspace.set_current(workspace.photos[0])
    assert [photo.state for photo in workspace.photos] == ["ready", "loading", "ready"]


def test_a_large_folder_is_taken_in_piece_by_piece(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, lanes: Lanes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("cnnstudio.ui.workspace._PORTION", 3)
    a = opened(qtbot, workspace, photo_file(tmp_path / "c.png"))
    workspace.save_session_file(a, tmp_path / "e.cnnsession")
    for name in "abdfgh":
        photo_file(tmp_path / f"{name}.png")
    paths = sorted(tmp_path.glob("*.png"))
    paths.insert(4, tmp_path / "e.cnnsession")
    settle(qtbot, lanes)
    workspace.open([tmp_path / "c.png", *paths])
    qtbot.waitUntil(lambda: len(workspace.photos) == 8)
    assert told.added == ["c.png", "a.png", "b.png", "d.png", "e", "f.png", "g.png", "h.png"]
    assert workspace.current
    assert workspace.current.name == "a.png", "the first that was not open"
    settle(qtbot, lanes)
    told.added.clear()
    workspace.open([*paths[1:4], *paths[5:]])
    qtbot.waitUntil(lambda: workspace.current is not None and workspace.current.name == "b.png")
    assert told.added == []


def test_leafing_through_reads_only_where_one_stays(qtbot: QtBot, workspace: Workspace, tmp_path: Path, lanes: Lanes):
    workspace.open([photo_file(tmp_path / f"{name}.png") for name in "abcd"])
    qtbot.waitUntil(lambda: len(workspace.photos) == 4)
    for photo in workspace.photos:
        workspace.set_current(photo)
    workspace.set_current(workspace.photos[0])
    qtbot.waitUntil(lambda: all(photo.thumbnail is not None for photo in workspace.photos))
    settle(qtbot, lanes)
    assert [photo.state for photo in workspace.photos] == ["ready", "loading", "loading", "loading"]


def test_the_same_file_twice_is_made_current(qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path):
    a, b = photo_file(tmp_path / "a.png"), photo_file(tmp_path / "b.png")
    first = opened(qtbot, workspace, a)
    opened(qtbot, workspace, b)
    (tmp_path / "link.png").symlink_to(a)
    workspace.open([tmp_path / "x" / ".." / "a.png", tmp_path / "link.png"])
    qtbot.waitUntil(lambda: workspace.current is first)
    assert told.added == ["a.png", "b.png"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.jpg", b"", "is empty"),
        ("text.png", b"hello, this is text and not a photo", "is not a photo"),
        ("cut.png", None, "damaged or incomplete"),
        ("gone.tif", b"-", "does not exist"),
    ],
)
def test_what_cannot_be_read_says_why_and_the_rest_opens(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, name: str, content: bytes | None, sentence: str
):
    good, bad = photo_file(tmp_path / "zz.png"), tmp_path / name
    if content is None:
        content = good.read_bytes()[:2000]
    if content != b"-":
        bad.write_bytes(content)
    workspace.open([bad, good])
    qtbot.waitUntil(lambda: bool(workspace.current) and workspace.current.state == "ready")
    assert workspace.current
    assert workspace.current.name == "zz.png"
    failed = workspace.photos[0]
    assert failed.state == "failed"
    assert sentence in failed.error
    assert told.notices == [("error", failed.error)]


def test_a_failed_photo_is_tried_again_when_it_is_opened_again(qtbot: QtBot, workspace: Workspace, tmp_path: Path):
    path = tmp_path / "a.png"
    workspace.open([path])
    qtbot.waitUntil(lambda: bool(workspace.photos) and workspace.photos[0].state == "failed")
    photo_file(path)
    assert opened(qtbot, workspace, path).editor
    assert len(workspace.photos) == 1


def test_pixels_and_photos_from_no_file(qtbot: QtBot, workspace: Workspace, settings: SimpleNamespace):
    workspace.open_pixels(pixels(), "Pasted photo")
    qtbot.waitUntil(lambda: workspace.photos[0].state == "ready")
    pasted = workspace.photos[0]
    assert pasted.editor
    assert (pasted.path, pasted.name, pasted.editor.name) == (None, "Pasted photo", "Pasted photo")
    mask = np.zeros((H, W), np.uint8)
    mask[AREA.slices] = 255
    workspace.open_photo_in_memory(Photo(pixels()), "Sample", mask)
    qtbot.waitUntil(lambda: workspace.photos[1].editor is not None)
    assert workspace.photos[1].editor
    assert np.array_equal(np.asarray(workspace.photos[1].editor.document.mask), mask)
    assert settings.recent_files == []


def test_what_had_to_be_converted_is_said(qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path):
    from PIL import Image

    Image.new("P", (20, 20)).save(tmp_path / "palette.png")
    opened(qtbot, workspace, tmp_path / "palette.png")
    assert [kind for kind, _ in told.notices] == ["info"]


def test_recent_files_are_few_unique_and_exist(
    qtbot: QtBot, workspace: Workspace, settings: SimpleNamespace, tmp_path: Path
):
    a, b = photo_file(tmp_path / "a.png"), photo_file(tmp_path / "b.png")
    settings.recent_files = [str(a), *(str(tmp_path / f"{n}.png") for n in range(MAX_RECENTS))]
    with qtbot.waitSignal(workspace.recent_changed):
        workspace.open([b])
    assert len(settings.recent_files) == MAX_RECENTS
    assert workspace.recents == [b, a]
    opened(qtbot, workspace, a)
    assert workspace.recents == [a, b]


# ---- closing


def test_closing_leaves_no_session_and_shows_the_neighbour(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, root: Path, lanes: Lanes
):
    for name in "abc":
        editor = opened(qtbot, workspace, photo_file(tmp_path / f"{name}.png")).editor
        assert editor
        repair(editor)
    assert len(folders(root)) == 3
    workspace.set_current(workspace.photos[1])
    assert workspace.unsaved() == workspace.photos
    for name in ("b.png", "c.png", "a.png"):
        assert workspace.current
        assert workspace.current.name == name
        workspace.close(workspace.current)
    assert workspace.current is None
    assert told.removed == ["b.png", "c.png", "a.png"]
    settle(qtbot, lanes)
    assert folders(root) == []


def test_closing_while_it_opens_leaves_nothing(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path, root: Path, lanes: Lanes
):
    workspace.open([photo_file(tmp_path / "a.png")])
    with qtbot.waitSignal(workspace.recent_changed):  # it has been read, its session is being made
        qtbot.waitUntil(lambda: bool(workspace.photos))
    workspace.close(workspace.photos[0])
    settle(qtbot, lanes)
    workspace.open_pixels(pixels(), "b")
    workspace.close(workspace.photos[0])
    settle(qtbot, lanes)
    assert folders(root) == []


# ---- sessions


def crash(workspace: Workspace) -> None:
    """What is left of a workspace whose program was killed: the sessions' files, and no lock on them."""
    for photo in workspace.photos:
        assert photo.editor
        photo.editor.document.on_step = None
        if photo.editor.session:
            photo.editor.session.close()
    workspace.photos.clear()
    workspace.current = None


def test_work_comes_back_after_a_crash(
    qtbot: QtBot, make_workspace: Callable[[], Workspace], tmp_path: Path, lanes: Lanes, root: Path
):
    dying = make_workspace()
    photo = opened(qtbot, dying, photo_file(tmp_path / "a.png"))
    assert photo.editor
    repair(photo.editor)
    photo.editor.begin_stroke(Brush(20))
    photo.editor.stroke_to(200, 100)
    photo.editor.end_stroke()
    settle(qtbot, lanes)
    shown, mask = photo.editor.document.view.to_array(), np.asarray(photo.editor.document.mask)
    crash(dying)

    born = make_workspace()
    found = born.recoverable()
    assert [(one.source, one.steps) for one in found] == [(tmp_path / "a.png", 3)]
    opened(qtbot, born, tmp_path / "a.png")  # as named on the command line
    born.recover(found)
    qtbot.waitUntil(lambda: bool(born.current) and bool(born.current.editor) and born.current.editor.modified)
    assert [one.name for one in born.photos] == ["a.png"]
    back = born.current
    assert back
    assert back.editor
    assert np.array_equal(back.editor.document.view.to_array(), shown)
    assert np.array_equal(np.asarray(back.editor.document.mask), mask)
    assert back.editor.document.history.labels == ["Rectangle", "Repair 1", "Brush"]
    assert back.editor.path == tmp_path / "a.png"
    back.editor.undo()
    settle(qtbot, lanes)
    assert born.recoverable() == []  # open again
    born.close(back)
    settle(qtbot, lanes)
    assert folders(root) == []


def test_a_session_whose_photo_is_gone_says_so_and_stays(
    qtbot: QtBot, make_workspace: Callable[[], Workspace], tmp_path: Path, lanes: Lanes, root: Path
):
    dying = make_workspace()
    path = photo_file(tmp_path / "a.png")
    photo = opened(qtbot, dying, path)
    assert photo.editor
    repair(photo.editor)
    settle(qtbot, lanes)
    crash(dying)
    path.rename(tmp_path / "moved.png")
    born = make_workspace()
    told = Told(born)
    born.recover(born.recoverable())
    qtbot.waitUntil(lambda: born.photos[0].state == "failed")
    assert told.notices == [("error", "The photo “a.png” of this session has been moved, deleted or changed.")]
    assert len(born.recoverable()) == 1
    born.discard(born.recoverable())
    settle(qtbot, lanes)
    assert folders(root) == []


def test_sessions_without_work_are_swept_away_in_time(workspace: Workspace, root: Path, tmp_path: Path):
    path = photo_file(tmp_path / "a.png")
    fresh, old, in_use = (create_session(root, read_photo(path), path) for _ in range(3))
    for one in (fresh, old):
        one.close()
    hardly_begun = root / "20200101-120000-01234567"
    hardly_begun.mkdir()
    write_photo(hardly_begun / "photo.tif", read_photo(path))
    for place in (old.folder, in_use.folder, hardly_begun):
        os.utime(place, (0, 0))
    assert workspace.recoverable() == []
    assert {folder.name for folder in folders(root)} == {fresh.folder.name, in_use.folder.name}
    in_use.close()


def test_a_full_disk_is_told_once_and_work_goes_on(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, lanes: Lanes, monkeypatch: pytest.MonkeyPatch
):
    photo = opened(qtbot, workspace, photo_file(tmp_path / "a.png"))
    editor = photo.editor
    assert editor
    with monkeypatch.context() as full:
        full.setattr(Session, "_append", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
        repair(editor)
        settle(qtbot, lanes)
    warning = ("warning", "Your work on “a.png” cannot be kept safe from a crash just now. Save it soon.")
    assert told.notices == [warning]
    editor.undo()
    settle(qtbot, lanes)
    assert told.notices == [warning]
    crash(workspace)
    assert [one.steps for one in workspace.recoverable()] == [2]


def test_without_a_place_for_sessions_work_goes_on(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, root: Path
):
    root.write_text("a file stands where the folder should be")
    photo = opened(qtbot, workspace, photo_file(tmp_path / "a.png"))
    assert photo.editor
    assert [kind for kind, _ in told.notices] == ["warning"]
    repair(photo.editor)
    workspace.save(photo, tmp_path / "b.png")
    qtbot.waitUntil(lambda: told.saved == [tmp_path / "b.png"])
    workspace.save_session_file(photo, tmp_path / f"a{SESSION_SUFFIX}")
    assert [kind for kind, _ in told.notices] == ["warning", "error"]


def test_a_session_file_brings_everything_back(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, lanes: Lanes, root: Path
):
    photo = opened(qtbot, workspace, photo_file(tmp_path / "a.png"))
    assert photo.editor
    repair(photo.editor)
    shown = photo.editor.document.view.to_array()
    path = tmp_path / f"über{SESSION_SUFFIX}"
    workspace.save_session_file(photo, path)
    qtbot.waitUntil(path.exists)
    settle(qtbot, lanes)
    assert workspace.unsaved() == []
    repair(photo.editor, 9)
    assert workspace.unsaved() == [photo]
    workspace.save_session_file(photo, path)
    qtbot.waitUntil(lambda: ("error", f"“{path.name}” already exists and was left as it is.") in told.notices)
    workspace.close(photo)
    (tmp_path / "a.png").unlink()
    again = opened(qtbot, workspace, path)
    assert again.editor
    assert np.array_equal(again.editor.document.view.to_array(), shown)
    assert (again.path, again.editor.path, again.name) == (None, None, "a.png")
    assert workspace.unsaved() == []
    again.editor.undo()
    again.editor.undo()
    assert not again.editor.has_mask
    workspace.open([path])
    settle(qtbot, lanes)
    assert len(workspace.photos) == 1
    workspace.close(again)
    settle(qtbot, lanes)
    assert folders(root) == []


@pytest.mark.parametrize("content", [b"nonsense", None])
def test_a_bad_session_file_says_so(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, root: Path, content: bytes | None
):
    path = tmp_path / f"a{SESSION_SUFFIX}"
    if content:
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("journal", b"00000000 {}\n")
    workspace.open([path])
    qtbot.waitUntil(lambda: bool(workspace.photos) and workspace.photos[0].state == "failed")
    assert [kind for kind, _ in told.notices] == ["error"]
    assert folders(root) == []


# ---- saving


def test_save_as_keeps_all_and_goes_on_with_the_new_file(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path
):
    path = tmp_path / "a.tif"
    write_photo(path, Photo(pixels(0, np.uint16), Metadata("TIFF", dpi=(300.0, 300.0), bits=16)))
    before = path.read_bytes()
    photo = opened(qtbot, workspace, path)
    assert photo.editor
    repair(photo.editor)
    target, done = tmp_path / "a – repaired.png", []
    workspace.save(photo, target, on_done=lambda: done.append(True))
    qtbot.waitUntil(lambda: told.saved == [target])
    saved = read_photo(target)
    assert np.array_equal(saved.pixels, photo.editor.document.view.to_array())
    outside = np.ones((H, W), bool)
    outside[AREA.slices] = False
    assert np.array_equal(saved.pixels[outside], pixels(0, np.uint16)[outside])
    assert saved.metadata.dpi == (300, 300)
    assert path.read_bytes() == before
    assert workspace.unsaved() == []
    assert (photo.path, photo.name, photo.editor.path) == (target, target.name, target)
    assert photo.replaces_own_file
    assert workspace.recents == [target, path]
    assert done == [True]
    workspace.open([target])
    qtbot.waitUntil(lambda: workspace.current is photo)
    assert len(workspace.photos) == 1


def test_what_changes_while_it_is_saved_stays_unsaved(qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path):
    photo = opened(qtbot, workspace, photo_file(tmp_path / "a.png"))
    assert photo.editor
    repair(photo.editor, 1)
    workspace.save(photo, tmp_path / "b.png")
    repair(photo.editor, 2)
    qtbot.waitUntil(lambda: told.saved == [tmp_path / "b.png"])
    assert (read_photo(tmp_path / "b.png").pixels[AREA.slices] == 1).all()
    assert workspace.unsaved() == [photo]
    photo.editor.undo()
    photo.editor.undo()
    assert photo.editor.modified
    workspace.close(photo)


def test_an_existing_file_is_never_replaced_unasked(qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path):
    path = photo_file(tmp_path / "a.png")
    before = path.read_bytes()
    photo = opened(qtbot, workspace, path)
    assert photo.editor
    repair(photo.editor)
    failures = []
    workspace.save_failed.connect(lambda _, sentence: failures.append(sentence))
    workspace.save(photo, path)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures == ["“a.png” already exists and was left as it is."]
    assert told.notices == [("error", failures[0])]
    assert path.read_bytes() == before
    assert workspace.unsaved() == [photo]


def test_a_folder_that_refuses_leaves_the_photo_unsaved(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    photo = opened(qtbot, workspace, photo_file(tmp_path / "a.png"))
    assert photo.editor
    repair(photo.editor)
    locked = tmp_path / "locked"
    locked.mkdir()
    real = Path.open

    def refuse(self: Path, *args: object, **options: object) -> object:
        if self.parent == locked:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(self, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)  # whoever runs the tests as root may write anywhere
    workspace.save(photo, locked / "b.png")
    qtbot.waitUntil(lambda: bool(told.notices))
    assert told.notices == [("error", f"You are not permitted to save “b.png” in “{locked}”.")]
    assert workspace.unsaved() == [photo]
    assert not list(locked.iterdir())
    workspace.save(photo, tmp_path / "nowhere" / "b.png")
    qtbot.waitUntil(lambda: len(told.notices) == 2)
    assert "does not exist" in told.notices[1][1]


def test_over_its_own_file_the_session_keeps_the_photo(
    qtbot: QtBot, make_workspace: Callable[[], Workspace], tmp_path: Path, lanes: Lanes
):
    dying = make_workspace()
    path = photo_file(tmp_path / "a.png")
    photo = opened(qtbot, dying, path)
    assert photo.editor
    repair(photo.editor)
    dying.save(photo, path, overwrite=True)
    qtbot.waitUntil(lambda: not dying.unsaved())
    settle(qtbot, lanes)
    assert (read_photo(path).pixels[AREA.slices] == 1).all()
    crash(dying)
    born = make_workspace()
    born.recover(born.recoverable())
    qtbot.waitUntil(lambda: bool(born.photos) and born.photos[0].state == "ready")
    editor = born.photos[0].editor
    assert editor
    assert not editor.modified
    assert np.array_equal(editor.document.photo.pixels, pixels())
    editor.undo()
    assert editor.modified


def test_saving_over_the_file_of_another_open_photo_keeps_that_one_safe(
    qtbot: QtBot, make_workspace: Callable[[], Workspace], tmp_path: Path, lanes: Lanes
):
    dying = make_workspace()
    a, b = photo_file(tmp_path / "a.png", 1), photo_file(tmp_path / "b.png", 2)
    first, second = opened(qtbot, dying, a), opened(qtbot, dying, b)
    assert first.editor
    assert second.editor
    repair(second.editor)
    dying.save(first, b, overwrite=True)
    qtbot.waitUntil(lambda: first.path == b)
    settle(qtbot, lanes)
    crash(dying)
    born = make_workspace()
    born.recover(born.recoverable())
    qtbot.waitUntil(lambda: bool(born.photos) and born.photos[0].state == "ready")
    assert born.photos[0].editor
    assert np.array_equal(born.photos[0].editor.document.photo.pixels, pixels(2))


def test_options_of_a_save_are_kept_for_the_next(
    qtbot: QtBot, make_workspace: Callable[[], Workspace], tmp_path: Path, lanes: Lanes
):
    dying = make_workspace()
    told = Told(dying)
    path = tmp_path / "a.tif"
    write_photo(path, Photo(pixels(0, np.uint16), Metadata("TIFF", xmp=b'<x:xmpmeta x:xmptk="Camera"/>', bits=16)))
    photo = opened(qtbot, dying, path)
    assert photo.editor
    repair(photo.editor)
    target = tmp_path / "b.tif"
    dying.save(photo, target, SaveOptions(format="TIFF", bits=8, metadata="none"))
    qtbot.waitUntil(lambda: told.saved == [target])
    for workspace in (dying, None):
        if workspace is None:
            settle(qtbot, lanes)
            crash(dying)
            workspace = make_workspace()
            told = Told(workspace)
            workspace.recover(workspace.recoverable())
            qtbot.waitUntil(lambda: workspace.photos[0].state == "ready")  # noqa: B023
        target.unlink()
        target.write_bytes(b"")
        told.saved.clear()
        workspace.save(workspace.photos[0], target, overwrite=True)
        qtbot.waitUntil(lambda: told.saved == [target])  # noqa: B023
        again = read_photo(target)
        assert again.pixels.dtype == np.uint8
        assert b"Camera" not in (again.metadata.xmp or b"")


@pytest.mark.parametrize("wanted", [True, False])
def test_the_record_of_a_repair_is_as_the_person_wants_it(
    qtbot: QtBot, workspace: Workspace, told: Told, settings: SimpleNamespace, tmp_path: Path, wanted: bool
):
    settings.record_repairs = wanted
    path = tmp_path / "a.png"
    write_photo(path, Photo(pixels(0), Metadata(xmp=b"<!DOCTYPE a>")))
    photo = opened(qtbot, workspace, path)
    assert photo.editor
    repair(photo.editor)
    workspace.save(photo, tmp_path / "b.png")
    qtbot.waitUntil(lambda: told.saved == [tmp_path / "b.png"])
    packet = read_photo(tmp_path / "b.png").metadata.xmp or b""
    assert (FILLED_IN.encode() in packet) == wanted
    assert (("info", UNREADABLE) in told.notices) == wanted


def test_saving_over_the_photo_again_records_each_repair_once(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path
):
    path = tmp_path / "a.jpg"
    title = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="An album"/></rdf:RDF></x:xmpmeta>'
    )
    write_photo(path, Photo(pixels(0), Metadata(xmp=title)))
    photo = opened(qtbot, workspace, path)
    assert photo.editor
    repair(photo.editor)
    for _ in range(2):
        told.saved.clear()
        workspace.save(photo, path, overwrite=True)
        qtbot.waitUntil(lambda: told.saved == [path])
        packet = read_photo(path).metadata.xmp or b""
        assert packet.count(b"Repair 1: Filled in") == 1
        assert b'dc:source="An album"' in packet


def test_layers_are_saved_as_openraster_and_the_photo_stays_what_it_is(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path
):
    path = photo_file(tmp_path / "a.png")
    photo = opened(qtbot, workspace, path)
    assert photo.editor
    repair(photo.editor)
    workspace.save(photo, tmp_path / "a.ora")
    qtbot.waitUntil(lambda: told.saved == [tmp_path / "a.ora"])
    assert zipfile.is_zipfile(tmp_path / "a.ora")
    assert photo.path == path
    assert workspace.unsaved() == []


def test_closing_while_saving_still_saves(
    qtbot: QtBot, workspace: Workspace, told: Told, tmp_path: Path, root: Path, lanes: Lanes
):
    path = photo_file(tmp_path / "a.png")
    photo = opened(qtbot, workspace, path)
    assert photo.editor
    repair(photo.editor)
    workspace.save(photo, path, overwrite=True)
    workspace.close(photo)
    settle(qtbot, lanes)
    qtbot.waitUntil(lambda: folders(root) == [])
    assert (read_photo(path).pixels[AREA.slices] == 1).all()


def test_what_can_be_saved(workspace: Workspace):
    names = ["a.jpg", "a.TIF", "a.ora", "a.heic", "a.gif", "a"]
    assert [name for name in names if workspace.can_save_to(Path(name))] == ["a.jpg", "a.TIF", "a.ora"]
