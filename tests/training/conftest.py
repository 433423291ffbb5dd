"""Training in tests is of small networks."""

import pytest


@pytest.fixture(autouse=True)
def _on_one_thread(one_thread: None) -> None:
    """All of it computes on one thread."""
