"""The controls of panels: find every one of them, move it, and see whether picture or sound follow."""

from __future__ import annotations

import os
from typing import Any

from driver import OFTEN, ROUND_TRIP, RUN_PATIENCE, wait_idle
from own_files import drawn, picture, spoken, wav

# From the key or mouse event in the page to the frame after the new picture has been decoded.
WATCH = """image => {
  window.moves = []; window.began = null;
  if (!window.watching) {
    window.watching = true;
    for (const kind of ['keydown', 'pointermove'])
      document.addEventListener(kind, event => { window.began = event.timeStamp; }, true);
  }
  if (!image.watched) {
    image.watched = true;
    image.addEventListener('load', () => {
      const began = window.began;
      requestAnimationFrame(() => setTimeout(() => window.moves.push(performance.now() - began), 0));
    });
  }
}"""
BETWEEN_MOVES = 250  # milliseconds
# Moves of a panel that are timed: a few prove that it follows; the benchmark wants a median to trust.
BENCH = bool(os.environ.get("MMCOURSE_BROWSER_TIMES"))
TIMED_MOVES = 20 if BENCH else 5
# What takes the focus, without the kinds of controls that the functions below use.
UNKNOWN = """panel => [...panel.querySelectorAll('button, select, input, textarea, a[href], [tabindex]')].filter(
  one => one.getClientRects().length && !one.matches('button, .noUi-handle, .widget-dropdown select, '
    + '.widget-checkbox input, .widget-text input')).map(one => one.outerHTML.slice(0, 120))"""
CELLS = """() => [...jupyterapp.shell.currentWidget.content.model.cells].map(one => one.id).join()"""
# Pictures and sounds are shown from addresses that are new for every new content.
SHOWN = """panel => JSON.stringify([...panel.querySelectorAll('img.mmcourse-picture, audio')].map(one => one.src))"""


def panels(page: Any) -> list[Any]:
    """The panels on the page, their pictures loaded."""
    found = page.locator(".mmcourse-panel").all()
    for panel in found:
        panel.scroll_into_view_if_needed()
        wait_picture(page, panel)
    return found


def wait_picture(page: Any, panel: Any) -> None:
    """Wait until the panel's picture has pixels."""
    image = panel.locator("img.mmcourse-picture").first
    image.wait_for(state="visible")
    page.wait_for_function("image => image.complete && image.naturalWidth > 10", arg=image.element_handle())


def shown(panel: Any) -> str:
    """The addresses of the panel's pictures and sounds: they differ when the content does."""
    return panel.evaluate(SHOWN)


def settled(page: Any, panel: Any) -> str:
    """What is shown once the kernel is idle and nothing more arrives, so that no late picture counts as a
    change.
    """
    before = ""
    while True:
        wait_idle(page)
        page.evaluate(ROUND_TRIP)
        now = shown(panel)
        if now == before:
            return now
        before = now
        page.wait_for_timeout(150)


def changes(page: Any, panel: Any, before: str) -> bool:
    """Whether picture or sound become something else. The kernel is asked, not the clock, how long to wait."""
    for pause in (20, 60, 150, 400, 800):
        page.wait_for_timeout(pause)
        page.evaluate(ROUND_TRIP)
        wait_idle(page)
        if shown(panel) != before:
            return True
    return False


def error_shown(panel: Any) -> str:
    """The panel's message that a picture could not be drawn, "" when there is none."""
    words = " ".join(panel.locator(".widget-html-content").all_inner_texts())
    return words if "could not be drawn" in words or "did not work" in words else ""


def sliders(panel: Any) -> list[Any]:
    return panel.locator(".noUi-handle").all()


def place_of(handle: Any) -> str:
    """Where a slider's handle stands; its ``aria-valuenow`` is rounded to one decimal."""
    return handle.evaluate("handle => handle.closest('.noUi-origin').style.transform")


