"""Lesson 07: what a computer receives when we see, hear and read: arrays, their sizes, and how each is prepared.

Letters: B samples, C channels, H and W height and width, T samples of a sound or frames, N a window's samples,
K frequency bins, F mel bands, D numbers, M modalities. ``...`` stands for any axes in front.
Reading begins in lesson 04 (``tokenise``), cutting, turning and normalising pictures in lesson 03.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn

from mmcourse.base.checks import check_wholes
from mmcourse.engine import seeded

RATE = 8000  # Hz: samples in a second of the course's sounds, as in a telephone
BANDS, FRAMES, WINDOW = 12, 16, 512  # of the course's log-mel pictures; 512 samples are 64 ms
LOWEST_HZ, HIGHEST_HZ = 100.0, 4000.0  # what the mel bands cover
FLOOR = 1e-3  # added before the logarithm: hiss far below speech stays invisible


def bytes_per_second(shape: Sequence[int], per_second: float = 1.0, bytes_each: int = 1) -> float:
    """How much arrives in a second: (numbers in one array of this shape) · (arrays a second) · (bytes a number).

    bytes_per_second((1,), 8000, 2)                         # a voice recording: 16000.0
    """
    check_wholes(bytes_each=bytes_each, **{f"shape[{axis}]": size for axis, size in enumerate(shape)})
    if not 0 < per_second < math.inf:
        raise ValueError(f"per_second: got {per_second}, expected a number above 0: how many such arrays a second")
    return float(math.prod(shape) * per_second * bytes_each)


def neighbour_share(x: Tensor, dim: int = -1) -> Tensor:
    """How well a neighbour predicts: the squared correlation r² of each number with the next one along ``dim``.

    Of the variance of x[t + 1] the share r² is explained by the best line through x[t]: 1: nothing new, 0: all new.
    x (...) -> (). Raises ValueError for fewer than 3 numbers along ``dim`` or numbers that are all equal.

        neighbour_share(torch.tensor([1.0, 2.0, 3.0, 4.0]))     # 1: each is the one before it plus 1
    """
    _check(x=x)
    count = x.shape[dim]
    if count < 3:
        raise ValueError(f"x: got {count} numbers along axis {dim}, expected at least 3, so that there are two pairs")
    one, other = (part - part.mean() for part in (x.narrow(dim, start, count - 1) for start in (0, 1)))
    spread = (one**2).sum() * (other**2).sum()
    if spread == 0:
        raise ValueError("x: got numbers that are all equal; nothing varies, so there is nothing to explain")
    return (one * other).sum() ** 2 / spread


def mix_at_snr(clean: Tensor, noise: Tensor, snr_db: float) -> Tensor:
    """A sound under noise: clean + g · noise, with g so that 10 log10(P_clean / P_noise) = ``snr_db``.

    clean, noise (..., T) -> (..., T); the power P is the mean square over T. The signal-to-noise ratio is in decibels:
    0 dB is as much noise as signal, every 10 dB less is ten times more noise. Silence on a side is a ValueError.
    """
    _check(clean=clean, noise=noise)
    if clean.shape[-1] != noise.shape[-1]:
        raise ValueError(f"noise: got {noise.shape[-1]} samples, expected {clean.shape[-1]}, as many as clean has")
    power, hiss = (part.square().mean(-1, keepdim=True) for part in (clean, noise))  # (..., 1)
    if bool((power == 0).any()) or bool((hiss == 0).any()):
        raise ValueError("clean, noise: got silence, expected sounds; a ratio needs some power on both sides")
    return clean + noise * (power / hiss / 10 ** (snr_db / 10)).sqrt()


# pictures


def linear_weights(old: int, new: int) -> Tensor:
    """How a row of ``old`` pixels becomes one of ``new``, by mixing the two nearest: (new, old), rows sum to 1.

    A pixel is a square, its centre at its number plus 1/2: new pixel i looks at the place (i + 1/2) old / new - 1/2
    among the old centres (``align_corners=False``), kept within the row.

        linear_weights(2, 4) @ torch.tensor([0.0, 1.0])         # 0, 0.25, 0.75, 1
    """
    check_wholes(old=old, new=new)
    place = ((torch.arange(new) + 0.5) * old / new - 0.5).clamp(0, old - 1)  # (new,)
    distance = (place[:, None] - torch.arange(old)).abs()  # (new, old)
    return (1 - distance).clamp(min=0)


def area_weights(old: int, new: int) -> Tensor:
    """How a row of ``old`` pixels becomes one of ``new``, by averaging all that a new pixel touches: (new, old).

    New pixel i covers the old places from i old / new to (i + 1) old / new; each old pixel in touch counts alike.

        area_weights(4, 2) @ torch.tensor([0.0, 2.0, 4.0, 8.0])     # 1, 6
    """
    check_wholes(old=old, new=new)
    i, pixel = torch.arange(new)[:, None], torch.arange(old)
    first, last = i * old // new, -(-(i + 1) * old // new)  # rounded down, rounded up
    touched = ((pixel >= first) & (pixel < last)).float()  # (new, old)
    return touched / touched.sum(1, keepdim=True)


def resize_images(images: Tensor, height: int, width: int, how: str = "area") -> Tensor:
    """Pictures in another size: a weight table for the rows, one for the columns: rows @ picture @ columns^T.

    images (B, C, H, W) -> (B, C, height, width). ``how`` "area" sees every pixel, for shrinking; "linear" mixes the
    nearest four, for enlarging. Equal to ``F.interpolate`` with mode "area" and "bilinear".
    """
    weights = {"area": area_weights, "linear": linear_weights}
    if how not in weights:
        raise ValueError(f"how: got {how!r}, expected one of {', '.join(weights)}")
    _check(images=images)
    if images.dim() != 4:
        raise ValueError(f"images: got shape {tuple(images.shape)}, expected (B, C, H, W); picture[None] adds an axis")
    rows, columns = (
        weights[how](old, new).to(images) for old, new in zip(images.shape[2:], (height, width), strict=True)
    )
    return rows @ images @ columns.T


# sound


def tone(hertz: float, seconds: float = 0.8, rate: int = RATE) -> Tensor:
    """A pure tone: sin(2π · hertz · t / rate) for t = 0, 1, ... -> (T,), T = seconds · rate."""
    return torch.sin(2 * torch.pi * hertz * torch.arange(round(seconds * rate)) / rate)


def dft(x: Tensor) -> Tensor:
    """The discrete Fourier transform: how much of each pure wave is in x: X[k] = sum over n of x[n] e^(-2πi k n / N).

    x (..., N) real -> (..., N // 2 + 1) complex: real part: multiply by cosines and add up; imaginary part: the same
    with sines, minus. Bin k makes k turns in the window, k · rate / N hertz. N² products; ``torch.fft.rfft`` is equal
    and needs about N log N (Cooley and Tukey, 1965). ``dft(torch.tensor([1., 0., -1., 0.]))`` is 0, 2, 0.
    """
    _check(x=x)
    count = x.shape[-1]
    turns = torch.arange(count // 2 + 1)[:, None] * torch.arange(count) % count  # (K, N), exact
    angle = 2 * torch.pi * turns.to(x) / count
    return torch.complex(x @ angle.cos().T, -(x @ angle.sin().T))


def stft(waveforms: Tensor, window: int, hop: int, shape: Tensor | None = None) -> Tensor:
    """Short-time Fourier transform: cut into frames, fade each in and out, transform each: (..., T) -> (..., K, T').

    Frame t starts at sample t · hop: T' = 1 + (T - window) // hop, K = window // 2 + 1. ``shape`` (window,) multiplies
    each frame; None is Hann's 1/2 - 1/2 cos(2π n / window). Equal to ``torch.stft(..., center=False)``.
    Source: Allen and Rabiner (1977), Proceedings of the IEEE 65(11).
    """
    _check_waveforms(waveforms)
    check_wholes(window=window, hop=hop)
    if window > waveforms.shape[-1]:
        raise ValueError(f"window: got {window}, expected at most {waveforms.shape[-1]}, the samples of the sound")
    if shape is None:
        shape = torch.hann_window(window, dtype=waveforms.dtype, device=waveforms.device)
    frames = waveforms.unfold(-1, window, hop)  # (..., T', window)
    return torch.fft.rfft(frames * shape).transpose(-1, -2)


@lru_cache(maxsize=8)
def mel_filters(bands: int = BANDS, bins: int = WINDOW // 2 + 1, rate: int = RATE) -> Tensor:
    """Triangles of equal width in mel = 2595 log10(1 + f / 700), from 100 Hz to 4 kHz, each summing to 1: (bins, F).

    ``bins`` frequency bins reach from 0 Hz to half the rate. ValueError when a band would hold none. Source of the
    formula: O'Shaughnessy (1987), Speech Communication.
    """
    low, high = (2595 * math.log10(1 + hertz / 700) for hertz in (LOWEST_HZ, HIGHEST_HZ))
    edges = 700 * (10 ** (torch.linspace(low, high, bands + 2, dtype=torch.float64) / 2595) - 1)  # (F + 2,)
    hertz = torch.linspace(0, rate / 2, bins, dtype=torch.float64)[:, None]  # (bins, 1)
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    triangles = torch.minimum(rising, falling).clamp(min=0)  # (bins, F)
    if bool((triangles.sum(0) == 0).any()):
        raise ValueError(f"bands: got {bands}, expected few enough for {bins} frequency bins: some would be empty")
    return (triangles / triangles.sum(0)).float()


def mel_power(waveforms: Tensor, bands: int = BANDS, frames: int = FRAMES, window: int = WINDOW) -> Tensor:
    """Mean power in each mel band and frame: |STFT|² @ mel_filters. (..., T) -> (..., F, T'), T' = ``frames``.

    One frame every T // T' samples, in the middle of its window; silence stands before and behind. The window is
    scaled to an energy of 1, so that white noise of variance v has power v in every band.
    """
    _check_waveforms(waveforms)
    check_wholes(bands=bands, frames=frames, window=window)
    hop = waveforms.shape[-1] // frames
    if hop < 1:
        raise ValueError(f"frames: got {frames}, expected at most the number of samples, {waveforms.shape[-1]}")
    padded = nn.functional.pad(waveforms, (max(window - hop, 0) // 2, window))[..., : (frames - 1) * hop + window]
    hann = torch.hann_window(window, dtype=waveforms.dtype, device=waveforms.device)
    spectrum = stft(padded, window, hop, hann / hann.square().sum().sqrt()).transpose(-1, -2)
    power = torch.view_as_real(spectrum).square().sum(-1)  # (..., T', K)
    return (power @ mel_filters(bands, power.shape[-1]).to(power)).transpose(-1, -2)


def log_mel(waveforms: Tensor, *, bands: int = BANDS, frames: int = FRAMES, window: int = WINDOW) -> Tensor:
    """Loudness over time in frequency bands as the ear spaces them: log(mel(|STFT|²) + 0.001).

    waveforms (..., T) in [-1, 1], 8000 samples a second -> (..., F, T'): F ``bands`` from 100 Hz to 4 kHz, T'
    ``frames``. Natural logarithm of power relative to full scale.

        log_mel(tone(1000)).shape                               # (12, 16)
    """
    return torch.log(mel_power(waveforms, bands, frames, window) + FLOOR)


# features by hand


def edge_directions(images: Tensor, cells: int = 2, directions: int = 8) -> Tensor:
    """Which way the brightness climbs: in each of cells x cells parts of a picture, a histogram of directions.

    images (B, 1, H, W) -> (B, cells² · directions), scaled to length 1. A pixel counts with the steepness of its climb.
    After the histograms of oriented gradients of Dalal and Triggs (CVPR 2005), without their blocks.
    """
    _check(images=images)
    if images.dim() != 4 or images.shape[1] != 1 or images.shape[2] % cells or images.shape[3] % cells:
        raise ValueError(f"images: got shape {tuple(images.shape)}, expected (B, 1, H, W), multiples of {cells}")
    down, right = torch.gradient(images[:, 0], dim=(1, 2))  # (B, H, W) each
    turn = torch.atan2(down, right) / (2 * torch.pi) % 1  # 0..1, a full circle
    which = (turn * directions).round().long() % directions
    votes = nn.functional.one_hot(which, directions) * torch.hypot(down, right)[..., None]  # (B, H, W, directions)
    parts = votes.unflatten(2, (cells, -1)).unflatten(1, (cells, -1)).sum((2, 4)).flatten(1)
    return nn.functional.normalize(parts, dim=1)


def cepstrum_summary(log_power: Tensor, count: int = 8) -> Tensor:
    """The shape of a sound's spectrum in few numbers: cepstral coefficients, their mean, spread and change in time.

    log_power (B, F, T') -> (B, 3 count). A coefficient is the sum over f of log_power[f] cos(π q (f + 1/2) / F) for
    q = 1 .. count (0 would be the loudness). The change is second half minus first half.
    Source: Davis and Mermelstein (1980), IEEE Trans. ASSP 28(4).
    """
    _check(log_power=log_power)
    if log_power.dim() != 3 or log_power.shape[1] <= count or log_power.shape[2] < 2:
        raise ValueError(f"log_power: got shape {tuple(log_power.shape)}, expected (B, F > {count}, T' > 1)")
    bands, half = log_power.shape[1], log_power.shape[2] // 2
    wave = torch.cos(torch.pi * torch.arange(1, count + 1)[:, None] * (torch.arange(bands) + 0.5) / bands)
    found = wave.to(log_power) @ log_power  # (B, count, T')
    change = found[..., half:].mean(-1) - found[..., :half].mean(-1)
    return torch.cat([found.mean(-1), found.std(-1), change], 1)


def motion_numbers(video: Tensor) -> Tensor:
    """What moves, from each frame to the next: how much to the right, how much down, and how much was added.

    A shape that moves right by a little makes difference = -slope: it darkens where it leaves, lights where it comes.
    So the sum over the pixels of -difference · slope is above 0 for a move right, below 0 for left; alike for down with
    the slope downwards. video (B, T, 1, H, W) -> (B, T - 1, 3). After Horn and Schunck (1981), Artif. Intelligence 17.
    """
    _check(video=video)
    if video.dim() != 5 or video.shape[1] < 2:
        raise ValueError(f"video: got shape {tuple(video.shape)}, expected (B, T, C, H, W) with T at least 2")
    change = video.diff(dim=1)  # (B, T - 1, C, H, W)
    down, right = torch.gradient((video[:, 1:] + video[:, :-1]) / 2, dim=(-2, -1))
    return torch.stack([-(change * right).sum((2, 3, 4)), -(change * down).sum((2, 3, 4)), change.sum((2, 3, 4))], -1)


# samples that belong together, and those that are rare


def leak_share(train_groups: Tensor, test_groups: Tensor) -> float:
    """The share of test samples whose group (speaker, patient, camera) also stands in training: 0 is clean.

    leak_share(torch.tensor([1, 1, 2]), torch.tensor([2, 3]))       # 0.5: 2 is on both sides
    """
    if train_groups.dim() != 1 or test_groups.dim() != 1 or len(test_groups) == 0:
        raise ValueError(
            f"train_groups, test_groups: got shapes {tuple(train_groups.shape)}, "
            f"{tuple(test_groups.shape)}, expected (B,) and (C,): a group for each sample"
        )
    return float(torch.isin(test_groups, train_groups).float().mean())


def balanced_accuracy(answers: Tensor, labels: Tensor) -> float:
    """The mean over the classes of the share found in each: a rare class counts as much as a common one.

    answers (B,), labels (B,) whole numbers -> 0..1; classes without a label in ``labels`` do not count.
    Source: Brodersen, Ong, Stephan and Buhmann (ICPR 2010).

        balanced_accuracy(torch.tensor([0, 0, 0, 0]), torch.tensor([0, 0, 0, 1]))       # 0.5; accuracy is 0.75
    """
    if answers.shape != labels.shape or labels.dim() != 1 or len(labels) == 0:
        raise ValueError(
            f"answers, labels: got shapes {tuple(answers.shape)}, {tuple(labels.shape)}, "
            "expected (B,) and (B,) with B at least 1"
        )
    right = (answers == labels).double()
    return float(torch.stack([right[labels == k].mean() for k in labels.unique()]).mean())


class ToOneSize(nn.Module):
    """Each modality through a linear layer of its own to one ``size``, in alphabetical order: -> (B, M, size)."""

    def __init__(self, sizes: Mapping[str, int], size: int = 16, seed: int = 0) -> None:
        super().__init__()
        check_wholes(size=size, **sizes)
        self.names = sorted(sizes)
        self.project = nn.ModuleDict(
            {
                name: seeded(lambda name=name: nn.Linear(sizes[name], size), seed + place)
                for place, name in enumerate(self.names)
            }
        )

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        if missing := [name for name in self.names if name not in batch]:
            raise ValueError(f"batch: has no {', '.join(missing)}; it holds {', '.join(batch) or 'nothing'}")
        return torch.stack([self.project[name](batch[name].flatten(1)) for name in self.names], 1)


def _check(**tensors: Tensor) -> None:
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
            what = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(f"{name}: got {what}, expected a float tensor, such as torch.tensor([1.0])")


def _check_waveforms(waveforms: Tensor) -> None:
    if not isinstance(waveforms, Tensor) or not waveforms.is_floating_point():
        raise TypeError(f"waveforms: got {type(waveforms).__name__}, expected a tensor of float samples")
    if waveforms.ndim < 1 or waveforms.numel() == 0:
        raise ValueError(f"waveforms: got shape {tuple(waveforms.shape)}, expected samples in the last axis, (..., T)")
    if not waveforms.isfinite().all():
        raise ValueError("waveforms: got NaN or infinity, expected finite numbers")
