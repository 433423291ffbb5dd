"""The sentences of engine, files and lanes in the window's language.

Those rooms know no Qt and speak English; here each of their sentences stands once more, where Qt Linguist finds it.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_ENGLISH: tuple[object, ...] = (  # all of them texts; Qt's stubs do not say so
    # opening
    QT_TRANSLATE_NOOP("Sentences", "“{}” is damaged or incomplete and cannot be opened."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” does not exist."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is a folder, not a photo."),
    QT_TRANSLATE_NOOP("Sentences", "You are not permitted to open “{}”."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” could not be read from the disk."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough memory to open “{}”."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is empty."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is a device or a pipe, not a photo."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is not a photo that can be opened here (JPEG, PNG, TIFF, WebP, BMP, HEIC)."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” has no pixels."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” claims {} × {} pixels, more than the limit of {} million."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” claims {} × {} pixels, more than a file of its length can hold."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is a HEIC photo; install the package pillow-heif to open it."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is a camera's raw file, which cannot be opened here."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is a kind of TIFF that holds no ordinary photo."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is a TIFF in a colour encoding that cannot be opened here."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is a TIFF with {} bits per channel in a form that cannot be opened here."),
    QT_TRANSLATE_NOOP(
        "Sentences", "“{}” holds floating-point values outside 0 to 1, so its brightness cannot be known."
    ),
    # saving
    QT_TRANSLATE_NOOP("Sentences", "“{}” does not end in a format that can be saved: .jpg, .png, .tif, .webp or .bmp."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” does not end in a format that can move: {}."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The photo is too large for {}, which ends at {} pixels a side; choose TIFF or PNG."
    ),
    QT_TRANSLATE_NOOP("Sentences", "HEIC photos can be opened but not saved; choose JPEG, PNG, TIFF or WebP."),
    QT_TRANSLATE_NOOP("Sentences", "{} already exists and was left as it is."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough space on the disk to save {}."),
    QT_TRANSLATE_NOOP("Sentences", "You are not permitted to save {} in “{}”."),
    QT_TRANSLATE_NOOP("Sentences", "The folder “{}” does not exist."),
    QT_TRANSLATE_NOOP("Sentences", "The folder “{}” cannot be made: {}."),
    QT_TRANSLATE_NOOP("Sentences", "{} is a folder, so no photo can be saved under that name."),
    QT_TRANSLATE_NOOP("Sentences", "{} is a device or a pipe, so no photo can be saved under that name."),
    QT_TRANSLATE_NOOP("Sentences", "The name {} is longer than the disk allows."),
    QT_TRANSLATE_NOOP("Sentences", "{} could not be saved."),
    QT_TRANSLATE_NOOP("Sentences", "The favourites could not be saved."),
    # what saving would lose
    QT_TRANSLATE_NOOP("Sentences", "{} holds 8 bits per channel: the photo's 16 bits are rounded."),
    QT_TRANSLATE_NOOP("Sentences", "8 bits per channel are saved: the photo's 16 bits are rounded."),
    QT_TRANSLATE_NOOP("Sentences", "{} knows no transparency: transparent parts become white."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "JPEG is encoded again: pixels outside the repairs may change slightly. PNG and TIFF keep all exactly.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{} stores every pixel approximately, not exactly."),
    QT_TRANSLATE_NOOP("Sentences", "{} cannot hold the PNG's text notes ({})."),
    QT_TRANSLATE_NOOP("Sentences", "{} cannot hold the extended XMP data."),
    QT_TRANSLATE_NOOP("Sentences", "{} cannot hold the camera data (EXIF)."),
    QT_TRANSLATE_NOOP("Sentences", "{} cannot hold the colour profile."),
    QT_TRANSLATE_NOOP("Sentences", "{} cannot hold the XMP data."),
    QT_TRANSLATE_NOOP("Sentences", "{} cannot hold the captions (IPTC)."),
    QT_TRANSLATE_NOOP("Sentences", "{} cannot hold the comment."),
    QT_TRANSLATE_NOOP("Sentences", "{} cannot hold the resolution."),
    QT_TRANSLATE_NOOP("Sentences", "The camera data (EXIF) is too large for JPEG."),
    QT_TRANSLATE_NOOP("Sentences", "The XMP data is too large for JPEG."),
    QT_TRANSLATE_NOOP("Sentences", "The photo's XMP data cannot be read: the record of the repair takes its place."),
    QT_TRANSLATE_NOOP("Sentences", "The photo's XMP data leaves no room for the record of the repair."),
    # evidence
    QT_TRANSLATE_NOOP("Sentences", "“{}” exists already; choose a new folder for the evidence."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough space on the disk for the evidence."),
    QT_TRANSLATE_NOOP("Sentences", "You are not permitted to make a folder in “{}”."),
    QT_TRANSLATE_NOOP("Sentences", "The evidence could not be written."),
    QT_TRANSLATE_NOOP("Sentences", "Writing the evidence"),
    # notes on what was opened
    QT_TRANSLATE_NOOP("Sentences", "The file has a palette and was opened in full colour."),
    QT_TRANSLATE_NOOP("Sentences", "The file has {} bits per channel and was opened with {}."),
    QT_TRANSLATE_NOOP("Sentences", "The file has {} bit per channel and was opened with {}."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The file is in printing inks (CMYK) and was opened in the colours of a screen (sRGB)."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The file holds {} pictures; the main one was opened."),
    QT_TRANSLATE_NOOP("Sentences", "The file holds further pictures beside the photo; only the photo was opened."),
    QT_TRANSLATE_NOOP("Sentences", "The file has channels beside colour and transparency; they were left out."),
    QT_TRANSLATE_NOOP("Sentences", "The file has {} pages; the first was opened."),
    QT_TRANSLATE_NOOP("Sentences", "The file holds floating-point values and was opened with 16 bits per channel."),
    QT_TRANSLATE_NOOP("Sentences", "The file is an animation; its first picture was opened."),
    # masks
    QT_TRANSLATE_NOOP("Sentences", "The mask is {} pixels, but the photo is {}."),
    QT_TRANSLATE_NOOP("Sentences", "The mask “{}” has {} × {} pixels, but the photo has {} × {}."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The mask “{}” has {} × {} pixels, but the photo has {} × {}: it was made before the photo was turned upright, "
        "so turn the mask in the same way.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The mask is empty: there is nothing to repair."),
    QT_TRANSLATE_NOOP("Sentences", "The mask covers the whole photo: nothing is left to repair it from."),
    QT_TRANSLATE_NOOP("Sentences", "The mask “{}” marks nothing to repair: paint what is damaged in white on black."),
    QT_TRANSLATE_NOOP("Sentences", "This is not a mask."),
    QT_TRANSLATE_NOOP("Sentences", "Nothing is marked yet. Paint over the place where the picture is to go."),
    # models and repairs
    QT_TRANSLATE_NOOP("Sentences", "The weights of the model “{}” are missing."),
    QT_TRANSLATE_NOOP("Sentences", "The weights of the model “{}” are damaged."),
    QT_TRANSLATE_NOOP("Sentences", "The weights of the model “{}” cannot be read."),
    QT_TRANSLATE_NOOP("Sentences", "The weights of the model “{}” do not fit its card."),
    QT_TRANSLATE_NOOP("Sentences", "The card of the model “{}” has unknown options."),
    QT_TRANSLATE_NOOP("Sentences", "The model “{}” needs a newer version of this program."),
    QT_TRANSLATE_NOOP("Sentences", "The model “{}” does not repair photos."),
    QT_TRANSLATE_NOOP("Sentences", "The model “{}” does not make pictures."),
    QT_TRANSLATE_NOOP("Sentences", "The model “{}” does not look for damage."),
    QT_TRANSLATE_NOOP("Sentences", "The model “{}” does not restore photos."),
    QT_TRANSLATE_NOOP("Sentences", "The model that takes out noise, JPEG blocks and blur is not there."),
    QT_TRANSLATE_NOOP("Sentences", "There is no model “{}”. There are: {}."),
    QT_TRANSLATE_NOOP("Sentences", "The model card {} cannot be read."),
    QT_TRANSLATE_NOOP("Sentences", "This model does not repair photos."),
    QT_TRANSLATE_NOOP("Sentences", "This kind of photo cannot be repaired."),
    QT_TRANSLATE_NOOP("Sentences", "This kind of photo cannot be searched for damage."),
    QT_TRANSLATE_NOOP("Sentences", "This kind of photo cannot be restored."),
    QT_TRANSLATE_NOOP("Sentences", "This computer has no device “{}”. It has: {}."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough memory for this repair. Closing other programs may help."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough memory to load the model “{}”."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough memory to make this picture."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough memory for this."),
    QT_TRANSLATE_NOOP("Sentences", "Memory was short: repaired in smaller tiles."),
    QT_TRANSLATE_NOOP("Sentences", "Memory was short: restored in smaller tiles."),
    QT_TRANSLATE_NOOP("Sentences", "The graphics card had too little memory: restored on the CPU."),
    QT_TRANSLATE_NOOP("Sentences", "The graphics card had too little memory: repaired on the CPU."),
    QT_TRANSLATE_NOOP("Sentences", "The network failed in some places: they were filled smoothly instead."),
    QT_TRANSLATE_NOOP("Sentences", "Truncation must be above 0 and at most 1."),
    QT_TRANSLATE_NOOP("Sentences", "This picture belongs to another model."),
    QT_TRANSLATE_NOOP("Sentences", "There is nothing to look for."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough memory to look for a picture."),
    QT_TRANSLATE_NOOP("Sentences", "Looking for a similar picture"),
    QT_TRANSLATE_NOOP("Sentences", "Nothing is marked yet. Paint over what a picture is to be like."),
    QT_TRANSLATE_NOOP("Sentences", "Preparing…"),
    QT_TRANSLATE_NOOP("Sentences", "Repairing details"),
    QT_TRANSLATE_NOOP("Sentences", "Repairing large shapes"),
    QT_TRANSLATE_NOOP("Sentences", "Adding texture"),
    QT_TRANSLATE_NOOP("Sentences", "Looking for damage"),
    QT_TRANSLATE_NOOP("Sentences", "Restoring"),
    QT_TRANSLATE_NOOP("Sentences", "Measuring…"),
    QT_TRANSLATE_NOOP("Sentences", "Making pictures"),
    # devices
    QT_TRANSLATE_NOOP("Sentences", "CPU ({} cores)"),
    QT_TRANSLATE_NOOP("Sentences", "Apple GPU"),
    # the models that come with the program, as on their cards
    QT_TRANSLATE_NOOP("Sentences", "Pyramid repairer"),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Repairs scratches, dust, creases, stains, writing and missing pieces, coarse to fine. The one to use.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Restoration network (IRN)"),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The image restoration network of the source article: two encoders, one decoder. For study and comparison.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "The generative adversarial network of the source article: 32 x 32 pictures from noise. For study."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Flowers"),
    QT_TRANSLATE_NOOP(
        "Sentences", "Makes pictures of flowers, 128 x 128 pixels: daisies, dandelions, roses, sunflowers and tulips."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Damage finder"),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Marks scratches, creases, specks, stains and missing pieces, so that they need not be painted over by hand.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Photo restorer"),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Takes noise, film grain, the marks of JPEG and mild blur out of a whole photo, as strongly as it is told.",
    ),
    # training
    QT_TRANSLATE_NOOP("Sentences", "The folder “{}” cannot be written."),
    QT_TRANSLATE_NOOP("Sentences", "Training could not be started."),
    QT_TRANSLATE_NOOP("Sentences", "Training ended unexpectedly; perhaps memory ran out."),
    # sessions
    QT_TRANSLATE_NOOP("Sentences", "The photo “{}” of this session has been moved, deleted or changed."),
    QT_TRANSLATE_NOOP("Sentences", "The photo of this session has been moved, deleted or changed."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is no session."),
    QT_TRANSLATE_NOOP("Sentences", "The session “{}” is damaged from its start."),
    QT_TRANSLATE_NOOP("Sentences", "The session “{}” was made by a newer version of CNN Studio."),
    QT_TRANSLATE_NOOP("Sentences", "The session could not be saved: {}."),
    QT_TRANSLATE_NOOP("Sentences", "The session “{}” is damaged and cannot be opened."),
    QT_TRANSLATE_NOOP("Sentences", "“{}” is no session file, or is damaged."),
    QT_TRANSLATE_NOOP("Sentences", "This session is already open."),
    QT_TRANSLATE_NOOP("Sentences", "A part of this session is damaged on the disk."),
    QT_TRANSLATE_NOOP("Sentences", "Something went wrong inside CNN Studio. Your photo was not changed."),
)
TEMPLATES = tuple(str(sentence) for sentence in _ENGLISH)
"""Each sentence with {} for what is put into it."""

_REASONS: tuple[object, ...] = (  # what the system says, and is put into a sentence
    QT_TRANSLATE_NOOP("Sentences", "No space left on device"),
    QT_TRANSLATE_NOOP("Sentences", "Permission denied"),
    QT_TRANSLATE_NOOP("Sentences", "Read-only file system"),
    QT_TRANSLATE_NOOP("Sentences", "Input/output error"),
    QT_TRANSLATE_NOOP("Sentences", "Not a directory"),
    QT_TRANSLATE_NOOP("Sentences", "File name too long"),
    QT_TRANSLATE_NOOP("Sentences", "the disk refuses"),
)


def translated(message: str) -> str:
    """A sentence in the window's language; one that is not in :data:`TEMPLATES` as it is."""
    for template, pattern in _patterns():
        match = pattern.fullmatch(message)
        if match:
            # What is put into a sentence may be words as well: the name of a model, the system's own reason.
            return _in_language(template).format(*(_in_language(part) for part in match.groups()))
    return message


def _in_language(text: str) -> str:
    return QCoreApplication.translate("Sentences", text) if text in TEMPLATES or text in _REASONS else text


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    # The longest first: “{}” alone would match almost anything.
    ordered = sorted(TEMPLATES, key=len, reverse=True)
    return [(t, re.compile("(.+)".join(re.escape(part) for part in t.split("{}")), re.DOTALL)) for t in ordered]
