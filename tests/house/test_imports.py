"""The layout of the package: one folder a lesson, what a file may do said by its name, no circles, a light start.

A rule is a function from a syntax tree to complaints, so that each can be tried on a bad example.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest
from project import (
    KINDS,
    NOTEBOOKS,
    PACKAGE,
    ROOT,
    SHARED,
    dotted,
    dotted_name,
    imported,
    lesson_names,
    modules,
    place,
    place_of,
    short,
    topics,
    tree,
)

from mmcourse.base.about import lessons

# What each kind of file may import of the course. Of lessons, only its own and earlier ones.
MAY_IMPORT = {
    "root": {"base", "cli"},
    "base": {"base"},
    "cli": {"base", "cli", "datasets", "engine", "studies"},
    "datasets": {"base", "datasets"},
    "engine": {"base", "engine"},
    "pictures": {"base", "pictures", "widgets"},
    "practice": {"base", "practice", "widgets"},
    "studies": {"base", "engine", "studies"},
    "widgets": {"base", "widgets"},
    "about": {"base"},
    "topic": {"base", "engine", "topic"},
    "lesson studies": {"base", "datasets", "engine", "studies", "topic", "lesson studies"},
    "lesson pictures": {"base", "datasets", "engine", "pictures", "studies", "topic", "widgets", "lesson pictures"},
    "exercises": {"base", "engine", "practice", "topic", "exercises"},
    "quiz": {"base", "engine", "practice", "topic"},
}
# How a sound becomes numbers is taught in this lesson, so it is defined there, and the sounds are made of it.
DATA_BUILD_ON = "mmcourse.modalities"
# Lesson 00 shows the finished thing, which is a later lesson's.
OPENS_WITH = {"start_here": "fusion_levels"}
# What each kind may import from outside, besides the standard library.
OUTSIDE = {
    "root": set(),
    "base": set(),
    "about": set(),
    "datasets": {"numpy", "torch", "scipy", "sklearn", "PIL", "filelock", "platformdirs"},
    "engine": {"torch", "numpy", "scipy"},
    "pictures": {"numpy", "matplotlib", "ipywidgets", "IPython", "PIL"},
    "practice": {"numpy", "matplotlib", "ipywidgets", "IPython", "filelock", "platformdirs"},
    "studies": {"torch", "filelock"},
    "widgets": {"numpy", "ipywidgets", "IPython", "anywidget", "traitlets"},
    "topic": {"torch"},
    "lesson studies": {"numpy", "torch", "sklearn"},
    "lesson pictures": {"numpy", "torch", "matplotlib", "ipywidgets", "sklearn"},
    "exercises": {"torch", "numpy"},
    "quiz": {"torch"},
}
KNOWN = {dotted_name(path) for path in modules()}

EVERY_MODULE = pytest.mark.parametrize("path", modules(), ids=short)


def kind_of(folder: str, kind: str) -> str:
    """How the tables above call it: the shared parts and those of a lesson are told apart."""
    return f"lesson {kind}" if folder not in SHARED and kind in ("studies", "pictures") else kind


def forbidden_imports(node: ast.Module, folder: str, kind: str) -> list[str]:
    """Imports that a module of this folder and kind may not make."""
    here, order, found = kind_of(folder, kind), lesson_names(), []
    for target, line in imported(node):
        first = target.split(".")[0]
        if first == "":
            found.append(f"line {line}: write the full name instead of a relative import")
        elif first == "mmcourse":
            other, its = place_of(target)
            there = kind_of(other, its)
            data_build = here == "datasets" and target.startswith(DATA_BUILD_ON)
            if there != "root" and there not in MAY_IMPORT[here] and not data_build:
                found.append(f"line {line}: {here} may not import {target}")
            elif {folder, other} <= set(order) and order.index(other) > order.index(folder):
                if OPENS_WITH.get(folder) != other:
                    found.append(f"line {line}: {folder} may build on earlier lessons only, not on {other}")
        elif first not in sys.stdlib_module_names and first not in OUTSIDE.get(here, {first}):
            found.append(f"line {line}: {here} may not import {target}")
    return found


@EVERY_MODULE
def test_imports_go_one_way(path):
    folder, kind = place(path)
    found = forbidden_imports(tree(path), folder, kind)
    assert not found


@pytest.mark.parametrize(
    "folder, kind, text",
    [
        ("pictures", "pictures", "import torch"),
        ("practice", "practice", "def f():\n    from torch import nn"),
        ("pictures", "pictures", "import importlib\nimportlib.import_module('torch')"),
        ("pictures", "pictures", "from mmcourse.practice import guess"),
        ("practice", "practice", "from mmcourse.pictures import Panel"),
        ("practice", "practice", "from mmcourse.cnn import conv2d"),
        ("practice", "practice", "from mmcourse.engine import accuracy"),
        ("engine", "engine", "from mmcourse import pictures"),
        ("engine", "engine", "import ipywidgets"),
        ("engine", "engine", "from mmcourse.training import fit"),
        ("base", "base", "import numpy"),
        ("base", "base", "from mmcourse.engine import generator"),
        ("cnn", "topic", "from mmcourse.pictures import Panel"),
        ("cnn", "topic", "from mmcourse.datasets import digits"),
        ("cnn", "topic", "from mmcourse.cnn.studies import shifts"),
        ("cnn", "topic", "import IPython"),
        ("cnn", "topic", "from mmcourse.rnn import LSTM"),
        ("cnn", "about", "import torch"),
        ("cnn", "studies", "from mmcourse.pictures import style"),
        ("cnn", "studies", "import matplotlib"),
        ("cnn", "pictures", "from mmcourse.cnn.studies import shifts"),
        ("cnn", "pictures", "from mmcourse.practice import guess"),
        ("cnn", "pictures", "from mmcourse.fusion_levels.pictures import lab"),
        ("cnn", "exercises", "from mmcourse.cnn.pictures import windows"),
        ("cnn", "exercises", "from mmcourse.datasets import digits"),
        ("cnn", "quiz", "from mmcourse.datasets import digits"),
        ("cnn", "pictures", "from . import neurons"),
        ("datasets", "datasets", "from mmcourse.engine.device import generator"),
        ("datasets", "datasets", "from mmcourse.cnn import conv2d"),
        ("cli", "cli", "from mmcourse.pictures import View"),
        ("root", "root", "import torch"),
    ],
)
def test_a_wrong_import_is_found(folder, kind, text):
    assert forbidden_imports(ast.parse(text), folder, kind)


@pytest.mark.parametrize(
    "folder, kind, text",
    [
        ("cnn", "pictures", "from mmcourse.cnn.pictures.windows import a"),
        ("cnn", "studies", "from mmcourse.neurons import MLP"),
        ("start_here", "pictures", "from mmcourse.fusion_levels.pictures import lab"),
        ("datasets", "datasets", "from mmcourse.modalities import mel_power"),
        ("cnn", "exercises", "from mmcourse.cnn.exercises.pictures import numbers"),
        ("rnn", "topic", "from mmcourse.rnn.through_time import lstm_through_time"),
    ],
)
def test_a_right_import_is_left_alone(folder, kind, text):
    assert not forbidden_imports(ast.parse(text), folder, kind)


# ---------------------------------------------------------------- folders and files


def test_every_folder_is_a_shared_part_or_a_lesson():
    found = {path.relative_to(PACKAGE).parts[0] for path in modules() if path.parent != PACKAGE}
    assert found <= {*SHARED, *lesson_names()}, "a lesson's folder says in about.py what it is"


@pytest.mark.parametrize("name", lesson_names())
def test_a_lesson_is_complete(name):
    folder, one = PACKAGE / name, next(one for one in lessons() if one.name == name)
    assert (ROOT / "notebooks" / f"{one.stem}.ipynb").is_file()
    missing = [kind for kind in ("about", "exercises", "quiz", "pictures") if not holds(folder, kind)]
    assert not missing, f"{name} lacks {', '.join(missing)}"
    assert [path for path in topics() if path.is_relative_to(folder) and path.name != "__init__.py"], "no topic"
    assert list((ROOT / "tests" / name).glob("test_*.py")), f"tests/{name} holds no tests"


def holds(folder, kind: str) -> bool:
    """A part of a lesson is one file, or a folder of several when it is long."""
    return (folder / f"{kind}.py").is_file() != (folder / kind / "__init__.py").is_file()


def test_every_notebook_is_a_lessons():
    assert [path.stem[3:] for path in NOTEBOOKS] == lesson_names()


def test_a_lessons_package_only_says_what_it_offers():
    for name in lesson_names():
        body = tree(PACKAGE / name / "__init__.py").body
        assert all(isinstance(line, ast.ImportFrom) for line in body[1:]), f"{name}: imports and a docstring, no more"
        kinds = {place_of(line.module) for line in body[1:]}
        assert kinds <= {(name, "topic")}, f"{name} re-exports its own topics only, got {kinds}"


TRAINS = re.compile(r"(fit|fit_many|backward|step|train(_\w+)?|optimiser|Optimiser)$")


def training(node: ast.Module) -> list[str]:
    """Calls that train something."""
    calls = (part for part in ast.walk(node) if isinstance(part, ast.Call))
    names = (part.func.attr if isinstance(part.func, ast.Attribute) else dotted(part.func) for part in calls)
    return [name for name in names if TRAINS.match(name)]


@pytest.mark.parametrize("path", [path for path in modules() if place(path)[1] == "pictures"], ids=short)
def test_pictures_train_nothing(path):
    assert not training(tree(path)), "the notebook calls the study and hands its numbers to the picture"


def test_training_is_found():
    code = (
        "fit_many(a, b)\nloss.backward()\ntrain_lab()\nstudies.train_recall(3)\nretrain(x)\nstep_back()\nax.step(x, y)"
    )
    assert training(ast.parse(code)) == ["fit_many", "backward", "train_lab", "train_recall", "step"]


def test_no_module_has_the_name_of_what_its_package_offers():
    for init in (path for path in modules() if path.name == "__init__.py"):
        beside = {path.stem for path in init.parent.glob("*.py")} | {path.name for path in init.parent.iterdir()}
        offered = {name.asname or name.name for part in ast.walk(tree(init)) for name in getattr(part, "names", [])}
        twice = {name for name in beside & offered if dotted_name(init) + "." + name in KNOWN}
        assert not twice, f"{short(init)}: from {dotted_name(init)} import {twice} would mean two things"


# ---------------------------------------------------------------- no circles


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Every way from a module back to itself, each once, as the list of modules on it."""
    found, done = [], set()

    def walk(name: str, trail: list[str]) -> None:
        if name in trail:
            found.append([*trail[trail.index(name) :], name])
        elif name not in done:
            for other in sorted(graph.get(name, ())):
                walk(other, [*trail, name])
            done.add(name)

    for name in graph:
        walk(name, [])
    return found


