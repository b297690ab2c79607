"""The set-up: made once, mended when a pin, the Python or the place changes, and complete when it says so."""

import errno
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mmcourse.base.files import ROOT
from mmcourse.cli import environment, install, messages, pins, pip_settings, software, whole
from mmcourse.cli.messages import Failure


@pytest.fixture
def lacking(monkeypatch):
    """The running interpreter looks as if it had no packages, and a file in .venv like a Python that has them all."""
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: ["torch"])

    def seen(root):
        return ("3.12.4", []) if environment.venv_python(root).exists() else ("", [])

    monkeypatch.setattr(environment, "seen", seen)
    monkeypatch.setattr(install, "run_quietly", lambda words: subprocess.CompletedProcess(words, 0, "3.12.4\n", ""))


def fake_install(root):
    python = environment.venv_python(root)
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()


def test_an_interpreter_that_has_everything_is_used(project, monkeypatch):
    monkeypatch.setattr(pins, "missing", lambda root=ROOT: [])
    assert install.ensure(project, install=pytest.fail) == Path(sys.executable)


def test_set_up_happens_once_and_again_when_a_pin_changes(project, lacking):
    calls = []

    def counted(root):
        calls.append(root)
        fake_install(root)

    for _ in range(3):
        assert install.ensure(project, counted) == environment.venv_python(project)
    assert len(calls) == 1
    with open(project / "constraints.txt", "a") as file:
        file.write("another==1.0\n")
    install.ensure(project, counted)
    assert len(calls) == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, Failure("no network", "connect")])
def test_an_interrupted_set_up_is_tried_again(project, lacking, error):
    def interrupted(root):
        fake_install(root)
        raise error

    with pytest.raises((KeyboardInterrupt, Failure)):
        install.ensure(project, interrupted)
    assert environment.ready_python(project) is None and "not finished" in environment.trouble(project)
    assert install.ensure(project, fake_install) == environment.venv_python(project)
    assert environment.ready_python(project)


@pytest.mark.parametrize(
    "now, words",
    [
        (("", []), "does not start any more"),
        (("3.13.0", []), "made with Python 3.12.4, and its Python is now 3.13.0"),
        (("3.12.4", ["torch", "numpy"]), "lacks torch, numpy"),
    ],
)
def test_an_environment_that_has_outlived_its_python_or_its_packages_is_mended(
    project, lacking, monkeypatch, capsys, now, words
):
    install.ensure(project, fake_install)
    whole = environment.seen
    monkeypatch.setattr(environment, "seen", lambda root: now)
    assert environment.ready_python(project) is None and words in environment.trouble(project)
    (finding,) = software.packages(project)
    assert finding.level == "problem" and words in finding.seen

    def mend(root):
        monkeypatch.setattr(environment, "seen", whole)

    assert install.ensure(project, mend) == environment.venv_python(project)
    assert words in capsys.readouterr().out and not environment.trouble(project)


def test_a_later_patch_of_the_same_python_is_fine(project, lacking, monkeypatch):
    install.ensure(project, fake_install)
    monkeypatch.setattr(environment, "seen", lambda root: ("3.12.9", []))
    assert not environment.trouble(project)


@pytest.mark.parametrize("text", ["", "{", "[]", "0" * 64, "\xff"])
def test_a_damaged_stamp_vouches_for_nothing(project, lacking, text):
    fake_install(project)
    (project / ".venv" / environment.STAMP).write_text(text, encoding="latin-1")
    assert environment.trouble(project)


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
        install.ensure(project, broken)


def test_a_place_that_cannot_be_written(tmp_path):
    if os.name == "nt" or os.geteuid() == 0:
        place = tmp_path / "gone"  # root may write everywhere, but not into a folder that is not there
    else:
        place = tmp_path
        place.chmod(0o500)
    with pytest.raises(OSError):
        install.check_room(place)


# ---------------------------------------------------------------- a folder of any name


@pytest.mark.parametrize(
    "code_page", ["utf-8", "cp1252", "cp1251", "cp932", "cp936", "cp437", "mac_roman", "shift_jis"]
)
def test_the_path_file_reads_the_same_in_every_code_page(code_page, monkeypatch):
    """Up to Python 3.12 a path file is read in the system's code page, whatever the folder is called."""
    text = install.PATH_FILE.encode("ascii").decode(code_page)
    assert text == install.PATH_FILE and text.startswith("import ")  # so that site executes the line
    monkeypatch.setattr(sys, "prefix", os.path.join("Проект №1", ".venv"))
    monkeypatch.setattr(sys, "path", [])
    exec(text)
    assert sys.path == ["Проект №1"]


# ---------------------------------------------------------------- a real set-up, small


