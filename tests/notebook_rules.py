"""The rules of a lesson's notebook. Each is a function from a notebook to the sentences about what breaks it.

``RULES`` maps a rule's name to its function; ``test_notebooks.py`` applies each of them to each notebook, and
to a small notebook that breaks just this rule, so that every rule is seen to work.
"""

from __future__ import annotations

import ast
import base64
import copy
import io
import re
import statistics
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from outputs import StoredPicture, stored_pictures
from PIL import Image
from project import PACKAGE, definitions, dotted, imported, modules, place_of, tree

TAGS = {"derivation", "exercise", "own-hands", "raises-exception"}
EXEMPT = "# NBVAL_IGNORE_OUTPUT"
CLOSING = ["What you can do now", "Where it leads", "References"]
BELITTLING = (
    "simply",
    "obviously",
    "trivial",
    "trivially",
    "of course",
    "needless to say",
    "as everyone knows",
)
MAY_IMPORT = {"torch", "numpy", "sklearn", "scipy"} | (
    set(sys.stdlib_module_names) - {"pickle", "shelve", "subprocess"}
)
MAY_IMPORT_OF_OURS = {"topic", "pictures", "studies", "practice", "datasets", "engine"}
MOST_BYTES, MOST_PICTURE_BYTES, MOST_PICTURE_WIDTH = 900_000, 120_000, 1000  # width in CSS pixels


@dataclass
class Notebook:
    """A notebook as it is stored: its file name, its content and its size in bytes."""

    name: str
    node: nbformat.NotebookNode
    size: int

    @classmethod
    def read(cls, path: Path) -> Notebook:
        return cls(
            path.name,
            nbformat.reads(path.read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT),
            path.stat().st_size,
        )

    @property
    def cells(self) -> list[Any]:
        return self.node.cells

    @property
    def code(self) -> list[Any]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def prose(self) -> list[Any]:
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    def where(self, cell: Any) -> str:
        """How a message names a cell: its id and its first line."""
        first = next((line for line in cell.source.splitlines() if line.strip()), "(empty)")
        return f"cell {cell.get('id', '?')} ({first[:50]!r})"


Rule = Callable[[Notebook], list[str]]
RULES: dict[str, Rule] = {}


def rule(function: Callable[[Notebook], Iterator[str]]) -> Rule:
    """Enter a generator of complaints into ``RULES``."""

    def problems(notebook: Notebook) -> list[str]:
        return list(function(notebook))

    problems.__name__, problems.__doc__ = function.__name__, function.__doc__
    RULES[function.__name__] = problems
    return problems


# ---------------------------------------------------------------- reading cells


def lines(cell: Any) -> list[str]:
    """A code cell's lines without blank ones and the marker for nbval; a ``guess(...)``, a question, counts as one."""
    found = cell.source.splitlines()
    for call in (part.value for part in getattr(parsed(cell), "body", []) if isinstance(part, ast.Expr)):
        if isinstance(call, ast.Call) and dotted(call.func) == "guess":
            found[call.lineno : call.end_lineno] = [""] * (call.end_lineno - call.lineno)
    return [line for line in found if line.strip() and line.strip() != EXEMPT]


def tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", []))


def parsed(cell: Any) -> ast.Module | None:
    """The cell's syntax tree, None when it is no Python."""
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return None


def calls(cell: Any, name: str) -> list[ast.Call]:
    """The calls of a function by its bare name; ``name`` may begin with ``*``."""
    node = parsed(cell)
    found = [part for part in ast.walk(node) if isinstance(part, ast.Call)] if node else []
    if name.startswith("*"):
        return [call for call in found if dotted(call.func).endswith(name[1:])]
    return [call for call in found if dotted(call.func) == name]


def headings(notebook: Notebook) -> list[tuple[int, str, int]]:
    """Every heading as ``(level, words, index of its cell)``, code blocks left out."""
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            source = re.sub(r"^ {0,3}(```|~~~).*?^ {0,3}\1", "", cell.source, flags=re.S | re.M)
            found += [(len(hit[1]), hit[2].strip(), index) for hit in re.finditer(r"^(#{1,6})\s+(.*)$", source, re.M)]
    return found


def pictures(cell: Any) -> list[StoredPicture]:
    """The pictures among a cell's outputs."""
    return [one for output in cell.get("outputs", []) for one in pictures_of(output.get("data", {}))]


def pictures_of(data: dict[str, str]) -> list[StoredPicture]:
    """The pictures of one output; a bare PNG has no words."""
    if "image/png" in data:
        png = base64.b64decode(data["image/png"])
        return [StoredPicture("", Image.open(io.BytesIO(png)).width, png)]
    return stored_pictures(data.get("text/html", ""))


