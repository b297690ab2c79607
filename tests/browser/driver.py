"""What a learner does in JupyterLab, as functions: open, run, move, press, type, and look."""

from __future__ import annotations

import os
from typing import Any

RUN_PATIENCE = 300  # seconds for a whole notebook on a loaded machine
NOISE = (  # what the browser or JupyterLab says of its own accord
    "Failed to load resource",
    "favicon",
    "net::ERR",
    "ResizeObserver",
    "Autofocus",
    "Permissions policy",
    "WebGL",
    "GPU stall",
    "preload",
    "[LSP",
    "lsp",
    "Completer",
    "Kernel connection",
    "WebSocket",
)

READY = """() => {
  const app = window.jupyterapp, panel = app && app.shell.currentWidget;
  const context = panel && panel.sessionContext;
  return !!(context && context.isReady && panel.content && panel.content.model
            && context.session && context.session.kernel && context.session.kernel.status === 'idle');
}"""
IDLE = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
ROUND_TRIP = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo()"
RUN_ALL = """async () => {
  await jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
  window.ranAll = false;
  jupyterapp.commands.execute('notebook:run-all-cells').finally(() => { window.ranAll = true; });
}"""
NOT_RUN = """() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(
  cell => cell.type === 'code' && cell.sharedModel.source.trim() && !cell.executionCount).length"""
NOTEBOOK = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"
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
# Milliseconds between two looks. Playwright looks at each frame if it is not told otherwise, and so makes the browser
# draw frames without end, on processors that the kernel needs.
OFTEN, SELDOM = 30, 300
# Moves of a panel that are timed: a few prove that it follows; the benchmark wants a median to trust.
TIMED_MOVES = 20 if os.environ.get("MMCOURSE_BROWSER_TIMES") else 5
# Pictures and sounds are shown from addresses that are new for every new content.
SHOWN = """panel => JSON.stringify([...panel.querySelectorAll('img.widget-image, audio')].map(one => one.src))"""


def open_notebook(page: Any, lab: Any, name: str) -> None:
    """Open a notebook of the lab's folder and wait until its kernel is ready."""
    page.goto(f"{lab.url.rstrip('/')}/doc/tree/{name}?reset")
    page.wait_for_function(READY)


def run_all(page: Any) -> None:
    """Run every cell from an empty notebook and wait until the kernel has nothing left to do."""
    page.evaluate(RUN_ALL)
    page.wait_for_function("() => window.ranAll", timeout=1000 * RUN_PATIENCE, polling=SELDOM)
    # The command is done at the first error, also one that is meant; the cells behind it still run. After an error
    # that is not meant they never will: then nothing moves any more.
    last, unmoved = None, 0
    while unmoved < 8:
        wait_idle(page)
        left = page.evaluate(NOT_RUN)
        if left == 0:
            return
        last, unmoved = left, unmoved + 1 if left == last else 0
        page.wait_for_timeout(500)


def wait_idle(page: Any) -> None:
    page.wait_for_function(IDLE, timeout=1000 * RUN_PATIENCE, polling=OFTEN)


def notebook(page: Any) -> dict[str, Any]:
    """The notebook as JupyterLab holds it at this moment."""
    return page.evaluate(NOTEBOOK)


