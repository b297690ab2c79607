"""The pairs and their dials: alignment, reproducibility, and that each dial does what its unit says."""

import itertools
import math
from functools import partial

import numpy as np
import pytest
import torch

from mmcourse.datasets import digits, handwriting, speech
from mmcourse.datasets.see_hear import Pairs, SeeHear, see_hear
from mmcourse.modalities import mel_power

# The dials are tested on the small form, which is quick, and on the large one further below.
Small, small_pairs = partial(SeeHear, form="small"), partial(see_hear, form="small")
SIZES = {"train": 1200, "valid": 197, "test": 400}
DIALS = [
    {},
    {"image_noise": 0.4},
    {"audio_snr": 0.0},
    {"missing": 0.3},
    {"missing": {"audio": 1.0}},
    {"contradiction": 0.5},
    {"contradiction": 1.0, "liar": "image"},
    {"imbalance": 0.1},
    {"image_noise": 0.2, "audio_snr": -10, "missing": {"image": 0.2, "audio": 0.7}, "contradiction": 0.3},
    {
        "image_noise": 1,
        "audio_snr": 5,
        "missing": 1,
        "contradiction": 0.4,
        "liar": "image",
        "imbalance": 0.05,
    },
]


@pytest.fixture(scope="module")
def base():
    return Small("test", seed=3)


NAMES = ("labels", "image_digit", "audio_digit", "image_index", "clip_index", "speaker")


def rows_equal(one: Pairs, other: Pairs, but: set[str] = frozenset()) -> bool:
    """Whether everything in two sets of pairs is equal, `but` for the named parts."""
    parts = lambda pairs: {  # noqa: E731
        "image": pairs.batch["image"],
        "audio": pairs.batch["audio"],
        "image present": pairs.present["image"],
        "audio present": pairs.present["audio"],
        "waveforms": pairs.waveforms,
        **{name: getattr(pairs, name) for name in NAMES},
    }
    return all(
        torch.equal(a, b)
        for (name, a), b in zip(parts(one).items(), parts(other).values(), strict=True)
        if name not in but
    )


# ---------------------------------------------------------------- alignment, whatever the dials


@pytest.mark.parametrize("dials", DIALS, ids=str)
@pytest.mark.parametrize("split", SIZES)
def test_labels_fit_both_senses_after_every_dial(split, dials):
    pairs = small_pairs(split, seed=5, **dials)
    images, clips = digits.load("all"), speech.load("all")
    assert torch.equal(images.labels[pairs.image_index], pairs.image_digit)
    assert torch.equal(clips.digit[pairs.clip_index], pairs.audio_digit)
    assert torch.equal(clips.speaker[pairs.clip_index], pairs.speaker)
    honest = pairs.audio_digit if dials.get("liar") == "image" else pairs.image_digit
    assert torch.equal(pairs.labels, honest)
    assert (pairs.present["image"] | pairs.present["audio"]).all()


