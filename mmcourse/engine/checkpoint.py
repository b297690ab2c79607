"""A training run on disk: written so that no half-written file is ever left, read without running what it holds.

The file is what ``torch.save`` writes, a zip archive of tensors, numbers and strings. It is read with
``weights_only=True``: nothing in it is unpickled, so a file from a stranger cannot run code.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mmcourse.base.files import replace_file

FORMAT = "mmcourse training run, version 1"
PARTS = ("settings", "model", "optimiser", "random", "history", "best")
Saved = dict[str, Any]


def write_checkpoint(path: str | Path, content: Saved) -> None:
    """Write the content under a name of its own first and then rename it: an interruption leaves the old file whole."""
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **content}, buffer)
    replace_file(path, buffer.getvalue())


def read_checkpoint(path: str | Path) -> Saved:
    """What ``write_checkpoint`` wrote, on the processor. A file that is damaged or something else is a ``ValueError``.

    Every byte is held against the checksums of the archive, so that one that was changed by a bad disk is noticed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            whole = archive.testzip() is None
        content = torch.load(path, map_location="cpu", weights_only=True) if whole else None
    except FileNotFoundError:
        raise ValueError(f"checkpoint: there is no file {Path(path).name!r}; check the name and the folder") from None
    except Exception:  # zipfile and torch raise a dozen kinds for bytes that are not what they expect
        content = None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not set(PARTS) <= content.keys():
        raise ValueError(
            f"checkpoint: {Path(path).name!r} is damaged or is no checkpoint of this course. It was left as it is; "
            "give another name, or delete it and train anew"
        )
    return content


def checkpoint_to_continue(path: str | Path, settings: dict[str, str]) -> Saved | None:
    """The saved run to go on with; None when there is no file yet. Any other file is refused and left alone.

    ``settings`` says in words what shapes a run (weights, optimiser, seed, …): a run that was begun with others cannot
    be continued and give what it would have given, so it is a ``ValueError`` that names the first difference.
    """
    path = Path(path)
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(f"checkpoint: got {str(path)!r}, expected the name of a file in a folder that exists")
    if not path.exists():
        return None
    saved = read_checkpoint(path)
    for name, value in settings.items():
        if saved["settings"].get(name) != value:
            raise ValueError(
                f"checkpoint: {path.name!r} holds a run with {name} {saved['settings'].get(name)}, and this one has "
                f"{value}. It was left as it is; give another name, or delete it and train anew"
            )
    return saved


def load_best(model: nn.Module, path: str | Path) -> nn.Module:
    """Put the best weights of a saved run into ``model`` (same structure, on any device) and return it."""
    state = read_checkpoint(path)["best"]["weights"]
    try:
        model.load_state_dict(state)
    except RuntimeError:
        shapes = {name: tuple(w.shape) for name, w in state.items()}
        raise ValueError(f"model: does not fit; {Path(path).name!r} holds weights of the shapes {shapes}") from None
    return model
