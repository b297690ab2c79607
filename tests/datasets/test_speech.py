"""The spoken digits: splits, signal, features, and what happens to a damaged file."""

import hashlib
import importlib.util
import json
import shutil
import subprocess

import numpy as np
import pytest
import torch

from mmcourse.base.files import how_to_restore
from mmcourse.datasets import files, speech
from mmcourse.modalities import log_mel

SIZES = {"train": (600, 60), "valid": (90, 9), "test": (150, 15)}


# ---------------------------------------------------------------- splits and labels


@pytest.mark.parametrize("split", SIZES)
def test_every_voice_says_every_digit_once(split):
    clips = speech.load(split)
    count, voices = SIZES[split]
    assert clips.waveforms.shape == (count, 6400) and clips.waveforms.dtype == torch.float32
    said = set(zip(clips.speaker.tolist(), clips.digit.tolist(), strict=True))
    assert len(said) == count and len(clips.speaker.unique()) == voices
    assert {digit for _, digit in said} == set(range(10))


def test_no_speaker_and_no_timbre_in_two_splits():
    speakers = {split: set(speech.load(split).speaker.tolist()) for split in SIZES}
    voices = speech.load("all").voices
    timbres = {split: {voices[s].split("+")[1] for s in speakers[split]} for split in SIZES}
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        assert not speakers[one] & speakers[other]
        assert not timbres[one] & timbres[other]
    assert len(set(voices)) == 84 and set.union(*speakers.values()) == set(range(84))


@pytest.mark.parametrize("split", SIZES)
def test_clip_points_at_the_same_sound_in_the_whole_set(split):
    clips, everything = speech.load(split), speech.load("all")
    for name in ("waveforms", "lengths", "digit", "speaker"):
        assert torch.equal(getattr(everything, name)[clips.clip], getattr(clips, name))


def test_what_is_loaded_is_a_copy():
    speech.load("test").waveforms.fill_(7)
    assert speech.load("test").waveforms.max() <= 1


@pytest.mark.parametrize("split", ["dev", None, 1])
def test_unknown_split_names_what_there_is(split):
    with pytest.raises(ValueError, match="split: got .*expected one of 'train', 'valid', 'test', 'all'"):
        speech.load(split)


# ---------------------------------------------------------------- the signal


def test_clips_are_whole_loud_and_not_clipped():
    clips = speech.load("all")
    seconds = clips.lengths / clips.sample_rate
    assert clips.sample_rate == 8000 and seconds.min() >= 0.2 and seconds.max() <= 0.8
    loudness = clips.waveforms.abs()
    assert (loudness.amax(1) == 1).all()  # the peak is at full scale
    assert ((loudness == 1).sum(1) <= 3).all()  # and is a peak, not a flat top
    inside = torch.arange(6400) < clips.lengths[:, None]
    assert (clips.waveforms * ~inside == 0).all()
    assert ((clips.waveforms.square().sum(1) / clips.lengths).sqrt() > 0.05).all()  # a voice, not a click
    assert ((clips.waveforms.sum(1) / clips.lengths).abs() < 0.02).all()  # no constant offset


def test_all_clips_differ():
    assert len({row.numpy().tobytes() for row in speech.load("all").waveforms}) == 840


# ---------------------------------------------------------------- features


def test_loudness_is_the_log_mel_picture_with_nothing_taken_away():
    assert torch.equal(speech.loudness("valid"), log_mel(speech.load("valid").waveforms))
    assert speech.loudness("valid").shape == (90, 12, 16)


def test_features_have_mean_zero_and_spread_one_on_clean_training_clips():
    heard = speech.features(speech.load("train").waveforms)
    assert heard.shape == (600, 12, 16)
    assert torch.allclose(heard.mean(-1), torch.zeros(()), atol=1e-5)  # every band of every clip
    assert torch.allclose(heard.square().mean((0, 2)), torch.ones(()), atol=1e-4)  # every band over all clips


