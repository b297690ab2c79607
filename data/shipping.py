"""What the scripts of this folder share: packages are found and checked, files are written with their checksum.

A package lies in data/packages, which git ignores, or in the folder that the environment variable MMCOURSE_PACKAGES
names. README.md has the commands that fetch each of them.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

HERE = Path(__file__).resolve().parent


class Package(NamedTuple):
    """A package of a public registry: its file, the sha256 of its bytes, and the command that fetches it."""

    file: str
    sha256: str
    command: str

    @property
    def path(self) -> Path:
        return Path(os.environ.get("MMCOURSE_PACKAGES") or HERE / "packages") / self.file

    def read(self) -> bytes:
        """The bytes of the package, checked; ends the program with a sentence when they are missing or others."""
        try:
            content = self.path.read_bytes()
        except OSError:
            raise SystemExit(f"{self.file} is not in {self.path.parent}; fetch it there with: {self.command}") from None
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise SystemExit(f"{self.file}: got {len(content)} bytes with another sha256 than {self.sha256}")
        return content


def from_deb(package: Package, *names: str) -> list[bytes]:
    """Some files of a Debian package, each by its path without the first slash."""
    content, place = package.read(), 8
    while place < len(content):  # an ar archive: members with a head of 60 bytes, each on an even place
        head = content[place : place + 60]
        size = int(head[48:58])
        if head.startswith(b"data.tar"):
            return from_tar(content[place + 60 : place + 60 + size], *(f"./{name}" for name in names))
        place += 60 + size + size % 2
    raise SystemExit(f"{package.file} holds no data.tar: it is no Debian package")


def from_tar(content: bytes, *names: str) -> list[bytes]:
    """Some files of a tar archive, packed with gzip or xz or not at all."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return [archive.extractfile(name).read() for name in names]


def from_zip(content: bytes, name: str) -> bytes:
    """One file of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def pack(arrays: dict[str, np.ndarray]) -> bytes:
    """The bytes of a compressed npz; numpy dates its members 1980, so equal arrays give equal bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def run(summary: str, make: Callable[[], dict[str, bytes]]) -> int:
    """The command line of a script: write the files that ``make`` gives and their checksums, or compare with --check.

    The answer is the exit code.
    """
    parser = argparse.ArgumentParser(description=summary.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the shipped files, write nothing")
    check, sums, different = parser.parse_args().check, HERE / "checksums.json", 0
    for name, content in make().items():
        target = HERE / name
        if check:
            same = target.exists() and target.read_bytes() == content
            different += not same
            print(f"{name}: {'the same bytes' if same else 'DIFFERENT bytes (another library version?)'}")
            continue
        target.write_bytes(content)
        known = json.loads(sums.read_text()) if sums.exists() else {}
        known[name] = hashlib.sha256(content).hexdigest()
        sums.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
        print(f"{name}: {len(content):,} bytes")
    return 1 if different else 0
