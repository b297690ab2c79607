"""Numbers that lesson 00's text names and no cell of it prints."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from mmcourse.datasets import speech
from mmcourse.datasets.see_hear import see_hear
from mmcourse.engine import predict, unit_interval
from mmcourse.fusion_levels.studies import train_lab
from mmcourse.start_here import TIMELINE


def test_pairs_voices_and_clips_are_as_many_as_the_text_says():
    pairs = see_hear("train")
    used = pairs.clip_index.unique(return_counts=True)[1].tolist()
    assert len(pairs) == 3000 and len(set(pairs.speaker.tolist())) == 60
    assert len(used) == 600 and set(used) == {4, 5, 6}
    assert len(see_hear("test")) == 1000
    assert not set(pairs.speaker.tolist()) & set(see_hear("test").speaker.tolist()), "voices that none has heard"
    assert len(set(speech.load("train").speaker.tolist())) == 60


def test_students_number_for_eight_runs():
    assert t.ppf(0.975, 7) == pytest.approx(2.36, abs=0.005)


def test_fifteen_steps_more_than_half_of_them_before_2012():
    years = [event.year for event in TIMELINE]
    assert len(years) == 15 and sum(year < 2012 for year in years) > 7.5 and (years[0], years[-1]) == (1943, 2021)


@pytest.mark.slow
def test_how_far_other_pictures_and_voices_may_be_off():
    models, pairs = train_lab(image_noise=0.5, audio_snr=-6), see_hear("test", image_noise=0.5, audio_snr=-6)
    right = {
        kind: np.stack([(predict(model, pairs.batch).argmax(-1).cpu() == pairs.labels).numpy() for model in runs])
        for kind, runs in models.items()
    }
    over_voices = {kind: 100 * unit_interval(table, pairs.speaker.tolist()).half for kind, table in right.items()}
    assert 2 < 100 * unit_interval(right["image"], pairs.image_index.tolist()).half < 3.5, "about 3 points"
    assert 3 < over_voices["audio"] < 5, "about 4"
    assert all(0.8 < over_voices[kind] < 2.3 for kind in ("data", "feature", "model")), "1 to 2"