def wrong_cells(content: dict[str, Any]) -> list[str]:
    """Code cells that were not run, or failed without the tag raises-exception, or did not fail with it."""
    found = []
    for cell in content["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or not source.strip():
            continue
        first, tags = source.strip().splitlines()[0][:60], cell["metadata"].get("tags", [])
        errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
        if cell["execution_count"] is None:
            found.append(f"{first!r} was not run")
        if errors and "raises-exception" not in tags:
            found.append(f"{first!r} failed: {errors[0]['ename']}: {errors[0]['evalue']}")
        if not errors and "raises-exception" in tags:
            found.append(f"{first!r} should have failed")
    return found


def complaints(page: Any) -> list[str]:
    """Errors on the page's console that are not the browser's or JupyterLab's own noise."""
    return [one for one in page.complaints if not any(noise in one for noise in NOISE)]


def panels(page: Any) -> list[Any]:
    """The panels on the page, their pictures loaded."""
    found = page.locator(".mmcourse-panel").all()
    for panel in found:
        panel.scroll_into_view_if_needed()
        wait_picture(page, panel)
    return found


def wait_picture(page: Any, panel: Any) -> None:
    """Wait until the panel's picture has pixels."""
    image = panel.locator("img.widget-image").first
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


# ---------------------------------------------------------------- controls


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
    """Choose each option of a list; whether picture or sound changed.

    Not with the arrow keys: JupyterLab takes those for itself while a closed list has the focus.
    """
    before = settled(page, panel)
    start = select.evaluate("select => select.selectedIndex")
    for place in [place for place in range(select.locator("option").count()) if place != start]:
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


def kinds_of_controls(panel: Any) -> list[tuple[str, Any, Any]]:
    """Every control as ``(name, element, function that moves it)``."""
    found = [(handle, move_by_keys) for handle in sliders(panel)]
    found += [(select, choose) for select in panel.locator(".widget-dropdown select").all()]
    found += [(box, tick) for box in panel.locator(".widget-checkbox input[type=checkbox]").all()]
    found += [(field, type_words) for field in panel.locator(".widget-text input[type=text]").all()]
    label = "one => one.closest('.jupyter-widgets').innerText.trim().split('\\n')[0]"
    return [(element.evaluate(label) or f"control {place}", element, act) for place, (element, act) in enumerate(found)]


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
    image, handle = panel.locator("img.widget-image").first, handles[0]
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


# ---------------------------------------------------------------- buttons and guesses


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


def guesses(page: Any) -> list[Any]:
    """The guesses on the page: the smallest boxes that hold the button to commit."""
    buttons = page.locator("button", has_text="That is my guess").all()
    return [button.locator("xpath=ancestor::*[contains(@class, 'widget-vbox')][1]") for button in buttons]


def answer(page: Any, guess: Any) -> str:
    """Choose or type something and commit to it; returns what the guess says once its answer is revealed."""
    guess.scroll_into_view_if_needed()
    choices, text = guess.locator("input[type=radio]"), guess.locator("input[type=text], input[type=number]")
    if choices.count():
        choices.first.click()
    else:
        hint = text.first.get_attribute("placeholder") or ""
        text.first.fill("yes" if "yes" in hint else "7" if "number" in hint else "something")
        page.keyboard.press("Tab")
    guess.locator("button", has_text="That is my guess").click()
    page.wait_for_function("guess => guess.innerText.includes('the answer is')", arg=guess.element_handle())
    return guess.inner_text()


def screenshots(page: Any, folder: Any, stem: str, tallest: int = 2400) -> list[Any]:
    """Pictures of the whole notebook, in pieces of at most ``tallest`` pixels."""
    outer = page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer").first
    height = outer.evaluate("one => one.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": min(height + 200, tallest)})
    step = outer.evaluate("one => one.clientHeight")
    files = []
    for number, top in enumerate(range(0, height, step), start=1):
        outer.evaluate("(one, top) => { one.scrollTop = top; }", top)
        page.wait_for_timeout(300)
        files.append(folder / f"{stem}_part{number}.png")
        page.screenshot(path=str(files[-1]))
    page.set_viewport_size({"width": 1280, "height": 900})
    return files


# ---------------------------------------------------------------- quizzes


def quizzes(page: Any) -> list[Any]:
    return page.locator(".mmcourse-quiz").all()


def predict(page: Any, quiz: Any, picture: Any = None) -> int:
    """Start a quiz over and choose the first option of every question; how many of the answers are explained.

    A ``picture`` of the whole is taken at the end, where a file is named.
    """
    page.set_viewport_size({"width": 1280, "height": 2600})
    quiz.scroll_into_view_if_needed()
    again = quiz.locator("button", has_text="Again")
    if again.is_enabled():
        again.click()
        wait_idle(page)
    questions = quiz.locator(".widget-vbox:has(> .widget-vbox .mmcourse-option)").all()
    for question in questions:
        question.locator("button.mmcourse-option").first.click()
        page.wait_for_function(
            "question => /Right\\.|Not this one\\./.test(question.innerText)", arg=question.element_handle()
        )
        question.locator("summary").click()
        question.locator("details pre").wait_for(state="visible")
    if picture is not None:
        quiz.screenshot(path=str(picture))
    page.set_viewport_size({"width": 1280, "height": 900})
    return len(questions)
