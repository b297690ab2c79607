"""What a learner did is kept, merged, never lost, set aside when damaged; and no test touches the learner's."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock
import platformdirs
import pytest
from project import ROOT
from samples import neighbours, write

from mmcourse.cli import notebooks
from mmcourse.practice import diary
from mmcourse.practice.record import Kept, Record

# ---------------------------------------------------------------- keeping


def test_what_was_done_is_there_for_the_next_session(record, file):
    assert record.read() == Kept() and not file.parent.exists(), "looking writes nothing"
    assert record.passed("neurons", "neuron") == "" == record.answered("neurons", "Why?", "so")
    kept = Record(file).read()
    assert kept.solved("neurons", "neuron") and not kept.solved("cnn", "neuron")
    assert kept.answers("neurons") == {"Why?": "so"} and kept.answers("cnn") == {} and kept.note == ""
    assert json.loads(file.read_text())["format"] == 1 and neighbours(file) == []


def test_the_same_thing_twice_writes_nothing(record, file):
    record.passed("a", "b"), record.answered("a", "Why?", "so")
    before = file.stat().st_mtime_ns, file.read_bytes()
    record.passed("a", "b"), record.answered("a", "Why?", "otherwise")
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before
    assert record.read().answers("a") == {"Why?": "so"}, "the first answer of a try stands"


def test_a_new_try_keeps_the_first(record):
    record.again("a")
    assert record.read().tries == {"a": ({},)}
    record.answered("a", "Why?", "so"), record.again("a"), record.again("a")
    assert record.read().answers("a") == {}
    record.answered("a", "Why?", "otherwise")
    assert [dict(one) for one in record.read().tries["a"]] == [{"Why?": "so"}, {"Why?": "otherwise"}]
    for number in range(40):
        record.again("a"), record.answered("a", "Why?", str(number))
    tries = record.read().tries["a"]
    assert len(tries) == diary.MOST_TRIES and tries[0] == {"Why?": "so"} and tries[-1] == {"Why?": "39"}


def test_two_open_notebooks_lose_nothing_of_each_other(file):
    first, second = Record(file), Record(file)
    first.passed("a", "one"), second.passed("a", "two"), first.passed("b", "three"), second.answered("b", "Why?", "so")
    for one in (first, second, Record(file)):
        kept = one.read()
        assert kept.exercises == {"a": {"one", "two"}, "b": {"three"}} and kept.answers("b") == {"Why?": "so"}


WRITER = """
import sys
from pathlib import Path
from mmcourse.practice.record import Record
record = Record(Path(sys.argv[1]))
for number in range(40):
    note = record.passed("both", f"{sys.argv[2]}{number}") + record.answered(sys.argv[2], f"{number}?", "so")
    assert not note, note
