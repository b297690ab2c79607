"""What the course adds to JupyterLab: notebooks are saved with the pictures of panels instead of their live views.

A live view in a file finds nothing behind it once its kernel is gone: JupyterLab then shows an error, although the
picture lies beside it. So the server leaves the course's own live views out when it saves; what is on the screen stays
alive. It learns of that by the file in ``jupyter_config``. ``lab`` shows the server that folder, the set-up copies it
into ``.venv``, and ``python3 -m mmcourse.cli.jupyter`` into any environment, for Binder and JupyterHub.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
CONFIG = Path(__file__).with_name("jupyter_config")
OURS = ('<div class="mmcourse-', '<img class="mmcourse-')


def config_path() -> str:
    """What JUPYTER_CONFIG_PATH should be, so that a server started with it saves as said above."""
    return os.pathsep.join(filter(None, [str(CONFIG), os.environ.get("JUPYTER_CONFIG_PATH", "")]))


def write_config(prefix: Path) -> None:
    """Let every server that is started from the environment at ``prefix`` save as said above, ``lab`` or not."""
    shutil.copytree(CONFIG, prefix / "etc" / "jupyter", dirs_exist_ok=True)


def leave_live_views_out(model: dict[str, Any], **_more: Any) -> None:
    """Take the course's live views out of a notebook that is about to be saved; all else stays as it is.

    Others' widgets are left alone: their files may hold the state that brings them back.
    """
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    for cell in model["content"].get("cells", ()):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if VIEW in data and "".join(data.get("text/html", "")).startswith(OURS):
                del data[VIEW]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """How the server finds this module."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """The server has started: before each save it will call the function above, and save all the same if that fails."""
    server.contents_manager.register_pre_save_hook(leave_live_views_out)


if __name__ == "__main__":
    write_config(Path(sys.prefix))
