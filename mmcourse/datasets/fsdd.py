"""Digits spoken by people: the Free Spoken Digit Dataset, 3,000 recordings of six persons, for those who are online.

Not part of the course's repository and needed by none of its lessons. The first call fetches 16 MB from GitHub into the
user's cache; later calls need no network. Data by the contributors of the Free Spoken Digit Dataset
(Jakobovski/free-spoken-digit-dataset), licence CC BY-SA 4.0.

GitHub may pack the same files anew and so into other bytes. So what is checked is the content: every recording of a
speaker, by one sha256 for each speaker. Four of the six sums were taken from the recordings themselves. Of theo's
and yweweler's recordings no copy was at hand when this was written: of them only the names, the count and the form are
checked, not that they are the very ones (VERIFIED says whose are).
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import wave
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from mmcourse.base.checks import check_choice
from mmcourse.datasets.download import DownloadError, fetch
from mmcourse.datasets.speech import SAMPLE_RATE, SAMPLES, Speech

COMMIT = "26eb9aaf76e81b692f806f9140c2d2777410d7a1"
PATH = re.compile(r"[^/]+/recordings/([0-9])_([a-z]+)_([0-9]{1,2})\.wav")
NAME = f"fsdd-{COMMIT[:8]}.tar.gz"  # in the cache
LARGEST, MOST_TAKES = 200_000, 10_000  # bytes of one recording, and recordings, beyond which something is wrong
AGAIN = "run this again to fetch it anew"
SILENCE, MARGIN = 0.01, 80  # of the peak, and samples (10 ms): as the course's own clips are trimmed
SPLITS = {"train": ("george", "jackson", "theo", "yweweler"), "valid": ("lucas",), "test": ("nicolas",)}


class Take(NamedTuple):
    """One recording: who says which digit, and for which time."""

    speaker: str
    digit: int
    number: int

    @property
    def name(self) -> str:
        return f"{self.digit}_{self.speaker}_{self.number}.wav"


class Edition(NamedTuple):
    """Where an archive lies, the sha256 of each speaker's recordings (None: not known), and takes of each digit."""

    url: str
    sums: dict[str, str | None]
    takes: int


FULL = Edition(
    f"https://github.com/Jakobovski/free-spoken-digit-dataset/archive/{COMMIT}.tar.gz",
    {
        "george": "7543fea03052e8492c445f376230a4b080e882d238532002bc974a6e69577f3d",
        "jackson": "422e32a8d1b20006e18ea0bcdcce21860ec13781d91f1786b18ba266c9d6de01",
        "lucas": "9b75b134c810b831a6e9ee7e987f9a673d1877c82a02e7487cd397f7dfcf9a41",
        "nicolas": "fc6e8ed1b1b7280008c3cb0ac9568e16309aa37d9f4956493e5a00e34bdba3c8",
        "theo": None,
        "yweweler": None,
    },
    50,
)
VERIFIED = tuple(speaker for speaker, known in FULL.sums.items() if known)


def load(
    split: str = "train",
    *,
    folder: str | Path | None = None,
    edition: Edition = FULL,
    progress: Callable[[int, int | None], None] | None = None,
) -> Speech:
    """The recordings of one split, in the form of ``speech.load``: "train" (2000), "valid" (500), "test" (500), "all".

    Splits are **by person**: nobody of valid or test speaks in train. Silence is trimmed from both ends, the peak is
    brought to 1, and of what is longer than 0.8 s (1 in 50) the 0.8 s with most energy are kept. ``folder`` is where
    the archive is kept; ``progress(bytes so far, bytes in all or None)`` is called while it comes. Raises DownloadError
    with a sentence when there is no network or something else comes than was asked for.

        clips = fsdd.load("test")                           # the first time online
        clips.waveforms.shape, clips.voices                 # (500, 6400), ('george', 'jackson', …)
    """
    check_choice(split, "split", (*SPLITS, "all"))
    recordings = fetch(
        edition.url, NAME, lambda content: checked_recordings(content, edition), folder=folder, progress=progress
    )
    voices, takes = tuple(sorted(edition.sums)), list(recordings)
    wanted = voices if split == "all" else SPLITS[split]
    chosen = [take for take in takes if take.speaker in wanted]
    clips = [fitted(samples_of(recordings[take])) for take in chosen]
    waveforms = np.zeros((len(clips), SAMPLES), np.float32)
    for row, clip in zip(waveforms, clips, strict=True):
        row[: len(clip)] = clip
    numbers = np.array([(take.digit, voices.index(take.speaker), takes.index(take)) for take in chosen])
    lengths = torch.tensor([len(clip) for clip in clips])
    return Speech(torch.from_numpy(waveforms), lengths, *torch.from_numpy(numbers.reshape(-1, 3)).unbind(1), voices)


