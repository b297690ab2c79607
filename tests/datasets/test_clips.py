"""The clips: pixels against geometry, pitch and loudness against the spectrum, and what each part alone can tell."""

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier

from mmcourse.datasets import clips
from mmcourse.datasets.clips import MOTIONS, SHAPES

LEFT, RIGHT, UP, DOWN, GROW, SHRINK = range(6)


@pytest.fixture(scope="module")
def train():
    return clips.load("train")


@pytest.fixture(scope="module")
def test():
    return clips.load("test")


def turns(video):
    """Where the shape is, as an angle around the ring, (N, T, 2) for row and column: the phase of the slowest wave."""
    waves = np.exp(2j * np.pi * (np.arange(clips.SIDE) + 0.5) / clips.SIDE)
    sums = [(video[:, :, 0].numpy().sum(axis) * waves).sum(-1) for axis in (3, 2)]
    return np.stack([np.angle(one) for one in sums], axis=-1)


def steps(video):
    """How far the shape moves from frame to frame, in pixels, the shorter way round: (N, T-1, 2)."""
    return ((np.diff(turns(video), axis=1) + np.pi) % (2 * np.pi) - np.pi) * clips.SIDE / (2 * np.pi)


def ratios(video):
    """How many times wider the shape is in the next frame, (N, T-1); the one leap around the ring left out (NaN)."""
    width = video[:, :, 0].numpy().sum((2, 3)) ** 0.5
    step = width[:, 1:] / width[:, :-1]
    return np.where((step > 1.5) | (step < 1 / 1.5), np.nan, step)


def halves(audio):
    """Pitch in Hz and loudness of the first and the last fifth of a sound, (N, 2) each: crossings of zero, root mean
    square.
    """
    parts = audio.reshape(len(audio), 5, -1)[:, (0, 4)].numpy()
    pitch = (np.diff(np.sign(parts), axis=-1) != 0).sum(-1) / 2 / (parts.shape[-1] / clips.SAMPLE_RATE)
    return pitch, np.sqrt((parts**2).mean(-1))


# ---------------------------------------------------------------- what is made


def test_shapes_types_and_ranges(train):
    assert train.video.shape == (1200, 8, 1, 16, 16) and train.audio.shape == (1200, 4000)
    assert train.video.dtype == train.audio.dtype == torch.float32
    assert train.motion.dtype == train.kind.dtype == torch.int64
    assert train.video.min() == 0 and train.video.max() == 1 and 0.7 < train.audio.abs().max() <= clips.LOUDEST
    assert MOTIONS == ("left", "right", "up", "down", "grow", "shrink")
    assert train.motion.bincount().tolist() == [200] * 6 and train.kind.bincount(minlength=len(SHAPES)).min() > 250
    assert all(len(clips.load(split).motion) == size for split, size in clips.SIZES.items())


def test_a_clip_is_the_same_whatever_the_count_and_the_splits_differ(train, test):
    many, few = clips.make(30, seed=5, noise=0.1, hiss=0.1), clips.make(7, seed=5, noise=0.1, hiss=0.1)
    for a, b in zip(many, few, strict=True):
        torch.testing.assert_close(a[:7], b, rtol=0, atol=1e-6)
    assert not torch.equal(many.video, clips.make(30, seed=6).video)
    assert not torch.equal(train.video[:600], test.video)
    assert torch.equal(clips.load("test").audio, test.audio)


def test_the_caller_may_change_what_came():
    clips.make(4).video.zero_()
    assert clips.make(4).video.max() == 1


def test_a_frame_is_the_shape_looked_at_closely():
    """Each pixel against 20 x 20 looks into it, for two kinds whose outline is a formula of one line."""
    places = np.array([[0.52, 0.97, 0.3], [0.03, 0.41, 0.99]])[:, None]  # across the edges of the picture
    look = (np.arange(16 * 20) + 0.5) / 20
    for row, (row_at, column_at, size_at) in enumerate(places[:, 0]):
        half = 2.0 * (4.5 / 2.0) ** size_at
        y, x = ((look - at * 16 + 8) % 16 - 8 for at in (row_at, column_at))
        y, x = np.meshgrid(y, x, indexing="ij")
        for kind, inside in (("circle", x**2 + y**2 < half**2), ("square", np.maximum(abs(x), abs(y)) < 0.86 * half)):
            seen = clips._paint(np.array([SHAPES.index(kind)] * 2), places)[row, 0]
            expected = inside.reshape(16, 20, 16, 20).mean((1, 3))
            assert abs(seen - expected).max() < 0.05 and abs(seen.sum() - expected.sum()) < 0.02 * expected.sum()


