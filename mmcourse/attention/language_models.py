"""Models on top of an encoder: one writes word after word (GPT), one fills gaps (BERT), one judges a text.

Letters: B texts, T places in the longest of them, D numbers for a place, V words, K classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.attention.encoder import WordEncoder
from mmcourse.engine import generator, seeded
from mmcourse.text import END, MASK, PAD, SPECIALS


class WordModel(nn.Module):
    """An encoder and, at each place, a logit for each word of the vocabulary: its vector times what was found there.

    ids (B, T) → logits (B, T, V). ``settings`` are those of WordEncoder.
    """

    causal = False

    def __init__(self, words: int, length: int = 32, **settings: float) -> None:
        super().__init__()
        self.encoder = WordEncoder(words, length, causal=self.causal, **settings)
        self.bias = nn.Parameter(torch.zeros(words))

    def forward(self, ids: Tensor) -> Tensor:
        return F.linear(self.encoder(ids)[0], self.encoder.words, self.bias)  # (B, T, D) @ (D, V) → (B, T, V)


class TinyBERT(WordModel):
    """Guesses hidden words from both sides. Train it on ``mask_words``. Source: Devlin et al. (NAACL 2019)."""


class TinyGPT(WordModel):
    """Guesses the next word from all words before it, and so can write. Source: Radford et al. (OpenAI, 2018)."""

    causal = True

    @torch.no_grad()
    def generate(self, ids: Tensor, count: int, temperature: float = 1.0, seed: int = 0) -> Tensor:
        """Write on: draw ``count`` times a next word with the shares softmax(logits / temperature).

        ids (B, T) → (B, T + count); after an <end> only padding follows. ``temperature`` 0 takes the likeliest word.
        Raises ValueError when the text would become longer than the model can see.
        """
        if temperature < 0 or count < 0 or ids.shape[1] + count > self.encoder.length + 1:
            raise ValueError(
                f"count, temperature: got {count} and {temperature}, expected a temperature of at least 0 "
                f"and at most {self.encoder.length + 1 - ids.shape[1]} further words"
            )
        rng = generator(seed, ids.device)
        for _ in range(count):
            logits = self(ids)[:, -1]  # (B, V), for the last place
            shares = torch.softmax(logits / max(temperature, 1e-6), -1)
            word = torch.multinomial(shares, 1, generator=rng) if temperature else logits.argmax(-1, keepdim=True)
            over = (ids[:, -1:] == END) | (ids[:, -1:] == PAD)
            ids = torch.cat([ids, word.masked_fill(over, PAD)], 1)
        return ids


def next_words(ids: Tensor) -> tuple[Tensor, Tensor]:
    """What a GPT reads and what it should guess: all words but the last, all but the first. (B, T) → two (B, T-1)."""
    return ids[:, :-1], ids[:, 1:]


def mask_words(ids: Tensor, words: int, share: float = 0.15, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Hide words for a BERT to guess: of the ``share`` drawn, 8 in 10 become <mask>, 1 any word, 1 stays as it is.

    ids (B, T), ``words`` in the vocabulary → ids to read (B, T), targets (B, T): the hidden words, 0 elsewhere.
    Specials are never hidden. Source: Devlin et al. (NAACL 2019), section 3.1.
    """
    if not 0 < share <= 1 or words <= len(SPECIALS):
        raise ValueError(f"share, words: got {share} and {words}, expected 0 to 1 and over {len(SPECIALS)} words")
    rng, first = generator(seed), len(SPECIALS)
    drawn, kind = (torch.rand(ids.shape, generator=rng).to(ids.device) for _ in range(2))
    others = torch.randint(first, words, ids.shape, generator=rng).to(ids.device)
    hidden = (drawn < share) & (ids >= first)
    read = torch.where(kind < 0.8, MASK, torch.where(kind < 0.9, others, ids))
    return torch.where(hidden, read, ids), torch.where(hidden, ids, PAD)


def word_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy, in nats, over the places with a target; targets 0 (padding, not hidden) do not count.

    logits (B, T, V), targets (B, T) → ().
    """
    losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD, reduction="none")  # (B T,)
    return losses.sum() / (targets != PAD).sum().clamp(min=1)


class SentenceClassifier(nn.Module):
    """An encoder, the mean over a text's words, and a linear layer: ids (B, T) → logits (B, K).

    Give it the encoder of a pre-trained TinyBERT, or a fresh one. Both are trained further: that is fine-tuning.
    """

    def __init__(self, encoder: WordEncoder, classes: int, seed: int = 0) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = seeded(lambda: nn.Linear(encoder.words.shape[1], classes), seed)

    def forward(self, ids: Tensor) -> Tensor:
        real = (ids != PAD).unsqueeze(-1)  # (B, T, 1)
        total = (self.encoder(ids)[0] * real).sum(1)  # (B, D)
        return self.head(total / real.sum(1).clamp(min=1))  # an empty text has no mean: zeros
