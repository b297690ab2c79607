"""Pictures and panels of lesson 06. Each panel ``x_panel(...)`` has a twin ``x(...)`` with plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from torch import Tensor

from mmcourse.attention import WordModel, angles, positional_code
from mmcourse.engine import generator
from mmcourse.pictures import Panel, Picture, View, choice, entry, plots, slider, style
from mmcourse.pictures.lettering import Lettering, drawable, word_shape
from mmcourse.text import SPECIALS, START, UNK, Vocabulary, tokenise

SHARES = "cividis"


# ------------------------------------------------------------ the question


def two_roads(words: Sequence[str], asks: int, seen: int) -> Picture:
    """How word number ``asks`` learns of word number ``seen``: handed on from word to word, or by one look."""

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1)
        for ax, title in ((upper, f"handed on from word to word: {asks - seen} steps"), (lower, "looked up: 1 step")):
            ax.set(xlim=(-0.6, len(words) - 0.4), ylim=(-0.35, 1.3)), ax.axis("off"), ax.set_title(title)
            for place, word in enumerate(words):
                bold = place in (asks, seen)
                ax.text(place, 0, word, ha="center", va="center", fontsize=12, weight="bold" if bold else "normal")
        for place in range(seen, asks):
            _arc(upper, place, place + 1, style.CLASSES[0], -0.9)
        _arc(lower, asks, seen, style.CLASSES[1], 0.2)

    return plots.picture(draw, 7.4, 2.7, f"two roads from the word {words[seen]} to the word {words[asks]}")


def _arc(ax: Axes, start: float, end: float, colour: str, bend: float) -> None:
    ax.add_patch(
        FancyArrowPatch(
            (start, 0.25),
            (end, 0.25),
            connectionstyle=f"arc3,rad={bend}",
            color=colour,
            arrowstyle="-|>",
            mutation_scale=13,
            linewidth=2.2,
        )
    )


# ------------------------------------------------------------ why √d

MOST_SIZE, MOST_SCORES, DRAWS = 1024, 12, 200
DIVISORS = {"nothing": 0.0, "√d": 0.5, "d": 1.0}  # the power of d that the scores are divided by
SIZES = 2 ** np.arange(11)


def softmax_of(scores: np.ndarray) -> np.ndarray:
    """Shares of scores (..., S) along the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


class SoftmaxScaleView(View):
    """Shares that a random query gives to random keys of ``size`` numbers, and what size does to them on average."""

    size, alt = (7.2, 3.0), "shares of random scores, and the largest share and slope over the dimension d"

    def __init__(self) -> None:
        rng = generator(3)
        self.one = (
            (torch.randn(MOST_SIZE, generator=rng) * torch.randn(MOST_SCORES, MOST_SIZE, generator=rng))
            .cumsum(1)
            .numpy()
        )  # (S, d)
        self.curves: dict[tuple[float, int], list[np.ndarray]] = {}
        self.many = np.empty((len(SIZES), DRAWS, MOST_SCORES), dtype=np.float32)
        for row, size in enumerate(SIZES.tolist()):
            q = torch.randn(DRAWS, 1, size, generator=rng)
            self.many[row] = (q * torch.randn(DRAWS, MOST_SCORES, size, generator=rng)).sum(-1).numpy()
        super().__init__()

    def build(self, figure: Figure) -> None:
        grid = figure.add_gridspec(2, 2, width_ratios=[1.25, 1])
        bars, share, slope = (figure.add_subplot(grid[place]) for place in (np.s_[:, 0], np.s_[0, 1], np.s_[1, 1]))
        bars.set(xlim=(0.3, MOST_SCORES + 0.7), ylim=(0, 1.03), xlabel="key", ylabel="share")
        bars.set_xticks(range(1, MOST_SCORES + 1))
        bars.set_title("one query looks at its keys")
        self.bars = self.moving(bars.vlines(range(1, MOST_SCORES + 1), 0, 0, linewidth=14, color=style.CLASSES[0]))
        self.words = self.moving(bars.text(0.97, 0.93, "", transform=bars.transAxes, ha="right", fontsize=11))
        share.set(xscale="log", xlim=(0.9, 1150), ylim=(0, 1.05), ylabel="largest share", xticks=[1, 10, 100, 1000])
        slope.set(
            xscale="log",
            xlim=(0.9, 1150),
            ylim=(0, 0.26),
            ylabel="largest slope",
            xlabel="dimension d of query and keys",
            xticks=[1, 10, 100, 1000],
        )
        self.lines = {}
        for name, look in style.named_looks(list(DIVISORS)).items():
            label = "undivided" if name == "nothing" else f"divided by {name}"
            keywords = {"color": look.colour, "linestyle": look.line, "label": label}
            self.lines[name] = [self.moving(ax.plot([], [], **keywords)[0]) for ax in (share, slope)]
        self.dots = [self.moving(ax.plot([], [], "o", color=style.INK, markersize=7)[0]) for ax in (share, slope)]
        for ax in (share, slope):
            ax.grid(True)
        share.set_title(f"median of {DRAWS} queries (dot: your d)", pad=22)
        share.legend(
            *share.get_legend_handles_labels(),
            loc="lower right",
            ncols=3,
            fontsize=8,
            handlelength=2.2,
            columnspacing=0.8,
            bbox_to_anchor=(1.03, 1.0),
        )

    def update(self, d: int, divide: str, temperature: float, scores: int) -> None:
        now = softmax_of(self.one[:scores, d - 1] / d ** DIVISORS[divide] / temperature)
        heights = np.concatenate([now, np.zeros(MOST_SCORES - scores)])
        self.bars.set_segments([[(k + 1, 0), (k + 1, h)] for k, h in enumerate(heights)])
        self.words.set_text(f"largest slope {float((now * (1 - now)).max()):.3f}")
        key = (float(temperature), scores)
        if key not in self.curves:
            self.curves = {key: [self._medians(power, *key) for power in DIVISORS.values()]}
        for (name, lines), medians in zip(self.lines.items(), self.curves[key], strict=True):
            for line, dot, values in zip(lines, self.dots, medians, strict=True):
                line.set_data(SIZES, values)
                if name == divide:
                    dot.set_data([d], [np.interp(math.log(d), np.log(SIZES), values)])

    def _medians(self, power: float, temperature: float, scores: int) -> np.ndarray:
        """The median largest share and the median largest slope for each size: (2, sizes)."""
        shares = softmax_of(self.many[:, :, :scores] / (SIZES[:, None, None] ** power * temperature)).astype(float)
        return np.stack([np.median(shares.max(-1), 1), np.median((shares * (1 - shares)).max(-1), 1)])


