"""pip's settings on this computer: what says how to reach packages is kept, whatever else there is left out.

pip obeys variables (PIP_…) and several files. Some computers tell it to leave dependencies out, to install for the
user or elsewhere, to build everything itself, to install nothing at all: each would leave the course half there.
"""

import ast
import os
import re
from pathlib import Path

from mmcourse.cli import environment
from mmcourse.cli.messages import Failure, say

KEPT = set(
    "index-url extra-index-url find-links no-index trusted-host proxy cert client-cert timeout default-timeout retries "
    "cache-dir no-cache-dir keyring-provider use-feature progress-bar no-color".split()
)
# They change nothing that is installed, so nobody needs to hear that they are left out.
HARMLESS = set("config-file disable-pip-version-check no-input quiet verbose log isolated debug prefer-binary".split())
OFF = {"", "0", "false", "no", "off", "n", "f"}
LINE = re.compile(r"(?P<section>global|install|:env:)\.(?P<name>[\w-]+)=(?P<value>['\"].*)")


def variables(python: Path) -> dict[str, str]:
    """The environment variables with which pip sets the course up; says which settings are left out."""
    found = settings(python)
    if found.get("no-index", "").lower() not in OFF and not found.get("find-links"):
        raise Failure(
            "pip is told to look into no package index (no-index), and no folder of packages is named.",
            "remove PIP_NO_INDEX, or no-index from pip's settings (pip config list shows them), or set PIP_FIND_LINKS.",
        )
    ignored = sorted(name for name in found.keys() - KEPT - HARMLESS if found[name].lower() not in OFF)
    if ignored:
        say(f"  settings of pip that have no place here are left out: {', '.join(ignored)}")
    env = {name: value for name, value in environment.child_environment().items() if not name.startswith("PIP_")}
    env.pop("PYTHONPATH", None)  # what lies there would count as installed
    kept = {f"PIP_{name.upper().replace('-', '_')}": value for name, value in found.items() if name in KEPT and value}
    return env | kept | {"PIP_CONFIG_FILE": os.devnull}


def settings(python: Path) -> dict[str, str]:
    """Name → value of all that is set for ``pip install``, by the file or variable that pip would obey."""
    loud = {"PIP_QUIET": "0", "PIP_VERBOSE": "0"}
    astray = ("PYTHONPATH", "PYTHONHOME", "PIP_PYTHON", "PIP_LOG")
    env = {name: value for name, value in os.environ.items() if name not in astray}
    answer = environment.run_quietly([python, "-m", "pip", "config", "list"], env=env | loud)
    if answer.returncode:
        say("  pip cannot read its own settings (pip config list tells why); they are left out")
    order = ("global", "install")
    lines = [hit for line in answer.stdout.splitlines() if (hit := LINE.fullmatch(line)) and hit["section"] in order]
    found = {}
    for hit in sorted(lines, key=lambda hit: order.index(hit["section"])):
        found[hit["name"]] = " ".join(ast.literal_eval(hit["value"]).split())
    for name, value in os.environ.items():
        if name.startswith("PIP_") and value:
            found[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return found
