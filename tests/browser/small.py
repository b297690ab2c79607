"""Small notebooks to try the browser tests on, and what learners meet in every lesson."""

from __future__ import annotations

import nbformat

FIRST = """
import time
import ipywidgets
import numpy as np
from mmcourse.pictures import Action, Panel, Progress, View, choice, plots, slider, switch
from mmcourse.practice import guess

class Dot(View):
    size, alt = (4.0, 2.5), "a dot that can be moved about"

    def build(self, figure):
        ax = figure.add_subplot()
        ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="place (m)")
        self.dot = self.moving(ax.plot([0.5], [0.5], "o")[0])

    def update(self, place=0.5, shown=True, kind="o", nothing=0):
        self.dot.set_data([place], [0.5])
        self.dot.set_visible(shown)
        self.dot.set_marker(kind)

def work(report):
    runs.append(1)
    for done in range(5):
        report(done / 5, "working")
        time.sleep(0.1)

runs = []
"""
PANEL = """
Panel(Dot(), place=slider("place", 0.0, 1.0, 0.5, 0.02), shown=switch("shown", True),
      kind=choice("kind", [("round", "o"), ("square", "s")]),
      sounds={"listen": lambda place, **rest: (np.sin(np.arange(6400) * place), 8000)},
      below=[Action("Train", work, lambda result: None)])
"""
DEAF = """
Panel(Dot(), place=slider("place", 0.0, 1.0, 0.5, 0.02), nothing=slider("nothing", 0, 3, 0, 1),
      below=[ipywidgets.Textarea("words")])
"""
PICTURE = 'plots.picture(lambda figure: figure.subplots().plot([1, 2, 4]), 5, 3, "a line that <rises> \\"steeply\\"")'
PROGRESS = 'with Progress("training") as bar:\n    bar(1, 2)'
GUESS = 'guess("two and two are …", answer=4)'
SLIDER = "ipywidgets.IntSlider()"


def small_notebook(*cells: str | tuple[str, list[str]]) -> nbformat.NotebookNode:
    """A notebook of these cells, each a source or a source with its tags."""
    made = []
    for number, cell in enumerate(cells):
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        made.append(nbformat.v4.new_code_cell(source.strip(), id=f"99-{number}", metadata={"tags": tags}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
