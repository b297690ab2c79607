"""Lesson 09: two vectors mixed in six ways, what an operator can tell apart, and shares that follow the noise."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.datasets.worlds import World
from mmcourse.engine import Data, generator, mean_interval, predict
from mmcourse.fusion_operators import outer_with_one, trials
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style
from mmcourse.pictures.lettering import Lettering, word_shape

SHARING = ("gated", "attention")
XOR = World("synergetic", 0.5)
REACH = 2.6  # the maps show numbers from minus this to plus this


def pair_batch(pairs: Pairs) -> dict[str, Tensor]:
    """The batch as sequences: the image as 8 rows (B, 8, 8), the sound as 16 moments (B, 16, 12)."""
    return {"image": pairs.batch["image"][:, 0], "audio": pairs.batch["audio"][:, 0].mT}


@lru_cache(maxsize=2)
def levels_of_noise(
    size: int, noises: tuple[float, ...], snrs: tuple[float | None, ...]
) -> tuple[Tensor, Tensor, Tensor]:
    """The same training pairs at every level of noise: images (levels, N, 8, 8), sounds (levels, N, 16, 12), labels.

    As many noises of the image as of the sound, so that one pass makes both.
    """
    base = SeeHear("train", size=size, seed=0)
    dialled = [base.dial(image_noise=noise, audio_snr=snr) for noise, snr in zip(noises, snrs, strict=True)]
    made = [pair_batch(pairs) for pairs in dialled]  # the noise of one sense leaves the other as it is
    return (*(torch.stack([batch[name] for batch in made]) for name in ("image", "audio")), dialled[0].labels)


# ---------------------------------------------------------------------------------------------- two vectors, six ways


class MixesView(View):
    """Two vectors of two numbers, and what six operators make of them."""

    size = (8.2, 2.0)
    alt = "two vectors of two numbers, joined by concatenation, sum, mean, max, product and outer product"

    def build(self, figure: Figure) -> None:
        """One small grid for each vector and each result."""
        ax = figure.subplots()
        ax.set(xlim=(-0.3, 16.3), ylim=(-3.35, 1.0)), ax.axis("off"), ax.set_aspect("equal")
        self.grids = {}
        plan = {
            "x": (0, 2, 1),
            "y": (1.6, 2, 1),
            "side by side": (4, 4, 1),
            "sum": (6, 2, 1),
            "mean": (7.7, 2, 1),
            "max": (9.4, 2, 1),
            "product": (11.1, 2, 1),
            "outer product with 1": (13.2, 3, 3),
        }
        for name, (left, rows, columns) in plan.items():
            ax.text(left + columns / 2, 0.35, name, ha="center", fontsize=9.5, weight="bold")
            picture = ax.imshow(
                np.zeros((rows, columns)),
                cmap="PuOr_r",
                vmin=-9,
                vmax=9,
                aspect="equal",
                extent=(left, left + columns, -rows, 0),
                alpha=0.75,
            )
            words = [Lettering(ax, left + c + 0.5, -r - 0.5) for r in range(rows) for c in range(columns)]
            self.grids[name] = self.moving(picture), [self.moving(word) for word in words]
        for i, place in enumerate((13.7, 14.7, 15.7)):
            ax.text(place, -3.4, ("y₁", "y₂", "1")[i], ha="center", fontsize=8.5, color=style.SOFT)
            ax.text(13.05, -0.5 - i, ("x₁", "x₂", "1")[i], ha="right", va="center", fontsize=8.5, color=style.SOFT)
        ax.text(3.2, -1.1, "→", fontsize=16, ha="center", va="center")
        ax.set(xlim=(-0.3, 16.6), ylim=(-4.1, 1.0))

    def update(self, *, x1: float = 2.0, x2: float = -1.0, y1: float = 1.0, y2: float = 3.0) -> None:
        """All results for x = [x1, x2] and y = [y1, y2]."""
        x, y = np.array([x1, x2]), np.array([y1, y2])
        outer = outer_with_one([torch.tensor([[x1, x2]]), torch.tensor([[y1, y2]])]).reshape(3, 3).numpy()
        results = {
            "x": x,
            "y": y,
            "side by side": np.concatenate([x, y]),
            "sum": x + y,
            "mean": (x + y) / 2,
            "max": np.maximum(x, y),
            "product": x * y,
            "outer product with 1": outer,
        }
        for name, values in results.items():
            picture, words = self.grids[name]
            picture.set_data(values.reshape(picture.get_array().shape))
            for word, value in zip(words, values.ravel(), strict=True):
                word.write(word_shape(f"{value + 0:g}".replace("-", "−"), align=0.5))


def mixes(x: Sequence[float] = (2, -1), y: Sequence[float] = (1, 3)) -> Picture:
    """Two vectors of two numbers mixed in six ways, by hand."""
    return MixesView().picture(x1=x[0], x2=x[1], y1=y[0], y2=y[1])


def mixes_panel() -> Panel:
    """The four numbers on sliders."""
    start = {"x1": 2.0, "x2": -1.0, "y1": 1.0, "y2": 3.0}
    return Panel(MixesView(), **{name: slider(name, -3.0, 3.0, value, 0.5) for name, value in start.items()})


# ---------------------------------------------------------------------------------------------- what each tells apart


class DecisionMapsView(View):
    """Two operators side by side on the XOR world: which class each believes in, at every point of the plane."""

    size, alt = (7.4, 3.5), "two maps of the plane, coloured by the class an operator believes in, with points of XOR"

    def __init__(self, trained: Mapping[str, Mapping[str, Any]]) -> None:
        self.maps = {(bends, name): _map_of(m) for bends, models in trained.items() for name, m in models.items()}
        super().__init__()

    def build(self, figure: Figure) -> None:
        """Two maps with the same points."""
        batch, labels = XOR.sample(150, seed=3)
        self.drawn = []
        for ax in figure.subplots(1, 2, sharey=True):
            ax.set(xlabel="what the image says", xlim=(-REACH, REACH), ylim=(-REACH, REACH))
            heat = ax.imshow(
                np.zeros((40, 40)),
                vmin=-0.25,
                vmax=1.25,
                cmap="PuOr",
                origin="lower",
                aspect="auto",
                extent=(-REACH, REACH, -REACH, REACH),
            )
            line = ax.add_collection(LineCollection([], colors=style.INK, linewidths=1.6))
            for k, sign in enumerate("os"):
                points = (batch[name][labels == k, 0] for name in ("image", "audio"))
                dots = ax.plot(
                    *points,
                    linestyle="",
                    marker=sign,
                    markersize=4.5,
                    markeredgecolor="white",
                    markeredgewidth=0.7,
                    markerfacecolor=("#E66101", "#5E3C99")[k],
                    zorder=5,
                    label=("signs differ", "signs agree")[k],
                )
                self.moving(dots[0])  # the map moves below them
            title = self.moving(Lettering(ax, -REACH, REACH + 0.25))
            self.drawn.append((self.moving(heat), self.moving(line), title))
            ax.set_title(" ")
        figure.axes[0].set_ylabel("what the sound says")
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)

    def update(self, *, left: str = "sum", right: str = "product", bends: str = "none") -> None:
        """Show two operators, with hidden layers "none", "before" or "after"."""
        for name, (heat, line, title) in zip((left, right), self.drawn, strict=True):
            values, border, right_share = self.maps[bends, name]
            heat.set_data(values), line.set_segments(border)
            title.write(word_shape(f"{name}: {100 * right_share:.0f} % right", points=10.5))


def _map_of(model: Any) -> tuple[np.ndarray, list[np.ndarray], float]:
    """The belief that the signs agree at 40 x 40 points, the border where it is one half, and the test accuracy."""
    ticks = torch.linspace(-REACH, REACH, 40)  # an even number: exact zeros would count as absent
    y, x = torch.meshgrid(ticks, ticks, indexing="ij")
    batch = {name: torch.stack([v.flatten(), torch.zeros(v.numel())], 1) for name, v in (("image", x), ("audio", y))}
    belief = torch.empty(x.numel())
    for i in range(7):  # in pieces: a relation compares every sample with every other
        piece = {name: rows[i::7] for name, rows in batch.items()}
        belief[i::7] = predict(model, piece).softmax(-1)[:, 1].cpu()
    values = belief.reshape(40, 40).numpy()
    lines = (
        Figure().subplots().contour(ticks.numpy(), ticks.numpy(), values, levels=[0.5]).allsegs[0]
        if values.min() < 0.5 < values.max()
        else []
    )
    inputs, labels = XOR.sample(1000, seed=100)
    return values, lines, float((predict(model, inputs).argmax(-1).cpu() == labels).float().mean())


@lru_cache(maxsize=1)
def _quick_maps() -> dict[str, dict[str, Any]]:
    train = XOR.sample(400, seed=0)
    options = {"classes": 2, "budget": 200, "seeds": [0], "epochs": 8, "lr": 3e-2}
    return {
        "none": {
            name: trials.train_fused(make, train, bends="none", **options)[0]
            for name, make in trials.OPERATORS.items()
            if name in ("sum", "product", "max")
        }
    }


def decision_maps(trained: Mapping[str, Mapping[str, Any]] | None = None, **values: str) -> Picture:
    """Two operators on XOR by hand: ``decision_maps(trained, left="sum", right="product")``."""
    return DecisionMapsView(trained or _quick_maps()).picture(**values)


def decision_maps_panel(trained: Mapping[str, Mapping[str, Any]] | None = None) -> Panel:
    """Choose two operators; ``trained[bends][name]`` is a model for two classes. Without it, three are trained."""
    trained = trained or _quick_maps()
    names = list(next(iter(trained.values())))
    more = {"bends": choice("hidden layer", list(trained))} if len(trained) > 1 else {}
    return Panel(
        DecisionMapsView(trained), left=choice("left", names, "sum"), right=choice("right", names, "product"), **more
    )


# ---------------------------------------------------------------------------------------------- shares follow the noise


def broken_sense(size: int = 1000, seeds: Sequence[int] = range(8)) -> list[Data]:
    """Training pairs of which one sense is broken, a coin says which: image noise 2, or a sound at -20 dB.

    The other sense is usable: a clean image, or a sound at -6 dB. One data set for each seed.
    """
    seen, heard, labels = levels_of_noise(size, (0.0, 2.0), (-20, -6))
    each, made = torch.arange(size), []
    for seed in seeds:
        coin = torch.randint(2, (size,), generator=generator(2000 + seed))  # 1: the image is the broken one
        made.append(({"image": seen[coin, each], "audio": heard[coin, each]}, labels))
    return made


def train_shares(
    names: Sequence[str] = SHARING,
    seeds: Sequence[int] = range(8),
    size: int = 1000,
    epochs: int = 15,
    callback: Callable[[int, int], object] | None = None,
) -> dict[str, list[Any]]:
    """Operators trained on pairs with one broken sense, once for each seed."""
    train, trained = broken_sense(size, seeds), {}
    for i, name in enumerate(names):
        make = trials.OPERATORS[name]
        options = {"classes": 10, "seeds": seeds, "epochs": epochs, "batch_size": 200, "lr": 1.5e-2}
        trained[name] = trials.train_fused(make, train, **options)
        if callback is not None:
            callback(i + 1, len(names))
    return trained


class ImageShare(nn.Module):
    """How much of the mix a trained classifier takes from the image: the mean over the places of its share, (B,)."""

    def __init__(self, model: trials.Fused) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        """{name: (B, ...)} → (B,)."""
        return self.model.fusion.shares(*self.model.features(batch))[1].mean(-1)[self.model.fusion.names.index("image")]


def image_shares(models: Sequence[trials.Fused]) -> Callable[[Mapping[str, Tensor]], Tensor]:
    """A function from a batch to the image's share in each of E models at once, (E, B)."""
    readers = [ImageShare(copy.deepcopy(model).cpu()) for model in models]
    weights, buffers = stack_module_state(readers)

    def shares_of(batch: Mapping[str, Tensor]) -> Tensor:
        with torch.no_grad():
            return vmap(lambda w, b: functional_call(readers[0], (w, b), (batch,)))(weights, buffers)

    return shares_of


