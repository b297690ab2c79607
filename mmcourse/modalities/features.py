"""Lesson 07: features that somebody thought of, for pictures, sounds and videos; and two numbers that look after data.

Letters: B samples, C channels, H and W height and width, T samples of a sound or frames, N a window's samples,
K frequency bins, F mel bands, D numbers, M modalities. ``...`` stands for any axes in front.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmcourse.base.checks import check_floats


def edge_directions(images: Tensor, cells: int = 2, directions: int = 8) -> Tensor:
    """Which way the brightness climbs: in each of cells x cells parts of a picture, a histogram of directions.

    images (B, 1, H, W) → (B, cells² · directions), scaled to length 1. A pixel counts with the steepness of its climb.
    After the histograms of oriented gradients of Dalal and Triggs (CVPR 2005), without their blocks.
    """
    check_floats(images=images)
    if images.dim() != 4 or images.shape[1] != 1 or images.shape[2] % cells or images.shape[3] % cells:
        raise ValueError(f"images: got shape {tuple(images.shape)}, expected (B, 1, H, W), multiples of {cells}")
    down, right = torch.gradient(images[:, 0], dim=(1, 2))  # (B, H, W) each
    turn = torch.atan2(down, right) / (2 * torch.pi) % 1  # 0..1, a full circle
    which = (turn * directions).round().long() % directions
    votes = nn.functional.one_hot(which, directions) * torch.hypot(down, right)[..., None]  # (B, H, W, directions)
    parts = votes.unflatten(2, (cells, -1)).unflatten(1, (cells, -1)).sum((2, 4)).flatten(1)
    return nn.functional.normalize(parts, dim=1)


def cepstrum_summary(log_power: Tensor, count: int = 8) -> Tensor:
    """The shape of a sound's spectrum in few numbers: cepstral coefficients, their mean, spread and change in time.

    log_power (B, F, T') → (B, 3 count). A coefficient is the sum over f of log_power[f] cos(π q (f + 1/2) / F) for
    q = 1 .. count (0 would be the loudness). The change is second half minus first half.
    Source: Davis and Mermelstein (1980), IEEE Trans. ASSP 28(4).
    """
    check_floats(log_power=log_power)
    if log_power.dim() != 3 or log_power.shape[1] <= count or log_power.shape[2] < 2:
        raise ValueError(f"log_power: got shape {tuple(log_power.shape)}, expected (B, F > {count}, T' > 1)")
    bands, half = log_power.shape[1], log_power.shape[2] // 2
    wave = torch.cos(torch.pi * torch.arange(1, count + 1)[:, None] * (torch.arange(bands) + 0.5) / bands)
    found = wave.to(log_power) @ log_power  # (B, count, T')
    change = found[..., half:].mean(-1) - found[..., :half].mean(-1)
    return torch.cat([found.mean(-1), found.std(-1), change], 1)


def motion_numbers(video: Tensor) -> Tensor:
    """What moves, from each frame to the next: how much to the right, how much down, and how much was added.

    A shape that moves right by a little makes difference = -slope: it darkens where it leaves, lights where it comes.
    So the sum over the pixels of -difference · slope is above 0 for a move right, below 0 for left; alike for down with
    the slope downwards. video (B, T, 1, H, W) → (B, T - 1, 3). After Horn and Schunck (1981), Artif. Intelligence 17.
    """
    check_floats(video=video)
    if video.dim() != 5 or video.shape[1] < 2:
        raise ValueError(f"video: got shape {tuple(video.shape)}, expected (B, T, C, H, W) with T at least 2")
    change = video.diff(dim=1)  # (B, T - 1, C, H, W)
    down, right = torch.gradient((video[:, 1:] + video[:, :-1]) / 2, dim=(-2, -1))
    return torch.stack([-(change * right).sum((2, 3, 4)), -(change * down).sum((2, 3, 4)), change.sum((2, 3, 4))], -1)


def leak_share(train_groups: Tensor, test_groups: Tensor) -> float:
    """The share of test samples whose group (speaker, patient, camera) also stands in training: 0 is clean.

    leak_share(torch.tensor([1, 1, 2]), torch.tensor([2, 3]))       # 0.5: 2 is on both sides
    """
    if train_groups.dim() != 1 or test_groups.dim() != 1 or len(test_groups) == 0:
        raise ValueError(
            f"train_groups, test_groups: got shapes {tuple(train_groups.shape)}, "
            f"{tuple(test_groups.shape)}, expected (B,) and (C,): a group for each sample"
        )
    return float(torch.isin(test_groups, train_groups).float().mean())


def balanced_accuracy(answers: Tensor, labels: Tensor) -> float:
    """The mean over the classes of the share found in each: a rare class counts as much as a common one.

    answers (B,), labels (B,) whole numbers → 0..1; classes without a label in ``labels`` do not count.
    Source: Brodersen, Ong, Stephan and Buhmann (ICPR 2010).

        balanced_accuracy(torch.tensor([0, 0, 0, 0]), torch.tensor([0, 0, 0, 1]))       # 0.5; accuracy is 0.75
    """
    if answers.shape != labels.shape or labels.dim() != 1 or len(labels) == 0:
        raise ValueError(
            f"answers, labels: got shapes {tuple(answers.shape)}, {tuple(labels.shape)}, "
            "expected (B,) and (B,) with B at least 1"
        )
    right = (answers == labels).double()
    return float(torch.stack([right[labels == k].mean() for k in labels.unique()]).mean())