def printed(cell: Any) -> str:
    """All text among a cell's outputs."""
    words = []
    for output in cell.get("outputs", []):
        words.append(output.get("text", ""))
        words += [value for kind, value in output.get("data", {}).items() if kind.startswith("text/")]
        words += output.get("traceback", [])
    return re.sub(r"base64,[^\"]+", "", "\n".join("".join(part) for part in words))


# ---------------------------------------------------------------- the file


@rule
def is_valid(notebook: Notebook) -> Iterator[str]:
    """Format 4.5, a Python 3 kernel, cell ids of the pattern "08-17" that come once each."""
    if (notebook.node.nbformat, notebook.node.nbformat_minor) != (4, 5):
        yield f"is in format {notebook.node.nbformat}.{notebook.node.nbformat_minor}, expected 4.5"
    if notebook.node.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "its kernelspec is not python3"
    ids = [cell.get("id", "") for cell in notebook.cells]
    yield from (f"cell id {one!r} comes twice" for one in sorted({one for one in ids if ids.count(one) > 1}))
    yield from (
        f"cell id {one!r} should begin with {notebook.name[:2]}-"
        for one in ids
        if not re.fullmatch(rf"{notebook.name[:2]}-[\w-]+", one)
    )
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of repeated ids and mends them in place
            nbformat.validate(copy.deepcopy(notebook.node))
    except nbformat.ValidationError as error:
        yield f"is no valid notebook: {error.message}"


@rule
def keeps_no_widget_state(notebook: Notebook) -> Iterator[str]:
    """Neither widget state nor widget views are stored: they are large, change each time, and break GitHub's
    view.
    """
    if "widgets" in notebook.node.metadata:
        yield "metadata.widgets is stored"
    for cell in notebook.code:
        kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
        yield from (f"{notebook.where(cell)} stores {kind}" for kind in sorted(kinds) if "widget" in kind)


@rule
def is_small(notebook: Notebook) -> Iterator[str]:
    """The whole file, and each picture's width and bytes, stay within what a reader's browser loads at once."""
    if notebook.size > MOST_BYTES:
        yield f"has {notebook.size} bytes, at most {MOST_BYTES}"
    for cell in notebook.code:
        for one in pictures(cell):
            if len(one.png) > MOST_PICTURE_BYTES:
                yield f"{notebook.where(cell)} has a picture of {len(one.png)} bytes > {MOST_PICTURE_BYTES}"
            if one.width > MOST_PICTURE_WIDTH:
                yield f"{notebook.where(cell)} has a picture {one.width} pixels wide > {MOST_PICTURE_WIDTH}"


@rule
def says_what_pictures_show(notebook: Notebook) -> Iterator[str]:
    """Each picture has words for a screen reader, at least four of them, and two pixels for each of the page."""
    for cell in notebook.code:
        for one in pictures(cell):
            if len(one.alt.split()) < 4:
                yield f"{notebook.where(cell)} has a picture that says only {one.alt!r}"
            if abs(one.pixels[0] - 2 * one.width) > 1:
                yield f"{notebook.where(cell)} has a picture of {one.pixels[0]} pixels for {one.width} on the page"


@rule
def is_stable(notebook: Notebook) -> Iterator[str]:
    """Nothing that differs from run to run is stored: addresses of objects, times, display ids."""
    for cell in notebook.cells:
        times = {"execution", "ExecuteTime", "collapsed", "scrolled"} & set(cell.metadata)
        yield from (f"{notebook.where(cell)} stores metadata.{name}" for name in sorted(times))
        for hit in set(re.findall(r"\bat 0x[0-9a-fA-F]{6,}", printed(cell))):
            yield f"{notebook.where(cell)} prints an object's address ({hit})"


# ---------------------------------------------------------------- how it was run


@rule
def was_run_in_order(notebook: Notebook) -> Iterator[str]:
    """Execution counts are 1, 2, 3 …: nbval never compares a cell without one."""
    found = [cell.execution_count for cell in notebook.code]
    for wanted, (cell, count) in enumerate(zip(notebook.code, found, strict=True), start=1):
        if count != wanted:
            yield f"{notebook.where(cell)} has execution count {count}, expected {wanted}"


