"""Files that are fetched once, for those who are online: kept in the user's cache, resumed, checked before they count.

The course itself downloads nothing. Only what a learner asks for by name (`fsdd`) comes this way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import filelock
import platformdirs

from mmcourse.base.files import patiently, put_in_place

VARIABLE = "MMCOURSE_CACHE"  # names another folder than the user's own
TIMEOUT_S, BLOCK = 30.0, 1 << 16
PATIENCE_S = 600.0  # how long one process waits for another that fetches the same file
TRIES = 2  # a second time from the start, if what came does not pass the check


class DownloadError(RuntimeError):
    """Something could not be fetched, or what came is not what was asked for."""


def cache_folder(folder: str | Path | None = None) -> Path:
    """Where fetched files are kept: the folder asked for, or that of MMCOURSE_CACHE, or the user's cache."""
    return Path(folder or os.environ.get(VARIABLE) or platformdirs.user_cache_path("mmcourse", False)).expanduser()


def fetch(
    url: str,
    name: str,
    check: Callable[[bytes], Any],
    *,
    folder: str | Path | None = None,
    most: int = 50_000_000,
    progress: Callable[[int, int | None], None] | None = None,
) -> Any:
    """What ``check`` makes of the file at ``url``, which is kept as ``name`` in the cache and fetched only once.

    ``check`` gets the bytes, returns what is wanted of them, and raises DownloadError for wrong ones. It is asked every
    time, so that a copy that was damaged since is noticed, thrown away and fetched again. A broken download goes on
    where it stopped, if the server can; two processes at once fetch one copy; a file counts only when it is whole and
    has passed. ``most``: bytes after which to stop; ``progress(bytes so far, bytes in all or None)`` is called after
    each block. Raises DownloadError with a sentence that says what to do: no network, a folder that cannot be written,
    a file that stays wrong.
    """
    place = cache_folder(folder) / name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{place}.lock", timeout=PATIENCE_S):
            kept = _kept(place, check)
            return _fetched(url, place, check, most, progress) if kept is None else kept
    except filelock.Timeout:
        raise DownloadError(f"{name}: another program has been fetching it for {PATIENCE_S:.0f} s; try again") from None
    except OSError as error:  # those of the network have become DownloadError
        raise DownloadError(
            f"{name}: the folder {place.parent} cannot be used ({error.strerror or error}); "
            f"name another one in the environment variable {VARIABLE}"
        ) from None


def _kept(place: Path, check: Callable[[bytes], Any]) -> Any:
    """What the check makes of the copy that is there; None when there is none, or one that has been damaged."""
    try:
        return check(place.read_bytes())
    except FileNotFoundError:
        return None
    except DownloadError:
        patiently(lambda: place.unlink(missing_ok=True))
        return None


def _fetched(url: str, place: Path, check: Callable, most: int, progress: Callable | None) -> Any:
    part = place.with_name(place.name + ".part")
    for tried in range(TRIES):
        _download(url, part, most, progress)
        try:
            found = check(part.read_bytes())
        except DownloadError:
            part.unlink()  # a resumed copy may join two versions: from the start, once more
            if tried == TRIES - 1:
                raise
            continue
        put_in_place(part, place)
        return found


def _download(url: str, part: Path, most: int, progress: Callable | None) -> None:
    """Append to ``part`` what is missing of it, or write it anew where the server does not give parts."""
    had = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "mmcourse", **({"Range": f"bytes={had}-"} if had else {})}
    try:
        with _answer(Request(url, headers=headers)) as answer:
            resumed = answer.status == 206 and (answer.headers.get("Content-Range") or "").startswith(f"bytes {had}-")
            had = had if resumed else 0
            length = answer.headers.get("Content-Length")
            whole = had + int(length) if length else None
            with part.open("ab" if resumed else "wb") as file:
                _copy(answer, file, had, whole, most, progress)
    except HTTPError as error:
        if error.code == 416 and had:  # there is nothing behind what we have: the check will tell whether it is whole
            return
        raise DownloadError(f"{_host(url)} answers {error.code} ({error.reason}) to {url}; try again later") from None
    except ConnectionError as error:
        raise DownloadError(
            f"{part.name.removesuffix('.part')} comes from {_host(url)}, which does not give it now ({error}). "
            "Once you are online, run this again: it goes on where it stopped"
        ) from None


def _copy(answer: Any, file: Any, had: int, whole: int | None, most: int, progress: Callable | None) -> None:
    for block in _blocks(answer):
        had += len(block)
        if had > most:
            file.truncate(0)  # nothing to go on from
            raise DownloadError(f"{_host(answer.url)} sends more than the {most:,} bytes that were expected; stopped")
        file.write(block)
        if progress:
            progress(had, whole)
    if whole is not None and had < whole:
        raise ConnectionError(f"the connection ended after {had:,} of {whole:,} bytes")


def _answer(request: Request) -> Any:
    """The server's answer, open; whatever prevents it is a ConnectionError, to tell it from errors of the disk."""
    try:
        return urlopen(request, timeout=TIMEOUT_S)
    except HTTPError:
        raise
    except (OSError, HTTPException) as error:
        raise ConnectionError(str(getattr(error, "reason", None) or error)) from None


def _blocks(answer: Any) -> Iterator[bytes]:
    """What the server sends, piece by piece; whatever ends it is a ConnectionError."""
    try:
        while block := answer.read(BLOCK):
            yield block
    except (OSError, HTTPException) as error:
        raise ConnectionError(str(error)) from None


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
