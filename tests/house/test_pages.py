"""The pages in Markdown: their links, the commands they name, and the teacher's page against the map of lessons."""

import re
import shlex

import pytest
from links import broken_links
from project import ROOT, short

from mmcourse.base.about import lessons
from mmcourse.cli import main
from mmcourse.cli.messages import Failure

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "data").glob("*.md")), *sorted((ROOT / "notebooks").glob("*.md"))]
TEACHING = ROOT / "notebooks" / "teaching.md"
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


# ---------------------------------------------------------------- the teacher's plans


def plans():
    """The two plans of the teacher's page: for each row its lessons as (number, name, minutes)."""
    rows = [re.findall(r"(\d\d) (\w+) \((\d+) min\)", line) for line in text(TEACHING).splitlines() if line[:1] == "|"]
    rows = [[(int(number), name, int(minutes)) for number, name, minutes in row] for row in rows if row]
    return rows[:-2], rows[-2:]


def test_the_plans_give_the_times_of_the_map():
    known = {(one.number, one.name, one.minutes) for one in lessons()}
    assert {lesson for plan in plans() for row in plan for lesson in row} <= known


def test_the_term_holds_every_open_lesson_once_and_fits():
    term, weekend = plans()
    assert [number for row in term for number, _name, _minutes in row] == list(range(sum(map(len, term))))
    assert {one.number for one in lessons()} <= {number for row in term for number, _n, _m in row}
    assert all(sum(minutes for _number, _name, minutes in row) <= 90 for row in term)
    assert all(sum(minutes for _number, _name, minutes in row) <= 240 for row in weekend)
