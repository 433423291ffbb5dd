"""What a job is asked, how it reports, and what it returns: plain data, standard library only."""

from __future__ import annotations

import math
import threading
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from cnnstudio.errors import Cancelled

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import ArrayLike

    from cnnstudio.cards import ModelCard
    from cnnstudio.imaging.geometry import Rect
    from cnnstudio.imaging.layers import Patches
    from cnnstudio.imaging.metadata import JpegEncoding, Metadata
    from cnnstudio.imaging.photo import Pixels
    from cnnstudio.imaging.store import Store
    from cnnstudio.imaging.tone import Tone


DAMAGE = ("scratch", "crease", "spot", "stain", "missing")
"""The kinds of damage that are told apart. Hairs and fibres are scratches, tears are creases, dust is spots; what is
missing are torn corners and holes."""
GOOD_ERROR, FAIR_ERROR = 6.0, 14.0
"""Grey levels by which a repair may be wrong on average, and still be called good, or fair."""
DIRECTIONS, FARTHEST_MOVE = 6, 3.0
"""How many main directions of a generator can be followed, and how many standard deviations either way."""


class Progress:
    """How a job reports and learns that it was cancelled.

    Args:
        on_progress: called with (fraction in [0, 1], text).
        on_preview: called with (rect, HxWxC array in the photo's dtype) while a repair is under way.
        cancel: set from any thread to stop the job at its next look.
    """

    def __init__(
        self,
        on_progress: Callable[[float, str], None] | None = None,
        on_preview: Callable[[Rect, np.ndarray], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._on_preview = on_preview
        self._cancel = cancel or threading.Event()

    def set(self, fraction: float, text: str = "") -> None:
        """Reports ``fraction`` (clamped to [0, 1]) of this part done."""
        if self._on_progress:
            self._on_progress(min(max(fraction, 0.0), 1.0), text)

    def preview(self, rect: Rect, pixels: np.ndarray) -> None:
        """Shows an unfinished result; the receiver must not write into ``pixels``."""
        if self._on_preview:
            self._on_preview(rect, pixels)

    @property
    def wants_preview(self) -> bool:
        """False where nobody looks, so that previews need not be computed."""
        return self._on_preview is not None

    def check_cancelled(self) -> None:
        """Raises :class:`Cancelled` once the cancel flag is set."""
        if self._cancel.is_set():
            raise Cancelled

    def previewing(self, on_preview: Callable[[Rect, np.ndarray], None]) -> Progress:
        """The same, but what is previewed goes to ``on_preview`` first; nothing does where nobody looks."""
        return Progress(self._on_progress, on_preview if self.wants_preview else None, self._cancel)

    def part(self, offset: float, length: float) -> Progress:
        """A progress whose 0..1 is ``offset .. offset + length`` of this one; same cancel flag."""
        return Progress(lambda f, text: self.set(offset + length * f, text), self._on_preview, self._cancel)


VARIANTS = 8
"""Ways in which a network can look at a hole: the symmetries of the square."""


@dataclass(frozen=True)
class RepairOptions:
    """How to repair.

    Attributes:
        seed: seeds texture and grain; the same seed gives the same pixels on the same device.
        feather: width in pixels of the blend inside the hole's edge; 0 pastes hard.
        texture: how much of the fill of wide holes is made of the texture around them, 0 (none) to 1 (all).
        grain: strength of the grain match, 0 (none) to 1 (as measured on the ring around the hole).
        match_colour: whether a fill's colour is matched to the ring around its hole.
        memory_budget: bytes that one batch through the network may use; None asks the device.
        variant: 0 to 7, which of the square's eight symmetries the network sees the photo under; 0 is as it stands.
            What is plain to see comes out the same; what must be imagined, as in large holes, differs.
    """

    seed: int = 0
    feather: float = 2.0
    texture: float = 0.6
    grain: float = 1.0
    match_colour: bool = True
    memory_budget: int | None = None
    variant: int = 0


@dataclass(frozen=True)
class Origin:
    """What made a repair, so that it can be told, and made again.

    Attributes:
        version, sha256: of the model.
        when: the end of the work, ISO 8601 in UTC ("2026-03-01T12:00:00Z").
        options: how it repaired.
        device: that did it, as shown to people.
    """

    version: str
    sha256: str
    when: str
    options: RepairOptions | RestoreOptions
    device: str


@dataclass(frozen=True)
class RepairResult:
    """The repaired pieces of a photo.

    Attributes:
        pieces: (rectangle, HxWxC array in the photo's dtype); outside the mask equal to the photo.
        seconds: wall time of the repair.
        device: the device that did it, as shown to people ("CPU", "NVIDIA …").
        notes: plain sentences worth showing ("Memory was short: repaired in smaller tiles.").
    """

    pieces: list[tuple[Rect, np.ndarray]]
    seconds: float
    device: str
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RestoreOptions:
    """How to restore a whole photo: what is wrong with it, and how much of that is taken back.

    Attributes:
        denoise: 0 to 100, how noisy it is: 100 is a deviation of 75 grey levels of 255. None: to be measured.
        deblock: 0 to 100, how strong the marks of JPEG are: 100 is quality 10. None: to be measured.
        sharpen: 0 to 100, how blurred it is: 100 is a deviation of 2 pixels.
        keep_grain: 0 to 100, per cent of the grain that are left in; colour noise goes all the same.
        tone: what has become of its light. None: to be measured.

    Raises:
        ValueError: a number is out of its range.
    """

    denoise: float | None = None
    deblock: float | None = None
    sharpen: float = 0.0
    keep_grain: float = 0.0
    tone: Tone | None = None

    def __post_init__(self) -> None:
        numbers = (self.denoise or 0, self.deblock or 0, self.sharpen, self.keep_grain)
        if not all(0 <= number <= 100 for number in numbers):
            raise ValueError(f"no such restoration: {self}")

    @property
    def needs_network(self) -> bool:
        """Whether there is more to do than curves can; what is to be measured does not count."""
        return any((self.denoise, self.deblock, self.sharpen))

    @property
    def changes_nothing(self) -> bool:
        """Whether every pixel stays as it is; what is to be measured does not count."""
        return not self.needs_network and (self.tone is None or self.tone.is_neutral)


@dataclass(frozen=True)
class RestoreResult:
    """What came of a restoration.

    Attributes:
        options: with what has been measured put in.
        seconds: wall time, without loading the model.
        device: that did it, as shown to people.
        notes: plain sentences worth showing.
    """

    options: RestoreOptions
    seconds: float
    device: str
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class JobFailure:
    """Why a job failed.

    Attributes:
        message: one plain sentence for the person.
        detail: for the log and behind “Details”.
        kind: name of the error's class (``"NotEnoughMemory"``, ``"BadModel"``, …); ``"Defect"`` for what should not
            have happened.
    """

    message: str
    detail: str = ""
    kind: str = "Defect"


@dataclass(frozen=True, eq=False, kw_only=True)
class Job:
    """Something to be done on another thread; what every job says of itself.

    Jobs hold snapshots: whoever submits one may go on painting.

    Attributes:
        slot: of the jobs with the same slot only the newest waits, those it replaces end as cancelled; None: every
            one is done. One that is already running is not disturbed.
        rank: waiting jobs of a lower rank go first; those of the same rank in the order they came.
        must_finish: once it runs it cannot be cancelled, and closing waits for it.
    """

    slot: str | None = None
    rank: int = 0
    must_finish: bool = False


@dataclass(frozen=True, eq=False)
class CallJob(Job):
    """Any other work that would take the window too long. Ends with what ``function`` returns."""

    function: Callable[[Progress], object]


@dataclass(frozen=True, eq=False)
class PrepareJob(Job):
    """Makes the engine ready ahead of the first repair. Ends with a :class:`Prepared`.

    Attributes:
        card: the model to load, or None.
        device: where to, as in :class:`RepairJob`.
    """

    card: ModelCard | None = None
    device: str = "auto"


@dataclass(frozen=True)
class DeviceInfo:
    """A place to compute.

    Attributes:
        id: to be given as a job's ``device``.
        name: shown to people.
    """

    id: str
    name: str


@dataclass(frozen=True)
class Prepared:
    """The engine is ready.

    Attributes:
        device: the one it will use.
        devices: all there are, the fastest first.
    """

    device: DeviceInfo
    devices: list[DeviceInfo]


@dataclass(frozen=True, eq=False)
class RepairJob(Job):
    """Repairs the hole of a photo. Ends with a :class:`RepairResult`.

    Attributes:
        pixels: HxWxC ``uint8`` or ``uint16``, an array or a snapshot that can be cut by two slices.
        mask: HxW ``uint8``, 255 = repair: an array, or what ``numpy.asarray`` makes one of.
        card: the model.
        options: how.
        device: ``"auto"`` or a :class:`DeviceInfo`'s id.
    """

    pixels: Pixels
    mask: ArrayLike
    card: ModelCard
    options: RepairOptions = field(default_factory=RepairOptions)
    device: str = "auto"


Verdict = Literal["good", "fair", "guess"]


@dataclass(frozen=True)
class SelfCheck:
    """How well a repair of the same shapes comes out nearby, where the truth is known.

    Attributes:
        error: mean absolute error over the hidden pixels' colours, in grey levels of 255; None where no undamaged
            place like it was found.
        psnr: over the same pixels, in dB, at most 99; None as above.
        pixels: how many were hidden and repaired.
        places: in how many places.
    """

    error: float | None
    psnr: float | None
    pixels: int = 0
    places: int = 0

    @property
    def verdict(self) -> Verdict:
        """In a word: a difference that is hardly seen, one that is, or no more than a guess."""
        if self.error is None or self.error > FAIR_ERROR:
            return "guess"
        return "good" if self.error <= GOOD_ERROR else "fair"


@dataclass(frozen=True, eq=False)
class SelfCheckJob(Job):
    """Checks a repair after it has been shown. Ends with a :class:`SelfCheck`.

    Attributes:
        pixels: HxWxC: the photo with the repair.
        mask: HxW ``uint8``, 255 = repaired: an array, or what ``numpy.asarray`` makes one of.
        damage: HxW ``uint8``, 255 = not to be taken for the truth: damage left, and other repairs.
        card, options, device: of the repair.
    """

    pixels: Pixels
    mask: ArrayLike
    damage: ArrayLike
    card: ModelCard
    options: RepairOptions = field(default_factory=RepairOptions)
    device: str = "auto"
    rank: int = field(default=5, kw_only=True)


@dataclass(frozen=True, eq=False)
class DetectJob(Job):
    """Looks for the damage of a photo. Ends with :class:`cnnstudio.imaging.findings.DamageMaps`.

    Attributes:
        pixels: as in :class:`RepairJob`.
        card: a model whose task is ``"detect"``.
        device: as in :class:`RepairJob`.
    """

    pixels: Pixels
    card: ModelCard
    device: str = "auto"


@dataclass(frozen=True, eq=False)
class MeasureJob(Job):
    """Measures what is wrong with a photo as a whole. Ends with :class:`RestoreOptions` in which nothing is None.

    Attributes:
        pixels: as in :class:`RepairJob`.
        options: what is None in them is measured.
        encoding: of the JPEG that the photo comes from.
    """

    pixels: Pixels
    options: RestoreOptions = field(default_factory=RestoreOptions)
    encoding: JpegEncoding | None = None


@dataclass(frozen=True, eq=False)
class RestoreJob(Job):
    """Restores a photo. Ends with a :class:`Restored`.

    Attributes:
        pixels: as in :class:`RepairJob`.
        card: a model whose task is ``"restore"``; None where curves are enough.
        options: with nothing left to be measured.
        device: as in :class:`RepairJob`.
        store: where the pixels of a large photo go as they are made; None keeps them in memory.
    """

    pixels: Pixels
    card: ModelCard | None
    options: RestoreOptions
    device: str = "auto"
    store: Store | None = None


@dataclass(frozen=True, eq=False)
class RestorePreviewJob(Job):
    """Restores a part of a photo, to be seen. Ends with a list of (rectangle, pixels) that together are the part.

    They are previewed as they are made, too: the tone at once and the network's work a little later.

    Attributes:
        pixels, card, options, device: as in :class:`RestoreJob`.
        part: in ``pixels``.
    """

    pixels: Pixels
    part: Rect
    card: ModelCard | None
    options: RestoreOptions
    device: str = "auto"
    slot: str | None = field(default="restore-preview", kw_only=True)


@dataclass(frozen=True, eq=False)
class Restored:
    """A restored photo.

    Attributes:
        patches: its pixels, all of them.
        result: how it was made.
    """

    patches: Patches
    result: RestoreResult


@dataclass(frozen=True)
class Way:
    """A place on the way between two others.

    Attributes:
        start, end: the two.
        share: how far along, 0 (``start``) to 1 (``end``).
    """

    start: Latent
    end: Latent
    share: float


@dataclass(frozen=True)
class Latent:
    """A place in a generator's latent space: what a picture is made from.

    Attributes:
        origin: a seed, which stands for the same place on every device and in any company; or the place itself, as
            many numbers as the space has dimensions; or one on the way between two others.
        moves: how far it lies from there along each of the model's main directions, in standard deviations; along
            those left out, 0.
    """

    origin: int | tuple[float, ...] | Way
    moves: tuple[float, ...] = ()

    def moved(self, moves: Sequence[float]) -> Latent:
        """The place with the same origin and these moves."""
        last = max((number for number, move in enumerate(moves, 1) if move), default=0)
        return Latent(self.origin, tuple(moves[:last]))  # one place is told in one way

    @property
    def stem(self) -> str:
        """For file names: a seed says all; of numbers there is only a fingerprint."""
        match self.origin:
            case Way(start, end, share):
                name = f"{start.stem}-to-{end.stem}-at{round(100 * share)}"
            case tuple(vector):
                name = f"found-{_fingerprint(vector)}"
            case seed:
                name = str(seed)
        return f"{name}-moved-{_fingerprint(self.moves)}" if self.moves else name

    def as_json(self) -> dict[str, Any]:
        """All of it, for files and reports."""
        match self.origin:
            case Way(start, end, share):
                told: dict[str, Any] = {"from": start.as_json(), "to": end.as_json(), "share": share}
            case tuple(vector):
                told = {"vector": list(vector)}
            case seed:
                told = {"seed": seed}
        return told | ({"moves": list(self.moves)} if self.moves else {})

    @classmethod
    def from_json(cls, told: Any) -> Latent:
        """What :meth:`as_json` told.

        Raises:
            ValueError: it is something else.
        """
        try:
            moves = _numbers(told.get("moves", ()))
            if "from" in told:
                (share,) = _numbers([told["share"]])
                return cls(Way(cls.from_json(told["from"]), cls.from_json(told["to"]), share), moves)
            if "vector" in told:
                return cls(_numbers(told["vector"]), moves)
            if not 0 <= int(told["seed"]) < 2**63:
                raise ValueError(f"no seed: {told['seed']}")
            return cls(int(told["seed"]), moves)
        except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
            raise ValueError(f"no latent: {error!r}") from error


def _numbers(told: Iterable[Any]) -> tuple[float, ...]:
    numbers = tuple(map(float, told))
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"no numbers: {numbers}")
    return numbers


def _fingerprint(numbers: tuple[float, ...]) -> str:
    return f"{zlib.crc32(repr(numbers).encode()):08x}"


def latents_from(seed: int, count: int) -> tuple[Latent, ...]:
    """``count`` places; each picture has a seed of its own, the first ``seed`` itself, each other one more."""
    return tuple(Latent(seed + i) for i in range(count))


def latents_between(start: Latent, end: Latent, steps: int) -> tuple[Latent, ...]:
    """``steps`` places (at least 2) at equal distances, the first at one place and the last at the other."""
    return tuple(Latent(Way(start, end, i / (steps - 1))) for i in range(steps))


@dataclass(frozen=True, eq=False)
class GenerateJob(Job):
    """Makes pictures from nothing. Ends with a :class:`Generated`.

    Each picture is previewed as it is made: the preview's rectangle has its size, and ``x // w`` is its number.

    Attributes:
        card: a model whose task is ``"generate"``.
        latents: one for each picture.
        truncation: above 0, at most 1: how far from the average picture they may be.
        device: as in :class:`RepairJob`.
    """

    card: ModelCard
    latents: tuple[Latent, ...]
    truncation: float = 1.0
    device: str = "auto"
    slot: str | None = field(default="generate", kw_only=True)


@dataclass(frozen=True)
class Generated:
    """Pictures a generator made.

    Attributes:
        pictures: HxWxC ``uint8``, C = 1 or 3, one for each latent.
        latents: what they were made from.
        seconds: wall time, without loading the model.
        device: that made them, as shown to people.
    """

    pictures: list[np.ndarray]
    latents: tuple[Latent, ...]
    seconds: float
    device: str


@dataclass(frozen=True, eq=False)
class FindJob(Job):
    """Looks for the latent whose picture is most like a given one. Ends with a :class:`Found`.

    The nearest picture so far is previewed; the preview's rectangle has its size.

    Attributes:
        card: a model whose task is ``"generate"``.
        pixels: HxWxC ``uint8`` or ``uint16``, of any size; the middle square counts.
        seed: the same one finds the same latent on the same device.
        device: as in :class:`RepairJob`.
    """

    card: ModelCard
    pixels: np.ndarray
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True, eq=False)
class Found:
    """The latent whose picture is most like a given one.

    Attributes:
        latent: that of the picture.
        picture: HxWxC ``uint8``, C = 1 or 3.
        error: mean absolute difference from what was looked for, in grey levels of 255.
        began: the same of the first latent that was tried.
        seconds: wall time, without loading the model.
        device: that found it, as shown to people.
    """

    latent: Latent
    picture: np.ndarray
    error: float
    began: float
    seconds: float
    device: str


