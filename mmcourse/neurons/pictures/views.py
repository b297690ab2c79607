"""Pictures and panels of lesson 01. Each panel ``x_panel(...)`` has a twin ``x(...)`` with plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from torch import Tensor

from mmcourse import neurons
from mmcourse.engine import Interval, generator
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style
from mmcourse.pictures.plots import array, frame

BANDS = 20  # steps of the answer in a field: they show its slope, and flat colours make a small, fast PNG
FIELD = LinearSegmentedColormap.from_list("answer", ["#9DC8E4", "#FFFFFF", "#F3B48D"], N=BANDS)  # 0, one half, 1
WEIGHTS = "RdBu_r"  # red adds, blue takes away
THREE = {"marker": "o", "color": style.CLASSES[0], "markerfacecolor": "none", "label": "3"}
EIGHT = {"marker": "s", "color": style.CLASSES[1], "label": "8"}
SQUARES = ((2, 2), (4, 2))  # first row and column of x1 and of x2
SIDE = 40  # a field of answers has SIDE x SIDE of them
Curves = Sequence[Sequence[float]]


def pixel_lines(ax: Axes) -> Axes:
    """Thin lines between the 8 x 8 pixels, so that they can be counted."""
    between = np.arange(0.5, 7)
    ax.hlines(between, -0.5, 7.5, color=style.SOFT, linewidth=0.25)
    ax.vlines(between, -0.5, 7.5, color=style.SOFT, linewidth=0.25)
    return ax


# ------------------------------------------------------------ the question


def three_or_eight(images: Tensor, labels: Tensor, squares: bool = False, count: int = 7) -> Picture:
    """Some 3s above some 8s, from images (B, 1, 8, 8) and labels (B,); with the two ink squares if wanted."""

    def draw(figure: Figure) -> None:
        for row, (axes, label) in enumerate(zip(figure.subplots(2, count), (3, 8), strict=True)):
            for ax, pixels in zip(axes, array(images[labels == label][:count, 0]), strict=True):
                plots.digit(ax, pixels, ""), frame(ax), pixel_lines(ax)
                for (top, left), line in zip(SQUARES if squares else (), ("-", "--"), strict=False):
                    ax.plot(
                        left - 0.5 + np.array([0, 2, 2, 0, 0]),
                        top - 0.5 + np.array([0, 0, 2, 2, 0]),
                        color=style.CLASSES[1],
                        linestyle=line,
                    )
            axes[0].set_ylabel(f"label {label}", rotation=0, labelpad=22, va="center")
            if squares and row == 0:
                axes[0].set_title("solid: x1, dashed: x2", fontsize=8.5)

    return plots.picture(draw, 7.2, 2.3, f"{count} handwritten 3s above {count} handwritten 8s")


# ------------------------------------------------------------ four squashes


HEIGHTS = {"step": (-0.25, 1.25), "sigmoid": (-0.25, 1.25), "tanh": (-1.4, 1.4), "relu": (-0.6, 3.2)}
JUMPS = ("step", "relu")  # no slope at z = 0


class SquashesView(View):
    """Four squashes above their slopes; one weighted sum z moves a dot on each, with the tangent there."""

    size, alt = (7.2, 3.1), "four squashes with their tangents at one sum z, and below each its slope"

    def build(self, figure: Figure) -> None:
        axes = figure.subplots(2, 4, sharex=True)
        z, (blue, red) = torch.linspace(-3, 3, 601), style.CLASSES[:2]
        self.tangents, self.dots, self.words = [], [], []
        for (upper, lower), (name, function) in zip(axes.T, neurons.ACTIVATIONS.items(), strict=True):
            upper.set(xlim=(-3.1, 3.1), ylim=HEIGHTS[name], xticks=[-2, 0, 2]), upper.set_title(" ")
            lower.set(ylim=(-0.1, 1.25), xlabel="sum z"), lower.set_title(" ")
            # a nan at the jump keeps the curve from being joined there by an upright line
            place = array(z.where(z.abs() > 1e-4, torch.nan) if name in JUMPS else z)
            upper.plot(place, array(function.value(z)), color=blue)
            lower.plot(place, array(function.slope(z)), color=blue)
            self.tangents.append(self.moving(upper.plot([], [], color=red, linewidth=5, alpha=0.4)[0]))
            self.dots.append([self.moving(ax.plot([], [], "o", color=red, markersize=7)[0]) for ax in (upper, lower)])
            for ax, word in ((upper, name), (lower, "its slope:")):
                ax.grid(True), ax.text(0, 1.06, word, transform=ax.transAxes)
            self.words.append(self.moving(lower.text(1, 1.06, "", transform=lower.transAxes, ha="right")))
        axes[0, 0].set_ylabel("answer"), axes[1, 0].set_ylabel("slope")

    def update(self, z: float) -> None:
        at = torch.tensor(round(float(z), 6))  # 0.1 + 0.2 is not 0.3: a slider's 0 must be 0
        rows = zip(neurons.ACTIVATIONS.items(), self.tangents, self.dots, self.words, strict=True)
        for (name, function), tangent, (upper, lower), words in rows:
            value, slope = float(function.value(at)), float(function.slope(at))
            if at == 0 and name in JUMPS:
                slope = np.nan  # a jump or a kink has no slope: nothing is drawn
            tangent.set_data([z - 1.5, z + 1.5], [value - 1.5 * slope, value + 1.5 * slope])
            upper.set_data([z], [value]), lower.set_data([z], [slope])
            words.set_text("none" if np.isnan(slope) else f"{slope:.2f}")


def squashes(z: float = 0.0) -> Picture:
    """The four squashes and their slopes at the sum ``z`` (-3 to 3)."""
    return SquashesView().picture(z=z)


def squashes_panel() -> Panel:
    """Move the weighted sum, watch the four answers and their slopes."""
    return Panel(SquashesView(), z=slider("weighted sum z", -3.0, 3.0, 1.0, 0.1))


# ------------------------------------------------------------ a line in the plane


def plane(ax: Axes) -> None:
    """Axes for the two ink measurements."""
    ax.set(
        xlim=(0, 1),
        ylim=(0, 1),
        aspect="equal",
        xlabel="x1: ink upper left (share)",
        ylabel="x2: ink lower left (share)",
    )


def field(figure: Figure, ax: Axes, low: float, high: float) -> AxesImage:
    """An empty field of answers over the square from ``low`` to ``high``, with its colour bar."""
    corners = (low, high, low, high)
    image = ax.imshow(np.zeros((SIDE, SIDE)), cmap=FIELD, vmin=0, vmax=1, origin="lower", extent=corners)
    image.set_zorder(0)
    bar = figure.colorbar(image, ax=ax, shrink=0.8, label="answer y")
    bar.ax.yaxis.set_label_position("left")  # on the right it would read as the label of the next axes
    return image


class LineView(View):
    """The answers of a neuron with two inputs as a field, its line, and what it says about each digit."""

    size, alt = (6.8, 3.0), "the plane of two ink measurements, coloured by a neuron's answer, with its line"

    def __init__(self, x: Tensor, t: Tensor) -> None:
        self.x, self.t = x.detach().cpu(), t.detach().cpu()
        side = torch.linspace(0, 1, SIDE)
        self.nodes = torch.stack(torch.meshgrid(side, side, indexing="xy"), -1)  # (SIDE, SIDE, 2)
        self.lift = torch.linspace(-0.3, 0.3, len(t))[torch.randperm(len(t), generator=generator(0))]
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.05))
        plane(left)
        right.set(
            xlim=(-0.25, 1.25),
            ylim=(-0.5, 1.5),
            xlabel="the neuron's answer y",
            yticks=[0, 1],
            yticklabels=["3s", "8s"],
            title=" ",
        )
        right.plot([0.5, 0.5], [-0.5, 1.5], color=style.INK, linewidth=1)
        self.field = self.moving(field(figure, left, 0, 1))
        looks = (THREE, EIGHT)
        for label, look in enumerate(looks):
            points = array(self.x[self.t == label]).T
            self.moving(left.plot(*points, linestyle="", markersize=4, zorder=2, **look)[0])
        self.edge = self.moving(left.plot([], [], color=style.INK, zorder=3)[0])
        self.strips = [self.moving(right.plot([], [], linestyle="", markersize=3.5, **look)[0]) for look in looks]
        self.words = []  # the words stand still, only the numbers move: text is what costs time
        for place, name in ((0, "loss (MSE):"), (0.53, f"wrong of {len(self.t)}:")):
            right.text(place, 1.04, name, transform=right.transAxes)
            self.words.append(self.moving(right.text(place + 0.46, 1.04, "", transform=right.transAxes, ha="right")))

    def update(self, w1: float, w2: float, b: float, squash: str) -> None:
        w, bias = torch.tensor([float(w1), float(w2)]), torch.tensor(float(b))
        answers, y = (neurons.neuron(x, w, bias, squash) for x in (self.nodes, self.x))
        self.field.set_data(array(answers.clamp(0, 1)))
        middle = {"relu": 0.5, "tanh": float(np.arctanh(0.5))}.get(squash, 0.0)  # z where the answer is 1/2
        self.edge.set_data(*edge(w1, w2, b - middle))
        for label, strip in enumerate(self.strips):
            chosen = self.t == label
            strip.set_data(array(y[chosen].clamp(-0.2, 1.2)), array(label + self.lift[chosen]))
        wrong = int(((y >= 0.5) != (self.t >= 0.5)).sum())
        loss = float(neurons.mse(y, self.t))
        self.words[0].set_text(f"{loss:.3f}"), self.words[1].set_text(str(wrong))


def edge(w1: float, w2: float, b: float) -> tuple[list[float], list[float]]:
    """Two far ends of the line w1 x1 + w2 x2 + b = 0; nothing to draw when both weights are 0."""
    size = float(np.hypot(w1, w2))
    if size == 0:
        return [], []
    x1, x2 = -b * w1 / size**2, -b * w2 / size**2  # the line's point nearest to (0, 0)
    return [x1 - 3 * w2 / size, x1 + 3 * w2 / size], [x2 + 3 * w1 / size, x2 - 3 * w1 / size]


def neuron_line(x: Tensor, t: Tensor, w1: float, w2: float, b: float, squash: str = "sigmoid") -> Picture:
    """What a neuron with weights w1, w2 and bias b says about points x (B, 2) with targets t (B,), 0 or 1."""
    return LineView(x, t).picture(w1=w1, w2=w2, b=b, squash=squash)


def neuron_line_panel(x: Tensor, t: Tensor) -> Panel:
    """Turn and shift the line of one neuron between the 3s and the 8s."""
    return Panel(
        LineView(x, t),
        w1=slider("weight w1", -10.0, 10.0, 4.0, 0.5),
        w2=slider("weight w2", -10.0, 10.0, -4.0, 0.5),
        b=slider("bias b", -10.0, 10.0, 0.0, 0.2),
        squash=choice("squash", list(neurons.ACTIVATIONS), "sigmoid"),
    )


def descent(
    x: Tensor, t: Tensor, path: Sequence[tuple[Tensor, Tensor]], losses: Sequence[float], steps: Sequence[int]
) -> Picture:
    """Loss over steps, and the neuron's line at some ``steps``; ``path`` holds (w, b) after every step."""

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        left.plot(range(1, len(losses) + 1), losses, color=style.CLASSES[0])
        left.set(xscale="log", ylabel="loss (MSE)", ylim=(0, 0.27)), left.grid(True)
        left.set_xlabel("step (each tick ten times the one before)")
        plane(right)
        for label, look in enumerate((THREE, EIGHT)):
            right.plot(*array(x[t == label]).T, linestyle="", markersize=3, alpha=0.45, **look)
        for step, line in zip(steps, (":", "-.", "--", "-"), strict=True):
            w, b = path[step - 1]
            ends = edge(float(w[0]), float(w[1]), float(b))
            right.plot(*ends, color=style.INK, linestyle=line, label=f"step {step}")
            left.plot(step, losses[step - 1], "o", color=style.INK)
        right.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))

    return plots.picture(draw, 7.2, 3.1, "the loss falls step by step, and the line moves between the 3s and the 8s")


