"""What goes wrong, said in one sentence with a next step."""

import errno
import os
import re
import shutil
import sys
from pathlib import Path

STARTED = "MMCOURSE_STARTED_AS"  # how the first process was started, for those that it starts


def started_as() -> str:
    """The word that starts this very Python: ``python3``, or what was typed where ``python3`` is another one."""
    if said := os.environ.get(STARTED):
        return said
    typed = sys.orig_argv[0] if sys.orig_argv else sys.executable
    own = Path(typed).stem if os.name == "nt" else Path(typed).name
    for name in ("python" if os.name == "nt" else "python3", own):
        place = Path(shutil.which(name) or os.devnull)
        version_manager = place.parent.name == "shims" and name == own  # its programs only pass the call on
        if version_manager or place.resolve() == Path(sys.executable).resolve():
            return name
    return f'"{typed}"' if " " in typed else typed


COMMAND = f"{started_as()} -m mmcourse"

NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Name or service not known|name resolution|getaddrinfo failed|"
    r"nodename nor servname|Network is unreachable|Connection refused|No route to host|ProxyError|"
    r"ConnectTimeoutError|ReadTimeoutError|timed out|Connection aborted|RemoteDisconnected|Connection reset",
    re.IGNORECASE,
)
CERTIFICATE = re.compile(r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSL module is not available")
BROKEN_DOWNLOAD = re.compile(r"DO NOT MATCH THE HASHES|IncompleteRead|incomplete-download|BadZipFile")
NO_WHEEL = re.compile(r"No matching distribution found for ([\w-]+)|Failed to build '?([\w-]+)")
FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
FULL_TEXT = re.compile(r"No space left|Disk quota exceeded|Errno 28\b|WinError 112\b|not enough space")
LOCKED_TEXT = re.compile(r"Permission denied|Read-only file system|Errno 13\b|WinError 5\b")


class Failure(Exception):
    """A failure that a learner can meet: one sentence, a next step, and the exit status of the command."""

    def __init__(self, sentence: str, next_step: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.sentence, self.next_step, self.status = sentence, next_step, status

    def __str__(self) -> str:
        return f"{self.sentence}\nNext: {self.next_step}"


class Closed(Exception):
    """Nobody reads our output any more, as after ``doctor | head -1``; no fault, and the end of the command."""


def say(text: str = "") -> None:
    """Prints at once, also into a pipe, so that our lines keep their place among those of other programs."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise Closed from None


def complain(failure: Failure) -> int:
    """Prints a failure where errors belong and returns its exit status."""
    if sys.stdout is not None:  # a program may be started with its output closed
        sys.stdout.flush()
    print(f"\n✗ {failure}", file=sys.stderr, flush=True)
    return failure.status


def disk_full(place: object) -> Failure:
    return Failure(
        f"The disk is full: nothing more fits in {place}.",
        "free about 4 GB (8 GB on Linux), then give the same command again to go on.",
    )


def not_writable(place: object) -> Failure:
    return Failure(
        f"Nothing can be written in {place}.",
        "copy the project into a folder of your own (your home folder, say) and start it there.",
    )


def explain_os(error: OSError, place: object) -> Failure:
    """The failure behind an error of the operating system while we wrote to `place`."""
    if error.errno in FULL or FULL_TEXT.search(str(error)):
        return disk_full(place)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return not_writable(error.filename or place)
    return Failure(
        f"The system refused to use {error.filename or place}: {error.strerror or error}.",
        f"check that this place exists and is yours, then look at  {COMMAND} doctor",
    )


def explain_pip(text: str, place: object) -> Failure:
    """The failure behind what pip wrote to its error stream while it installed into `place`.

    A full disk or a lost network makes pip add further complaints ("No matching distribution"), so causes are
    tried before their consequences.
    """
    again = "then give the same command again; what is already there is kept."
    if FULL_TEXT.search(text):
        return disk_full(place)
    if LOCKED_TEXT.search(text):
        return not_writable(place)
    if CERTIFICATE.search(text):
        return Failure(
            "The network answered with a certificate that is not trusted.",
            "check this computer's clock, ask who runs the network about its proxy, " + again,
        )
    if NETWORK.search(text):
        return Failure(
            "The packages could not be fetched: there is no connection to the package index.",
            "connect to the internet (behind a proxy, set HTTPS_PROXY), " + again,
        )
    if BROKEN_DOWNLOAD.search(text):
        return Failure("A package arrived damaged.", "check the connection, " + again)
    if missing := NO_WHEEL.search(text):
        name, python = missing[1] or missing[2], "{}.{}".format(*sys.version_info[:2])
        return Failure(
            f"There is no ready-made {name} for Python {python} on this system ({sys.platform}).",
            "use a 64-bit Python 3.11 to 3.14 on Linux, Windows, or macOS 14 with an Apple chip.",
        )
    lines = [line for line in text.splitlines() if line.strip()]
    return Failure(
        f"pip stopped: {lines[-1].strip() if lines else 'it gave no reason'}", f"read {place}/install.log, {again}"
    )
