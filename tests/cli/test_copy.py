"""``copy``: exercises emptied exactly, nothing overwritten, and shipped exercises that the rule fits."""

import ast

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from project import NOTEBOOKS

from mmcourse.cli import copy_lessons, main
from mmcourse.cli.copy_lessons import emptied
from mmcourse.cli.messages import Failure

SHIPPED = [
    pytest.param(cell.source, id=cell.id)
    for path in NOTEBOOKS
    for cell in nbformat.read(path, as_version=4).cells
    if "exercise" in cell.metadata.get("tags", [])
]
STUB = '''import torch
from mmcourse.practice import check

# q asks, k answers.
def attend(q, k, v):
    """q (D,), k (T, D), v (T, E) → (E,)"""
    ...

check("attend", attend)'''
SOLVED = STUB.replace("    ...", '''    # √d, as variances add

    def inner(x):
        return x.softmax(0)
    weights = inner(k @ q / len(q) ** 0.5)
    text = """
in the first column"""
    return weights @ v
    # not: v.mean(0)''')  # fmt: skip


# ---------------------------------------------------------------- emptying


@pytest.mark.parametrize("source", SHIPPED)
def test_a_shipped_exercise_is_empty_already(source):
    assert emptied(source) == source


def solved(source):
    """An exercise cell as a learner might leave it: each ... replaced by some code or some value."""
    return "\n".join(
        line.replace("...", "a = {'→': [1, 2]}  # wie schön\n\n    for _ in a:\n        pass\n    return a\n    # done")
        if line == "    ..."
        else line.replace(": ...", ": ('→', f(\"data\"))")
        for line in source.split("\n")
    )


@pytest.mark.parametrize("source", SHIPPED)
def test_a_solved_exercise_becomes_the_shipped_one(source):
    answer = solved(source)
    assert answer != source and ast.parse(answer), "an exercise has at least one ... to fill in"
    assert emptied(answer) == source


def test_what_stands_around_an_answer_stays():
    assert emptied(SOLVED) == emptied(STUB) == STUB


