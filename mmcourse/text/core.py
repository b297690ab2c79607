"""Lesson 04: words become numbers: tokens, counts, vectors learnt from company, and models that read with them.

Letters: B texts, T tokens in the longest of them, V words in the vocabulary, D numbers for a word, K classes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from mmcourse.engine import generator
from mmcourse.neurons import MLP

SPECIALS = ("<pad>", "<unk>", "<start>", "<end>", "<mask>")
PAD, UNK, START, END, MASK = range(5)

_EMOJI = "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"  # no skin tones
_TOKEN = re.compile(rf"[^\W_]+(?:'[^\W_]+)*|[.,!?;:…]|{_EMOJI}")


def tokenise(text: str) -> list[str]:
    """Cut a text into words, punctuation marks and emoji, in lower case; everything else is dropped.

    Words keep an inner apostrophe. Raises TypeError for what is no text; never fails on any text.

        tokenise("Don't go! 😀")                                          # ["don't", "go", "!", "😀"]
    """
    if not isinstance(text, str):
        raise TypeError(f"text: got {type(text).__name__}, expected a str such as 'a red circle'")
    plain = unicodedata.normalize("NFC", text.lower().replace("’", "'"))  # one spelling for each letter
    return _TOKEN.findall(plain)


class Vocabulary:
    """A number for each word: the five specials first, then ``words``; ``index`` maps a word to its number.

    Vocabulary.build(["red circle", "red square"]).encode("Red triangle")    # [5, 1]: red is 5, 1 is <unk>
    """

    def __init__(self, words: Sequence[str]) -> None:
        if isinstance(words, str) or not all(isinstance(word, str) for word in words):
            raise TypeError("words: expected a list of words; Vocabulary.build(texts) makes one from texts")
        self.words = [*SPECIALS, *words]
        self.index = {word: number for number, word in enumerate(self.words)}
        if len(self.index) < len(self.words):
            twice = [word for word, count in Counter(self.words).items() if count > 1]
            raise ValueError(f"words: {twice[:3]} come twice (the specials are added here), expected each once")

    @classmethod
    def build(cls, texts: Sequence[str], least: int = 1) -> Vocabulary:
        """The words that occur at least ``least`` times in the texts, frequent ones first, then by alphabet."""
        if isinstance(texts, str):
            raise TypeError("texts: got one text, expected a list of texts: Vocabulary.build([text])")
        counts = Counter(word for text in texts for word in tokenise(text))
        kept = [word for word, count in counts.items() if count >= least]
        return cls(sorted(kept, key=lambda word: (-counts[word], word)))

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, text: str) -> list[int]:
        """The number of each token of a text; unknown ones become 1, ``<unk>``."""
        return [self.index.get(word, UNK) for word in tokenise(text)]

    def decode(self, ids: Iterable[int]) -> str:
        """The words of some numbers, joined by spaces; padding is left out. ValueError for a number beyond V."""
        numbers = [int(number) for number in ids]
        if any(not 0 <= number < len(self) for number in numbers):
            raise ValueError(f"ids: got {numbers[:8]}, expected numbers from 0 to {len(self) - 1}")
        return " ".join(self.words[number] for number in numbers if number != PAD)


def pad(sequences: Sequence[Sequence[int]], length: int | None = None) -> tuple[Tensor, Tensor]:
    """Lists of numbers as one table: filled up with 0, ``<pad>``, at the end, or cut at ``length``.

    Returns ids (B, T) int64, mask (B, T) bool, True at real tokens; T is ``length``, else the longest, at least 1.

        pad([[7, 8, 9], [5]])                        # [[7, 8, 9], [5, 0, 0]], [[T, T, T], [T, F, F]]
    """
    if length is not None and (isinstance(length, bool) or not isinstance(length, int) or length < 1):
        raise ValueError(f"length: got {length!r}, expected a whole number of at least 1, or None")
    width = length or max([1, *map(len, sequences)])
    ids = torch.full((len(sequences), width), PAD, dtype=torch.long)
    mask = torch.zeros((len(sequences), width), dtype=torch.bool)
    for row, sequence in enumerate(sequences):
        kept = torch.as_tensor(sequence[:width], dtype=torch.long)
        ids[row, : len(kept)], mask[row, : len(kept)] = kept, True
    return ids, mask


def lookup(table: Tensor, ids: Tensor) -> Tensor:
    """Rows of a table: what one-hot rows (..., V) times the table would give. table (V, D), ids (...) -> (..., D).

    lookup(torch.tensor([[0.0, 0.0], [0.5, 2.0]]), torch.tensor([1, 1, 0]))     # rows 1, 1 and 0
    """
    if table.dim() != 2:
        raise ValueError(f"table: got shape {tuple(table.shape)}, expected (V, D): one row for each word")
    if not isinstance(ids, Tensor) or ids.is_floating_point() or ids.dtype == torch.bool:
        raise TypeError(f"ids: got {getattr(ids, 'dtype', type(ids).__name__)}, expected whole numbers, as pad makes")
    return table[ids]


def word_counts(ids: Tensor, size: int) -> Tensor:
    """The bag of words: how often each word stands in each text, padding not counted. ids (B, T) -> (B, ``size``)."""
    if ids.dim() != 2:
        raise ValueError(f"ids: got shape {tuple(ids.shape)}, expected (B, T), as pad() gives it")
    counts = torch.zeros(len(ids), size, device=ids.device)
    return counts.scatter_add_(1, ids, (ids != PAD).to(counts.dtype))


def inverse_document_frequency(counts: Tensor) -> Tensor:
    """How rare each word is: log((1 + N) / (1 + n_v)) + 1; n_v of the N texts hold word v. counts (N, V) -> (V,).

    Source: K. Sparck Jones (1972), with log(N / n_v). The ones are scikit-learn's: no division by 0, no weight 0.
    """
    return torch.log((1 + len(counts)) / (1 + (counts > 0).sum(0))) + 1


def tf_idf(counts: Tensor, rarity: Tensor) -> Tensor:
    """Counts times rarity, each text scaled to length 1: c_v r_v / sqrt(sum of (c_v r_v)^2). An empty one stays 0.

    counts (B, V), rarity (V,) from the training texts -> (B, V).
    """
    if counts.shape[-1:] != rarity.shape:
        raise ValueError(f"rarity: got shape {tuple(rarity.shape)}, expected ({counts.shape[-1]},), one for each word")
    return _unit(counts * rarity)


def _unit(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True).clamp(min=1e-12)  # 0 stays 0


def skip_gram_pairs(ids: Sequence[int], window: int = 2) -> list[tuple[int, int]]:
    """Each word with each of its neighbours at most ``window`` places away: (centre, neighbour), left to right.

    skip_gram_pairs([7, 8, 9], window=1)                    # [(7, 8), (8, 7), (8, 9), (9, 8)]
    """
    if isinstance(window, bool) or not isinstance(window, int) or window < 1:
        raise ValueError(f"window: got {window!r}, expected a whole number of at least 1")
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if i != j
    ]


def noise_shares(counts: Tensor, power: float = 0.75) -> Tensor:
    """How often each noise word is drawn: c_v^0.75 / sum of all c^0.75 (Mikolov et al., NIPS 2013). (V,) -> (V,)."""
    if (counts < 0).any() or not (counts > 0).any():
        raise ValueError("counts: expected numbers of at least 0, one of them above 0")
    powers = torch.where(counts > 0, counts**power, 0.0)  # a word never seen is never drawn
    return powers / powers.sum()


def skip_gram_examples(
    texts: Sequence[Sequence[int]], size: int, window: int = 2, negatives: int = 5, seed: int = 0
) -> Tensor:
    """A row for each pair of neighbours: centre, neighbour, noise words. Lists of ids -> (N, 2 + negatives) int64."""
    pairs = torch.tensor([pair for text in texts for pair in skip_gram_pairs(text, window)], dtype=torch.long)
    if len(pairs) == 0:
        raise ValueError("texts: no two words stand side by side, expected at least one text of two words")
    shares = noise_shares(torch.bincount(pairs[:, 1], minlength=size).float())
    noise = torch.multinomial(shares, len(pairs) * negatives, replacement=True, generator=generator(seed))
    return torch.cat([pairs, noise.view(len(pairs), negatives)], dim=1)


def negative_sampling_loss(scores: Tensor) -> Tensor:
    """The mean of -log sigmoid(s_0) - sum of log sigmoid(-s_j) over the noise words j (Mikolov et al., NIPS 2013).

    scores (B, 1 + negatives), the true neighbour's first -> ().
    """
    if scores.dim() != 2 or scores.shape[1] < 2 or len(scores) == 0:
        raise ValueError(f"scores: got shape {tuple(scores.shape)}, expected (B, 1 + negatives), B > 0")
    right, noise = scores[:, 0], scores[:, 1:]
    log_sigmoid = nn.functional.logsigmoid  # finite even where sigmoid is 0
    return -log_sigmoid(right).mean() - log_sigmoid(-noise).sum(1).mean()


def negative_sampling_gradient(scores: Tensor) -> Tensor:
    """How that loss changes with each score, same shape: (sigmoid(s_0) - 1) / B, and sigmoid(s_j) / B for noise."""
    wanted = torch.zeros_like(scores)
    wanted[:, 0] = 1
    return (torch.sigmoid(scores) - wanted) / len(scores)


class SkipGram(nn.Module):
    """Two tables, ``vectors`` and ``contexts``, each (V, D): score of centre c and neighbour o = v_c · u_o.

    ids (B, 2 + negatives): centre, neighbour, noise words -> scores (B, 1 + negatives). Starts as word2vec does.
    """

    def __init__(self, size: int, dim: int = 16, seed: int = 0) -> None:
        super().__init__()
        self.vectors = nn.Parameter((torch.rand(size, dim, generator=generator(seed)) - 0.5) / dim)
        self.contexts = nn.Parameter(torch.zeros(size, dim))

    def forward(self, ids: Tensor) -> Tensor:
        centre = lookup(self.vectors, ids[:, 0])  # (B, D)
        others = lookup(self.contexts, ids[:, 1:])  # (B, 1 + negatives, D)
        return (others @ centre.unsqueeze(-1)).squeeze(-1)


def cosines(vector: Tensor, table: Tensor) -> Tensor:
    """The cosine of the angle to each row, v · t / (|v| |t|), 0 for a vector of zeros. (..., D), (V, D) -> (..., V)."""
    return _unit(vector) @ _unit(table).T


def nearest(vector: Tensor, table: Tensor, count: int = 5, without: Sequence[int] = ()) -> tuple[Tensor, Tensor]:
    """Numbers and cosines of the rows (V, D) closest to a vector (D,), best first; those ``without`` are left out."""
    closeness = cosines(vector, table)  # (V,)
    closeness[list(without)] = -torch.inf
    best = closeness.topk(min(count, len(table) - len(set(without))))
    return best.indices, best.values


def analogy(table: Tensor, a: int, b: int, c: int, count: int = 1) -> Tensor:
    """a is to b as which word is to c? The rows nearest to t_a - t_b + t_c, without a, b and c themselves.

    table (V, D), its rows are scaled to length 1 first -> numbers (count,). Source: Mikolov et al. (NAACL 2013).
    """
    unit = _unit(table)
    return nearest(unit[a] - unit[b] + unit[c], unit, count, without=(a, b, c))[0]


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """The mean over the real places of each text, 0 where there are none. x (B, T, D), mask (B, T) -> (B, D)."""
    if x.dim() != 3 or mask.shape != x.shape[:2]:
        raise ValueError(f"x, mask: got shapes {tuple(x.shape)}, {tuple(mask.shape)}, expected (B, T, D), (B, T)")
    real = mask.to(x.dtype).unsqueeze(-1)  # (B, T, 1)
    return (x * real).sum(1) / real.sum(1).clamp(min=1)


class BagOfWords(nn.Module):
    """Logistic regression on counts: logits = counts w + b = b + the sum of the words' rows of w.

    ids (B, T), 0 is padding -> (B, K). Starts at 0: every class equally likely.
    """

    def __init__(self, size: int, classes: int = 2) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size, classes))
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, ids: Tensor) -> Tensor:
        rows = lookup(self.weight, ids)  # (B, T, K)
        return (rows * (ids != PAD).unsqueeze(-1)).sum(1) + self.bias


class MeanEmbedding(nn.Module):
    """The mean of the words' vectors, then two layers: logits = relu(mean w1 + b1) w2 + b2.

    ids (B, T), 0 is padding -> (B, K). Source: Iyyer et al. (ACL 2015), *deep averaging networks*.
    """

    def __init__(self, size: int, dim: int = 16, hidden: int = 32, classes: int = 2, seed: int = 0) -> None:
        super().__init__()
        self.table = nn.Parameter(0.1 * torch.randn(size, dim, generator=generator(seed)))
        self.head = MLP(dim, hidden, classes, seed + 1000)  # other numbers than the table's

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(masked_mean(lookup(self.table, ids), ids != PAD))


class TextCNN(nn.Module):
    """Kernels look at windows of h words, relu(window · w + b); the strongest answer of each counts (Kim, EMNLP 2014).

    ids (B, T), 0 is padding -> (B, K). Windows begin at real words; what lies beyond the last word is 0.
    """

    def __init__(
        self,
        size: int,
        dim: int = 16,
        filters: int = 16,
        widths: Sequence[int] = (1, 3, 5),
        classes: int = 2,
        seed: int = 0,
    ) -> None:
        super().__init__()
        rng, self.widths = generator(seed), tuple(widths)
        self.table = nn.Parameter(0.1 * torch.randn(size, dim, generator=rng))
        self.filters = nn.ParameterList(
            torch.randn(h * dim, filters, generator=rng) * (2 / (h * dim)) ** 0.5 for h in self.widths
        )
        self.biases = nn.ParameterList(torch.zeros(filters) for _ in self.widths)
        last = len(self.widths) * filters
        self.weight = nn.Parameter(torch.randn(last, classes, generator=rng) / last**0.5)
        self.bias = nn.Parameter(torch.zeros(classes))

    def responses(self, ids: Tensor) -> list[Tensor]:
        """For each width the kernels' answers at every place, 0 at padding: [(B, T, filters), ...]."""
        real = (ids != PAD).unsqueeze(-1)  # (B, T, 1)
        x = lookup(self.table, ids) * real  # (B, T, D)
        found = []
        for h, weight, bias in zip(self.widths, self.filters, self.biases, strict=True):
            beyond = nn.functional.pad(x, (0, 0, 0, h - 1))  # (B, T + h - 1, D)
            windows = torch.cat([beyond[:, k : k + ids.shape[1]] for k in range(h)], dim=-1)  # (B, T, h · D)
            found.append(torch.relu(windows @ weight + bias) * real)
        return found

    def forward(self, ids: Tensor) -> Tensor:
        strongest = torch.cat([answers.amax(1) for answers in self.responses(ids)], dim=-1)
        return strongest @ self.weight + self.bias


