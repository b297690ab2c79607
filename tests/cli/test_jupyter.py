"""How JupyterLab saves notebooks of the course: pictures instead of live views, and never less than the learner has."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import subprocess
import sys

import nbformat
import pytest
from dots import dot_panel
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mmcourse.base.files import ROOT
from mmcourse.cli import jupyter
from mmcourse.practice import guess, quiz


def shown(value) -> dict:
    return new_output("display_data", value._repr_mimebundle_())


def lesson() -> nbformat.NotebookNode:
    """A notebook that a learner has worked in: words, code, what it printed, live views."""
    foreign = new_output("display_data", {jupyter.VIEW: {"model_id": "1"}, "text/plain": "IntSlider(value=0)"})
    ipympl = new_output("display_data", {jupyter.VIEW: {"model_id": "2"}, "text/html": "<div>canvas</div>"})
    stream = new_output("stream", name="stdout", text="42")
    outputs = [shown(dot_panel()), stream, shown(guess("two and two", answer=4)), shown(quiz("neurons"))]
    cells = [
        new_markdown_cell("mine"),
        new_code_cell("x", outputs=outputs),
        new_code_cell("y", outputs=[foreign, ipympl]),
    ]
    return new_notebook(cells=cells)


def saved(content) -> dict:
    model = {"type": "notebook", "content": copy.deepcopy(content)}
    jupyter.leave_live_views_out(model=model, path="x.ipynb", contents_manager=None)
    return model["content"]


def test_the_courses_live_views_are_left_out_and_nothing_else():
    before, after = lesson(), saved(lesson())
    views = [[jupyter.VIEW in output.get("data", {}) for output in cell.outputs] for cell in after.cells[1:]]
    assert views == [[False, False, False, False], [True, True]]
    for cell in before.cells[1:2]:
        for output in cell.outputs:
            output.get("data", {}).pop(jupyter.VIEW, None)
    assert [dict(cell, id=0) for cell in after.cells] == [dict(cell, id=0) for cell in before.cells]


@pytest.mark.parametrize(
    "model",
    [
        {"type": "file", "content": "text"},
        {"type": "directory", "content": None},
        {"type": "notebook", "content": None},
        {"type": "notebook", "content": {"worksheets": []}},
        {"type": "notebook", "content": {"cells": [{"cell_type": "markdown"}, {"outputs": [{"text": "a"}]}]}},
    ],
)
def test_what_is_no_notebook_with_outputs_stays_as_it_is(model):
    before = copy.deepcopy(model)
    jupyter.leave_live_views_out(model=model)
    assert model == before


def contents_manager(folder):
    from jupyter_server.services.contents.filemanager import AsyncFileContentsManager

    manager = AsyncFileContentsManager(root_dir=str(folder))
    jupyter._load_jupyter_server_extension(type("Server", (), {"contents_manager": manager}))
    return manager


def test_a_server_with_the_extension_saves_without_live_views(tmp_path):
    model = {"type": "notebook", "format": "json", "content": lesson()}
    asyncio.run(contents_manager(tmp_path).save(model, "a.ipynb"))
    text = (tmp_path / "a.ipynb").read_text(encoding="utf-8")
    assert text.count(jupyter.VIEW) == 2 and "data:image/png;base64" in text and "mine" in text


def test_a_mistake_in_the_hook_never_keeps_a_notebook_from_being_saved(tmp_path, monkeypatch):
    def broken(model, **more):
        raise RuntimeError("a mistake")

    monkeypatch.setattr(jupyter, "leave_live_views_out", broken)
    asyncio.run(contents_manager(tmp_path).save({"type": "notebook", "content": lesson()}, "a.ipynb"))
    assert "mine" in (tmp_path / "a.ipynb").read_text(encoding="utf-8")


def test_lab_shows_the_server_where_it_is_configured(monkeypatch):
    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
    assert jupyter.config_path() == str(jupyter.CONFIG)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/theirs")
    assert jupyter.config_path() == os.pathsep.join([str(jupyter.CONFIG), "/theirs"])


HOOKS = """
import sys
sys.prefix = sys.argv[1]  # an environment that was never set up for the course
from jupyter_server.serverapp import ServerApp
app = ServerApp()
app.initialize(["--allow-root"], new_httpserver=False)
print(*[hook.__module__ for hook in app.contents_manager._pre_save_hooks])
"""


@pytest.mark.parametrize("way", ["lab", "environment", "neither"])
def test_a_server_finds_the_extension(tmp_path, way):
    jupyter.write_config(tmp_path)  # as the set-up and postBuild do
    jupyter.write_config(tmp_path)
    ways = {"lab": jupyter.config_path(), "environment": str(tmp_path / "etc" / "jupyter"), "neither": ""}
    own = {"JUPYTER_CONFIG_DIR": str(tmp_path / "own"), "JUPYTER_RUNTIME_DIR": str(tmp_path / "run")}
    environment = {**os.environ, **own, "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_PATH": ways[way]}
    command = [sys.executable, "-c", HOOKS, str(tmp_path / "bare")]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert found.stdout.split() == ([] if way == "neither" else [jupyter.__name__]), found.stderr[-2000:]


def test_binder_configures_its_server_too():
    text = (ROOT / "postBuild").read_text(encoding="ascii")
    assert text.startswith("#!/bin/bash") and "-m mmcourse.cli.jupyter" in text
    [name] = json.loads(next(jupyter.CONFIG.rglob("*.json")).read_text())["ServerApp"]["jpserver_extensions"]
    assert name == jupyter.__name__