@pytest.mark.parametrize("dials", DIALS, ids=str)
def test_content_is_that_of_the_named_image_and_clip(dials):
    dials = {name: value for name, value in dials.items() if name not in ("image_noise", "audio_snr")}
    pairs = small_pairs("test", seed=5, **dials)
    images, clips = digits.load("all").images, speech.load("all").waveforms
    seen, heard = pairs.present["image"], pairs.present["audio"]
    assert torch.equal(pairs.batch["image"][seen], images[pairs.image_index[seen]])
    assert torch.equal(pairs.waveforms[heard], clips[pairs.clip_index[heard]])
    features = speech.features(pairs.waveforms)[:, None]
    torch.testing.assert_close(pairs.batch["audio"][heard], features[heard], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("dials", DIALS, ids=str)
def test_shapes_and_types(dials):
    pairs = small_pairs("test", seed=5, **dials)
    size = len(pairs)
    assert pairs.batch["image"].shape == (size, 1, 8, 8) and pairs.batch["audio"].shape == (size, 1, 12, 16)
    assert pairs.waveforms.shape == (size, 6400)
    for values in (*pairs.batch.values(), pairs.waveforms):
        assert values.dtype == torch.float32 and values.isfinite().all()
    for name in NAMES:
        assert getattr(pairs, name).shape == (size,) and getattr(pairs, name).dtype == torch.int64
    for flags in pairs.present.values():
        assert flags.shape == (size,) and flags.dtype == torch.bool


@pytest.mark.parametrize("split", SIZES)
def test_images_and_clips_come_from_the_split_alone(split):
    pairs = small_pairs(split, contradiction=0.5)
    assert sorted(pairs.image_index.tolist()) == sorted(digits.indices(split).tolist())  # each once
    assert set(pairs.clip_index.tolist()) <= set(speech.load(split).clip.tolist())
    liar = small_pairs(split, contradiction=0.5, liar="image")
    assert set(liar.image_index.tolist()) <= set(digits.indices(split).tolist())


@pytest.mark.parametrize("split", SIZES)
def test_clips_are_used_evenly(split):
    pairs = small_pairs(split)
    uses = pairs.clip_index.bincount(minlength=840)
    clips = speech.load(split)
    for digit in range(10):
        counts = uses[clips.clip[clips.digit == digit]]
        assert counts.max() - counts.min() <= 1


# ---------------------------------------------------------------- reproducible, and no side effects


def test_same_seed_same_pairs_and_another_seed_others():
    dials = dict(image_noise=0.3, audio_snr=3, missing=0.2, contradiction=0.2, imbalance=0.5)
    one, again, other = (Small("test", seed=seed).dial(**dials) for seed in (1, 1, 2))
    assert rows_equal(one, again)
    assert not torch.equal(one.image_index, other.image_index)
    alike = (Small("test", seed=1).dial().clip_index == Small("test", seed=2).dial().clip_index).float().mean()
    assert alike < 0.05


def test_one_shot_equals_two_steps(base):
    dials = dict(image_noise=0.3, audio_snr=3, missing=0.2, contradiction=0.2, liar="image", imbalance=0.5)
    assert rows_equal(base.dial(**dials), small_pairs("test", seed=3, **dials))
    assert rows_equal(base.dial(**dials), small_pairs("test", seed=np.int64(3), **dials))


def test_size_keeps_the_first_pairs():
    dials = dict(image_noise=0.3, audio_snr=3, missing=0.2, contradiction=0.2)
    few, all_pairs = small_pairs("test", size=30, **dials), small_pairs("test", **dials)
    assert len(few) == 30
    first = {name: getattr(all_pairs, name)[:30] for name in NAMES}
    batch = {name: value[:30] for name, value in all_pairs.batch.items()}
    present = {name: value[:30] for name, value in all_pairs.present.items()}
    # Transforms of 30 rows and of 400 may differ in the last bit.
    torch.testing.assert_close(few.batch, batch, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(few.waveforms, all_pairs.waveforms[:30], atol=1e-6, rtol=1e-5)
    assert rows_equal(
        few,
        Pairs(batch=batch, present=present, **first, sound=lambda: all_pairs.waveforms[:30]),
        but={"image", "audio", "waveforms"},
    )


@pytest.mark.parametrize("dials", DIALS, ids=str)
def test_dialling_leaves_no_trace(base, dials):
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    before = base.dial()
    dialled = base.dial(**dials)
    for values in (*dialled.batch.values(), dialled.waveforms, dialled.labels, *dialled.present.values()):
        values.fill_(1)  # whoever receives the pairs may do what they like with them
    for name in ("image_digit", "audio_digit", "image_index", "clip_index", "speaker"):
        getattr(dialled, name).fill_(0)
    assert rows_equal(before, base.dial())
    assert torch.equal(torch_state, torch.get_rng_state())
    assert np.array_equal(numpy_state, np.random.get_state()[1])


def test_fresh_pairing_does_not_touch_global_randomness():
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    Small("valid", seed=99).dial(image_noise=1, audio_snr=0, missing=0.5, contradiction=0.5, imbalance=0.5)
    assert torch.equal(torch_state, torch.get_rng_state())
    assert np.array_equal(numpy_state, np.random.get_state()[1])


# ---------------------------------------------------------------- one dial moves nothing else


@pytest.mark.parametrize(
    ("turned", "moves"),
    [
        ({"image_noise": 0.7}, {"image"}),
        ({"audio_snr": -5}, {"audio", "waveforms"}),
        ({"missing": 0.9}, {"image", "audio", "waveforms", "image present", "audio present"}),
        ({"contradiction": 0.9}, {"audio", "waveforms", "audio_digit", "clip_index", "speaker"}),
    ],
    ids=str,
)
def test_turning_one_dial_moves_nothing_else(base, turned, moves):
    rest = dict(image_noise=0.2, audio_snr=5, missing=0.3, contradiction=0.2)
    before, after = base.dial(**rest), base.dial(**(rest | turned))
    assert rows_equal(before, after, but=moves)
    assert not rows_equal(before, after)


def test_noise_is_one_pattern_scaled(base):
    clean, weak, strong = (base.dial(image_noise=level) for level in (0, 0.1, 0.5))
    weak_pattern = (weak.batch["image"] - clean.batch["image"]) / 0.1
    torch.testing.assert_close(weak_pattern, (strong.batch["image"] - clean.batch["image"]) / 0.5, atol=2e-5, rtol=0)
    clean, weak, strong = (base.dial(audio_snr=snr) for snr in (None, 10, -10))
    torch.testing.assert_close(
        (weak.waveforms - clean.waveforms) * 10, strong.waveforms - clean.waveforms, atol=2e-4, rtol=0
    )


def test_more_missing_and_more_lies_only_add(base):
    lost = [~base.dial(missing=p).present["image"] for p in (0, 0.2, 0.5, 1)]
    lies = [base.dial(contradiction=p).audio_digit != base.dial().labels for p in (0, 0.2, 0.5, 1)]
    for flags in (lost, lies):
        assert all((more | ~less).all() for less, more in itertools.pairwise(flags))


def test_imbalance_only_leaves_out(base):
    dials = dict(image_noise=0.3, audio_snr=0, contradiction=0.4)
    everything, some, few = (base.dial(**dials, imbalance=r) for r in (1, 0.5, 0.1))
    kept = [set(pairs.image_index.tolist()) for pairs in (everything, some, few)]
    assert kept[2] < kept[1] < kept[0]
    place = {int(index): row for row, index in enumerate(everything.image_index)}
    rows = torch.tensor([place[int(index)] for index in few.image_index])
    assert torch.equal(few.batch["image"], everything.batch["image"][rows])
    assert torch.equal(few.clip_index, everything.clip_index[rows])
    assert torch.equal(few.waveforms, everything.waveforms[rows])
    torch.testing.assert_close(few.batch["audio"], everything.batch["audio"][rows], atol=1e-5, rtol=1e-5)


# ---------------------------------------------------------------- units


@pytest.mark.parametrize("split", SIZES)
def test_all_dials_at_rest_give_the_shipped_data_bit_for_bit(split):
    pairs = small_pairs(split, image_noise=0.0, audio_snr=math.inf, missing=0.0, contradiction=0.0, imbalance=1.0)
    clips = speech.load(split)
    place = {int(clip): row for row, clip in enumerate(clips.clip)}
    rows = torch.tensor([place[int(clip)] for clip in pairs.clip_index])
    assert torch.equal(pairs.batch["image"], digits.load("all").images[pairs.image_index])
    assert torch.equal(pairs.waveforms, clips.waveforms[rows])
    assert torch.equal(pairs.batch["audio"][:, 0], speech.features(clips.waveforms)[rows])
    assert all(flags.all() for flags in pairs.present.values())
    assert torch.equal(pairs.image_digit, pairs.audio_digit)
    assert len(pairs) == SIZES[split]


@pytest.mark.parametrize("snr", [40, 20.0, 3, 0, -7.5, np.float32(-20), -60])
@pytest.mark.parametrize("contradiction", [0.0, 0.5])
def test_measured_snr_is_the_dialled_one(base, snr, contradiction):
    clean = base.dial(contradiction=contradiction).waveforms.double()
    pairs = base.dial(audio_snr=snr, contradiction=contradiction)
    noise = pairs.waveforms.double() - clean
    lengths = speech.load("all").lengths[pairs.clip_index]
    for row, length in enumerate(lengths.tolist()):
        voice_power, noise_power = (float((part[row, :length] ** 2).mean()) for part in (clean, noise))
        assert abs(10 * math.log10(voice_power / noise_power) - float(snr)) < 0.1


def test_audio_noise_is_white_fills_the_padding_and_differs_between_pairs(base):
    noise = base.dial(audio_snr=0).waveforms - base.dial().waveforms
    lengths = speech.load("all").lengths[base.dial().clip_index]
    padding = torch.arange(6400) >= lengths[:, None]
    inside, outside = ((noise**2 * part).sum(1) / part.sum(1) for part in (~padding, padding))
    assert torch.allclose((outside / inside).median(), torch.tensor(1.0), atol=0.05)
    unit = noise / noise.std(1, keepdim=True)
    assert (unit[:, 1:] * unit[:, :-1]).mean(1).abs().max() < 0.07  # no memory from sample to sample
    assert ((unit @ unit.T / 6400).fill_diagonal_(0).abs().max()) < 0.1  # no two pairs share their noise


def test_noisy_features_are_those_of_the_noisy_sound(base):
    pairs = base.dial(audio_snr=-3, contradiction=0.3)
    torch.testing.assert_close(pairs.batch["audio"][:, 0], speech.features(pairs.waveforms), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("level", [0.05, 0.3, 1, 4.0])
def test_image_noise_has_the_dialled_spread_and_is_not_clipped(level):
    pairs, clean = small_pairs("train", image_noise=level), small_pairs("train")
    noise = pairs.batch["image"] - clean.batch["image"]
    assert abs(float(noise.std()) / level - 1) < 0.01  # 76,800 pixels: the spread is known to 0.3 %
    assert abs(float(noise.mean())) < 0.015 * level
    assert pairs.batch["image"].min() < 0 and pairs.batch["image"].max() > 1
    ink = clean.batch["image"] > 0.9
    assert abs(float(noise[ink].mean())) < 0.05 * level  # clipping would pull it down where there is ink


def within_binomial_bounds(count, n, p):
    """Four standard deviations: a right dial fails this once in 16,000."""
    return abs(int(count) - n * p) <= 4 * math.sqrt(n * p * (1 - p)) + 1e-9


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_missing_rate(p, seed):
    pairs = small_pairs("train", missing=p, seed=seed)
    lost = {name: ~flags for name, flags in pairs.present.items()}
    assert within_binomial_bounds(sum(flags.sum() for flags in lost.values()), 1200, p)
    assert within_binomial_bounds(lost["image"].sum(), 1200, p / 2)  # the coin is fair
    assert not (lost["image"] & lost["audio"]).any()


@pytest.mark.parametrize("rates", [(0.3, 0.1), (0.0, 0.6), (1.0, 0.0), (0.0, 1.0), (0.1, 0.9), (0.3, 0.7)])
def test_missing_rate_of_each_sense(rates):
    pairs = small_pairs("train", missing=dict(zip(("image", "audio"), rates, strict=True)))
    for flags, p in zip((pairs.present["image"], pairs.present["audio"]), rates, strict=True):
        assert within_binomial_bounds((~flags).sum(), 1200, p)
    assert (pairs.present["image"] | pairs.present["audio"]).all()


def test_lost_sense_is_all_zeros_and_nothing_else_is(base):
    pairs = base.dial(missing=0.5, image_noise=0.2, audio_snr=10)
    for name, flags in pairs.present.items():
        empty = (pairs.batch[name] == 0).flatten(1).all(1)
        assert torch.equal(empty, ~flags)
    assert torch.equal((pairs.waveforms == 0).all(1), ~pairs.present["audio"])


@pytest.mark.parametrize("liar", ["audio", "image"])
@pytest.mark.parametrize("p", [0.0, 0.2, 0.7, 1.0])
def test_contradiction_rate_and_that_liars_truly_lie(p, liar):
    pairs, honest = small_pairs("train", contradiction=p, liar=liar), small_pairs("train")
    said = {"image": pairs.image_digit, "audio": pairs.audio_digit}
    lies = said[liar] != pairs.labels
    assert within_binomial_bounds(lies.sum(), 1200, p)
    assert torch.equal(pairs.labels, honest.labels)
    other = {"image": "audio", "audio": "image"}[liar]
    assert torch.equal(said[other], pairs.labels)
    changed = (pairs.batch[liar] != honest.batch[liar]).flatten(1).any(1)
    assert torch.equal(changed, lies)  # the picture or sound itself changed, exactly where the digit did


def test_lies_are_spread_evenly_over_the_nine_other_digits():
    pairs = small_pairs("train", contradiction=1.0)
    offsets = ((pairs.audio_digit - pairs.labels) % 10).bincount(minlength=10)
    assert offsets[0] == 0
    assert all(within_binomial_bounds(count, 1200, 1 / 9) for count in offsets[1:])


@pytest.mark.parametrize("ratio", [1.0, 0.5, 0.1, 0.01])
def test_imbalance_follows_the_long_tail(ratio):
    full = small_pairs("train").labels.bincount(minlength=10)
    counts = small_pairs("train", imbalance=ratio).labels.bincount(minlength=10)
    expected = full * ratio ** (torch.arange(10) / 9)
    assert ((counts - expected).abs() <= 0.51).all() and counts.min() >= 1
    assert torch.equal(counts[:1], full[:1])


# ---------------------------------------------------------------- bad input


BAD = [
    (
        {"image_noise": -0.1},
        ValueError,
        "image_noise: got -0.1.*expected a finite standard deviation, 0 or more",
    ),
    ({"image_noise": math.nan}, ValueError, "image_noise: got nan.*expected"),
    ({"image_noise": math.inf}, ValueError, "image_noise: got inf.*expected"),
    ({"image_noise": "much"}, TypeError, r"image_noise: got 'much' \(str\).*expected"),
    ({"image_noise": True}, TypeError, r"image_noise: got True \(bool\).*expected"),
    ({"audio_snr": math.nan}, ValueError, "audio_snr: got nan.*expected a number of dB"),
    ({"audio_snr": -math.inf}, ValueError, "audio_snr: got -inf.*expected a number of dB"),
    ({"audio_snr": 10**400}, ValueError, "audio_snr: got .*expected a number of dB"),
    ({"audio_snr": "loud"}, TypeError, "audio_snr: got 'loud'.*expected a number of dB"),
    ({"missing": 1.2}, ValueError, "missing: got 1.2.*expected a probability from 0 to 1"),
    ({"missing": -0.2}, ValueError, "missing: got .*expected a probability"),
    ({"missing": math.nan}, ValueError, "missing: got .*expected a probability"),
    ({"missing": None}, TypeError, "missing: got .*expected a probability"),
    ({"missing": {"text": 0.1}}, ValueError, "a key of missing: got 'text'.*expected one of 'image', 'audio'"),
    ({"missing": {"image": 2}}, ValueError, r"missing\['image'\]: got 2.*expected a probability from 0 to 1"),
    ({"missing": {"image": 0.6, "audio": 0.6}}, ValueError, r"missing: got .*0.6 \+ 0.6, expected .* both senses"),
    ({"contradiction": 1.01}, ValueError, "contradiction: got 1.01.*expected a probability from 0 to 1"),
    ({"contradiction": [0.1]}, TypeError, "contradiction: got .*expected a probability"),
    ({"liar": "text"}, ValueError, "liar: got 'text'.*expected one of 'image', 'audio'"),
    ({"imbalance": 0}, ValueError, "imbalance: got 0.*expected a ratio above 0 and up to 1"),
    ({"imbalance": 1.5}, ValueError, "imbalance: got .*expected a ratio"),
    ({"imbalance": math.nan}, ValueError, "imbalance: got .*expected a ratio"),
]


@pytest.mark.parametrize(("dials", "error", "message"), BAD, ids=lambda value: str(value)[:40])
def test_bad_dials(base, dials, error, message):
    for call in (base.dial, small_pairs):
        with pytest.raises(error, match=message):
            call(**dials)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"split": "dev"}, ValueError, "split: got 'dev'.*expected one of 'train', 'valid', 'test'"),
        ({"split": "all"}, ValueError, "split: got .*expected one of"),
        ({"split": 0}, ValueError, "split: got 0.*expected one of"),
        (
            {"size": 0},
            ValueError,
            r"size: got 0.*expected .* from 1 to 1200 \(the train split has 1200 images\)",
        ),
        (
            {"split": "test", "size": 401},
            ValueError,
            r"size: got 401.*expected .* from 1 to 400 \(the test split",
        ),
        ({"size": 10.0}, TypeError, "size: got 10.0.*expected a whole number"),
        ({"size": True}, TypeError, "size: got True.*expected a whole number"),
        ({"seed": 1.5}, TypeError, r"seed: got 1.5 \(float\).*expected a whole number"),
        ({"seed": True}, TypeError, r"seed: got True \(bool\).*expected a whole number"),
        ({"seed": "1"}, TypeError, r"seed: got '1' \(str\).*expected a whole number"),
        ({"seed": None}, TypeError, "seed: got .*expected a whole number"),
        ({"seed": -1}, ValueError, "seed: got -1.*expected a whole number from 0"),
    ],
    ids=str,
)
def test_bad_split_size_and_seed(arguments, error, message):
    for call in (Small, small_pairs):
        with pytest.raises(error, match=message):
            call(**arguments)


