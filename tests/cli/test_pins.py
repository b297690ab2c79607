"""pyproject.toml, constraints.txt and environment.yml say the same."""

import re
import shutil
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from mmcourse.base.files import ROOT
from mmcourse.cli import pins


def constraints():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    return [Requirement(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def pip_part():
    (part,) = (entry["pip"] for entry in conda()["dependencies"] if isinstance(entry, dict))
    return part


def asked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(text) for text in project["dependencies"]]


def test_every_constraint_is_one_exact_version():
    for pin in constraints():
        assert len(pin.specifier) == 1 and next(iter(pin.specifier)).operator == "==", str(pin)
        assert not pin.url


def test_every_requirement_is_pinned_within_its_range():
    pinned = {}
    for pin in constraints():
        pinned.setdefault(canonicalize_name(pin.name), []).append(next(iter(pin.specifier)).version)
    for need in asked():
        versions = pinned[canonicalize_name(need.name)]
        assert versions and all(need.specifier.contains(version) for version in versions), str(need)


def test_torch_is_one_version_everywhere():
    (torch,) = (pin for pin in constraints() if pin.name == "torch")
    assert str(torch) == "torch==2.13.0"
    assert str(torch) in pins.asked()


def test_conda_gets_the_same_pins():
    editable, *lines = pip_part()
    assert editable == "-e ."
    named = {str(Requirement(line)) for line in lines}
    left_out = {str(pin) for pin in constraints()} - named
    assert named <= {str(pin) for pin in constraints()}
    assert all(re.match(r"(nvidia|cuda|triton)\b", line) for line in left_out), left_out
    assert {canonicalize_name(need.name) for need in asked()} <= {Requirement(line).name for line in lines}


def test_conda_gets_one_python_that_the_project_allows():
    """One, in the way in which Binder's builder reads it: ``python =3.12``."""
    (python,) = (hit[1] for entry in conda()["dependencies"] if (hit := re.fullmatch(r"python =(3\.\d+)", str(entry))))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert SpecifierSet(project["requires-python"]).contains(python)


def test_environment_yml_is_what_the_pins_give():
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == pins.environment_yml()


@pytest.mark.parametrize("name", ["constraints.txt", "environment.yml", "pyproject.toml"])
def test_no_package_index_is_named(name):
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_pins_read_markers_and_names_as_packaging_does():
    ours = {(name, version) for name, versions in pins.pins().items() for version, _ in versions}
    assert ours == {(canonicalize_name(pin.name), next(iter(pin.specifier)).version) for pin in constraints()}


def test_release_numbers():
    numbers = {"2.13.0+cpu": (2, 13, 0), "8.1": (8, 1), "3.0rc1": (3, 0)}
    assert {version: pins.release(version) for version in numbers} == numbers


def test_missing_names_what_is_absent_or_too_old(tmp_path):
    shutil.copyfile(ROOT / "constraints.txt", tmp_path / "constraints.txt")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["numpy>=1.0", "pytest>=999", "no-such-package-here>=1"]\n'
    )
    assert pins.missing(tmp_path) == ["pytest", "no-such-package-here"]
