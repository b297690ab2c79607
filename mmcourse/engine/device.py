"""The one place that decides where computing happens and that makes random generators."""

from __future__ import annotations

import os

import torch


def available_devices() -> list[str]:
    """Names of the devices this machine can compute on, fastest first; ``"cpu"`` is always the last."""
    found = [f"cuda:{i}" for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def pick_device(name: str | None = None) -> torch.device:
    """The device to train on: ``name``, else what MMCOURSE_DEVICE says, else CUDA, then MPS, then the CPU.

    Raises ``ValueError`` when the wanted device is not there, with the list of those that are.
    """
    wanted = name or os.environ.get("MMCOURSE_DEVICE", "").strip()
    there = available_devices()
    if not wanted:
        return torch.device(there[0])
    if wanted not in there and f"{wanted}:0" not in there:
        source = "name" if name else "MMCOURSE_DEVICE"
        raise ValueError(
            f"{source}: got {wanted!r}, but this machine offers {', '.join(there)}; "
            "choose one of these, or leave it empty for the first"
        )
    return torch.device(wanted)


def generator(seed: int, device: str | torch.device = "cpu") -> torch.Generator:
    """A generator of random numbers that starts from ``seed``; the global state of torch is left alone."""
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise TypeError(f"seed: got {seed!r} ({type(seed).__name__}), expected a whole number such as 0")
    if not 0 <= int(seed) < 2**63:
        raise ValueError(f"seed: got {seed}, expected a whole number from 0 to 2**63 - 1")
    return torch.Generator(device=device).manual_seed(int(seed))
