"""The pages in Markdown: their links, the commands they name, and what they say of the lessons."""

import re
import shlex

import pytest
from links import broken_links
from project import ROOT, short

import tests.house.test_structure as structure
from mmcourse.base.about import lessons
from mmcourse.cli import bench, main, pages
from mmcourse.cli.messages import Failure

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "data").glob("*.md")), *sorted((ROOT / "notebooks").glob("*.md"))]
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=short)


def text(page):
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted((ROOT / "notebooks").glob("*.md")), ids=short)
def test_links_beside_the_notebooks_lead_somewhere(page):
    assert not broken_links(page)  # test_structure.py looks at the other pages


def test_the_readme_leads_to_the_teachers_page():
    assert "](notebooks/teaching.md)" in text(ROOT / "README.md")


# ---------------------------------------------------------------- commands


def commands(words):
    """What stands behind "python3 -m mmcourse", to the end of the line or of the code; comments are left out."""
    found = re.findall(r"python3? -m mmcourse ([^`\n]*)", words)
    return [line.split(" #")[0].split("  ")[0].split("→")[0].strip() for line in found]


def refused(line):
    """Why the commands would not understand a line from a page, or nothing. Brackets mark what may be left out."""
    try:
        words = shlex.split(line.split(" -- ")[0].replace("[", "").replace("]", "").replace("...", ""))
        main.parser().parse_args(words)
    except Failure as failure:
        return failure.sentence


@EVERY_PAGE
def test_commands_named_in_a_page_exist(page):
    assert not {line: why for line in commands(text(page)) if (why := refused(line))}


def test_a_wrong_command_is_found():
    page = "`python3 -m mmcourse lab` `python -m mmcourse copy FOLDER [lesson ...]`\npython3 -m mmcourse test # all"
    assert commands(page) == ["lab", "copy FOLDER [lesson ...]", "test"]
    assert not any(map(refused, commands(page)))
    assert all(map(refused, ["frob", "test --quickly", "copy"]))


def test_every_command_stands_in_the_readme():
    named = {line.split()[0] for line in commands(text(ROOT / "README.md"))}
    there = next(action.choices for action in main.parser()._actions if action.choices)
    assert named == set(there)


# ---------------------------------------------------------------- what derives from the lessons


@pytest.mark.parametrize("name", pages.BLOCKS)
def test_a_page_says_of_the_lessons_what_they_say_of_themselves(name):
    assert pages.page(name) == text(ROOT / name), "run:  python3 -m mmcourse.cli.pages"


def test_a_new_lesson_appears_in_the_pages_and_is_planned_no_more(tmp_path):
    for name in pages.BLOCKS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text(ROOT / name), encoding="utf-8")
    for number, name, minutes in ((1, "neurons", 40), (2, "training", 50), (10, "shared_space", 80)):
        folder = tmp_path / "mmcourse" / name
        folder.mkdir(parents=True)
        (folder / "about.py").write_text(
            "from mmcourse.base.about import About\n"
            f"ABOUT = About({number}, 'T', 'Q', {minutes}, 'able {name}', meeting='talk of {name}', day='Sunday')\n"
        )
    assert pages.refresh(tmp_path) == list(pages.BLOCKS) and pages.refresh(tmp_path) == []
    readme, teaching = (text(tmp_path / name) for name in pages.BLOCKS)
    assert "| 10 | [shared_space](notebooks/10_shared_space.ipynb) | able shared_space | 80 min |" in readme
    assert "11 multitask" in readme and "10 shared_space ·" not in readme and "03_cnn" not in readme
    assert "| 1 | 01 neurons (40 min), 02 training (50 min) | talk of neurons; talk of training |" in teaching
    assert "| 2 | 10 shared_space (80 min) | talk of shared_space |" in teaching and "has 4 meetings" in teaching
    assert "| Sunday | 01 neurons (40 min), 02 training (50 min), 10 shared_space (80 min), then" in teaching


def test_the_course_is_whole_with_the_lessons_that_are_planned():
    """From 00 to 21, each number once; the README's outlook ends with the lesson on the learner's own data."""
    there = {one.number for one in lessons()}
    assert there | set(pages.PLANNED) >= set(range(22)) and pages.PLANNED[21] == "your_data"
    assert len(set(pages.PLANNED.values())) == len(pages.PLANNED)
    assert "21 your_data" in pages.planned_table(lessons()) or 21 in there


def test_lost_marks_are_named(tmp_path):
    (tmp_path / "README.md").write_text("# no marks")
    with pytest.raises(ValueError, match="put the marks back"):
        pages.page("README.md", tmp_path)


def test_lessons_fit_into_meetings_and_the_weekend_into_two_days():
    assert all(sum(one.minutes for one in group) <= pages.MEETING for group in pages.meetings(lessons()))
    assert [one for group in pages.meetings(lessons()) for one in group] == list(lessons())
    days = [sum(one.minutes for one in lessons() if one.day == day) for day in ("Saturday", "Sunday")]
    assert all(0 < minutes <= 3 * pages.MEETING for minutes in days)
    assert {one.day for one in lessons()} <= {"", "Saturday", "Sunday"}


# ---------------------------------------------------------------- limits


def test_limits_in_the_text_are_those_that_are_measured():
    contributing, readme = text(ROOT / "CONTRIBUTING.md"), text(ROOT / "README.md")
    assert f"A cell takes at most {bench.CELL_LIMIT} s and a notebook {bench.NOTEBOOK_LIMIT} s" in joined(contributing)
    assert f"at most {bench.NOTEBOOK_LIMIT} seconds on two processor cores" in joined(readme)
    assert f"A module has at most {structure.MOST_MODULE_LINES} lines" in joined(contributing)
    assert f"a function {structure.MOST_FUNCTION_LINES}." in joined(contributing)
    assert f"the repository stays under {structure.MOST_BYTES / 1e6:g} MB" in joined(contributing)
    assert len(contributing.split()) <= 455 and len(contributing.splitlines()) <= 43, (
        "who wants to add something wants to begin"
    )


def joined(words):
    """Text without its line breaks."""
    return " ".join(words.split())
