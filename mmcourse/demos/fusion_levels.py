"""Views and panels of lesson 08: pairs, worlds, the winner map, and the fusion lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from torch import nn

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.datasets.worlds import WORLDS, World
from mmcourse.engine import Data, Interval, accuracy, compare, mean_interval, pick_device, predict
from mmcourse.ui import Action, Panel, Picture, View, choice, plots, slider, style

SEEDS = range(8)
LEVELS = ("data", "feature", "model")


# ---------------------------------------------------------------------------------------------- data for experiments

def data(pairs: Pairs) -> Data:
    """What a model is trained on: the batch and the labels."""
    return pairs.batch, pairs.labels


def conditions(split: str, image_noises: Sequence[float], snrs: Sequence[float | None], seeds: Sequence[int] = SEEDS,
               size: int = 400) -> list[Data]:
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
    return plots.picture(_draw_places, 8.6, 1.9, "drawing: data level joins before the network, feature level between "
                         "encoders and head, model level after two separate decisions")


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
        ax.add_patch(FancyBboxPatch((x - 0.44, y - 0.15), 0.88, 0.3, boxstyle="round,pad=0.02", facecolor="white",
                                    linewidth=2.8 if joined else 1.6, edgecolor=style.look(name).colour))
        ax.text(x, y, name if step == "raw" else step, ha="center", va="center", fontsize=9)
    for y in [1.0, 0.0] if i else []:
        _arrow(ax, (x - 0.82, y), (x - 0.47, 0.5 + 0.2 * (y - 0.5) if joined else y))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, color=style.SOFT, linewidth=1.2))


# ---------------------------------------------------------------------------------------------- a pair, seen and heard

class PairView(View):
    """One handwritten digit and its spoken twin."""

    size, alt = (6.6, 2.4), "a handwritten digit beside the loudness of its spoken twin in frequency bands over time"

    def build(self, figure: Figure) -> None:
        """Two pictures side by side."""
        seen, heard = figure.subplots(1, 2, width_ratios=[1, 2])
        self.seen, self.heard = self.moving(plots.digit(seen)), self.moving(plots.sound(heard))

    def update(self, *, number: int = 0, image_noise: float = 0.0, audio_snr: float = 30.0) -> None:
        """The pair at place ``number`` of the test set under both noises."""
        pairs = _test_pairs(image_noise, audio_snr)
        self.seen.set_data(pairs.batch["image"][number, 0]), self.heard.set_data(pairs.batch["audio"][number, 0])


@lru_cache(maxsize=8)
def _test_pairs(image_noise: float, audio_snr: float, missing: float = 0.0, contradiction: float = 0.0) -> Pairs:
    return _test_base().dial(image_noise=image_noise, audio_snr=audio_snr, missing=missing, contradiction=contradiction)


@lru_cache(maxsize=1)
def _test_base() -> SeeHear:
    return SeeHear("test", seed=0)


def hear(*, number: int = 0, image_noise: float = 0.0, audio_snr: float = 30.0, missing: float = 0.0,
         contradiction: float = 0.0, **_others: Any) -> tuple[np.ndarray, int]:
    """The noisy sound of a test pair, no louder than full scale, and its rate in Hz."""
    waveform = _test_pairs(image_noise, audio_snr, missing, contradiction).waveforms[number].numpy()
    return waveform / max(1.0, float(np.abs(waveform).max())), 8000


def pair(**values: float) -> Picture:
    """A test pair by hand: ``pair(number=3, image_noise=0.5, audio_snr=0)``."""
    return PairView().picture(**values)


def pair_panel() -> Panel:
    """A pair with both noises on sliders, and a play button."""
    return Panel(PairView(), sounds={"listen": hear}, number=slider("which pair", 0, 399, 0, 1),
                 image_noise=slider("image noise", 0.0, 1.5, 0.0), audio_snr=slider("audio SNR (dB)", -20, 30, 30, 1))


# ---------------------------------------------------------------------------------------------- worlds

class WorldsView(View):
    """The three worlds as clouds of points, with the best accuracy that one sense and both senses can reach."""

    size, alt = (8.6, 3.2), "three clouds of points, image number across and audio number up, coloured by class"

    def build(self, figure: Figure) -> None:
        """One scatter plot for each world."""
        self.titles, self.clouds = [], []
        for ax, name in zip(figure.subplots(1, 3, sharey=True), WORLDS, strict=True):
            ax.set(xlim=(-3.6, 3.6), ylim=(-3.6, 3.6), xlabel="what the image says", title=name)
            ax.axhline(0, color=style.GRID, zorder=0), ax.axvline(0, color=style.GRID, zorder=0)
            self.clouds.append([self.moving(ax.plot([], [], linestyle="", marker=marker, markersize=3.6, alpha=0.75,
                                                    color=style.CLASSES[k], label=f"class {k}")[0])
                                for k, marker in zip(range(World(name).classes), "osv^", strict=False)])
            self.titles.append(self.moving(ax.text(0.03, 0.97, "", transform=ax.transAxes, va="top", fontsize=8.5,
                                                   bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none"})))
        figure.axes[0].set_ylabel("what the audio says")

    def update(self, *, noise: float = 0.5) -> None:
        """Draw 240 samples of every world at this noise."""
        for name, cloud, title in zip(WORLDS, self.clouds, self.titles, strict=True):
            world = World(name, noise)
            batch, labels = world.sample(240, seed=0)
            for k, points in enumerate(cloud):
                points.set_data(batch["image"][labels == k, 0], batch["audio"][labels == k, 0])
            title.set_text(f"best with one sense {100 * world.bayes_accuracy_of('image'):.1f} %\n"
                           f"best with both {100 * world.bayes_accuracy:.1f} %, chance {100 * world.chance:.0f} %")


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
                ax.hist(batch[name][labels == k, 0].numpy(), bins=np.linspace(-3, 3, 37), density=True, histtype="stepfilled",
                        alpha=0.45, color=style.CLASSES[k], edgecolor=style.CLASSES[k], hatch=hatch, label=f"class {k}")
            ax.set(xlabel=f"what the {name} says", title=f"seen by the {name} alone")
        figure.axes[0].set_ylabel("density"), figure.axes[1].legend()

    return plots.picture(draw, 7.2, 2.5, "two histograms, one for each sense; in each the two classes cover each other")


# ---------------------------------------------------------------------------------------------- scores

Scores = Mapping[str, Sequence[float]]


def score_bars(groups: Mapping[str, Scores], limits: Sequence[float] | None = None, names: Sequence[str] | None = None,
               title: str = "", alt: str = "bars of accuracy with intervals") -> Picture:
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
    """Which level wins at each mix of noises, by how much, and whether the seeds agree."""

    size = (8.4, 4.4)
    alt = "grid of image noise and audio noise; each cell names the winning level, its accuracy and its margin"

    def __init__(self, image_noises: Sequence[float], snrs: Sequence[float], scores: Mapping[str, Mapping[str, np.ndarray]]) -> None:
        self.image_noises, self.snrs, self.scores = list(image_noises), list(snrs), scores
        super().__init__()

    def build(self, figure: Figure) -> None:
        """An empty grid with its axes."""
        ax = figure.subplots()
        ax.set(xlim=(-0.5, len(self.snrs) - 0.5), ylim=(-0.5, len(self.image_noises) - 0.5),
               xlabel="sound: signal-to-noise ratio (dB), noisier →", ylabel="image noise (pixel range), noisier →")
        ax.set_xticks(range(len(self.snrs)), [f"{snr:g}" for snr in self.snrs])
        ax.set_yticks(range(len(self.image_noises)), [f"{noise:g}" for noise in self.image_noises])
        cells = [(x, y) for y in range(len(self.image_noises)) for x in range(len(self.snrs))]
        self.boxes = [self.moving(ax.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, linewidth=3, facecolor="white")))
                      for x, y in cells]
        self.words = [self.moving(ax.text(x, y, "", ha="center", va="center", fontsize=8.5, linespacing=1.25)) for x, y in cells]

    def update(self, *, rule: str = "product") -> None:
        """Draw the map with this rule at the model level."""
        levels = {"data": self.scores["data"], "feature": self.scores["feature"], "model": self.scores["model"][rule]}
        alone = {name: self.scores[name] for name in ("image", "audio")}
        for cell, (box, words) in enumerate(zip(self.boxes, self.words, strict=True)):
            won = winner({name: runs[cell] for name, runs in levels.items()})
            single = winner({name: runs[cell] for name, runs in alone.items()})
            fused = compare(levels[won[0]][cell], alone[single[0]][cell]).verdict
            look = style.look(won[0])
            box.set_edgecolor(look.colour), box.set_linestyle("-" if won[2] else ":")
            words.set_color(style.INK)
            words.set_text(f"{won[0].upper() if won[2] else 'no clear winner'} {100 * won[1].mean:.0f}\n"
                           f"lead {100 * won[3].mean:+.1f} ± {100 * won[3].half:.1f}\n"
                           f"{single[0]} alone {100 * single[1].mean:.0f}{'' if fused == 'better' else ' (!)'}")


def winner(scores: Scores) -> tuple[str, Interval, bool, Interval]:
    """The best name, its interval, whether it beats the second best significantly, and its lead."""
    ranked = sorted(scores, key=lambda name: -float(np.mean(scores[name])))
    lead = compare(scores[ranked[0]], scores[ranked[1]])
    return ranked[0], mean_interval(scores[ranked[0]]), lead.verdict == "better", lead.difference


def grid_scores(trained: Mapping[str, Sequence[nn.Module]], tests: Sequence[Data], cells: int) -> dict[str, Any]:
    """Accuracies of models trained for every cell and seed, each on its own test data: {kind: (cells, seeds)}.

    The model level comes as {rule: (cells, seeds)}, since a rule needs no training.
    """
    def grid(models: Sequence[nn.Module]) -> np.ndarray:
        return np.array([accuracy(m, test) for m, test in zip(models, tests, strict=True)]).reshape(cells, -1)

    by_rule = {name: grid([lesson.ModelLevel(m.experts, rule) for m in trained["model"]]) for name, rule in lesson.RULES.items()}
    return {**{kind: grid(models) for kind, models in trained.items() if kind != "model"}, "model": by_rule}


def winner_map(image_noises: Sequence[float], snrs: Sequence[float], scores: Mapping[str, Any], rule: str = "product") -> Picture:
    """The winner map by hand."""
    return WinnerMapView(image_noises, snrs, scores).picture(rule=rule)


def winner_map_panel(image_noises: Sequence[float] | None = None, snrs: Sequence[float] | None = None,
                     scores: Mapping[str, Any] | None = None) -> Panel:
    """The winner map with the model level's rule to choose; without scores, a small map is measured first."""
    if image_noises is None or snrs is None or scores is None:
        image_noises, snrs = (0.0, 0.8), (10, -10)
        train, test = (conditions(split, image_noises, snrs, range(3), 100) for split in ("train", "test"))
        scores = grid_scores(lesson.train_kinds(train, classes=10, seeds=[*range(3)] * 4, epochs=5, batch_size=50), test, 4)
    return Panel(WinnerMapView(image_noises, snrs, scores), rule=choice("model-level rule", list(lesson.RULES), "product"))