def token_windows(ids: Tensor, reach: int) -> Tensor:
    """Each token with ``reach`` neighbours on both sides; beyond the ends stands 0, padding.

    ids (B, T) -> (B, T, 2 reach + 1). ``token_windows(torch.tensor([[7, 8]]), 1)`` is [[[0, 7, 8], [7, 8, 0]]].
    """
    if ids.dim() != 2 or isinstance(reach, bool) or not isinstance(reach, int) or reach < 0:
        raise ValueError(f"ids, reach: got shape {tuple(ids.shape)} and {reach!r}, expected (B, T) and 0, 1, 2 …")
    return nn.functional.pad(ids, (reach, reach), value=PAD).unfold(1, 2 * reach + 1, 1)


class WindowTagger(nn.Module):
    """A tag for the middle of a window: its words' vectors side by side, then two layers (Collobert et al., JMLR 2011).

    windows (N, 2 reach + 1) -> logits (N, tags).
    """

    def __init__(self, size: int, tags: int, reach: int = 1, dim: int = 16, hidden: int = 64, seed: int = 0) -> None:
        super().__init__()
        self.table = nn.Parameter(0.1 * torch.randn(size, dim, generator=generator(seed)))
        self.head = MLP((2 * reach + 1) * dim, hidden, tags, seed + 1000)

    def forward(self, windows: Tensor) -> Tensor:
        return self.head(lookup(self.table, windows).flatten(1))  # (N, (2 reach + 1) · D)
