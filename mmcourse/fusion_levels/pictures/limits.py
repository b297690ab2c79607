"""The three worlds whose best possible answer is known, as clouds of points and as what one sense sees of them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mmcourse.datasets.worlds import WORLDS, World
from mmcourse.pictures import Panel, Picture, View, plots, slider, style


class WorldsView(View):
    """The three worlds as clouds of points, with the best accuracy that one sense and both senses can reach."""

    size, alt = (7.2, 2.6), "three clouds of points, image number across and audio number up, coloured by class"
    meanings = {
        "redundant": ["class 0", "class 1"],
        "complementary": ["class 0", "1", "2", "3"],
        "synergistic": ["differ", "agree"],
    }

    def build(self, figure: Figure) -> None:
        """One scatter plot for each world."""
        self.limits, self.clouds = [], []  # of the text only the numbers move: letters are slow to draw
        for ax, name in zip(figure.subplots(1, 3, sharey=True), WORLDS, strict=True):
            ax.set(xlim=(-3.6, 3.6), ylim=(-4.6, 5.2), xlabel="what the image says", title=name)
            ax.axhline(0, color=style.GRID, zorder=0), ax.axvline(0, color=style.GRID, zorder=0)
            looks = zip(self.meanings[name], style.CLASSES, "osv^", strict=False)
            self.clouds.append([self.moving(self._cloud(ax, *look)) for look in looks])
            ax.legend(loc="lower center", ncols=4, handletextpad=-0.3, columnspacing=0.5, fontsize=7.5, borderpad=0)
            words = f"limit with one sense:\nlimit with both:\nchance: {100 * World(name).chance:.0f} %"
            ax.text(0.03, 0.985, words, transform=ax.transAxes, va="top", fontsize=8.5)
            self.limits.append(self.moving(ax.text(0.66, 0.985, "", transform=ax.transAxes, va="top", fontsize=8.5)))
        figure.axes[0].set_ylabel("what the audio says")

    @staticmethod
    def _cloud(ax: Axes, label: str, colour: str, marker: str) -> Line2D:
        return ax.plot([], [], linestyle="", marker=marker, markersize=3.6, alpha=0.75, color=colour, label=label)[0]

    def update(self, *, noise: float = 0.5) -> None:
        """Draw 100 samples of every world at this noise."""
        for name, cloud, limits in zip(WORLDS, self.clouds, self.limits, strict=True):
            world = World(name, noise)
            batch, labels = world.sample(100, seed=0)
            for k, points in enumerate(cloud):
                points.set_data(*(batch[sense][labels == k, 0].numpy() for sense in ("image", "audio")))
            one, both = world.bayes_accuracy_of("image"), world.bayes_accuracy
            limits.set_text(f"{100 * one:.1f} %\n{100 * both:.1f} %")


def worlds(noise: float = 0.5) -> Picture:
    """The three worlds by hand."""
    return WorldsView().picture(noise=noise)


def worlds_panel() -> Panel:
    """The three worlds with their noise on a slider."""
    return Panel(WorldsView(), noise=slider("noise", 0.1, 2.0, 0.5))


def one_sense_at_a_time(world: World) -> Picture:
    """What each sense alone gets to see of a two-class world: the two classes as histograms of its first number."""
    batch, labels = world.sample(4000, seed=1)

    def draw(figure: Figure) -> None:
        for ax, name in zip(figure.subplots(1, 2, sharey=True), batch, strict=True):
            for k, hatch in zip(range(2), ("", "//"), strict=True):
                ax.hist(
                    batch[name][labels == k, 0].numpy(),
                    bins=np.linspace(-3, 3, 37),
                    density=True,
                    histtype="stepfilled",
                    alpha=0.45,
                    color=style.CLASSES[k],
                    edgecolor=style.CLASSES[k],
                    hatch=hatch,
                    label=("signs differ", "signs agree")[k],
                )
            ax.set(xlabel=f"what the {name} says", title=f"seen by the {name} alone")
        figure.axes[0].set_ylabel("density")
        figure.axes[1].legend(loc="upper center", bbox_to_anchor=(0.5, -0.25), ncols=2)

    return plots.picture(draw, 7.2, 2.5, "two histograms, one for each sense; in each the two classes cover each other")
