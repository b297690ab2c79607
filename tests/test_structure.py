"""The house rules: who imports whom, each thing once, nothing too long, no global state, nothing of this
machine.

A rule is a function from a syntax tree (or a text) to complaints, so that each can be tried on a bad example.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from project import (
    LAYERS,
    NOTEBOOKS,
    PACKAGE,
    ROOT,
    SEVERAL,
    bare_prose,
    definitions,
    dotted,
    files,
    functions,
    imported,
    layer,
    lesson_modules,
    modules,
    short,
    text_of,
    tree,
)

# Which parts of the package each part may import. A lesson may also build on an earlier lesson.
MAY_IMPORT = {
    "cli": {"cli", "datasets", "engine"},
    "datasets": {"datasets"},
    "demos": {"demos", "ui", "lessons", "datasets", "engine"},
    "engine": {"engine"},
    "exercises": {"exercises", "lessons", "ui"},
    "learner": {"learner", "exercises", "quizzes", "lessons", "ui"},
    "lessons": {"engine", "lessons"},
    "quizzes": {"quizzes", "lessons", "engine", "ui"},
    "ui": {"ui"},
    "root": {"cli"},
}
# The one lesson that data build on: how a sound becomes numbers is taught there, so it is defined there.
DATA_BUILD_ON = {"modalities"}
# What each part may import from outside, besides the standard library.
OUTSIDE = {
    "datasets": {"numpy", "torch", "sklearn"},
    "demos": {"numpy", "torch", "matplotlib", "ipywidgets", "sklearn"},
    "engine": {"torch", "numpy", "scipy"},
    "exercises": {"torch", "numpy"},
    "lessons": {"torch"},
    "learner": set(),
    "quizzes": {"torch"},
    "ui": {"numpy", "matplotlib", "ipywidgets", "IPython", "PIL", "filelock", "platformdirs"},
    "root": set(),
}
MOST_MODULE_LINES, MOST_FUNCTION_LINES, MOST_BYTES = 360, 60, 15_000_000
TEACHING = ("lessons", "engine", "datasets")
# Parts whose modules offer the same few names side by side (digits.load, speech.load); elsewhere a name
# stands once.
SIDE_BY_SIDE = {"datasets", "exercises", "quizzes"}

EVERY_MODULE = pytest.mark.parametrize("path", modules(), ids=short)
TAUGHT_MODULE = pytest.mark.parametrize("path", [path for path in modules() if layer(path) in TEACHING], ids=short)


def code(text: str) -> ast.Module:
    return ast.parse(text)


# ---------------------------------------------------------------- lessons and their modules


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_its_module_demos_and_exercises(path):
    name = path.stem[3:]
    wanted = [PACKAGE / f"{name}.py", PACKAGE / "demos" / f"{name}.py", PACKAGE / "exercises" / f"{name}.py"]
    missing = [short(file) for file in wanted if not file.is_file()]
    assert not missing, f"{path.name} needs {', '.join(missing)}"


def test_a_lesson_module_has_its_notebook_and_its_test():
    taught = {name for path in NOTEBOOKS for name in SEVERAL.get(path.stem[3:], (path.stem[3:],))}
    stray = [short(path) for path in lesson_modules() if path.stem not in taught]
    assert not stray, f"no notebook of the same name for {', '.join(stray)}"
    untested = [path.name for path in lesson_modules() if not (ROOT / "tests" / f"test_{path.stem}.py").is_file()]
    assert not untested, f"no tests/test_<lesson>.py for {', '.join(untested)}"


def test_every_folder_of_the_package_is_a_known_part():
    found = {path.relative_to(PACKAGE).parts[0] for path in modules() if path.parent != PACKAGE}
    assert found <= set(LAYERS), f"unknown parts: {', '.join(sorted(found - set(LAYERS)))}"


# ---------------------------------------------------------------- who imports whom


def lesson_order() -> dict[str, float]:
    order = {path.stem[3:]: float(path.name[:2]) for path in NOTEBOOKS}
    several = {
        name: order[lesson] + 0.1 * i for lesson in SEVERAL if lesson in order for i, name in enumerate(SEVERAL[lesson])
    }
    return order | several


def forbidden_imports(node: ast.Module, part: str, name: str = "") -> list[str]:
    """Imports that a module of this part may not make; ``name`` is a lesson's own name."""
    lessons, order, found = {path.stem for path in lesson_modules()}, lesson_order(), []
    for target, line in imported(node):
        first, *rest = target.split(".")
        if first == "":
            found.append(f"line {line}: write the full name instead of a relative import")
        elif first == "mmcourse":
            inner = rest[0] if rest else "root"
            to = "lessons" if inner in lessons else inner if inner in LAYERS else "root"
            allowed = to in MAY_IMPORT[part] or (part == "datasets" and inner in DATA_BUILD_ON)
            if to != "root" and not allowed:
                found.append(f"line {line}: {part} may not import {target}")
            elif to == part == "lessons" and inner != name and order.get(inner, 99) >= order.get(name, 99):
                found.append(f"line {line}: {name} may build on earlier lessons only, not on {inner}")
        elif first not in sys.stdlib_module_names and part in OUTSIDE and first not in OUTSIDE[part]:
            found.append(f"line {line}: {part} may not import {target}")
    return found


