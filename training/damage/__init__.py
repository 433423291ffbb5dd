"""Synthetic damage of old photographs, seeded throughout: the same generator state gives the same damage.

`draw_hole` draws where a photograph is damaged, `paint_damage` what it looks like there, `age` what the years did to
the rest of it; `contact_sheet` shows all of it.
"""

from training.damage.ageing import Ageing, age, apply_ageing, draw_ageing
from training.damage.holes import CLASSES, LARGEST_SHARE, draw_dense_hole, draw_hole, hole_bank
from training.damage.overlay import paint_damage
from training.damage.sheet import contact_sheet

__all__ = [
    "CLASSES",
    "LARGEST_SHARE",
    "Ageing",
    "age",
    "apply_ageing",
    "contact_sheet",
    "draw_ageing",
    "draw_dense_hole",
    "draw_hole",
    "hole_bank",
    "paint_damage",
]