# ------------------------------------------------------------ XOR and hidden units

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = torch.tensor([0.0, 1.0, 1.0, 0.0])


def solved(weights: neurons.Weights) -> Tensor:
    """Which of E networks (E, ...) are off by less than 1/4 at each of the four corners of XOR: (E,)."""
    logits, _ = neurons.two_layer_forward(CORNERS, neurons.Weights(*(w.detach().cpu() for w in weights)))
    return ((neurons.sigmoid(logits[..., 0]) - XOR).abs() < 0.25).all(-1)


def answers(nodes: Tensor, weights: neurons.Weights) -> np.ndarray:
    """What each of E networks says at the nodes (SIDE, SIDE, 2): (E, SIDE, SIDE)."""
    logits, _ = neurons.two_layer_forward(nodes.reshape(-1, 2), weights)
    return array(neurons.sigmoid(logits[..., 0])).reshape(-1, *nodes.shape[:2])


class XorView(View):
    """A network's answers over the plane, the line of each hidden unit, and how often its size succeeds."""

    size, alt = (7.2, 3.2), "a network's answers to XOR over the plane, and how many of each size solved it"

    def __init__(self, nets: Mapping[int, neurons.Weights]) -> None:
        self.nets = {h: neurons.Weights(*(w.detach().cpu() for w in weights)) for h, weights in nets.items()}
        self.solved = {h: solved(weights) for h, weights in self.nets.items()}
        side = torch.linspace(-0.4, 1.4, SIDE)
        nodes = torch.stack(torch.meshgrid(side, side, indexing="xy"), -1)  # (SIDE, SIDE, 2)
        self.fields = {h: answers(nodes, weights) for h, weights in self.nets.items()}  # once, not for every move
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        left.set(xlim=(-0.4, 1.4), ylim=(-0.4, 1.4), xlabel="input x1", ylabel="input x2", aspect="equal", title=" ")
        left.set_xticks([0, 1]), left.set_yticks([0, 1])
        self.field = self.moving(field(figure, left, -0.4, 1.4))
        self.lines = self.moving(left.plot([], [], "--", color=style.SOFT, linewidth=1, zorder=1)[0])
        for label, (look, name) in enumerate(((THREE, "wanted 0"), (EIGHT, "wanted 1"))):
            looks = {**look, "label": name, "markersize": 11, "linestyle": "", "zorder": 3}
            self.moving(left.plot(*array(CORNERS[label == XOR]).T, **looks)[0])
        left.legend(*left.get_legend_handles_labels(), loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
        counts, total = [int(good.sum()) for good in self.solved.values()], len(next(iter(self.solved.values())))
        right.bar(list(self.nets), counts, color=style.GRID, edgecolor=style.SOFT)
        right.set(xlabel="hidden units", ylabel=f"starts that solved it, of {total}", ylim=(0, total * 1.12), title=" ")
        right.set_xticks(list(self.nets))
        self.mark = self.moving(right.bar([1], [0], color=style.CLASSES[0], hatch="//", edgecolor="white")[0])
        self.words = [
            self.moving(left.text(0, 1.04, "", transform=left.transAxes)),
            self.moving(right.text(0, 0, "", ha="center", va="bottom")),
        ]

    def update(self, hidden: int, seed: int) -> None:
        net, good = neurons.Weights(*(w[seed] for w in self.nets[hidden])), self.solved[hidden]
        self.field.set_data(self.fields[hidden][seed])
        ends = [edge(*net.w1[:, unit].tolist(), float(net.b1[unit])) for unit in range(hidden)]
        self.lines.set_data(*(sum(([*values[axis], np.nan] for values in ends), []) for axis in (0, 1)))
        count = int(good.sum())
        self.mark.set_x(hidden - 0.4), self.mark.set_width(0.8), self.mark.set_height(count)
        self.words[0].set_text("solved" if good[seed] else "not solved")
        self.words[1].set_text(str(count)), self.words[1].set_position((hidden, count))


def xor(nets: Mapping[int, neurons.Weights], hidden: int = 2, seed: int = 0) -> Picture:
    """The network with ``hidden`` units that began with weights number ``seed``; nets[H] holds E of them."""
    return XorView(nets).picture(hidden=hidden, seed=seed)


def xor_panel(nets: Mapping[int, neurons.Weights]) -> Panel:
    """Choose the number of hidden units and the first weights."""
    runs = len(next(iter(nets.values())).w1)
    return Panel(
        XorView(nets),
        hidden=slider("hidden units", min(nets), max(nets), 2, 1),
        seed=slider("first weights (seed)", 0, runs - 1, 0, 1),
    )


# ------------------------------------------------------------ softmax


class SoftmaxView(View):
    """Three logits as shares: with the largest one taken away first, and straight from the formula."""

    size, alt = (6.8, 2.5), "three logits turned into shares, with and without subtracting the maximum"

    def build(self, figure: Figure) -> None:
        self.bars, self.words = [], []
        titles = ("largest logit taken away first", "straight from the formula")
        for ax, title, hatch in zip(figure.subplots(1, 2, sharey=True), titles, ("", "//"), strict=True):
            ax.set(
                xlim=(-0.6, 2.6),
                ylim=(0, 1.15),
                xticks=range(3),
                title=title,
                xticklabels=["class 0", "class 1", "class 2"],
            )
            bars = ax.bar(range(3), [0] * 3, color=style.CLASSES[0], hatch=hatch, edgecolor="white")
            self.bars.append([self.moving(bar) for bar in bars])
            self.words.append([self.moving(ax.text(k, 0, "", ha="center", va="bottom")) for k in range(3)])
            ax.set_ylabel("share" if not hatch else "")

    def update(self, z0: float, z1: float, z2: float, add: float) -> None:
        logits = torch.tensor([z0, z1, z2], dtype=torch.float32) + add
        powers = torch.exp(logits)
        both = (neurons.softmax(logits), powers / powers.sum())
        for bars, words, shares in zip(self.bars, self.words, both, strict=True):
            for bar, word, share in zip(bars, words, shares.tolist(), strict=True):
                known = share == share  # NaN is not equal to itself
                bar.set_height(share if known else 0)
                word.set_y(share + 0.02 if known else 0.4)
                word.set_text(f"{share:.2f}" if known else "nan")


def shares(z0: float = 2.0, z1: float = 1.0, z2: float = 0.0, add: float = 0.0) -> Picture:
    """The shares of three logits; ``add`` is added to all three before."""
    return SoftmaxView().picture(z0=z0, z1=z1, z2=z2, add=add)


def shares_panel() -> Panel:
    """Move three logits, and add the same number to all of them."""
    logits = {f"z{k}": slider(f"logit of class {k}", -5.0, 5.0, 2.0 - k, 0.1) for k in range(3)}
    return Panel(SoftmaxView(), **logits, add=slider("add to all three", -120, 120, 0, 5))


# ------------------------------------------------------------ the network that reads digits


def seeds_picture(curves: Curves, finals: Sequence[float], interval: Interval, goal: float = 0.95) -> Picture:
    """Validation accuracy over epochs, one curve a seed; and test accuracy with its interval."""

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2, 1))
        for curve in curves:
            left.plot(range(1, len(curve) + 1), curve, color=style.CLASSES[0], linewidth=1, alpha=0.7)
        left.set(
            xlabel="epoch",
            ylabel="accuracy (share right)",
            ylim=(0.8, 1),
            title="validation digits, one curve a seed",
        )
        right.plot(np.linspace(-0.2, 0.2, len(finals)), finals, "o", color=style.CLASSES[0], markerfacecolor="none")
        right.errorbar([0.6], [interval.mean], [interval.half], fmt="D", color=style.INK, capsize=5)
        right.set(xlim=(-0.5, 1), xticks=[0, 0.6], xticklabels=["each seed", "mean"], title="test digits")
        for ax in (left, right):
            ax.axhline(goal, color=style.LIMIT, linestyle="--"), ax.grid(True, axis="y")
        left.text(len(curves[0]), goal - 0.004, f"accuracy {goal:.2f}", color=style.LIMIT, ha="right", va="top")

    return plots.picture(draw, 7.2, 2.9, "accuracy of several seeds over epochs, and on the test digits")


