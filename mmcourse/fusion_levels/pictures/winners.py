"""The winner map: which level leads at each mix of noises, and whether fusion gains anything there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mmcourse.engine import compare
from mmcourse.fusion_levels.opinions import RULES
from mmcourse.fusion_levels.rivals import leading
from mmcourse.pictures import Panel, Picture, View, choice, style


class WinnerMapView(View):
    """Which level wins at each mix of noises, and whether the seeds agree."""

    size = (8.4, 4.0)
    alt = "grid of image noise and audio noise; each cell names the leading levels and the better single sense"

    def __init__(self, image_noises: Sequence[float], snrs: Sequence[float], scores: Mapping[str, Any]) -> None:
        self.image_noises, self.snrs, self.scores = list(image_noises), list(snrs), scores
        self.drawn: dict[tuple[str, float], bytes] = {}
        super().__init__()
        for rule in RULES:  # a dozen texts are slow to draw and there are only three maps
            self.png(rule=rule)

    def png(self, *, rule: str = "product") -> bytes:
        """The map with this rule at the model level."""
        key = rule, self.density
        if key not in self.drawn:
            self.drawn[key] = super().png(rule=rule)
        return self.drawn[key]

    def build(self, figure: Figure) -> None:
        """An empty grid with its axes and a legend of the levels' colours."""
        ax = figure.subplots()
        ax.set(
            xlim=(-0.5, len(self.snrs) - 0.5),
            ylim=(-0.5, len(self.image_noises) - 0.5),
            xlabel="sound: signal-to-noise ratio (dB), noisier →",
            ylabel="image noise (pixel range), noisier →",
        )
        ax.set_xticks(range(len(self.snrs)), [f"{snr:g}" for snr in self.snrs])
        ax.set_yticks(range(len(self.image_noises)), [f"{noise:g}" for noise in self.image_noises])
        self.title = self.moving(ax.set_title(" "))
        cells = [(x, y) for y in range(len(self.image_noises)) for x in range(len(self.snrs))]
        self.boxes = [
            self.moving(ax.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, linewidth=3.5, facecolor="white")))
            for x, y in cells
        ]
        self.words = [
            self.moving(ax.text(x, y, "", ha="center", va="center", fontsize=9, linespacing=1.3)) for x, y in cells
        ]

    def update(self, *, rule: str = "product") -> None:
        """Draw the map with this rule at the model level."""
        self.title.set_text(f"leading level, model level by {rule}")
        for cell, (box, words) in enumerate(zip(self.boxes, self.words, strict=True)):
            best, text = describe_cell(self.scores, cell, rule)
            colour = style.look(best[0]).colour if len(best) == 1 else style.GRID
            box.set_facecolor(to_rgba(colour, 0.2 if len(best) == 1 else 0.0)), box.set_edgecolor(colour)
            words.set_text(text), words.set_weight("bold" if "LOSES" in text else "normal")


def describe_cell(scores: Mapping[str, Any], cell: int, rule: str) -> tuple[list[str], str]:
    """The leading levels of one cell, best first, and its words: leaders and lead, and what fusion gains or loses."""
    levels = {"data": scores["data"][cell], "feature": scores["feature"][cell], "model": scores["model"][rule][cell]}
    alone = {name: scores[name][cell] for name in ("image", "audio")}
    ranked = sorted(levels, key=lambda name: -levels[name].mean())
    best = [name for name in ranked if name in leading(levels)]
    lead = compare(levels[ranked[0]], levels[ranked[1]]).difference
    single = max(alone, key=lambda name: alone[name].mean())
    gain = compare(levels[best[0]], alone[single])
    mark = {"better": "fusion gains", "worse": "FUSION LOSES", "no difference seen": "no gain seen"}[gain.verdict]
    first = f"{best[0]} leads by {100 * lead.mean:.1f} ± {100 * lead.half:.1f}" if len(best) == 1 else " or ".join(best)
    return best, (
        f"{first}\n{100 * levels[best[0]].mean():.0f} %, {single} alone {100 * alone[single].mean():.0f} %\n{mark}"
    )


def winner_map(
    image_noises: Sequence[float], snrs: Sequence[float], scores: Mapping[str, Any], rule: str = "product"
) -> Picture:
    """The winner map by hand."""
    return WinnerMapView(image_noises, snrs, scores).picture(rule=rule)


def winner_map_panel(image_noises: Sequence[float], snrs: Sequence[float], scores: Mapping[str, Any]) -> Panel:
    """The winner map with the model level's rule to choose."""
    view = WinnerMapView(image_noises, snrs, scores)
    return Panel(view, rule=choice("model-level rule", list(RULES), "product"))
