"""What a study's numbers come from: the definitions and data that its unit function reaches, each with a short hash.

A function reaches what its text names: other functions, classes and constants of the course, and what those name in
turn. All of it is read from the files as syntax, nothing is run. Comments, docstrings, layout, types of arguments, the
words of errors and ``mmcourse.base`` are left out, and so is the file that a definition stands in: none of them changes
a number. A data file is reached when its name stands in the text that is reached; it counts by its checksum in
data/checksums.json.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mmcourse.base.files import ROOT

OURS = "mmcourse"
CALM = ("mmcourse.base",)  # checks of arguments, files, messages: they change no number
CHECKSUMS = Path("data") / "checksums.json"
# Of a syntax tree these say nothing about numbers (or are not the same in every Python).
UNSAID = {"ctx", "kind", "type_comment", "type_params", "returns", "annotation"}


def sources(module: str, name: str, root: Path = ROOT) -> dict[str, str]:
    """What ``name`` of ``module`` reaches: name of a definition or of a data file → eight hexadecimal digits.

    Definitions of the same name in two modules share an entry; so do all imports from outside the course.

    >>> sources("mmcourse.rnn.cells", "rnn_cell")
    {'imports': '1b7d20aa', 'rnn_cell': '5d0c21f4'}
    """
    found: dict[str, set[str]] = {}
    strings: set[str] = set()
    for shown, text, inside in _reached(module, name, root):
        found.setdefault(shown, set()).add(text)
        strings |= inside
    sums = json.loads((root / CHECKSUMS).read_text(encoding="utf-8")) if (root / CHECKSUMS).is_file() else {}
    code = {shown: hashlib.sha256("\n".join(sorted(each)).encode()).hexdigest()[:8] for shown, each in found.items()}
    return dict(sorted({**code, **{file: sums[file][:8] for file in strings & set(sums)}}.items()))


def short_hash(parts: Any) -> str:
    """Sixteen hexadecimal digits for numbers, words, lists and dicts of them."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _reached(module: str, name: str, root: Path) -> Iterator[tuple[str, str, set[str]]]:
    """All that is reached: (what it is called, its text as ``_plain`` gives it, the strings in it)."""
    waiting: list[tuple[str, ...]] = [(module, name)]  # a module and the names that lead on from it
    ways, seen = set(), set()
    while waiting:
        way = where, *path = waiting.pop()
        if way in ways:
            continue
        ways.add(way)
        file = _read_module(where, root)
        names = path[:1] or list(file.binds)  # a module that is handed on as a value counts whole
        for one in names:
            for target, attribute in file.imports.get(one, ()):
                if target.startswith(CALM):
                    continue
                if target.split(".")[0] == OURS:
                    waiting.append(_resolved(target, [attribute] if attribute else [], path[1:], root))
                else:
                    yield "imports", f"{one} = {target}.{attribute}", set()
        for statement in [*file.loose, *(part for one in names for part in file.binds.get(one, []))]:
            if id(statement) not in seen:
                seen.add(id(statement))
                text, strings, used = file.read(statement)
                yield file.called(statement) or where, text, strings
                waiting += [(where, *chain) for chain in used if chain[0] in file.binds or chain[0] in file.imports]


def _resolved(target: str, attribute: list[str], more: list[str], root: Path) -> tuple[str, ...]:
    """Where an import leads: its module, found as far as files go, and the names behind it."""
    names = [*attribute, *more]
    while names and _file_of(f"{target}.{names[0]}", root):
        target, names = f"{target}.{names[0]}", names[1:]
    return target, *names


def _file_of(module: str, root: Path) -> Path | None:
    """The file of a module or package, None where the name is none."""
    place = root.joinpath(*module.split("."))
    return next((one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()), None)


class _ModuleText:
    """A module as syntax: what each name is bound by, what it imports, and statements that bind nothing."""

    def __init__(self, path: Path) -> None:
        self.body = ast.parse(path.read_text(encoding="utf-8")).body
        self.imports = _imports_in(self.body)
        self.binds: dict[str, list[ast.stmt]] = {}
        for statement in self.body:
            for name in sorted(_bound_by(statement)):
                self.binds.setdefault(name, []).append(statement)
        # What changes something without a name of its own counts whatever is reached.
        passive = (ast.Import, ast.ImportFrom)
        self.loose = [
            one for one in self.body if not (_bound_by(one) or isinstance(one, passive) or _is_docstring(one))
        ]
        self.texts: dict[int, tuple[str, set[str], list[tuple[str, ...]]]] = {}

    def read(self, statement: ast.stmt) -> tuple[str, set[str], list[tuple[str, ...]]]:
        """Its text, the strings in it, and the names that it reads."""
        if id(statement) not in self.texts:
            self.texts[id(statement)] = _plain(statement), _strings_in(statement), _names_in(statement)
        return self.texts[id(statement)]

    def called(self, statement: ast.stmt) -> str:
        """A name that the statement binds, "" for one that binds none."""
        return next((name for name, statements in self.binds.items() if statement in statements), "")


