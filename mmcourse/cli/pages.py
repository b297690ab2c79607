"""What README.md and notebooks/teaching.md say of the lessons, written from what each lesson's ``about.py`` says.

``python3 -m mmcourse.cli.pages`` writes it anew, between marks in the two pages; a test fails when they differ.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from mmcourse.base.about import About, lessons
from mmcourse.base.files import ROOT, replace_file

PARTS = {
    1: "I, one sense at a time",
    7: "II, fusion",
    12: "III, understanding and generating",
    17: "IV, making it real",
}
PLANNED = {
    10: "shared_space",
    11: "multitask",
    12: "vqa",
    13: "captions",
    14: "video",
    15: "sentiment",
    16: "robot",
    17: "robustness",
    18: "explain",
    19: "compress",
    20: "scale",
    21: "your_data",
}
MEETING = 90  # minutes
# What follows the lessons in a term.
FINALE = ("the experiments: measure, with several seeds", "each pair shows one measured result, with its interval")


def part_of(number: int) -> str:
    """The part of the course to which a lesson belongs; none for lesson 00."""
    return PARTS.get(max((first for first in PARTS if first <= number), default=0), "")


def lesson_table(course: Sequence[About]) -> str:
    """README's map: a row for each lesson, under the name of its part."""
    rows, part = ["| | lesson | what you can do afterwards | time |", "|---|---|---|---|"], ""
    for one in course:
        if part_of(one.number) != part:
            part = part_of(one.number)
            rows.append(f"| | *{part}* | | |")
        rows.append(f"| {one.stem[:2]} | [{one.name}](notebooks/{one.stem}.ipynb) | {one.able} | {one.minutes} min |")
    return "\n".join(rows)


def planned_table(course: Sequence[About]) -> str:
    """README's outlook: the lessons to come, by part."""
    there = {one.number for one in course} | {one.name for one in course}
    rows: dict[str, list[str]] = {}
    for number, name in PLANNED.items():
        if not {number, name} & there:
            rows.setdefault(part_of(number), []).append(f"{number:02} {name}")
    if not rows:
        return "All lessons are there."
    table = [f"| {part} | {' · '.join(names)} |" for part, names in rows.items()]
    return "\n".join(["Planned, in this order:", "", "| part | lessons |", "|---|---|", *table])


def meetings(course: Sequence[About]) -> list[list[About]]:
    """The lessons in meetings: as many in a row as fit into one."""
    found: list[list[About]] = []
    for one in course:
        if found and sum(earlier.minutes for earlier in found[-1]) + one.minutes <= MEETING:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def in_a_row(course: Sequence[About]) -> str:
    """``01 neurons (75 min), 02 training (75 min)``."""
    return ", ".join(f"{one.stem[:2]} {one.name} ({one.minutes} min)" for one in course)


def term_plan(course: Sequence[About]) -> str:
    """The teacher's plan for a term: a row for each meeting."""
    rows = [(in_a_row(group), "; ".join(filter(None, (one.meeting for one in group)))) for group in meetings(course)]
    rows += [("", words) for words in FINALE]
    lines = [
        f"| {number} | {which} | {words} |".replace("|  |", "| |") for number, (which, words) in enumerate(rows, 1)
    ]
    head = f"| meeting | lessons | with what remains of the {MEETING} minutes |"
    leave = (
        f"A term has {len(rows)} meetings of {MEETING} minutes. They leave a rest for questions and the quiz; "
        "exercises left over are homework."
    )
    return "\n".join([leave, "", head, "|---|---|---|", *lines])


def weekend_plan(course: Sequence[About]) -> str:
    """The teacher's plan for a weekend: the lessons that name a day."""
    days = {day: in_a_row([one for one in course if one.day == day]) for day in ("Saturday", "Sunday")}
    rows = [
        f"| Saturday | {days['Saturday']} |",
        f"| Sunday | {days['Sunday']}, then an experiment in the fusion lab |",
    ]
    return "\n".join(["| weekend | lessons |", "|---|---|", *rows])


BLOCKS: dict[str, dict[str, Callable[[Sequence[About]], str]]] = {
    "README.md": {"lessons": lesson_table, "planned lessons": planned_table},
    "notebooks/teaching.md": {"term": term_plan, "weekend": weekend_plan},
}


def page(name: str, root: Path = ROOT) -> str:
    """A page as it should be. ValueError: its marks are lost."""
    text = (root / name).read_text(encoding="utf-8")
    course = lessons(root / "mmcourse")
    for block, write in BLOCKS[name].items():
        begin = f"<!-- {block}: written by python3 -m mmcourse.cli.pages -->"
        shape = re.compile(rf"(?<={re.escape(begin)}\n).*?(?=<!-- end of {block} -->)", re.DOTALL)
        found = shape.search(text)
        if not found:
            raise ValueError(f"{name}: got no block between {begin} and <!-- end of {block} -->; put the marks back")
        text = f"{text[: found.start()]}\n{write(course)}\n\n{text[found.end() :]}"
    return text


def refresh(root: Path = ROOT) -> list[str]:
    """Writes the pages anew and returns the names of those that changed."""
    return [name for name in BLOCKS if replace_file(root / name, page(name, root).encode("utf-8"))]


if __name__ == "__main__":
    print("changed:", ", ".join(refresh()) or "nothing")
