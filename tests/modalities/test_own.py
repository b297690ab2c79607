"""The learner's own voice and photo as numbers: what is drawn is what came, also when it is odd."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from own_files import picture, spoken, wav

from mmcourse.datasets.own_pictures import photo_of
from mmcourse.datasets.own_sounds import word_of
from mmcourse.modalities import log_mel
from mmcourse.modalities.pictures import OwnPhotoView, OwnVoiceView, own, own_photo_panel, own_voice_panel

PHOTO = np.uint8(np.random.default_rng(0).integers(0, 256, (40, 60, 3)))


def test_a_recording_is_shown_whole_and_its_word_shaded():
    view, content = OwnVoiceView(), wav(spoken(3)[0])
    view.png(spoken=content)
    word = word_of(content)
    assert view.whole.get_xlim()[1] == pytest.approx(len(spoken(3)[0]) / 44_100, abs=0.01)
    assert view.shaded.get_x() == pytest.approx(word.first / 8000)
    assert view.shaded.get_width() == pytest.approx(word.length / 8000)
    assert np.array_equal(view.mel.get_array(), log_mel(word.waveform).numpy())
    assert np.abs(view.wave.get_ydata()).max() == pytest.approx(1)
    view.png(spoken=content, window=1024)
    assert view.spectrum.get_array().shape[0] == 513


def test_until_the_learner_speaks_a_professional_does():
    recording, word = own.heard(b"")
    assert 1 < recording.seconds < 2 and word.whole
    samples, rate = own.word_heard()
    assert rate == 8000 and np.abs(samples).max() == 1


def test_a_photo_is_shown_with_the_rows_asked_for():
    view = OwnPhotoView()
    view.png(photo=picture(PHOTO), rows=8, shown="colour")
    expected = torch.nn.functional.adaptive_avg_pool2d(photo_of(picture(PHOTO)), (8, 12))
    assert np.allclose(view.few.get_array(), expected.permute(1, 2, 0), atol=1e-5)
    assert view.few.get_extent() == view.photo.get_extent() == pytest.approx([0, 1, 1 / 6, 5 / 6])
    view.png(photo=picture(PHOTO), rows=8, shown="blue")
    assert np.allclose(view.few.get_array()[..., 0], expected[2], atol=1e-5)
    written = [text.get_text() for text in view.numbers]
    assert written[0] == f"{100 * expected[2, 0, 2]:.0f}" and len(written) == 64


@pytest.mark.parametrize("height, width", [(1, 1), (1, 50), (300, 2), (7, 9)])
def test_photos_of_odd_sizes_are_shown(height, width):
    view, content = OwnPhotoView(), picture(np.zeros((height, width, 3), np.uint8))
    for rows in (8, 128):
        view.png(photo=content, rows=rows)
        assert view.few.get_array().shape[0] == min(rows, height)


def test_the_panels_answer_the_learner():
    voice, photo = own_voice_panel(), own_photo_panel()
    voice.controls["spoken"].take(wav(spoken(7)[0]))
    photo.controls["photo"].take(picture(PHOTO))
    assert "a word of 0.7" in voice.controls["spoken"].words
    assert photo.controls["photo"].words == "3 x 40 x 60 = 7200 numbers"
    for control, odd in ((voice.controls["spoken"], wav(np.zeros(44_100))), (photo.controls["photo"], b"GIF89a")):
        control.take(odd)
        assert control.refused and ": got " in control.words
    assert voice.message.value == photo.message.value == ""
