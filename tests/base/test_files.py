"""Files are written at once or not at all, and never lost."""

import os
import re
import stat
import threading

import pytest

from mmcourse.base import files
from mmcourse.base.files import ROOT, how_to_restore, patiently, replace_file, set_aside


def test_the_project_is_where_its_readme_is():
    assert (ROOT / "README.md").is_file() and (ROOT / "mmcourse").is_dir()


def test_a_file_is_written_and_told_when_it_changes(tmp_path):
    path = tmp_path / "größe.json"
    assert replace_file(path, b"1") and path.read_bytes() == b"1"
    before = path.stat().st_mtime_ns
    assert not replace_file(str(path), b"1") and path.stat().st_mtime_ns == before
    assert replace_file(path, b"2") and path.read_bytes() == b"2"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_new_file_is_for_all_to_read_and_an_old_one_keeps_its_mode(tmp_path):
    path = tmp_path / "x"
    replace_file(path, b"1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o600)
    replace_file(path, b"2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_whatever_stops_the_writing_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, name, error):
    path = tmp_path / "x"
    path.write_bytes(b"before")

    def stops(*_words):
        raise error

    monkeypatch.setattr(os, name, stops)
    with pytest.raises(type(error)):
        replace_file(path, b"after")
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]


def test_readers_never_see_half_a_file(tmp_path):
    path, seen, done = tmp_path / "x", set(), threading.Event()
    replace_file(path, b"a" * 100_000)

    def read():
        while not done.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(100):
        replace_file(path, (b"b" if number % 2 else b"c") * 100_000)
    done.set(), reader.join()
    assert seen <= {letter * 100_000 for letter in (b"a", b"b", b"c")}


def test_what_is_set_aside_keeps_its_content_and_overwrites_nothing(tmp_path, monkeypatch):
    class Clock(files.datetime.datetime):
        @classmethod
        def now(cls):
            return cls(2026, 1, 2, 3, 4, 5)

    monkeypatch.setattr(files.datetime, "datetime", Clock)
    path, found = tmp_path / "progress.json", []
    for content in ("one", "two", "three"):
        path.write_text(content)
        found.append(set_aside(path, "damaged"))
    assert [place.name for place in found] == [
        "progress.damaged-20260102-030405.json",
        "progress.damaged-20260102-030405-1.json",
        "progress.damaged-20260102-030405-2.json",
    ]
    assert [place.read_text() for place in found] == ["one", "two", "three"] and not path.exists()


def test_what_is_refused_for_a_moment_is_tried_again(monkeypatch):
    monkeypatch.setattr(files.time, "sleep", lambda seconds: None)
    answers = iter([PermissionError, PermissionError, "done"])

    def work():
        if isinstance(answer := next(answers), type):
            raise answer
        return answer

    assert patiently(work) == "done"
    with pytest.raises(PermissionError):
        patiently(lambda: (_ for _ in ()).throw(PermissionError()))


def test_git_is_named_only_where_it_can_help(tmp_path, monkeypatch):
    assert how_to_restore("data/x", tmp_path) == "take data/x from a fresh copy of the project"
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(files.shutil, "which", lambda name: "/usr/bin/git")
    assert how_to_restore("data/x", tmp_path) == "restore it with  git checkout -- data/x"
    monkeypatch.setattr(files.shutil, "which", lambda name: None)
    assert "git" not in how_to_restore("data/x", tmp_path)


def test_no_other_module_finds_the_project_or_replaces_files_by_itself():
    own = re.compile(r"__file__\)\.resolve\(\)\.parents|os\.replace\(|mkstemp\(")
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "mmcourse").rglob("*.py")}
    assert [path.name for path, source in sources.items() if own.search(source)] == ["files.py"]