"""


def test_two_processes_that_write_at_once_lose_nothing(file):
    started = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), name], cwd=ROOT) for name in "ab"]
    assert [one.wait(60) for one in started] == [0, 0]
    kept = Record(file).read()
    assert kept.exercises["both"] == {f"{name}{number}" for name in "ab" for number in range(40)}
    assert len(kept.answers("a")) == len(kept.answers("b")) == 40 and kept.note == "" and neighbours(file) == []


def test_a_write_that_breaks_off_leaves_the_old_file(record, file, monkeypatch):
    record.passed("a", "one")
    before = file.read_bytes()

    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    note = record.passed("a", "two")
    assert "could not be written" in note and "No space left" in note and note.count(". ") <= 1
    assert file.read_bytes() == before and neighbours(file) == []
    assert record.read().solved("a", "two") and record.read().note == note, "this session still knows"
    monkeypatch.undo()
    record.passed("a", "three")
    assert Record(file).read().exercises == {"a": {"one", "two", "three"}}, "what waited is written too"
    assert record.read().note == ""


FULL = """
import resource, signal, sys
from pathlib import Path
from mmcourse.practice.record import Record
record = Record(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
print(record.passed("a", "two"), record.read().solved("a", "two"), sep="|")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="room is limited in another way here")
def test_where_no_room_is_left_the_old_file_stays(record, file):
    record.passed("a", "one")
    before = file.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(file)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    note, known = done.stdout.strip().split("|")
    assert "could not be written" in note and known == "True"
    assert file.read_bytes() == before and neighbours(file) == []


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.json").write_text("{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    record = Record(tmp_path / "link.json")
    record.passed("a", "one")
    assert (tmp_path / "link.json").is_symlink() and "one" in (tmp_path / "real.json").read_text()


# ---------------------------------------------------------------- where


def test_the_file_lies_in_the_users_own_folder_or_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.delenv("MMCOURSE_PROGRESS")
    usual = Record().path
    assert usual == Path(os.path.realpath(platformdirs.user_data_path("mmcourse", False) / "progress.json"))
    assert ROOT not in usual.parents
    monkeypatch.setenv("MMCOURSE_PROGRESS", "")
    assert Record().path == usual
    monkeypatch.setenv("MMCOURSE_PROGRESS", str(tmp_path / "mine.json"))
    assert Record().path == tmp_path / "mine.json"
    monkeypatch.setenv("MMCOURSE_PROGRESS", "~/mine.json")
    assert Record().path == Path(os.path.realpath(Path.home() / "mine.json"))


def test_neither_tests_nor_runs_touch_the_learners_file(tmp_path):
    usual = platformdirs.user_data_path("mmcourse", False)
    assert usual not in Record().path.parents and "mmcourse-progress-" in str(Record().path)
    assert notebooks.kernel_environment(str(tmp_path))["MMCOURSE_PROGRESS"] == str(tmp_path / "progress.json")


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_that_passes_an_exercise_leaves_the_learners_file_alone(time):
    """The second finds nothing of the first: each has a file of its own."""
    from mmcourse.neurons import tanh_slope
    from mmcourse.practice import check

    usual = platformdirs.user_data_path("mmcourse", False) / "progress.json"
    before = usual.read_bytes() if usual.is_file() else None
    assert not Record().path.exists()
    assert check("tanh_slope", tanh_slope).passed and Record().read().solved("neurons", "tanh_slope")
    assert (usual.read_bytes() if usual.is_file() else None) == before


def test_the_proofs_give_every_stage_a_place_of_its_own(monkeypatch):
    from mmcourse.cli import environment, proof

    given = []
    monkeypatch.setattr(environment, "call", lambda command, **env: given.append(env["MMCOURSE_PROGRESS"]) or 0)
    proof.pytest(Path(sys.executable), [], [])
    assert given and not Path(given[0]).parent.exists() and platformdirs.user_data_dir("mmcourse") not in given[0]


def test_notebooks_are_tested_with_a_place_of_their_own(tmp_path):
    """A plain pytest of the notebooks' folder, without the course's commands, is covered by conftest.py."""
    probe = "import os, sys; sys.path.insert(0, '.'); import conftest; print(os.environ['MMCOURSE_PROGRESS'])"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "MMCOURSE_PROGRESS": str(tmp_path / "mine.json")},
        check=True,
    )
    assert str(tmp_path / "mine.json") not in done.stdout and not Path(done.stdout.strip()).parent.exists()


# ---------------------------------------------------------------- damaged, newer, unwritable

