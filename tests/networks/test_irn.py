"""The restoration network: shapes, sizes worked out by hand, and what each encoder sees."""

import json

import pytest
import torch
from torch import Tensor, nn

from cnnstudio.networks.irn import IRN


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def _example(n: int = 2, h: int = 16, w: int = 24) -> tuple[Tensor, Tensor]:
    hole = torch.zeros(n, 1, h, w)
    hole[..., 4:9, 5:12] = 1
    return torch.rand(n, 3, h, w) * 2 - 1, hole


def test_it_has_two_encoders_and_one_decoder_of_the_tables_sizes() -> None:
    network = IRN()
    shapes = [
        (m.in_channels, m.out_channels, m.kernel_size[0], m.stride[0], m.padding[0])
        for m in network.modules()
        if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)
    ]
    assert shapes == [
        (3, 64, 4, 2, 1),
        (64, 128, 4, 2, 1),
        (128, 256, 4, 2, 1),
        (4, 64, 4, 2, 1),
        (64, 128, 4, 2, 1),
        (128, 256, 4, 2, 1),
        (512, 256, 4, 2, 1),
        (256, 128, 4, 2, 1),
        (128, 64, 4, 2, 1),
        (64, 3, 3, 1, 1),
    ]
    encoders = 16 * (3 * 64 + 4 * 64 + 2 * (64 * 128 + 128 * 256))
    decoder = 16 * (512 * 256 + 256 * 128 + 128 * 64) + 9 * 64 * 3
    normalised = 3 * (64 + 128 + 256)
    assert sum(p.numel() for p in network.parameters()) == encoders + decoder + 2 * normalised == 4_074_816


@pytest.mark.parametrize(("h", "w"), [(8, 8), (16, 24), (64, 32)])
def test_the_output_has_the_inputs_size_and_the_networks_range(h: int, w: int) -> None:
    damaged, hole = _example(h=h, w=w)
    restored = IRN(width=4).eval()(damaged, hole)
    assert restored.shape == damaged.shape
    assert restored.abs().max() <= 1


def test_a_size_that_cannot_be_halved_three_times_is_refused() -> None:
    with pytest.raises(ValueError, match="multiples of 8"):
        IRN(width=4)(*_example(h=16, w=20))


def test_the_mask_encoder_never_sees_into_the_hole_and_the_image_encoder_does() -> None:
    network = IRN(width=4).eval()
    seen: dict[str, Tensor] = {}
    network.mask_encoder.register_forward_hook(lambda _m, given, _out: seen.update(mask=given[0]))
    network.image_encoder.register_forward_hook(lambda _m, given, _out: seen.update(image=given[0]))
    damaged, hole = _example()
    one = network(damaged, hole)
    known = torch.cat((hole, torch.where(hole > 0, torch.zeros(()), damaged)), 1)
    assert torch.equal(seen["mask"], known)
    other = network(torch.where(hole > 0, -damaged, damaged), hole)
    assert torch.equal(seen["mask"], known)
    assert not torch.equal(seen["image"], damaged)
    assert not torch.equal(one, other)


def test_options_survive_json_and_weights_load_strictly() -> None:
    kwargs = json.loads(json.dumps({"width": 4, "channels": 1}))
    first, second = (IRN(**kwargs).eval() for _ in range(2))
    damaged, hole = _example()
    second.load_state_dict(first.state_dict(), strict=True)
    assert torch.equal(first(damaged[:, :1], hole), second(damaged[:, :1], hole))


def test_encoders_and_decoder_learn_together() -> None:
    network = IRN(width=8)
    clean, hole = _example()
    damaged = torch.where(hole > 0, torch.ones(()), clean)
    optimiser = torch.optim.Adam(network.parameters(), lr=2e-3, betas=(0.5, 0.999))
    losses = []
    for _ in range(30):
        optimiser.zero_grad()
        loss = (network(damaged, hole) - clean).square().mean()
        loss.backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
