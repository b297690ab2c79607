"""A computation as a graph: every number with its value, and its slope as soon as the walk back has reached it."""

from __future__ import annotations

from matplotlib.figure import Figure

from mmcourse.neurons.autograd import Value, in_order, walk_back
from mmcourse.pictures import Panel, Picture, View, slider, style

NEW, REACHED, WAITING = "#F6CDB4", "#DCEBF5", "white"  # the number the walk back has just reached, earlier ones, others


def places(nodes: list[Value]) -> dict[Value, tuple[float, float]]:
    """Where each number is drawn: x by its distance from the last one, y in the middle of those it was made of."""
    distance = {node: 0 for node in nodes}
    for node in reversed(nodes):
        for source, _ in node.links:
            distance[source] = max(distance[source], distance[node] + 1)
    rows: dict[Value, float] = {}
    leaves = iter(range(len(nodes)))
    for node in nodes:
        sources = {source for source, _ in node.links}
        rows[node] = sum(rows[s] for s in sources) / len(sources) if sources else float(next(leaves))
    return {node: (-float(distance[node]), -rows[node]) for node in nodes}


class GraphView(View):
    """The graph behind a ``Value``: numbers in boxes, local slopes on the arrows, the walk back box by box."""

    alt = "a graph of numbers: values forward, slopes filled in on the walk back"

    def __init__(self, last: Value) -> None:
        self.nodes = in_order(last)
        number = {node: k for k, node in enumerate(self.nodes)}
        self.slopes = walk_back([[(number[s], slope) for s, slope in node.links] for node in self.nodes])
        self.at = places(self.nodes)
        rows = 1 - min(row for _, row in self.at.values())
        self.size = (8.2, 0.9 + (0.62 if rows > 3 else 0.9) * rows)
        super().__init__()

    def build(self, figure: Figure) -> None:
        ax, at = figure.subplots(), self.at
        columns, rows = zip(*at.values(), strict=True)
        half = 0.42 * (1 - min(columns)) / self.size[0]  # of a box, in columns
        ax.set(xlim=(min(columns) - 0.5, 0.5), ylim=(min(rows) - 0.6, 0.6), xticks=[], yticks=[], title=" ")
        for side in ax.spines.values():
            side.set_visible(False)
        for node in self.nodes:
            for source, slope in node.links:
                (x0, y0), (x1, y1) = at[source], at[node]
                ax.annotate(
                    "",
                    (x1 - half, y1),
                    (x0 + half, y0),
                    arrowprops={"arrowstyle": "-|>", "color": style.SOFT, "linewidth": 1},
                )
                above = 0.2 if y0 == y1 else 0.0  # a level arrow is too short to carry its slope on it
                words = ax.text(
                    (x0 + x1) / 2, (y0 + y1) / 2 + above, f"{slope:.3g}", ha="center", va="center", fontsize=8
                )
                words.set(color=style.CLASSES[1], bbox={"fc": "white", "ec": "none", "pad": 0.8})
        look = {"ha": "center", "va": "center", "fontsize": 8, "zorder": 3}
        self.boxes = [
            self.moving(ax.text(*at[node], "", bbox={"boxstyle": "round,pad=0.35", "ec": style.SOFT}, **look))
            for node in self.nodes
        ]
        self.words = self.moving(ax.text(0, 1.02, "", transform=ax.transAxes))

    def update(self, steps: int) -> None:
        total = len(self.nodes)
        for number, (node, box, slope) in enumerate(zip(self.nodes, self.boxes, self.slopes, strict=True)):
            reached = total - number <= steps
            name = node.name or node.made_by or "number"
            box.set_text(f"{name}\n{node.data:.3g}\nslope {f'{slope:.3f}' if reached else '  ?  '}")
            box.get_bbox_patch().set_facecolor(NEW if total - number == steps else REACHED if reached else WAITING)
        self.words.set_text(f"walk back: {steps} of {total}" if steps else "forward: the values; each arrow: its slope")


def computation_graph(last: Value, steps: int | None = None) -> Picture:
    """The graph of all numbers that ``last`` was made of, after so many ``steps`` of the walk back (None: all)."""
    view = GraphView(last)
    return view.picture(steps=len(view.nodes) if steps is None else steps)


def computation_graph_panel(last: Value) -> Panel:
    """Walk back through a graph, one number at a time."""
    view = GraphView(last)
    return Panel(view, steps=slider("steps of the walk back", 0, len(view.nodes), 0, 1))