# ---------------------------------------------------------------------------------------------- the fusion lab

class FusionLabView(plots.FiveOpinions):
    """The panel the course is for: dial the conditions, watch five kinds of model, each trained eight times."""

    alt = ("a noisy digit, the picture of its sound, the opinions of five models as bars over ten digits, "
           "and the test accuracy of each with its interval")

    def __init__(self, models: Mapping[str, Sequence[nn.Module]]) -> None:
        self.models = dict(models)
        super().__init__()

    def use(self, models: Mapping[str, Sequence[nn.Module]]) -> None:
        """Show other models from now on."""
        self.models = dict(models)
        self._scores.cache_clear()

    def update(self, *, number: int, image_noise: float, audio_snr: float, missing: float, contradiction: float,
               rule: str) -> None:
        """Everything for these dials; scores are kept while only the pair changes."""
        dials = (image_noise, audio_snr, missing, contradiction)
        pairs = _test_pairs(*dials)
        one = {name: x[number:number + 1] for name, x in pairs.batch.items()}
        opinions = np.stack([probabilities(self.ready(name, rule)[0], one)[0] for name in self.names])
        self.show(seen=pairs.batch["image"][number, 0].numpy(), heard=pairs.batch["audio"][number, 0].numpy(),
                  opinions=opinions, truth=int(pairs.labels[number]), scores=self._scores(*dials, rule))

    def ready(self, name: str, rule: str) -> list[nn.Module]:
        """The models of one kind; the model level with the chosen rule."""
        if name != "model":
            return list(self.models[name])
        return [lesson.ModelLevel(m.experts, lesson.RULES[rule]) for m in self.models["model"]]

    def _measure(self, *dials_and_rule: Any) -> tuple[list[float], list[float], list[float]]:
        *dials, rule = dials_and_rule
        test = data(_test_pairs(*dials))
        found = [mean_interval([accuracy(m, test) for m in self.ready(name, rule)]) for name in self.names]
        return [i.low for i in found], [i.mean for i in found], [i.high for i in found]

    def build(self, figure: Figure) -> None:
        """As its parent, with a memory for scores."""
        self._scores = lru_cache(maxsize=32)(self._measure)
        super().build(figure)