def signs(ax: Axes, pixels: np.ndarray, scale: float, size: float) -> None:
    """Marks on the strong weights, so that their sign can be read without colour."""
    for sign, marker in ((1, "+"), (-1, "_")):
        rows, columns = np.nonzero(sign * pixels > scale / 2)
        ax.plot(columns, rows, linestyle="", marker=marker, color="white", markersize=size, markeredgewidth=1)


def hidden_units(model: neurons.MLP, rows: int = 3, columns: int = 8) -> Picture:
    """The incoming weights of the first rows x columns hidden units as 8 x 8 pictures on one shared scale."""

    def draw(figure: Figure) -> None:
        weights = array(model.w1).T.reshape(-1, 8, 8)[: rows * columns]
        scale = float(np.quantile(np.abs(weights), 0.99))
        axes = figure.subplots(rows, columns)
        for unit, (ax, pixels) in enumerate(zip(axes.flat, weights, strict=True)):
            image = style.heat(ax, pixels, low=-scale, high=scale, cmap=WEIGHTS)
            signs(ax, pixels, scale, 3.5), frame(ax), ax.set_title(f"unit {unit}", fontsize=8, loc="center")
        figure.colorbar(image, ax=axes, label="weight\n+ and −: the strongest", shrink=0.9)

    return plots.picture(draw, 7.2, 3.4, f"the weights of {rows * columns} hidden units as small pictures")