@rule
def fails_only_where_it_should(notebook: Notebook) -> Iterator[str]:
    """Errors stand exactly in the cells tagged raises-exception; nothing is written to stderr."""
    for cell in notebook.code:
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed and "raises-exception" not in tags(cell):
            yield f"{notebook.where(cell)} stores an error and has no tag raises-exception"
        if "raises-exception" in tags(cell) and not failed:
            yield f"{notebook.where(cell)} has the tag raises-exception and stores no error"
        if any(output.get("name") == "stderr" for output in cell.outputs):
            yield f"{notebook.where(cell)} stores a warning (stderr): {printed(cell)[:80]!r}"


@rule
def is_compared(notebook: Notebook) -> Iterator[str]:
    """No cell is skipped; at most a quarter are exempt from comparison, each by the marker alone on its first
    line.
    """
    exempt = []
    for cell in notebook.code:
        marks = [line for line in cell.source.splitlines() if re.search(r"NBVAL_|PYTEST_VALIDATE", line)]
        marks += [tag for tag in tags(cell) if re.match(r"nbval", tag, re.I)]
        if not marks:
            continue
        if marks == [EXEMPT] and cell.source.splitlines()[0] == EXEMPT:
            exempt.append(cell)
        else:
            yield f"{notebook.where(cell)}: only {EXEMPT!r}, alone on the first line, may steer nbval"
    if len(exempt) > len(notebook.code) / 4:
        yield f"{len(exempt)} of {len(notebook.code)} code cells are exempt, at most a quarter"


# ---------------------------------------------------------------- code cells


@rule
def has_short_cells(notebook: Notebook) -> Iterator[str]:
    """A code cell makes one point: median at most 5 lines, nine in ten at most 15, none over 25."""
    sizes = [len(lines(cell)) for cell in notebook.code]
    if not sizes:
        yield "has no code"
        return
    if statistics.median(sizes) > 5:
        yield f"the median of its code cells is {statistics.median(sizes):g} lines, at most 5"
    if sum(size > 15 for size in sizes) > len(sizes) / 10:
        long = sum(size > 15 for size in sizes)
        yield f"{long} of {len(sizes)} code cells have over 15 lines, at most one in ten"
    yield from (
        f"{notebook.where(cell)} has {size} lines, at most 25"
        for cell, size in zip(notebook.code, sizes, strict=True)
        if size > 25
    )
    yield from (
        f"{notebook.where(cell)} is empty" for cell, size in zip(notebook.code, sizes, strict=True) if size == 0
    )


@rule
def is_plain_python(notebook: Notebook) -> Iterator[str]:
    """No magics, shell lines, installation, trailing semicolons, replaced outputs; nothing drawn by pyplot's
    state.
    """
    for cell in notebook.code:
        if parsed(cell) is None:
            if "raises-exception" not in tags(cell):
                yield f"{notebook.where(cell)} is no plain Python (a magic, a shell line, or a slip)"
            continue
        if cell.source.rstrip().endswith(";"):
            yield f"{notebook.where(cell)} ends with a semicolon"
        for word in (
            "get_ipython",
            "clear_output",
            "update_display",
            "display_id",
            "pyplot",
            "plt.",
            "%pip",
            "pip install",
        ):
            if word in cell.source:
                yield f"{notebook.where(cell)} uses {word}"


@rule
def imports_what_it_may(notebook: Notebook) -> Iterator[str]:
    """Lessons, pictures, studies, practice, datasets, engine; torch, numpy, scikit-learn, SciPy, standard library."""
    for cell in notebook.code:
        for name, _line in imported(parsed(cell) or ast.Module([], [])):
            parts = name.split(".")
            allowed = place_of(name)[1] in MAY_IMPORT_OF_OURS if parts[0] == "mmcourse" else parts[0] in MAY_IMPORT
            if not allowed:
                yield f"{notebook.where(cell)} imports {name}"


@rule
def seeds_nothing_global(notebook: Notebook) -> Iterator[str]:
    """Randomness comes from a generator: the global ones of torch, numpy and random are left alone, but in a program of
    one's own (tag own-hands), which seeds once at its start.
    """
    for cell in notebook.code:
        node = None if "own-hands" in tags(cell) else parsed(cell)
        for name in sorted(
            {dotted(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)} if node else ()
        ):
            if re.fullmatch(
                r"torch\.(cuda\.)?(manual_seed|seed|manual_seed_all)|np\.random\.(?!default_rng).*"
                r"|numpy\.random\.(?!default_rng).*|random\.(seed|random|randint|choice|shuffle)",
                name,
            ):
                yield f"{notebook.where(cell)} calls {name}"