def probabilities(model: nn.Module, batch: Mapping[str, torch.Tensor]) -> np.ndarray:
    """What a model believes: its own combined opinion, or the softmax of its logits, as (B, K)."""
    outputs = predict(model, dict(batch))
    return (outputs if isinstance(model, lesson.ModelLevel) else outputs.softmax(-1)).cpu().numpy()


def lab_controls() -> dict[str, Any]:
    """The dials of the fusion lab at their starting places."""
    return {"number": slider("which pair", 0, 399, 0, 1), "image_noise": slider("image noise", 0.0, 1.5, 0.5),
            "audio_snr": slider("audio SNR (dB)", -20, 30, 0, 1), "missing": slider("one missing (p)", 0.0, 1.0, 0.0, 0.05),
            "contradiction": slider("audio lies (q)", 0.0, 1.0, 0.0, 0.05),
            "rule": choice("model-level rule", list(lesson.RULES), "product")}


@lru_cache(maxsize=1)
def _train_base() -> SeeHear:
    return SeeHear("train", seed=0)


def train_lab(callback: Callable[[int, int], object] | None = None, seeds: Sequence[int] = SEEDS,
              **dials: float) -> dict[str, list[nn.Module]]:
    """All five kinds, once for every seed, on 1200 pairs under the given dials."""
    train = data(_train_base().dial(**dials))
    return lesson.train_kinds(train, classes=10, seeds=seeds, device=pick_device(), callback=callback)


