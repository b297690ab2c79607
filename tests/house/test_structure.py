"""The house rules: each thing once, nothing too long, no global state, nothing of this
machine.

A rule is a function from a syntax tree (or a text) to complaints, so that each can be tried on a bad example.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import links
import nbformat
import pytest
from project import (
    NOTEBOOKS,
    ROOT,
    definitions,
    dotted,
    files,
    functions,
    imported,
    modules,
    place,
    short,
    text_of,
    tree,
)

MOST_MODULE_LINES, MOST_FUNCTION_LINES, MOST_BYTES = 250, 45, 20_000_000
TEACHING = ("topic", "engine", "datasets")

EVERY_MODULE = pytest.mark.parametrize("path", modules(), ids=short)
TAUGHT_MODULE = pytest.mark.parametrize("path", [path for path in modules() if place(path)[1] in TEACHING], ids=short)


def code(text: str) -> ast.Module:
    return ast.parse(text)


# ---------------------------------------------------------------- each thing once


def scope(path: Path) -> str:
    """Where a name is looked for: in one lesson, in one data set, in one command, or in the parts that all share."""
    folder, _kind = place(path)
    return (
        "shared"
        if folder in ("base", "engine", "pictures", "practice", "studies", "widgets")
        else (short(path) if folder in ("datasets", "cli", "root") else folder)
    )


def repeated_names(trees: dict[str, tuple[str, ast.Module]]) -> list[str]:
    """Public functions and classes that stand twice in a scope, or in one and in what all share.

    ``trees`` maps a file to its scope and syntax.
    """
    places = defaultdict(set)
    for file, (where, node) in trees.items():
        for definition in definitions(node):
            if not definition.name.startswith("_"):
                places[definition.name].add((where, file))
    found = []
    for name, all_of in places.items():
        shared = {file for where, file in all_of if where == "shared"}
        for where in sorted({where for where, _file in all_of}):
            files = {file for there, file in all_of if there == where} | shared
            if len(files) > 1:
                found.append(f"{name} is defined in {', '.join(sorted(files))}")
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
    assert not repeated_names({short(path): (scope(path), tree(path)) for path in modules()})


def test_no_function_is_a_copy_of_another():
    assert not repeated_bodies({short(path): tree(path) for path in modules()})


def test_copies_are_found():
    here, there = (
        code("def f(x):\n    y = x\n    z = y\n    return z"),
        code("def g(x):\n    y = x\n    z = y\n    return z"),
    )
    assert repeated_bodies({"a": here, "b": there})
    assert not repeated_names({"a": ("cnn", here), "b": ("rnn", here)})
    assert not repeated_names({"a": ("cnn", here), "b": ("cnn", there)})
    assert repeated_names({"a": ("cnn", here), "b": ("cnn", here)})
    assert repeated_names({"a": ("cnn", here), "b": ("shared", here)})


def test_two_notebooks_define_nothing_twice():
    places = defaultdict(set)
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            tagged = {"derivation", "exercise", "own-hands", "raises-exception"} & set(cell.metadata.get("tags", []))
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


@EVERY_MODULE
def test_a_module_is_read_in_one_sitting(path):
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
    """Calls that read or set the global random state. Inside ``with torch.random.fork_rng():`` it is put back.

    A layer may draw what it registers as a buffer as torch's layers draw their first weights: ``seeded`` fixes both.
    """
    kept = [
        inner
        for block in ast.walk(node)
        if isinstance(block, ast.With) and any("fork_rng" in ast.unparse(item.context_expr) for item in block.items)
        for inner in ast.walk(block)
    ]
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    kept += [inner for one in calls if dotted(one.func) == "self.register_buffer" for inner in ast.walk(one)]
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
        "self.register_buffer('places', torch.randint(4, (3,)))",
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
    r"|/[\w.+-]+/site-packages/"
)


def machine_paths(text: str) -> list[str]:
    """Absolute paths that exist on one machine only."""
    text = re.sub(r'"image/png": "[^"]*"', "", text)  # of a picture's letters nobody reads a path, and they are many
    found = MACHINE.findall(text)
    return found + [place for place in (str(ROOT), str(Path.home())) if len(place) > 5 and place in text]


def test_no_file_names_a_place_on_one_machine():
    found = {
        short(path): places
        for path in files()
        if (text := text_of(path)) is not None and (places := machine_paths(text))
    }
    found.pop("tests/house/test_structure.py", None)  # this file holds examples of what is forbidden
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

LINKED = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "data").glob("*.md")), *NOTEBOOKS]


@pytest.mark.parametrize("path", LINKED, ids=short)
def test_links_lead_somewhere(path):
    assert not links.broken_links(path)


def test_a_broken_link_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(links, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n[ok](page.md#a-page) [ok](https://a.b/c) `[code](no.md)` $w[i](j)$\n"
        "[gone](gone.md) [no heading](#nowhere) ![pic](pic.png) <img src='x.png'>\n[out](../s.md)\n"
    )
    found = links.broken_links(page)
    assert [line.split(" leads")[0] for line in found] == [
        "gone.md",
        "#nowhere",
        "pic.png",
        "x.png",
        "../s.md",
    ]