def checked_recordings(content: bytes, edition: Edition = FULL) -> dict[Take, bytes]:
    """The WAV files of an archive, sorted; DownloadError unless they are all there, well formed, and the very ones.

    Nothing is written to disk and no name of the archive is used as a path: what is no recording by its name is passed
    over. The sum of a speaker is the sha256 of lines "sha256 of a recording, two spaces, its name", sorted by name.
    """
    recordings = _read(content)
    expected = {
        Take(speaker, digit, n) for speaker in edition.sums for digit in range(10) for n in range(edition.takes)
    }
    if missing := len(expected - set(recordings)):
        raise DownloadError(f"{NAME}: {missing} of {len(expected)} recordings are missing; {AGAIN}")
    recordings = {take: recordings[take] for take in sorted(expected)}
    for speaker, known in edition.sums.items():
        if known is not None and content_sum(recordings, speaker) != known:
            raise DownloadError(f"{NAME}: the recordings of {speaker} are not those of commit {COMMIT[:8]}; {AGAIN}")
    for take, recording in recordings.items():
        try:
            samples_of(recording)
        except (wave.Error, EOFError, ValueError) as error:
            raise DownloadError(
                f"{NAME}: {take.name} is no recording of 8 kHz, one channel, 16 bits ({error})"
            ) from None
    return recordings


def content_sum(recordings: Mapping[Take, bytes], speaker: str) -> str:
    """One sha256 over all recordings of a speaker, whatever archive they came in."""
    names = {
        take.name: hashlib.sha256(each).hexdigest() for take, each in recordings.items() if take.speaker == speaker
    }
    return hashlib.sha256("".join(f"{names[name]}  {name}\n" for name in sorted(names)).encode()).hexdigest()


def _read(content: bytes) -> dict[Take, bytes]:
    found: dict[Take, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                match = PATH.fullmatch(member.name)
                if match and member.isfile() and member.size <= LARGEST and len(found) < MOST_TAKES:
                    found[Take(match[2], int(match[1]), int(match[3]))] = archive.extractfile(member).read()
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError) as error:
        raise DownloadError(f"{NAME} is no whole archive ({error}); {AGAIN}") from None
    return found


def samples_of(recording: bytes) -> np.ndarray:
    """The samples of a WAV file as float32 in [-1, 1); wave.Error or ValueError for another form or silence."""
    with wave.open(io.BytesIO(recording)) as sound:
        form = sound.getframerate(), sound.getnchannels(), sound.getsampwidth()
        if form != (SAMPLE_RATE, 1, 2):
            raise ValueError(f"it has {form[0]} Hz, {form[1]} channels, {8 * form[2]} bits")
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    if not samples.any():
        raise ValueError("it is silent")
    return samples.astype(np.float32) / np.float32(32768)


def fitted(samples: np.ndarray) -> np.ndarray:
    """Silence trimmed from both ends, the peak at 1; of what is longer than 0.8 s, the 0.8 s with most energy."""
    loud = np.flatnonzero(np.abs(samples) > SILENCE * np.abs(samples).max())
    clip = samples[max(loud[0] - MARGIN, 0) : loud[-1] + 1 + MARGIN]
    if len(clip) > SAMPLES:
        energy = np.concatenate([[0], np.cumsum(clip.astype(np.float64) ** 2)])
        start = int(np.argmax(energy[SAMPLES:] - energy[:-SAMPLES]))
        clip = clip[start : start + SAMPLES]
    return clip / np.abs(clip).max()
