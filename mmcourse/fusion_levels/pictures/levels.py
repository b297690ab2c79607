"""Views and panels of lesson 08: pairs, worlds, the winner map, and the fusion lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from torch import nn

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.worlds import WORLDS, World
from mmcourse.engine import Data, accuracy, compare, mean_interval
from mmcourse.fusion_levels.pictures.lab import SEEDS, data, fusion_lab, fusion_lab_panel, pair, pair_panel, train_lab
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style

LEVELS = ("data", "feature", "model")
__all__ = [
    "LEVELS",
    "conditions",
    "data",
    "fusion_lab",
    "fusion_lab_panel",
    "grid_scores",
    "judge_picks",
    "one_sense_at_a_time",
    "pair",
    "pair_panel",
    "score_bars",
    "situations",
    "three_places",
    "train_lab",
    "verdicts",
    "winner_map",
    "winner_map_panel",
    "worlds",
    "worlds_panel",
]


# ---------------------------------------------------------------------------------------------- data for experiments


def conditions(
    split: str,
    image_noises: Sequence[float],
    snrs: Sequence[float | None],
    seeds: Sequence[int] = SEEDS,
    size: int = 400,
) -> list[Data]:
    """The pairs of every seed under every mix of image noise and SNR, seeds running fastest.

    Noise on the image changes nothing in the sound, so each is made once and then combined.
    """
    made = []
    for seed in seeds:
        base = SeeHear(split, size=size, seed=seed)
        seen = [base.dial(image_noise=noise).batch["image"] for noise in image_noises]
        heard = [base.dial(audio_snr=snr).batch["audio"] for snr in snrs]
        labels = base.dial().labels
        made.append([({"image": image, "audio": audio}, labels) for image in seen for audio in heard])
    return [made[s][cell] for cell in range(len(image_noises) * len(snrs)) for s in range(len(made))]


# ---------------------------------------------------------------------------------------------- the three places


def three_places() -> Picture:
    """Drawing: where the paths of two senses meet at the data, the feature and the model level."""
    return plots.picture(
        _draw_places,
        8.6,
        1.9,
        "drawing: data level joins before the network, feature level between "
        "encoders and head, model level after two separate decisions",
    )


def _draw_places(figure: Figure) -> None:
    stages = {"data": ["raw", "network"], "feature": ["raw", "encoder", "head"], "model": ["raw", "network", "rule"]}
    for ax, (level, steps) in zip(figure.subplots(1, 3), stages.items(), strict=True):
        ax.set(xlim=(-0.55, 4.0), ylim=(-0.5, 1.5), title=style.look(level).label)
        ax.axis("off")
        for i, step in enumerate(steps):
            _draw_stage(ax, i, step, level, joined=i == len(steps) - 1)
        end = 1.3 * (len(steps) - 1) + 0.48
        _arrow(ax, (end, 0.5), (end + 0.35, 0.5))
        ax.text(end + 0.4, 0.5, "“3”", va="center", fontsize=11)


def _draw_stage(ax: Axes, i: int, step: str, level: str, joined: bool) -> None:
    x = 1.3 * i
    for y, name in [(0.5, level)] if joined else [(1.0, "image"), (0.0, "audio")]:
        ax.add_patch(
            FancyBboxPatch(
                (x - 0.44, y - 0.15),
                0.88,
                0.3,
                boxstyle="round,pad=0.02",
                facecolor="white",
                linewidth=2.8 if joined else 1.6,
                edgecolor=style.look(name).colour,
            )
        )
        ax.text(x, y, name if step == "raw" else step, ha="center", va="center", fontsize=9)
    for y in [1.0, 0.0] if i else []:
        _arrow(ax, (x - 0.82, y), (x - 0.47, 0.5 + 0.2 * (y - 0.5) if joined else y))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, color=style.SOFT, linewidth=1.2))


# ---------------------------------------------------------------------------------------------- worlds


class WorldsView(View):
    """The three worlds as clouds of points, with the best accuracy that one sense and both senses can reach."""

    size, alt = (7.2, 2.6), "three clouds of points, image number across and audio number up, coloured by class"
    meanings = {
        "redundant": ["class 0", "class 1"],
        "complementary": ["class 0", "1", "2", "3"],
        "synergetic": ["differ", "agree"],
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


# ---------------------------------------------------------------------------------------------- scores

Scores = Mapping[str, Sequence[float]]


def score_bars(
    groups: Mapping[str, Scores],
    limits: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
    title: str = "",
    alt: str = "bars of accuracy with intervals",
) -> Picture:
    """Accuracy of each kind of model in each group of conditions, mean and 95 % interval over the seeds."""
    names = names or list(next(iter(groups.values())))
    values = {name: [mean_interval(scores[name]) for scores in groups.values()] for name in names}

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        plots.grouped_bars(ax, list(groups), values, limits=limits)
        ax.set(ylim=(0, 104), title=title)

    return plots.picture(draw, 8.4, 3.3, alt)


def verdicts(scores: Scores, against: str) -> dict[str, str]:
    """Each kind compared with one of them, seed by seed: ``{"data": "better", ...}``."""
    return {name: compare(runs, scores[against]).verdict for name, runs in scores.items() if name != against}


class WinnerMapView(View):
    """Which level wins at each mix of noises, and whether the seeds agree."""

    size = (8.4, 4.0)
    alt = "grid of image noise and audio noise; each cell names the leading levels and the better single sense"

    def __init__(self, image_noises: Sequence[float], snrs: Sequence[float], scores: Mapping[str, Any]) -> None:
        self.image_noises, self.snrs, self.scores = list(image_noises), list(snrs), scores
        self.drawn: dict[str, bytes] = {}
        super().__init__()
        for rule in lesson.RULES:  # a dozen texts are slow to draw and there are only three maps
            self.drawn[rule] = super().png(rule=rule)

    def png(self, *, rule: str = "product") -> bytes:
        """The map with this rule at the model level."""
        return self.drawn[rule]

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
    best = [name for name in ranked if name in lesson.leading(levels)]
    lead = compare(levels[ranked[0]], levels[ranked[1]]).difference
    single = max(alone, key=lambda name: alone[name].mean())
    gain = compare(levels[best[0]], alone[single])
    mark = {"better": "fusion gains", "worse": "FUSION LOSES", "no difference seen": "no gain seen"}[gain.verdict]
    first = f"{best[0]} leads by {100 * lead.mean:.1f} ± {100 * lead.half:.1f}" if len(best) == 1 else " or ".join(best)
    return best, (
        f"{first}\n{100 * levels[best[0]].mean():.0f} %, {single} alone {100 * alone[single].mean():.0f} %\n{mark}"
    )


def grid_scores(trained: Mapping[str, Sequence[nn.Module]], tests: Sequence[Data], cells: int) -> dict[str, Any]:
    """Accuracies of models trained for every cell and seed, each on its own test data: {kind: (cells, seeds)}.

    The model level comes as {rule: (cells, seeds)}, since a rule needs no training.
    """

    def grid(models: Sequence[nn.Module]) -> np.ndarray:
        return np.array([accuracy(m, test) for m, test in zip(models, tests, strict=True)]).reshape(cells, -1)

    by_rule = {
        name: grid([lesson.ModelLevel(m.experts, rule) for m in trained["model"]])
        for name, rule in lesson.RULES.items()
    }
    return {**{kind: grid(models) for kind, models in trained.items() if kind != "model"}, "model": by_rule}


def winner_map(
    image_noises: Sequence[float], snrs: Sequence[float], scores: Mapping[str, Any], rule: str = "product"
) -> Picture:
    """The winner map by hand."""
    return WinnerMapView(image_noises, snrs, scores).picture(rule=rule)


def winner_map_panel(
    image_noises: Sequence[float] | None = None,
    snrs: Sequence[float] | None = None,
    scores: Mapping[str, Any] | None = None,
) -> Panel:
    """The winner map with the model level's rule to choose; without scores, a small map is measured first."""
    if image_noises is None or snrs is None or scores is None:
        image_noises, snrs = (0.0, 0.8), (10, -10)
        train, test = (conditions(split, image_noises, snrs, range(3), 100) for split in ("train", "test"))
        scores = grid_scores(
            lesson.train_kinds(train, classes=10, seeds=[*range(3)] * 4, epochs=5, batch_size=50), test, 4
        )
    return Panel(
        WinnerMapView(image_noises, snrs, scores), rule=choice("model-level rule", list(lesson.RULES), "product")
    )


