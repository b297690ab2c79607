"""``run``: notebooks executed and saved so that the same results give the same bytes."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mmcourse.base import files
from mmcourse.base.files import ROOT
from mmcourse.cli import environment, notebooks
from mmcourse.cli.messages import Failure


def write_notebook(path, *sources):
    cells = [new_markdown_cell("# A lesson"), *(new_code_cell(source) for source in sources)]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_run_saves_the_same_bytes_twice(tmp_path, capsys):
    path = write_notebook(
        tmp_path / "00_tiny.ipynb",
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('more')",
        "import ipywidgets\nipywidgets.IntSlider()",
    )
    assert notebooks.run([path]) == 0
    first = path.read_bytes()
    assert notebooks.run([path]) == 0
    assert path.read_bytes() == first
    said = capsys.readouterr().out
    assert "saved" in said and "unchanged" in said

    saved = nbformat.read(path, as_version=4)
    nbformat.validate(saved)
    assert "widgets" not in saved.metadata and saved.metadata.kernelspec.name == "python3"
    assert "version" not in saved.metadata.language_info
    assert [cell.execution_count for cell in saved.cells[1:]] == [1, 2]
    streams = [(output.name, output.text) for output in saved.cells[1].outputs]
    assert streams == [("stdout", "out\nmore\n"), ("stderr", "err\n")]
    assert list(saved.cells[2].outputs[0].data) == ["text/plain"]
    assert not any("execution" in cell.metadata for cell in saved.cells)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["00_tiny.ipynb"]


def test_a_failing_cell_is_named_and_the_file_untouched(tmp_path, capsys):
    path = write_notebook(tmp_path / "01_broken.ipynb", "x = 1", "x / 0")
    before = path.read_bytes()
    assert notebooks.run([path]) == 1
    assert path.read_bytes() == before
    said = capsys.readouterr().err
    assert "01_broken stopped in cell 3: ZeroDivisionError: division by zero" in said and "lab 01" in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to a group of processes")
def test_ctrl_c_stops_the_kernel_and_leaves_the_file(tmp_path):
    running = tmp_path / "running"
    path = write_notebook(
        tmp_path / "04_long.ipynb",
        f"open({str(running)!r}, 'w').close()",
        "import time; time.sleep(30)",
        f"open({str(running)!r} + '2', 'w').close()",
    )
    before = path.read_bytes()
    code = (
        "import sys; from pathlib import Path; from mmcourse.cli import main, notebooks;"
        "main.dispatch = lambda argv: notebooks.run([Path(argv[0])]); sys.exit(main.main(sys.argv[1:]))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        env=environment.child_environment(ROOT),
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not running.exists() and child.poll() is None:
        time.sleep(0.05)
    time.sleep(0.3)
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=20)
    assert child.returncode == 130 and "Stopped by Ctrl-C" in said and "Traceback" not in said
    assert path.read_bytes() == before and not Path(f"{running}2").exists()


def test_seconds_are_measured_per_code_cell(tmp_path):
    path = write_notebook(tmp_path / "02_slow.ipynb", "import time", "time.sleep(0.3)", "")
    ticks = []
    notebook, seconds = notebooks.execute(path, lambda done, total: ticks.append((done, total)))
    assert len(seconds) == 2 and seconds[1] >= 0.3 and ticks == [(1, 2), (2, 2)]
    assert len(notebook.cells) == 4


def test_a_file_that_is_no_notebook(tmp_path):
    path = tmp_path / "03_damaged.ipynb"
    path.write_text("{")
    with pytest.raises(Failure, match="03_damaged.ipynb"):
        notebooks.read(path)


def test_normalise_drops_what_changes_and_keeps_what_matters():
    view = {"model_id": "abc"}
    picture = new_output("display_data", {notebooks.VIEW: view, "image/png": "AAAA", "text/plain": "Panel"})
    alone = new_output("display_data", {notebooks.VIEW: view})
    metadata = {"tags": ["exercise"], "execution": {"iopub.status.busy": "2026-01-01T00:00:00Z"}}
    cell = new_code_cell("1", outputs=[picture, alone], metadata=metadata)
    text = notebooks.normalise(new_notebook(cells=[cell], metadata={"widgets": {"state": {}}}))
    saved = nbformat.reads(text, as_version=4)
    assert set(saved.cells[0].outputs[0].data) == {"image/png", "text/plain"}
    assert set(saved.cells[0].outputs[1].data) == {notebooks.VIEW}
    assert saved.cells[0].metadata == {"tags": ["exercise"]}
    assert "widgets" not in saved.metadata and text.endswith("}\n")


def test_expected_errors_show_no_paths_of_this_machine():
    error = new_output(
        "error",
        ename="ValueError",
        evalue="no",
        traceback=[
            "\x1b[31mValueError\x1b[39m   Traceback",
            "\x1b[36mCell In[1]\x1b[39m, line 1",
            "\x1b[36mFile ~/course/mmcourse/x.py:3\x1b[39m, in f()",
            "\x1b[31mValueError\x1b[39m: no",
        ],
    )
    assert len(notebooks.tidy(error).traceback) == 3 and "course" not in "".join(error.traceback)


def test_an_interrupted_save_leaves_the_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "x.ipynb"
    path.write_text("before")

    def interrupted(*names):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.replace_file(path, b"after")
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_the_teachers_command_for_grading_executes_what_was_handed_in(tmp_path):
    """As it stands in notebooks/teaching.md, but for the Python."""
    page = (ROOT / "notebooks" / "teaching.md").read_text(encoding="utf-8")
    words = re.search(r"\.venv/bin/python (-m nbconvert .*ann\.ipynb)$", page, re.MULTILINE)[1].split()
    handed_in = "import os\nprint(os.environ['MMCOURSE_PROGRESS'])", "1 / 0", "print('still runs')"
    write_notebook(tmp_path / "ann.ipynb", *handed_in)
    env = environment.child_environment(ROOT, MMCOURSE_PROGRESS="ann.json")
    done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ran = nbformat.read(tmp_path / "ann_run.ipynb", as_version=4)
    assert [cell.outputs[0].get("text") for cell in ran.cells[1:]] == ["ann.json\n", None, "still runs\n"]
