import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.labs import gradient_lab
from rnnlab.labs.gradient.run import (
    BATCH,
    HIDDEN,
    STEEPEST,
    UNIT_W_HH,
    W_HQ,
    W_XH,
    GradientSettings,
    GradientState,
    X,
    gradient_run,
)

ALLOWED = {
    "spectral_radius": (0.2, 2.0),
    "T": range(2, 101),
    "truncation_k": range(1, 101),
    "nonlinearity": ["tanh", "sigmoid", "relu", "linear"],
    "start": ["random", "orthogonal", "identity"],
    "clip": [math.inf, 10.0, 1.0, 0.1],
}

STARTS = list(UNIT_W_HH)
PLAIN = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": lambda a: a}
any_settings = st.builds(
    GradientSettings,
    spectral_radius=st.floats(0.2, 2.0),
    T=st.integers(2, 100),
    nonlinearity=st.sampled_from(sorted(STEEPEST)),
    start=st.sampled_from(STARTS),
    truncation_k=st.integers(1, 100),
    clip=st.sampled_from([math.inf, 10.0, 1.0, 0.1]),
)


def final(**wanted) -> GradientState:
    (state,) = gradient_run(GradientSettings(**wanted))
    return state


def autograd(wanted: GradientSettings, k: int):
    """dL/dW_hh, and dL/dh_T ... dL/dh_0, by a plain loop that cuts the graph k steps before its end."""
    W_hh = wanted.W_hh.clone().requires_grad_()
    h = torch.zeros(BATCH, HIDDEN, dtype=torch.float64, requires_grad=True)
    states = [h]
    for t, x_t in enumerate(X[-wanted.T :], start=1):
        if t == wanted.T - k + 1:
            h = h.detach()
        h = PLAIN[wanted.nonlinearity](x_t @ W_XH.T + h @ W_hh.T)
        states.append(h)
    (h @ W_HQ).mean().backward(inputs=[W_hh], retain_graph=True)
    dh = torch.autograd.grad((h @ W_HQ).mean(), states) if k > wanted.T else None
    return W_hh.grad, dh and torch.stack(dh[::-1])


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("nonlinearity", STEEPEST)
def test_the_parts_are_autograds(nonlinearity, start):
    state = final(nonlinearity=nonlinearity, start=start, T=30, spectral_radius=1.1)
    gradient, dh = autograd(state.settings, k=31)
    torch.testing.assert_close(state.partial_sums[-1], gradient, rtol=1e-9, atol=1e-12)
    norms = dh.flatten(1).norm(dim=1)
    np.testing.assert_allclose(state.norms, (norms / norms[0]).numpy(), rtol=1e-8, atol=1e-14)
    for k in (1, 2, 10, 29, 30):
        truncated, _ = autograd(state.settings, k)
        torch.testing.assert_close(state.partial_sums[k - 1], truncated, rtol=1e-9, atol=1e-12)
        assert state.losses[k - 1] == pytest.approx(float((truncated - gradient).norm() / gradient.norm()), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(any_settings)
def test_at_any_setting_the_bars_add_up_and_the_bound_holds(wanted):
    (state,) = gradient_run(wanted)
    assert state.projections.sum() == pytest.approx(state.norm, rel=1e-9)
    assert (state.norms <= state.bound * (1 + 1e-9)).all()
    assert state.losses[-1] == 0 and state.kept == min(wanted.truncation_k, wanted.T) and state.done == 1
    for values in (state.norms, state.bound, state.radius_line, state.share_norms, state.losses, [state.norm]):
        assert np.isfinite(values).all()


@settings(max_examples=30, deadline=None)
@given(any_settings)
def test_clipping_is_torchs(wanted):
    (state,) = gradient_run(wanted)
    weight = torch.nn.Parameter(torch.zeros(HIDDEN, HIDDEN, dtype=torch.float64))
    weight.grad = state.partial_sums[state.kept - 1].clone()
    torch.nn.utils.clip_grad_norm_([weight], wanted.clip)
    # torch divides by the norm + 1e-6
    torch.testing.assert_close(state.scale * state.partial_sums[state.kept - 1], weight.grad, rtol=2e-5, atol=1e-12)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("radius", [0.2, 0.9, 2.0])
def test_the_spectral_radius_is_the_one_asked_for(start, radius):
    W_hh = GradientSettings(radius, start=start).W_hh
    assert float(torch.linalg.eigvals(W_hh).abs().max()) == pytest.approx(radius)


@pytest.mark.parametrize("radius", [0.9, 1.0, 2.0])
@pytest.mark.parametrize("start", ["orthogonal", "identity"])
def test_a_linear_orthogonal_network_keeps_its_power_law(start, radius):
    state = final(nonlinearity="linear", start=start, spectral_radius=radius, T=100)
    np.testing.assert_allclose(state.norms, radius ** np.arange(101), rtol=1e-9)
    np.testing.assert_allclose(state.bound, state.norms, rtol=1e-9)


def test_clipping_cures_explosion_and_not_vanishing():
    exploding = {"nonlinearity": "linear", "start": "orthogonal", "spectral_radius": 1.5, "truncation_k": 100}
    free, clipped = final(**exploding), final(**exploding, clip=1.0)
    assert free.fate() == clipped.fate() == "exploding"
    assert clipped.scale * clipped.kept_norm == pytest.approx(1) and free.scale == 1 and free.kept_norm > 1e6
    vanishing = final(truncation_k=100, clip=1.0)
    assert vanishing.fate() == "vanishing" and vanishing.scale == 1
    assert final(nonlinearity="relu", start="identity", spectral_radius=1.0).fate() == "carried"


def test_a_gradient_of_nothing_is_said_so_and_divides_nothing():
    wanted = GradientSettings(T=5, clip=1.0)
    dh = torch.zeros(6, BATCH, HIDDEN, dtype=torch.float64)
    dh[0] = 1.0  # only the loss itself
    state = GradientState(wanted, dh, torch.zeros(5, HIDDEN, HIDDEN, dtype=torch.float64))
    assert state.fate() == "dead" and state.norm == 0 and state.scale == 1
    assert not state.projections.any() and not state.losses.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"spectral_radius": 0.1}, "spectral_radius is 0.1; allowed: 0.2 to 2"),
        ({"spectral_radius": math.nan}, "spectral_radius is nan"),
        ({"T": 1}, "T is 1; allowed: 2 to 100"),
        ({"T": 5.5}, "T is 5.5; allowed: a whole number"),
        ({"truncation_k": 0}, "truncation_k is 0; allowed: 1 to 100"),
        ({"truncation_k": 101}, "truncation_k is 101"),
        ({"nonlinearity": "step"}, "nonlinearity is 'step'; allowed: tanh, sigmoid, relu, linear"),
        ({"start": "zeros"}, "start is 'zeros'; allowed: random, orthogonal, identity"),
        ({"clip": 3.0}, "clip is 3.0; allowed: inf, 10.0, 1.0, 0.1"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        gradient_lab(**arguments)


def test_the_lab_says_what_happens_and_follows_its_controls():
    lab = gradient_lab()
    assert "vanishing" in lab.result and "k 10 loses" in lab.result and "clip off" in lab.result
    first = lab.picture
    for name, value in [("spectral_radius", 2.0), ("nonlinearity", "linear"), ("T", 100), ("clip", 1.0)]:
        lab.controls[name].value = value
    assert "exploding" in lab.wait(60).result and "to 1, all shares times" in lab.result
    lab.controls["truncation_k"].value = 100
    assert "k 100 cuts nothing off" in lab.wait(60).result
    for name, value in [("truncation_k", 10), ("clip", math.inf), ("T", 50), ("nonlinearity", "tanh")]:
        lab.controls[name].value = value
    lab.controls["spectral_radius"].value = 0.9
    assert lab.wait(60).picture == first


@pytest.mark.slow
@pytest.mark.parametrize("T", [2, 100])
@pytest.mark.parametrize("radius", [0.2, 2.0])
@pytest.mark.parametrize("nonlinearity", STEEPEST)
def test_every_end_draws(nonlinearity, radius, T):
    lab = gradient_lab(nonlinearity=nonlinearity, spectral_radius=radius, T=T, truncation_k=1, clip=0.1)
    assert lab.picture.startswith(b"\x89PNG") and "nan" not in lab.result and "inf" not in lab.result


def test_the_answers_in_the_chapter_hold():
    def left(f, start, radius):
        return final(nonlinearity=f, start=start, spectral_radius=radius).norms[-1]

    assert left("linear", "orthogonal", 1.1) > 100 and left("tanh", "orthogonal", 2.0) > 1000
    assert left("tanh", "identity", 2.0) < 1e-20
    for f, low, high in (("linear", 0.95, 1.05), ("tanh", 1.15, 1.5)):
        assert left(f, "orthogonal", low) > 0.01 and left(f, "orthogonal", high) < 100
        assert left(f, "orthogonal", low - 0.05) < 0.01
    assert left("linear", "orthogonal", 1.1) > 100 and left("tanh", "orthogonal", 1.8) > 100
    for radius in (0.2, 1.0, 2.0):
        sigmoid = final(nonlinearity="sigmoid", start="orthogonal", spectral_radius=radius)
        assert sigmoid.norms[-1] < 1e-15 and 0.6 < sigmoid.norm < 0.8
    for f, start, radius, low, high in (
        ("tanh", "random", 0.5, 0, 0.005),
        ("tanh", "orthogonal", 1.5, 0.9, 1),
        ("relu", "random", 1.7, 1.01, 1.1),
    ):
        assert low <= final(nonlinearity=f, start=start, spectral_radius=radius).losses[9] <= high
    orthogonal = final(nonlinearity="linear", start="orthogonal", spectral_radius=0.9)
    assert np.allclose(orthogonal.norms, orthogonal.bound) and final().bound[-1] > 1 > final().norms[-1]
    assert final(clip=1.0).scale == 1