class SharesView(View):
    """A pair under both noises, and how much of the mix comes from the image and from the sound."""

    size, alt = (8.8, 2.9), "a noisy digit, its noisy sound, and the shares that gates and attention give to each"

    def __init__(self, models: Mapping[str, Sequence[Any]]) -> None:
        self.read = {name: image_shares(models[name]) for name in SHARING}
        self.base = SeeHear("test", size=40, seed=0)
        super().__init__()

    def build(self, figure: Figure) -> None:
        """Two pictures, then for each operator one bar for this pair and one for the mean of forty pairs."""
        seen, heard, bars = figure.subplots(1, 3, width_ratios=[1, 1.5, 2.6])
        self.seen, self.heard = self.moving(plots.digit(seen)), self.moving(plots.sound(heard))
        seen.set_title(" "), heard.set_title(" ")  # their place is kept for the dials
        self.dials = [self.moving(Lettering(ax, *place)) for ax, place in ((seen, (-0.5, -1.1)), (heard, (-0.5, 12.2)))]
        places, rows = (
            (3.3, 2.4, 0.9, 0.0),
            ("gates, this pair", "gates, 40 pairs", "attention, this pair", "attention, 40 pairs"),
        )
        bars.set(xlim=(0, 100), ylim=(-0.5, 4.6), xlabel="share of the mix (%)", title="who is listened to")
        bars.set_yticks(places, rows), bars.axvline(50, color=style.SOFT, linewidth=1, linestyle=":", zorder=4)
        self.bars = [self._pair_of_bars(bars, place, label=i == 0) for i, place in enumerate(places)]
        ends = bars.plot([], [], color=style.INK, marker="|", markersize=9, linewidth=1.5, zorder=5)[0]
        self.ends = self.moving(ends)
        self.places = places
        bars.legend(loc="upper center", ncols=2, borderpad=0, handlelength=1.4)

    def _pair_of_bars(self, ax: Axes, place: float, label: bool) -> tuple[Any, Any]:
        made = []
        for sense in ("image", "audio"):
            look = style.look(sense)
            words = {"image": "image", "audio": "sound"}[sense]
            bar = ax.barh(place, 50, height=0.72, color=look.colour, label=words if label else None)[0]
            made.append(self.moving(bar))
        return tuple(made)

    def update(self, *, index: int = 3, image_noise: float = 0.0, audio_snr: float = -20.0) -> None:
        """Shares for these dials: the mean over the seeds; the lines are 95 % intervals over them."""
        batch = pair_batch(self.base.dial(image_noise=image_noise, audio_snr=audio_snr))
        self.seen.set_data(batch["image"][index].numpy()), self.heard.set_data(batch["audio"][index].T.numpy())
        for words, dial in zip((f"noise {image_noise:.1f}", f"sound at {audio_snr:.0f} dB"), self.dials, strict=True):
            dial.write(word_shape(words.replace("-", "−"), points=11))
        xs, ys = [], []
        for i, name in enumerate(SHARING):
            each = self.read[name](batch)  # (E, B)
            for j, runs in enumerate((each[:, index], each.mean(1))):
                one, (image, audio) = mean_interval(runs.tolist()), self.bars[2 * i + j]
                image.set_width(100 * one.mean), audio.set_x(100 * one.mean), audio.set_width(100 - 100 * one.mean)
                xs += [100 * max(one.low, 0), 100 * min(one.high, 1), np.nan]
                ys += [self.places[2 * i + j]] * 2 + [np.nan]
        self.ends.set_data(xs, ys)


@lru_cache(maxsize=1)
def _quick_shares() -> dict[str, list[Any]]:
    return train_shares(seeds=range(2), size=300, epochs=4)


def sense_shares(models: Mapping[str, Sequence[Any]] | None = None, **values: float) -> Picture:
    """Shares by hand: ``sense_shares(models, image_noise=2.0, audio_snr=-6)``."""
    return SharesView(models or _quick_shares()).picture(**values)


def sense_shares_panel(models: Mapping[str, Sequence[Any]] | None = None) -> Panel:
    """Both noises on sliders; without models, two seeds are trained quickly."""
    return Panel(
        SharesView(models or _quick_shares()),
        index=slider("which pair", 0, 39, 3, 1),
        image_noise=slider("image noise", 0.0, 2.0, 0.0),
        audio_snr=slider("audio SNR (dB)", -20, 10, -20, 1),
    )
