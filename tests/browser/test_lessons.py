"""Each lesson as a learner meets it: in a real JupyterLab, run from top to bottom, every instrument used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asked
import controls
import driver
import nbformat
import pytest

from mmcourse.base.files import ROOT
from mmcourse.cli.jupyter import VIEW

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
EVERY_LESSON = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@EVERY_LESSON
def test_a_lesson_works_in_jupyterlab(path, page, lab, pictures_folder, times):
    name = f"notebooks/{path.name}"
    check_saved_pictures(page, lab, name)
    use_everything(page, path.stem, pictures_folder, times)
    check_file(driver.save(page, lab, name), driver.notebook(page))
    driver.shut_down(page)  # its kernel's memory is the next lesson's


def use_everything(page: Any, stem: str, pictures: Path | None, times: dict[str, list[float]]) -> None:
    """Run the notebook that is open, and use every panel, button and guess of it; ``pictures`` None takes none."""
    driver.run_all(page)
    assert not driver.wrong_cells(driver.notebook(page))
    if pictures:
        driver.screenshots(page, pictures, stem)
    for number, guess in enumerate(asked.guesses(page)):
        said = asked.answer(page, guess) if number % 4 else asked.give_up(page, guess)
        assert "the answer is" in said.lower()
    for number, quiz in enumerate(asked.quizzes(page), start=1):
        assert asked.predict(page, quiz, pictures and pictures / f"{stem}_quiz{number}.png") == 5
    for button in page.locator("button", has_text="Look again").all():
        button.click()
    found = controls.panels(page)
    assert found, "a lesson has a panel"
    check_sharpness(page)
    for number, panel in enumerate(found, start=1):
        use_panel(page, panel, f"{stem}_panel{number}", pictures, times)
    assert not driver.complaints(page)


def use_panel(page: Any, panel: Any, name: str, pictures: Path | None, times: dict[str, list[float]]) -> None:
    """Drag, step, choose, tick, press and play; what the learner sees must change, and no error may show."""
    if pictures:
        panel.screenshot(path=str(pictures / f"{name}.png"))
    assert not controls.unknown_controls(panel), f"{name}: the tests do not know how to use these"
    check_names(page, panel)
    times[name] = controls.measure(page, panel)
    if controls.BENCH:
        driver.set_density(page, 2)
        times[f"{name} at scale 2"] = controls.measure(page, panel)
        driver.set_density(page, 1)
    assert not controls.dead_controls(page, panel), f"{name}: these controls change neither picture nor sound"
    assert not controls.key_thieves(page, panel), f"{name}: the notebook took keys that were meant for these"
    handles = controls.sliders(panel)
    assert not handles or any(controls.drag(page, panel, handle) for handle in handles), f"{name}: no slider drags"
    for button in controls.start_buttons(panel):
        controls.press_twice(page, button)
    for button in controls.players(panel):
        assert controls.play(page, panel, button), f"{name}: no sound"
    assert controls.error_shown(panel) == "", name
    if pictures:
        panel.screenshot(path=str(pictures / f"{name}_moved.png"))


def check_saved_pictures(page: Any, lab: Any, name: str) -> None:
    """Opened and not yet run, a notebook shows every saved picture with its words, and tells of no missing widget."""
    stored = driver.outputs(nbformat.read(lab.folder / name, as_version=4))
    count = sum("image/png" in data or "<img " in "".join(data.get("text/html", "")) for data in stored)
    driver.open_notebook(page, lab, name)
    images = page.locator(".jp-OutputArea img")
    page.wait_for_function("count => document.querySelectorAll('.jp-OutputArea img').length >= count", arg=count)
    assert count and images.count() == count
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jp-OutputArea img')].every(one => one.naturalWidth > 10)"
    )
    words = page.locator(".jp-Notebook").inner_text()
    assert "Loading widget" not in words and "Error displaying widget" not in words


def check_sharpness(page: Any) -> None:
    """On a screen with two pixels for one of the page, all panels become twice as sharp; and back again."""
    for density in (2, 1):
        driver.set_density(page, density)
        page.wait_for_function(
            "density => [...document.querySelectorAll('.mmcourse-panel img.mmcourse-picture')].every("
            "one => Math.abs(one.naturalWidth / one.getBoundingClientRect().width - density) < 0.02)",
            arg=density,
            polling=driver.SELDOM,
        )


def check_names(page: Any, panel: Any) -> None:
    """A screen reader finds words for every picture, every slider and every button of a panel."""
    panel.scroll_into_view_if_needed()  # what is out of sight is not laid out, and has no names yet
    for role, found in {"image": "img", "slider": ".noUi-handle", "button": "button:visible"}.items():
        names = driver.spoken(page, role)
        assert len(names) >= panel.locator(found).count() and all(name.strip() for name in names), f"{role}: {names}"


def check_file(saved: dict[str, Any], shown: dict[str, Any]) -> None:
    """The file holds the picture or the words of everything that the course shows alive, and no live view of it."""
    alive = [data for data in driver.outputs(shown) if VIEW in data]
    assert alive and not any(VIEW in data for data in driver.outputs(saved))
    assert len(driver.outputs(saved)) == len(driver.outputs(shown))
    assert all("text/html" in data for data in alive)
