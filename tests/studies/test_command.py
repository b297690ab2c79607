"""``python3 -m mmcourse study``: what it computes, what it says, and how it stops."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from mmcourse import studies
from mmcourse.cli import main
from mmcourse.cli.messages import COMMAND
from mmcourse.studies import StudyError, store

_spec = importlib.util.spec_from_file_location("tests.studies.sample", Path(__file__).with_name("sample.py"))
sample = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sample)


@pytest.fixture
def two(tmp_path, monkeypatch):
    """A course in which lesson 05 has two small studies and no other lesson any."""
    found = [sample.make("rnn/small"), sample.make("rnn/later", minutes=3)]
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr("mmcourse.studies.study.sources", sample.no_sources)
    monkeypatch.setattr(studies, "all_studies", lambda lesson=None: found if lesson in (None, "rnn") else [])
    monkeypatch.setattr(studies, "jobs_for", lambda units, device, wanted: wanted or 1)
    monkeypatch.setattr("mmcourse.cli.main.in_ready_python", lambda argv, work: work())
    return found


def says(capsys, *words):
    """The exit status, and all that was printed."""
    status = main.main(["study", *words])
    out, error = capsys.readouterr()
    return status, out + error


def test_it_computes_what_is_missing_and_then_nothing(two, capsys):
    status, words = says(capsys)
    assert status == 0 and words.count("✓") == 2 and words.count("8 units in") == 2 and words.count(", saved") == 2
    status, words = says(capsys)
    assert status == 0 and words == "".join(f"✓ {one.name}: nothing was missing, unchanged\n" for one in two), (
        "no bar in a log"
    )
    status, words = says(capsys, "rnn/later", "--fresh")
    assert "rnn/later: 8 units" in words and words.count("✓") == 1 and "unchanged" in words


@pytest.mark.parametrize("wish", ["rnn", "05", "5", "05_rnn"])
def test_a_lesson_is_found_by_any_of_its_names(two, capsys, wish):
    assert says(capsys, wish)[1].count("✓") == 2
    assert says(capsys, f"{wish}/later")[1].count("✓") == 1


def test_the_list_says_minutes_and_freshness(two, capsys):
    says(capsys, "rnn/small")
    words = says(capsys, "--list")[1].splitlines()
    assert words == [
        "rnn/small   0.1 min  fresh",
        "rnn/later     3 min  missing",
        "",
        f"About 3 minutes on two cores compute the rest:  {COMMAND} study",
    ]
    two[0] = sample.make("rnn/small", fixed={"size": 8})
    assert "rnn/small   0.1 min  stale (changed: size)" in says(capsys, "--list")[1]


def test_ctrl_c_ends_with_one_sentence_and_the_same_command_goes_on(two, capsys, monkeypatch):
    def stopped_at_three(kind, seed, size):
        if len(sample.CALLS) == 3:
            raise KeyboardInterrupt
        return sample.unit(kind, seed, size)

    sample.CALLS.clear()
    monkeypatch.setattr(studies, "all_studies", lambda lesson=None: [sample.make("rnn/small", unit=stopped_at_three)])
    stopped_at_three.__qualname__ = "stopped_at_three"
    status, words = says(capsys, "rnn")
    assert status == 130 and "Traceback" not in words
    assert words.strip() == (
        "✗ Stopped by Ctrl-C: 3 of the 8 units of rnn/small are kept.\nNext: give the same command again to go on."
    )
    sample.CALLS.append(0)  # the next try goes through
    assert "rnn/small: 5 units in" in says(capsys, "rnn")[1]


def test_what_cannot_be_is_said(two, capsys):
    status, words = says(capsys, "cnn")
    assert status == 2 and "Lesson cnn has no studies." in words and "rnn/small, rnn/later" in words
    status, words = says(capsys, "rnn/smal")
    assert status == 2 and "Lesson rnn has no study 'smal'." in words
    status, words = says(capsys, "rnnn/small")
    assert status == 2 and "There is no lesson 'rnnn'." in words


def test_a_failing_study_lets_the_others_go_on(two, capsys):
    def fails(kind, seed, size):
        raise ValueError("labels: got none")

    fails.__qualname__ = "fails"
    two.insert(0, sample.make("rnn/broken", unit=fails))
    status, words = says(capsys)
    assert status == 1 and "✗ rnn/broken stopped" in words and "ValueError: labels: got none" in words
    assert words.count("✓") == 2


def test_a_busy_study_and_a_damaged_store(two, capsys, monkeypatch):
    store.store_path("rnn/small").parent.mkdir()
    store.store_path("rnn/small").write_text("{")
    words = says(capsys, "rnn/small")[1]
    assert "Its store was damaged; it now lies in" in words and "rnn/small: 8 units" in words
    assert len(list(store.FOLDER.glob("rnn/small.damaged-*.json"))) == 1

    def busy(*_words):
        raise StudyError("Another process is computing rnn/small just now; wait until it has ended.")

    monkeypatch.setattr(studies, "compute_missing", busy)
    status, words = says(capsys, "rnn/small")
    assert status == 1 and "✗ Another process is computing rnn/small" in words and "\nNext: " in words


def test_a_gpu_is_waited_for(two, capsys, monkeypatch):
    monkeypatch.setenv("MMCOURSE_DEVICE", "cpu")
    two[:] = [sample.make("rnn/large", needs_gpu=True)]
    assert "○ rnn/large: left as it is, for it needs a GPU" in says(capsys)[1]
    assert "missing, needs a GPU" in says(capsys, "--list")[1]


def test_a_course_without_studies(two, capsys):
    two.clear()
    assert says(capsys) == (0, "There are no studies yet.\n")