@pytest.mark.parametrize(
    "source, expected",
    [
        ("def f(x): return x + 1", "def f(x): ..."),
        ("def f(\n    x,\n):\n    y = x\n    return y\n\n\nf(1)", "def f(\n    x,\n):\n    ...\n\n\nf(1)"),
        ('def f(x):\n    """Only words."""\n\nf(1)', 'def f(x):\n    """Only words."""\n    ...\n\nf(1)'),
        ("class A:\n    n = 3\n\n    def f(self):\n        'f'\n        return 1\n\n    def g(self):\n        return 2",
         "class A:\n    n = 3\n\n    def f(self):\n        'f'\n        ...\n\n    def g(self):\n        ..."),
        ("p = {'é': 'a',\n     'b': [1,\n  2]}  # two\nn = 3", "p = {'é': ...,\n     'b': ...}  # two\nn = 3"),
        ("def f():\n\treturn 1\n\treturn 2", "def f():\n\t..."),
        ("# nothing to fill in\nx = [1, 2]\n", "# nothing to fill in\nx = [1, 2]\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_other_ways_to_write_an_answer(source, expected):
    assert emptied(source) == expected
    assert emptied(expected) == expected


# ---------------------------------------------------------------- copying


@pytest.fixture
def lesson(tmp_path):
    """A lesson that a teacher has run and solved, with a picture and a page that its text leads to."""
    cells = [
        new_markdown_cell("![a map](pictures/map.png) [words](words.md#top) [next](01_next.ipynb) "
                          "[the words](glossary.ipynb#a) [x](../secret.txt) [web](https://a.b/c) [gone](gone.png)"),
        new_code_cell("1 + 1", execution_count=1, outputs=[new_output("stream", text="2")]),
        new_code_cell(SOLVED, execution_count=2, outputs=[new_output("stream", text="✓")],
                      metadata={"tags": ["exercise"]}),
    ]  # fmt: skip
    folder = tmp_path / "notebooks"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "map.png").write_bytes(b"\x89PNG\r\n")
    nbformat.write(new_notebook(), folder / "glossary.ipynb")
    (folder / "words.md").write_text("words", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    nbformat.write(new_notebook(cells=cells), folder / "01_next.ipynb")
    nbformat.write(new_notebook(cells=cells), folder / "06_attention.ipynb")
    return folder / "06_attention.ipynb"


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_copy_is_empty_and_has_its_pictures(lesson, tmp_path, capsys):
    target, before = tmp_path / "class" / "today", files(lesson.parent)
    assert copy_lessons.copy([lesson], target) == 0
    assert set(files(target)) == {"06_attention.ipynb", "glossary.ipynb", "pictures/map.png", "words.md"}
    assert files(target)["pictures/map.png"] == b"\x89PNG\r\n"
    _text, plain, exercise = nbformat.read(target / lesson.name, as_version=4).cells
    assert exercise.source == STUB and plain.source == "1 + 1"
    assert all(cell.outputs == [] and cell.execution_count is None for cell in (plain, exercise))
    assert files(lesson.parent) == before and "1 of the lessons" in capsys.readouterr().out


def test_outputs_are_kept_on_request_but_not_those_of_a_solution(lesson, tmp_path):
    copy_lessons.copy([lesson], tmp_path / "class", outputs=True)
    _text, plain, exercise = nbformat.read(tmp_path / "class" / lesson.name, as_version=4).cells
    assert plain.outputs[0].text == "2" and exercise.source == STUB and exercise.outputs == []


def test_an_untouched_lesson_with_outputs_keeps_its_bytes(tmp_path):
    copy_lessons.copy(NOTEBOOKS[:1], tmp_path, outputs=True)
    assert (tmp_path / NOTEBOOKS[0].name).read_bytes() == NOTEBOOKS[0].read_bytes()


@pytest.mark.parametrize("name", ["06_attention.ipynb", "pictures/map.png"])
def test_nothing_is_overwritten_and_nothing_half_copied(lesson, tmp_path, name):
    mine = tmp_path / "class" / name
    mine.parent.mkdir(parents=True)
    mine.write_text("my own work", encoding="utf-8")
    with pytest.raises(Failure, match="is there already and differs, so nothing was copied"):
        copy_lessons.copy([lesson.parent / "01_next.ipynb", lesson], tmp_path / "class")
    assert files(tmp_path / "class") == {name: b"my own work"}
    with pytest.raises(Failure, match="is there already"):
        copy_lessons.copy([lesson], lesson.parent)  # the lessons' own folder


def test_copying_again_adds_what_is_missing(lesson, tmp_path):
    for _ in range(2):
        copy_lessons.copy([lesson], tmp_path / "class")
    copy_lessons.copy([lesson, lesson.parent / "01_next.ipynb"], tmp_path / "class")
    assert len(files(tmp_path / "class")) == 5


def test_a_half_written_answer_is_named(lesson, tmp_path):
    notebook = nbformat.read(lesson, as_version=4)
    notebook.cells[-1].source = "def f(:"
    nbformat.write(notebook, lesson)
    with pytest.raises(Failure, match=f"06_attention: the exercise in cell {notebook.cells[-1].id} is no Python"):
        copy_lessons.copy([lesson], tmp_path / "class")
    assert not (tmp_path / "class").exists()


def test_the_command_copies_what_is_asked_for(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(main, "in_ready_python", lambda argv, work: asked.append(argv) or work())
    monkeypatch.chdir(tmp_path)
    assert main.main(["copy", "class", "8", "neurons", "--outputs"]) == 0
    assert asked == [["copy", str(tmp_path / "class"), "8", "neurons", "--outputs"]]
    assert sorted(path.name for path in (tmp_path / "class").glob("*.ipynb")) == [
        "01_neurons.ipynb", "08_fusion_levels.ipynb"]  # fmt: skip
    assert main.main(["copy", "other"]) == 0 and len(list((tmp_path / "other").glob("[0-9]*.ipynb"))) == len(NOTEBOOKS)
    assert (tmp_path / "other" / "glossary.ipynb").is_file()  # lesson 00 leads to it
    assert main.main(["copy"]) == 2 and main.main(["copy", "more", "no_such_lesson"]) == 2