DAMAGED = {
    "empty": "",
    "cut off": '{"format": 1, "exercises": {"a": ["on',
    "no text": b"\x00\xff\xfe\x80",
    "another thing": "[1, 2]",
    "a word": '"progress"',
    "no format": '{"exercises": {}, "quizzes": {}}',
    "format is a text": '{"format": "1", "exercises": {}, "quizzes": {}}',
    "format is a truth": '{"format": true, "exercises": {}, "quizzes": {}}',
    "format zero": '{"format": 0, "exercises": {}, "quizzes": {}}',
    "nested without end": "[" * 100_000,
    "a number without end": "9" * 100_000,
    "huge": '{"format": 1, "exercises": {"a": ["' + "x" * 2_000_000 + '"]}, "quizzes": {}}',
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_set_aside_and_said(record, file, text):
    write(file, text)
    before = file.read_bytes()
    kept = record.read()
    assert kept.exercises == {} and kept.tries == {} and not file.exists()
    [there] = neighbours(file)
    assert there.read_bytes() == before and "damaged" in there.name
    assert str(there) in kept.note and "A new one begins." in kept.note
    record.passed("a", "one")
    assert Record(file).read().solved("a", "one") and there.read_bytes() == before


def test_it_is_set_aside_when_writing_finds_it_too(record, file):
    write(file, "{")
    note = record.passed("a", "one")
    assert "damaged" in note and neighbours(file)[0].read_text() == "{"
    assert Record(file).read().solved("a", "one")
    assert record.passed("a", "two") == "", "told once"


def test_what_can_still_be_read_is_taken_over(record, file):
    odd = {
        "format": 1,
        "exercises": {"a": ["one", 3, None], "b": "two", "c": {"d": 1}},
        "quizzes": {"a": [{"Why?": "so", "How?": 7}, 5], "b": {"x": "y"}},
    }
    write(file, json.dumps(odd))
    kept = record.read()
    assert kept.exercises == {"a": {"one"}} and kept.tries == {"a": ({"Why?": "so"},)}
    assert "taken over" in kept.note and json.loads(neighbours(file)[0].read_text()) == odd
    assert Record(file).read() == Kept(kept.exercises, kept.tries), "the rest is a whole file now"


def test_no_file_that_was_set_aside_is_overwritten(record, file):
    for number in range(5):
        write(file, f"damage {number}")
        record.read()
    assert sorted(one.read_text() for one in neighbours(file)) == [f"damage {number}" for number in range(5)]


def test_a_file_of_a_newer_course_is_left_alone(record, file):
    newer = '{"format": 2, "exercises": {"a": "one"}, "badges": [1]}'
    write(file, newer)
    assert "newer version" in record.read().note
    assert "newer version" in record.passed("a", "two") or "newer version" in record.note
    assert file.read_text() == newer and neighbours(file) == []
    assert record.read().solved("a", "two"), "this session still knows"


def test_unknown_entries_survive_a_writing_and_a_byte_order_mark_does_no_harm(record, file):
    write(file, b"\xef\xbb\xbf" + b'{"format": 1, "exercises": {}, "quizzes": {}, "since": "spring"}')
    record.passed("a", "one")
    assert json.loads(file.read_text())["since"] == "spring" and neighbours(file) == []


def test_a_place_that_cannot_be_written_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file" / "progress.json", tmp_path / "file" / "deep" / "er" / "progress.json", tmp_path):
        record = Record(place)
        note = record.passed("a", "one")
        assert note and "\n" not in note and str(place) in note
        assert record.passed("a", "two") == "", "told once"
        assert record.read().exercises == {"a": {"one", "two"}} and record.read().note
    assert (tmp_path / "file").read_text() == "in the way"


def test_what_is_no_file_is_not_touched(tmp_path):
    """A variable that points to a folder or a device: nothing is renamed, nor waited for."""
    folder = tmp_path / "folder"
    folder.mkdir(), (folder / "mine.txt").write_text("mine")
    places = [folder]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        places.append(tmp_path / "pipe")
    for place in places:
        record = Record(place)
        assert "is no file" in record.passed("a", "one") and "is no file" in record.read().note
        assert record.reset() is None and place.exists() and not place.is_file()
    assert (folder / "mine.txt").read_text() == "mine" and len(list(tmp_path.iterdir())) == len(places)


def test_a_short_refusal_is_waited_for(record, file, monkeypatch):
    replace, refused = os.replace, []

    def busy(*paths):
        if len(refused) < 2:
            refused.append(1)
            raise PermissionError(13, "used by another program")
        replace(*paths)

    monkeypatch.setattr(os, "replace", busy)
    assert record.passed("a", "one") == "" and Record(file).read().solved("a", "one")


def test_a_file_that_is_just_being_moved_is_none_of_another_kind(record, file, monkeypatch):
    """Between looking and reading another notebook may set it aside."""
    write(file, '{"format": 1, "exercises": {"a": ["one"]}, "quizzes": {}}')
    opened = Path.open

    def moved(path, *how, **more):
        path.rename(path.with_name("elsewhere"))
        return opened(path, *how, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", moved)
        assert record.read() == Kept()
    write(file, '{"format": 1, "exercises": {}, "quizzes": {}}')
    monkeypatch.setattr(Path, "is_file", lambda path: False)  # there when it was looked for, and no longer now
    assert record.passed("a", "one") == "" and record.note == ""


def test_many_who_find_the_damage_at_once_set_it_aside_once(file):
    write(file, "{")
    records = [Record(file) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        notes = list(pool.map(lambda one: one.passed("a", str(id(one))), records))
    assert [one.read_text() for one in neighbours(file)] == ["{"] and sum("damaged" in note for note in notes) == 1
    assert Record(file).read().exercises == {"a": {str(id(one)) for one in records}}


UNWRITABLE = """
import os, sys
from pathlib import Path
from mmcourse.practice.record import Record
record = Record(Path(sys.argv[1]))
record.read()
if os.geteuid() == 0:
    os.setuid(65534)
print(record.passed("a", "two"), record.read().exercises, sep="|")
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders are protected in another way here")
def test_a_protected_folder_is_said_and_harmed_by_nothing():
    folder = Path(tempfile.mkdtemp(prefix="mmcourse-"))  # not below the tests' own folder, which is closed to others
    try:
        Record(folder / "progress.json").passed("a", "one")
        (folder / "progress.json").chmod(0o644), folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", UNWRITABLE, str(folder / "progress.json")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        folder.chmod(0o755)
        assert done.returncode == 0, done.stderr
        note, exercises = done.stdout.strip().split("|")
        assert "could not be written" in note and "'one'" in exercises and "'two'" in exercises
        assert Record(folder / "progress.json").read().exercises == {"a": {"one"}}
        assert neighbours(folder / "progress.json") == []
    finally:
        shutil.rmtree(folder)


def test_a_notebook_that_never_stops_writing_is_waited_for_only_so_long(record, file, monkeypatch):
    monkeypatch.setattr(diary, "PATIENCE", 0.1)
    record.passed("a", "one")
    with filelock.FileLock(f"{file}.lock"):
        assert "another notebook is writing" in record.passed("a", "two")
    record.passed("a", "three")
    assert Record(file).read().exercises == {"a": {"one", "two", "three"}}
