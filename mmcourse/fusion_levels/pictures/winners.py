"""The winner map: which level leads at each mix of noises, and whether fusion gains anything there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mmcourse.fusion_levels.opinions import RULES
from mmcourse.pictures import Panel, Picture, View, choice, style

SHOWN = (*RULES, "calibrated product")
CellsOf = Callable[..., Sequence[Any]]  # (rule=...) → a cell for each mixture of noises


class WinnerMapView(View):
    """Which level leads at each mix of noises, and what fusion gains there."""

    size = (8.4, 4.0)
    alt = "grid of image noise and audio noise; each cell names the leading levels and the better single sense"

    def __init__(self, cells_of: CellsOf) -> None:
        self.cells_of, self.first = cells_of, cells_of(rule="product")
        self.drawn: dict[tuple[str, float], bytes] = {}
        super().__init__()
        for rule in SHOWN:  # so many texts are slow to draw, and there are only four maps
            self.png(rule=rule)

    def png(self, *, rule: str = "product") -> bytes:
        """The map with this rule at the model level."""
        key = rule, self.density
        if key not in self.drawn:
            self.drawn[key] = super().png(rule=rule)
        return self.drawn[key]

    def build(self, figure: Figure) -> None:
        """An empty grid with its axes."""
        noises = list(dict.fromkeys(cell.noise for cell in self.first))
        snrs = list(dict.fromkeys(cell.snr for cell in self.first))
        ax = figure.subplots()
        ax.set(
            xlim=(-0.5, len(snrs) - 0.5),
            ylim=(-0.5, len(noises) - 0.5),
            xlabel="sound: signal-to-noise ratio (dB), noisier →",
            ylabel="image noise (pixel range), noisier →",
        )
        ax.set_xticks(range(len(snrs)), [f"{snr:g}" for snr in snrs])
        ax.set_yticks(range(len(noises)), [f"{noise:g}" for noise in noises])
        self.title = self.moving(ax.set_title(" "))
        places = [(snrs.index(cell.snr), noises.index(cell.noise)) for cell in self.first]
        self.boxes = [
            self.moving(ax.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, linewidth=3.5, facecolor="white")))
            for x, y in places
        ]
        self.words = [
            self.moving(ax.text(x, y, "", ha="center", va="center", fontsize=9, linespacing=1.3)) for x, y in places
        ]

    def update(self, *, rule: str = "product") -> None:
        """Draw the map with this rule at the model level."""
        self.title.set_text(f"leading level, model level by {rule}")
        cells = self.cells_of(rule=rule)
        for cell, box, words in zip(cells, self.boxes, self.words, strict=True):
            alone = len(cell.leading) == 1
            colour = style.look(cell.leading[0]).colour if alone else style.GRID
            box.set_facecolor(to_rgba(colour, 0.2 if alone else 0.0)), box.set_edgecolor(colour)
            words.set_text(describe_cell(cell)), words.set_weight("bold" if cell.gain.verdict == "worse" else "normal")


def describe_cell(cell: Any) -> str:
    """A cell in words: who leads and by how much, the better single sense, what fusion gains or loses against it."""
    percent = {name: f"{100 * score:.0f} %" for name, score in cell.scores.items()}
    lead, gain = cell.lead.difference, cell.gain.difference
    first = f"{cell.leading[0]} leads by {100 * lead.mean:.1f} ± {100 * lead.half:.1f}"
    if len(cell.leading) > 1:
        first = " or ".join(cell.leading)
    said = {"better": "fusion gains {:.1f} ± {:.1f}", "worse": "FUSION LOSES {:.1f} ± {:.1f}"}
    words = said.get(cell.gain.verdict, "no gain seen").format(100 * abs(gain.mean), 100 * gain.half)
    return f"{first}\n{percent[cell.ranked[0]]}, {cell.better_sense} alone {percent[cell.better_sense]}\n{words}"


def winner_map(cells_of: CellsOf, rule: str = "product") -> Picture:
    """The winner map by hand; ``cells_of(rule=...)`` gives its cells."""
    return WinnerMapView(cells_of).picture(rule=rule)


def winner_map_panel(cells_of: CellsOf) -> Panel:
    """The winner map with the model level's rule to choose."""
    return Panel(
        WinnerMapView(cells_of),
        rule=choice("model-level rule", list(SHOWN), "product"),
    )
