"""Sounds as a learner may bring them: words in the form of `speech`, and an answer in words to everything else."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from own_files import extensible, spoken, wav
from scipy.io import wavfile

from mmcourse.datasets import human_voice, own_sounds, speech
from mmcourse.datasets.own_sounds import recording_of, word_in, word_of


def floats(samples: np.ndarray, rate: int = 48_000, kind: str = "<f4") -> bytes:
    out = io.BytesIO()
    wavfile.write(out, rate, samples.astype(kind))
    return out.getvalue()


# ------------------------------------------------------------ recordings


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 48_000])
def test_every_depth_and_rate_gives_the_same_sound(bits, rate):
    tone = lambda r: 0.5 * np.sin(2 * np.pi * 440 * np.arange(r) / r)  # noqa: E731
    found = recording_of(wav(tone(rate), rate, bits))
    expected = torch.from_numpy(tone(8000)).float()
    assert (found.rate, found.channels, found.seconds) == (rate, 1, pytest.approx(1, abs=0.001))
    inside = slice(100, 7900)
    assert (found.samples[: len(expected)] - expected)[inside].abs().max() < (0.01 if bits == 8 else 0.002)


def test_channels_are_averaged():
    sound = spoken(3)[0]
    both = np.stack([sound, np.zeros_like(sound)], 1)
    found, one = recording_of(wav(both)), recording_of(wav(sound))
    assert found.channels == 2 and (found.samples - one.samples / 2).abs().max() < 1e-3
    assert recording_of(wav(np.stack([sound] * 6, 1), bits=24)).channels == 6


def test_files_of_sound_editors_are_read():
    sound = np.stack([spoken(3)[0]] * 2, 1)
    expected = recording_of(wav(sound, bits=24)).samples
    for content in (extensible(sound), floats(sound, 44_100), floats(sound, 44_100, "<f8")):
        assert (recording_of(content).samples - expected).abs().max() < 1e-4


def test_what_is_too_high_for_8_khz_does_not_fold_back():
    high = 0.9 * np.sin(2 * np.pi * 6000 * np.arange(44_100) / 44_100) + 0.05 * spoken(3)[0][:44_100]
    power = torch.fft.rfft(recording_of(wav(high)).samples).abs()
    assert power[1900:2100].max() < 0.05 * 8000 * 0.45, "6 kHz would come back as 2 kHz"


# ------------------------------------------------------------ words


@pytest.mark.parametrize("digit", range(10))
def test_a_word_is_found_trimmed_and_levelled(digit):
    sound, first, last = spoken(digit)
    word = word_of(wav(sound))
    assert word.waveform.shape == (6400,) and word.waveform.dtype == torch.float32
    assert word.waveform.abs().max() == 1 and word.whole
    assert abs(word.first / 8000 - first) < 0.06 and abs(word.last / 8000 - last) < 0.1
    assert (word.waveform[word.length :] == 0).all()


def test_words_look_to_a_model_like_those_of_the_set():
    """Played into a room and cut out again, a word keeps its features."""
    clips = human_voice.load()
    found = torch.stack([word_of(wav(spoken(digit, room=0.0003)[0])).waveform for digit in range(10)])
    ours, theirs = speech.features(found), speech.features(clips.waveforms)
    alike = [
        float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1]) for a, b in zip(ours, theirs, strict=True)
    ]
    assert np.median(alike) > 0.85


def test_clips_that_are_trimmed_already_stay_whole():
    for clips in (human_voice.load(), speech.load("test")):
        for waveform, length in zip(clips.waveforms[:40], clips.lengths[:40].tolist(), strict=True):
            word = word_in(waveform)
            assert word.first < 500 and abs(word.last - length) < 1400 and word.whole


def test_the_longest_word_is_taken_from_several_and_a_long_one_is_cut():
    sound, _first, _last = spoken(7)
    quiet, loud = 0.05 * sound, sound
    word = word_of(wav(np.concatenate([quiet, loud, quiet])))
    assert len(sound) / 44_100 * 8000 < word.first < 2 * len(sound) / 44_100 * 8000
    rng = np.random.default_rng(0)
    drone = np.concatenate([np.zeros(8000), 0.5 * rng.standard_normal(16_000).clip(-1, 1), np.zeros(8000)])
    long = word_of(wav(drone, 8000))
    assert not long.whole and long.length == 6400 and 7900 <= long.first <= 17_700


@pytest.mark.parametrize("room", [0.0, 0.0003, 0.003])
def test_a_room_is_no_part_of_the_word(room):
    sound, first, last = spoken(4, room=room)
    word = word_of(wav(sound))
    assert word.first / 8000 > first - 0.1 and word.last / 8000 < last + 0.1


def test_an_offset_and_the_loudness_do_not_matter():
    sound = spoken(5, room=0.0)[0]
    plain = word_of(wav(sound, bits=24))
    for other in (wav(0.3 + 0.2 * sound, bits=24), wav(0.02 * sound, bits=24)):
        again = word_of(other)
        assert abs(again.first - plain.first) <= 160
        assert (again.waveform.abs().mean() / plain.waveform.abs().mean()) == pytest.approx(1, abs=0.1)


# ------------------------------------------------------------ what cannot be used

SECOND = np.random.default_rng(0).standard_normal(44_100) * 0.1
ODD = {
    "empty": (b"", "empty file"),
    "too many bytes": (bytes(8_000_001), "at most 8 MB"),
    "a text": (b"hello, I am a text", "another kind, expected a WAV file"),
    "an MP3": (b"ID3\x04" + bytes(4000), "another kind, expected a WAV file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "another kind"),
    "half a header": (wav(SECOND)[:20], "damaged WAV"),
    "no sound in it": (wav(np.zeros(0)), "expected a word of 100 ms or more"),
    "too short": (wav(SECOND[:441]), "10 ms, expected a word of 100 ms or more"),
    "too long": (wav(np.zeros(8000 * 12), 8000), "12 s, expected at most 10 s"),
    "silent": (wav(np.zeros(44_100)), "silence, expected a spoken word"),
    "all but silent": (wav(0.001 * SECOND, bits=24), "silence, expected a spoken word"),
    "an offset": (wav(np.full(44_100, 0.5)), "silence, expected a spoken word"),
    "a click": (wav(np.eye(1, 44_100, 20_000)[0]), "a click or noise"),
    "not a number": (floats(np.full(48_000, np.nan)), "infinite or none"),
    "infinite": (floats(np.full(48_000, np.inf)), "infinite or none"),
    "too slow": (wav(SECOND, 1000), "1000 samples a second, expected 4000"),
    "too fast": (wav(SECOND, 400_000), "expected 4000 to 192000"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_word_is_answered_in_words(name):
    content, expected = ODD[name]
    with pytest.raises(ValueError, match=f"sound: got .*{expected}|sound: got {expected}"):
        word_of(content)


def test_damaged_files_never_break_it():
    """Every beginning of a file, and files with a few bytes wrong, are read or answered."""
    rng = np.random.default_rng(1)
    sound = spoken(3)[0][::2]
    for whole in (wav(sound), wav(sound, bits=24), extensible(np.stack([sound] * 2, 1)), floats(sound)):
        for _time in range(40):
            damaged = bytearray(whole[: rng.integers(1, 200)] if rng.random() < 0.5 else whole)
            for place in rng.integers(0, min(len(damaged), 80), 3):
                damaged[place] = rng.integers(256)
            try:
                assert word_of(bytes(damaged)).waveform.isfinite().all()
            except ValueError as error:
                assert str(error).startswith("sound: got "), error


def test_sizes_are_what_the_browser_is_told():
    from mmcourse.widgets import given

    assert own_sounds.MOST_BYTES == given.MOST
