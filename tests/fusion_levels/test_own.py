"""The learner's own pair: what the models get is made as the course's pairs are, and the opinions are the models'."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from own_files import drawn, picture, spoken, wav
from small_levels import small_lab

from mmcourse.datasets import speech
from mmcourse.datasets.own_pictures import digit_of
from mmcourse.datasets.own_sounds import word_of
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import predict
from mmcourse.fusion_levels.pictures import own

DRAWN, SPOKEN = picture(drawn(3)), wav(spoken(7)[0])


def test_nothing_given_is_a_lost_sense():
    assert not own.own_image(b"", 0.7).any() and own.own_image(b"").shape == (1, 1, 20, 20)
    assert not own.own_audio(b"").any() and own.own_audio(b"").shape == (1, 1, 20, 32)
    samples, rate = own.hear_own()
    assert rate == 8000 and samples.shape == (6400,) and not samples.any()


def test_a_digit_gets_noise_of_the_strength_asked_for():
    clean, noisy = own.own_image(DRAWN), own.own_image(DRAWN, 0.8)
    assert torch.equal(clean[0], digit_of(DRAWN))
    assert (noisy - clean).std().item() == pytest.approx(0.8, rel=0.1)
    assert torch.equal(own.own_image(DRAWN, 0.8), noisy), "the same each time"


def four_of_the_course() -> tuple[torch.Tensor, int]:
    clips = speech.load("test")
    row = clips.digit.tolist().index(4)
    return clips.waveforms[row], int(clips.lengths[row])


@pytest.mark.parametrize("snr", [-12, 0, 20])
@pytest.mark.parametrize("whose", ["the learner's", "the course's"])
def test_a_word_lies_over_hiss_at_the_ratio_asked_for(whose, snr):
    if whose == "the learner's":
        noisy, clean, length = own.own_waveform(SPOKEN, snr=snr), word_of(SPOKEN).waveform, word_of(SPOKEN).length
    else:
        noisy, (clean, length) = own.own_waveform(b"", "4", snr), four_of_the_course()
    hiss = noisy - clean
    power, noise = clean[:length].square().mean(), hiss[:length].square().mean()
    assert 10 * torch.log10(power / noise).item() == pytest.approx(snr, abs=0.05)
    assert hiss[length:].std().item() == pytest.approx(hiss[:length].std().item(), rel=0.1), "it goes on behind"


def test_a_voice_of_the_course_sounds_as_in_its_pairs():
    base = SeeHear("test", seed=0, form="large").dial()
    for digit in ("0", "7"):
        ours = own.own_audio(b"", digit, 200.0)[0]
        assert ((base.batch["audio"] - ours).abs().amax((1, 2, 3)) < 0.02).any(), "one of the clean pairs"


def test_what_is_said_outranks_the_voice_of_the_course():
    assert torch.equal(own.own_waveform(SPOKEN, "4"), own.own_waveform(SPOKEN))


def test_opinions_are_those_of_the_first_of_each_kind():
    view = own.OwnPairView(small_lab())
    shown = []
    view.opinions.show = lambda opinions, truth: shown.append(opinions)
    values = {"drawn": DRAWN, "spoken": SPOKEN, "image_noise": 0.3, "audio_snr": 0.0}
    view.update(**values)
    batch = {"image": own.own_image(DRAWN, 0.3), "audio": own.own_audio(SPOKEN, own.SILENCE, 0.0)}
    expected = predict(small_lab()["data"][0], batch).softmax(-1)[0].numpy()
    assert shown[0].shape == (5, 10) and np.allclose(shown[0].sum(1), 1, atol=1e-5)
    assert np.allclose(shown[0][2], expected, atol=1e-5)
    view.update(**values, rule="product")
    assert np.allclose(shown[0][:4], shown[1][:4]) and not np.allclose(shown[0][4], shown[1][4])
    assert not view.opinions.truth.get_visible(), "only the learner knows it"


def test_the_panel_answers_the_learner():
    panel = own.own_pair_panel(small_lab())
    before = panel.picture.value
    panel.controls["drawn"].take(DRAWN)
    assert "20 x 20 numbers" in panel.controls["drawn"].words and panel.picture.value != before
    before = panel.picture.value
    panel.controls["spoken"].take(SPOKEN)
    assert "a word of 0.7" in panel.controls["spoken"].words and panel.picture.value != before
    panel.controls["spoken"].take(b"nonsense")
    assert panel.controls["spoken"].refused and panel.message.value == ""
    assert np.abs(own.hear_own(**panel.values)[0]).max() == 0