@EVERY_MODULE
def test_imports_go_one_way(path):
    assert not forbidden_imports(tree(path), layer(path), path.stem)


@pytest.mark.parametrize(
    "part, text",
    [
        ("ui", "import torch"),
        ("ui", "def f():\n    from torch import nn"),
        ("ui", "import importlib\nimportlib.import_module('torch')"),
        ("ui", "from mmcourse.engine import fit"),
        ("engine", "from mmcourse import ui"),
        ("engine", "import ipywidgets"),
        ("lessons", "from mmcourse.ui import Panel"),
        ("lessons", "from mmcourse.datasets import digits"),
        ("lessons", "import IPython"),
        ("datasets", "from mmcourse.engine.device import generator"),
        ("datasets", "from mmcourse.cnn import conv2d"),
        ("exercises", "from mmcourse.demos import neurons"),
        ("demos", "from mmcourse.exercises import check"),
        ("quizzes", "from mmcourse.demos import neurons"),
        ("quizzes", "from mmcourse.datasets import digits"),
        ("lessons", "from mmcourse.learner import my_progress"),
        ("demos", "from . import neurons"),
        ("cli", "from mmcourse.ui import View"),
        ("root", "import torch"),
    ],
)
def test_a_wrong_import_is_found(part, text):
    assert forbidden_imports(code(text), part)


def needed_at_once(node: ast.Module) -> list[str]:
    """What importing a module loads that is neither standard library nor the course's own."""
    outside = [part for part in node.body if not isinstance(part, ast.FunctionDef | ast.ClassDef)]
    names = [name for part in outside for name, _line in imported(part)]
    return [name for name in names if name.split(".")[0] not in {*sys.stdlib_module_names, "mmcourse"}]