# ---------------------------------------------------------------- the large form

LARGE = {"train": 3000, "valid": 700, "test": 1000}


@pytest.fixture(scope="module")
def large():
    return SeeHear("test", seed=3)


@pytest.mark.parametrize("split", LARGE)
def test_large_pairs_are_of_their_split_and_at_rest_as_shipped(split):
    pairs = see_hear(split, size=None if split == "valid" else 300)
    assert len(pairs) == (LARGE[split] if split == "valid" else 300)
    assert len(SeeHear(split)) == LARGE[split]
    assert pairs.batch["image"].shape[1:] == (1, 20, 20) and pairs.batch["audio"].shape[1:] == (1, 20, 32)
    assert torch.equal(pairs.labels, pairs.image_digit) and torch.equal(pairs.labels, pairs.audio_digit)
    assert set(pairs.image_index.tolist()) <= set(handwriting.indices(split).tolist())
    assert set(pairs.clip_index.tolist()) <= set(speech.load(split).clip.tolist())
    images, labels = handwriting.load("all")
    assert torch.equal(pairs.batch["image"], images[pairs.image_index])
    assert torch.equal(pairs.labels, labels[pairs.image_index])
    assert torch.equal(pairs.waveforms, speech.load("all").waveforms[pairs.clip_index])