def move_by_keys(page: Any, panel: Any, handle: Any) -> bool:
    """Move a slider with the keyboard, near and far; whether picture or sound changed, and the slider moved."""
    before, value = settled(page, panel), place_of(handle)
    moved = False
    for keys in (["ArrowRight"] * 3, ["ArrowLeft"] * 6, ["End"], ["Home"], ["PageUp"] * 4):
        for key in keys:
            handle.focus()
            page.keyboard.press(key)
        moved = moved or place_of(handle) != value
        if changes(page, panel, before):
            return moved or place_of(handle) != value
    return False


def drag(page: Any, panel: Any, handle: Any) -> bool:
    """Drag a slider's handle with the mouse to the right and to the left; whether picture or sound changed."""
    before = settled(page, panel)
    for way in (60, -120, 180, -240):
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + way, y, steps=8)
        page.mouse.up()
        if changes(page, panel, before):
            return True
    return False


def choose(page: Any, panel: Any, select: Any) -> bool:
    """Choose from a list, first with the arrow keys and then each option; whether picture or sound changed."""
    before = settled(page, panel)
    start = select.evaluate("select => select.selectedIndex")
    last = select.locator("option").count() - 1
    select.focus()
    page.keyboard.press("ArrowDown" if start < last else "ArrowUp")
    assert select.evaluate("select => select.selectedIndex") != start, "the arrow keys do not reach the list"
    for place in [None, *(place for place in range(last + 1) if place != start)]:
        if place is not None:
            select.select_option(index=place)
        if changes(page, panel, before):
            return True
    return False


def tick(page: Any, panel: Any, box: Any) -> bool:
    """Click a box to tick; whether picture or sound changed."""
    before = settled(page, panel)
    box.click()
    return changes(page, panel, before)


def type_words(page: Any, panel: Any, field: Any) -> bool:
    """Type words, markup and nothing at all into a line of text; whether the picture followed each time."""
    followed = True
    for words in ("a small red circle", "<b>not</b> good ☃", ""):
        before = settled(page, panel)
        field.fill(words)
        followed = changes(page, panel, before) and followed
    field.fill("a red circle left of a blue square")
    return followed


def draw(page: Any, panel: Any, canvas: Any) -> bool:
    """Draw a line with the mouse on a pad; whether the picture changed."""
    before = settled(page, panel)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    page.mouse.up()
    return changes(page, panel, before)


def record(page: Any, panel: Any, button: Any) -> bool:
    """Record a word from the (fake) microphone; whether picture or sound changed once it was there."""
    before = settled(page, panel)
    button.click()
    page.wait_for_function("button => button.innerText.includes('stop')", arg=button.element_handle(), polling=OFTEN)
    page.wait_for_function("button => button.innerText.includes('record')", arg=button.element_handle(), polling=OFTEN)
    return changes(page, panel, before)


def choose_file(page: Any, panel: Any, button: Any) -> bool:
    """Choose a picture or a sound, by what the button asks for; whether the panel followed."""
    sound = "WAV" in button.inner_text()
    content = wav(spoken(3)[0]) if sound else picture(drawn(0))
    before = settled(page, panel)
    given = {
        "name": "own.wav" if sound else "own.png",
        "mimeType": "audio/wav" if sound else "image/png",
        "buffer": content,
    }
    button.locator("xpath=..").locator("input[type=file]").set_input_files(given)
    return changes(page, panel, before)


def kinds_of_controls(panel: Any) -> list[tuple[str, Any, Any]]:
    """Every control as ``(name, element, function that moves it)``."""
    found = [(handle, move_by_keys) for handle in sliders(panel)]
    found += [(select, choose) for select in panel.locator(".widget-dropdown select").all()]
    found += [(box, tick) for box in panel.locator(".widget-checkbox input[type=checkbox]").all()]
    found += [(field, type_words) for field in panel.locator(".widget-text input[type=text]").all()]
    found += [(canvas, draw) for canvas in panel.locator(".mmcourse-given canvas").all()]
    found += [(button, record) for button in panel.locator(".mmcourse-given button[aria-label*='record']").all()]
    found += [(button, choose_file) for button in panel.locator(".mmcourse-given button:has-text('choose')").all()]
    label = "one => one.closest('.jupyter-widgets').innerText.trim().split('\\n')[0]"
    return [(element.evaluate(label) or f"control {place}", element, act) for place, (element, act) in enumerate(found)]