# ---------------------------------------------------------------------------------------------- six situations

SITUATIONS: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {  # dials of the training pairs, dials of the test
    "street": ({"image_noise": 0.6, "audio_snr": -6}, {"image_noise": 0.6, "audio_snr": -6}),
    "faulty": ({"image_noise": 0.3, "audio_snr": 0}, {"image_noise": 0.3, "audio_snr": 0, "missing": {"audio": 0.5}}),
    "studio": ({"image_noise": 1.2}, {"image_noise": 1.2}),
    "prank": ({"image_noise": 0.3, "contradiction": 0.4}, {"image_noise": 0.3, "contradiction": 0.4}),
    "sample": ({"image_noise": 0.3, "audio_snr": 5}, {"image_noise": 0.3, "audio_snr": 5}),
}


def situations(seeds: Sequence[int] = SEEDS) -> dict[str, dict[str, list[float]]]:
    """Accuracies of the three levels, the model level by product, in the six situations of the last challenge."""
    world = World("synergetic", 0.5)
    xor = [world.sample(400, seed) for seed in seeds], [world.sample(400, 100 + seed) for seed in seeds]
    found = {"lock": _levels_on(*xor, classes=2, budget=300, lr=1e-2, epochs=40)}
    train, test = _situation_data("train", 0, seeds), _situation_data("test", 1, seeds)
    for name in SITUATIONS:
        rows = 60 if name == "sample" else 400
        few = [({sense: x[:rows] for sense, x in batch.items()}, labels[:rows]) for batch, labels in train[name]]
        found[name] = _levels_on(
            few, test[name], classes=10, budget=4000, lr=8e-3, epochs=12, batch_size=min(100, rows // 2)
        )
    return found


def _situation_data(split: str, which: int, seeds: Sequence[int]) -> dict[str, list[Data]]:
    """The data of all situations; each seed's noise is drawn once and serves all of them."""
    made: dict[str, list[Data]] = {name: [] for name in SITUATIONS}
    for seed in seeds:
        base = SeeHear(split, size=400, seed=seed)
        for name, dials in SITUATIONS.items():
            made[name].append(data(base.dial(**dials[which])))
    return made


def _levels_on(train: Sequence[Data], test: Sequence[Data], **options: Any) -> dict[str, list[float]]:
    trained = lesson.train_kinds(train, kinds=LEVELS, seeds=range(len(train)), **options)
    trained["model"] = [lesson.ModelLevel(m.experts, lesson.product_of_opinions) for m in trained["model"]]
    return {level: [accuracy(m, one) for m, one in zip(trained[level], test, strict=True)] for level in LEVELS}


def judge_picks(picks: Mapping[str, Any], found: Mapping[str, Scores]) -> None:
    """Print, for each situation, whether the picked level is among those that may be the best."""
    for name, scores in found.items():
        pick = picks.get(name, ...)
        if pick is ...:
            print(f'○ {name:7} is still open: write "data", "feature" or "model" in place of the ...')
        elif pick not in LEVELS:
            print(f'✗ {name:7} {pick!r} is no level; choose "data", "feature" or "model"')
        else:
            best = lesson.leading(scores)
            print(f"{'✓' if pick in best else '✗'} {name:7} you chose {pick}; may be the best: {', '.join(best)}")