@pytest.mark.parametrize("dials", DIALS)
def test_large_pairs_obey_every_dial(large, dials):
    pairs = large.dial(**dials)
    honest = pairs.audio_digit if dials.get("liar") == "image" else pairs.image_digit
    assert torch.equal(pairs.labels, honest)
    for name, lost in dials.get("missing", {}).items() if isinstance(dials.get("missing"), dict) else ():
        assert (~pairs.present[name]).float().mean() == pytest.approx(lost, abs=0.06)
    for name, sense in pairs.batch.items():
        assert sense.dtype == torch.float32 and sense.isfinite().all()
        assert (sense[~pairs.present[name]] == 0).all()


def test_large_noise_has_the_dialled_strength(large):
    rest, noisy = large.dial(), large.dial(image_noise=0.5, audio_snr=-3)
    added = noisy.batch["image"] - rest.batch["image"]
    assert added.std() == pytest.approx(0.5, rel=0.02) and abs(added.mean()) < 0.01
    lengths = speech.load("all").lengths[rest.clip_index]
    own = torch.arange(6400) < lengths[:, None]
    power = [((each * own).double() ** 2).sum(1) for each in (rest.waveforms, noisy.waveforms - rest.waveforms)]
    torch.testing.assert_close(
        10 * (power[0] / power[1]).log10(), torch.full((1000,), -3.0).double(), atol=0.01, rtol=0
    )


def test_large_noisy_features_are_those_of_the_noisy_sound(large):
    pairs = large.dial(audio_snr=2)
    expected = speech.features_of_power(mel_power(pairs.waveforms, 20, 32))
    torch.testing.assert_close(pairs.batch["audio"][:, 0], expected, atol=2e-3, rtol=1e-3)
    clean = speech.features_of_power(mel_power(speech.load("train").waveforms, 20, 32))
    torch.testing.assert_close(clean.square().mean((0, 2)), torch.ones(20), atol=1e-4, rtol=0)
    assert clean.mean(-1).abs().max() < 1e-4


def test_the_large_form_is_the_default_and_others_are_refused():
    assert torch.equal(see_hear("valid").batch["image"], see_hear("valid", form="large").batch["image"])
    assert repr(SeeHear("valid")) == "SeeHear('valid', size=700, seed=0)"
    assert repr(Small("valid")) == "SeeHear('valid', size=197, seed=0, form='small')"
    with pytest.raises(ValueError, match="form: got 'huge', expected one of 'large', 'small'"):
        see_hear(form="huge")
    with pytest.raises(ValueError, match="the valid split has 700 images"):
        see_hear("valid", size=701)
