"""What this computer offers for the course."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

import torch

from mmcourse.engine import available_devices, pick_device


def machine() -> dict[str, str]:
    """What this computer offers for the course: where training runs, processor cores and versions."""
    device = pick_device()
    name = (
        torch.cuda.get_device_name(device)
        if device.type == "cuda"
        else {"mps": "Apple GPU"}.get(device.type, "processor")
    )
    return {
        "training runs on": f"{device} ({name})",
        "could also run on": ", ".join(available_devices()),
        "processor cores": str(os.cpu_count()),
        "Python": platform.python_version(),
        "torch": version("torch"),
    }