def _read_module(module: str, root: Path) -> _ModuleText:
    """The text of one module of the course, read again only when the file has changed."""
    path = _file_of(module, root)
    if path is None:
        raise ValueError(f"module: got {module!r}, expected a module of the course in {root.name}")
    state = path.stat()
    return _parsed(path, state.st_mtime_ns, state.st_size)


@cache
def _parsed(path: Path, changed: int, size: int) -> _ModuleText:
    return _ModuleText(path)


def _imports_in(body: list[ast.stmt]) -> dict[str, set[tuple[str, str]]]:
    """Name → {(module, attribute or "")} for every import in a module, those inside functions too."""
    found: dict[str, set[tuple[str, str]]] = {}
    for part in (inner for statement in body for inner in ast.walk(statement)):
        for one in getattr(part, "names", []) if isinstance(part, ast.Import | ast.ImportFrom) else []:
            if isinstance(part, ast.ImportFrom):
                name, target = one.asname or one.name, (part.module or "", one.name)
            else:
                first = one.name.split(".")[0]
                name, target = one.asname or first, (one.name if one.asname else first, "")
            found.setdefault(name, set()).add(target)
    return found


def _bound_by(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module binds or changes. Imports have a table of their own."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    found = set()
    for part in ast.walk(statement):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
            found |= {used[0] for used in _names_in(part.value)}
        elif part is not statement and isinstance(part, ast.FunctionDef | ast.ClassDef):
            found.add(part.name)
    return found


def _names_in(node: ast.AST) -> list[tuple[str, ...]]:
    """Every name that a piece of code reads, with the attributes behind it: ``("speech", "load")``."""
    trail, root = [], node
    while isinstance(root, ast.Attribute):
        trail, root = [root.attr, *trail], root.value
    if isinstance(root, ast.Name):
        return [(root.id, *trail)]
    return [name for part in _parts_of(root) for name in _names_in(part)]


def _strings_in(node: ast.AST) -> set[str]:
    """Every string in a piece of code that is no docstring."""
    here = {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
    return here.union(*map(_strings_in, _parts_of(node)))


def _parts_of(node: ast.AST) -> list[ast.AST]:
    """The pieces of syntax directly inside another, without those that ``_fields`` leaves out."""
    inside = (one for _field, value in _fields(node) for one in (value if isinstance(value, list) else [value]))
    return [one for one in inside if isinstance(one, ast.AST)]


def _is_docstring(statement: Any) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_passive(statement: Any) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom) or _is_docstring(statement)


def _fields(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """The parts of a piece of syntax that may change a number."""
    for field, value in ast.iter_fields(node):
        skipped = field in UNSAID and not isinstance(node, ast.AnnAssign)
        if not (skipped or value is None or value == [] or isinstance(node, ast.Raise)):
            if isinstance(value, list):
                value = [one for one in value if not _is_docstring(one)]
            yield field, value


def _plain(node: Any) -> str:
    """Syntax as text, the same in every Python: no places, no docstrings, no types of arguments, no words of errors."""
    if isinstance(node, ast.JoinedStr):
        node = ast.JoinedStr(list(_joined(node.values)))
    if isinstance(node, ast.AST):
        return f"{type(node).__name__}({', '.join(f'{field}={_plain(value)}' for field, value in _fields(node))})"
    if isinstance(node, list):
        return f"[{', '.join(map(_plain, node))}]"
    return ascii(node)


def _joined(values: list[ast.expr]) -> Iterator[ast.expr]:
    """The parts of an f-string with its bare texts in one piece: Pythons cut them differently."""
    text = ""
    for value in values:
        if isinstance(value, ast.Constant):
            text += value.value
        else:
            yield from ([ast.Constant(text)] if text else [])
            yield value
            text = ""
    yield from ([ast.Constant(text)] if text else [])
