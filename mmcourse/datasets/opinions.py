"""Opinions: 14,309 sentences from reviews of films and of products, each rated by 15 to 29 people from -4 to 4.

The mean of its ratings is how a sentence sounds, their standard deviation how far people disagree. Source: C.J. Hutto
and E. Gilbert, VADER, ICWSM 2014; see data/README.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice
from mmcourse.datasets import files

NAME = "opinions.tsv.xz"
SPLITS = ("train", "valid", "test")
SOURCES = ("movie", "product")
HEAD = ["split", "source", "review", "ratings", "text"]
MOST_RATERS = 29
LOWEST, HIGHEST = -4, 4  # extremely negative, extremely positive; 0 is neutral


@dataclass(frozen=True)
class Opinions:
    """N sentences.

    texts; ratings (N, 29) float32, whole numbers from -4 to 4, NaN behind a sentence's last rater (the columns are not
    the same people from sentence to sentence); review (N,) int64, the same for sentences of one review; sources,
    "movie" or "product" for each.
    """

    texts: tuple[str, ...]
    ratings: Tensor
    review: Tensor
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def raters(self) -> Tensor:
        """How many people rated each sentence, (N,) int64."""
        return self.ratings.isfinite().sum(1)

    @property
    def mean(self) -> Tensor:
        """The mean rating of each sentence, (N,) float32 from -4 to 4."""
        return self.ratings.nanmean(1)

    @property
    def spread(self) -> Tensor:
        """How far the raters of each sentence disagree: √(mean of (rating - mean)²), (N,) float32, 0 if all agree."""
        return (self.ratings - self.mean[:, None]).square().nanmean(1).sqrt()

    def of(self, source: str) -> Opinions:
        """Only the sentences about a "movie" or about a "product", in the same order.

        opinions.load("test").of("product")
        """
        check_choice(source, "source", SOURCES)
        kept = [place for place, name in enumerate(self.sources) if name == source]
        texts, sources = (tuple(each[place] for place in kept) for each in (self.texts, self.sources))
        return Opinions(texts, self.ratings[kept], self.review[kept], sources)


def load(split: str = "train") -> Opinions:
    """The sentences of one split: "train" (10,000), "valid" (1,431), "test" (2,878) or "all" (14,309).

    No review has sentences in two splits, and no sentence stands in two. The tensors are copies: change them as you
    like. Raises ValueError for another split and files.DataError when the file is damaged.

        data = opinions.load("test")
        data.texts[0], data.mean[0], data.spread[0], data.raters[0]
    """
    check_choice(split, "split", (*SPLITS, "all"))
    everything, names = _everything(files.DATA)
    kept = [place for place, name in enumerate(names) if split in (name, "all")]
    texts, sources = (tuple(each[place] for place in kept) for each in (everything.texts, everything.sources))
    return Opinions(texts, everything.ratings[kept], everything.review[kept], sources)


def one_against_the_others(opinions: Opinions) -> float:
    """How well one person's rating agrees with the mean of the other raters' (Pearson's correlation).

    Over all pairs of a sentence and one of its raters, every sentence counting the same: what to expect of a rater
    drawn at random, whom a model may be compared with. The mean of many people is steadier than one of them, so a model
    can be better than that; see ``highest_correlation``.
    """
    ratings, raters, weight = _pairs(opinions)
    others = (ratings.nansum(1, keepdim=True) - ratings) / (raters[:, None] - 1)
    return _correlation(ratings, others, weight)


def highest_correlation(opinions: Opinions) -> float:
    """The highest correlation with the mean ratings to expect of any model: √reliability.

    reliability = 1 - (mean over sentences of s² / n) / (variance of the means), with s² the unbiased variance of a
    sentence's n ratings: the share of the differences between sentences that other raters would see as well (Lord and
    Novick, Statistical Theories of Mental Test Scores, 1968).
    """
    ratings, raters, _ = _pairs(opinions)
    means = ratings.nanmean(1)
    noise = (ratings - means[:, None]).square().nansum(1) / (raters - 1) / raters  # s² / n
    return math.sqrt(max(0.0, 1 - float(noise.mean() / means.var())))


def _pairs(opinions: Opinions) -> tuple[Tensor, Tensor, Tensor]:
    """Ratings (N, R) and raters (N,) as float64, and the weight of each pair (N, R), 0 where nobody rated."""
    if not isinstance(opinions, Opinions):
        raise TypeError(f"opinions: got {type(opinions).__name__}, expected Opinions; load them with load()")
    if len(opinions) < 2:
        raise ValueError(f"opinions: got {len(opinions)} sentences, expected at least 2")
    ratings, raters = opinions.ratings.double(), opinions.raters.double()
    return ratings, raters, ratings.isfinite().double() / raters[:, None]


def _correlation(one: Tensor, other: Tensor, weight: Tensor) -> float:
    """Pearson's correlation of weighted pairs; those of weight 0 may be NaN."""
    one, other = (torch.where(weight > 0, values, 0.0) for values in (one, other))
    one, other = (values - (weight * values).sum() / weight.sum() for values in (one, other))
    scale = ((weight * one.square()).sum() * (weight * other.square()).sum()).sqrt()
    return float((weight * one * other).sum() / scale)


@lru_cache(maxsize=2)
def _everything(folder: Path) -> tuple[Opinions, tuple[str, ...]]:
    """All sentences, checked, and the split of each. ``folder`` lets tests look elsewhere."""
    head, *rows = (line.split("\t") for line in files.unpacked_text(NAME).split("\n")[:-1])
    valid = (
        len(row) == len(HEAD) and row[0] in SPLITS and row[1] in SOURCES and 0 < len(row[3]) <= MOST_RATERS
        for row in rows
    )
    if head != HEAD or not rows or not all(valid):
        raise files.data_problem(NAME, f"is no table of {', '.join(HEAD)}")
    splits, sources, names, marks, texts = zip(*rows, strict=True)
    marked = np.frombuffer("".join(mark.ljust(MOST_RATERS) for mark in marks).encode("ascii"), np.uint8)
    marked = marked.reshape(-1, MOST_RATERS).astype(np.float32)
    ratings = np.where(marked == ord(" "), np.nan, marked - ord("4"))  # "4" stands for 0
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    review = torch.tensor([number[name] for name in names])
    return Opinions(texts, torch.from_numpy(ratings), review, sources), splits
