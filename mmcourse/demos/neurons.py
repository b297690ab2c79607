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
from mmcourse.ui import Panel, Picture, View, choice, plots, slider, style

FIELD = LinearSegmentedColormap.from_list("answer", ["#9DC8E4", "#FFFFFF", "#F3B48D"])  # 0, one half, 1
WEIGHTS = "RdBu_r"  # red adds, blue takes away
THREE = {"marker": "o", "color": style.CLASSES[0], "markerfacecolor": "none", "label": "3"}
EIGHT = {"marker": "s", "color": style.CLASSES[1], "label": "8"}
SQUARES = ((2, 2), (4, 2))  # first row and column of x1 and of x2
GRID = torch.linspace(0, 1, 60)
Curves = Sequence[Sequence[float]]


def array(values: Tensor) -> np.ndarray:
    """A tensor from any device as a numpy array."""
    return values.detach().cpu().numpy()


# ------------------------------------------------------------ the question


def three_or_eight(images: Tensor, labels: Tensor, squares: bool = False, count: int = 7) -> Picture:
    """Some 3s above some 8s, from images (B, 1, 8, 8) and labels (B,); with the two ink squares if wanted."""

    def draw(figure: Figure) -> None:
        for row, (axes, label) in enumerate(zip(figure.subplots(2, count), (3, 8), strict=True)):
            for ax, pixels in zip(axes, array(images[labels == label][:count, 0]), strict=True):
                plots.digit(ax, pixels, "")
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


class SquashView(View):
    """A squash and its slope, with a point that can be moved and the tangent at that point."""

    size, alt = (7.2, 2.9), "a squash with its tangent at one point, and its slope"

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        self.z = torch.linspace(-3, 3, 301)
        for ax, low, high, name in ((left, -1.3, 3.1, "answer"), (right, -0.15, 1.2, "slope")):
            ax.set(xlim=(-3.1, 3.1), ylim=(low, high), xlabel="weighted sum z", ylabel=name)
            ax.set_title(" "), ax.grid(True)
        blue, red = style.CLASSES[:2]
        self.curve, self.slope = (self.moving(ax.plot([], [], color=blue)[0]) for ax in (left, right))
        self.tangent = self.moving(left.plot([], [], "--", color=red)[0])
        self.dots = [self.moving(ax.plot([], [], "o", color=red, markersize=8)[0]) for ax in (left, right)]
        self.words = [self.moving(ax.text(0, 1.04, "", transform=ax.transAxes)) for ax in (left, right)]

    def update(self, squash: str, z: float) -> None:
        function, at = neurons.activation(squash), torch.tensor(float(z))
        value, slope = float(function.value(at)), float(function.slope(at))
        self.curve.set_data(array(self.z), array(function.value(self.z)))
        self.slope.set_data(array(self.z), array(function.slope(self.z)))
        self.tangent.set_data([z - 1, z + 1], [value - slope, value + slope])
        for dot, height in zip(self.dots, (value, slope), strict=True):
            dot.set_data([z], [height])
        self.words[0].set_text(f"{squash}({z:.1f}) = {value:.3f}")
        self.words[1].set_text(f"slope at {z:.1f} = {slope:.3f}")


def squash(squash: str = "sigmoid", z: float = 0.0) -> Picture:
    """A squash by name, its value and its slope at ``z`` (-3 to 3)."""
    return SquashView().picture(squash=squash, z=z)


def squash_panel() -> Panel:
    """Choose a squash, move the point, watch the tangent."""
    return Panel(
        SquashView(),
        squash=choice("squash", list(neurons.ACTIVATIONS), "sigmoid"),
        z=slider("weighted sum z", -3.0, 3.0, 0.0, 0.1),
    )


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
    """An empty field of 60 x 60 answers over the square from ``low`` to ``high``, with its colour bar."""
    corners = (low, high, low, high)
    image = ax.imshow(np.zeros((60, 60)), cmap=FIELD, vmin=0, vmax=1, origin="lower", extent=corners)
    image.set_zorder(0)
    figure.colorbar(image, ax=ax, label="answer y", shrink=0.8)
    return image


