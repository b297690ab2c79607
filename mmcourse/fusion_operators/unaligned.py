"""Lesson 09: two streams with clocks of their own, which belong together by time and not by place.

Letters: B batch, T tokens of a stream.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.base.checks import check_number, check_whole

FRAMES, MOMENTS, TONES = 4, 8, 4  # tokens of the film, tokens of the sound, different tones
LAMP = 3.0  # brightness of the lit lamp


def clock(times: Tensor, numbers: int = 8) -> Tensor:
    """A time from 0 to 1 as sines and cosines of doubling frequency, as in lesson 06: (...) → (..., numbers)."""
    turns = math.pi * 2.0 ** torch.arange(numbers // 2) * times.unsqueeze(-1)
    return torch.cat([turns.sin(), turns.cos()], dim=-1)


def lamp_and_tones(
    size: int, drift: float, rng: torch.Generator
) -> tuple[tuple[dict[str, Tensor], Tensor], dict[str, Tensor]]:
    """Samples of the question "which tone sounds when the lamp is lit?"

    → ((batch, labels), times): {"film": (B, 4, 9), "sound": (B, 8, 12)}, labels (B,) from 0 to 3, {name: (B, T)}.

    In one of the 4 frames of the film a lamp is lit; each of the 8 moments of the sound has one of four tones. A token
    holds what is there (the lamp, 1 number; the tone, one-hot) and its time as ``clock``; the label is the tone of the
    moment nearest in time. With ``drift`` 0 both streams run evenly from time 0 to 1, so place says time. With drift d
    each stream of each sample begins up to d later and ends up to d earlier: then only the clock says it.
    """
    check_whole(size, "size", 1)
    check_number(drift, "drift", 0.0, 0.45, "a share of the time from 0 to 0.45")

    def times(tokens: int) -> Tensor:
        begin, end = drift * torch.rand(2, size, 1, generator=rng)
        return begin + (1 - begin - end) * torch.linspace(0, 1, tokens)  # (B, T)

    seen, heard, each = times(FRAMES), times(MOMENTS), torch.arange(size)
    lit = torch.randint(FRAMES, (size,), generator=rng)
    tones = torch.randint(TONES, (size, MOMENTS), generator=rng)
    lamp = LAMP * F.one_hot(lit, FRAMES).float().unsqueeze(-1)  # (B, 4, 1)
    film = torch.cat([lamp, clock(seen)], dim=-1)
    sound = torch.cat([F.one_hot(tones, TONES).float(), clock(heard)], dim=-1)
    nearest = (heard - seen[each, lit, None]).abs().argmin(1)
    return ({"film": film, "sound": sound}, tones[each, nearest]), {"film": seen, "sound": heard}
