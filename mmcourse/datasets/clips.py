"""Clips: 8-frame videos of one moving shape, each with half a second of sound that moves along.

The world is a ring in every direction, as in an old video game: what leaves the picture on one side comes back on the
other, and a shape that has grown to its largest begins again at its smallest. Place and size are equally likely all
over their rings, at every moment and for every motion. So **one frame tells nothing about the motion**, exactly; only
the order of the frames does, and a video run backwards shows the opposite motion.

What each sense knows, of the six motions:

    motion      in the video             in the sound
    right       the shape goes right     swells, at a level pitch
    left        the shape goes left      fades, at a level pitch
    up          the shape goes up        the pitch rises
    down        the shape goes down      the pitch falls
    grow        the shape gets bigger    the pitch rises
    shrink      the shape gets smaller   the pitch falls

The video alone can be right always; the sound alone in 4 of 6 cases at best (SOUND_LIMIT), since it does not know up
from grow, nor down from shrink. The frames in no order tell a line or a change of size, but not which way: half of the
cases (UNORDERED_LIMIT). The sound and the unordered frames together tell all six.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice, check_number, check_seed, check_whole
from mmcourse.datasets.scenes import coverage

MOTIONS = ("left", "right", "up", "down", "grow", "shrink")  # opposites side by side: the opposite of m is m ^ 1
SHAPES = ("circle", "square", "triangle", "cross")
FRAMES, SIDE = 8, 16  # frames of a video, pixels of a frame's side
SAMPLE_RATE, SAMPLES = 8000, 4000  # Hz, and samples of a sound: 0.5 s
SMALLEST, LARGEST = 2.0, 4.5  # half the width of a shape, in pixels: the two ends of the ring of sizes
PACE = (0.4, 0.8)  # how much of its ring a shape travels during a clip
PITCH = (350.0, 700.0)  # Hz in the middle of the sound
OCTAVES, DECIBELS = 1.0, 30.0  # what the pitch or the loudness changes by, for a pace of 1
LOUDEST, EDGE = 0.8, 160  # amplitude; samples of the smooth beginning and end, which avoid a click
SOUND_LIMIT, UNORDERED_LIMIT = 4 / 6, 3 / 6  # the best accuracy from the sound alone, from frames without order
SIZES = {"train": 1200, "valid": 300, "test": 600}
SEEDS = {"train": 101, "valid": 102, "test": 103}

# For each motion: steps along the rings of (row, column, size), then change of (pitch, loudness).
STEPS = np.array([(0, -1, 0), (0, 1, 0), (-1, 0, 0), (1, 0, 0), (0, 0, 1), (0, 0, -1)])
SOUNDS = np.array([(0, -1), (0, 1), (1, 0), (-1, 0), (1, 0), (-1, 0)])
STENCIL = 32  # cells along the side of the finely painted shape from which every frame is made


class Clips(NamedTuple):
    """N clips: video (N, 8, 1, 16, 16), 0 dark to 1 bright; audio (N, 4000), 8 kHz in [-1, 1]; both float32.

    motion (N,) an index into MOTIONS; kind (N,) an index into SHAPES; both int64.
    """

    video: Tensor
    audio: Tensor
    motion: Tensor
    kind: Tensor


def load(split: str = "train", *, noise: float = 0.0, hiss: float = 0.0) -> Clips:
    """The clips of one split, "train" (1200), "valid" (300) or "test" (600): `make` with fixed counts and seeds.

    clips.load("test").video.shape                  # (600, 8, 1, 16, 16)
    """
    check_choice(split, "split", SIZES)
    return make(SIZES[split], SEEDS[split], noise=noise, hiss=hiss)


def make(count: int, seed: int = 0, *, noise: float = 0.0, hiss: float = 0.0) -> Clips:
    """`count` clips drawn from a seed; clip i is the same whatever the count. See the top of this file.

    Every six clips hold every motion once. noise, hiss: standard deviations of white Gaussian noise that is added to
    the pixels and to the sound; noisy values are not clipped, or the noise would be weaker than asked, and one-sided.
    Each dial leaves everything else as it was. Raises TypeError or ValueError for a count below 1, a seed or a dial
    below 0.

        some = clips.make(60, seed=0, noise=0.2)
        some.video.shape, clips.MOTIONS[some.motion[0]]           # (60, 8, 1, 16, 16), 'up' or another
    """
    check_whole(count, "count")
    check_seed(seed)
    for name, value in (("noise", noise), ("hiss", hiss)):
        check_number(value, name, 0.0, 1e6, "a finite standard deviation, 0 or more")
    motion = _shuffled_sixes(count, _stream(seed, 0))
    drawn = _stream(seed, 1).random((count, 7))  # (N, 7): kind, pace, row, column, size, pitch, phase
    kind = (drawn[:, 0] * len(SHAPES)).astype(np.int64)
    pace = PACE[0] + (PACE[1] - PACE[0]) * drawn[:, 1]
    video = _paint(kind, _places(motion, pace, drawn[:, 2:5]))
    audio = _sweep(motion, pace, *drawn[:, 5:].T)
    return Clips(
        _noisy(video, noise, _stream(seed, 2))[:, :, None],
        _noisy(audio, hiss, _stream(seed, 3)),
        torch.from_numpy(motion),
        torch.from_numpy(kind),
    )


def _stream(seed: int, number: int) -> np.random.Generator:
    """One of several independent sources of chance, so that one dial does not change what another draws."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))