@rule
def repeats_no_definition(notebook: Notebook) -> Iterator[str]:
    """What the package defines is defined again only in cells tagged derivation or exercise; so is a second
    version.
    """
    packaged = {
        part.name
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] not in ("cli", "__main__.py")
        for part in definitions(tree(path))
        if not part.name.startswith("_")
    }
    seen: set[str] = set()
    for cell in notebook.code:
        if tags(cell) & {"derivation", "exercise"}:
            continue
        for part in definitions(parsed(cell) or ast.Module([], [])):
            if part.name in packaged:
                yield f"{notebook.where(cell)} defines {part.name}, as the package does: tag it derivation"
            if part.name in seen:
                yield f"{notebook.where(cell)} defines {part.name} a second time"
            seen.add(part.name)


@rule
def hides_nothing(notebook: Notebook) -> Iterator[str]:
    """No hidden or folded cell, and no tag that the course does not know."""
    for cell in notebook.cells:
        jupyter = cell.metadata.get("jupyter", {})
        if jupyter.get("source_hidden") or jupyter.get("outputs_hidden") or cell.metadata.get("collapsed"):
            yield f"{notebook.where(cell)} is hidden"
        if cell.cell_type == "raw":
            yield f"{notebook.where(cell)} is a raw cell"
        yield from (f"{notebook.where(cell)} has the unknown tag {tag!r}" for tag in sorted(tags(cell) - TAGS))


# ---------------------------------------------------------------- the text


@rule
def explains_first(notebook: Notebook) -> Iterator[str]:
    """Text stands before at least four code cells in five, and after four pictures in five to say what to
    see.
    """
    before = [
        index > 0 and notebook.cells[index - 1].cell_type == "markdown"
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    ]
    if sum(before) < 0.8 * len(before):
        yield f"text stands before {sum(before)} of {len(before)} code cells, at least four in five"
    after = [
        index + 1 < len(notebook.cells) and notebook.cells[index + 1].cell_type == "markdown"
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and pictures(cell)
    ]
    if sum(after) < 0.8 * len(after):
        yield f"text stands after {sum(after)} of {len(after)} pictures, at least four in five"


@rule
def has_a_title_and_sections(notebook: Notebook) -> Iterator[str]:
    """One "# NN Title" at the top, "##" sections, no level left out, no heading twice except the fixed ones."""
    found = headings(notebook)
    titles = [words for level, words, _cell in found if level == 1]
    if len(titles) != 1 or found[0][0] != 1 or found[0][2] != 0 or not re.match(rf"{notebook.name[:2]} \S", titles[0]):
        yield f"should begin with one heading '# {notebook.name[:2]} Title', has {titles}"
    for (level, _words, _cell), (below, words, _index) in zip(found, found[1:], strict=False):
        if below > level + 1:
            yield f"heading {words!r} leaves out a level"
    plain = [words for _level, words, _cell in found if words != "Seen in the wild"]
    yield from (f"heading {words!r} comes twice" for words in sorted({one for one in plain if plain.count(one) > 1}))
    if sum(level == 2 for level, _words, _cell in found) < 4:
        yield "has fewer than four sections (##)"


@rule
def opens_with_something_to_see(notebook: Notebook) -> Iterator[str]:
    """A picture or a panel stands within the first three cells after the title."""
    if not any(pictures(cell) or re.search(r"!\[|<img ", cell.source) for cell in notebook.cells[:4]):
        yield "shows no picture or panel within the first three cells after the title"


@rule
def closes_as_every_lesson(notebook: Notebook) -> Iterator[str]:
    """The last three sections are what you can do now, where it leads, and the references."""
    last = [words for level, words, _cell in headings(notebook) if level == 2][-3:]
    if last != CLOSING:
        yield f"should close with the sections {CLOSING}, closes with {last}"


@rule
def is_courteous(notebook: Notebook) -> Iterator[str]:
    """No word that tells a learner who struggles that it is easy."""
    for cell in notebook.prose:
        prose = re.sub(r"(`+).+?\1", "", cell.source, flags=re.S)
        for word in BELITTLING:
            if re.search(rf"\b{word}\b", prose, re.I):
                yield f"{notebook.where(cell)} says {word!r}"


@rule
def writes_thousands_one_way(notebook: Notebook) -> Iterator[str]:
    """3000 and 30,000: a comma from 10,000 up, and never a space. Formulas and code write numbers as they need."""
    pattern = r"(?<![\d.,\w-])(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+|\d,\d{3}|\d{5,})(?!\w|,\d)"
    for cell in notebook.prose:
        words = re.sub(r"(`+).+?\1|\$[^$]*\$", "", cell.source, flags=re.S)
        yield from (f"{notebook.where(cell)} writes {hit!r}" for hit in re.findall(pattern, words))