@pytest.mark.parametrize("path", [path for path in modules() if layer(path) in ("cli", "root")], ids=short)
def test_the_commands_start_with_the_standard_library_alone(path):
    assert not needed_at_once(tree(path)), "import it inside the function that runs after the installation"
    ours = [
        name
        for part in tree(path).body
        if not isinstance(part, ast.FunctionDef | ast.ClassDef)
        for name, _line in imported(part)
        if name.startswith("mmcourse.")
    ]
    assert all(name.startswith("mmcourse.cli") for name in ours), ours


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in memory after a statement in a fresh interpreter."""
    script = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_the_course_loads_nothing_heavy():
    assert not loaded_by("import mmcourse") & {"torch", "numpy", "matplotlib", "ipywidgets", "sklearn"}


def test_the_instruments_need_no_torch():
    assert "torch" not in loaded_by("import mmcourse.ui")


def test_lessons_work_without_jupyter():
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in modules()
        if layer(path) in TEACHING and path.stem != "__init__"
    ]
    assert not loaded_by(f"import {', '.join(names or ['mmcourse'])}") & {
        "ipywidgets",
        "IPython",
        "matplotlib",
    }


# ---------------------------------------------------------------- each thing once


def repeated_names(trees: dict[str, tuple[str, ast.Module]]) -> list[str]:
    """Public functions and classes that stand in two modules; ``trees`` maps a file to its part and syntax."""
    places = defaultdict(list)
    for file, (part, node) in trees.items():
        for definition in definitions(node):
            if not definition.name.startswith("_"):
                key = (
                    definition.name,
                    part if part in SIDE_BY_SIDE else "",
                    type(definition) is ast.ClassDef,
                )
                places[definition.name].append((file, part, key))
    found = []
    for name, where in places.items():
        parts = {part for _file, part, _key in where}
        if len(where) > 1 and not (len(parts) == 1 and parts <= SIDE_BY_SIDE):
            found.append(f"{name} is defined in {', '.join(file for file, _part, _key in where)}")
    return found


def repeated_bodies(trees: dict[str, ast.Module], least: int = 3) -> list[str]:
    """Functions of ``least`` statements or more whose bodies are the same, whatever their names."""
    places = defaultdict(list)
    for file, node in trees.items():
        for function in functions(node):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            if sum(isinstance(part, ast.stmt) for statement in body for part in ast.walk(statement)) >= least:
                same = ast.dump(ast.Module(body, []))
                places[same].append(f"{function.name} ({file}, line {function.lineno})")
    return [" = ".join(where) for where in places.values() if len(where) > 1]


def test_each_definition_stands_once():
    # The commands' own helpers are seen by no learner and may be called what they like.
    assert not repeated_names({short(path): (layer(path), tree(path)) for path in modules() if layer(path) != "cli"})


def test_no_function_is_a_copy_of_another():
    assert not repeated_bodies({short(path): tree(path) for path in modules()})


def test_copies_are_found():
    here, there = (
        code("def f(x):\n    y = x\n    z = y\n    return z"),
        code("def g(x):\n    y = x\n    z = y\n    return z"),
    )
    assert repeated_bodies({"a": here, "b": there})
    assert not repeated_names({"a": ("lessons", here), "b": ("lessons", there)})
    assert repeated_names({"a": ("lessons", here), "b": ("engine", here)})
    assert repeated_names({"a": ("lessons", here), "b": ("datasets", here)})
    assert not repeated_names({"a": ("datasets", here), "b": ("datasets", here)})


def test_two_notebooks_define_nothing_twice():
    places = defaultdict(set)
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            tagged = {"derivation", "exercise", "raises-exception"} & set(cell.metadata.get("tags", []))
            if cell.cell_type == "code" and not tagged:
                for definition in definitions(ast.parse(cell.source)):
                    places[definition.name].add(path.name)
    twice = [f"{name}: {', '.join(sorted(where))}" for name, where in places.items() if len(where) > 1]
    assert not twice, f"move it into a lesson module, or tag its cells derivation: {twice}"


# ---------------------------------------------------------------- sizes


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """A function's lines without its docstring."""
    words = function.body[0] if ast.get_docstring(function) else None
    return function.end_lineno - function.lineno + 1 - (words.end_lineno - words.lineno + 1 if words else 0)


@EVERY_MODULE
def test_functions_are_short(path):
    long = [
        f"{part.name}: {length(part)} lines" for part in functions(tree(path)) if length(part) > MOST_FUNCTION_LINES
    ]
    assert not long, f"at most {MOST_FUNCTION_LINES}"


@pytest.mark.parametrize("path", lesson_modules(), ids=short)
def test_a_lesson_module_is_read_in_one_sitting(path):
    count = len(path.read_text(encoding="utf-8").splitlines())
    assert count <= MOST_MODULE_LINES, f"{count} lines, at most {MOST_MODULE_LINES}"


# ---------------------------------------------------------------- docstrings, annotations, defaults


def undocumented(node: ast.Module) -> list[str]:
    """Public functions and classes without a docstring, and a module without one."""
    found = [] if ast.get_docstring(node) else ["the module itself"]
    return found + [
        part.name for part in definitions(node) if not part.name.startswith("_") and not ast.get_docstring(part)
    ]


def unannotated(node: ast.Module) -> list[str]:
    """Arguments and results of public functions and methods without a type."""
    found = []
    for part in definitions(node):
        inner = definitions(part) if isinstance(part, ast.ClassDef) else [part]
        for function in inner:
            if part.name.startswith("_") or isinstance(function, ast.ClassDef):
                continue
            if function.name.startswith("_") and function.name != "__init__":
                continue
            found += [f"{part.name}: {what}" for what in missing_types(function)]
    return found