def _shuffled_sixes(count: int, rng: np.random.Generator) -> np.ndarray:
    """Motions (N,), each once in every six, in random order."""
    sixes = -(-count // len(MOTIONS))
    return rng.random((sixes, len(MOTIONS))).argsort(axis=1).ravel()[:count]


def _noisy(values: np.ndarray, strength: float, rng: np.random.Generator) -> Tensor:
    if strength > 0:
        values = values + strength * rng.standard_normal(values.shape, np.float32)
    return torch.from_numpy(values.astype(np.float32))


# ------------------------------------------------------------ video


def _places(motion: np.ndarray, pace: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Where on its three rings a shape is in each frame: (N, T, 3) of row, column and size, in [0, 1)."""
    travelled = np.linspace(-0.5, 0.5, FRAMES)[:, None] * (pace[:, None] * STEPS[motion])[:, None, :]  # (N, T, 3)
    return (start[:, None, :] + travelled) % 1.0


def _paint(kind: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Frames (N, T, 16, 16) float32: each pixel as bright as it is covered.

    A shape is painted once, finely, on a stencil (32, 32). Rows and columns of a frame then say which share of each
    stencil cell falls into them, (16, 32), so that a frame is rows @ stencil @ columnsᵀ, at any place and size.
    """
    stencils = np.stack([coverage(name, STENCIL / 2, STENCIL) for name in SHAPES])[kind]  # (N, 32, 32)
    half = SMALLEST * (LARGEST / SMALLEST) ** places[..., 2]  # equal steps along the ring multiply the size
    rows, columns = (_overlap(places[..., axis] * SIDE, half) for axis in (0, 1))  # (N, T, 16, 32) each
    return np.clip(rows @ stencils[:, None] @ columns.swapaxes(-1, -2), 0.0, 1.0)


def _overlap(centre: np.ndarray, half: np.ndarray) -> np.ndarray:
    """The length of pixel i that stencil cell j covers, (N, T) → (N, T, 16, 32), around the ring of SIDE pixels."""
    middles = np.arange(SIDE) + 0.5 - centre[..., None]  # of the pixels, seen from the shape
    left = ((middles + SIDE / 2) % SIDE - SIDE / 2 - 0.5).astype(np.float32)[..., None]  # (N, T, 16, 1), in [-8.5, 7.5)
    edges = (half[..., None] * np.linspace(-1, 1, STENCIL + 1)).astype(np.float32)[..., None, :]  # (N, T, 1, 33)
    return np.diff(np.clip(edges - left, 0.0, 1.0), axis=-1)


# ------------------------------------------------------------ sound


def _sweep(motion: np.ndarray, pace: np.ndarray, pitch: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """A tone (N, 4000): pitch f(t) = f_mid 2^(octaves t), loudness from -dB/2 to dB/2 around its middle; t -½ to ½.

    A sound run backwards is the sound of the opposite change, as a video is. The louder end is LOUDEST always.
    """
    time = np.linspace(-0.5, 0.5, SAMPLES)
    octaves, decibels = (SOUNDS[motion] * pace[:, None] * (OCTAVES, DECIBELS)).T[..., None]  # (N, 1) each
    middle = PITCH[0] * (PITCH[1] / PITCH[0]) ** pitch[:, None]
    hertz = middle * 2 ** (octaves * time)  # (N, 4000)
    tone = np.sin(2 * np.pi * (phase[:, None] + hertz.cumsum(axis=1) / SAMPLE_RATE))
    loudness = LOUDEST * 10 ** ((decibels * time - abs(decibels) / 2) / 20)
    return tone * loudness * np.clip((0.5 - abs(time)) * SAMPLES / EDGE, 0.0, 1.0)