def wheel(folder, name, version, needs=""):
    """Writes the smallest wheel there is, with a program of its own."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": (f"import {needs}\n" if needs else "") + f"VERSION = {version!r}\ndef main(): print(VERSION)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        + (f"Requires-Dist: {needs}\n" if needs else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


LEADS_ASTRAY = {
    "no-deps": "1",
    "only-binary": ":none:",
    "no-binary": ":all:",
    "target": "elsewhere",
    "prefix": "elsewhere",
    "root": "elsewhere",
    "dry-run": "true",
    "require-hashes": "1",
    "ignore-installed": "1",
    "quiet": "3",
    "python": "/nowhere",
    "constraint": "/nowhere.txt",
    "requirement": "/nowhere.txt",
    "report": "/nowhere/report.json",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A project with one requirement, which needs another package, and pip's worst settings, to find both in."""
    folder = tmp_path_factory.mktemp("set-up")
    for version in ("1.0", "2.0"):
        wheel(folder / "wheels", "tinypkg", version, needs="tinydep")
    wheel(folder / "wheels", "tinydep", "1.0")
    root = folder / "Проект №1, кошка"
    (root / "mmcourse").mkdir(parents=True)
    (root / "mmcourse" / "__init__.py").touch()
    (root / "pyproject.toml").write_text('[project]\ndependencies = ["tinypkg>=1.0"]\n')
    (root / "constraints.txt").write_text("tinypkg==1.0\n")
    file = folder / "pip.conf"
    wheels = (folder / "wheels").as_uri()
    file.write_text(
        f"[global]\nno-index = 1\nfind-links =\n    {wheels}\n[install]\n"
        + "".join(f"{name} = {value}\n" for name, value in LEADS_ASTRAY.items() if name != "python")
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            patch.delenv(name)
        for name, value in LEADS_ASTRAY.items():
            patch.setenv(f"PIP_{name.upper().replace('-', '_')}", value)
        patch.setenv("PIP_CONFIG_FILE", str(file))
        patch.setenv("PYTHONPATH", str(folder / "wheels" / "tinydep-1.0-py3-none-any.whl"))  # counts as installed
        patch.chdir(folder)
        yield root


def test_a_real_set_up_in_a_cyrillic_folder_whatever_pip_is_told(small, capfd):
    assert environment.trouble(small) == "it is not set up yet"
    python = install.ensure(small)
    said = capfd.readouterr().out
    assert "Step 2 of 3" in said and "are left out: " in said and "no-deps" in said and "target" in said
    code = "import tinypkg, mmcourse; print(tinypkg.VERSION, mmcourse.__file__)"
    answer = environment.run_quietly([python, "-I", "-X", "utf8", "-c", code], encoding="utf-8")
    assert answer.stdout.split(" ", 1) == ["1.0", str(small / "mmcourse" / "__init__.py") + "\n"], answer.stderr
    assert not (small.parent / "elsewhere").exists()
    assert not environment.trouble(small) and environment.ready_python(small) == python


def test_after_a_move_everything_works_and_the_programs_too(small, monkeypatch):
    install.ensure(small)
    moved = small.with_name("moved somewhere else")
    small.rename(moved)
    try:
        (finding,) = software.programs(moved)
        assert finding.level == "problem" and "made in another place" in finding.seen
        monkeypatch.setattr(install, "install_all", pytest.fail)  # nothing is fetched again
        python = install.ensure(moved)
        assert python.is_relative_to(moved) and not software.programs(moved)
        code = "import mmcourse; print(mmcourse.__file__)"
        assert str(moved) in environment.run_quietly([python, "-I", "-c", code]).stdout
        program = python.with_name("tinypkg.exe" if os.name == "nt" else "tinypkg")
        monkeypatch.delenv("PYTHONPATH")
        assert environment.run_quietly([program]).stdout == "1.0\n"
        assert str(moved) in python.with_name("activate").read_text(encoding="utf-8")
        (info,) = (moved / ".venv").rglob("tinypkg-1.0.dist-info")
        assert install.complete(info)  # so that nothing is thrown away at the next set-up
    finally:
        moved.rename(small)
    install.ensure(small)


@pytest.mark.slow
def test_a_half_written_package_and_a_lost_module_are_installed_again(small):
    install.ensure(small)
    (record,) = (small / ".venv").rglob("tinypkg-1.0.dist-info/RECORD")
    (record.parents[1] / "tinypkg.py").unlink()
    assert environment.trouble(small) == "it lacks tinypkg"  # though pip lists it
    record.unlink()
    python = install.ensure(small)
    assert environment.runs(python, "-I", "-c", "import tinypkg")


def test_what_is_listed_but_does_not_load_is_named(small):
    python = install.ensure(small)
    (module,) = (small / ".venv").rglob("tinydep.py")
    assert whole.lacking(python, small) == []
    kept = module.read_text()
    for text, words in [
        ("raise ImportError('no libgomp')", "tinypkg does not load (ImportError: no libgomp)"),
        ("raise SystemExit", "tinypkg does not load (SystemExit: )"),
        ("import os; os.abort()", "tinypkg makes Python crash"),
    ]:
        module.write_text(text)
        assert whole.lacking(python, small) == [words]
    module.write_text(kept)
    (info,) = (small / ".venv").rglob("tinydep-1.0.dist-info")
    info.rename(info.with_name("hidden"))
    assert whole.lacking(python, small) == ["tinydep is not installed"]
    info.with_name("hidden").rename(info)


@pytest.mark.slow
def test_packages_that_do_not_work_leave_the_set_up_unfinished(small, monkeypatch):
    install.ensure(small)
    (small / ".venv" / environment.STAMP).unlink()
    monkeypatch.setattr(install, "pip_install", lambda python, root: None)
    monkeypatch.setattr(whole, "lacking", lambda python, root: ["torch does not load (OSError: c10.dll)"])
    with pytest.raises(Failure, match="torch does not load"):
        install.ensure(small)
    assert "not finished" in environment.trouble(small)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows copies the Python instead of pointing at it")
def test_an_environment_whose_python_was_removed_is_made_anew(small, capfd):
    python = install.ensure(small)
    for one in python.parent.glob("python*"):
        one.unlink()
    python.symlink_to(small / "a Python that was removed")
    assert "does not start" in environment.trouble(small) and environment.ready_python(small) is None
    assert environment.runs(install.ensure(small), "-I", "-c", "import tinypkg, mmcourse")
    assert "does not start any more" in capfd.readouterr().out


@pytest.mark.slow
def test_other_pins_are_installed_and_impossible_ones_explained(small):
    (small / "constraints.txt").write_text("tinypkg==2.0\n")
    python = install.ensure(small)
    assert environment.run_quietly([python, "-I", "-m", "tinypkg"]).returncode == 0
    assert environment.run_quietly([python, "-I", "-c", "import tinypkg; print(tinypkg.VERSION)"]).stdout == "2.0\n"
    (small / "constraints.txt").write_text("tinypkg==3.0\n")
    with pytest.raises(Failure) as failure:
        install.ensure(small)
    assert failure.value.next_step
    assert environment.ready_python(small) is None


def test_an_environment_of_another_python_is_made_anew(small, monkeypatch):
    assert install.fits(small) or not environment.venv_python(small).exists()
    settings = small / ".venv" / "pyvenv.cfg"
    kept = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"version = [\d.]+", "version = 3.7.1", kept), encoding="utf-8")
    asked = []
    monkeypatch.setattr(install, "run_quietly", lambda words: asked.append(words) or environment.run_quietly(words))
    monkeypatch.setattr(sys, "_base_executable", "no-such-python")
    assert not install.fits(small)
    with pytest.raises(FileNotFoundError):
        install.make_venv(small)
    assert "--clear" in asked[-1] and asked[-1][0] == "no-such-python"
    settings.write_text(kept, encoding="utf-8")


