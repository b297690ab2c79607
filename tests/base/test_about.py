"""The map of the course, read from the lessons' folders."""

import pytest

from mmcourse.base.about import About, lessons

HEAD = "from mmcourse.base.about import About\n"


def write(package, name, text):
    (package / name).mkdir()
    (package / name / "about.py").write_text(HEAD + text, encoding="utf-8")


def test_lessons_come_in_the_order_of_their_numbers(tmp_path):
    write(tmp_path, "late", "ABOUT = About(12, 'Late', 'When?', 30, 'be late')")
    write(tmp_path, "early", "ABOUT = About(3, 'Early', 'When?', 20, 'be early')")
    (tmp_path / "engine").mkdir()  # a shared part says nothing
    found = lessons(tmp_path)
    assert [one.stem for one in found] == ["03_early", "12_late"]
    assert found[0] == About(3, "Early", "When?", 20, "be early", name="early")


def test_two_of_one_number_are_refused(tmp_path):
    for name in ("one", "other"):
        write(tmp_path, name, "ABOUT = About(3, 'T', 'Q', 20, 'able')")
    with pytest.raises(ValueError, match="^number: (one|other) and (one|other) both have 3; give one of them another$"):
        lessons(tmp_path)


@pytest.mark.parametrize("text", ["", "ABOUT = 3", "about = About(3, 'T', 'Q', 20, 'able')"])
def test_a_folder_that_does_not_say_what_it_is(tmp_path, text):
    write(tmp_path, "silent", text)
    with pytest.raises(ValueError, match="^ABOUT: got .* in silent/about.py, expected an About"):
        lessons(tmp_path)


def test_every_lesson_of_the_course_says_all_that_the_pages_need():
    for one in lessons():
        assert 5 <= one.minutes <= 90, f"{one.name}: {one.minutes} minutes do not fit into a meeting"
        assert one.title and one.question.endswith("?") and one.able and one.meeting, one.name
        assert one.name.isidentifier() and "|" not in one.able + one.meeting
