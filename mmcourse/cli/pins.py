"""What the course needs (pyproject.toml), in which versions (constraints.txt), and what of it is installed.

``python3 -m mmcourse.cli.pins`` writes environment.yml anew from the two.
"""

import importlib.util
import re
import tomllib
from importlib import metadata
from pathlib import Path

from mmcourse.base.files import ROOT, replace_file

# torch brings these where it wants them; to ask for them by name would fetch gigabytes for nothing.
GPU_ONLY = re.compile(r"(nvidia|cuda|triton)\b")
# Requirements whose module has another name.
MODULES = {"pillow": "PIL", "scikit-learn": "sklearn", "pytest-xdist": "xdist"}
# One Python out of those for which every pinned package has a ready-made wheel (3.11 to 3.14): the builder of
# Binder's images reads an exact one only, and begins with an older one when it finds a range.
CONDA_PYTHON = "3.12"

ENVIRONMENT_HEAD = f"""\
# The course for conda, mamba, Binder and JupyterHub:  conda env create -f environment.yml
# Written by  python3 -m mmcourse.cli.pins  from constraints.txt; a test fails when the two disagree.
# The pins are listed here and not read from constraints.txt, because the programs above differ in the folder
# from which such a file would be read. The GPU libraries of torch are left for torch itself to choose.
name: mmcourse
channels:
  - conda-forge
dependencies:
  - python ={CONDA_PYTHON}
  - pip
  - pip:
      - -e .
"""


def normal(name: str) -> str:
    """The one spelling of a package name that pip compares (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version: ``2.13.0+cpu`` → (2, 13, 0)."""
    return tuple(int(part) for part in re.findall(r"\d+", re.match(r"[\d.]*", version)[0]))


def requirements(root: Path = ROOT) -> dict[str, str]:
    """What the course asks for itself: name → oldest version that will do."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {normal(name): least for name, least in (line.split(">=") for line in project["dependencies"])}


def pin_lines(root: Path = ROOT) -> list[str]:
    """The lines of constraints.txt, without its comments."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def pins(root: Path = ROOT) -> dict[str, list[tuple[str, str]]]:
    """Name → its pinned versions, each with the marker that says where it holds (empty: everywhere)."""
    table: dict[str, list[tuple[str, str]]] = {}
    for line in pin_lines(root):
        pin, _, marker = (part.strip() for part in line.partition(";"))
        name, version = pin.split("==")
        table.setdefault(normal(name), []).append((version, marker))
    return table


def asked(root: Path = ROOT) -> list[str]:
    """The requirements as pip gets them, by exact version where one version holds everywhere.

    An exact version lets pip take a wheel that lies ready on this machine, such as a CPU build of torch.
    """
    table = pins(root)
    exact = {name: versions[0] for name, versions in table.items() if len(versions) == 1}
    return [f"{name}=={exact[name][0]}" if name in exact else name for name in requirements(root)]


def module_of(name: str) -> str:
    """What one imports of a requirement: ``pillow`` is ``PIL``."""
    return MODULES.get(name, name.replace("-", "_"))


def installed(name: str) -> str | None:
    """The version of a package as this interpreter lists it, found without importing it."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def there(name: str) -> bool:
    """Whether a requirement's module is found, without importing it: a list may outlive what it lists."""
    try:
        return importlib.util.find_spec(module_of(name)) is not None
    except ValueError:  # a module that something has put into memory without a spec
        return True


def missing(root: Path = ROOT) -> list[str]:
    """The requirements that this interpreter lacks or has too old."""
    needed = requirements(root).items()
    return [name for name, least in needed if release(installed(name) or "") < release(least) or not there(name)]


def absent(root: Path = ROOT) -> list[str]:
    """All that is not installed of the requirements, and of what they need in their turn."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        from pip._vendor.packaging.requirements import Requirement
    todo, known, found = list(requirements(root)), set(), []
    while todo:
        name = todo.pop()
        if name in known or GPU_ONLY.match(name):
            continue
        known.add(name)
        if installed(name) is None:
            found.append(name)
            continue
        needs = map(Requirement, metadata.requires(name) or [])
        todo += [normal(need.name) for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return sorted(found)


def differing(root: Path = ROOT) -> list[tuple[str, str, str]]:
    """(name, version here, version pinned) of every installed package that is not at its pin.

    Needs the ready environment: ``packaging`` evaluates the markers. 2.13.0+cpu counts as 2.13.0.
    """
    from packaging.markers import Marker

    differ = []
    for name, versions in pins(root).items():
        wanted = [version for version, marker in versions if not marker or Marker(marker).evaluate()]
        here = installed(name)
        if here and wanted and here.partition("+")[0] != wanted[0]:
            differ.append((name, here, wanted[0]))
    return differ


def environment_yml(root: Path = ROOT) -> str:
    """The text of environment.yml."""
    lines = [line for line in pin_lines(root) if not GPU_ONLY.match(line)]
    return ENVIRONMENT_HEAD + "".join(f"      - {line}\n" for line in lines)


if __name__ == "__main__":
    replace_file(ROOT / "environment.yml", environment_yml().encode("utf-8"))
