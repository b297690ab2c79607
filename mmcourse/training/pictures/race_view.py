"""The optimiser race: a landscape from above with the ways of the optimisers, and their heights over the steps."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from mmcourse.pictures import Panel, Picture, View, choice, slider, style
from mmcourse.training.pictures.curves import NAMES, RUNNERS, look_of
from mmcourse.training.pictures.landscapes import FAR, STEPS, SURFACES, best_rate, pair, race

ALL = ("all, same rate", "all, best rates")
HEIGHT = LinearSegmentedColormap.from_list("height", ["#FFFFFF", "#8FA3AD"], N=14)  # low is light, high is dark
WINDOW = (-2.0, 2.0, -1.5, 2.5)  # west, east, south, north: the same for every surface


class RaceView(View):
    """A landscape from above with the ways of the optimisers, and their heights over the steps."""

    size, alt = (7.6, 3.5), "the ways of optimisers over a landscape of two weights, and their height over the steps"

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.1))
        x, y = np.meshgrid(np.linspace(*WINDOW[:2], 121), np.linspace(*WINDOW[2:], 121))
        self.maps = {name: np.log10(place.height(pair(x, y)) + 0.01) for name, place in SURFACES.items()}
        ground = left.inset_axes([0, 0, 1, 1], zorder=-1)  # axes of its own: what does not change is not drawn again
        ground.axis("off")
        flat = {"cmap": HEIGHT, "origin": "lower", "extent": WINDOW, "aspect": "auto", "interpolation": "nearest"}
        self.map = self.moving(ground.imshow(x, **flat))
        self.map.set_zorder(-1)
        left.set(xlabel="weight w1", ylabel="weight w2", title="light is low, × is lowest", xlim=WINDOW[:2])
        left.set(ylim=WINDOW[2:], xticks=range(-2, 3), yticks=range(-1, 3), aspect="equal")
        right.set(xlabel="step", ylabel="height above the lowest place", yscale="log", xlim=(0, STEPS))
        right.set_ylim(1e-6, FAR), right.grid(True, axis="y")
        self.goal = self.moving(left.plot([], [], "x", color=style.INK, markersize=9, markeredgewidth=2, zorder=5)[0])
        self.ways, self.heights, self.shown = {}, {}, ""
        for runner in RUNNERS:
            look = {**look_of(runner).curve, "linewidth": 1.5, "markevery": 10}
            self.ways[runner] = self.moving(left.plot([], [], **look)[0])
            self.heights[runner] = self.moving(right.plot([], [], **look)[0])
        handles = list(self.heights.values())
        figure.legend(handles, [NAMES[r] for r in RUNNERS], loc="outside lower center", ncols=5)
        self.words = self.moving(right.text(0.0, 1.05, "", transform=right.transAxes))

    def update(self, surface: str, runner: str, power: float, momentum: float) -> None:
        place = SURFACES[surface]
        if surface != self.shown:
            self.shown, image = surface, self.maps[surface]
            self.map.set_data(image), self.map.set_clim(image.min(), image.max())
        self.goal.set_data(*([value] for value in place.goal))
        chosen, flown = RUNNERS if runner.startswith("all") else (runner,), []
        for name in RUNNERS:
            way = self.way(surface, name, power, momentum, runner) if name in chosen else np.zeros((0, 2))
            with np.errstate(all="ignore"):
                height = np.nan_to_num(place.height(way), nan=np.inf)
            there = len(height) if (height <= FAR).all() else int((height > FAR).argmax()) + 1
            flown += [there - 1] if there < len(height) else []
            self.ways[name].set_data(*np.clip(np.nan_to_num(way[:there]), -9, 9).T)
            self.heights[name].set_data(np.arange(there), np.clip(height[:there], 1e-9, 10 * FAR))
        rate = "each at its best rate" if runner == "all, best rates" else f"rate {10**power:.2g}"
        who, lost = ("", f": {len(flown)} flew off") if runner in ALL else (f"{NAMES[runner]}, ", ": flew off")
        self.words.set_text(who + rate + (lost if flown else ""))

    def way(self, surface: str, name: str, power: float, momentum: float, runner: str) -> np.ndarray:
        """The walk of one optimiser at the dialled rate, or at its best one."""
        rate = best_rate(surface, name) if runner == "all, best rates" else 10**power
        return race(surface, name, rate, momentum if name in ("momentum", "adam") else 0.9)


def optimiser_race(
    surface: str = "ravine", runner: str = "all, best rates", rate: float = 0.03, momentum: float = 0.9
) -> Picture:
    """One of the optimisers, "all, same rate", or "all, best rates" on one of SURFACES."""
    return RaceView().picture(surface=surface, runner=runner, power=float(np.log10(rate)), momentum=momentum)


def optimiser_race_panel() -> Panel:
    """Choose the surface, who runs, the learning rate and the momentum."""
    return Panel(
        RaceView(),
        surface=choice("surface", list(SURFACES), "ravine"),
        runner=choice("optimiser", [*((NAMES[r], r) for r in RUNNERS), *((every, every) for every in ALL)], "momentum"),
        power=slider("rate: 10 to the", -4.0, 0.5, -1.5, 0.1),
        momentum=slider("momentum", 0.0, 0.99, 0.9, 0.01),
    )