def test_features_fade_towards_zero_in_noise():
    waveforms = speech.load("test").waveforms
    noise = torch.randn(waveforms.shape, generator=torch.Generator().manual_seed(0))
    spread = [float(speech.features(waveforms + level * noise).std()) for level in (0, 0.05, 0.2, 0.8)]
    assert spread == sorted(spread, reverse=True) and spread[-1] < 0.4 * spread[0]


def test_features_leave_their_input_alone():
    waveforms = speech.load("test").waveforms
    before = waveforms.clone()
    speech.features(waveforms)
    assert torch.equal(waveforms, before)


@pytest.mark.parametrize(
    ("waveforms", "error", "message"),
    [
        (np.zeros(6400), TypeError, "waveforms: got ndarray.*expected a tensor of float samples"),
        (torch.zeros(6400, dtype=torch.int16), TypeError, "waveforms: got .*expected a tensor of float samples"),
        (torch.zeros(2, 0), ValueError, r"waveforms: got shape \(2, 0\), expected samples"),
        (torch.zeros(0, 6400), ValueError, r"waveforms: got shape \(0, 6400\), expected samples"),
        (torch.tensor(0.5), ValueError, r"waveforms: got shape \(\), expected samples"),
        (torch.full((6400,), torch.nan), ValueError, "waveforms: got .*expected finite"),
        (torch.full((6400,), torch.inf), ValueError, "waveforms: got .*expected finite"),
    ],
)
def test_bad_waveforms(waveforms, error, message):
    with pytest.raises(error, match=message):
        speech.features(waveforms)


def test_features_are_of_whole_clips():
    with pytest.raises(ValueError, match="waveforms: .*expected 6400 samples"):
        speech.features(torch.zeros(3, 8000))


def test_features_are_log_mel_centred_and_scaled():
    """The recipe of the docstring, step by step, with lesson 07's log-mel."""
    train, test = (log_mel(speech.load(split).waveforms) for split in ("train", "test"))
    spread = (train - train.mean(-1, keepdim=True)).std((0, 2), correction=0, keepdim=True)
    expected = (test - test.mean(-1, keepdim=True)) / spread
    torch.testing.assert_close(speech.features(speech.load("test").waveforms), expected, atol=1e-4, rtol=1e-4)


# ---------------------------------------------------------------- files


FILES = ("speech.npz", "make_speech.py")


def rewrite(folder, content):
    """Another speech.npz with a checksum that fits."""
    (folder / "speech.npz").write_bytes(content)
    sums = {"speech.npz": hashlib.sha256(content).hexdigest()}
    (folder / "checksums.json").write_text(json.dumps(sums))


def test_copy_loads_and_arrays_are_read_only(copied):
    arrays = files.load_npz("speech.npz")
    assert len(arrays["digit"]) == 840
    with pytest.raises(ValueError, match="read-only"):
        arrays["digit"][0] = 3
    arrays.clear()  # a caller's own dict
    assert files.load_npz("speech.npz")


