"""Lesson 07: two streams, two clocks: when each frame happens, and what the other stream was doing then.

Letters: T frames of a stream, W wanted moments. ``...`` stands for any axes in front. Times are in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from mmcourse.base.checks import check_floats, check_whole


def frame_times(count: int, per_second: float, first: float | None = None) -> Tensor:
    """The middles of ``count`` frames, ``per_second`` of them a second: first, first + 1 / per_second, … → (count,).

    ``first`` None: frames that fill the time without gap, the first from 0 on, so that its middle is half a frame after
    the start. A window that is longer than its hop has a middle of its own: window / (2 · rate).

        frame_times(3, 25)                                      # 0.02, 0.06, 0.10
    """
    check_whole(count, "count")
    if not 0 < per_second < math.inf:
        raise ValueError(f"per_second: got {per_second}, expected a number above 0: how many frames a second")
    return (0.5 / per_second if first is None else first) + torch.arange(count, dtype=torch.float64) / per_second


def at_times(values: Tensor, times: Tensor, wanted: Tensor) -> Tensor:
    """What a stream was at other moments, on straight lines between its frames: (..., T), (T,), (W,) → (..., W).

    Before its first frame and after its last, the stream keeps the value it has there. ``times`` must increase. Equal
    to ``numpy.interp``; for frames without gap it is ``linear_weights``, row by row.
    """
    check_floats(values=values)
    if times.dim() != 1 or len(times) < 2 or values.shape[-1] != len(times) or bool((times.diff() <= 0).any()):
        raise ValueError(
            f"times: got shape {tuple(times.shape)}, expected ({values.shape[-1]},), one for each value, increasing"
        )
    wanted = wanted.to(times).clamp(times[0], times[-1])
    after = torch.searchsorted(times, wanted).clamp(1, len(times) - 1)
    share = (wanted - times[after - 1]) / (times[after] - times[after - 1])  # 0 at the frame before, 1 at the one after
    return values[..., after - 1] + share.to(values) * (values[..., after] - values[..., after - 1])


def agreement(one: Tensor, other: Tensor) -> float:
    """r², the squared correlation of two streams, frame by frame: (T,), (T,) → 0..1."""
    check_floats(one=one, other=other)
    if one.shape != other.shape or one.dim() != 1:
        raise ValueError(f"other: got shape {tuple(other.shape)}, expected {tuple(one.shape)}, as many frames as one")
    return float(torch.corrcoef(torch.stack([one, other]))[0, 1] ** 2)


def agreement_at_lags(
    one: Tensor, one_times: Tensor, other: Tensor, other_times: Tensor, lags: Sequence[float]
) -> list[float]:
    """r² of stream ``one`` with ``other`` as it was a lag later, for each of the lags in seconds.

    A moment t of one's clock is t + lag on that of other: where r² is highest, the clocks agree.
    """
    return [agreement(one, at_times(other, other_times, one_times + lag)) for lag in lags]
