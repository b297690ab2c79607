"""Captions for a network that writes: windows of characters, and the loss of the next one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.engine import Data


def caption_windows(captions: Sequence[str], characters: str, length: int = 40) -> Data:
    """All captions in one line, cut into windows: ids (N, T), and the character that follows each, (N, T)."""
    stream = "\n" + "\n".join(captions) + "\n"
    ids = torch.tensor([characters.index(one) for one in stream])
    count = (len(ids) - 1) // length
    return ids[: count * length].view(count, length), ids[1 : count * length + 1].view(count, length)


def next_character_loss(logits: Tensor, following: Tensor) -> Tensor:
    """Mean cross-entropy of all characters in nats: logits (B, T, V), following (B, T) → ()."""
    return F.cross_entropy(logits.flatten(0, 1), following.flatten())
