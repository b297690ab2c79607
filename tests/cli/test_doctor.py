"""``doctor`` sees what is really there and says what to do."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from commands import command

from mmcourse.base.files import ROOT
from mmcourse.cli import browser, doctor, machine, pins, software, whole


def levels(findings):
    return [finding.level for finding in findings]


def test_doctor_on_a_bare_python_says_what_to_do(project):
    answer = command(project, "doctor")
    assert answer.returncode == 1
    assert "✗ Packages     not ready: it is not set up yet" in answer.stdout and "→ run" in answer.stdout
    assert "✓ Data" in answer.stdout and "✓ Lessons      3 found" in answer.stdout


@pytest.mark.parametrize(
    "harm, words",
    [
        (lambda data: (data / "clip.npz").write_bytes(b"sounD"), "data/clip.npz is damaged"),
        (lambda data: (data / "clip.npz").unlink(), "data/clip.npz is missing"),
        (lambda data: (data / "checksums.json").write_text("{"), "checksums.json is missing or damaged"),
        (lambda data: (data / "checksums.json").unlink(), "checksums.json is missing or damaged"),
    ],
)
def test_doctor_sees_damaged_data(project, harm, words):
    assert levels(software.data(project)) == ["fine"]
    harm(project / "data")
    (finding,) = software.data(project)
    assert finding.level == "problem" and words in finding.seen and "fresh copy" in finding.remedy


def test_doctor_sees_a_version_that_differs(project, monkeypatch):
    monkeypatch.setattr(whole, "wrong", lambda root: ())
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: [])
    here = pins.installed("numpy")
    (project / "constraints.txt").write_text(f"numpy=={here}\nnever-installed==1.0\n")
    assert levels(software.packages(project)) == ["fine"]
    lines = "numpy==0.9 ; python_version >= '3'\nnumpy==0.8 ; python_version < '3'\n"
    (project / "constraints.txt").write_text(lines)
    (finding,) = software.packages(project)
    assert finding.level == "problem" and f"numpy {here} instead of 0.9" in finding.seen
    assert "numpy==0.9" in finding.remedy


def test_doctor_sees_what_does_not_load(project, monkeypatch):
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: [])
    monkeypatch.setattr(
        whole, "wrong", lambda root: ("torch does not load (ImportError: libgomp)", "tinydep is absent")
    )
    (finding,) = software.packages(project)
    assert finding.level == "problem" and "libgomp" in finding.seen
    assert finding.remedy.endswith("-c constraints.txt --force-reinstall torch tinydep")
    assert machine.torch(project) == []  # it would end the doctor here


@pytest.mark.slow
def test_this_interpreter_loads_all_that_the_course_asks_for():
    assert whole.wrong(ROOT) == ()


def test_doctor_sees_a_lesson_that_cannot_be_opened(project):
    (project / "notebooks" / "01_neurons.ipynb").write_text("<<<<<<< HEAD\n{}")
    (finding,) = software.notebooks(project)
    assert finding.level == "problem" and "01_neurons.ipynb" in finding.seen and "merge" in finding.seen


def test_doctor_names_what_lies_before_the_packages(project, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(project), "elsewhere"]))
    first, second = software.python(project)
    assert first.level == "fine" and second.level == "note" and "PYTHONPATH names elsewhere:" in second.seen
    monkeypatch.setenv("PYTHONPATH", str(project))
    assert levels(software.python(project)) == ["fine"]


def test_a_read_only_folder_is_fine_once_it_is_set_up(project, monkeypatch):
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: [])
    assert machine.read_only(project).level == "note"
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: ["torch"])
    assert machine.read_only(project).level == "problem"


def test_doctor_sees_a_full_disk_and_a_bad_thread_count(project, monkeypatch):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(10, 9, 1))
    monkeypatch.setenv("OMP_NUM_THREADS", "none")
    assert levels(machine.disk(project)) == ["problem"] == levels(machine.processor(project))


def test_a_broken_check_does_not_stop_the_others(project):
    def broken_check(root):
        raise RuntimeError("odd")

    (finding,) = doctor.look_safely(broken_check, project)
    assert finding.level == "problem" and "odd" in finding.seen and finding.remedy


def test_browser_is_found_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("MMCOURSE_BROWSER", sys.executable)
    assert browser.find_browser() == Path(sys.executable)
    monkeypatch.setenv("MMCOURSE_BROWSER", str(tmp_path / "none"))
    with pytest.raises(ValueError, match="MMCOURSE_BROWSER"):
        browser.find_browser()
    assert levels(machine.chromium(tmp_path)) == ["problem"]


def test_a_missing_browser_is_a_note_for_learners_and_a_problem_in_ci(monkeypatch, tmp_path):
    for name in ("MMCOURSE_BROWSER", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(browser, "usual_places", lambda: [])
    assert browser.find_browser() is None
    assert levels(machine.chromium(tmp_path)) == ["note"]
    monkeypatch.setenv("CI", "true")
    assert levels(machine.chromium(tmp_path)) == ["problem"]


def test_playwrights_own_browser_is_found(monkeypatch, tmp_path):
    program = tmp_path / "chromium-1234" / "chrome-linux" / "chrome"
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.delenv("MMCOURSE_BROWSER", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(browser, "usual_places", lambda: [])
    assert browser.find_browser() == program