# ---------------------------------------------------------------- what moves


def test_the_shape_moves_as_its_motion_says(test):
    step = steps(test.video).mean(1)  # (N, 2): rows down, columns right
    low, high = (16 * pace / 7 for pace in clips.PACE)
    for motion, (axis, sign) in {UP: (0, -1), DOWN: (0, 1), LEFT: (1, -1), RIGHT: (1, 1)}.items():
        mine = step[test.motion == motion] * sign
        assert ((mine[:, axis] > low - 0.05) & (mine[:, axis] < high + 0.05)).all(), MOTIONS[motion]
        assert abs(mine[:, 1 - axis]).max() < 0.02
    still = step[test.motion >= GROW]
    assert abs(still).max() < 0.1


def test_the_motion_is_even_and_finer_than_a_pixel(test):
    across = steps(test.video)[test.motion == RIGHT][:, :, 1]
    assert across.std(axis=1).max() < 0.05  # pixels
    assert len(np.unique(across.mean(1).round(3))) > 50


def test_the_size_changes_as_the_motion_says_and_begins_again_once_at_most(test):
    ratio = ratios(test.video)
    assert (np.isnan(ratio).sum(1) <= 1).all() and not np.isnan(ratio[test.motion < GROW]).any()
    assert (np.nanmin(ratio[test.motion == GROW], 1) > 1.02).all()
    assert (np.nanmax(ratio[test.motion == SHRINK], 1) < 0.98).all()
    assert (abs(ratio[test.motion < GROW] - 1) < 0.02).all()


def test_a_video_run_backwards_shows_the_opposite(test):
    def seen(video):
        step, size = steps(video).mean(1), np.nanmean(ratios(video), 1)
        moved = np.stack([-step[:, 1], step[:, 1], -step[:, 0], step[:, 0], 8 * np.log(size), -8 * np.log(size)], 1)
        return torch.from_numpy(moved.argmax(1))

    assert torch.equal(seen(test.video), test.motion)
    assert torch.equal(seen(test.video.flip(1)), test.motion ^ 1)
    assert [MOTIONS[m ^ 1] for m in range(6)] == ["right", "left", "down", "up", "shrink", "grow"]


# ---------------------------------------------------------------- what is heard


def test_the_sound_goes_along(test):
    pitch, loud = halves(test.audio)
    rises, swells = pitch[:, 1] / pitch[:, 0], loud[:, 1] / loud[:, 0]
    motion = test.motion.numpy()
    assert (rises[np.isin(motion, (UP, GROW))] > 1.1).all() and (rises[np.isin(motion, (DOWN, SHRINK))] < 0.9).all()
    assert (swells[motion == RIGHT] > 1.5).all() and (swells[motion == LEFT] < 1 / 1.5).all()
    assert (abs(rises[motion < UP] - 1) < 0.1).all() and (abs(swells[motion >= UP] - 1) < 0.1).all()


def test_the_pitch_is_the_documented_one():
    some = clips.make(200, seed=9)
    level = some.audio[some.motion < UP].numpy()
    spectrum = abs(np.fft.rfft(level * np.hanning(4000), 32000))
    pitch = spectrum.argmax(1) * clips.SAMPLE_RATE / 32000
    assert clips.PITCH[0] - 1 < pitch.min() < 390 and 630 < pitch.max() < clips.PITCH[1] + 1


def test_a_faster_shape_sounds_a_wider_sweep(test):
    up = test.motion == UP
    pitch, _loud = halves(test.audio[up])
    pace = -steps(test.video[up]).mean(1)[:, 0] * 7 / 16
    octaves = np.log2(pitch[:, 1] / pitch[:, 0])  # between the middles of the outer fifths: 0.8 of the whole
    assert np.corrcoef(pace, octaves)[0, 1] > 0.95
    assert abs(octaves / (0.8 * pace * clips.OCTAVES) - 1).mean() < 0.1


