"""What is said whatever happens: help, wrong use, stops, lessons that are not there, busy ports."""

import ast
import errno
import os
import re
import runpy
import shutil
import socket
import subprocess
import sys

import pytest
from commands import command, is_kind

from mmcourse.base.files import ROOT
from mmcourse.cli import (
    environment,
    lab,
    lessons,
    main,
    messages,
    pins,
)
from mmcourse.cli.messages import Failure


def test_commands_import_on_a_bare_python():
    code = "import sys; sys.path.insert(0, '.'); import mmcourse.cli.main, mmcourse.__main__"
    words = [sys.executable, "-I", "-S", "-c", code]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("name", ["__main__.py", "__init__.py"])
def test_the_first_files_parse_on_old_pythons(name):
    source = (ROOT / "mmcourse" / name).read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(source, feature_version=(3, 6))))
    assert source.isascii() and not any(isinstance(node, ast.JoinedStr) for node in nodes)


def old(monkeypatch, version, *programs):
    """What an old Python says where only these programs start."""
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "argv", ["mmcourse", "lab", "08"])

    def call(words, **_streams):
        if words[0] not in programs:
            raise FileNotFoundError
        return programs[words[0]]

    programs = dict(programs)
    monkeypatch.setattr(subprocess, "call", call)
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(ROOT / "mmcourse" / "__main__.py"), run_name="__main__")
    return stop.value.code


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 10, 13)])
def test_old_python_names_one_that_was_seen_to_start(monkeypatch, version):
    # 3.13 is a version manager's stand-in that starts nothing, 3.12 is not there at all
    text = old(monkeypatch, version, ("python3.13", 127), ("python3.11", 0), ("python3", 1))
    assert "{}.{}".format(*version) in text and "3.11" in text
    assert text.endswith("Next: run  python3.11 -m mmcourse lab 08")


def test_old_python_names_none_where_none_starts(monkeypatch):
    text = old(monkeypatch, (3, 8, 0), ("python3", 1), ("python", 1))
    assert not re.search(r"python[\d.]* -m", text) and "install Python" in text and text.endswith("-m mmcourse lab 08")


def test_messages_name_the_python_that_was_started(monkeypatch, tmp_path):
    """``python3`` where it is this very Python; else what was typed, and never a program that is another one."""
    (tmp_path / "other").mkdir()
    other, own = tmp_path / "other" / "python3", tmp_path / "python3.11"
    shutil.copyfile("/bin/sh", other), other.chmod(0o755), own.symlink_to(sys.executable)
    monkeypatch.delenv(messages.STARTED, raising=False)
    monkeypatch.setattr(sys, "orig_argv", ["python3.11", "-m", "mmcourse"])
    monkeypatch.setenv("PATH", os.pathsep.join([str(other.parent), str(tmp_path)]))
    assert messages.started_as() == "python3.11"
    monkeypatch.setattr(sys, "orig_argv", ["/opt/my python/bin/python3", "-m", "mmcourse"])
    assert messages.started_as() == '"/opt/my python/bin/python3"'
    other.unlink(), other.symlink_to(sys.executable)
    assert messages.started_as() == "python3"
    assert environment.child_environment()[messages.STARTED] == "python3"


@pytest.mark.skipif(os.name == "nt", reason="the shell of Windows has no such pipes")
@pytest.mark.parametrize("words", ["", "--help", "doctor", "lab --help", "lab nothing 2>&1"])
def test_output_that_nobody_reads_any_more_ends_quietly(project, words):
    line = f'"$0" -S -m mmcourse {words} | head -0; echo "status ${{PIPESTATUS[0]}}"'
    answer = subprocess.run(["bash", "-c", line, sys.executable], cwd=project, capture_output=True, text=True)
    assert "Traceback" not in answer.stderr and "Broken pipe" not in answer.stderr and "✗" not in answer.stderr
    assert answer.stdout in ("status 141\n", "status 0\n")  # 0 where all was written before the reader left


def test_an_output_closed_within_a_command_is_no_failure(monkeypatch, capsys):
    def closed(*words, **options):
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", closed)
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: ["torch"])
    monkeypatch.setattr(environment, "trouble", lambda root=ROOT: "it is not set up yet")
    assert main.main(["run", "00"]) == 141 and not capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="the shell of Windows cannot close a stream")