def missing_types(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    bare = [f"{function.name}({one.arg})" for one in every if one.annotation is None and one.arg not in ("self", "cls")]
    return bare + ([f"{function.name} -> ?"] if function.returns is None else [])


UNCHANGING = {"tuple", "frozenset", "MappingProxyType", "float", "Path", "range"}


@lru_cache(maxsize=1)
def frozen() -> set[str]:
    """The package's classes whose objects cannot change: frozen dataclasses and named tuples."""
    classes = [part for path in modules() for part in definitions(tree(path)) if isinstance(part, ast.ClassDef)]
    return {
        part.name
        for part in classes
        if "frozen=True" in "".join(map(ast.unparse, part.decorator_list))
        or "NamedTuple" in map(ast.unparse, part.bases)
    }


def mutable_defaults(node: ast.Module) -> list[str]:
    """Functions whose default is a list, dict, set, or the result of a call that makes something changeable."""
    fresh = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    found = []
    for function in ast.walk(node):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for default in [*function.args.defaults, *filter(None, function.args.kw_defaults)]:
                made = (
                    isinstance(default, ast.Call) and dotted(default.func).split(".")[-1] not in UNCHANGING | frozen()
                )
                if isinstance(default, fresh) or made:
                    found.append(f"line {function.lineno}: {ast.unparse(default)}")
    return found


@TAUGHT_MODULE
def test_public_things_say_what_they_are(path):
    assert not undocumented(tree(path))


@TAUGHT_MODULE
def test_public_signatures_have_types(path):
    assert not unannotated(tree(path))


@EVERY_MODULE
def test_no_default_is_shared_between_calls(path):
    assert not mutable_defaults(tree(path))


def test_missing_words_types_and_shared_defaults_are_found():
    bad = code("def f(x, *, y=[]): return x\nclass C:\n    def g(self, z) -> int: return z")
    assert undocumented(bad) == ["the module itself", "f", "C"]
    assert unannotated(bad) == ["f: f(x)", "f: f(y)", "f: f -> ?", "C: g(z)"]
    assert mutable_defaults(bad) == ["line 1: []"]
    assert mutable_defaults(code("h = lambda a=dict(): a")) and not mutable_defaults(code("def k(a=(), b=None): ..."))


# ---------------------------------------------------------------- randomness, showing, pickles

DRAWS = {"rand", "randn", "randint", "randperm", "bernoulli", "multinomial", "normal", "poisson"}
GLOBAL = re.compile(
    r"torch\.(\w+\.)*(manual_seed|manual_seed_all|seed|seed_all|set_rng_state)"
    r"|(np|numpy)\.random\.(?!default_rng$|Generator$|SeedSequence$|PCG64$|Philox$)\w+"
    r"|random\.(seed|random|randint|randrange|choice|choices|shuffle|sample|uniform|gauss)"
)


def global_randomness(node: ast.Module) -> list[str]:
    """Calls that read or set the global random state. Inside ``with torch.random.fork_rng():`` it is put
    back.
    """
    kept = [
        inner
        for block in ast.walk(node)
        if isinstance(block, ast.With) and any("fork_rng" in ast.unparse(item.context_expr) for item in block.items)
        for inner in ast.walk(block)
    ]
    found = []
    for call in (part for part in ast.walk(node) if isinstance(part, ast.Call) and part not in kept):
        name = dotted(call.func)
        draws = name.startswith("torch.") and name.split(".")[-1] in DRAWS and name.count(".") == 1
        if GLOBAL.fullmatch(name) or (draws and not any(word.arg == "generator" for word in call.keywords)):
            found.append(f"line {call.lineno}: {name}")
    return found


def unsafe_or_shown(node: ast.Module) -> list[str]:
    """Figures shown by the drawing code, pickles, and loads that would unpickle."""
    found = [
        f"line {line}: import {name}"
        for name, line in imported(node)
        if name.split(".")[0] in {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal"}
    ]
    for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)):
        name, words = dotted(call.func), {word.arg: ast.unparse(word.value) for word in call.keywords}
        if re.fullmatch(r"(.*\.)?(plt|pyplot|fig|figure|canvas)\.show|(pd|pandas)\.read_pickle", name):
            found.append(f"line {call.lineno}: {name}()")
        if name == "torch.load" and words.get("weights_only") != "True":
            found.append(f"line {call.lineno}: torch.load without weights_only=True")
        if words.get("allow_pickle", "False") != "False":
            found.append(f"line {call.lineno}: allow_pickle={words['allow_pickle']}")
    return found


@EVERY_MODULE
def test_no_global_random_state(path):
    assert not global_randomness(tree(path))


@EVERY_MODULE
def test_nothing_is_shown_or_unpickled(path):
    assert not unsafe_or_shown(tree(path))


@pytest.mark.parametrize(
    "text",
    [
        "torch.manual_seed(0)",
        "torch.cuda.manual_seed_all(0)",
        "np.random.seed(0)",
        "numpy.random.rand(3)",
        "random.shuffle(x)",
        "torch.randn(3)",
        "def f():\n    return torch.rand(2, device='cpu')",
    ],
)
def test_global_randomness_is_found(text):
    assert global_randomness(code(text))


@pytest.mark.parametrize(
    "text",
    [
        "torch.randn(3, generator=rng)",
        "np.random.default_rng(0)",
        "rng.shuffle(x)",
        "with torch.random.fork_rng():\n    torch.manual_seed(seed)\n    model = build()",
    ],
)
def test_local_randomness_is_allowed(text):
    assert not global_randomness(code(text))


