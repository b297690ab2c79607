"""Each notebook keeps each rule of ``notebook_rules.py``; and each rule is seen to fail on a notebook that
breaks it.
"""

from __future__ import annotations

import base64
import copy
import io
from collections.abc import Callable

import nbformat
import notebook_rules
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_rules import RULES, Notebook
from PIL import Image
from project import NOTEBOOKS

from mmcourse.pictures.encoding import html

# ---------------------------------------------------------------- the course's notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("name", RULES)
def test_notebook_keeps_the_rule(path, name):
    problems = RULES[name](Notebook.read(path))
    assert not problems, f"{path.name} — {RULES[name].__doc__}\n  " + "\n  ".join(problems)


def test_a_learner_finds_no_gap_in_the_numbers():
    numbers = [int(path.name[:2]) for path in NOTEBOOKS]
    assert len(set(numbers)) == len(numbers), f"two notebooks share a number: {[path.name for path in NOTEBOOKS]}"


# ---------------------------------------------------------------- a notebook without fault


def png(width: int = 40) -> str:
    out = io.BytesIO()
    Image.new("RGB", (width, 20), "white").save(out, format="PNG")
    return base64.b64encode(out.getvalue()).decode()


def picture(width: int = 40, alt: str = "a dot on a line", scale: int = 2):
    shown = html(base64.b64decode(png(scale * width)), width, alt)
    return new_output("execute_result", {"text/html": shown, "text/plain": "[a panel]"}, execution_count=1)


def bare():
    return new_output("execute_result", {"image/png": png(), "text/plain": "[a panel]"}, execution_count=1)


def says(text: str, name: str = "stdout"):
    return new_output("stream", name=name, text=text)


def failure():
    return new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])


def faultless() -> nbformat.NotebookNode:
    """A tiny lesson that keeps every rule."""
    cells = [
        new_markdown_cell("# 01 Small things\n\nWhat is small?"),
        new_code_cell("from mmcourse.neurons.pictures import dot_panel\ndot_panel()", outputs=[picture()]),
        new_markdown_cell("See the dot, `of course`.\n\n## Guess\n\nSay it first."),
        new_code_cell('guess("how many", answer=1)'),
        new_markdown_cell("## Build it\n\nOne, two."),
        new_code_cell("one = 1\nassert one == 1\nassert one < 2\nassert one > 0"),
        new_markdown_cell("### Seen in the wild\n\nYou will meet this version."),
        new_code_cell("raise ValueError('no')", metadata={"tags": ["raises-exception"]}, outputs=[failure()]),
        new_markdown_cell("## Exercises"),
    ]
    for number in (1, 2, 3):
        cells += [
            new_markdown_cell(f"### Exercise {number}: small part {number}"),
            new_code_cell(
                f'def part{number}(): ...\n\ncheck("part{number}", part{number})',
                metadata={"tags": ["exercise"]},
                outputs=[says(f"○ part{number} is still open.")],
            ),
        ]
    cells += [
        new_markdown_cell("## What you can do now"),
        new_markdown_cell("## Where it leads"),
        new_markdown_cell("## References"),
    ]
    for number, cell in enumerate(cells, start=1):
        cell.id = f"01-{number:02}"
    for count, cell in enumerate([cell for cell in cells if cell.cell_type == "code"], start=1):
        cell.execution_count = count
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel}, nbformat_minor=5)


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(notebook_rules, "known_exercises", lambda: {"part1", "part2", "part3"})


def broken(name: str, node: nbformat.NotebookNode, size: int = 10_000) -> list[str]:
    return RULES[name](Notebook("01_small.ipynb", node, size))


@pytest.mark.parametrize("name", RULES)
def test_a_faultless_notebook_passes(name, known):
    assert broken(name, faultless()) == []


# ---------------------------------------------------------------- one fault at a time


def cell_becomes(index: int, **changes) -> Callable:
    def change(node):
        for key, value in changes.items():
            if key in ("tags", "jupyter", "execution", "collapsed"):
                node.cells[index].metadata[key] = value
            else:
                node.cells[index][key] = value

    return change


def heading_becomes(old: str, new: str) -> Callable:
    def change(node):
        hits = [cell for cell in node.cells if cell.cell_type == "markdown" and old in cell.source]
        assert hits, old
        for cell in hits:
            cell.source = cell.source.replace(old, new)

    return change


