"""Losses and feature distances against values worked out by hand."""

import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnstudio.errors import BadInput
from training.features import Features, frechet_distance, kernel_distance, perceptual_distance
from training.losses import (
    ADVERSARIAL,
    RECONSTRUCTION,
    Objective,
    adversarial,
    charbonnier,
    discriminator_loss,
    gan_value,
    hinge_discriminator_loss,
    hinge_generator_loss,
    hole_mean,
    l1,
    ms_ssim,
    mse,
    non_saturating_loss,
    perceptual,
    psnr,
    r1_penalty,
    saturating_loss,
    ssim,
)

LN2, LN3 = math.log(2), math.log(3)


@pytest.fixture(scope="module")
def features() -> Features:
    return Features()


def _picture(size: int = 64, n: int = 1) -> Tensor:
    """Edges and texture at several scales, (n, 3, size, size) in [-1, 1]."""
    generator = torch.Generator().manual_seed(3)
    layers = [
        F.interpolate(torch.rand(n, 3, -(-size // k), -(-size // k), generator=generator) * 2 - 1, (size, size))
        for k in (1, 4, 16)
    ]
    return torch.stack(layers).mean(0)


def _blurred(picture: Tensor, side: int) -> Tensor:
    return F.avg_pool2d(picture, side, 1, side // 2, count_include_pad=False)


def _half_hole(picture: Tensor) -> Tensor:
    hole = torch.zeros_like(picture[:, :1])
    hole[..., : picture.shape[-1] // 2] = 1
    return hole


# ------------------------------------------------------------------------------------------- pixel losses


def test_pixel_losses_average_over_the_hole_or_the_whole() -> None:
    target = torch.zeros(1, 2, 2, 2)
    pred = torch.tensor([[[[0.4, 9.0], [0.0, 0.0]], [[-0.8, 9.0], [0.0, 0.0]]]])
    hole = torch.tensor([[[[1.0, 0.0], [1.0, 0.0]]]])
    assert float(mse(pred, target, hole)) == pytest.approx((0.16 + 0.64) / 4)
    assert float(l1(pred, target, hole)) == pytest.approx((0.4 + 0.8) / 4)
    assert float(mse(pred, target)) == pytest.approx((0.16 + 0.64 + 2 * 81) / 8)
    # a 3-4-5 triangle: √(0.4² + 0.3²) - 0.3
    assert float(charbonnier(pred[:, :1, :1, :1], target[:, :1, :1, :1], None, 0.3)) == pytest.approx(0.2)


def test_no_hole_at_all_costs_nothing_and_leaves_finite_gradients() -> None:
    pred = torch.rand(1, 3, 16, 16).requires_grad_()
    for loss in (mse, l1, charbonnier, ssim):
        value = loss(pred, torch.zeros(1, 3, 16, 16), torch.zeros(1, 1, 16, 16))
        (gradient,) = torch.autograd.grad(value, pred)
        assert value.item() == 0
        assert not gradient.any()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16), st.floats(0.05, 0.95))
def test_only_the_hole_counts(seed: int, share: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    values = torch.rand(2, 3, 4, 5, generator=generator)
    hole = (torch.rand(2, 1, 4, 5, generator=generator) < share).float()
    changed = torch.where(hole > 0, values, values + 7)
    assert float(hole_mean(values, hole)) == float(hole_mean(changed, hole))
    if hole.any():
        picked = values.movedim(1, -1)[hole[:, 0] > 0]
        assert float(hole_mean(values, hole)) == pytest.approx(float(picked.mean()), rel=1e-5)


def test_charbonnier_far_from_zero_is_l1() -> None:
    x = torch.full((1, 1, 1, 1), 0.5)
    assert float(charbonnier(x, 0 * x)) == pytest.approx(0.5 - 1e-3, abs=2e-6)
    assert float(charbonnier(x, x)) == 0


def test_psnr_is_the_mean_logarithm_over_the_pictures_that_have_a_hole() -> None:
    target = torch.zeros(3, 1, 1, 2)
    pred = torch.tensor([0.3, 9.0, 0.0, 9.0, 9.0, 9.0]).view(3, 1, 1, 2)
    hole = torch.tensor([1.0, 0.0, 1.0, 0.0, 0.0, 0.0]).view(3, 1, 1, 2)
    # errors of 0.09 and 0; the third picture has no hole
    assert float(psnr(pred, target, hole, floor=0.01)) == pytest.approx(1 / 2)
    assert float(psnr(pred[:1, ..., :1], target[:1, ..., :1], floor=0.01)) == pytest.approx(1)


def test_psnr_counts_a_picture_with_a_tiny_hole_in_proportion() -> None:
    target, hole = torch.zeros(2, 1, 10, 10), torch.zeros(2, 1, 10, 10)
    hole[0, ..., 0, 0] = 1  # one pixel in a hundred: a fifth of the twentieth that counts in full
    hole[1] = 1
    pred = torch.zeros(2, 1, 10, 10)
    pred[0] = 0.3
    assert float(psnr(pred, target, hole, floor=0.01)) == pytest.approx(0.2 * 1 / 1.2)


# ------------------------------------------------------------------------------------------- SSIM


def test_ssim_of_flat_pictures_is_its_luminance_term() -> None:
    a, b = torch.full((1, 3, 24, 24), 0.5), torch.full((1, 3, 24, 24), 0.25)
    c1 = (0.01 * 2) ** 2
    similarity = (2 * 0.5 * 0.25 + c1) / (0.5**2 + 0.25**2 + c1)
    assert float(ssim(a, b)) == pytest.approx(1 - similarity, abs=1e-4)
    assert float(ssim(a, a)) == pytest.approx(0, abs=1e-6)


def test_ssim_counts_the_hole_alone() -> None:
    target = _picture(32)
    hole = _half_hole(target)
    spoilt_outside = torch.where(hole > 0, target, -target)
    assert float(ssim(spoilt_outside, target, hole)) == pytest.approx(0, abs=1e-6)
    spoilt_inside = torch.where(hole > 0, -target, target)
    assert float(ssim(spoilt_inside, target, hole)) > float(ssim(spoilt_inside, target)) > 0.1


@pytest.mark.parametrize("size", [11, 22, 32, 44, 64, 99, 176])
def test_ms_ssim_takes_any_size_and_grows_with_blur(size: int) -> None:
    target = _picture(size)
    values = [float(ms_ssim(x, target)) for x in (target, _blurred(target, 3), _blurred(target, 5))]
    assert values[0] == pytest.approx(0, abs=1e-6)
    assert values[0] < values[1] < values[2]


def test_ms_ssim_keeps_finite_gradients_where_the_pictures_oppose_each_other() -> None:
    target = _picture(44)
    pred = (-target).requires_grad_()
    value = ms_ssim(pred, target)
    value.backward()
    assert pred.grad is not None
    assert pred.grad.isfinite().all()
    assert 0.3 < value.item() <= 1


# ------------------------------------------------------------------------------------------- features


def test_features_have_the_strides_and_channels_of_the_stages(features: Features) -> None:
    maps = features(_picture(64, n=2))
    assert [tuple(m.shape) for m in maps] == [
        (2, 16, 32, 32),
        (2, 24, 16, 16),
        (2, 40, 8, 8),
        (2, 112, 4, 4),
        (2, 320, 2, 2),
    ]


def test_features_agree_with_the_published_network(features: Features) -> None:
    """Figures of the reference implementation of EfficientNet-Lite0 (efficientnet_lite_pytorch 0.1.0)."""
    ramp = torch.linspace(-1, 1, 224)
    across, down = ramp.expand(224, 224), ramp[:, None].expand(224, 224)
    picture = torch.stack((across, down, torch.sin(8 * across) * torch.sin(8 * down)))[None]
    strongest = features.embed(picture)[0].topk(4)
    assert strongest.indices.tolist() == [71, 66, 897, 405]
    torch.testing.assert_close(strongest.values, torch.tensor([5.8219, 4.1794, 4.1066, 3.7226]), rtol=0, atol=1e-3)
    spreads = [float(m.std()) for m in features(picture)]
    assert spreads == pytest.approx([5.92701, 7.38269, 6.93654, 5.60474, 1.96399], rel=1e-4)


def test_the_deeper_network_agrees_with_the_published_one(features: Features) -> None:
    """As above, EfficientNet-Lite1; its last stage aside, which the reference pads for pictures of 240 pixels only."""
    ramp = torch.linspace(-1, 1, 224)
    across, down = ramp.expand(224, 224), ramp[:, None].expand(224, 224)
    picture = torch.stack((across, down, torch.sin(8 * across) * torch.sin(8 * down)))[None]
    maps = Features("lite1")(picture)
    assert [m.shape for m in maps] == [m.shape for m in features(picture)]
    assert [float(m.std()) for m in maps[:4]] == pytest.approx([6.77913, 9.10383, 8.65072, 5.53593], rel=1e-4)


def test_features_are_frozen_and_pass_the_gradient_on(features: Features) -> None:
    assert not any(p.requires_grad for p in features.parameters())
    a, b = _picture(), _blurred(_picture(), 3).requires_grad_()
    perceptual_distance(features, a, b).sum().backward()
    assert b.grad is not None
    assert b.grad.isfinite().all()
    assert b.grad.abs().sum() > 0
    before = {name: value.clone() for name, value in features.state_dict().items()}
    trained, evaluated = features.train()(a), features.eval()(a)
    assert all(torch.equal(x, y) for x, y in zip(trained, evaluated, strict=True))
    assert all(torch.equal(value, before[name]) for name, value in features.state_dict().items())


def test_perceptual_distance_is_0_for_equals_symmetric_and_grows_with_blur(features: Features) -> None:
    a = _picture(n=2)
    assert perceptual_distance(features, a, a).tolist() == [0, 0]
    mild, strong = _blurred(a, 3), _blurred(a, 7)
    distances = perceptual_distance(features, a, mild), perceptual_distance(features, a, strong)
    assert distances[0].shape == (2,)
    assert (distances[0] > 0).all()
    assert (distances[1] > distances[0]).all()
    torch.testing.assert_close(perceptual_distance(features, mild, a), distances[0])
    # squared differences of unit vectors
    assert distances[1].max() <= 4


class _Stub(Features):
    """Features that are given, not computed."""

    def __init__(self) -> None:
        nn.Module.__init__(self)

    def forward(self, images: Tensor) -> list[Tensor]:
        return [images, images[:, :2]]


def test_perceptual_distance_by_hand() -> None:
    a = torch.tensor([3.0, 4.0, 0.0]).view(1, 3, 1, 1)
    b = torch.tensor([0.0, 2.0, 0.0]).view(1, 3, 1, 1)
    # unit vectors (0.6, 0.8) and (0, 1): 0.36 + 0.04 in both layers
    assert float(perceptual_distance(_Stub(), a, b)) == pytest.approx(0.4)


def test_perceptual_loss_sees_the_repair_in_its_surroundings(features: Features) -> None:
    target = _picture()
    hole = _half_hole(target)
    loss = perceptual(features)
    assert float(loss(torch.where(hole > 0, target, -target), target, hole)) == 0
    assert float(loss(torch.where(hole > 0, -target, target), target, hole)) > 0.05


def test_bf16_and_channels_last_change_little(features: Features) -> None:
    a, b = _picture(), _blurred(_picture(), 5)
    plain = float(perceptual_distance(features, a, b))
    last = perceptual_distance(features, a.to(memory_format=torch.channels_last), b)
    assert float(last) == pytest.approx(plain, rel=1e-4)
    with torch.autocast("cpu", torch.bfloat16):
        half = perceptual_distance(features, a.bfloat16(), b)
    assert half.dtype == torch.float32
    assert float(half) == pytest.approx(plain, rel=0.05)


def test_embeddings_of_any_size(features: Features) -> None:
    embeddings = features.embed(_picture(32, n=2))
    assert embeddings.shape == (2, 1280)
    assert embeddings.min() >= 0
    assert float((embeddings[0] - embeddings[1]).abs().max()) > 0.01


# ------------------------------------------------------------------------------------------- sets


def _set(mean: list[float], root: list[list[float]]) -> Tensor:
    """Six points in the plane with this mean and the covariance root · rootᵀ."""
    angles = torch.arange(6, dtype=torch.float64) * math.pi / 3
    circle = torch.stack((angles.cos(), angles.sin()), 1)  # covariance 6 / 2 / 5 in every direction
    spread = circle * math.sqrt(5 / 3)
    return spread @ torch.tensor(root, dtype=torch.float64).T + torch.tensor(mean, dtype=torch.float64)


def test_frechet_distance_of_known_gaussians() -> None:
    one, other = _set([0, 0], [[1, 0], [0, 2]]), _set([3, 4], [[3, 0], [0, 1]])
    # 9 + 16, and (1 - 3)² + (2 - 1)² between the standard deviations
    assert frechet_distance(one, other) == pytest.approx(25 + 4 + 1)
    assert frechet_distance(other, other) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_of_covariances_that_do_not_commute() -> None:
    # C1 = [[1, 1], [1, 2]], C2 = diag(1, 4): tr (C1 C2)^½ = √(tr M + 2 √det M) with tr M = 9, det M = 4
    one, other = _set([0, 0], [[1, 0], [1, 1]]), _set([0, 0], [[1, 0], [0, 2]])
    expected = 3 + 5 - 2 * math.sqrt(9 + 2 * 2)
    assert frechet_distance(one, other) == pytest.approx(expected)
    assert frechet_distance(other, one) == pytest.approx(expected)


def test_frechet_distance_of_fewer_samples_than_dimensions() -> None:
    # both on one line: standard deviations √2 and 2 √2, means 2 apart
    a = torch.zeros(2, 50)
    a[:, 7] = torch.tensor([-1.0, 1.0])
    b = 2 * a
    b[:, 3] = 2
    assert frechet_distance(a, b) == pytest.approx(4 + 2)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)


def test_kernel_distance_by_hand() -> None:
    zeros, ones = torch.zeros(2, 1), torch.ones(3, 1)
    # kernels: 1 within zeros, 2³ within ones, 1 between
    assert kernel_distance(zeros, ones) == pytest.approx(1 + 8 - 2)
    assert kernel_distance(ones, ones) == pytest.approx(0)


# ------------------------------------------------------------------------------------------- the game


def test_undecided_logits_give_the_games_value() -> None:
    undecided = torch.zeros(4, 1, 1, 1)
    assert float(gan_value(undecided, undecided)) == pytest.approx(-2 * LN2)
    assert float(discriminator_loss(undecided, undecided)) == pytest.approx(2 * LN2)
    assert float(saturating_loss(undecided)) == pytest.approx(-LN2)
    assert float(non_saturating_loss(undecided)) == pytest.approx(LN2)


def test_the_value_at_known_probabilities() -> None:
    # D(x) = 3/4 and D(G(z)) = 1/4
    real, fake = torch.full((2,), LN3), torch.full((2,), -LN3)
    assert float(gan_value(real, fake)) == pytest.approx(2 * math.log(0.75))
    assert float(saturating_loss(fake)) == pytest.approx(math.log(0.75))
    assert float(non_saturating_loss(fake)) == pytest.approx(-math.log(0.25))


def test_d_ascends_the_value() -> None:
    real, fake = (torch.zeros(2, requires_grad=True) for _ in range(2))
    discriminator_loss(real, fake).backward()
    # d/dl -log σ(l) = σ(l) - 1 and d/dl -log(1 - σ(l)) = σ(l), over two samples
    assert real.grad is not None
    assert fake.grad is not None
    assert real.grad.tolist() == [-0.25, -0.25]
    assert fake.grad.tolist() == [0.25, 0.25]
    after = gan_value(real - real.grad, fake - fake.grad)
    assert after > gan_value(real, fake)


@pytest.mark.parametrize(("loss", "slope"), [(saturating_loss, -0.25), (non_saturating_loss, -0.75)])
def test_g_descends_the_value(loss: Callable[[Tensor], Tensor], slope: float) -> None:
    # at D(G(z)) = 1/4: d/dl log(1 - σ) = -σ, and d/dl -log σ = -(1 - σ)
    fake = torch.full((1,), -LN3, requires_grad=True)
    loss(fake).backward()
    assert fake.grad is not None
    assert float(fake.grad) == pytest.approx(slope)
    real = torch.zeros(1)
    assert gan_value(real, fake - fake.grad) < gan_value(real, fake)


def test_sure_logits_stay_finite() -> None:
    sure = torch.tensor([200.0, -200.0], requires_grad=True)
    for loss in (saturating_loss, non_saturating_loss, lambda x: discriminator_loss(x, x)):
        value = loss(sure)
        (gradient,) = torch.autograd.grad(value, sure)
        assert value.isfinite()
        assert gradient.isfinite().all()


def test_hinge_by_hand() -> None:
    real, fake = torch.tensor([2.0, 0.5]), torch.tensor([-3.0, 0.5])
    assert float(hinge_discriminator_loss(real, fake)) == pytest.approx(0.5 / 2 + 1.5 / 2)
    assert float(hinge_generator_loss(fake)) == pytest.approx(1.25)


def test_r1_of_a_linear_critic_is_its_squared_norm() -> None:
    weight = torch.arange(12.0).view(3, 2, 2).requires_grad_()
    real = torch.rand(5, 3, 2, 2)
    penalty = r1_penalty(lambda x: (x * weight).sum((1, 2, 3)), real)
    assert penalty.item() == pytest.approx(sum(k * k for k in range(12)))
    penalty.backward()
    assert weight.grad is not None
    torch.testing.assert_close(weight.grad, 2 * weight.detach())
    assert not real.requires_grad


def test_r1_averages_over_pictures() -> None:
    # D(x) = |x|² / 2 has the gradient x
    real = torch.tensor([3.0, 4.0]).view(2, 1, 1, 1)
    penalty = r1_penalty(lambda x: x.square().flatten(1).sum(1) / 2, real)
    assert penalty.item() == pytest.approx((9 + 16) / 2)


# ------------------------------------------------------------------------------------------- by name


def test_an_objective_is_the_weighted_sum_of_its_terms() -> None:
    target, pred = _picture(32), _blurred(_picture(32), 5)
    hole = _half_hole(target)
    total, parts = Objective({"l1": 2.0, "mse": 0.5})(pred, target, hole)
    assert parts.keys() == {"l1", "mse"}
    assert float(parts["l1"]) == float(l1(pred, target, hole))
    assert float(total) == pytest.approx(2 * float(parts["l1"]) + 0.5 * float(parts["mse"]))
    total, parts = Objective({"l1": 2.0, "mse": 0.5})(pred, target, hole, without=("l1",))
    assert parts.keys() == {"mse"}
    assert float(total) == pytest.approx(0.5 * float(parts["mse"]))


@pytest.mark.parametrize("name", RECONSTRUCTION)
def test_every_reconstruction_loss_by_name(name: str) -> None:
    objective = Objective({name: 1.0})
    target = _picture(64)
    for hole in (None, _half_hole(target)):
        pred = _blurred(target, 3).requires_grad_()
        with torch.autocast("cpu", torch.bfloat16):
            total, _ = objective(pred, target, hole)
        total.backward()
        assert total.dtype == torch.float32
        assert total > 0
        assert float(objective(target, target, hole)[0]) == pytest.approx(0, abs=1e-6)
        assert pred.grad is not None
        assert pred.grad.isfinite().all()
        assert pred.grad.any()
        if hole is not None:
            assert not pred.grad[(hole == 0).expand_as(pred)].any()


def test_every_game_by_name() -> None:
    real, fake = torch.tensor([0.3]), torch.tensor([0.1], requires_grad=True)
    for name in ADVERSARIAL:
        game = adversarial(name)
        game.generator(fake).backward()
        assert fake.grad is not None
        assert float(fake.grad) < 0, name  # G raises its logits
        fake.grad = None
        game.discriminator(real, fake).backward()
        assert float(fake.grad) > 0, name  # D lowers them
        fake.grad = None


def test_unknown_names_are_refused_in_a_plain_sentence() -> None:
    with pytest.raises(BadInput, match=r"There is no loss “l3”. There are: mse, l1, "):
        Objective({"l3": 1.0})
    with pytest.raises(BadInput, match="At least one loss"):
        Objective({})
    with pytest.raises(BadInput, match=r"There is no adversarial loss “wgan”. There are: non_saturating, "):
        adversarial("wgan")
