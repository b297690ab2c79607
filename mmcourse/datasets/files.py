"""Shipped data files: found, checked against their checksum, and loaded without ever unpickling anything."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from mmcourse.base.files import ROOT, how_to_restore

DATA = ROOT / "data"
CHECKSUMS = "checksums.json"


class DataError(RuntimeError):
    """A shipped file is missing, damaged, or not what its checksum promises."""


def data_problem(name: str, what: str) -> DataError:
    """The sentence a learner sees: which file, what is wrong with it, how to get it back."""
    script = f"make_{name.split('.')[0].split('-')[0]}.py"  # of opinions.tsv.xz, of pictograms-noto.png
    again = f"  or make it again: python data/{script} (see data/README.md)" if (DATA / script).exists() else ""
    return DataError(f"data/{name} {what}; {how_to_restore(f'data/{name}')}{again}")


def _read(name: str) -> bytes:
    try:
        return (DATA / name).read_bytes()
    except FileNotFoundError:
        raise data_problem(name, "is missing") from None
    except OSError as error:
        raise data_problem(name, f"cannot be read ({error.strerror})") from None


def checksum(name: str) -> str:
    """The sha256 that data/checksums.json promises for this file, in hexadecimal."""
    try:
        sums = json.loads(_read(CHECKSUMS))
        return sums[name]
    except (ValueError, TypeError):
        raise data_problem(CHECKSUMS, "is damaged: it is no JSON table of file names and sha256 sums") from None
    except KeyError:
        raise data_problem(CHECKSUMS, f"lists no checksum for {name}") from None


def checked_bytes(name: str) -> bytes:
    """The bytes of data/<name>, after its sha256 has been checked. DataError when it is missing or differs."""
    content = _read(name)
    if hashlib.sha256(content).hexdigest() != checksum(name):
        raise data_problem(name, f"is damaged or was changed ({len(content)} bytes; its sha256 differs)")
    return content


def unpacked_text(name: str) -> str:
    """The text of data/<name>.xz, UTF-8, after its sha256 has been checked. DataError when it is damaged."""
    content = checked_bytes(name)
    try:
        return lzma.decompress(content).decode("utf-8")
    except (lzma.LZMAError, EOFError, ValueError) as error:
        raise data_problem(name, f"is no packed text ({error})") from None


def load_npz(name: str) -> dict[str, np.ndarray]:
    """The arrays of data/<name>, read-only and cached, after its sha256 has been checked.

    Raises DataError when the file is missing, truncated or damaged; the message says how to restore it.
    Nothing is unpickled: a file that holds Python objects is refused.

        load_npz("speech.npz")["digit"].shape      # (840,)
    """
    return dict(_load(DATA, name))  # a new dict each time, so that a caller cannot change the cached one


@lru_cache
def _load(folder: Path, name: str) -> dict[str, np.ndarray]:
    """`folder` is part of the key, so that a test which looks elsewhere does not meet the cached arrays."""
    content = checked_bytes(name)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (ValueError, AttributeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise data_problem(name, f"is not a plain npz archive of numbers ({error})") from None
    for array in arrays.values():
        array.setflags(write=False)
    return arrays