def unknown_controls(panel: Any) -> list[str]:
    """Whatever takes the focus in a panel and is none of the kinds above, nor a button: nobody would test it."""
    return panel.evaluate(UNKNOWN)


def key_thieves(page: Any, panel: Any) -> list[str]:
    """Press keys that are shortcuts of JupyterLab in each kind of control; the first by which a cell came or went."""
    kinds = [".noUi-handle", "select", "input[type=checkbox]", "button:not([disabled])"]
    for kind in kinds:
        for key in ("a", "b", "x", "z", "Escape") if panel.locator(kind).count() else ():
            before = page.evaluate(CELLS)
            panel.locator(kind).first.focus()
            page.keyboard.press(key)
            if page.evaluate(CELLS) != before:
                return [f"{kind}: {key}"]  # the panel itself may be gone now
    return []


def dead_controls(page: Any, panel: Any, rounds: int = 3) -> list[str]:
    """The names of controls that change neither picture nor sound.

    A control may have no effect at the present setting of the others: it is tried again after those moved.
    """
    waiting = kinds_of_controls(panel)
    for number in range(rounds):
        panel.scroll_into_view_if_needed()
        waiting = [(name, element, act) for name, element, act in waiting if not act(page, panel, element)]
        if not waiting or number == rounds - 1:
            break
        for _name, element, act in kinds_of_controls(panel):
            act(page, panel, element)
    return [name for name, _element, _act in waiting]


def measure(page: Any, panel: Any, moves: int = TIMED_MOVES) -> list[float]:
    """Milliseconds from a key press on the first slider to the changed pixels, for each move that changed
    them.
    """
    handles = sliders(panel)
    if not handles:
        return []
    image, handle = panel.locator("img.mmcourse-picture").first, handles[0]
    handle.focus()
    page.keyboard.press("Home")
    settled(page, panel)
    image.evaluate(WATCH)
    step = "ArrowRight"
    for _move in range(4 * moves):
        value = place_of(handle)
        page.keyboard.press(step)
        if place_of(handle) == value:
            step = "ArrowLeft" if step == "ArrowRight" else "ArrowRight"
            continue
        page.wait_for_timeout(BETWEEN_MOVES)  # no polling here: it would take the processor from what is measured
        if page.evaluate("() => window.moves.length") >= moves:
            break
    return page.evaluate("() => window.moves")


def press_twice(page: Any, button: Any) -> None:
    """Press a button twice, fast, and wait until its work has begun and ended."""
    button.scroll_into_view_if_needed()
    button.evaluate("""button => {
      button.wasBusy = false;
      new MutationObserver(() => { if (button.disabled) button.wasBusy = true; })
        .observe(button, {attributes: true, attributeFilter: ['disabled']});
    }""")
    button.dblclick()
    page.wait_for_function(
        "button => button.wasBusy && !button.disabled",
        arg=button.element_handle(),
        timeout=1000 * RUN_PATIENCE,
        polling=OFTEN,
    )
    wait_idle(page)


def start_buttons(panel: Any) -> list[Any]:
    """The start buttons of longer work: those with a play sign."""
    return panel.locator("button:has(i.fa-play)").all()


def play(page: Any, panel: Any, button: Any) -> bool:
    """Press a player's button; whether its sound runs, and the button says how to stop it."""
    settled(page, panel)  # a new sound would stop the old one
    button.click()
    audio = button.locator("xpath=ancestor::*[contains(@class, 'mmcourse-player')]").locator("audio")
    page.wait_for_function("audio => audio.currentTime > 0 || audio.ended", arg=audio.element_handle())
    return "stop" in button.get_attribute("aria-label") or audio.evaluate("audio => audio.paused")


def players(panel: Any) -> list[Any]:
    """The buttons of a panel's players."""
    return panel.locator(".mmcourse-player button").all()


def densities(page: Any) -> list[float]:
    """How many pixels each panel's picture has for one CSS pixel of the page."""
    return page.evaluate(
        "() => [...document.querySelectorAll('.mmcourse-panel img.mmcourse-picture')]"
        ".map(one => one.naturalWidth / one.getBoundingClientRect().width)"
    )