def softmax_scale(d: int = 64, divide: str = "nothing", temperature: float = 1.0, scores: int = 8) -> Picture:
    """Shares of a random query among ``scores`` random keys of ``d`` numbers; ``divide`` "nothing", "√d" or "d"."""
    return SoftmaxScaleView().picture(d=d, divide=divide, temperature=temperature, scores=scores)


def softmax_scale_panel() -> Panel:
    """Change dimension, divisor, temperature and number of scores: when does the softmax saturate?"""
    return Panel(
        SoftmaxScaleView(),
        d=slider("dimension d", 1, MOST_SIZE, 4, 1),
        divide=choice("divide by", list(DIVISORS), "nothing"),
        temperature=slider("temperature", 0.1, 5.0, 1.0, 0.1),
        scores=slider("scores", 2, MOST_SCORES, 8, 1),
    )


# ------------------------------------------------------------ weights as a picture


def weights_picture(
    weights: Tensor, rows: Sequence[str], columns: Sequence[str], titles: Sequence[str] = ()
) -> Picture:
    """Who looks where: weights (H, T, S) as H maps, a row for each query, a column for each key."""
    shares = weights.detach().cpu().numpy()
    height = 0.8 + 0.3 * len(rows) + 0.07 * max(map(len, columns))

    def draw(figure: Figure) -> None:
        for number, (ax, part) in enumerate(zip(np.ravel(figure.subplots(1, len(shares))), shares, strict=True)):
            drawn = style.heat(ax, part, low=0, high=1, cmap=SHARES, aspect="auto")
            ax.set_xticks(
                range(len(columns)), [drawable(c, 14) for c in columns], rotation=60, ha="right", rotation_mode="anchor"
            )
            ax.set_yticks(range(len(rows)), [drawable(r, 14) for r in rows] if number == 0 else [])
            ax.set_xlabel("is looked at"), ax.tick_params(length=0)
            if len(titles):
                ax.set_title(titles[number])
            if number == 0:
                ax.set_ylabel("looks")
        figure.colorbar(drawn, ax=figure.axes, label="attention weight", aspect=12)

    return plots.picture(
        draw, min(8.4, 2.6 + 0.42 * len(columns) * len(shares)), height, "attention weights: who looks where"
    )


# ------------------------------------------------------------ positions

PLACES, CODE = 60, 16


