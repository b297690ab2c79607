"""The windows that a tagger reads: an exercise on neighbours and on the ends of a text."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.text.readers import token_windows


def window_cases() -> list[Case]:
    ids = torch.tensor([[5, 9, 7, 8], [6, 11, 0, 0]])
    return [
        Case("two texts, one neighbour on both sides", args=(ids, 1)),
        Case("two neighbours on both sides", args=(ids, 2)),
        Case("the word alone, reach 0", args=(ids, 0)),
        Case("three texts of two words, reach 3", args=(torch.tensor([[5, 6], [8, 7], [12, 0]]), 3)),
        Case("one text of one word", args=(torch.tensor([[7]]), 1)),
    ]


def _shifted(ids: Tensor, steps: range) -> Tensor:
    """The ids ``step`` places on from each place, for each step; 0 beyond the ends. (B, T) → (B, T, steps)."""
    far, width = max(1, *map(abs, steps)), ids.shape[1]
    wide = torch.nn.functional.pad(ids, (far, far))
    return torch.stack([wide[:, far + step : far + step + width] for step in steps], dim=2)


WINDOWS = Exercise(
    "token_windows",
    "token_windows(ids, reach): each token with `reach` neighbours on both sides, 0 beyond the ends.",
    token_windows,
    window_cases,
    mistakes=[
        Mistake(
            "only the words before",
            lambda ids, reach: _shifted(ids, range(-reach, 1)),
            "Your windows end with the word itself. The neighbours behind it belong to them, too.",
        ),
        Mistake(
            "only the words behind",
            lambda ids, reach: _shifted(ids, range(reach + 1)),
            "Your windows begin with the word itself. The neighbours before it belong to them, too.",
        ),
        Mistake(
            "round the end",
            lambda ids, reach: torch.stack([ids.roll(-step, 1) for step in range(-reach, reach + 1)], dim=2),
            "Your window runs round: beyond the last word stands the first one again. Beyond the ends stands 0.",
        ),
        Mistake(
            "no windows at the ends",
            lambda ids, reach: torch.nn.functional.pad(ids, (0, max(0, 2 * reach + 1 - ids.shape[1]))).unfold(
                1, 2 * reach + 1, 1
            ),
            "Your first window begins at the first word, so the words at the ends have none of their own. Put `reach` "
            "zeros before the text and `reach` behind it first.",
        ),
        Mistake(
            "ends repeated",
            lambda ids, reach: ids[
                :, (torch.arange(ids.shape[1])[:, None] + torch.arange(-reach, reach + 1)).clamp(0, ids.shape[1] - 1)
            ],
            "Beyond the ends you repeat the first and the last word. There stands 0, padding.",
        ),
        Mistake(
            "read backwards",
            lambda ids, reach: token_windows(ids, reach).flip(2),
            "Your windows run backwards. The words stand in them in the order of the text.",
        ),
        Mistake(
            "places and neighbours exchanged",
            lambda ids, reach: token_windows(ids, reach).transpose(1, 2),
            "The axes are exchanged: for each text, first the places T, then the 2 · reach + 1 words of each window.",
        ),
    ],
    hints=[
        "A window around place t holds the places t - reach to t + reach. At the ends some of them do not exist.",
        "F.pad(ids, (reach, reach)) puts `reach` zeros before each text and behind it: place t is now t + reach.",
        "In the padded table the window of word t begins at t: stack [padded[:, t : t + 2 * reach + 1] for t in "
        "range(T)] along dim=1.",
    ],
)