# ---------------------------------------------------------------- what one part alone can tell


def score(train_x, train_y, test_x, test_y):
    forest = RandomForestClassifier(60, min_samples_leaf=2, random_state=0)
    return forest.fit(train_x, train_y).score(test_x, test_y)


@pytest.mark.parametrize("frame", [0, 4, 7])
def test_one_frame_tells_nothing(train, test, frame):
    """Six motions: chance is 1/6, and the mean of 600 guesses has a standard error of 0.015."""
    x, z = (part.video[:, frame, 0].reshape(-1, 256).numpy() for part in (train, test))
    assert abs(score(x, train.motion, z, test.motion) - 1 / 6) < 4.5 * 0.0152
    assert score(x, train.kind, z, test.kind) > 0.4  # the same pixels do tell what is seen


def test_no_moment_of_any_motion_is_special():
    """Place and size are spread evenly, for each motion and frame: the mean around a ring is its middle, nowhere."""
    some = clips.make(1800, seed=11)
    for motion in range(6):
        video = some.video[some.motion == motion]
        turn = turns(video)[:, (0, 7)]
        assert abs(np.exp(1j * turn).mean(0)).max() < 4.5 / len(video) ** 0.5
        area = video.sum((2, 3, 4))[:, (0, 7)].numpy()
        assert abs(area.mean(0) / some.video.sum((2, 3, 4)).mean().item() - 1).max() < 0.15


def summary(audio):
    pitch, loud = halves(audio)
    return np.stack([np.log(pitch[:, 1] / pitch[:, 0]), np.log(loud[:, 1] / loud[:, 0])], 1)


def unordered(video):
    """What is left without the order: how much place and size vary over the frames."""
    spread = 1 - abs(np.exp(1j * turns(video)).mean(1))  # (N, 2)
    return np.c_[spread, np.log(video.sum((2, 3, 4)).numpy()).std(1)]


def test_the_sound_tells_four_of_six_and_completes_the_frames_without_order(train, test):
    heard, bag = ([make(part) for part in parts] for make, parts in (
        (summary, (train.audio, test.audio)), (unordered, (train.video, test.video))))  # fmt: skip
    sound = score(heard[0], train.motion, heard[1], test.motion)
    frames = score(bag[0], train.motion, bag[1], test.motion)
    both = score(np.c_[heard[0], bag[0]], train.motion, np.c_[heard[1], bag[1]], test.motion)
    assert abs(sound - clips.SOUND_LIMIT) < 0.05 and abs(frames - clips.UNORDERED_LIMIT) < 0.06 and both > 0.99


# ---------------------------------------------------------------- dials and errors


def test_the_dials_add_what_they_say_and_touch_nothing_else():
    clean, noisy, hissing = clips.make(60), clips.make(60, noise=0.3), clips.make(60, hiss=0.1)
    added = noisy.video - clean.video
    assert added.std().item() == pytest.approx(0.3, rel=0.02) and abs(added.mean()) < 0.005
    assert (hissing.audio - clean.audio).std().item() == pytest.approx(0.1, rel=0.02)
    assert torch.equal(noisy.audio, clean.audio) and torch.equal(hissing.video, clean.video)
    torch.testing.assert_close(clips.make(60, noise=0.6).video - clean.video, 2 * added)


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: clips.make(0), ValueError, "count: got 0.*expected a whole number at least 1"),
        (lambda: clips.make(2.0), TypeError, "count: got .*expected a whole number"),
        (lambda: clips.make(3, seed=-1), ValueError, "seed: got .*expected a whole number from 0"),
        (lambda: clips.make(3, noise=-0.1), ValueError, "noise: got .*expected a finite standard deviation, 0 or more"),
        (lambda: clips.make(3, hiss=float("nan")), ValueError, "hiss: got .*expected a finite"),
        (lambda: clips.make(3, noise="much"), TypeError, "noise: got .*expected a finite"),
        (lambda: clips.load("all"), ValueError, "split: got 'all'.*expected one of 'train', 'valid', 'test'"),
    ],
)
def test_bad_arguments_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()
