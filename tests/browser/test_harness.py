"""The harness itself, on small notebooks: it uses what is there, and finds what is broken."""

from __future__ import annotations

import asked
import controls
import driver
import nbformat
import pytest
from small import DEAF, FIRST, PANEL
from test_lessons import check_saved_pictures, use_everything


def test_the_harness_uses_a_panel_a_button_and_a_guess(page, lab, small, tmp_path):
    guessing = 'from mmcourse.practice import guess\nguess("two and two are …", answer=4)'
    driver.open_notebook(
        page, lab, small("harness.ipynb", FIRST, guessing, PANEL, ("1 / 0", ["raises-exception"]), guessing, "1")
    )
    times: dict[str, list[float]] = {}
    use_everything(page, "harness", tmp_path, times)
    moves = times["harness_panel1"]
    assert len(moves) >= controls.TIMED_MOVES and all(1 < value < 60_000 for value in moves)
    assert (tmp_path / "harness_part1.png").stat().st_size > 5000


def test_the_harness_finds_what_is_broken(page, lab, small):
    name = small("broken.ipynb", FIRST, DEAF, "1 / 0", ("2", ["raises-exception"]), "3")
    driver.open_notebook(page, lab, name)
    driver.run_all(page)
    wrong = driver.wrong_cells(driver.notebook(page))
    assert any("ZeroDivisionError" in line for line in wrong) and any("was not run" in line for line in wrong)
    [panel] = controls.panels(page)
    assert controls.dead_controls(page, panel, rounds=1) == ["nothing"]
    [unknown] = controls.unknown_controls(panel)
    assert "textarea" in unknown


def test_the_harness_sees_keys_that_go_astray(page, lab, small):
    driver.open_notebook(page, lab, small("astray.ipynb", FIRST, PANEL, "1"))
    driver.run_all(page)
    [panel] = controls.panels(page)
    page.evaluate("() => window.addEventListener('keydown', event => event.target.classList.remove('mmcourse-panel'))")
    panel.evaluate("panel => panel.classList.remove('mmcourse-panel')")
    bare = page.locator(".widget-vbox:has(select)").first
    assert controls.key_thieves(page, bare)


def test_the_harness_sees_saved_pictures(page, lab):
    bare = nbformat.v4.new_output("display_data", {"text/html": '<img alt="x" src="data:image/png;base64,AAAA">'})
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[bare])])
    nbformat.write(node, lab.folder / "saved.ipynb")
    page.set_default_timeout(3000)
    with pytest.raises(Exception, match="Timeout"):
        check_saved_pictures(page, lab, "saved.ipynb")
    assert asked.guesses(page) == []
