"""A JupyterLab of its own, on copies of the notebooks, driven in a headless Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from own_files import spoken, wav
from small import small_notebook

from mmcourse.base.files import ROOT
from mmcourse.cli import jupyter
from mmcourse.cli.browser import HOW_TO_GET_ONE, find_browser

SAID = 7  # what the fake microphone says
PATIENCE = 90_000  # milliseconds; a loaded machine with two cores may need them
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # JupyterLab's own default, said aloud: every cell is on the page, those out of sight are not laid out.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "contentVisibility", "recordTiming": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a real JupyterLab in a headless Chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests, the long ones first: so no worker has one left when the others have done."""
    items.sort(key=lambda item: item.path != Path(__file__).with_name("test_lessons.py"))
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_program() -> Path:
    """The Chromium to drive; without one the tests are skipped, or fail where CI=true promises one."""
    try:
        found, why = find_browser(), "there is no Chromium on this machine"
    except ValueError as error:
        found, why = None, str(error)
    if found is None:
        sentence = f"The browser tests need a Chromium: {why}. To run them, {HOW_TO_GET_ONE}."
        (pytest.fail if os.environ.get("CI", "").lower() in ("true", "1") else pytest.skip)(sentence)
    return found


@dataclass
class Lab:
    """A running JupyterLab: its address, the folder it shows, and what it wrote to its log."""

    url: str
    folder: Path
    log: Path
    process: subprocess.Popen = field(repr=False)


@pytest.fixture(scope="session")
def lab(browser_program: Path) -> Iterator[Lab]:
    """JupyterLab on a copy of the notebooks, with settings of its own, on the loopback address."""
    home = Path(tempfile.mkdtemp(prefix="mmcourse-lab-"))
    folder = home / "work"
    folder.mkdir()
    if (ROOT / "notebooks").is_dir():
        leave = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=leave, copy_function=shutil.copyfile)
    for name, values in SETTINGS.items():
        file = home / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    log = home / "lab.log"
    process = start_lab(home, folder, log)
    try:
        yield Lab(wait_for_address(home / "runtime", process, log), folder, log, process)
    finally:
        stop(process)
        shutil.rmtree(home, ignore_errors=True)


def start_lab(home: Path, folder: Path, log: Path) -> subprocess.Popen:
    """Start the server; nothing of the learner's own configuration is read or written."""
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for name in own.values():
        (home / name).mkdir(exist_ok=True)
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, **{key: str(home / name) for key, name in own.items()}}
    environment["JUPYTER_CONFIG_PATH"] = jupyter.config_path()  # as ``lab`` does
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ip=127.0.0.1",
        "--port=0",
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        "--ServerApp.disable_check_xsrf=True",
        "--allow-root",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
    ]
    with log.open("wb") as out:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)


def wait_for_address(runtime: Path, process: subprocess.Popen, log: Path, seconds: float = 90.0) -> str:
    """The server's address, once it has written it down and answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for file in runtime.glob("jpserver-*.json"):
            if hit := re.search(r'"url":\s*"([^"]+)"', file.read_text(encoding="utf-8")):
                return hit[1]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}")


def stop(process: subprocess.Popen) -> None:
    """End the server kindly, so that it ends its kernels; then firmly."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@pytest.fixture(scope="session")
def word(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The WAV file that Chromium's fake microphone plays, again and again: a person says a digit in a quiet room."""
    file = tmp_path_factory.mktemp("microphone") / "word.wav"
    file.write_bytes(wav(spoken(SAID, 48_000)[0], 48_000))
    return file


@pytest.fixture(scope="session")
def chromium(browser_program: Path, word: Path) -> Iterator[object]:
    """A headless Chromium, its microphone fed with a file."""
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    options += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={word}"]
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=str(browser_program), headless=True, args=options)
        yield program
        program.close()


@pytest.fixture
def page(chromium, lab: Lab) -> Iterator[object]:
    """A fresh page; what its console says is kept in ``page.complaints``."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, permissions=["microphone"])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(f"page error: {error}"))
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    yield page
    context.close()


@pytest.fixture
def small(lab: Lab) -> Callable[..., str]:
    """Put a notebook of a few cells into the lab's folder; gives its name."""

    def put(name: str, *cells: str | tuple[str, list[str]]) -> str:
        nbformat.write(small_notebook(*cells), lab.folder / name)
        return name

    return put


@pytest.fixture(scope="session")
def pictures_folder() -> Path | None:
    """Where screenshots go: the folder that MMCOURSE_SCREENSHOTS names; without it none are taken, to save time."""
    named = os.environ.get("MMCOURSE_SCREENSHOTS")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
    return Path(named) if named else None


@pytest.fixture(scope="session")
def times() -> Iterator[dict[str, list[float]]]:
    """Milliseconds from key press to changed pixels, by panel; summed up, and written to
    MMCOURSE_BROWSER_TIMES.
    """
    measured: dict[str, list[float]] = {}
    yield measured
    every = sorted(value for values in measured.values() for value in values)
    if not every:
        return
    report = {
        "median_ms": median(every),
        "moves": len(every),
        "panels": {
            name: {"median_ms": median(values), "moves": len(values)} for name, values in measured.items() if values
        },
    }
    print(f"\nslider to changed pixels: median {report['median_ms']:.0f} ms over {report['moves']} moves")
    if place := os.environ.get("MMCOURSE_BROWSER_TIMES"):
        Path(place).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return round(ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2, 1)
