"""A text as a row of tokens with numbers and a mask, and numbers of words written into a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.pictures import Panel, Picture, View, entry, plots, slider, style
from mmcourse.pictures.lettering import Boxes, Lettering, drawable, word_shape
from mmcourse.text.tokens import PAD, UNK, Vocabulary, pad, tokenise


class TokensView(View):
    """A text as a row of tokens, their numbers, and the mask that tells words from padding."""

    size, alt, slots = (8.6, 1.75), "a text as a row of tokens, with a number and a mask for each", 10

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        super().__init__()

    def build(self, figure: Figure) -> None:
        """Empty boxes, one for each place."""
        ax = figure.subplots()
        ax.set(xlim=(-0.55, self.slots - 0.45), ylim=(-0.75, 1.75), yticks=[1, 0], yticklabels=["token", "number"])
        ax.set_xticks(range(self.slots), [str(t) for t in range(self.slots)]), ax.set_xlabel("place t")
        ax.tick_params(length=0)
        for side in ax.spines.values():
            side.set_visible(False)
        places = range(self.slots)
        self.boxes = self.moving(Boxes(ax, self.slots, -0.5, 1.5))
        self.words = [self.moving(Lettering(ax, t, 1)) for t in places]
        self.numbers = [self.moving(Lettering(ax, t, 0)) for t in places]
        ax.set_title("white: known word · orange: unknown word, number 1 · grey: padding, number 0")

    def update(self, *, text: str, length: int) -> None:
        """Show the first ``length`` tokens of the text."""
        tokens = [drawable(token) for token in tokenise(text)[:length]]
        ids = pad([self.vocabulary.encode(text)], length)[0][0].tolist()
        paint = {PAD: style.GRID, UNK: "#F6C9AE"}
        empty = [""] * (self.slots - length)
        self.boxes.paint([paint.get(k, "white") for k in ids] + [None] * len(empty))
        shown = tokens + ["<pad>"] * (length - len(tokens)) + empty
        for word, number, token, k in zip(self.words, self.numbers, shown, [*ids, *empty], strict=True):
            word.write(word_shape(token, align=0.5)), number.write(word_shape(str(k), align=0.5))


def tokens(vocabulary: Vocabulary, text: str, length: int = 10) -> Picture:
    """A text as tokens and numbers, cut or filled up to ``length`` places (1 to 10)."""
    return TokensView(vocabulary).picture(text=text, length=length)


def tokens_panel(vocabulary: Vocabulary) -> Panel:
    """The learner's own sentence as tokens and numbers."""
    line = entry("your text", "Two red circles aren't a red house!", hint="write anything")
    return Panel(TokensView(vocabulary), text=line, length=slider("places T", 1, TokensView.slots, 10, 1))


def table_of(rows: Sequence[str], columns: Sequence[str], values: Tensor, title: str, form: str = "{:.0f}") -> Picture:
    """Numbers (rows, columns) written into a table whose cells are darker the larger they are; 0 stays empty."""
    cells = values.detach().cpu().numpy()

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.imshow(cells, cmap="Blues", vmin=0, vmax=1.4 * max(cells.max(), 1e-9), aspect="auto")
        names = [drawable(name, 14) if name[:1].isalnum() else f'"{drawable(name, 14)}"' for name in columns]
        (
            ax.set_xticks(range(len(columns)), names),
            ax.set_yticks(range(len(rows)), [drawable(row, 40) for row in rows], parse_math=False),
        )
        ax.tick_params(length=0), ax.set_title(title)
        for (y, x), number in np.ndenumerate(cells):
            if number:
                colour = "white" if number > 0.7 * cells.max() else style.INK
                ax.text(x, y, form.format(number), ha="center", va="center", fontsize=8.5, color=colour)

    return plots.picture(draw, 8.6, 1.15 + 0.3 * len(rows), f"table: {title}")
