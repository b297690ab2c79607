"""What the encoders of two senses have learnt, each trained alone, in a joint network, and with a head of its own."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from mmcourse.engine import mean_interval
from mmcourse.fusion_levels.pictures.scores import Scores
from mmcourse.pictures import Picture, plots, style

TRAINED = {"alone": "trained alone", "joint": "in the feature level", "hybrid": "in the hybrid"}


def encoder_bars(rows: Mapping[str, Scores]) -> Picture:
    """For each mixture of noises and each sense: how well a probe reads the digit off its encoder's features."""
    values = {
        words: [mean_interval(scores[f"{sense} {where}"]) for scores in rows.values() for sense in ("image", "audio")]
        for where, words in TRAINED.items()
    }
    groups = [f"{sense} encoder\n{mixture}" for mixture in rows for sense in ("image", "audio")]

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        plots.grouped_bars(ax, groups, values, looks=style.named_looks(list(values)), legend=False)
        ax.set(ylim=(0, 108))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)

    return plots.picture(draw, 8.4, 3.3, "accuracy of probes of both encoders, trained alone, jointly, and as a hybrid")
