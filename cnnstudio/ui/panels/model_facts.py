"""A model's card in plain words: what it was trained on and how well it did on photographs it had not seen."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

from cnnstudio.cards import ModelCard

translate = QCoreApplication.translate

_DAMAGE = {
    "scratch": QT_TRANSLATE_NOOP("ModelFacts", "Scratches"),
    "dust": QT_TRANSLATE_NOOP("ModelFacts", "Dust"),
    "crease": QT_TRANSLATE_NOOP("ModelFacts", "Creases"),
    "blotch": QT_TRANSLATE_NOOP("ModelFacts", "Stains"),
    "corner": QT_TRANSLATE_NOOP("ModelFacts", "Missing corners"),
    "hole": QT_TRANSLATE_NOOP("ModelFacts", "Holes"),
    "stamp": QT_TRANSLATE_NOOP("ModelFacts", "Stamps"),
    "writing": QT_TRANSLATE_NOOP("ModelFacts", "Writing"),
    "": QT_TRANSLATE_NOOP("ModelFacts", "All together"),
}
_SINCE_START = {
    "psnr": QT_TRANSLATE_NOOP("ModelFacts", "PSNR over the damage, dB (higher is better)"),
    "psnr_whole": QT_TRANSLATE_NOOP("ModelFacts", "PSNR of the whole picture, dB (higher is better)"),
    "perceptual": QT_TRANSLATE_NOOP("ModelFacts", "Visible difference from the truth (lower is better)"),
}


def size(card: ModelCard) -> str:
    """Of the weights file."""
    return translate("ModelFacts", "{n} MB").format(n=QLocale().toString(card.path.stat().st_size / 1e6, "f", 1))


def facts(card: ModelCard) -> str:
    """Figures and data of a card, as rich text."""
    parts = []
    if gains := _gains(card):
        intro = translate(
            "ModelFacts", "Measured on photographs it had not seen, against smooth filling without a network:"
        )
        damage, gain = translate("ModelFacts", "Damage"), translate("ModelFacts", "Gain")
        parts += [_paragraph(intro), _table((damage, gain, translate("ModelFacts", "Closer to the eye")), gains)]
    if since := _since_start(card):
        what = translate("ModelFacts", "On photographs it had not seen")
        before, after = translate("ModelFacts", "Untrained"), translate("ModelFacts", "Trained")
        parts += [_table((what, before, after), since)]
    parts += [_paragraph(line) for line in data_lines(card)]
    return "".join(parts)


def _gains(card: ModelCard) -> list[tuple[str, ...]]:
    """Gain in dB over the network's starting point, and how much of the visible difference is gone, by damage."""
    rows: list[tuple[str, ...]] = []
    for damage, name in _DAMAGE.items():
        gain, left = (card.figures.get("_".join(filter(None, (damage, key)))) for key in ("gain", "perceptual"))
        if gain is not None:
            closer = "" if left is None else f"{_number(100 * (1 - left), 0)} %"
            sign = "+" if gain >= 0 else ""
            rows.append((translate("ModelFacts", str(name)), f"{sign}{_number(gain, 2)} dB", closer))
    return rows


def _since_start(card: ModelCard) -> list[tuple[str, ...]]:
    figures = card.figures
    return [
        (translate("ModelFacts", str(name)), _number(figures[f"{key}_at_start"], 1), _number(figures[key], 1))
        for key, name in _SINCE_START.items()
        if key in figures and f"{key}_at_start" in figures
    ]


def data_lines(card: ModelCard) -> list[str]:
    """What it was trained on, and which one it is."""
    lines = []
    photos, kept_out = card.data.get("photos"), card.data.get("kept_out")
    if photos is not None:
        lines.append(translate("ModelFacts", "Trained on {n} photographs.").format(n=_number(photos, 0)))
    if kept_out is not None:
        lines.append(translate("ModelFacts", "{n} others were kept out to measure it.").format(n=_number(kept_out, 0)))
    lines = [" ".join(lines)] if lines else []
    lines.append(translate("ModelFacts", "Version {version}").format(version=card.version))
    lines.append(translate("ModelFacts", "Checksum of the weights (SHA-256): {sum}").format(sum=f"{card.sha256[:12]}…"))
    return lines


def _number(value: float, decimals: int) -> str:
    return QLocale().toString(float(value), "f", decimals)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    def line(cells: tuple[str, ...], tag: str) -> str:
        aligned = ("left", *("right",) * (len(cells) - 1))
        return "".join(
            f'<{tag} align="{side}" style="padding-right: 10px">{escape(cell)}</{tag}>'
            for side, cell in zip(aligned, cells, strict=True)
        )

    lines = [line(head, "th"), *(line(row, "td") for row in rows)]
    return f"<table>{''.join(f'<tr>{cells}</tr>' for cells in lines)}</table>"
