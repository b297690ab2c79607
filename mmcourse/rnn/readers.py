"""Lesson 05, second part: what the cells are for: a network that names the class of a sequence, and one that writes.

Letters: B sequences, T steps, D inputs at each step, H hidden units, L layers, R directions, K classes, V characters.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine import generator
from mmcourse.rnn.networks import GRU, Recurrent
from mmcourse.text import PAD


class SequenceClassifier(nn.Module):
    """Reads a sequence and names its class: embedding (for words) → recurrent → a linear head on the last state.

    Features (B, T, D) with their ``mask``, or with ``words`` = V ids (B, T) where 0 is padding → logits (B, K).
    """

    def __init__(self, recurrent: Recurrent, classes: int, words: int = 0, seed: int = 0) -> None:
        super().__init__()
        rng, width = generator(seed + 1000), recurrent.hidden_size * len(recurrent.ends)  # not the cell's numbers
        self.recurrent = recurrent
        self.table = nn.Parameter(0.1 * torch.randn(words, recurrent.input_size, generator=rng)) if words else None
        self.head_w = nn.Parameter(torch.empty(classes, width).uniform_(-(width**-0.5), width**-0.5, generator=rng))
        self.head_b = nn.Parameter(torch.zeros(classes))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if not x.is_floating_point():
            if self.table is None or x.dim() != 2:
                raise ValueError(f"x: got {x.dtype} {tuple(x.shape)}, expected floats (B, T, D), or ids with words=V")
            x, mask = F.embedding(x, self.table), x != PAD
        _outputs, state = self.recurrent(x, mask=mask)
        h = state[0] if isinstance(state, tuple) else state  # (L R, B, H)
        top = torch.cat(h[-len(self.recurrent.ends) :].unbind(0), dim=-1)  # (B, R H)
        return F.linear(top, self.head_w, self.head_b)


class CharacterModel(nn.Module):
    """Guesses the next character from all before it, and so can write. A line break ends a text.

    ids (B, T), numbers of ``characters`` (V different ones) → logits (B, T, V), those at t for the character at t + 1.
    """

    def __init__(self, characters: str, hidden_size: int = 96, seed: int = 0) -> None:
        super().__init__()
        if len(set(characters)) < len(characters) or "\n" not in characters:
            raise ValueError(f"characters: got {characters[:20]!r}, expected each once and a line break among them")
        self.characters, self.recurrent = characters, GRU(len(characters), hidden_size, seed=seed)
        start = torch.randn(len(characters), hidden_size, generator=generator(seed + 1000)) * hidden_size**-0.5
        self.head_w, self.head_b = nn.Parameter(start), nn.Parameter(torch.zeros(len(characters)))

    def forward(self, ids: Tensor) -> Tensor:
        return self.read(ids)[0]

    def read(self, ids: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (B, T, V) and the state (1, B, H) from which to read on."""
        outputs, state = self.recurrent(F.one_hot(ids, len(self.characters)).to(self.head_w.dtype), state)
        return F.linear(outputs, self.head_w, self.head_b), state

    @torch.no_grad()
    def write(self, seed: int, temperature: float = 1.0, most: int = 80) -> str:
        """A text of up to ``most`` characters, drawn one by one from softmax(logits / temperature).

        Near 0 the likeliest character comes nearly always; above 1 it grows bold. ValueError unless above 0.
        """
        if not temperature > 0:
            raise ValueError(f"temperature: got {temperature}, expected a number above 0, such as 0.7")
        rng, text, state = generator(seed), "\n", None
        while len(text) <= most and (text == "\n" or text[-1] != "\n"):
            ids = torch.tensor([[self.characters.index(text[-1])]], device=self.head_w.device)
            logits, state = self.read(ids, state)  # (1, 1, V), and the memory so far
            shares = torch.softmax(logits[0, 0].cpu() / temperature, dim=-1)
            text += self.characters[int(torch.multinomial(shares, 1, generator=rng))]
        return text.strip("\n")