def all_code(source: str) -> Callable:
    def change(node):
        for cell in node.cells:
            if cell.cell_type == "code":
                cell.source = source

    return change


def without_text(node) -> None:
    node.cells = [cell for cell in node.cells if cell.cell_type == "code"]


def exempt(marker: str, count: int) -> Callable:
    def change(node):
        for cell in [cell for cell in node.cells if cell.cell_type == "code"][:count]:
            cell.source = marker + cell.source

    return change


def metadata(**values) -> Callable:
    return lambda node: node.metadata.update(values)


def defined_twice(node) -> None:
    node.cells[3].source = node.cells[5].source = "def helper(): return 1"


MARK = "# NBVAL_IGNORE_OUTPUT\n"
VIEW = new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}})
FAULTS: list[tuple[str, str, Callable]] = [
    ("is_valid", "format 4.4", lambda node: node.update(nbformat_minor=4)),
    ("is_valid", "kernelspec", metadata(kernelspec={"name": "mine", "display_name": "mine"})),
    ("is_valid", "comes twice", cell_becomes(3, id="01-01")),
    ("is_valid", "begin with 01-", cell_becomes(3, id="a1b2c3")),
    ("keeps_no_widget_state", "metadata.widgets", metadata(widgets={"state": {}})),
    ("keeps_no_widget_state", "widget-view", cell_becomes(1, outputs=[VIEW])),
    ("is_small", "1001 pixels wide", cell_becomes(1, outputs=[picture(1001)])),
    ("says_what_pictures_show", "says only 'picture'", cell_becomes(1, outputs=[picture(alt="picture")])),
    ("says_what_pictures_show", "says only ''", cell_becomes(1, outputs=[bare()])),
    ("says_what_pictures_show", "40 pixels for 40", cell_becomes(1, outputs=[picture(scale=1)])),
    ("is_stable", "address", cell_becomes(3, outputs=[says("<Thing object at 0x7f00aabbcc>")])),
    ("is_stable", "metadata.execution", cell_becomes(3, execution={"iopub.execute_input": "2020"})),
    ("was_run_in_order", "count None", cell_becomes(3, execution_count=None)),
    ("was_run_in_order", "count 9", cell_becomes(3, execution_count=9)),
    ("fails_only_where_it_should", "no tag", cell_becomes(3, outputs=[failure()])),
    ("fails_only_where_it_should", "stores no error", cell_becomes(7, outputs=[])),
    ("fails_only_where_it_should", "stderr", cell_becomes(3, outputs=[says("UserWarning: old", "stderr")])),
    ("is_compared", "at most a quarter", exempt(MARK, 2)),
    ("is_compared", "may steer", exempt("# NBVAL_SKIP\n", 1)),
    ("is_compared", "may steer", cell_becomes(3, source="one = 1  " + MARK)),
    ("is_compared", "may steer", cell_becomes(3, tags=["nbval-skip"])),
    ("has_short_cells", "median", all_code("a = 1\n" * 6)),
    ("has_short_cells", "one in ten", cell_becomes(3, source="a = 1\n" * 16)),
    ("has_short_cells", "at most 25", cell_becomes(3, source="a = 1\n" * 26)),
    ("has_short_cells", "is empty", cell_becomes(3, source=" \n")),
    ("is_plain_python", "no plain Python", cell_becomes(3, source="%matplotlib inline")),
    ("is_plain_python", "no plain Python", cell_becomes(3, source="!ls")),
    ("is_plain_python", "semicolon", cell_becomes(3, source="one;")),
    ("is_plain_python", "clear_output", cell_becomes(3, source="clear_output()")),
    ("is_plain_python", "pyplot", cell_becomes(3, source="import matplotlib.pyplot as plt")),
    ("imports_what_it_may", "mmcourse.cli", cell_becomes(3, source="from mmcourse.cli import main")),
    ("imports_what_it_may", "ipywidgets", cell_becomes(3, source="import ipywidgets")),
    ("imports_what_it_may", "pickle", cell_becomes(3, source="def f():\n    import pickle")),
    ("seeds_nothing_global", "torch.manual_seed", cell_becomes(3, source="torch.manual_seed(0)")),
    ("seeds_nothing_global", "np.random.rand", cell_becomes(3, source="x = np.random.rand(3)")),
    ("repeats_no_definition", "as the package does", cell_becomes(3, source="class View: pass")),
    ("repeats_no_definition", "a second time", defined_twice),
    ("hides_nothing", "hidden", cell_becomes(3, jupyter={"source_hidden": True})),
    ("hides_nothing", "hidden", cell_becomes(3, collapsed=True)),
    ("hides_nothing", "unknown tag", cell_becomes(3, tags=["hide-input"])),
    ("explains_first", "before", without_text),
    ("explains_first", "after", lambda node: node.cells.pop(2)),
    ("has_a_title_and_sections", "begin with one heading", heading_becomes("# 01 Small", "# Small")),
    ("has_a_title_and_sections", "leaves out a level", heading_becomes("## Build it", "#### Build it")),
    ("has_a_title_and_sections", "comes twice", heading_becomes("## Build it", "## Guess")),
    ("has_a_title_and_sections", "fewer than four", heading_becomes("## ", "### ")),
    ("opens_with_something_to_see", "no picture", cell_becomes(1, outputs=[])),
    ("closes_as_every_lesson", "close with", heading_becomes("## Where it leads", "## Where next")),
    ("is_courteous", "'simply'", heading_becomes("One, two.", "Simply add.")),
    ("is_courteous", "'of course'", heading_becomes("One, two.", "Of course it is two.")),
    ("writes_thousands_one_way", "'30 000'", heading_becomes("One, two.", "One of 30 000 things.")),
    ("writes_thousands_one_way", "'3,000'", heading_becomes("One, two.", "One of 3,000 things.")),
    ("writes_thousands_one_way", "'30000'", heading_becomes("One, two.", "One of 30000 things.")),
    (
        "names_no_place",
        "site-packages",
        cell_becomes(3, outputs=[says("File " + "/opt/x/lib/python3.11" + "/site-packages/torch/nn.py:3")]),
    ),
    ("lets_the_learner_guess", "no guess", cell_becomes(3, source="1")),
    ("has_a_panel", "no panel", cell_becomes(1, source="1")),
    ("has_a_panel", "no picture", cell_becomes(1, outputs=[])),
    (
        "asserts_its_claims",
        "asserts 2",
        cell_becomes(5, source="assert one\nassert two\nassert (one, 'always true')"),
    ),
    ("shows_the_wild", "no heading", heading_becomes("### Seen in the wild", "### In the wild")),
    ("shows_the_wild", "nothing to run", lambda node: node.cells.pop(7)),
    ("has_exercises", "has 2 headings", heading_becomes("### Exercise 3:", "### Task 3:")),
    ("has_exercises", "should read 'Exercise 2", heading_becomes("Exercise 2: ", "Exercise 4: ")),
    ("has_exercises", "no check", cell_becomes(10, source="def part1(): ...")),
    ("has_exercises", "no tag exercise", cell_becomes(10, tags=[])),
    ("has_exercises", "still open", cell_becomes(10, outputs=[])),
    ("checks_what_is_known", "'prat1'", cell_becomes(10, source='check("prat1", part1)')),
]


@pytest.mark.parametrize("name, words, change", FAULTS, ids=[f"{name}-{words}" for name, words, _ in FAULTS])
def test_a_fault_is_found(name, words, change, known):
    node = faultless()
    change(node)
    found = broken(name, node)
    assert any(words in problem for problem in found), found


def test_a_large_notebook_and_a_heavy_picture_are_found(monkeypatch):
    assert any("bytes" in problem for problem in broken("is_small", faultless(), size=1_000_000))
    monkeypatch.setattr(notebook_rules, "MOST_PICTURE_BYTES", 50)
    assert any("picture of" in problem for problem in broken("is_small", faultless()))


def test_every_rule_has_been_seen_to_fail():
    assert set(RULES) == {name for name, _words, _change in FAULTS}


def test_tags_allow_what_they_are_for(known):
    node = copy.deepcopy(faultless())
    node.cells[3].source, node.cells[3].metadata["tags"] = "class View: pass", ["derivation"]
    assert broken("repeats_no_definition", node) == []