class UnitView(View):
    """One hidden unit: what it looks for, which digits excite it most, and for which classes it speaks."""

    size, alt = (7.2, 2.7), "one hidden unit: its weights, the digits that excite it most, the classes it speaks for"

    def __init__(self, model: neurons.MLP, images: Tensor) -> None:
        w1, w2 = model.w1.detach().cpu(), array(model.w2)
        images = images.detach().cpu()
        self.pictures, self.votes = array(w1).T.reshape(-1, 8, 8), w2
        excitement = images.flatten(1) @ w1 + model.b1.detach().cpu()  # (B, H)
        best = array(images[:, 0])[array(excitement.topk(6, dim=0).indices)]  # (6, H, 8, 8)
        self.best = np.full((w1.shape[1], 17, 26), np.nan)  # two rows of three digits, one empty pixel between
        for place in range(6):
            row, column = divmod(place, 3)
            self.best[:, 9 * row : 9 * row + 8, 9 * column : 9 * column + 8] = best[place]
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, middle, right = figure.subplots(1, 3, width_ratios=(1.15, 1.2, 1))
        self.scale = float(np.quantile(np.abs(self.pictures), 0.99))
        empty, limits = np.zeros((8, 8)), {"low": -self.scale, "high": self.scale}
        self.weights = self.moving(style.heat(left, empty, cmap=WEIGHTS, **limits))
        figure.colorbar(self.weights, ax=left, shrink=0.7, label="weight")
        self.signs = [
            self.moving(left.plot([], [], linestyle="", marker=marker, color="white", markersize=7)[0])
            for marker in "+_"
        ]
        left.set_title("its 64 weights", loc="center"), middle.set_title("excite it most", loc="center")
        self.digits = self.moving(style.heat(middle, self.best[0], low=0, high=1, cmap="gray_r"))
        middle.set_facecolor(style.GRID), middle.patch.set_visible(True)
        reach = float(np.abs(self.votes).max()) * 1.1
        right.axvline(0, color=style.INK, linewidth=1)
        right.set(xlim=(-reach, reach), ylim=(9.6, -0.6), yticks=range(10), ylabel="class")
        right.set_xlabel("weight to the class")
        right.set_title("− against, + for", loc="center")
        self.stems = self.moving(right.plot([], [], color=style.SOFT, linewidth=2)[0])
        looks = ({"marker": "s"}, {"marker": "o", "markerfacecolor": "white"})  # for, against
        self.tips = [self.moving(right.plot([], [], linestyle="", color=style.CLASSES[0], **look)[0]) for look in looks]

    def update(self, unit: int) -> None:
        pixels, votes, classes = self.pictures[unit], self.votes[unit], np.arange(self.votes.shape[1])
        self.weights.set_data(pixels), self.digits.set_data(self.best[unit])
        for sign, line in zip((1, -1), self.signs, strict=True):
            rows, columns = np.nonzero(sign * pixels > self.scale / 2)
            line.set_data(columns, rows)
        nothing = np.zeros_like(votes)
        self.stems.set_data(np.stack([nothing, votes, nothing * np.nan], 1).ravel(), classes.repeat(3))
        for sign, tips in zip((1, -1), self.tips, strict=True):
            tips.set_data(votes[sign * votes > 0], classes[sign * votes > 0])


