"""The commands: what they say when something is wrong, what they set up, and what they save."""

import ast
import errno
import hashlib
import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mmcourse.base import files
from mmcourse.base.files import ROOT
from mmcourse.cli import browser, doctor, environment, lab, lessons, main, messages, notebooks, pins, proof
from mmcourse.cli.messages import Failure

LESSONS = ("00_start_here", "01_neurons", "08_fusion_levels")


@pytest.fixture
def project(tmp_path):
    """A project folder with the commands, three empty lessons and one data file."""
    for part in ("base", "cli"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "mmcourse" / part, tmp_path / "mmcourse" / part, ignore=ignore)
    for name in ("mmcourse/__init__.py", "mmcourse/__main__.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    for name in LESSONS:
        nbformat.write(new_notebook(), tmp_path / "notebooks" / f"{name}.ipynb")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "clip.npz").write_bytes(b"sound")
    sums = {"clip.npz": hashlib.sha256(b"sound").hexdigest()}
    (tmp_path / "data" / "checksums.json").write_text(json.dumps(sums))
    return tmp_path


def command(project, *words, flags=("-S",)):
    """Runs a command in `project`; -S hides the installed packages, as on a computer that has only Python."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MMCOURSE_DEBUG")}
    return subprocess.run(
        [sys.executable, *flags, "-m", "mmcourse", *words],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def is_kind(answer, status):
    """One sentence and a next step, the expected exit status, and no traceback."""
    assert answer.returncode == status, answer
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("✗") == 1 and "\nNext: " in answer.stderr, answer.stderr


# --- starting ---


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


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 10, 13)])
def test_old_python_is_told_what_to_do(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "argv", ["mmcourse", "lab", "08"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(ROOT / "mmcourse" / "__main__.py"), run_name="__main__")
    text = stop.value.code
    assert "{}.{}".format(*version) in text and "3.11" in text and "-m mmcourse lab 08" in text


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


# --- lessons ---


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


# --- lab ---


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


# --- set-up ---


@pytest.fixture
def lacking(monkeypatch):
    """Makes the running interpreter look as if it had no packages."""
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: ["torch"])


def fake_install(root):
    python = environment.venv_python(root)
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()


def test_an_interpreter_that_has_everything_is_used(project, monkeypatch):
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: [])
    assert environment.ensure(project, install=pytest.fail) == Path(sys.executable)


def test_set_up_happens_once_and_again_when_a_pin_changes(project, lacking):
    calls = []

    def install(root):
        calls.append(root)
        fake_install(root)

    for _ in range(3):
        assert environment.ensure(project, install) == environment.venv_python(project)
    assert len(calls) == 1
    with open(project / "constraints.txt", "a") as file:
        file.write("another==1.0\n")
    environment.ensure(project, install)
    assert len(calls) == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, Failure("no network", "connect")])
def test_an_interrupted_set_up_is_tried_again(project, lacking, error):
    def interrupted(root):
        fake_install(root)
        raise error

    with pytest.raises((KeyboardInterrupt, Failure)):
        environment.ensure(project, interrupted)
    assert environment.ready_python(project) is None
    assert environment.ensure(project, fake_install) == environment.venv_python(project)
    assert environment.ready_python(project)


def test_a_venv_whose_python_is_gone_is_not_ready(project, lacking):
    environment.ensure(project, fake_install)
    environment.venv_python(project).unlink()
    assert environment.ready_python(project) is None


@pytest.mark.parametrize(
    "number, words",
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "Nothing can be written"),
        (errno.EROFS, "Nothing can be written"),
        (errno.EIO, "refused"),
    ],
)
def test_system_errors_during_set_up_are_explained(project, lacking, number, words):
    def broken(root):
        raise OSError(number, os.strerror(number))

    with pytest.raises(Failure, match=words):
        environment.ensure(project, broken)


def test_a_place_that_cannot_be_written(tmp_path):
    if os.name == "nt" or os.geteuid() == 0:
        place = tmp_path / "gone"  # root may write everywhere, but not into a folder that is not there
    else:
        place = tmp_path
        place.chmod(0o500)
    with pytest.raises(OSError):
        environment.check_room(place)


def wheel(folder, name, version):
    """Writes the smallest wheel there is."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


