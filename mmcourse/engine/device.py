"""The one place that decides where computing happens and that makes random generators."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from mmcourse.base.checks import check_seed

OTHER_STREAM = 0x5EED  # masks must not be made of the same random bits as the order of the samples


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
    return torch.Generator(device=device).manual_seed(check_seed(seed))


@contextmanager
def noise_from(seed: int, place: torch.device) -> Iterator[list[torch.Generator]]:
    """Inside, what a layer draws by itself (the masks of dropout) depends on ``seed`` alone; gives the generators.

    Layers draw from torch's global generators and cannot be handed one of ours, so those are seeded on entry; on the
    way out they are put back as they were found, whatever happened inside.
    """
    stream, sources = check_seed(seed) ^ OTHER_STREAM, global_generators(place)
    before = [source.get_state() for source in sources]
    try:
        for source in sources:
            source.manual_seed(stream)
        yield sources
    finally:
        for source, state in zip(sources, before, strict=True):
            source.set_state(state)


def global_generators(place: torch.device) -> list[torch.Generator]:
    """The generators that layers on this device draw from: the processor's, and the device's own where it has one."""
    if place.type == "cuda":
        which = torch.cuda.current_device() if place.index is None else place.index
        return [torch.default_generator, torch.cuda.default_generators[which]]
    if place.type == "mps":
        return [torch.default_generator, torch.mps._get_default_mps_generator()]
    return [torch.default_generator]
