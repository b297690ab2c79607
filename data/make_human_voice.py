"""Make data/human_voice.npz: the digits zero to nine, spoken by one person.

    python data/make_human_voice.py              write human_voice.npz and its checksum beside this script
    python data/make_human_voice.py --check      make everything again and compare, write nothing

Needs the package below, numpy and scipy. The recordings are 8 kHz already; silence is trimmed and the peak brought to
full scale exactly as make_speech.py does. README.md has the format.
"""

from __future__ import annotations

import io
import sys
import wave

import numpy as np
from make_speech import FULL_SCALE, RATE_HZ, prepare
from shipping import Package, from_deb, pack, run

PACKAGE = Package(
    "asterisk-core-sounds-en-wav_1.6.1-1_all.deb",
    "2be3ea287d83299d143815fa804f11179a75b7affd4a758b98b55f5afc18a35d",
    "apt-get download asterisk-core-sounds-en-wav=1.6.1-1",
)
FOLDER = "usr/share/asterisk/sounds/en_US_f_Allison/digits"
VOICE = "Allison Smith"


def samples_of(content: bytes) -> np.ndarray:
    """The samples of a WAV file in [-1, 1)."""
    with wave.open(io.BytesIO(content)) as sound:
        if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE_HZ, 1, 2):
            raise SystemExit(f"got a WAV file with {sound.getparams()}, expected 8 kHz, one channel, 16 bits")
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768.0


def make() -> dict[str, bytes]:
    """The file to ship: the arrays of speech.npz as far as they apply to one voice."""
    recordings = from_deb(PACKAGE, *(f"{FOLDER}/{digit}.wav" for digit in range(10)))
    clips = [prepare(samples_of(recording), RATE_HZ) for recording in recordings]
    arrays = {
        "samples": np.concatenate(clips),
        "start": np.cumsum([0] + [len(clip) for clip in clips], dtype=np.int64),
        "digit": np.arange(10, dtype=np.int64),
        "speaker": np.zeros(10, np.int64),
        "voice": np.array([VOICE]),
        "sample_rate": np.array(RATE_HZ),
        "full_scale": np.array(FULL_SCALE),
    }
    return {"human_voice.npz": pack(arrays)}


if __name__ == "__main__":
    sys.exit(run(__doc__, make))
