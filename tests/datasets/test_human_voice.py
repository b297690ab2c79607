"""The human voice: ten clips in the form of the synthetic ones, and the script that makes the file."""

import wave

import makers
import numpy as np
import pytest
import torch

from mmcourse.datasets import files, human_voice, speech


def test_ten_clips_in_the_form_of_the_synthetic_ones():
    clips, synthetic = human_voice.load(), speech.load("test")
    assert clips.digit.tolist() == clips.clip.tolist() == list(range(10)) and clips.speaker.tolist() == [0] * 10
    assert clips.voices == ("Allison Smith",) and clips.sample_rate == 8000
    for name in ("waveforms", "lengths", "digit", "speaker", "clip"):
        ours, theirs = getattr(clips, name), getattr(synthetic, name)
        assert ours.dtype == theirs.dtype and ours.shape[1:] == theirs.shape[1:], name


def test_clips_are_whole_loud_and_not_clipped():
    clips = human_voice.load()
    seconds, loudness = clips.lengths / clips.sample_rate, clips.waveforms.abs()
    assert seconds.min() > 0.4 and seconds.max() < 0.75
    assert (loudness.amax(1) == 1).all() and ((loudness == 1).sum(1) <= 3).all()
    inside = torch.arange(6400) < clips.lengths[:, None]
    assert (clips.waveforms * ~inside == 0).all()
    assert ((clips.waveforms.square().sum(1) / clips.lengths).sqrt() > 0.1).all()  # a voice, not a click
    assert speech.features(clips.waveforms).isfinite().all()


def test_no_clip_is_one_of_the_synthetic_ones():
    """The loudest match at any shift stays far below that of a clip with itself."""
    ours = torch.fft.rfft(human_voice.load().waveforms, 12800)
    theirs = torch.fft.rfft(speech.load("all").waveforms, 12800)
    size = theirs.abs().square().sum(1).sqrt()
    for one in ours:
        match = torch.fft.irfft(one * theirs.conj(), 12800).amax(1) * 12800 / 2
        assert (match / (one.abs().square().sum().sqrt() * size)).max() < 0.7


def test_what_is_loaded_is_a_copy():
    human_voice.load().waveforms.fill_(7)
    assert human_voice.load().waveforms.max() == 1


FILES = (human_voice.NAME, "make_human_voice.py")


def test_damaged_file_is_named_with_the_way_to_restore_it(copied):
    (copied / human_voice.NAME).write_bytes(b"PK")
    with pytest.raises(
        files.DataError, match=r"data/human_voice\.npz is damaged.*(git checkout|fresh copy).*make_human_voice\.py"
    ):
        human_voice.load()


def test_script_gives_the_same_bytes():
    pytest.importorskip("scipy")
    made = makers.script_with_packages("make_human_voice").make()[human_voice.NAME]
    makers.check_same_arrays(human_voice.NAME, made)


def test_script_reads_8_khz_mono_only(tmp_path):
    maker = makers.script("make_human_voice")
    for rate in (8000, 44100):
        with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
            sound.setparams((1, 2, rate, 0, "NONE", ""))
            sound.writeframes(np.array([0, 16384, -32768], "<i2").tobytes())
        if rate == 8000:
            assert maker.samples_of((tmp_path / "a.wav").read_bytes()).tolist() == [0, 0.5, -1]
        else:
            with pytest.raises(SystemExit, match="expected 8 kHz, one channel, 16 bits"):
                maker.samples_of((tmp_path / "a.wav").read_bytes())