@dataclass(frozen=True, eq=False)
class LoadJob(Job):
    """Opens a photo. Ends with a :class:`cnnstudio.imaging.photo.Photo`.

    Attributes:
        path: the file.
        draft_side: where a draft is much quicker than the whole (JPEG), one with this long side is previewed first;
            the preview's rectangle is the draft's own.
    """

    path: Path
    draft_side: int = 2048
    rank: int = field(default=1, kw_only=True)


@dataclass(frozen=True, eq=False)
class DraftJob(Job):
    """Opens a small version of a photo, for a list of photos. Ends with HxWxC ``uint8``, its long side ``side``."""

    path: Path
    side: int
    rank: int = field(default=2, kw_only=True)


@dataclass(frozen=True, eq=False)
class SaveJob(Job):
    """Saves a photo, whole or not at all. Ends with ``path``.

    Attributes:
        path: the file; its extension tells the format unless ``format`` does.
        pixels: HxWxC ``uint8`` or ``uint16``: an array, or what ``numpy.asarray`` makes one of.
        metadata: goes with it into the file.
        format, quality, overwrite: as in :func:`cnnstudio.imaging.codecs.write_photo`.
    """

    path: Path
    pixels: ArrayLike
    metadata: Metadata
    format: str | None = None
    quality: int | None = None
    overwrite: bool = False
    must_finish: bool = field(default=True, kw_only=True)
