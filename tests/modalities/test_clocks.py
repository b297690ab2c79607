"""Two clocks: frame times, a stream at other moments, and the lag between two streams."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmcourse.engine import generator
from mmcourse.modalities import agreement, agreement_at_lags, at_times, frame_times, linear_weights


def test_frames_stand_in_their_middles():
    assert torch.allclose(frame_times(3, 25), torch.tensor([0.02, 0.06, 0.10]).double())
    assert torch.allclose(frame_times(2, 100, first=0.032), torch.tensor([0.032, 0.042]).double())
    an_hour = frame_times(30 * 3600, 30)
    assert abs(float(an_hour[-1]) - (3600 - 1 / 60)) < 1e-9  # counted, not added up


@pytest.mark.parametrize("seed", range(5))
def test_a_stream_at_other_moments_is_numpys(seed):
    rng = generator(seed)
    values = torch.randn(2, 3, 9, generator=rng, dtype=torch.float64)
    times = torch.rand(9, generator=rng, dtype=torch.float64).add(0.01).cumsum(0)
    wanted = torch.cat([6 * torch.rand(20, generator=rng, dtype=torch.float64) - 0.5, times])
    found = at_times(values, times, wanted)
    assert found.shape == (2, 3, 29)
    for a in range(2):
        for b in range(3):
            assert np.allclose(found[a, b], np.interp(wanted, times, values[a, b]))


@pytest.mark.parametrize(("old", "new"), [(2, 4), (9, 5), (7, 30)])
def test_resizing_a_row_is_the_same(old, new):
    row = torch.randn(old, generator=generator(old))
    assert torch.allclose(
        at_times(row, frame_times(old, old), frame_times(new, new)), linear_weights(old, new) @ row, atol=1e-5
    )


def test_the_lag_is_found():
    times, later = frame_times(400, 100), frame_times(100, 25)
    stream = torch.randn(400, generator=generator(0)).cumsum(0)
    one = at_times(stream, times, later + 0.17)  # what other shows at t + 0.17, one shows at t
    lags = [k / 100 for k in range(-30, 31)]
    found = agreement_at_lags(one, later, stream, times, lags)
    assert lags[int(np.argmax(found))] == 0.17 and max(found) > 0.999
    assert agreement(one, -2 * one + 1) == pytest.approx(1)


def test_gradients_flow_into_the_values():
    values = torch.tensor([1.0, 2, 4], dtype=torch.float64, requires_grad=True)
    wanted = torch.tensor([0.5, 1.25, 9.0])
    assert torch.autograd.gradcheck(lambda x: at_times(x, torch.arange(3.0), wanted), (values,))


def test_wrong_streams_are_refused():
    x = torch.randn(5)
    for times in (torch.arange(4.0), torch.tensor([0.0, 1, 1, 2, 3]), torch.zeros(1, 5)):
        with pytest.raises(ValueError, match=r"times: got shape .*, increasing"):
            at_times(x, times, torch.zeros(1))
    with pytest.raises(ValueError, match="as many frames as one"):
        agreement(x, x[:4])
    with pytest.raises(ValueError, match="per_second: got 0"):
        frame_times(3, 0)
