"""Where the project's parts lie, and how tests read them: its files, its modules as syntax trees, its
notebooks.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from mmcourse.base.about import lessons

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mmcourse"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
SHARED = ("base", "cli", "datasets", "engine", "pictures", "practice", "studies", "widgets")
# What a lesson's file may do is said by its name; every other file of a lesson is a topic: code that it teaches.
KINDS = ("about", "studies", "pictures", "exercises", "quiz")
NOT_OURS = {
    ".git",
    ".venv",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    ".benchmarks",
    ".ipynb_checkpoints",
    "build",
}


def modules(folder: Path = PACKAGE) -> list[Path]:
    """Every Python file of the package."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


@cache
def lesson_names() -> list[str]:
    """The lessons of the course in their order: the folders that say in ``about.py`` what they are."""
    return [one.name for one in lessons()]


def place_of(module: str) -> tuple[str, str]:
    """(folder, kind) of a module by its dotted name: ("cnn", "topic"), ("cnn", "pictures"), ("engine", "engine").

    A lesson's package itself, or a name in it that is no module, counts as its topics: it re-exports them. The files
    that stand directly in the package are ("root", "root").
    """
    names = module.split(".")[1:]
    if names and names[0] in SHARED:
        return names[0], names[0]
    if not names or not (PACKAGE / names[0]).is_dir():
        return "root", "root"
    return names[0], names[1] if names[1:] and names[1] in KINDS else "topic"


def dotted_name(path: Path) -> str:
    """``mmcourse.cnn.pictures.windows`` for the file of that module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def place(path: Path) -> tuple[str, str]:
    """(folder, kind) of a file of the package, see ``place_of``."""
    return place_of(dotted_name(path))


def topics() -> list[Path]:
    """The code that the lessons teach."""
    return [path for path in modules() if place(path)[1] == "topic"]


def short(path: Path) -> str:
    """A file's name as messages give it: relative to the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module a piece of code imports, also inside functions, as ``(dotted name, line)``.

    ``from mmcourse import cnn`` counts as ``mmcourse.cnn``; so does ``importlib.import_module("mmcourse.cnn")``.
    """
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            yield from ((name.name, part.lineno) for name in part.names)
        elif isinstance(part, ast.ImportFrom):
            yield from ((f"{part.module or '.'}.{name.name}", part.lineno) for name in part.names)
        elif isinstance(part, ast.Call) and dotted(part.func).split(".")[-1] in (
            "import_module",
            "__import__",
        ):
            first = part.args[0] if part.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, part.lineno


def dotted(node: ast.AST) -> str:
    """``np.random.rand`` for the syntax of ``np.random.rand``; "" for what is no plain name."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join(reversed([*names, node.id])) if isinstance(node, ast.Name) else ""


def definitions(node: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The functions and classes defined at the top level of a module or of a cell."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [part for part in getattr(node, "body", []) if isinstance(part, kinds)]


def functions(node: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, method and inner function."""
    return [part for part in ast.walk(node) if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]


@lru_cache(maxsize=1)
def files() -> tuple[Path, ...]:
    """What a clone would hold: the files git knows or would add, or the tree when git is not there."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        named = [ROOT / name for name in done.stdout.decode().split("\0") if name]
        found = [path for path in named if path.is_file()]
    except (OSError, subprocess.CalledProcessError):
        found = []
    if not found:
        found = [
            path for path in ROOT.rglob("*") if path.is_file() and not NOT_OURS & set(path.relative_to(ROOT).parts)
        ]
    return tuple(sorted(set(found)))


def text_of(path: Path) -> str | None:
    """A file's text, None for a binary file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def bare_prose(markdown: str) -> str:
    """Markdown without code blocks, inline code and formulas."""
    markdown = re.sub(r"^ {0,3}(```|~~~).*?^ {0,3}\1", "", markdown, flags=re.S | re.M)
    markdown = re.sub(r"(`+).+?\1", "", markdown, flags=re.S)
    return re.sub(r"\$\$.+?\$\$|(?<!\\)\$[^$\n]+\$", "", markdown, flags=re.S)