def import_graph() -> dict[str, set[str]]:
    """Which module of the course imports which, wherever in the file it does so. A package stands for its __init__."""
    known = {dotted_name(path): path for path in modules()}

    def module_of(target: str) -> str:
        while target not in known:
            target = target.rpartition(".")[0]
        return target

    return {
        name: {module_of(target) for target, _line in imported(tree(path)) if target.split(".")[0] == "mmcourse"}
        - {name, "mmcourse"}
        for name, path in known.items()
    }


def test_nothing_is_imported_in_a_circle():
    assert not circles(import_graph())


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "a"]]
    assert not circles({"a": {"b", "c"}, "b": {"c"}, "c": set()})


# ---------------------------------------------------------------- what starting costs


def needed_at_once(node: ast.Module) -> list[str]:
    """What importing a module loads that is neither standard library nor the course's own."""
    outside = [part for part in node.body if not isinstance(part, ast.FunctionDef | ast.ClassDef)]
    names = [name for part in outside for name, _line in imported(part)]
    return [name for name in names if name.split(".")[0] not in {*sys.stdlib_module_names, "mmcourse"}]


@pytest.mark.parametrize("path", [path for path in modules() if place(path)[1] in ("cli", "root", "base")], ids=short)
def test_the_commands_start_with_the_standard_library_alone(path):
    assert not needed_at_once(tree(path)), "import it inside the function that runs after the installation"
    ours = [
        name
        for statement in tree(path).body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for name, _line in imported(statement)
        if name.startswith("mmcourse.")
    ]
    assert all(name.startswith(("mmcourse.cli", "mmcourse.base")) for name in ours), ours


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in memory after a statement in a fresh interpreter."""
    script = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import mmcourse", "from mmcourse.base.about import lessons; lessons()"])
def test_importing_the_course_loads_nothing_heavy(statement):
    assert not loaded_by(statement) & {"torch", "numpy", "matplotlib", "ipywidgets", "sklearn"}


def test_pictures_and_practice_need_no_torch():
    assert "torch" not in loaded_by("import mmcourse.pictures, mmcourse.practice")


def test_what_is_taught_works_without_jupyter():
    names = [dotted_name(path) for path in modules() if place(path)[1] in ("topic", "engine", "datasets", "base")]
    assert not loaded_by(f"import {', '.join(names)}") & {"ipywidgets", "IPython", "matplotlib"}


def test_kinds_are_told_apart():
    assert place_of("mmcourse.cnn.conv2d") == place_of("mmcourse.cnn") == ("cnn", "topic")
    assert place_of("mmcourse.cnn.pictures.windows") == ("cnn", "pictures") and "pictures" in KINDS
    assert place_of("mmcourse.pictures.view.View") == ("pictures", "pictures")
    assert place_of("mmcourse.cli.main") == ("cli", "cli") and place_of("mmcourse.__main__") == ("root", "root")
