"""Seconds left, by hand."""

from __future__ import annotations

import pytest

from cnnstudio.runtime.estimate import Estimate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def feed(estimate: Estimate, clock: Clock, *reports: tuple[float, float]) -> None:
    """Reports of (seconds, fraction)."""
    for seconds, fraction in reports:
        clock.now = 100 + seconds
        estimate.update(fraction)


def test_a_steady_job(clock: Clock) -> None:
    estimate = Estimate(clock)
    feed(estimate, clock, (0, 0.0), (2, 0.25))
    assert estimate.seconds_left == pytest.approx(6)
    clock.now += 1.5
    assert estimate.seconds_left == pytest.approx(4.5)
    feed(estimate, clock, (4, 0.5))
    assert estimate.seconds_left == pytest.approx(4)
    clock.now += 60
    assert estimate.seconds_left == 0


def test_preparation_does_not_count(clock: Clock) -> None:
    estimate = Estimate(clock)
    feed(estimate, clock, (0, 0.0), (50, 0.0), (52, 0.5))
    assert estimate.seconds_left == pytest.approx(2)


def test_too_little_to_judge_by(clock: Clock) -> None:
    estimate = Estimate(clock)
    assert estimate.seconds_left is None
    feed(estimate, clock, (0, 0.0), (0.1, 0.5))
    assert estimate.seconds_left is None
    feed(Estimate(clock), clock, (0, 0.0), (5, 0.001))
    assert estimate.seconds_left is None


def test_a_job_that_begins_again(clock: Clock) -> None:
    estimate = Estimate(clock)
    feed(estimate, clock, (0, 0.0), (1, 0.6), (10, 0.2))
    assert estimate.seconds_left is None
    feed(estimate, clock, (14, 0.4))
    assert estimate.seconds_left == pytest.approx(12)
