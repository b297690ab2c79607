"""``new``: a lesson's skeleton that keeps every rule, and names and numbers that are refused."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from project import files, short

from mmcourse.base.files import ROOT
from mmcourse.cli import environment, main, new
from mmcourse.cli.messages import Failure

ALSO = ["practice/test_exercises.py", "practice/test_quiz.py", "practice/test_attempts.py", "pictures/test_panel.py",
        "studies/test_fresh.py"]  # fmt: skip


@pytest.fixture
def bare(tmp_path):
    """A project with two lessons, of which only the map is there."""
    for number, name in ((0, "start_here"), (7, "modalities")):
        folder = tmp_path / "mmcourse" / name
        folder.mkdir(parents=True)
        head = "from mmcourse.base.about import About\n"
        (folder / "about.py").write_text(f'{head}\nABOUT = About({number}, "T", "Q", 20, "able")\n')
    for page in ("README.md", "notebooks/teaching.md"):
        (tmp_path / page).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / page, tmp_path / page)
    return tmp_path


@pytest.fixture
def steps(monkeypatch):
    """The programs that ``new`` starts, not started."""
    found = []
    monkeypatch.setattr(environment, "call", lambda words, root: found.append([str(word) for word in words]) or 0)
    return found


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("number", ["", "-1", "100", "x", "1.5", "१०"])
def test_numbers_that_are_none(bare, steps, number):
    with pytest.raises(Failure, match="is no number of a lesson") as failure:
        new.new(number, "shared_space", bare)
    assert failure.value.status == 2 and not steps


@pytest.mark.parametrize("number", ["0", "07"])
def test_a_used_number_names_the_next_free_one(bare, steps, number):
    with pytest.raises(Failure, match="has this number") as failure:
        new.new(number, "shared_space", bare)
    assert failure.value.next_step == "the next free one is 8."


@pytest.mark.parametrize(
    "name",
    ["", "Shared", "shared-space", "shared space", "1st", "_x", "x_", "a__b", "größe", "../x", "x/y", "x.py", "a" * 25,
     "class", "quiz", "json", "torch.nn", "studies"],
)  # fmt: skip
def test_bad_names_are_refused_and_nothing_is_written(bare, steps, name):
    before = content(bare)
    with pytest.raises(Failure, match="is no name for a lesson") as failure:
        new.new("10", name, bare)
    assert failure.value.status == 2 and content(bare) == before and not steps


@pytest.mark.parametrize(
    "place",
    ["mmcourse/shared_space", "tests/shared_space", "data/studies/shared_space", "notebooks/10_shared_space.ipynb"],
)
def test_what_is_there_is_not_touched(bare, steps, place):
    (bare / place).mkdir(parents=True)
    (bare / place / "mine.txt").write_text("mine")
    before = content(bare)
    with pytest.raises(Failure, match=f"^{place} is there already, and nothing was written"):
        new.new("10", "shared_space", bare)
    assert content(bare) == before and not steps


def test_a_name_of_a_shared_part_is_taken(bare, steps):
    (bare / "mmcourse" / "engine").mkdir()
    with pytest.raises(Failure, match="mmcourse/engine is there already"):
        new.new("10", "engine", bare)


def test_a_lesson_touches_its_own_folders_and_the_pages(bare, steps):
    before = content(bare)
    assert new.new("10", "shared_space", bare) == 0
    after = content(bare)
    touched = {path.relative_to(bare).as_posix() for path in after if before.get(path) != after[path]}
    pages = {"README.md", "notebooks/teaching.md"}
    assert pages < touched and {path.rpartition("/")[0] for path in touched - pages} == {
        "mmcourse/shared_space", "tests/shared_space", "notebooks",
    }  # fmt: skip
    assert "10_shared_space.ipynb" in (bare / "README.md").read_text(encoding="utf-8")
    assert [words[2:4] for words in steps[2:]] == [["mmcourse", "study"], ["mmcourse", "run"]]


def test_a_step_that_fails_is_passed_on(bare, monkeypatch):
    monkeypatch.setattr(environment, "call", lambda words, root: 3)
    assert new.new("10", "shared_space", bare) == 3


@pytest.mark.parametrize("name", ["ab", "z_2", "a_name_of_twenty_letters"])
def test_the_skeleton_is_well_formed_whatever_the_name(bare, monkeypatch, name):
    shutil.copyfile(ROOT / "pyproject.toml", bare / "pyproject.toml")

    def only_ruff(words, root):
        return subprocess.run([*map(str, words)], cwd=root).returncode if "ruff" in words else 0

    monkeypatch.setattr(environment, "call", only_ruff)
    assert new.new("42", name, bare) == 0
    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "-q", "--no-cache", "mmcourse", "tests", "notebooks"]
        done = subprocess.run(command, cwd=bare, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    text = "".join(path.read_text(encoding="utf-8") for path in bare.rglob("*") if path.suffix in (".py", ".ipynb"))
    assert not re.search(r"@(NN|number|name|title|Title)@", text)


def test_the_command_asks_for_both(monkeypatch):
    asked = []
    monkeypatch.setattr(main, "in_ready_python", lambda argv, work: work())
    monkeypatch.setattr(new, "new", lambda number, name: asked.append((number, name)) or 0)
    assert main.main(["new", "10", "shared_space"]) == 0 and asked == [("10", "shared_space")]
    assert main.main(["new", "10"]) == 2


@pytest.mark.slow
def test_the_skeleton_runs_and_all_its_tests_pass(tmp_path):
    """In a copy of the whole project: the study is computed, the notebook executed, and every rule kept."""
    for path in files():
        target = tmp_path / short(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    def course(*words):
        env = environment.child_environment(tmp_path) | {"PYTHONPATH": str(tmp_path), "OMP_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, "-m", *words], cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    said = course("mmcourse", "new", "42", "shared_space")
    assert "✓ Lesson 42 shared_space stands in" in said
    saved = json.loads((tmp_path / "notebooks" / "42_shared_space.ipynb").read_text(encoding="utf-8"))
    assert all(cell["execution_count"] for cell in saved["cells"] if cell["cell_type"] == "code")
    assert (tmp_path / "data" / "studies" / "shared_space" / "scatter.json").is_file()
    quiet = ["pytest", "-q", "--benchmark-disable", "-p", "no:cacheprovider"]
    assert "passed" in course(*quiet, "tests/house", "tests/shared_space")
    said = course(*quiet, "-k", "shared_space", *(f"tests/{path}" for path in ALSO))
    assert "passed" in said and "skipped" not in said
    said = (
        course("ruff", "check", "--no-cache", "-q", "."),
        course("ruff", "format", "--check", "--no-cache", "-q", "."),
    )