@rule
def names_no_place(notebook: Notebook) -> Iterator[str]:
    """No path of the machine it was run on, in sources or outputs (tracebacks like to carry them)."""
    pattern = r"(?<![\w.:/])/(?:\w[\w.+-]*/)+(?:site-packages|ipykernel_\d+|lib/python3)[\w./-]*|[A-Z]:\\Users\\\w+"
    for cell in notebook.cells:
        for hit in sorted(set(re.findall(pattern, cell.source + "\n" + printed(cell)))):
            yield f"{notebook.where(cell)} holds the path {hit}"


# ---------------------------------------------------------------- what a lesson must have


@rule
def lets_the_learner_guess(notebook: Notebook) -> Iterator[str]:
    """At least one guess(...) that comes before what it asks."""
    if not any(calls(cell, "guess") for cell in notebook.code):
        yield "asks for no guess(...)"


@rule
def has_a_panel(notebook: Notebook) -> Iterator[str]:
    """At least one panel, and its picture is kept for readers without a kernel."""
    panels = [cell for cell in notebook.code if calls(cell, "*_panel")]
    if not panels:
        yield "has no panel (a call of a function ..._panel)"
    for cell in panels:
        node = parsed(cell)
        last = node.body[-1] if node and node.body else None
        shown = (
            isinstance(last, ast.Expr)
            and isinstance(last.value, ast.Call)
            and dotted(last.value.func).endswith("_panel")
        )
        if shown and not pictures(cell):
            yield f"{notebook.where(cell)} shows a panel and stores no picture of it"


@rule
def asserts_its_claims(notebook: Notebook) -> Iterator[str]:
    """Claims that a number carries are asserted: at least three assert statements that are not constant."""
    count = sum(
        isinstance(part, ast.Assert) and not isinstance(part.test, ast.Constant | ast.Tuple)
        for cell in notebook.code
        for part in ast.walk(parsed(cell) or ast.Module([], []))
    )
    if count < 3:
        yield f"asserts {count} of its claims, at least three"


@rule
def shows_the_wild(notebook: Notebook) -> Iterator[str]:
    """A heading "### Seen in the wild" with code to run below it."""
    found = headings(notebook)
    starts = [
        (place, cell) for place, (level, words, cell) in enumerate(found) if (level, words) == (3, "Seen in the wild")
    ]
    if not starts:
        yield "has no heading '### Seen in the wild'"
    for place, start in starts:
        end = found[place + 1][2] if place + 1 < len(found) else len(notebook.cells)
        if not any(cell.cell_type == "code" for cell in notebook.cells[start:end]):
            yield f"'Seen in the wild' in cell {start} has nothing to run"


@rule
def has_exercises(notebook: Notebook) -> Iterator[str]:
    """Three to six "### Exercise n: …", numbered, each with a check("…") in a cell tagged exercise that is
    still open.
    """
    found = headings(notebook)
    exercises = [
        (place, words, cell)
        for place, (level, words, cell) in enumerate(found)
        if level == 3 and words.startswith("Exercise")
    ]
    if not 3 <= len(exercises) <= 6:
        yield f"has {len(exercises)} headings '### Exercise n: …', expected three to six"
    for number, (place, words, start) in enumerate(exercises, start=1):
        if not re.match(rf"Exercise {number}: \S", words):
            yield f"heading {words!r} should read 'Exercise {number}: …'"
        end = found[place + 1][2] if place + 1 < len(found) else len(notebook.cells)
        stubs = [cell for cell in notebook.cells[start:end] if cell.cell_type == "code" and calls(cell, "check")]
        if not stubs:
            yield f"{words!r} has no check(…)"
        for cell in stubs:
            if "exercise" not in tags(cell):
                yield f"{notebook.where(cell)} calls check and has no tag exercise"
            if "open" not in printed(cell):
                yield f"{notebook.where(cell)}: the untouched exercise should say that it is still open"


@rule
def checks_what_is_known(notebook: Notebook) -> Iterator[str]:
    """Every name given to check, check.hint or check.solution is an exercise that the package knows."""
    known = known_exercises()
    for cell in notebook.code:
        for call in [*calls(cell, "check"), *calls(cell, "check.hint"), *calls(cell, "check.solution")]:
            name = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
            if name not in known:
                yield f"{notebook.where(cell)} checks {name!r}; known are {', '.join(sorted(known))}"


def known_exercises() -> set[str]:
    """The names in the registry behind ``mmcourse.practice.check``."""
    from mmcourse.practice import check

    registry = next(
        value
        for value in (getattr(check, name, None) for name in ("exercises", "registry", "names"))
        if value is not None
    )
    return set(registry() if callable(registry) else registry)