def fusion_lab(models: Mapping[str, Sequence[nn.Module]], **values: Any) -> Picture:
    """The lab by hand: ``fusion_lab(models, image_noise=0.8, audio_snr=-5)``."""
    start = {name: control.value for name, control in lab_controls().items()}
    return FusionLabView(models).picture(**{**start, **values})


def fusion_lab_panel(models: Mapping[str, Sequence[nn.Module]] | None = None) -> Panel:
    """The fusion lab, with a button that trains all models anew under the dialled conditions."""
    view = FusionLabView(train_lab(image_noise=0.5, audio_snr=0) if models is None else models)
    controls = lab_controls()

    def work(report: Callable[[float, str], None]) -> dict[str, list[nn.Module]]:
        dials = {name: controls[name].value for name in ("image_noise", "audio_snr", "missing", "contradiction")}
        return train_lab(lambda done, total: report(done / total, f"training 40 models: {100 * done // total} %"), **dials)

    def done(trained: dict[str, list[nn.Module]]) -> None:
        view.use(trained)
        panel.redraw()
        retrain.words.value = "Done: five kinds of model, eight seeds each, trained on the conditions you dialled."

    retrain = Action("Retrain all five under these conditions", work, done)
    panel = Panel(view, sounds={"listen": partial(hear)}, below=[retrain], **controls)
    panel.retrain = retrain
    return panel
