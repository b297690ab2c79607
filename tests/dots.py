"""A small view and its panel, to try the shared drawing on."""

from __future__ import annotations

from mmcourse.pictures import Panel, View, choice, slider, switch


class Dot(View):
    """A dot that moves along a line, over a bar that stays."""

    size, alt = (3.0, 2.0), "a dot on a line"
    built = 0

    def build(self, figure):
        self.built += 1
        ax = self.figure.add_subplot()
        ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="place (m)")
        ax.barh([0.5], [0.8], color="#dddddd")
        self.dot = self.moving(ax.plot([0.5], [0.5], "o")[0])
        self.words = self.moving(ax.text(0.1, 0.9, ""))

    def update(self, place=0.5, shown=True, kind="o"):
        if place > 0.9:
            raise ValueError(f"place: <b>{place}</b> is off the line")
        self.dot.set_data([place], [0.5])
        self.dot.set_visible(shown)
        self.dot.set_marker(kind)
        self.words.set_text(f"place {place:.2f}")


def dot_panel(**more) -> Panel:
    return Panel(
        Dot(),
        place=slider("place", 0.0, 1.0, 0.5, 0.1),
        shown=switch("shown", True),
        kind=choice("kind", [("round", "o"), ("square", "s")]),
        **more,
    )
