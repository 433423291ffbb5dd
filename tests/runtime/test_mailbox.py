"""News that wait to be looked at."""

from __future__ import annotations

import numpy as np

from cnnstudio.imaging.geometry import Rect
from cnnstudio.runtime.worker import Mailbox

A, B = np.array(1), np.array(2)


def test_only_the_first_of_several_news_is_worth_a_signal() -> None:
    box = Mailbox()
    assert box.put_progress(0.1, "")
    assert not box.put_progress(0.2, "x")
    assert not box.put_preview(Rect(0, 0, 1, 1), A)
    assert box.take() == ((0.2, "x"), [(Rect(0, 0, 1, 1), A)])
    assert box.take() == (None, [])
    assert box.put_preview(Rect(0, 0, 1, 1), A)
    assert not box.put_progress(0.3, "")


def test_a_preview_hides_those_beneath_it_only() -> None:
    box = Mailbox()
    box.put_preview(Rect(0, 0, 4, 4), A)
    box.put_preview(Rect(2, 2, 4, 4), A)
    box.put_preview(Rect(2, 2, 1, 1), A)
    box.put_preview(Rect(0, 0, 4, 4), B)
    assert box.take()[1] == [(Rect(2, 2, 4, 4), A), (Rect(0, 0, 4, 4), B)]


def test_of_many_previews_some_are_taken_at_a_time() -> None:
    box = Mailbox()
    places = [Rect(x, 0, 1, 1) for x in range(5)]
    for place in places:
        box.put_preview(place, A)
    assert [rect for rect, _ in box.take(3)[1]] == places[:3]
    assert not box.put_progress(0.5, "")
    assert box.take(3) == ((0.5, ""), [(place, A) for place in places[3:]])