def unit(model: neurons.MLP, images: Tensor, unit: int = 0) -> Picture:
    """One hidden unit of a trained network, and the images (B, 1, 8, 8) that excite it most."""
    return UnitView(model, images).picture(unit=unit)


def unit_panel(model: neurons.MLP, images: Tensor, start: int = 0) -> Panel:
    """Go through the hidden units one by one, from number ``start``."""
    return Panel(UnitView(model, images), unit=slider("hidden unit", 0, len(model.b1) - 1, start, 1))


# ------------------------------------------------------------ the answer


class VerdictView(View):
    """One digit times the weights of one neuron: what every pixel adds to the sum, and the verdict."""

    size, alt = (7.0, 2.5), "a digit, the weights of a neuron, what each pixel adds, and the neuron's verdict"

    def __init__(self, images: Tensor, t: Tensor, w: Tensor, b: Tensor) -> None:
        self.images, self.w, self.b = array(images[:, 0]), array(w).reshape(8, 8), float(b)
        self.labels = [8 if target else 3 for target in t.tolist()]
        super().__init__()

    def build(self, figure: Figure) -> None:
        axes = figure.subplots(1, 4, width_ratios=(1, 1.25, 1.25, 1))
        scale = float(np.abs(self.w).max())
        limits = {"low": -scale, "high": scale, "cmap": WEIGHTS}
        self.ink = self.moving(style.heat(axes[0], self.w * 0, low=0, high=1, cmap="gray_r"))
        weights = style.heat(axes[1], self.w, **limits)
        self.parts = self.moving(style.heat(axes[2], self.w * 0, **limits))
        signs(axes[1], self.w, scale, 6), frame(axes[0]), frame(axes[1]), frame(axes[2])
        self.signs = [
            self.moving(axes[2].plot([], [], linestyle="", marker=marker, color="white", markersize=6)[0])
            for marker in "+_"
        ]
        for ax, title in zip(axes, ("label   ", "the weights w", "what each adds: w x", "sum + bias = z"), strict=True):
            ax.set_title(title, loc="center")
        figure.colorbar(weights, ax=axes[1:3], label="− for 3, + for 8", shrink=0.75, location="bottom", aspect=30)
        axes[3].set(xlim=(-0.6, 0.9), ylim=(-0.06, 1.2), ylabel="answer, 0 (a 3) to 1 (an 8)")
        axes[3].set_xticks([]), axes[3].set_yticks([0, 0.5, 1])
        axes[3].axhline(0.5, color=style.SOFT, linewidth=1, linestyle="--")
        self.stem = self.moving(axes[3].plot([], [], color=style.INK, linewidth=3)[0])
        self.dot = self.moving(axes[3].plot([], [], "D", color=style.INK, markersize=9)[0])
        self.label = self.moving(axes[0].text(0.72, 1.05, "", transform=axes[0].transAxes))
        self.sum = self.moving(axes[3].text(0.15, 1.1, "", ha="center", fontsize=8.5))
        self.answer = self.moving(axes[3].text(0.15, 0, "", va="center"))

    def update(self, number: int) -> None:
        parts = self.images[number] * self.w
        total = float(parts.sum())
        z = total + self.b
        y = float(neurons.sigmoid(torch.tensor(z)))
        self.ink.set_data(self.images[number]), self.parts.set_data(parts)
        for sign, line in zip((1, -1), self.signs, strict=True):
            rows, columns = np.nonzero(sign * parts > np.abs(self.w).max() / 2)
            line.set_data(columns, rows)
        self.stem.set_data([0, 0], [0.5, y]), self.dot.set_data([0], [y])
        self.label.set_text(str(self.labels[number]))
        self.sum.set_text(f"{total:.2f} {self.b:+.2f} = {z:.2f}".replace("-", "−"))
        self.answer.set_text(f"{y:.3f}"), self.answer.set_y(y)