def test_a_real_set_up_from_local_wheels(tmp_path, monkeypatch, capfd):
    root = tmp_path / "a project"
    root.mkdir()
    for version in ("1.0", "2.0"):
        wheel(tmp_path / "wheels", "tinypkg", version)
    (root / "pyproject.toml").write_text('[project]\ndependencies = ["tinypkg>=1.0"]\n')
    (root / "constraints.txt").write_text("tinypkg==1.0\n")
    settings = {
        "NO_INDEX": "1",
        "FIND_LINKS": (tmp_path / "wheels").as_uri(),
        "CONFIG_FILE": os.devnull,
        "USER": "1",
        "TARGET": str(tmp_path / "elsewhere"),
    }  # the last two would lead astray
    for name, value in settings.items():
        monkeypatch.setenv(f"PIP_{name}", value)

    def seen():
        code = "import tinypkg, sys; print(tinypkg.VERSION, sys.argv[1] in sys.path)"
        return environment.run_quietly([environment.ensure(root), "-c", code, root]).stdout.split()

    assert seen() == ["1.0", "True"]
    assert "Step 2 of 3" in capfd.readouterr().out
    assert not (tmp_path / "elsewhere").exists()

    # An interruption: the package is half there and the stamp is not. pip alone would call it installed.
    (record,) = (root / ".venv").rglob("tinypkg-1.0.dist-info/RECORD")
    record.unlink()
    (record.parents[1] / "tinypkg.py").unlink()
    (root / ".venv" / environment.STAMP).unlink()
    assert seen() == ["1.0", "True"]

    (root / "constraints.txt").write_text("tinypkg==2.0\n")
    assert seen() == ["2.0", "True"]

    (root / "constraints.txt").write_text("tinypkg==3.0\n")
    with pytest.raises(Failure) as failure:
        environment.ensure(root)
    assert failure.value.next_step
    assert environment.ready_python(root) is None


PIP_SAYS = {
    "no connection": "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(': "
    "Failed to establish a connection: [Errno -3] Temporary failure in name resolution')'\n"
    "ERROR: No matching distribution found for torch==2.13.0",
    "no connection ": "ReadTimeoutError(\"HTTPSConnectionPool(host='x', port=443): Read timed out.\")",
    "disk is full": "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    "Nothing can be written": "ERROR: Could not install packages: [Errno 13] Permission denied: '/x'",
    "certificate": "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] verify failed'))",
    "no ready-made torch": "ERROR: Could not find a version that satisfies torch==2.13.0 (from none)\n"
    "ERROR: No matching distribution found for torch==2.13.0",
    "damaged": "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
    "pip stopped: ERROR: a new one": "ERROR: a new one",
    "gave no reason": "",
}


@pytest.mark.parametrize("words", PIP_SAYS)
def test_what_pip_says_is_explained(words):
    failure = messages.explain_pip(PIP_SAYS[words], "here")
    assert words.strip() in failure.sentence
    assert len(failure.next_step) > 20


def test_retries_are_mentioned_once(capsys):
    lines = ["WARNING: Retrying (1)\n", "WARNING: Retrying (2)\n", "ERROR: x\n"]
    assert environment.listen(lines) == lines
    assert capsys.readouterr().out.count("trying again") == 1


def test_children_find_the_course_wherever_they_run(tmp_path):
    answer = subprocess.run(
        [sys.executable, "-c", "import mmcourse; print(mmcourse.__file__)"],
        cwd=tmp_path,
        env=environment.child_environment(ROOT),
        capture_output=True,
        text=True,
    )
    assert Path(answer.stdout.strip()).parent == ROOT / "mmcourse"


def test_exit_status_of_a_child_is_passed_on():
    assert environment.call([sys.executable, "-c", "raise SystemExit(7)"]) == 7


# --- run ---