@pytest.mark.parametrize(
    "text",
    [
        "plt.show()",
        "self.figure.show()",
        "import pickle",
        "from joblib import load",
        "torch.load('a.pt')",
        "torch.load('a.pt', weights_only=False)",
        "np.load('a.npz', allow_pickle=True)",
        "pd.read_pickle('a')",
    ],
)
def test_showing_and_unpickling_are_found(text):
    assert unsafe_or_shown(code(text))


# ---------------------------------------------------------------- files

HOMES = "|".join(("work", "tmp", "home", "root", "Users", "private", "mnt", "workspace"))
MACHINE = re.compile(
    rf"(?<![\w.:/~\\-])/(?:{HOMES})/[\w.-]+"
    r"|\b[A-Za-z]:\\{1,2}Users\\{1,2}\w+"
    r"|(?:/[\w.+-]+)+/site-packages/"
)


def machine_paths(text: str) -> list[str]:
    """Absolute paths that exist on one machine only."""
    found = MACHINE.findall(text)
    return found + [place for place in (str(ROOT), str(Path.home())) if len(place) > 5 and place in text]


def test_no_file_names_a_place_on_one_machine():
    found = {
        short(path): places
        for path in files()
        if (text := text_of(path)) is not None and (places := machine_paths(text))
    }
    found.pop("tests/test_structure.py", None)  # this file holds examples of what is forbidden
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "open('/home/ann/data.npz')",
        "/tmp/a.png",
        r"C:\Users\ann",
        "/Users/ann/x",
        "/opt/env/lib/python3.11/site-packages/torch",
    ],
)
def test_a_machine_path_is_found(text):
    assert machine_paths(text)


@pytest.mark.parametrize("text", ["/usr/bin/chromium", "https://example.org/home/page", "notebooks/home/x", "~/x"])
def test_other_paths_are_left_alone(text):
    assert not machine_paths(text)


def test_the_repository_is_small():
    size = sum(path.stat().st_size for path in files())
    assert size < MOST_BYTES, f"{size / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f}"


# ---------------------------------------------------------------- links

LINK = re.compile(
    r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)"
    r"|(?:src|href)=[\"']([^\"']+)[\"']"
)


def markdown_of(path: Path) -> str:
    """The text of a Markdown file, or of a notebook's text cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def anchors(path: Path) -> set[str]:
    """Where a link may jump to: headings as Jupyter and as GitHub name them, and explicit ids."""
    text = markdown_of(path)
    words = [hit.strip() for hit in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", bare_code(text), re.M)]
    found = set(re.findall(r"(?:id|name)=[\"']([^\"']+)[\"']", text))
    for heading in words:
        found.add(re.sub(r"\s", "-", re.sub(r"[*`]", "", heading)))
        if path.suffix == ".md":
            found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


def bare_code(text: str) -> str:
    return re.sub(r"^ {0,3}(```|~~~).*?^ {0,3}\1", "", text, flags=re.S | re.M)


def broken_links(path: Path) -> list[str]:
    """Relative links of a file that lead to no file or to no heading."""
    found = []
    for hit in LINK.finditer(bare_prose(markdown_of(path))):
        target = hit[1] or hit[2]
        if re.match(r"[a-z][a-z0-9+.-]*:", target, re.I):
            continue
        name, _hash, anchor = target.partition("#")
        file = (path.parent / unquote(name)).resolve() if name else path
        if not file.exists() or ROOT not in (file, *file.parents):
            found.append(f"{target} leads to no file of the project")
        elif anchor and file.suffix in (".md", ".ipynb") and unquote(anchor) not in anchors(file):
            found.append(f"{target} leads to no heading; there are {sorted(anchors(file))[:12]}")
    return found


LINKED = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "data").glob("*.md")), *NOTEBOOKS]


@pytest.mark.parametrize("path", LINKED, ids=short)
def test_links_lead_somewhere(path):
    assert not broken_links(path)


def test_a_broken_link_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n[ok](page.md#a-page) [ok](https://a.b/c) `[code](no.md)` $w[i](j)$\n"
        "[gone](gone.md) [no heading](#nowhere) ![pic](pic.png) <img src='x.png'>\n[out](../s.md)\n"
    )
    found = broken_links(page)
    assert [line.split(" leads")[0] for line in found] == [
        "gone.md",
        "#nowhere",
        "pic.png",
        "x.png",
        "../s.md",
    ]