def verdict(images: Tensor, t: Tensor, w: Tensor, b: Tensor, number: int = 0) -> Picture:
    """How a neuron with w (64,) and b () decides on one of the images (B, 1, 8, 8) with targets t (B,)."""
    return VerdictView(images, t, w, b).picture(number=number)


def verdict_panel(images: Tensor, t: Tensor, w: Tensor, b: Tensor) -> Panel:
    """Go through the digits and see what each pixel adds."""
    return Panel(VerdictView(images, t, w, b), number=slider("digit number", 0, len(images) - 1, 0, 1))


def rivals(results: Mapping[str, Sequence[float]], intervals: Mapping[str, Interval]) -> Picture:
    """Accuracies of several recognisers: every run as a ring, the mean with its interval (cut at 1) as a diamond."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        rings = {"color": style.CLASSES[0], "markerfacecolor": "none", "label": "one draw"}
        means = {"color": style.INK, "capsize": 5, "label": "mean with its interval"}
        for row, (name, runs) in enumerate(results.items()):
            interval, heights = intervals[name], row + np.linspace(-0.12, 0.12, len(runs))
            sides = [[interval.mean - interval.low], [min(interval.high, 1.0) - interval.mean]]
            ax.plot(runs, heights, "o", **rings)
            ax.errorbar([interval.mean], [row + 0.3], xerr=sides, fmt="D", **means)
            rings["label"] = means["label"] = None  # one entry each in the legend
        ax.set(yticks=range(len(results)), yticklabels=list(results), xlim=(0.85, 1.005))
        ax.set(ylim=(len(results) - 0.4, -0.5), xlabel="accuracy on 3s and 8s never trained on (share)")
        ax.grid(True, axis="x"), ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)

    return plots.picture(draw, 7.2, 2.7, "accuracy of each recogniser over several draws, with intervals")