class LineView(View):
    """The answers of a neuron with two inputs as a field, its line, and what it says about each digit."""

    size, alt = (7.2, 3.5), "the plane of two ink measurements, coloured by a neuron's answer, with its line"

    def __init__(self, x: Tensor, t: Tensor) -> None:
        self.x, self.t = x.detach().cpu(), t.detach().cpu()
        self.nodes = torch.stack(torch.meshgrid(GRID, GRID, indexing="xy"), -1)  # (60, 60, 2)
        self.lift = torch.linspace(-0.3, 0.3, len(t))[torch.randperm(len(t), generator=generator(0))]
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.05))
        plane(left)
        right.set(
            xlim=(-0.25, 1.25),
            ylim=(-0.5, 1.8),
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
        self.strips = [
            self.moving(right.plot([], [], linestyle="", markersize=3.5, **look)[0]) for look in looks
        ]
        self.words = self.moving(right.text(0, 1.04, "", transform=right.transAxes))
        self.formula = self.moving(right.text(0.02, 0.93, "", transform=right.transAxes, fontsize=8.5))

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
        self.words.set_text(f"loss (MSE) {loss:.3f}     wrong side: {wrong} of {len(y)}")
        self.formula.set_text(f"y = {squash}({w1:.1f} x1 {w2:+.1f} x2 {b:+.1f})")


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
        left.set(xscale="log", xlabel="step", ylabel="loss (MSE)", ylim=(0, 0.27)), left.grid(True)
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
    """Which of E networks (E, ...) put all four corners of XOR on the right side of one half: (E,)."""
    logits, _ = neurons.two_layer_forward(CORNERS, neurons.Weights(*(w.detach().cpu() for w in weights)))
    return ((logits[..., 0] >= 0) == (XOR == 1)).all(-1)  # sigmoid(0) is one half


class XorView(View):
    """A network's answers over the plane, the line of each hidden unit, and how often its size succeeds."""

    size, alt = (7.2, 3.4), "a network's answers to XOR over the plane, and how many of each size solved it"

    def __init__(self, nets: Mapping[int, neurons.Weights]) -> None:
        self.nets = {h: neurons.Weights(*(w.detach().cpu() for w in weights)) for h, weights in nets.items()}
        self.solved = {h: solved(weights) for h, weights in self.nets.items()}
        side = torch.linspace(-0.4, 1.4, 60)
        self.nodes = torch.stack(torch.meshgrid(side, side, indexing="xy"), -1).reshape(-1, 2)  # (3600, 2)
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        left.set(
            xlim=(-0.4, 1.4),
            ylim=(-0.4, 1.4),
            xlabel="input x1",
            ylabel="input x2",
            aspect="equal",
            title=" ",
            xticks=[0, 1],
            yticks=[0, 1],
        )
        self.field = self.moving(field(figure, left, -0.4, 1.4))
        self.lines = [
            self.moving(left.plot([], [], "--", color=style.SOFT, linewidth=1, zorder=1)[0])
            for _ in range(max(self.nets))
        ]
        for label, (look, name) in enumerate(((THREE, "wanted 0"), (EIGHT, "wanted 1"))):
            looks = {**look, "label": name, "markersize": 11, "linestyle": "", "zorder": 3}
            self.moving(left.plot(*array(CORNERS[label == XOR]).T, **looks)[0])
        counts = [int(s.sum()) for s in self.solved.values()]
        total = len(next(iter(self.solved.values())))
        right.bar(list(self.nets), counts, color=style.GRID, edgecolor=style.SOFT)
        right.set(
            xlabel="hidden units",
            ylabel=f"starts that solved it, of {total}",
            ylim=(0, total * 1.12),
            xticks=list(self.nets),
            title=" ",
        )
        left.legend(
            *left.get_legend_handles_labels(), loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2
        )
        self.mark = self.moving(right.bar([1], [0], color=style.CLASSES[0], hatch="//", edgecolor="white")[0])
        self.words = [self.moving(ax.text(0, 1.04, "", transform=ax.transAxes)) for ax in (left, right)]

    def update(self, hidden: int, seed: int) -> None:
        net, good = neurons.Weights(*(w[seed] for w in self.nets[hidden])), self.solved[hidden]
        answers = neurons.sigmoid(neurons.two_layer_forward(self.nodes, net)[0])
        self.field.set_data(array(answers.reshape(60, 60)))
        for unit, line in enumerate(self.lines):
            ends = edge(*net.w1[:, unit].tolist(), float(net.b1[unit])) if unit < hidden else ([], [])
            line.set_data(*ends)
        self.mark.set_x(hidden - 0.4), self.mark.set_width(0.8), self.mark.set_height(int(good.sum()))
        self.words[0].set_text(f"seed {seed}: " + ("solved" if good[seed] else "not solved"))
        self.words[1].set_text(f"{hidden} hidden: {int(good.sum())} of {len(good)} solved")


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
    """Three scores as shares: with the largest score taken away first, and straight from the formula."""

    size, alt = (7.2, 2.7), "three scores turned into shares, with and without subtracting the maximum"

    def build(self, figure: Figure) -> None:
        self.bars, self.words = [], []
        titles = ("largest score taken away first", "straight from the formula")
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
        scores = torch.tensor([z0, z1, z2], dtype=torch.float32) + add
        powers = torch.exp(scores)
        both = (neurons.softmax(scores), powers / powers.sum())
        for bars, words, shares in zip(self.bars, self.words, both, strict=True):
            for bar, word, share in zip(bars, words, shares.tolist(), strict=True):
                known = share == share  # NaN is not equal to itself
                bar.set_height(share if known else 0)
                word.set_y(share + 0.02 if known else 0.4)
                word.set_text(f"{share:.2f}" if known else "nan")


def shares(z0: float = 2.0, z1: float = 1.0, z2: float = 0.0, add: float = 0.0) -> Picture:
    """The shares of three scores; ``add`` is added to all three before."""
    return SoftmaxView().picture(z0=z0, z1=z1, z2=z2, add=add)


def shares_panel() -> Panel:
    """Move three scores, and add the same number to all of them."""
    scores = {f"z{k}": slider(f"score of class {k}", -5.0, 5.0, 2.0 - k, 0.1) for k in range(3)}
    return Panel(SoftmaxView(), **scores, add=slider("add to all three", -120, 120, 0, 5))


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
        right.plot(
            np.linspace(-0.2, 0.2, len(finals)), finals, "o", color=style.CLASSES[0], markerfacecolor="none"
        )
        right.errorbar([0.6], [interval.mean], [interval.half], fmt="D", color=style.INK, capsize=5)
        right.set(
            xlim=(-0.5, 1), xticks=[0, 0.6], xticklabels=["each seed", "mean, 95 %"], title="test digits"
        )
        for ax in (left, right):
            ax.axhline(goal, color=style.LIMIT, linestyle="--"), ax.grid(True, axis="y")
        left.text(1, goal + 0.004, f"{goal:.0%}", color=style.LIMIT)

    return plots.picture(draw, 7.2, 2.9, "accuracy of several seeds over epochs, and on the test digits with its interval")


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
            signs(ax, pixels, scale, 3.5), ax.set_title(f"unit {unit}", fontsize=8, loc="center")
        figure.colorbar(image, ax=axes, label="weight (no unit)\n+ wants ink, − wants paper", shrink=0.9)

    return plots.picture(draw, 7.2, 3.4, f"the weights of {rows * columns} hidden units as small pictures")


class UnitView(View):
    """One hidden unit: what it looks for, which digits excite it most, and for which classes it speaks."""

    size, alt = (
        (7.2, 2.9),
        "one hidden unit: its weights, the digits that excite it most, the classes it speaks for",
    )

    def __init__(self, model: neurons.MLP, images: Tensor) -> None:
        w1, w2 = model.w1.detach().cpu(), array(model.w2)
        images = images.detach().cpu()
        self.pictures, self.votes = array(w1).T.reshape(-1, 8, 8), w2
        excitement = images.flatten(1) @ w1 + model.b1.detach().cpu()  # (B, H)
        self.best = array(images[:, 0])[array(excitement.topk(6, dim=0).indices)]  # (6, H, 8, 8)
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, middle, right = figure.subfigures(1, 3, width_ratios=(1.15, 1, 1.15))
        ax, self.scale = left.subplots(), float(np.quantile(np.abs(self.pictures), 0.99))
        empty, limits = np.zeros((8, 8)), {"low": -self.scale, "high": self.scale}
        self.weights = self.moving(style.heat(ax, empty, cmap=WEIGHTS, **limits))
        left.colorbar(self.weights, ax=ax, shrink=0.7, label="weight")
        self.signs = [
            self.moving(ax.plot([], [], linestyle="", marker=marker, color="white", markersize=7)[0])
            for marker in "+_"
        ]
        self.words = self.moving(ax.text(0, 1.04, "", transform=ax.transAxes))
        ax.set_title(" ")
        self.digits = [
            self.moving(style.heat(a, empty, low=0, high=1, cmap="gray_r"))
            for a in middle.subplots(2, 3).flat
        ]
        middle.suptitle("excite it most", fontsize=10)
        votes, reach = right.subplots(), float(np.abs(self.votes).max())
        bars = votes.barh(range(10), [0] * 10, color=style.CLASSES[0], edgecolor="white")
        self.bars = [self.moving(bar) for bar in bars]
        votes.axvline(0, color=style.INK, linewidth=1)
        votes.set(
            xlim=(-reach, reach),
            yticks=range(10),
            ylabel="class",
            xlabel="weight to the class",
            title="speaks for (against: striped)",
        )
        votes.invert_yaxis()

    def update(self, unit: int) -> None:
        pixels = self.pictures[unit]
        self.weights.set_data(pixels)
        for sign, line in zip((1, -1), self.signs, strict=True):
            rows, columns = np.nonzero(sign * pixels > self.scale / 2)
            line.set_data(columns, rows)
        for image, best in zip(self.digits, self.best[:, unit], strict=True):
            image.set_data(best)
        for bar, vote in zip(self.bars, self.votes[unit], strict=True):
            bar.set_width(vote), bar.set_hatch("" if vote > 0 else "////")
        self.words.set_text(f"unit {unit} looks for")


def unit(model: neurons.MLP, images: Tensor, unit: int = 0) -> Picture:
    """One hidden unit of a trained network, and the images (B, 1, 8, 8) that excite it most."""
    return UnitView(model, images).picture(unit=unit)


def unit_panel(model: neurons.MLP, images: Tensor) -> Panel:
    """Go through the hidden units one by one."""
    return Panel(UnitView(model, images), unit=slider("hidden unit", 0, len(model.b1) - 1, 0, 1))


# ------------------------------------------------------------ the answer


class VerdictView(View):
    """One digit times the weights of one neuron: what every pixel adds to the sum, and the verdict."""

    size, alt = (7.2, 2.6), "a digit, the weights of a neuron, what each pixel adds, and the neuron's verdict"

    def __init__(self, images: Tensor, t: Tensor, w: Tensor, b: Tensor) -> None:
        self.images, self.w, self.b = array(images[:, 0]), array(w).reshape(8, 8), float(b)
        self.labels = [8 if target else 3 for target in t.tolist()]
        super().__init__()

    def build(self, figure: Figure) -> None:
        axes = figure.subplots(1, 4, width_ratios=(1, 1.25, 1.25, 0.9))
        scale = float(np.abs(self.w).max())
        limits = {"low": -scale, "high": scale, "cmap": WEIGHTS}
        self.ink = self.moving(style.heat(axes[0], self.w * 0, low=0, high=1, cmap="gray_r"))
        weights = style.heat(axes[1], self.w, **limits)
        self.parts = self.moving(style.heat(axes[2], self.w * 0, **limits))
        signs(axes[1], self.w, scale, 6)
        self.signs = [
            self.moving(axes[2].plot([], [], linestyle="", marker=marker, color="white", markersize=6)[0])
            for marker in "+_"
        ]
        for ax, title in zip(axes, (" ", "the weights w", "what each adds: w x", " "), strict=True):
            ax.set_title(title, loc="center")
        figure.colorbar(
            weights, ax=axes[1:3], label="− for 3, + for 8", shrink=0.75, location="bottom", aspect=30
        )
        axes[3].set(
            xlim=(-0.6, 0.6), ylim=(-0.06, 1.06), xticks=[], yticks=[0, 0.5, 1], yticklabels=["3", "½", "8"]
        )
        axes[3].axhline(0.5, color=style.SOFT, linewidth=1, linestyle="--")
        self.stem = self.moving(axes[3].plot([], [], color=style.INK, linewidth=3)[0])
        self.dot = self.moving(axes[3].plot([], [], "D", color=style.INK, markersize=9)[0])
        self.label, self.words = (
            self.moving(ax.text(0.5, 1.05, "", transform=ax.transAxes, ha="center"))
            for ax in (axes[0], axes[3])
        )

    def update(self, number: int) -> None:
        parts = self.images[number] * self.w
        z = float(parts.sum()) + self.b
        y = float(neurons.sigmoid(torch.tensor(z)))
        self.ink.set_data(self.images[number]), self.parts.set_data(parts)
        for sign, line in zip((1, -1), self.signs, strict=True):
            rows, columns = np.nonzero(sign * parts > np.abs(self.w).max() / 2)
            line.set_data(columns, rows)
        self.stem.set_data([0, 0], [0.5, y]), self.dot.set_data([0], [y])
        self.label.set_text(f"x, label {self.labels[number]}")
        self.words.set_text(f"z = {z:+.1f}, σ(z) = {y:.2f}")


def verdict(images: Tensor, t: Tensor, w: Tensor, b: Tensor, number: int = 0) -> Picture:
    """How a neuron with w (64,) and b () decides on one of the images (B, 1, 8, 8) with targets t (B,)."""
    return VerdictView(images, t, w, b).picture(number=number)


def verdict_panel(images: Tensor, t: Tensor, w: Tensor, b: Tensor) -> Panel:
    """Go through the digits and see what each pixel adds."""
    return Panel(VerdictView(images, t, w, b), number=slider("digit number", 0, len(images) - 1, 0, 1))


def rivals(results: Mapping[str, Sequence[float]], intervals: Mapping[str, Interval]) -> Picture:
    """Accuracies of several recognisers: every run as a ring, the mean with its interval as a diamond."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for row, (name, runs) in enumerate(results.items()):
            interval, heights = intervals[name], row + np.linspace(-0.12, 0.12, len(runs))
            ax.plot(
                runs,
                heights,
                "o",
                color=style.CLASSES[0],
                markerfacecolor="none",
                label="one draw" if row == 0 else None,
            )
            ax.errorbar(
                [interval.mean],
                [row + 0.3],
                xerr=[interval.half],
                fmt="D",
                color=style.INK,
                capsize=5,
                label="mean, 95 % interval" if row == 0 else None,
            )
        ax.set(
            yticks=range(len(results)),
            yticklabels=list(results),
            xlim=(0.85, 1.005),
            ylim=(len(results) - 0.4, -0.5),
            xlabel="accuracy on 3s and 8s never trained on (share)",
        )
        ax.grid(True, axis="x"), ax.legend(loc="lower left")

    return plots.picture(draw, 7.2, 2.7, "accuracy of each recogniser over several draws, with intervals")
