"""Lesson 07 against oracles: torch, numpy, SciPy, scikit-learn, closed forms; its experiments and pictures."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.fft
import torch
from helpers import pixels
from sklearn.metrics import balanced_accuracy_score
from torch.nn import functional as F

from mmcourse import modalities as lesson
from mmcourse.datasets import clips, digits, speech
from mmcourse.engine import compare, mean_interval
from mmcourse.modalities import pictures as demos
from mmcourse.modalities import studies as experiments
from mmcourse.practice.lessons import questions_of


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# ------------------------------------------------------------ sizes, redundancy, noise


@pytest.mark.parametrize(
    "shape, rate, each, wanted",
    [((1,), 8000, 2, 16000), ((480, 640, 3), 25, 1, 23_040_000), ((2,), 44100, 2, 176_400), ((8, 8), 0.5, 4, 128)],
)
def test_bytes_per_second(shape, rate, each, wanted):
    assert lesson.bytes_per_second(shape, rate, each) == wanted


@pytest.mark.parametrize("rate", [0, -1, math.inf, math.nan])
def test_a_rate_must_be_above_zero(rate):
    with pytest.raises(ValueError, match="per_second: got"):
        lesson.bytes_per_second((1,), rate)


@pytest.mark.parametrize("shape, dim", [((50,), -1), ((20, 30), 0), ((20, 30), 1), ((4, 5, 6), 1)])
def test_neighbour_share_is_the_squared_correlation_of_numpy(shape, dim):
    x = draw(*shape).cumsum(dim) + 7
    one, other = x.narrow(dim, 0, shape[dim] - 1), x.narrow(dim, 1, shape[dim] - 1)
    expected = np.corrcoef(one.flatten().numpy(), other.flatten().numpy())[0, 1] ** 2
    assert float(lesson.neighbour_share(x, dim)) == pytest.approx(expected, rel=1e-9)


def test_neighbour_share_at_its_ends():
    assert float(lesson.neighbour_share(torch.arange(9.0))) == pytest.approx(1)
    assert float(lesson.neighbour_share(draw(50_000))) < 0.001
    assert float(lesson.neighbour_share(torch.tensor([0.0, 0.0, 1.0, 1.0]))) == pytest.approx(0.25)


@pytest.mark.parametrize("x, words", [(torch.ones(9), "all equal"), (torch.ones(2), "got 2 numbers")])
def test_neighbour_share_needs_something_that_varies(x, words):
    with pytest.raises(ValueError, match=words):
        lesson.neighbour_share(x)


@pytest.mark.parametrize("snr", [-20.0, -3.0, 0.0, 10.0, 60.0])
def test_mixing_reaches_the_ratio_for_each_sound(snr):
    clean, noise = draw(3, 500) * torch.tensor([[1.0], [5.0], [0.1]]), draw(3, 500, seed=1)
    added = lesson.mix_at_snr(clean, noise, snr) - clean
    found = 10 * torch.log10(clean.square().mean(-1) / added.square().mean(-1))
    torch.testing.assert_close(found, torch.full((3,), snr).double())


def test_mixing_refuses_silence_and_other_lengths():
    with pytest.raises(ValueError, match="got silence"):
        lesson.mix_at_snr(torch.zeros(9), torch.ones(9), 0)
    with pytest.raises(ValueError, match="noise: got 8 samples, expected 9"):
        lesson.mix_at_snr(torch.ones(9), torch.ones(8), 0)


# ------------------------------------------------------------ pictures


@pytest.mark.parametrize("old, new", [(2, 4), (4, 2), (5, 5), (7, 3), (3, 7), (1, 4), (64, 9)])
@pytest.mark.parametrize("how", ["linear", "area"])
def test_resizing_equals_interpolate(old, new, how):
    images, size = draw(2, 3, old, old + 3), (new, 2 * new)
    keywords = {"mode": "area"} if how == "area" else {"mode": "bilinear", "align_corners": False}
    theirs = F.interpolate(images, size, **keywords)
    torch.testing.assert_close(lesson.resize_images(images, *size, how=how), theirs, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("table", [lesson.linear_weights, lesson.area_weights])
def test_weights_are_shares(table):
    for old, new in ((3, 8), (8, 3), (6, 6)):
        weights = table(old, new)
        assert weights.shape == (new, old) and bool((weights >= 0).all())
        torch.testing.assert_close(weights.sum(1), torch.ones(new))
    torch.testing.assert_close(table(6, 6), torch.eye(6))


def test_the_row_worked_out_in_the_lesson():
    row = lesson.linear_weights(2, 4) @ torch.tensor([0.0, 1.0])
    torch.testing.assert_close(row, torch.tensor([0.0, 0.25, 0.75, 1.0]))


def test_area_keeps_the_mean_and_linear_makes_stripes_up():
    stripes = (torch.arange(9) % 2).float()
    assert (lesson.linear_weights(9, 3) @ stripes).tolist() == [1, 0, 1]
    images = draw(1, 1, 12, 12)
    torch.testing.assert_close(lesson.resize_images(images, 4, 3).mean(), images.mean(), atol=1e-6, rtol=1e-6)


def test_resizing_refuses():
    with pytest.raises(ValueError, match="how: got 'cubic', expected one of area, linear"):
        lesson.resize_images(torch.ones(1, 1, 4, 4), 2, 2, "cubic")
    with pytest.raises(ValueError, match=r"images: got shape \(4, 4\)"):
        lesson.resize_images(torch.ones(4, 4), 2, 2)
    with pytest.raises(TypeError, match="new: got 2.5"):
        lesson.linear_weights(4, 2.5)
    with pytest.raises(TypeError, match=r"images: got torch.uint8, expected a float tensor"):
        lesson.resize_images(torch.ones(1, 1, 4, 4, dtype=torch.uint8), 2, 2)


# ------------------------------------------------------------ Fourier


@pytest.mark.parametrize("count", [1, 2, 7, 8, 64, 101])
def test_dft_equals_numpy_and_torch(count):
    x = draw(3, count)
    torch.testing.assert_close(lesson.dft(x), torch.fft.rfft(x), atol=1e-9, rtol=1e-9)
    np.testing.assert_allclose(lesson.dft(x[0]).numpy(), np.fft.rfft(x[0].numpy()), atol=1e-9)


@pytest.mark.parametrize("count", [8, 9])
def test_parseval(count):
    x = draw(count)
    power = lesson.dft(x).abs() ** 2
    mirrored = power[1 : (count + 1) // 2].sum()  # each of these bins has a twin above N / 2
    assert float(power.sum() + mirrored) / count == pytest.approx(float((x**2).sum()))


@pytest.mark.parametrize("k", [1, 5, 64, 255])
def test_a_tone_lies_in_its_bin_with_height_half_the_window(k):
    spectrum = lesson.dft(lesson.tone(k * 8000 / 512)[:512].double()).abs()
    assert int(spectrum.argmax()) == k and float(spectrum[k]) == pytest.approx(256, abs=0.1)
    spectrum[k] = 0
    assert float(spectrum.max()) < 0.1


def test_a_tone_above_half_the_rate_is_its_alias():
    torch.testing.assert_close(lesson.tone(5000)[:64], -lesson.tone(3000)[:64], atol=1e-3, rtol=0)


@pytest.mark.parametrize("window, hop, length", [(512, 100, 6400), (64, 64, 640), (33, 7, 200), (16, 1, 16)])
def test_stft_equals_torch(window, hop, length):
    x = draw(2, length)
    hann = torch.hann_window(window, dtype=torch.float64)
    theirs = torch.stft(x, window, hop, window=hann, center=False, return_complex=True)
    torch.testing.assert_close(lesson.stft(x, window, hop), theirs)
    theirs = torch.stft(x, window, hop, window=torch.ones(window).double(), center=False, return_complex=True)
    torch.testing.assert_close(lesson.stft(x, window, hop, torch.ones(window).double()), theirs)


def test_white_noise_is_flat():
    noise, hann = 0.5 * draw(200_000), torch.hann_window(256, dtype=torch.float64)
    level = lesson.stft(noise, 256, 128).abs().square().mean(-1)[1:-1] / (0.25 * hann.square().sum())
    assert abs(float(level.mean()) - 1) < 0.03 and float(level.std()) < 0.12


def test_stft_refuses():
    with pytest.raises(ValueError, match="window: got 12, expected at most 10"):
        lesson.stft(torch.zeros(10), 12, 1)
    with pytest.raises(ValueError, match="hop: got 0"):
        lesson.stft(torch.zeros(10), 4, 0)


# ------------------------------------------------------------ log-mel


def mel_by_the_book(waveform, bands=12, frames=16, window=512):
    """log-mel of one clip written with numpy loops, from the formulas alone."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)  # noqa: E731
    edges = [700 * (10 ** (m / 2595) - 1) for m in np.linspace(mel(100), mel(4000), bands + 2)]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    hop, picture = len(waveform) // frames, np.zeros((bands, frames))
    for t in range(frames):
        start = t * hop - (window - hop) // 2
        seen = np.array([waveform[i] if 0 <= i < len(waveform) else 0.0 for i in range(start, start + window)])
        power = np.abs(np.fft.rfft(seen * hann)) ** 2 / (hann**2).sum()
        for b, (low, centre, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
            hertz = np.arange(window // 2 + 1) * 8000 / window
            weights = np.interp(hertz, [low, centre, high], [0, 1, 0])
            picture[b, t] = np.log((weights * power).sum() / weights.sum() + 0.001)
    return picture


@pytest.mark.parametrize("clip", [0, 77, 149])
def test_log_mel_is_the_formula(clip):
    waveform = speech.load("test").waveforms[clip]
    expected = mel_by_the_book(waveform.double().numpy())
    np.testing.assert_allclose(lesson.log_mel(waveform).numpy(), expected, atol=2e-4)


def test_silence_lies_on_the_floor_and_white_noise_at_its_own_power():
    assert torch.allclose(lesson.log_mel(torch.zeros(6400)), torch.tensor(0.001).log())
    noise = 0.5 * torch.randn(200, 6400, generator=torch.Generator().manual_seed(0))
    power = lesson.log_mel(noise).exp()[..., 1:-1].mean((0, 2)) - 0.001  # inner frames: no padding in view
    assert torch.allclose(power, torch.tensor(0.25), rtol=0.1)


@pytest.mark.parametrize("hertz", [300.0, 1000.0, 3000.0])
def test_a_tone_lights_the_band_it_lies_in(hertz):
    tone = torch.sin(2 * torch.pi * hertz * torch.arange(6400) / 8000)
    filters = lesson.mel_filters()
    brightest = lesson.log_mel(tone).mean(-1).argmax()
    assert brightest == filters[round(hertz * 512 / 8000)].argmax()


def test_mel_filters_each_sum_to_one_and_rise_in_frequency():
    filters = lesson.mel_filters(12)
    torch.testing.assert_close(filters.sum(0), torch.ones(12))
    assert (filters.argmax(0).diff() > 0).all()


def test_leading_axes_are_kept_and_other_sizes_work():
    waveforms = speech.load("test").waveforms[:6]
    stacked = lesson.log_mel(waveforms.view(2, 3, 6400), bands=20, frames=40, window=256)
    assert stacked.shape == (2, 3, 20, 40)
    torch.testing.assert_close(stacked.flatten(0, 1), lesson.log_mel(waveforms, bands=20, frames=40, window=256))
    assert lesson.log_mel(waveforms[0]).shape == (12, 16)


@pytest.mark.parametrize(
    ("waveforms", "error", "message"),
    [
        (np.zeros(6400), TypeError, "waveforms: got ndarray, expected a tensor of float samples"),
        (torch.zeros(6400, dtype=torch.int16), TypeError, "waveforms: got Tensor, expected a tensor of float samples"),
        (torch.zeros(2, 0), ValueError, r"waveforms: got shape \(2, 0\), expected samples"),
        (torch.tensor(0.5), ValueError, r"waveforms: got shape \(\), expected samples"),
        (torch.full((6400,), torch.nan), ValueError, "waveforms: got NaN or infinity, expected finite"),
    ],
)
def test_log_mel_of_bad_waveforms(waveforms, error, message):
    with pytest.raises(error, match=message):
        lesson.log_mel(waveforms)


def test_log_mel_of_bad_sizes():
    with pytest.raises(ValueError, match="bands: got 0, expected a whole number at least 1"):
        lesson.log_mel(torch.zeros(6400), bands=0)
    with pytest.raises(ValueError, match="bands: got .* expected few enough"):
        lesson.log_mel(torch.zeros(6400), bands=400)
    with pytest.raises(TypeError, match="frames: got 2.5"):
        lesson.log_mel(torch.zeros(6400), frames=2.5)
    with pytest.raises(ValueError, match="frames: got 16, expected at most the number of samples, 10"):
        lesson.log_mel(torch.zeros(10))


def test_log_mel_leaves_its_input_alone():
    waveforms = speech.load("test").waveforms[:3]
    before = waveforms.clone()
    lesson.log_mel(waveforms)
    assert torch.equal(waveforms, before)


# ------------------------------------------------------------ features by hand, motion


def test_edges_point_where_the_brightness_climbs():
    ramp = torch.linspace(0, 1, 8).expand(1, 1, 8, 8)
    for picture, direction in ((ramp, 0), (ramp.mT, 2), (ramp.flip(-1), 4), (ramp.mT.flip(-2), 6)):
        found = lesson.edge_directions(picture.contiguous(), cells=1)[0]
        assert int(found.argmax()) == direction and float(found[direction]) == pytest.approx(1)


def test_edges_against_a_loop():
    picture = draw(1, 1, 8, 8)
    down, right = np.gradient(picture[0, 0].numpy())
    expected = np.zeros((2, 2, 8))
    for y in range(8):
        for x in range(8):
            way = round(math.atan2(down[y, x], right[y, x]) / (2 * math.pi) % 1 * 8) % 8
            expected[y // 4, x // 4, way] += math.hypot(down[y, x], right[y, x])
    expected = expected.ravel() / np.linalg.norm(expected)
    np.testing.assert_allclose(lesson.edge_directions(picture)[0].numpy(), expected, atol=1e-9)


def test_edges_refuse_parts_that_do_not_fit():
    with pytest.raises(ValueError, match=r"images: got shape \(1, 1, 9, 8\)"):
        lesson.edge_directions(torch.ones(1, 1, 9, 8))


def test_cepstrum_is_the_cosine_transform_of_scipy():
    loud = draw(3, 12, 16)
    cosines = scipy.fft.dct(loud.numpy(), axis=1)[:, 1:9] / 2
    expected = np.concatenate(
        [cosines.mean(-1), cosines.std(-1, ddof=1), cosines[..., 8:].mean(-1) - cosines[..., :8].mean(-1)], 1
    )
    np.testing.assert_allclose(lesson.cepstrum_summary(loud).numpy(), expected, atol=1e-5)
    with pytest.raises(ValueError, match=r"log_power: got shape \(3, 8, 16\)"):
        lesson.cepstrum_summary(draw(3, 8, 16))


def test_motion_numbers_have_the_sign_of_the_motion():
    blob = torch.zeros(1, 1, 1, 20, 20)
    blob[..., 8:12, 8:12] = 1
    blob = F.avg_pool2d(blob[0], 5, 1, 2)[None]
    for shift, place, sign in (((0, 1), 0, 1), ((0, -1), 0, -1), ((1, 0), 1, 1), ((-1, 0), 1, -1)):
        video = torch.cat([blob, blob.roll(shift, (-2, -1))], 1)
        found = lesson.motion_numbers(video)[0, 0]
        assert float(found[place]) * sign > 0.1 and abs(float(found[1 - place])) < 1e-5 and abs(float(found[2])) < 1e-4
    assert float(lesson.motion_numbers(torch.cat([blob, 2 * blob], 1))[0, 0, 2]) == pytest.approx(float(blob.sum()))
    with pytest.raises(ValueError, match=r"video: got shape \(1, 1, 1, 20, 20\)"):
        lesson.motion_numbers(blob)


# ------------------------------------------------------------ splits, rare classes, one size


def test_leak_share():
    assert lesson.leak_share(torch.tensor([1, 1, 2]), torch.tensor([2, 3])) == 0.5
    assert lesson.leak_share(speech.load("train").speaker, speech.load("test").speaker) == 0
    with pytest.raises(ValueError, match="train_groups, test_groups: got shapes"):
        lesson.leak_share(torch.tensor([1]), torch.tensor([], dtype=torch.int64))


@pytest.mark.parametrize("seed", range(3))
def test_balanced_accuracy_equals_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    labels = rng.choice(5, 80, p=[0.5, 0.3, 0.1, 0.06, 0.04])
    answers = np.where(rng.random(80) < 0.6, labels, 0)
    ours = lesson.balanced_accuracy(torch.tensor(answers), torch.tensor(labels))
    assert ours == pytest.approx(balanced_accuracy_score(labels, answers))
    with pytest.raises(ValueError, match="answers, labels: got shapes"):
        lesson.balanced_accuracy(torch.tensor([1]), torch.tensor([1, 2]))


def test_modalities_of_any_size_come_to_one():
    model = lesson.ToOneSize({"image": 64, "audio": 192, "text": 10}, size=5, seed=3)
    batch = {"text": torch.ones(2, 10), "audio": torch.ones(2, 1, 12, 16), "image": torch.ones(2, 1, 8, 8)}
    table = model(batch)
    assert table.shape == (2, 3, 5) and model.names == ["audio", "image", "text"]
    torch.testing.assert_close(table, model(dict(reversed(batch.items()))))
    expected = F.linear(batch["image"].flatten(1), model.project["image"].weight, model.project["image"].bias)
    torch.testing.assert_close(table[:, 1], expected)
    table.square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in model.parameters())
    assert sum(p.numel() for p in model.parameters()) == 5 * (64 + 192 + 10) + 3 * 5
    with pytest.raises(ValueError, match="batch: has no text; it holds audio, image"):
        model({"audio": batch["audio"], "image": batch["image"]})


@pytest.mark.parametrize("function", [lesson.neighbour_share, lesson.dft, lesson.motion_numbers])
def test_whole_numbers_are_refused(function):
    with pytest.raises(TypeError, match="expected a float tensor"):
        function(torch.ones(4, 4, dtype=torch.int64))


# ------------------------------------------------------------ experiments


def test_splits_hold_whole_groups_out():
    groups = speech.load("all").speaker
    train, test = experiments.split_by(groups, 0)
    assert len(train) + len(test) == 840 and not set(train.tolist()) & set(test.tolist())
    assert lesson.leak_share(groups[train], groups[test]) == 0 and len(groups[test].unique()) == 17
    assert not torch.equal(test, experiments.split_by(groups, 1)[1])


def test_the_coin_belongs_to_the_voice_and_to_nothing_else():
    labels, classes = experiments.study_labels("a coin for each voice", 0)
    speaker = speech.load("all").speaker
    each = torch.stack([labels[speaker == s].float().mean() for s in range(84)])
    assert classes == 2 and set(each.tolist()) == {0.0, 1.0} and float(each.sum()) == 42


def test_a_speaker_leak_finds_what_is_not_there():
    study, every = experiments.STUDIES[2], speech.load("all")
    names = [voice.split("+")[1] for voice in every.voices]
    timbre = torch.tensor([sorted(set(names)).index(names[one]) for one in every.speaker.tolist()])
    assert timbre.bincount().tolist() == [30] * 28
    leaking = experiments.study_scores(study, torch.arange(840))
    assert compare(leaking, experiments.study_scores(study, timbre)).verdict == "better"


def test_judges_doubt_the_liars_first():
    pairs = experiments.noisy_pairs("train", contradiction=0.3)
    lies, doubt = pairs.audio_digit != pairs.labels, experiments.doubted(pairs).float().mean(0)
    assert doubt.shape == (1200,) and float(doubt[lies].mean()) > 0.9 and float(doubt[~lies].mean()) < 0.3


def test_draws_are_even_and_differ():
    labels = digits.load("train").labels
    rows = experiments.drawn_evenly(labels, 200, 0)
    assert labels[rows].bincount().tolist() == [20] * 10 and len(rows.unique()) == 200
    assert not torch.equal(rows, experiments.drawn_evenly(labels, 200, 1))


def test_hand_made_numbers_beat_chance_by_far():
    for kind, least in (("image", 0.7), ("sound", 0.6)):
        (x, labels), test = experiments.two_ways(kind)["by hand"]
        rows = experiments.drawn_evenly(labels, 50, 0)
        assert experiments.svm_right((x[rows], labels[rows]), test) > least


def test_motion_numbers_tell_and_one_frame_does_not():
    train, test = clips.make(300, seed=1), clips.make(300, seed=2)
    found = {}
    for name, sense in {"one": lambda v: v[:, 3], "motion": lesson.motion_numbers}.items():
        x, y = sense(train.video).flatten(1), sense(test.video).flatten(1)
        models = experiments.train_eight((experiments.scaled(x, x), train.motion), 6, epochs=15, lr=2e-2)
        found[name] = mean_interval(experiments.right_answers(models, (experiments.scaled(y, x), test.motion))).mean
    assert found["motion"] > 0.9 and found["one"] < 0.3


# ------------------------------------------------------------ pictures


def test_noise_changes_its_own_half_of_the_panel():
    clean, grainy = (pixels(demos.see_and_hear(index=5, image_noise=noise).png) for noise in (0.0, 0.7))
    different = (clean != grainy).any((0, 2))
    assert different[: len(different) // 4].any() and not different[len(different) // 2 :].any()


@pytest.mark.parametrize("window", demos.WINDOWS)
def test_the_tile_has_area_one(window):
    view = demos.ResolutionView()
    view.png(window=window)
    width, height = view.tile.get_xy().max(0)
    assert width / 1000 * height == pytest.approx(1)


@pytest.mark.parametrize("window, tones_part, clicks_part", [(64, False, True), (256, True, True), (1024, True, False)])
def test_a_middling_window_parts_both_pairs(window, tones_part, clicks_part):
    sound = F.pad(demos.lab_sound("sweep, clicks, tones"), (window // 2, window // 2))
    power = 10 * torch.log10(lesson.stft(sound, window, 32).abs().square() + 1e-9)
    one, between = (power[round(hertz * window / 8000)].median() for hertz in (3200, 3250))
    assert (float(one - between) > 6) is tones_part
    first, gap = (power[window // 5 : window // 4, round(250 * second)].mean() for second in (0.15, 0.175))
    assert (float(first - gap) > 10) is clicks_part


def test_a_sweep_climbs_evenly():
    spectrum = lesson.stft(demos.sweep(), 512, 512).abs()
    peaks = spectrum.argmax(0) * 8000 / 512
    steps = peaks.diff()
    assert abs(float(peaks[0]) - 384) < 50 and float(steps.max() - steps.min()) < 40


def test_the_sound_that_is_played_is_the_one_that_is_shown():
    waveform, rate = demos.sounding(index=5, audio_snr=0.0, image_noise=0.4)
    assert rate == 8000 and waveform.shape == (6400,) and np.abs(waveform).max() <= 1


@pytest.mark.parametrize("question", questions_of("modalities"), ids=lambda one: one.ask[:30])
def test_a_prediction_holds(question):
    assert question.proof() == question.answer and len(question.options) in (3, 4)
