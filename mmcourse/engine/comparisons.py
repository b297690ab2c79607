"""Which of two methods is better: paired by seed, paired by test sample, and many pairs at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmcourse.engine.intervals import Interval, Numbers, checked, checked_results, joint_interval, mean_interval


@dataclass(frozen=True)
class Comparison:
    """The mean paired difference a - b with its interval, and the ``verdict`` on a in words.

    ``among`` is the number of comparisons that were made at once; the intervals of all of them hold together.
    """

    difference: Interval
    among: int = 1

    @property
    def verdict(self) -> str:
        """``"better"`` or ``"worse"`` when the interval leaves zero out, else ``"no difference seen"``."""
        if self.difference.low > 0:
            return "better"
        return "worse" if self.difference.high < 0 else "no difference seen"

    def __str__(self) -> str:
        together = f", one of {self.among} comparisons" if self.among > 1 else ""
        return f"{self.verdict} ({self.difference.mean:+.3f} ± {self.difference.half:.3f}{together})"


def compare(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> Comparison:
    """Compare two methods run on the same seeds: the interval of the differences a[i] - b[i].

    Pairing removes what both methods share, such as an easy or a hard draw of the noise, so that a small real
    difference can be seen with few seeds. Larger numbers count as better. The interval is one over seeds: it speaks of
    this very test set; ``compare_samples`` also asks what another one would say.
    """
    left, right = checked(a, "a"), checked(b, "b")
    if len(left) != len(right):
        raise ValueError(f"b: got {len(right)} runs and a has {len(left)}; expected one run of each for every seed")
    return Comparison(mean_interval((left - right).tolist(), level))


def compare_samples(a: Numbers, b: Numbers, units: Sequence[object], level: float = 0.95) -> Comparison:
    """Compare two methods sample by sample: the joint interval, over seeds and test units, of a[s, i] - b[s, i].

    ``a``, ``b`` (S, N): 1 where seed s was right on test sample i; ``units`` (N,) names each sample's voice, writer or
    template. A hard sample is hard for both, so pairing removes it. Seeds are paired by their place; where they share
    nothing, that pairing is valid and removes nothing.
    """
    left, right = checked_results(a, "a", least=2), checked_results(b, "b", least=2)
    if left.shape != right.shape:
        raise ValueError(f"b: got shape {right.shape} and a has {left.shape}; expected the same seeds and test samples")
    return Comparison(joint_interval(left - right, units, level))


def compare_all(
    scores: Mapping[str, Numbers],
    against: str,
    units: Sequence[object] | None = None,
    level: float = 0.95,
) -> dict[str, Comparison]:
    """Compare every other method with ``against``, such that all intervals hold at once with probability ``level``.

    Of twenty comparisons at 95 %, one is expected to find a difference where there is none. With m of them each gets
    the level 1 - (1 - level) / m (Bonferroni's inequality; Dunn, 1961, JASA 56). ``scores`` maps a name to its runs
    (S,), compared over seeds, or with ``units`` to its results (S, N), compared over seeds and test units.

    Example: ``compare_all({"sum": a, "gate": b, "product": c}, against="sum")["gate"].verdict``
    """
    if against not in scores or len(scores) < 2:
        raise ValueError(f"against: got {against!r}, expected one of at least two methods: {', '.join(scores)}")
    others = [name for name in scores if name != against]
    each = 1 - (1 - level) / len(others)

    def pair(name: str) -> Comparison:
        if units is None:
            return compare(np.asarray(scores[name]), np.asarray(scores[against]), each)
        return compare_samples(scores[name], scores[against], units, each)

    return {name: replace(pair(name), among=len(others)) for name in others}
