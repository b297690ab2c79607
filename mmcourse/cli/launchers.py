"""The programs in an environment's own folder (jupyter, pytest, activate), written anew for the place it has now.

Each of them names the full path of its Python, so they lead nowhere after the project has moved. This file is run by
the environment's own Python, and needs no network: pip carries what makes the programs.
"""

import sys
import sysconfig
import venv
from importlib import metadata


def renew() -> None:
    """Writes every program that an installed package offers, and the scripts that activate the environment."""
    from pip._vendor.distlib.scripts import ScriptMaker

    builder = venv.EnvBuilder()
    builder.setup_scripts(builder.ensure_directories(sys.prefix))
    maker = ScriptMaker(None, sysconfig.get_path("scripts"))
    maker.clobber, maker.set_mode, maker.variants = True, True, {""}
    for package in metadata.distributions():
        for entry in package.entry_points:
            if entry.group in ("console_scripts", "gui_scripts"):
                maker.make(f"{entry.name} = {entry.value}", {"gui": entry.group == "gui_scripts"})


if __name__ == "__main__":
    renew()
