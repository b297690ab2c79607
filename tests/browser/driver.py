"""What a learner does with a notebook in JupyterLab, as functions: open, run, save, shut down, and look."""

from __future__ import annotations

import json
from typing import Any

RUN_PATIENCE = 600  # seconds for a whole notebook on a loaded machine
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
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
IN_OUTPUT = "function () { return !!this.closest('.jp-OutputArea'); }"
# Milliseconds between two looks. Playwright looks at each frame if it is not told otherwise, and so makes the browser
# draw frames without end, on processors that the kernel needs.
OFTEN, SELDOM = 30, 300


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


def save(page: Any, lab: Any, name: str) -> dict[str, Any]:
    """Save the notebook as Ctrl-S does; what the file then holds."""
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    return json.loads((lab.folder / name).read_text(encoding="utf-8"))


def shut_down(page: Any) -> None:
    """End the notebook's kernel and leave the page."""
    page.evaluate(SHUT_DOWN)
    page.goto("about:blank")


def notebook(page: Any) -> dict[str, Any]:
    """The notebook as JupyterLab holds it at this moment."""
    return page.evaluate(NOTEBOOK)


def outputs(content: dict[str, Any]) -> list[dict[str, Any]]:
    """What a notebook's cells show: each output's forms by their kind."""
    cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    return [output.get("data", {}) for cell in cells for output in cell["outputs"]]


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


def spoken(page: Any, role: str) -> list[str]:
    """The names that a screen reader finds for things of a role ("image", "button" …), by Chromium's own tree.

    Things in the outputs of cells only: the rest of the page is JupyterLab's.
    """
    session = page.context.new_cdp_session(page)

    def shown_by_a_cell(node: dict[str, Any]) -> bool:
        thing = session.send("DOM.resolveNode", {"backendNodeId": node["backendDOMNodeId"]})["object"]
        asked = {"objectId": thing["objectId"], "functionDeclaration": IN_OUTPUT, "returnByValue": True}
        return session.send("Runtime.callFunctionOn", asked)["result"]["value"]

    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    wanted = [one for one in nodes if not one["ignored"] and one.get("role", {}).get("value") == role]
    names = [one.get("name", {}).get("value", "") for one in wanted if shown_by_a_cell(one)]
    session.detach()
    return names


def set_density(page: Any, density: float) -> None:
    """Move the window to a screen with so many pixels per CSS pixel.

    One pixel narrower than before: Chromium does not look at its media queries again when the density alone is set.
    """
    session = page.context.new_cdp_session(page)
    size = {"width": page.viewport_size["width"] - (density != 1), "height": page.viewport_size["height"]}
    screen = {**size, "deviceScaleFactor": density, "mobile": False}
    session.send("Emulation.setDeviceMetricsOverride", screen)
    page.density_session = session  # the setting lasts as long as the session


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