def damage_flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES = {
    "missing": (lambda path: path.unlink(), "is missing"),
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:1000]), "is damaged or was changed"),
    "empty": (lambda path: path.write_bytes(b""), "is damaged or was changed"),
    "one bit": (damage_flip, "is damaged or was changed"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_file_is_named_with_the_way_to_restore_it(copied, kind):
    damage, what = DAMAGES[kind]
    damage(copied / "speech.npz")
    with pytest.raises(files.DataError) as caught:
        files.load_npz("speech.npz")
    message = str(caught.value)
    assert message.startswith(f"data/speech.npz {what}")
    assert how_to_restore("data/speech.npz") in message and "python data/make_speech.py" in message
    assert str(copied) not in message  # no machine's path


def test_a_folder_that_came_without_git_is_not_sent_to_git(copied, monkeypatch):
    (copied / "speech.npz").unlink()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(files.DataError, match="is missing; take data/speech.npz from a fresh copy of the project"):
        files.load_npz("speech.npz")


def test_damage_reaches_whoever_loads_speech(copied):
    (copied / "speech.npz").unlink()
    speech._everything.cache_clear()
    with pytest.raises(files.DataError, match=r"data/speech\.npz is missing"):
        speech.load("train")


class Bomb:
    """Pickled, it would run code when it is loaded."""

    exploded = False

    def __reduce__(self):
        return (setattr, (Bomb, "exploded", True))


def test_nothing_is_unpickled(copied):
    np.savez(copied / "made.npz", digit=np.array([Bomb()], dtype=object))
    rewrite(copied, (copied / "made.npz").read_bytes())
    with pytest.raises(files.DataError, match=r"data/speech\.npz is not a plain npz archive of numbers"):
        files.load_npz("speech.npz")
    assert not Bomb.exploded


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off", b"\x80\x04N."])
def test_right_checksum_but_no_archive(copied, content):
    rewrite(copied, content)
    with pytest.raises(files.DataError, match=r"data/speech\.npz is not a plain npz archive of numbers"):
        files.load_npz("speech.npz")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"speech.npz"'])
def test_damaged_checksums(copied, text):
    (copied / "checksums.json").write_text(text)
    with pytest.raises(
        files.DataError, match=r"data/checksums\.json is damaged.*(git checkout -- data/checksums|take data/checksums)"
    ):
        files.load_npz("speech.npz")


def test_checksum_that_is_not_listed(copied):
    (copied / "checksums.json").write_text("{}")
    with pytest.raises(files.DataError, match=r"data/checksums\.json lists no checksum for speech\.npz"):
        files.load_npz("speech.npz")


def test_shipped_checksums_are_those_of_the_shipped_files():
    sums = json.loads((files.DATA / "checksums.json").read_text())
    assert set(sums) == {path.name for kind in ("npz", "tsv", "xz", "png") for path in files.DATA.glob(f"*.{kind}")}
    for name, promised in sums.items():
        content = (files.DATA / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == promised and len(content) < 6e6


# ---------------------------------------------------------------- the script


@pytest.fixture(scope="module")
def maker():
    """The script as a module, where the espeak-ng that made the clips is installed."""
    pytest.importorskip("scipy")
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed: whether the script makes the same clips again was not tried")
    spec = importlib.util.spec_from_file_location("make_speech", files.DATA / "make_speech.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made_with = str(files.load_npz("speech.npz")["espeak_ng"])
    try:
        found = script.espeak_version()
    except (subprocess.SubprocessError, ValueError, IndexError):
        found = "unknown"
    if found != made_with:
        pytest.skip(f"the clips were made with espeak-ng {made_with}, here is {found}: other clips are expected")
    return script


def test_script_draws_the_shipped_voices(maker):
    shipped, voices = files.load_npz("speech.npz"), maker.draw_voices()
    assert [voice.name for voice in voices] == shipped["voice"].tolist()
    assert [voice.split for voice in voices] == shipped["voice_split"].tolist()
    assert [(voice.speed, voice.pitch) for voice in voices] == list(
        zip(shipped["voice_speed"].tolist(), shipped["voice_pitch"].tolist(), strict=True)
    )


@pytest.mark.parametrize("number", [0, 83])
def test_script_speaks_the_shipped_clips_again(maker, number):
    shipped = files.load_npz("speech.npz")
    clips = np.split(shipped["samples"], shipped["start"][1:-1])[10 * number : 10 * number + 10]
    for again, clip in zip(maker.speak(maker.draw_voices()[number]), clips, strict=True):
        assert np.array_equal(again, clip)


def test_equal_arrays_are_packed_into_equal_bytes(maker):
    arrays = {"a": np.arange(5), "b": np.array(["x", "yz"])}
    assert maker.pack(arrays) == maker.pack({key: value.copy() for key, value in arrays.items()})
