"""What all tests share: no screen, and a user folder of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import platformdirs
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session", autouse=True)
def _own_user_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests, and the processes they start, never see or touch the models, runs and logs of whoever runs them."""
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.setattr(platformdirs, "user_data_dir", lambda *_args, **_kwargs: str(folder / "cnnstudio"))
        yield


@pytest.fixture
def one_thread() -> Iterator[None]:
    """torch computes on one thread: small networks gain nothing by more, and wait long for them on a busy machine."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
