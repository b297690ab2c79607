"""Make data/speech.npz: the digits zero to nine, spoken by 84 synthetic voices.

    python data/make_speech.py              write speech.npz and its checksum beside this script
    python data/make_speech.py --check      make everything again and compare, write nothing

Needs espeak-ng, numpy and scipy. The same version of espeak-ng gives the same bytes each time: the voices are
drawn from a seeded generator, and neither a date nor the name of this machine enters the file. README.md has
the format.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.signal import resample_poly

HERE = Path(__file__).resolve().parent
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ACCENTS = ("en-us", "en-us-nyc", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-029")
# A timbre is one of espeak-ng's voice variants. All accents of a timbre go into the same split,
# so a test voice differs from every training voice in its sound and not only in its accent.
TIMBRES = {
    "train": ("m1", "m2", "m3", "m5", "m6", "m8", "f1", "f2", "f4", "f5",
              "Alex", "Andy", "Annie", "Denis", "Diogo", "Hugo", "victor", "Michael", "Steph", "belinda"),
    "valid": ("m7", "steph2", "antonio"),
    "test": ("m4", "f3", "linda", "Mike", "benjamin"),
}  # fmt: skip
ACCENTS_PER_TIMBRE = 3
SPLITS = tuple(TIMBRES)
SEED = 8
RATE_HZ = 8000
FULL_SCALE = 1023  # eleven bits: rounding noise 70 dB below the peak, and a third less to ship than sixteen
SHORTEST_S, LONGEST_S = 0.2, 0.8
SILENCE = 0.01  # quieter than 1 % of the peak (-40 dB) at either end counts as silence
MARGIN_S = 0.01  # kept on both sides, so that soft consonants are not cut
COMMAND = "espeak-ng -v {accent}+{timbre} -s {speed} -p {pitch} --stdout {word}"


class Voice(NamedTuple):
    """One synthetic speaker: what espeak-ng is asked for, and the split all its clips belong to."""

    accent: str
    timbre: str
    speed: int  # words per minute
    pitch: int  # 0 to 99
    split: str

    @property
    def name(self) -> str:
        return f"{self.accent}+{self.timbre}"


def draw_voices() -> list[Voice]:
    """Every timbre with three accents, each with a speed and a pitch of its own."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    voices = []
    for split, timbres in TIMBRES.items():
        for timbre in timbres:
            for accent in rng.choice(len(ACCENTS), ACCENTS_PER_TIMBRE, replace=False):
                speed, pitch = int(rng.integers(140, 181)), int(rng.integers(30, 71))
                voices.append(Voice(ACCENTS[accent], timbre, speed, pitch, split))
    return voices


def espeak_version() -> str:
    """The version alone ("1.51"): the folder that espeak-ng prints after it differs between machines."""
    asked = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True)
    words = asked.stdout.split()
    return words[words.index("text-to-speech:") + 1]


def synthesise(voice: Voice, word: str) -> tuple[np.ndarray, int]:
    """The samples that espeak-ng speaks, in [-1, 1), and their rate in Hz."""
    command = COMMAND.format(**voice._asdict(), word=word).split()
    spoken = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(spoken)) as sound:
        rate = sound.getframerate()
    # A stream's header holds no true length, so the samples are taken from behind its "data" mark.
    samples = np.frombuffer(spoken[spoken.index(b"data") + 8 :], "<i2")
    return samples / 32768.0, rate


def prepare(samples: np.ndarray, rate: int) -> np.ndarray:
    """Resample to 8 kHz, trim silence at both ends, bring the peak to full scale, round to eleven bits."""
    common = np.gcd(rate, RATE_HZ)
    at_8k = resample_poly(samples, RATE_HZ // common, rate // common, window=("kaiser", 8.0))
    loud = np.flatnonzero(np.abs(at_8k) > SILENCE * np.abs(at_8k).max())
    margin = round(MARGIN_S * RATE_HZ)
    clip = at_8k[max(loud[0] - margin, 0) : loud[-1] + 1 + margin]
    clip = np.round(clip / np.abs(clip).max() * FULL_SCALE).astype(np.int16)
    if not SHORTEST_S <= len(clip) / RATE_HZ <= LONGEST_S:
        raise SystemExit(f"a clip of {len(clip) / RATE_HZ:.2f} s lies outside {SHORTEST_S} to {LONGEST_S} s")
    return clip


def speak(voice: Voice) -> list[np.ndarray]:
    """The ten digits of one voice, ready to ship."""
    return [prepare(*synthesise(voice, word)) for word in WORDS]


def make() -> dict[str, np.ndarray]:
    """All arrays of speech.npz."""
    voices = draw_voices()
    with ThreadPoolExecutor() as pool:
        clips = [clip for ten in pool.map(speak, voices) for clip in ten]
    return {
        "samples": np.concatenate(clips),
        "start": np.cumsum([0] + [len(clip) for clip in clips], dtype=np.int64),
        "digit": np.tile(np.arange(10, dtype=np.int64), len(voices)),
        "speaker": np.repeat(np.arange(len(voices), dtype=np.int64), 10),
        "voice": np.array([voice.name for voice in voices]),
        "voice_speed": np.array([voice.speed for voice in voices], np.int64),
        "voice_pitch": np.array([voice.pitch for voice in voices], np.int64),
        "voice_split": np.array([voice.split for voice in voices]),
        "sample_rate": np.array(RATE_HZ),
        "full_scale": np.array(FULL_SCALE),
        "espeak_ng": np.array(espeak_version()),
        "command": np.array(COMMAND),
    }


def pack(arrays: dict[str, np.ndarray]) -> bytes:
    """The bytes of a compressed npz; numpy dates its members 1980, so equal arrays give equal bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def main() -> int:
    """Write speech.npz and its checksum, or with --check compare with what is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the shipped file, write nothing")
    check = parser.parse_args().check
    packed, target, sums = pack(make()), HERE / "speech.npz", HERE / "checksums.json"
    if check:
        same = target.read_bytes() == packed
        print("the same bytes" if same else "DIFFERENT bytes (another espeak-ng, zlib or numpy?)")
        return 0 if same else 1
    target.write_bytes(packed)
    known = json.loads(sums.read_text()) if sums.exists() else {}
    known[target.name] = hashlib.sha256(packed).hexdigest()
    sums.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
    print(f"{target.name}: {len(packed) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
