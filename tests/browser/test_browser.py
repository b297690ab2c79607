"""Each lesson as a learner meets it: in a real JupyterLab, run from top to bottom, every instrument used."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import driver
import nbformat
import pytest

from mmcourse.base.files import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
EVERY_LESSON = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def use_everything(page: Any, stem: str, pictures: Path | None, times: dict[str, list[float]]) -> None:
    """Run the notebook that is open, and use every panel, button and guess of it; ``pictures`` None takes none."""
    driver.run_all(page)
    assert not driver.wrong_cells(driver.notebook(page))
    if pictures:
        driver.screenshots(page, pictures, stem)
    for guess in driver.guesses(page):
        assert "the answer is" in driver.answer(page, guess)
    for number, quiz in enumerate(driver.quizzes(page), start=1):
        assert driver.predict(page, quiz, pictures and pictures / f"{stem}_quiz{number}.png") == 5
    found = driver.panels(page)
    assert found, "a lesson has a panel"
    for number, panel in enumerate(found, start=1):
        use_panel(page, panel, f"{stem}_panel{number}", pictures, times)
    assert not driver.complaints(page)


def use_panel(page: Any, panel: Any, name: str, pictures: Path | None, times: dict[str, list[float]]) -> None:
    """Drag, step, choose, tick and press; what the learner sees must change, and no error may show."""
    if pictures:
        panel.screenshot(path=str(pictures / f"{name}.png"))
    times[name] = driver.measure(page, panel)
    assert not driver.dead_controls(page, panel), f"{name}: these controls change neither picture nor sound"
    handles = driver.sliders(panel)
    assert not handles or any(driver.drag(page, panel, handle) for handle in handles), f"{name}: no slider drags"
    for button in driver.start_buttons(panel):
        driver.press_twice(page, button)
    for sound in panel.locator("audio").all():
        page.wait_for_function("sound => sound.src && sound.duration > 0", arg=sound.element_handle())
    assert driver.error_shown(panel) == "", name
    if pictures:
        panel.screenshot(path=str(pictures / f"{name}_moved.png"))


@EVERY_LESSON
def test_a_lesson_works_in_jupyterlab(path, page, lab, pictures_folder, times):
    check_saved_pictures(page, lab, f"notebooks/{path.name}")
    use_everything(page, path.stem, pictures_folder, times)


def check_saved_pictures(page: Any, lab: Any, name: str) -> None:
    """Opened and not yet run, a notebook shows every saved picture, and nothing tells of a missing widget."""
    stored = nbformat.read(lab.folder / name, as_version=4)
    count = sum("image/png" in output.get("data", {}) for cell in stored.cells for output in cell.get("outputs", []))
    driver.open_notebook(page, lab, name)
    images = page.locator(".jp-OutputArea img")
    page.wait_for_function("count => document.querySelectorAll('.jp-OutputArea img').length >= count", arg=count)
    assert count and images.count() == count
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jp-OutputArea img')].every(one => one.naturalWidth > 10)"
    )
    words = page.locator(".jp-Notebook").inner_text()
    assert "Loading widget" not in words and "Error displaying widget" not in words


# ---------------------------------------------------------------- the harness itself, on a small notebook

FIRST = """
import time
import numpy as np
from mmcourse.pictures import Action, Panel, View, choice, slider, switch

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
      sounds={"listen": lambda place, **rest: (np.sin(np.arange(4000) * place), 8000)},
      below=[Action("Train", work, lambda result: None)])
"""
DEAF = 'Panel(Dot(), place=slider("place", 0.0, 1.0, 0.5, 0.02), nothing=slider("nothing", 0, 3, 0, 1))'


def small_notebook(*cells: str | tuple[str, list[str]]) -> nbformat.NotebookNode:
    made = []
    for number, cell in enumerate(cells):
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        made.append(nbformat.v4.new_code_cell(source.strip(), id=f"99-{number}", metadata={"tags": tags}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})


@pytest.fixture
def small(lab):
    """Put a notebook into the lab's folder."""

    def put(name: str, *cells: str | tuple[str, list[str]]) -> str:
        nbformat.write(small_notebook(*cells), lab.folder / name)
        return name

    return put


def test_the_harness_uses_a_panel_a_button_and_a_guess(page, lab, small, tmp_path):
    guessing = 'from mmcourse.practice import guess\nguess("two and two are …", answer=4)'
    driver.open_notebook(
        page, lab, small("harness.ipynb", FIRST, guessing, PANEL, ("1 / 0", ["raises-exception"]), "1")
    )
    times: dict[str, list[float]] = {}
    use_everything(page, "harness", tmp_path, times)
    moves = times["harness_panel1"]
    assert len(moves) >= driver.TIMED_MOVES and all(1 < value < 60_000 for value in moves)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-below')")
    assert (tmp_path / "harness_part1.png").stat().st_size > 5000


def test_the_harness_finds_what_is_broken(page, lab, small):
    name = small("broken.ipynb", FIRST, DEAF, "1 / 0", ("2", ["raises-exception"]), "3")
    driver.open_notebook(page, lab, name)
    driver.run_all(page)
    wrong = driver.wrong_cells(driver.notebook(page))
    assert any("ZeroDivisionError" in line for line in wrong) and any("was not run" in line for line in wrong)
    [panel] = driver.panels(page)
    assert driver.dead_controls(page, panel, rounds=1) == ["nothing"]


def test_the_harness_sees_saved_pictures(page, lab):
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (60, 30), "navy").save(out, format="PNG")
    node = small_notebook("panel()")
    png = base64.b64encode(out.getvalue()).decode()
    node.cells[0].outputs = [
        nbformat.v4.new_output("execute_result", {"image/png": png, "text/plain": "[panel]"}, execution_count=1)
    ]
    nbformat.write(node, lab.folder / "saved.ipynb")
    check_saved_pictures(page, lab, "saved.ipynb")
    assert json.loads((lab.folder / "saved.ipynb").read_text())["nbformat"] == 4