class PositionTurnView(View):
    """The code of each place, one pair of its numbers on a circle, and how alike two places are over their distance."""

    size, alt = (8.2, 3.1), "codes of places, one pair as a hand on a circle, likeness of codes over the shift"

    def __init__(self) -> None:
        self.code, self.turns = positional_code(PLACES, CODE).numpy(), angles(2, CODE)[1].numpy()
        super().__init__()

    def build(self, figure: Figure) -> None:
        heat, circle, alike = figure.subplots(1, 3, width_ratios=[1.1, 1.05, 1.1])
        drawn = heat.imshow(self.code.T, aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
        figure.colorbar(drawn, ax=heat, location="bottom", aspect=25, label="number in the code", ticks=[-1, 0, 1])
        heat.set(xlabel="position t", ylabel="dimension", title="codes, one a column", yticks=[0, 5, 10, 15])
        around = np.linspace(0, 2 * np.pi, 100)
        circle.plot(np.sin(around), np.cos(around), color=style.GRID)
        circle.set(
            xlim=(-1.25, 1.25),
            ylim=(-1.25, 1.5),
            aspect="equal",
            xlabel="sine",
            ylabel="cosine",
            xticks=[-1, 0, 1],
            yticks=[-1, 0, 1],
            title=" ",
        )
        looks = ((style.CLASSES[0], "-", "o", "t"), (style.CLASSES[1], "--", "s", "t + shift"))
        self.hands = [
            self.moving(
                circle.plot([], [], line, color=colour, marker=mark, markevery=[1], markersize=8, label=label)[0]
            )
            for colour, line, mark, label in looks
        ]
        self.marks = [self.moving(heat.axvline(0, color=colour, linestyle=line)) for colour, line, _, _ in looks]
        self.pair = self.moving(heat.axhspan(-0.5, 1.5, fill=False, edgecolor=style.INK, linewidth=1.6))
        circle.legend(*circle.get_legend_handles_labels(), loc="upper center", ncols=2, fontsize=8, borderaxespad=0)
        shifts = np.arange(-20, 21)
        alike.plot(shifts, np.cos(np.outer(shifts, self.turns)).mean(1), color=style.SOFT)
        alike.set(xlabel="shift (positions)", ylabel="likeness (1: the same)", ylim=(0, 1.08))
        alike.set_title("codes of t and t + shift")
        alike.grid(True)
        self.dot = self.moving(alike.plot([], [], "s", color=style.CLASSES[1], markersize=8)[0])
        circle.text(-0.22, 1.04, "turned by", transform=circle.transAxes)
        self.words = self.moving(circle.text(0.27, 1.04, "", transform=circle.transAxes))

    def update(self, position: int, shift: int, pair: int) -> None:
        turn = self.turns[pair]
        for hand, mark, place in zip(self.hands, self.marks, (position, position + shift), strict=True):
            hand.set_data([0, np.sin(place * turn)], [0, np.cos(place * turn)]), mark.set_xdata([place, place])
        self.pair.set_y(2 * pair - 0.5), self.pair.set_height(2)
        self.dot.set_data([shift], [np.cos(shift * self.turns).mean()])
        self.words.set_text(f"{shift} · {turn:.4f} rad = {math.degrees(shift * turn):.0f}°".replace("-", "−"))


def position_turn(position: int = 10, shift: int = 3, pair: int = 1) -> Picture:
    """Position ``position`` (0 to 59) and ``position + shift`` on the circle of pair ``pair`` (0 to 7)."""
    return PositionTurnView().picture(position=position, shift=shift, pair=pair)


def position_turn_panel() -> Panel:
    """Move position, shift and pair: the angle between the two hands depends on the shift alone."""
    return Panel(
        PositionTurnView(),
        position=slider("position t", 0, PLACES - 1, 10, 1),
        shift=slider("shift", -20, 20, 3, 1),
        pair=slider("pair", 0, CODE // 2 - 1, 1, 1),
    )


# ------------------------------------------------------------ the learner's own sentence

MOST_WORDS = 12
CELL, LEFT, TOP = (32, 22), 104, 112  # pixels: width and height of a cell, room for words on the left and above


class AttentionMapView(View):
    """Who looks at whom in a sentence: rows look, columns are looked at; unknown words carry a question mark."""

    size = ((LEFT + MOST_WORDS * CELL[0] + 96) / style.DPI, (TOP + MOST_WORDS * CELL[1] + 26) / style.DPI)
    alt = "attention weights of a trained model between the words of a sentence"

    def __init__(self, models: Mapping[str, WordModel], vocabulary: Vocabulary) -> None:
        self.models, self.vocabulary = dict(models), vocabulary
        self.kept: tuple[str, list[str], list[np.ndarray]] = ("", [], [])
        super().__init__()

    def build(self, figure: Figure) -> None:
        figure.set_layout_engine("none")
        wide, high = figure.get_size_inches() * style.DPI
        heat = figure.add_axes((LEFT / wide, 26 / high, MOST_WORDS * CELL[0] / wide, MOST_WORDS * CELL[1] / high))
        lines = np.arange(MOST_WORDS + 1) - 0.5
        self.cells = self.moving(
            heat.pcolormesh(
                lines, lines, np.zeros((MOST_WORDS, MOST_WORDS)), cmap=SHARES, vmin=0, vmax=1, shading="flat"
            )
        )
        heat.set(xlim=(-0.5, MOST_WORDS - 0.5), ylim=(MOST_WORDS - 0.5, -0.5)), heat.axis("off")
        bar = figure.colorbar(ScalarMappable(cmap=SHARES), cax=figure.add_axes((1 - 60 / wide, 0.12, 0.02, 0.5)))
        bar.set_ticks([0, 1], labels=["0", "largest"]), bar.set_label("attention weight\n(a row adds up to 1)")
        bar.ax.yaxis.set_label_position("left")
        figure.text((LEFT - 8) / wide, 1 - TOP / high + 0.02, "is looked at →\nlooks ↓", color=style.SOFT, ha="right")
        self.rows = [self.moving(Lettering(heat, -0.65, place)) for place in range(MOST_WORDS)]
        self.columns = [self.moving(Lettering(heat, place, -0.75, upright=True)) for place in range(MOST_WORDS)]
        self.title = self.moving(Lettering(heat, -0.5, 0.5 - TOP / CELL[1]))
        note = figure.add_axes((0.5, 0, 0.5, 24 / high))
        note.axis("off")
        self.note = self.moving(note.text(0.98, 0.3, " ", ha="right", color=style.SOFT))

    def update(self, text: str, block: str, head: str) -> None:
        name, number = block.rsplit(", block ", 1)
        tokens, weights = self._look(text, name)
        shown = np.full((MOST_WORDS, MOST_WORDS), np.nan)
        if tokens:
            now = weights[int(number) - 1]  # (H, T, T)
            shown[: len(tokens), : len(tokens)] = now.mean(0) if head == "mean of all" else now[int(head) - 1]
        self.cells.set_array(np.ma.masked_invalid(shown))
        most = np.nanmax(shown) if tokens else 1.0
        self.cells.set_clim(0, most)
        self.cells.stale = True  # new numbers alone would not repaint it
        which = head if head.startswith("mean") else f"head {head}"
        title = f"{block}, {which}: largest {most:.2f}" if tokens else ""
        self.title.write(word_shape(title))
        words = [drawable(token) + ("" if token in self.vocabulary.index else "?") for token in tokens]
        for place, word in enumerate(words + [""] * (MOST_WORDS - len(words))):
            self.rows[place].write(word_shape(word, align=1)), self.columns[place].write(word_shape(word))
        hidden = len(tokenise(text)) - max(len(tokens) - 1, 0)
        note = f"and {hidden} more" if hidden else " " if tokens else "Type some words."
        if note != self.note.get_text():  # an empty text would count as changed
            self.note.set_text(note)

    def _look(self, text: str, name: str) -> tuple[list[str], list[np.ndarray]]:
        """The tokens and the weights (H, T, T) of each block of a model, kept while the text stays."""
        if self.kept[0] != f"{name}: {text}":
            encoder, words = self.models[name].encoder, tokenise(text)
            tokens = [SPECIALS[START], *words][: min(MOST_WORDS, encoder.length)] if words else []
            weights = []
            if tokens:
                ids = torch.tensor([[self.vocabulary.index.get(token, UNK) for token in tokens]])
                with torch.no_grad():
                    weights = [part[0].cpu().numpy() for part in encoder(ids.to(encoder.words.device))[1]]
            self.kept = (f"{name}: {text}", tokens, weights)
        return self.kept[1], self.kept[2]


def attention_map(
    models: Mapping[str, WordModel], vocabulary: Vocabulary, text: str, block: str = "", head: str = "mean of all"
) -> Picture:
    """Who looks at whom in ``text``; ``block`` such as "BERT, block 1" (the first if empty), ``head`` "1", "2", …"""
    return AttentionMapView(models, vocabulary).picture(text=text, block=block or _blocks(models)[0], head=head)


def attention_map_panel(
    models: Mapping[str, WordModel],
    vocabulary: Vocabulary,
    text: str = "there are two red circles and nothing else",
    head: str = "mean of all",
) -> Panel:
    """Type a sentence; choose a model's block and a head, at first ``head``."""
    heads = min(block.look.heads for model in models.values() for block in model.encoder.blocks)
    return Panel(
        AttentionMapView(models, vocabulary),
        text=entry("sentence", text, "a red circle left of …"),
        block=choice("model", _blocks(models)),
        head=choice("head", ["mean of all", *map(str, range(1, heads + 1))], head),
    )


def _blocks(models: Mapping[str, WordModel]) -> list[str]:
    return [f"{name}, block {k + 1}" for name, model in models.items() for k in range(len(model.encoder.blocks))]