# ---------------------------------------------------------------- pip's settings


def test_settings_about_the_network_are_kept_and_others_named(monkeypatch, capsys):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "INDEX_URL": "https://a/simple", "CERT": "/c.pem", "FIND_LINKS": "w1 w2", "USER": "0", "NO_DEPS": "yes",
        "DISABLE_PIP_VERSION_CHECK": "1", "CONFIG_FILE": os.devnull,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"PIP_{name}", value)
    env = pip_settings.variables(Path(sys.executable))
    assert {name: value for name, value in env.items() if name.startswith("PIP_")} == {
        "PIP_INDEX_URL": "https://a/simple", "PIP_CERT": "/c.pem", "PIP_FIND_LINKS": "w1 w2",
        "PIP_CONFIG_FILE": os.devnull,
    }  # fmt: skip
    assert capsys.readouterr().out.strip().endswith("are left out: no-deps")


def test_no_index_without_packages_is_named(monkeypatch):
    monkeypatch.setattr(pip_settings, "settings", lambda python: {"no-index": "1"})
    with pytest.raises(Failure, match="no package index"):
        pip_settings.variables(Path(sys.executable))


def test_settings_that_pip_itself_cannot_read(monkeypatch, tmp_path, capsys):
    file = tmp_path / "pip.conf"
    file.write_text("no section = 1\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_PROXY", "http://p:1")
    assert pip_settings.settings(Path(sys.executable))["proxy"] == "http://p:1"
    assert "cannot read its own settings" in capsys.readouterr().out


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
    assert install.listen(lines) == lines
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


def test_no_variable_of_python_leads_a_child_astray(monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")  # would switch every assert off
    assert environment.call([sys.executable, "-c", "assert False"]) == 1


def test_exit_status_of_a_child_is_passed_on():
    assert environment.call([sys.executable, "-c", "raise SystemExit(7)"]) == 7
