"""Arrays to tensors and back, and cutting beyond the edge."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.engine import tensors
from cnnstudio.imaging.geometry import Rect


def test_indices_are_mirrored_with_the_edge_repeated() -> None:
    assert tensors.mirrored(-3, 5, 3).tolist() == [2, 1, 0, 0, 1, 2, 2, 1]
    assert tensors.mirrored(-2, 3, 1).tolist() == [0] * 5


def test_cut_inside_is_a_plain_slice() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(4, 6, 1)
    assert np.array_equal(tensors.cut(pixels, Rect(1, 2, 3, 2)), pixels[2:4, 1:4])


@given(st.integers(1, 9), st.integers(1, 9), st.integers(-20, 20), st.integers(-20, 20), st.integers(1, 30))
def test_cut_equals_symmetric_padding(height: int, width: int, x: int, y: int, size: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    padded = np.pad(pixels, ((60, 60), (60, 60), (0, 0)), mode="symmetric")
    expected = padded[60 + y : 60 + y + size, 60 + x : 60 + x + size]
    rect = Rect(x, y, size, size)
    assert np.array_equal(tensors.cut(pixels, rect), expected)
    planes = torch.from_numpy(pixels).permute(2, 0, 1)
    assert np.array_equal(tensors.cut_tensor(planes, rect).permute(1, 2, 0).numpy(), expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_value_survives_the_way_through_the_network(dtype: type, channels: int) -> None:
    values = np.arange(np.iinfo(dtype).max + 1, dtype=dtype).reshape(16, -1, 1).repeat(channels, 2)
    x = tensors.to_network(values[None])
    assert x.shape == (1, 3, *values.shape[:2])
    assert (float(x.min()), float(x.max())) == (-1, 1)
    colours = tensors.colour_channels(channels)
    back = tensors.to_pixels(tensors.to_floats(x[0], channels), values.dtype)
    assert np.array_equal(back, values[..., :colours])


def test_alpha_is_not_seen() -> None:
    opaque, clear = np.full((2, 1, 1, 4), 100, np.uint8)
    clear[..., 3] = 0
    assert torch.equal(tensors.to_network(opaque[None]), tensors.to_network(clear[None]))


def test_a_hole_begins_at_128() -> None:
    assert tensors.to_hole(np.array([[[0, 127, 128, 255]]], np.uint8)).flatten().tolist() == [0, 0, 1, 1]


def test_values_outside_are_clipped() -> None:
    assert tensors.to_pixels(np.array([-1.0, 0.5, 2.0]), np.dtype(np.uint8)).tolist() == [0, 128, 255]
