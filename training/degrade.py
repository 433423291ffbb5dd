"""What the restorer undoes: blur, noise or film grain, and JPEG, in the order of a photo's life.

`draw_degradation` decides what happens to a photo and `degrade` does it; both take all their chance from a generator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from cnnstudio.networks.restore import MOST_BLUR, MOST_NOISE, blocks_of_quality

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

LOSSLESS = 100
"""The quality that stands for no compression at all."""


@dataclass(frozen=True)
class Degradation:
    """What happens to a photo; the values here change nothing."""

    blur: float = 0.0
    """Deviation of the Gaussian blur in pixels."""
    noise: float = 0.0
    """Deviation of the noise in grey levels, the root mean square over the photo."""
    coarse: float = 0.0
    """Deviation in pixels of the blur that makes grains of white noise; 0 leaves it white."""
    colour: float = 1.0
    """Share of the noise's variance that each channel has for itself; 0: grey noise, the same in all channels."""
    light: str = "even"
    """How the noise goes with the light: the same everywhere ("even"), its variance in proportion to the light as
    photons have it ("photons"), or strongest in the middle greys as film has it ("film")."""
    quality: int = LOSSLESS
    """Of the JPEG; 1 to 99."""
    subsampled: bool = True
    """Whether the JPEG halves its colours (4:2:0) or not (4:4:4)."""
    quality_before: int = LOSSLESS
    """Of a JPEG saved before that one, with its blocks elsewhere."""
    told: tuple[float, float, float] | None = None
    """What the network is told instead of :attr:`strengths`."""

    @property
    def strengths(self) -> tuple[float, float, float]:
        """(noise, blocks, blur) as :class:`cnnstudio.networks.restore.PhotoRestorer` is told them."""
        quality = min(self.quality, self.quality_before)
        return self.told or (self.noise, blocks_of_quality(quality) if quality < LOSSLESS else 0.0, self.blur)


def draw_degradation(rng: np.random.Generator) -> Degradation:
    """What may be wrong with a photo.

    Every eighth is sound; the others are noisy (a third), marked by JPEG (a third) or both, and a fifth of all are
    blurred. Half of the time the strengths told are a little wrong, as people and estimates are, and now and then a
    little is told of what there is nothing of: what is sound is to stay so.
    """
    kind = rng.choice(["sound", "noise", "jpeg", "both"], p=[0.12, 0.33, 0.3, 0.25])
    noise = coarse = 0.0
    colour, light = 1.0, "even"
    if kind in ("noise", "both"):
        noise = float(1 + 69 * rng.random() ** 1.7)
        if rng.random() < 0.45:
            colour = float(rng.choice([0.0, rng.uniform(0.05, 0.6)]))
            light = str(rng.choice(["even", "photons", "film"]))
            coarse = float(rng.choice([0.0, rng.uniform(0.3, 1.2)], p=[0.35, 0.65]))
    quality = before = LOSSLESS
    if kind in ("jpeg", "both"):
        quality = int(rng.integers(8, 96))
        if rng.random() < 0.2:
            before = int(rng.integers(20, 96))
    blur = float(rng.uniform(0.3, 1.8)) if rng.random() < 0.22 else 0.0
    drawn = Degradation(blur, noise, coarse, colour, light, quality, bool(rng.random() < 0.65), before)
    if rng.random() < 0.5:
        return drawn
    told_noise, told_blocks, told_blur = np.array(drawn.strengths) * np.exp(0.15 * rng.standard_normal(3))
    if kind == "both":  # JPEG swallows noise, so less of it is seen
        told_noise *= rng.uniform(0.6, 1.0)
    for_nothing = rng.random(3) < 0.4
    if noise == 0 and for_nothing[0]:
        told_noise = rng.uniform(0, 4)
    if told_blocks == 0 and for_nothing[1]:
        told_blocks = rng.uniform(0, 0.3)
    if blur == 0 and for_nothing[2]:
        told_blur = rng.uniform(0, 0.3)
    told = (min(float(told_noise), MOST_NOISE), min(float(told_blocks), 1.0), min(float(told_blur), MOST_BLUR))
    return replace(drawn, told=told)


def degrade(image: Image, how: Degradation, rng: np.random.Generator) -> Image:
    """Blurs, then adds noise, then saves as JPEG.

    Args:
        image: HxWx3 uint8, RGB; not changed.
        rng: where noise and the place of the earlier JPEG's blocks come from.

    Returns:
        HxWx3 uint8.
    """
    values = image.astype(np.float32)
    if how.blur > 0:
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), how.blur), np.float32)
    if how.noise > 0:
        values += _noise_of(values, how, rng)
    done: Image = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    if how.quality_before < LOSSLESS:
        y, x = rng.integers(0, 8, 2)
        padded = cv2.copyMakeBorder(done, int(y), 0, int(x), 0, cv2.BORDER_REPLICATE)
        done = jpeg(np.asarray(padded, np.uint8), how.quality_before, how.subsampled)[y:, x:]
    return jpeg(done, how.quality, how.subsampled)


def jpeg(image: Image, quality: int, subsampled: bool = True) -> Image:
    """Saved as JPEG at this quality, its colours halved or not, and read again; 100 leaves the image as it is."""
    if quality >= LOSSLESS:
        return image
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420 if subsampled else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    _, data = cv2.imencode(".jpg", image[..., ::-1], options)
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def _noise_of(values: Floats, how: Degradation, rng: np.random.Generator) -> Floats:
    own = rng.standard_normal(values.shape, np.float32)
    shared = rng.standard_normal((*values.shape[:2], 1), np.float32)
    noise: Floats = own * np.float32(how.colour**0.5) + shared * np.float32((1 - how.colour) ** 0.5)
    if how.coarse > 0:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), how.coarse), np.float32)
    if how.light != "even":
        level = np.clip(values / 255, 0, 1)
        variance = level + 0.05 if how.light == "photons" else np.maximum(4 * level * (1 - level), 0.04)
        noise = noise * np.sqrt(variance)
    # Measured, not computed: what the blur leaves, and what the light takes, differ from photo to photo.
    deviation = float(np.sqrt(np.square(noise).mean()))
    return np.asarray(noise * (how.noise / max(deviation, 1e-6)), np.float32)
