"""Finds an installed Chromium, which the browser tests drive."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-win*/chrome.exe",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
HOW_TO_GET_ONE = (
    "install Chromium or Chrome (Debian, Ubuntu: sudo apt install chromium), or set MMCOURSE_BROWSER to the program"
)


def find_browser() -> Path | None:
    """The Chromium to drive, or None: what MMCOURSE_BROWSER says, an installed one, or playwright's own.

    Raises ValueError when MMCOURSE_BROWSER names no file.
    """
    if named := os.environ.get("MMCOURSE_BROWSER"):
        if found := shutil.which(named):
            return Path(found)
        raise ValueError(f"MMCOURSE_BROWSER is {named!r}, and there is no such program: correct or remove it")
    on_path = (shutil.which(name) for name in NAMES)
    found = [Path(path) for path in on_path if path] or [path for path in usual_places() if path.is_file()]
    return (found or playwrights_own() or [None])[0]


def usual_places() -> list[Path]:
    """Where browsers lie on systems that do not put them on the PATH."""
    if sys.platform == "darwin":
        folders = (Path("/Applications"), Path.home() / "Applications")
        return [folder / name for folder in folders for name in MAC]
    folders = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    return [Path(folder) / name for folder in folders if folder for name in WINDOWS]


def playwrights_own() -> list[Path]:
    """Browsers that ``playwright install chromium`` has fetched, the newest first."""
    caches = {"darwin": Path.home() / "Library/Caches", "win32": Path.home() / "AppData/Local"}
    cache = caches.get(sys.platform, Path.home() / ".cache")
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or cache / "ms-playwright")
    return sorted((path for shape in PLAYWRIGHT for path in folder.glob(shape)), reverse=True)