def write_notebook(path, *sources):
    cells = [new_markdown_cell("# A lesson"), *(new_code_cell(source) for source in sources)]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_run_saves_the_same_bytes_twice(tmp_path, capsys):
    path = write_notebook(
        tmp_path / "00_tiny.ipynb",
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('more')",
        "import ipywidgets\nipywidgets.IntSlider()",
    )
    assert notebooks.run([path]) == 0
    first = path.read_bytes()
    assert notebooks.run([path]) == 0
    assert path.read_bytes() == first
    said = capsys.readouterr().out
    assert "saved" in said and "unchanged" in said

    saved = nbformat.read(path, as_version=4)
    nbformat.validate(saved)
    assert "widgets" not in saved.metadata and saved.metadata.kernelspec.name == "python3"
    assert "version" not in saved.metadata.language_info
    assert [cell.execution_count for cell in saved.cells[1:]] == [1, 2]
    streams = [(output.name, output.text) for output in saved.cells[1].outputs]
    assert streams == [("stdout", "out\nmore\n"), ("stderr", "err\n")]
    assert list(saved.cells[2].outputs[0].data) == ["text/plain"]
    assert not any("execution" in cell.metadata for cell in saved.cells)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["00_tiny.ipynb"]


def test_a_failing_cell_is_named_and_the_file_untouched(tmp_path, capsys):
    path = write_notebook(tmp_path / "01_broken.ipynb", "x = 1", "x / 0")
    before = path.read_bytes()
    assert notebooks.run([path]) == 1
    assert path.read_bytes() == before
    said = capsys.readouterr().err
    assert "01_broken stopped in cell 3: ZeroDivisionError: division by zero" in said and "lab 01" in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to a group of processes")
def test_ctrl_c_stops_the_kernel_and_leaves_the_file(tmp_path):
    running = tmp_path / "running"
    path = write_notebook(
        tmp_path / "04_long.ipynb",
        f"open({str(running)!r}, 'w').close()",
        "import time; time.sleep(30)",
        f"open({str(running)!r} + '2', 'w').close()",
    )
    before = path.read_bytes()
    code = (
        "import sys; from pathlib import Path; from mmcourse.cli import main, notebooks;"
        "main.dispatch = lambda argv: notebooks.run([Path(argv[0])]); sys.exit(main.main(sys.argv[1:]))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        env=environment.child_environment(ROOT),
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not running.exists() and child.poll() is None:
        time.sleep(0.05)
    time.sleep(0.3)
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=20)
    assert child.returncode == 130 and "Stopped by Ctrl-C" in said and "Traceback" not in said
    assert path.read_bytes() == before and not Path(f"{running}2").exists()


def test_seconds_are_measured_per_code_cell(tmp_path):
    path = write_notebook(tmp_path / "02_slow.ipynb", "import time", "time.sleep(0.3)", "")
    ticks = []
    notebook, seconds = notebooks.execute(path, lambda done, total: ticks.append((done, total)))
    assert len(seconds) == 2 and seconds[1] >= 0.3 and ticks == [(1, 2), (2, 2)]
    assert len(notebook.cells) == 4


def test_a_file_that_is_no_notebook(tmp_path):
    path = tmp_path / "03_damaged.ipynb"
    path.write_text("{")
    with pytest.raises(Failure, match="03_damaged.ipynb"):
        notebooks.read(path)


def test_normalise_drops_what_changes_and_keeps_what_matters():
    view = {"model_id": "abc"}
    picture = new_output("display_data", {notebooks.VIEW: view, "image/png": "AAAA", "text/plain": "Panel"})
    alone = new_output("display_data", {notebooks.VIEW: view})
    metadata = {"tags": ["exercise"], "execution": {"iopub.status.busy": "2026-01-01T00:00:00Z"}}
    cell = new_code_cell("1", outputs=[picture, alone], metadata=metadata)
    text = notebooks.normalise(new_notebook(cells=[cell], metadata={"widgets": {"state": {}}}))
    saved = nbformat.reads(text, as_version=4)
    assert set(saved.cells[0].outputs[0].data) == {"image/png", "text/plain"}
    assert set(saved.cells[0].outputs[1].data) == {notebooks.VIEW}
    assert saved.cells[0].metadata == {"tags": ["exercise"]}
    assert "widgets" not in saved.metadata and text.endswith("}\n")


