"""What learners trip over in the browser: reopened notebooks, screen readers, keys, short sounds, sharp screens."""

from __future__ import annotations

import controls
import driver
import pytest
from small import FIRST, GUESS, PANEL, PICTURE, PROGRESS, SLIDER

from mmcourse.cli.jupyter import VIEW

IMAGES = "() => [...document.querySelectorAll('.jp-OutputArea img')].map(one => [one.alt, one.naturalWidth > 10])"
CELLS = "() => jupyterapp.shell.currentWidget.content.model.cells.length"


@pytest.fixture
def open_small(page, lab, small):
    """Open a small notebook and run it."""

    def put(name: str, *cells: str) -> str:
        driver.open_notebook(page, lab, small(name, *cells))
        driver.run_all(page)
        return name

    return put


def test_a_reopened_notebook_shows_its_pictures(page, lab, open_small):
    name = open_small("reopened.ipynb", FIRST, PANEL, PICTURE, PROGRESS, GUESS, SLIDER)
    controls.panels(page)
    saved = driver.outputs(driver.save(page, lab, name))
    assert [VIEW in data for data in saved] == [False, False, False, False, True], "others' widgets are left alone"
    assert page.locator(".mmcourse-panel").is_visible(), "what is on the screen stays alive"
    driver.shut_down(page)
    driver.open_notebook(page, lab, name)
    page.wait_for_function("() => document.querySelectorAll('.jp-OutputArea img').length == 2")
    page.wait_for_function("() => document.querySelector('.jp-Notebook').innerText.includes('Error displaying widget')")
    assert page.evaluate(IMAGES) == [["a dot that can be moved about", True], ['a line that <rises> "steeply"', True]]
    words = page.locator(".jp-Notebook").inner_text()
    assert "[progress: training]" in words and "Make a guess, then run this cell" in words
    assert words.count("Error displaying widget") == 1, "that of the slider that is not the course's"


def test_a_screen_reader_finds_words_for_everything(page, open_small):
    open_small("spoken.ipynb", FIRST, PANEL, PICTURE)
    [panel] = controls.panels(page)
    page.wait_for_function("() => document.querySelector('[role=slider]').getAttribute('aria-label')")
    assert set(driver.spoken(page, "image")) >= {"a dot that can be moved about", 'a line that <rises> "steeply"'}
    assert driver.spoken(page, "slider") == ["place"]
    assert "play: listen, 0.8 s" in driver.spoken(page, "button")
    assert "kind" in driver.spoken(page, "combobox") + driver.spoken(page, "MenuListPopup")


def test_keys_act_on_the_control_in_focus(page, open_small):
    open_small("keys.ipynb", FIRST, PANEL, GUESS, "1", "2")
    [panel] = controls.panels(page)
    cells = page.evaluate(CELLS)
    assert not controls.key_thieves(page, panel)
    select = panel.locator("select")
    select.focus()
    page.keyboard.press("ArrowDown")
    assert select.evaluate("select => select.selectedIndex") == 1
    guess = page.locator(".mmcourse-guess button").first
    for key in ("a", "x", "ArrowDown"):
        guess.focus()
        page.keyboard.press(key)
    assert page.evaluate(CELLS) == cells
    page.locator(".jp-InputPrompt").last.click()
    page.keyboard.press("a")
    assert page.evaluate(CELLS) == cells + 1, "elsewhere the shortcuts are as they were"


def test_saving_by_keyboard_works_from_inside_a_panel(page, lab, open_small):
    name = open_small("saves.ipynb", FIRST, PANEL)
    [panel] = controls.panels(page)
    before = (lab.folder / name).stat().st_mtime_ns
    panel.locator("select").focus()
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    assert (lab.folder / name).stat().st_mtime_ns > before


def test_a_short_sound_is_seen_and_its_place_too(page, open_small):
    open_small("sound.ipynb", FIRST, PANEL)
    [panel] = controls.panels(page)
    [button] = controls.players(panel)
    canvas = panel.locator(".mmcourse-player canvas")
    ink = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter(v => v).length"
    assert "listen, 0.8 s" in panel.inner_text()
    assert canvas.evaluate(ink) > 1000, "the waveform is drawn"
    still = canvas.evaluate("canvas => canvas.toDataURL()")
    canvas.evaluate(
        "canvas => { canvas.seen = new Set(); const look = () => { canvas.seen.add(canvas.toDataURL());"
        " requestAnimationFrame(look); }; look(); }"
    )
    assert controls.play(page, panel, button)
    page.wait_for_function("() => document.querySelector('audio').ended")
    page.wait_for_timeout(100)
    assert canvas.evaluate("canvas => canvas.seen.size") > 5, "the play head moves"
    assert canvas.evaluate("canvas => canvas.toDataURL()") == still and "play" in button.get_attribute("aria-label")


@pytest.mark.parametrize("density", [1.25, 2])
def test_panels_and_pictures_are_sharp_on_a_dense_screen(page, open_small, density):
    driver.set_density(page, density)
    open_small("sharp.ipynb", FIRST, PANEL, PICTURE)
    [panel] = controls.panels(page)
    page.wait_for_function(
        "density => { const one = document.querySelector('img.mmcourse-picture');"
        " return Math.abs(one.naturalWidth / one.getBoundingClientRect().width - density) < 0.02; }",
        arg=density,
    )
    before = controls.settled(page, panel)
    panel.locator("input[type=checkbox]").click()
    assert controls.changes(page, panel, before)
    assert controls.densities(page) == pytest.approx([density], abs=0.02), "a move keeps it sharp"
    widths = page.evaluate("() => [...document.querySelectorAll('.jp-OutputArea img')].map(one => one.clientWidth)")
    assert widths == [384, 480], "and nothing is larger on the page"


def test_a_cell_run_again_replaces_its_panel(page, open_small):
    open_small("again.ipynb", FIRST, PANEL, "import gc\nlen([1 for one in gc.get_objects() if isinstance(one, Panel)])")
    for _again in range(3):
        page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for_timeout(500)
        driver.wait_idle(page)
    shown = driver.outputs(driver.notebook(page))
    assert shown[-1]["text/plain"] == "1"
    [panel] = controls.panels(page)
    assert controls.dead_controls(page, panel) == []
