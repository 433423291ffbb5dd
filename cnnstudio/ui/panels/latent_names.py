"""What people call a generated picture: by what it was made from."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.jobs import Latent, Way

translate = QCoreApplication.translate


def name_of(latent: Latent) -> str:
    """In a few words, to stand alone or in a list."""
    match latent.origin:
        case Way(start, end, share):
            name = translate("LatentNames", "{a} → {b}: {share} %").format(
                a=name_of(start), b=name_of(end), share=round(100 * share)
            )
        case tuple():
            name = translate("LatentNames", "Found picture")
        case seed:
            name = translate("LatentNames", "Seed {n}").format(n=seed)
    return translate("LatentNames", "{name}, moved").format(name=name) if latent.moves else name