@pytest.mark.parametrize("words", ["doctor >&-", "doctor >&- 2>&-", "frob >&-", "frob 2>&-"])
def test_streams_closed_from_the_start(project, words):
    line = f'"$0" -S -m mmcourse {words}'
    answer = subprocess.run(["bash", "-c", line, sys.executable], cwd=project, capture_output=True, text=True)
    assert answer.returncode == (1 if "doctor" in words else 2) and "Traceback" not in answer.stderr


def test_help_is_shown_without_a_command(project):
    answer = command(project)
    assert answer.returncode == 0
    assert all(word in answer.stdout for word in ("lab", "test", "run", "doctor", "bench"))


@pytest.mark.parametrize(
    "line", ["frob", "lab --port x", "lab 1 2", "doctor -- -x", "lab nothing_like_it", "run 8 9", "lab --port 70000"]
)
def test_wrong_use_has_status_two(project, line):
    is_kind(command(project, *line.split()), 2)


def test_a_folder_without_lessons(project):
    shutil.rmtree(project / "notebooks")
    is_kind(command(project, "lab"), 1)


@pytest.mark.parametrize(
    "error, status",
    [(KeyboardInterrupt(), 130), (RuntimeError("odd"), 1), (OSError(errno.ENOSPC, "No space left on device"), 1)],
)
def test_no_traceback_whatever_happens(monkeypatch, capsys, error, status):
    def broken(argv):
        raise error

    monkeypatch.delenv("MMCOURSE_DEBUG", raising=False)
    monkeypatch.setattr(main, "dispatch", broken)
    assert main.main(["lab"]) == status
    assert "\nNext: " in capsys.readouterr().err


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setenv("MMCOURSE_DEBUG", "1")
    monkeypatch.setattr(main, "dispatch", lambda argv: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main.main(["lab"])


@pytest.mark.parametrize(
    "text",
    [
        "8",
        "08",
        "fusion_levels",
        "fusion-levels",
        "Fusion levels",
        "fusion",
        "08_fusion_levels",
        "notebooks/08_fusion_levels.ipynb",
    ],
)
def test_lesson_is_found(project, text):
    assert lessons.find_lesson(text, project).stem == "08_fusion_levels"


@pytest.mark.parametrize(
    "text, near",
    [
        ("nuerons", "01_neurons"),
        ("fusoin_level", "08_fusion_levels"),
        ("7", "08_fusion_levels"),
        ("zzz", "00_start_here"),
    ],
)
def test_unknown_lesson_names_the_nearest(project, text, near):
    with pytest.raises(Failure) as failure:
        lessons.find_lesson(text, project)
    assert failure.value.status == 2 and text in failure.value.sentence
    assert failure.value.next_step.split(": ")[1].startswith(near)


def test_an_ambiguous_beginning_is_not_guessed(project):
    (project / "notebooks" / "09_fusion_operators.ipynb").touch()
    with pytest.raises(Failure, match="no lesson 'fusion'"):
        lessons.find_lesson("fusion", project)


def test_port_in_use_is_said_before_anything_starts(project):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        answer = command(project, "lab", "--port", str(port))
        is_kind(answer, 1)
        assert f"Port {port} is in use" in answer.stderr
    lab.check_port(port)


def test_lab_command_leaves_token_and_address_alone():
    words = lab.lab_command("python", ROOT / "notebooks" / "08_fusion_levels.ipynb", True, 9999, ["--debug"])
    assert "--no-browser" in words and "--port=9999" in words and words[-1] == "--debug"
    assert any(str(word).endswith("/lab/tree/notebooks/08_fusion_levels.ipynb") for word in words)
    assert not any(part in str(word) for word in words for part in ("token", "--ip", "password"))
    plain = lab.lab_command("python", ROOT / "notebooks" / "x", False, None, [])
    assert not any("--port" in str(word) or "--no-browser" in str(word) for word in plain)


def test_a_learners_copies_are_no_lessons(project):
    for name in ("08_fusion_levels (1)", "08_fusion_levels-Copy1", "08_fusion_levels.as-it-came"):
        (project / "notebooks" / f"{name}.ipynb").touch()
    assert lessons.find_lesson("8", project).stem == "08_fusion_levels" and len(lessons.lesson_files(project)) == 3
