"""``lab``: JupyterLab, open at a lesson."""

import errno
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from mmcourse.base.files import ROOT
from mmcourse.cli import environment, install, jupyter, reading
from mmcourse.cli.lessons import find_lesson
from mmcourse.cli.messages import COMMAND, Failure, say


def lab(lesson: str, no_browser: bool, port: int | None, rest: Sequence[str]) -> int:
    """Starts JupyterLab at a lesson and waits until it ends."""
    path = find_lesson(lesson)
    if port is not None:
        check_port(port)
    reading.as_notebook(path)
    reading.in_utf8(path)
    python = install.ensure()
    say(f"Opening lesson {path.stem}. Stop JupyterLab with Ctrl-C here.")
    command = lab_command(python, path, no_browser, port, rest)
    return environment.call(command, JUPYTER_CONFIG_PATH=jupyter.config_path())


def lab_command(python: Path, path: Path, no_browser: bool, port: int | None, rest: Sequence[str]) -> list[object]:
    """The command that starts JupyterLab; about tokens and addresses it does what it always does."""
    url = "/lab/tree/" + quote(path.relative_to(ROOT).as_posix())
    options = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url={url}"]
    options += ["--no-browser"] if no_browser else []
    options += [f"--port={port}"] if port is not None else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container everybody is root, which JupyterLab would refuse
    return [python, "-m", "jupyterlab", *options, *rest]


def free(port: int) -> bool:
    """True when a server can listen at this port. Raises OSError for any trouble but a busy port."""
    with socket.socket() as probe:
        if os.name != "nt":  # as servers do: a port whose connections are only fading away counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def check_port(port: int) -> None:
    """Raises the Failure for a port that JupyterLab could not have."""
    leave = "leave --port out and JupyterLab finds a free one by itself"
    try:
        if free(port):
            return
    except OverflowError:
        raise Failure(f"There is no port {port}.", f"choose one from 1024 to 65535, or {leave}.", 2) from None
    except OSError as error:
        raise Failure(
            f"Port {port} is not for you to use ({error.strerror}).", f"choose one from 1024 to 65535, or {leave}."
        ) from None
    raise Failure(
        f"Port {port} is in use, perhaps by a JupyterLab that still runs.",
        f"choose another ({COMMAND} lab --port {port + 1}), or {leave}.",
    )
