"""What lesson 00 tells: the map of the course, the timeline, this computer, and their pictures."""

import torch
from project import NOTEBOOKS, ROOT

from mmcourse import start_here as lesson
from mmcourse.base.about import lessons
from mmcourse.engine import available_devices
from mmcourse.start_here import pictures as demo


def test_the_map_lists_exactly_the_notebooks_that_are_there():
    assert [one.stem for one in lessons()] == [path.stem for path in NOTEBOOKS]
    assert [one.number for one in lessons()] == list(range(len(lessons())))


def test_the_readme_names_the_same_lessons_and_times():
    rows = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    for one in lessons():
        row = next((line for line in rows if f"{one.number:02}" in line and one.name in line), None)
        assert row is not None, f"README's map lacks {one.number:02} {one.name}"
        assert one.able in row and f"{one.minutes} min" in row


def test_the_timeline_is_in_order_and_right_where_tutorials_are_wrong():
    years = [event.year for event in lesson.TIMELINE]
    assert years == sorted(years)
    assert "layer by layer" in next(event.what for event in lesson.TIMELINE if event.year == 2006)
    assert next(event.where for event in lesson.TIMELINE if "Attention Is All" in event.what).startswith("NIPS")


def test_what_the_machine_offers(monkeypatch):
    monkeypatch.setenv("MMCOURSE_DEVICE", "cpu")
    told = lesson.machine()
    assert told["training runs on"] == "cpu (processor)" and torch.__version__.startswith(told["torch"].split("+")[0])
    assert told["could also run on"] == ", ".join(available_devices())


def test_every_run_is_a_point_and_the_pictures_are_stable():
    scores = {"image": [0.6, 0.7, 0.65], "model": [0.9, 0.92, 0.91]}
    assert demo.is_it_luck(scores).png == demo.is_it_luck(scores).png
    for picture in (demo.is_it_luck(scores), demo.lesson_map(), demo.timeline()):
        assert picture.png.startswith(b"\x89PNG") and picture.size[0] <= 1000 and repr(picture).startswith("[")