def test_expected_errors_show_no_paths_of_this_machine():
    error = new_output(
        "error",
        ename="ValueError",
        evalue="no",
        traceback=[
            "\x1b[31mValueError\x1b[39m   Traceback",
            "\x1b[36mCell In[1]\x1b[39m, line 1",
            "\x1b[36mFile ~/course/mmcourse/x.py:3\x1b[39m, in f()",
            "\x1b[31mValueError\x1b[39m: no",
        ],
    )
    assert len(notebooks.tidy(error).traceback) == 3 and "course" not in "".join(error.traceback)


def test_an_interrupted_save_leaves_the_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "x.ipynb"
    path.write_text("before")

    def interrupted(*names):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.replace_file(path, b"after")
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


# --- doctor ---


def levels(findings):
    return [finding.level for finding in findings]


def test_doctor_on_a_bare_python_says_what_to_do(project):
    answer = command(project, "doctor")
    assert answer.returncode == 1
    assert "✗ Packages     not set up yet" in answer.stdout and "→ run" in answer.stdout
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
    assert levels(doctor.data(project)) == ["fine"]
    harm(project / "data")
    (finding,) = doctor.data(project)
    assert finding.level == "problem" and words in finding.seen and "git checkout" in finding.remedy


def test_doctor_sees_a_version_that_differs(project, monkeypatch):
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: [])
    here = pins.installed("numpy")
    (project / "constraints.txt").write_text(f"numpy=={here}\nnever-installed==1.0\n")
    assert levels(doctor.packages(project)) == ["fine"]
    lines = "numpy==0.9 ; python_version >= '3'\nnumpy==0.8 ; python_version < '3'\n"
    (project / "constraints.txt").write_text(lines)
    (finding,) = doctor.packages(project)
    assert finding.level == "problem" and f"numpy {here} instead of 0.9" in finding.seen
    assert "numpy==0.9" in finding.remedy


def test_doctor_sees_a_full_disk_and_a_bad_thread_count(project, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(10, 9, 1))
    monkeypatch.setenv("OMP_NUM_THREADS", "none")
    assert levels(doctor.disk(project)) == ["problem"] == levels(doctor.processor(project))


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
    assert levels(doctor.chromium(tmp_path)) == ["problem"]


def test_a_missing_browser_is_a_note_for_learners_and_a_problem_in_ci(monkeypatch, tmp_path):
    for name in ("MMCOURSE_BROWSER", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(browser, "usual_places", lambda: [])
    assert browser.find_browser() is None
    assert levels(doctor.chromium(tmp_path)) == ["note"]
    monkeypatch.setenv("CI", "true")
    assert levels(doctor.chromium(tmp_path)) == ["problem"]


def test_playwrights_own_browser_is_found(monkeypatch, tmp_path):
    program = tmp_path / "chromium-1234" / "chrome-linux" / "chrome"
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.delenv("MMCOURSE_BROWSER", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(browser, "usual_places", lambda: [])
    assert browser.find_browser() == program


# --- test ---


def test_counts_are_read_from_pytest_itself(tmp_path):
    path = tmp_path / "test_sample.py"
    path.write_text("import pytest\ndef test_a(): pass\ndef test_b(): assert 0\ndef test_c(): pytest.skip('x')\n")
    words = [str(path), "-p", "no:cacheprovider", f"--rootdir={tmp_path}", "-c", os.devnull]
    bare = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    count = proof.pytest(sys.executable, words, [], **bare)
    assert (count.passed, count.failed, count.skipped) == (1, 1, 1)
    assert proof.pytest(sys.executable, words, ["-k", "nothing"], **bare).failed == 0
    path.write_text("raise SystemExit(3)")
    assert proof.pytest(sys.executable, words, [], **bare).failed >= 1


@pytest.mark.parametrize(
    "failed, skipped, last", [(0, 0, "8 passed, 0 failed"), (1, 2, "8 passed, 1 failed, 2 skipped")]
)
def test_the_last_line_counts_everything(capsys, failed, skipped, last):
    counts = {"a": proof.Count(3, failed, 0), "b": proof.Count(5, 0, skipped)}
    assert proof.summary(counts) == min(failed, 1)
    assert capsys.readouterr().out.rstrip("\n").splitlines()[-1] == last
