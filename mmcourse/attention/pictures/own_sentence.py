"""The learner's own sentence: who looks at whom in a trained model, block by block and head by head."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure

from mmcourse.attention.language_models import WordModel
from mmcourse.attention.pictures.figures import SHARES
from mmcourse.pictures import Panel, Picture, View, choice, entry, style
from mmcourse.pictures.lettering import Lettering, drawable, word_shape
from mmcourse.text import SPECIALS, START, UNK, Vocabulary, tokenise

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
