"""Between two repairers: the weighted mean of their weights.

A network that was fine-tuned is better at what it saw and a little worse at all else. The mean of its weights and of
those it began with keeps most of either: Wortsman et al., "Robust fine-tuning of zero-shot models" (2022). That holds
for networks of which one came from the other, not for any two.
"""

from __future__ import annotations

from cnnstudio.errors import BadInput
from training.repair import for_both
from training.start import Weights


def mean_of(first: Weights, second: Weights, share: float) -> Weights:
    """The mean of two models' weights by name.

    Args:
        first: with specialists or without.
        second: like ``first``; where it has no specialists and ``first`` has, its one network counts for both.
        share: of ``first`` in the mean, 0 to 1; the rest is ``second``'s.

    Raises:
        BadInput: the share is none, or the two are built otherwise.
    """
    if not 0 <= share <= 1:
        raise BadInput(f"A share lies between 0 and 1; {share} does not.")
    if any(name.startswith("deep.") for name in first):
        second = for_both(second)
    if {k: v.shape for k, v in first.items()} != {k: v.shape for k, v in second.items()}:
        raise BadInput("These two models are built otherwise: there is no mean of them.")
    return {name: second[name].lerp(value, share) for name, value in first.items()}
