"""For tests of the data: the scripts that make it, as modules, where the packages that they need are at hand."""

import importlib.util
import io
import lzma
import sys

import numpy as np
import pytest

from mmcourse.datasets import files


def script(name):
    """The script data/<name>.py as a module."""
    folder = str(files.ROOT / "data")
    if folder not in sys.path:
        sys.path.append(folder)  # the scripts import what they share from there
    spec = importlib.util.spec_from_file_location(name, files.ROOT / "data" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def script_with_packages(name):
    """The same; skips the test where one of the packages has not been fetched."""
    module = script(name)
    packages = getattr(module, "PACKAGES", None) or [module.PACKAGE]
    for package in packages:
        if not package.path.exists():
            pytest.skip(f"whether the script gives the same bytes was not tried: fetch {package.command} first")
    return module


def check_same_arrays(name, made):
    """A made npz against the shipped one: the same arrays, and the same bytes where this machine packs as ours did."""
    with np.load(io.BytesIO(made), allow_pickle=False) as archive:
        again = {key: archive[key] for key in archive.files}
    shipped = files.load_npz(name)
    assert list(again) == list(shipped)
    for key, array in shipped.items():
        assert again[key].dtype == array.dtype and np.array_equal(again[key], array), key
    here = importlib.import_module("shipping").pack(shipped)
    if here == files.checked_bytes(name):  # another zlib packs the same arrays into other bytes
        assert made == here


def check_same_packing(name, made):
    """A made .xz of the same content as the shipped one: also the same bytes, where this machine packs as ours did."""
    shipped = files.checked_bytes(name)
    here = lzma.compress(lzma.decompress(shipped), preset=9 | lzma.PRESET_EXTREME)
    if here == shipped:
        assert made == shipped
