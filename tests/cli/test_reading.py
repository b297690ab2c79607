"""Notebooks as they come back from learners: read where they can be, one sentence where not, nothing overwritten."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mmcourse.base.files import ROOT
from mmcourse.cli import bench, copy_lessons, environment, install, lab, notebooks, reading
from mmcourse.cli.messages import Failure

SOURCE = "x = 'Grüße →'\nprint(x)"


def notebook():
    cells = [new_markdown_cell("# Grüße", id="00-1"), new_code_cell(SOURCE, id="00-2", metadata={"tags": ["exercise"]})]
    return new_notebook(cells=cells)


TEXT = nbformat.writes(notebook())
V3 = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": ""},
    "worksheets": [
        {
            "metadata": {},
            "cells": [
                {"cell_type": "markdown", "metadata": {}, "source": "# Grüße"},
                {
                    "cell_type": "code",
                    "collapsed": False,
                    "input": SOURCE,
                    "language": "python",
                    "metadata": {},
                    "outputs": [],
                },
            ],
        }
    ],
}


def changed(change):
    """The notebook with something done to its JSON."""
    found = json.loads(TEXT)
    change(found)
    return json.dumps(found)


READABLE = {
    "plain": TEXT.encode(),
    "a mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "Windows lines": TEXT.replace("\n", "\r\n").encode(),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16, the other way": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "UTF-32": TEXT.encode("utf-32"),
    "format 3": json.dumps(V3).encode(),
    "format 4.2": changed(
        lambda found: [found.update(nbformat_minor=2), *(c.pop("id") for c in found["cells"])]
    ).encode(),
    "ids twice": changed(lambda found: found["cells"][1].update(id="00-1")).encode(),
    "no ids": changed(lambda found: [cell.pop("id") for cell in found["cells"]]).encode(),
    "a bad id": changed(lambda found: found["cells"][0].update(id="a b é")).encode(),
    "no outputs": changed(lambda found: found["cells"][1].pop("outputs")).encode(),
    "no metadata": changed(lambda found: [found.pop("metadata"), found["cells"][0].pop("metadata")]).encode(),
    "Windows lines within": changed(
        lambda found: found["cells"][1].update(source=SOURCE.replace("\n", "\r\n"))
    ).encode(),
}
UNREADABLE = {
    "the file is empty": b"",
    "the file is empty ": b"  \n",
    "the marks of the merge": TEXT.replace(' "cells"', '<<<<<<< HEAD\n "cells"\n=======\n>>>>>>> theirs\n', 1).encode(),
    "it is a web page": b"<!DOCTYPE html><html></html>",
    "git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    "it breaks off": TEXT[: len(TEXT) // 2].encode(),
    "it is damaged": b"[1, 2",
    "no text in UTF-8": TEXT.encode("latin-1", "replace"),
    "no text in UTF-8 ": b"PK\x03\x04\xff\x00",
    "it holds no cells": b"[]",
    "it holds no cells ": b'{"a": 1}',
    "is no whole notebook": changed(lambda found: found.update(nbformat=9)).encode(),
    "is no whole notebook ": changed(lambda found: found.update(cells=[{"cell_type": "tune"}])).encode(),
    "it holds no cells  ": changed(lambda found: found.update(cells=[1])).encode(),
}


@pytest.fixture
def came(tmp_path):
    """Writes a lesson as it came, and demands in the end that nothing but the allowed was written."""
    path = tmp_path / "00_came.ipynb"

    def write(content):
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("kind", READABLE)
def test_what_can_be_read_is_read(came, kind):
    path = came(READABLE[kind])
    found = notebooks.read(path)
    assert [cell.source for cell in found.cells] == ["# Grüße", SOURCE]
    assert path.read_bytes() == READABLE[kind]
    ids = [cell.id for cell in found.cells]
    assert len(set(ids)) == 2 and ids == [cell.id for cell in notebooks.read(path).cells]  # not drawn by lot
    nbformat.validate(found)


@pytest.mark.parametrize("words", UNREADABLE)
def test_what_cannot_be_read_gets_one_sentence(came, words):
    path = came(UNREADABLE[words])
    with pytest.raises(Failure) as failure:
        notebooks.read(path)
    assert words.strip() in failure.value.sentence and path.name in failure.value.sentence
    assert "\n" not in failure.value.sentence and "keep a copy" in failure.value.next_step
    assert path.read_bytes() == UNREADABLE[words]


def test_a_file_that_may_not_be_read(tmp_path):
    with pytest.raises(Failure, match="refused"):
        reading.as_notebook(tmp_path)


@pytest.mark.parametrize("words", ["the marks of the merge", "it breaks off", "it is a web page"])
def test_commands_leave_a_damaged_file_and_go_on(came, words, capsys, monkeypatch, tmp_path):
    path = came(UNREADABLE[words])
    assert notebooks.run([path]) == 1
    monkeypatch.setattr(bench, "lesson_files", lambda: [path])
    assert bench.cells() == 1
    with pytest.raises(Failure, match=words):
        copy_lessons.copy([path], tmp_path / "class")
    assert not (tmp_path / "class").exists() and path.read_bytes() == UNREADABLE[words]
    assert capsys.readouterr().err.count(words) == 2


@pytest.mark.parametrize("kind", ["a mark", "UTF-16", "format 3", "ids twice", "Windows lines within"])
def test_a_mended_notebook_is_copied_whole(came, kind, tmp_path):
    path = came(READABLE[kind])
    copy_lessons.copy([path], tmp_path / "class")
    found = nbformat.read(tmp_path / "class" / path.name, as_version=4)
    assert [cell.source for cell in found.cells] == ["# Grüße", SOURCE] and path.read_bytes() == READABLE[kind]


@pytest.mark.parametrize("kind", ["a mark", "UTF-16", "plain", "format 3"])
def test_lab_opens_it_and_keeps_it_as_it_came(came, kind, monkeypatch, capsys):
    path = came(READABLE[kind])
    monkeypatch.setattr(lab, "find_lesson", lambda lesson: path)
    monkeypatch.setattr(lab, "ROOT", path.parent)
    monkeypatch.setattr(install, "ensure", lambda: "python")
    monkeypatch.setattr(environment, "call", lambda command, **env: 0)
    assert lab.lab("00", True, None, []) == 0
    json.loads(path.read_text(encoding="utf-8"))  # as JupyterLab reads it
    kept = [one for one in path.parent.iterdir() if one != path]
    if kind in ("a mark", "UTF-16"):
        assert [one.read_bytes() for one in kept] == [READABLE[kind]] and kept[0].name in capsys.readouterr().out
    else:
        assert not kept and path.read_bytes() == READABLE[kind]


@pytest.mark.parametrize("words", ["the marks of the merge", "the file is empty"])
def test_lab_says_what_jupyterlab_could_not(came, words, monkeypatch):
    path = came(UNREADABLE[words])
    monkeypatch.setattr(lab, "find_lesson", lambda lesson: path)
    monkeypatch.setattr(install, "ensure", pytest.fail)
    with pytest.raises(Failure, match=words):
        lab.lab("00", True, None, [])


def test_every_lesson_of_the_course_reads_as_it_is():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert reading.text_of(path) == path.read_text(encoding="utf-8")
