"""The pictures of lesson 08 show the numbers they are given; the lab's button trains once."""

import numpy as np
import pytest
from small_levels import small_lab

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import accuracy, predict
from mmcourse.fusion_levels import pictures as demo


def test_the_lab_shows_what_its_models_say():
    models = small_lab()
    view = demo.FusionLabView(models)
    dials = {"index": 3, "image_noise": 0.4, "audio_snr": -3, "missing": 0.2, "contradiction": 0.1, "rule": "product"}
    view.png(**dials)
    pairs = SeeHear("test", seed=0).dial(image_noise=0.4, audio_snr=-3, missing=0.2, contradiction=0.1)
    assert np.allclose(view.heard.get_array(), pairs.batch["audio"][3, 0])
    one = {name: x[3:4] for name, x in pairs.batch.items()}
    data_level = predict(models["data"][0], one).softmax(-1).max().item()
    tops = [box.vertices[1:3, 1].max() for box in view.opinions.bars.get_paths()]
    row = len(view.names) - 1 - view.names.index("data")  # rows are drawn from the top
    assert max(tops[20:30]) - row == pytest.approx(0.82 * data_level, abs=1e-5)
    widths = [bar.get_width() for bar in view.scores.bars]
    test = pairs.batch, pairs.labels
    means = [100 * np.mean([accuracy(m, test) for m in view.ready(name, "product")]) for name in view.names]
    assert widths == pytest.approx(means, abs=1e-3)


def test_retraining_changes_the_models_once_however_often_it_is_pressed():
    calls = []

    def quick(callback=None, **dials):
        calls.append(dials)
        callback(1, 1)
        return small_lab()

    panel = demo.fusion_lab_panel(small_lab(), quick)
    panel.controls["audio_snr"].value = -7
    panel.retrain._one_at_a_time.acquire()
    assert not panel.retrain.press()
    panel.retrain._one_at_a_time.release()
    assert panel.retrain.press()
    panel.retrain.wait()
    assert len(calls) == 1 and calls[0]["audio_snr"] == -7 and "Done" in panel.retrain.words.value
    assert not panel.retrain.start.disabled


def test_a_cell_of_the_winner_map_says_who_leads_and_whether_fusion_gains():
    runs = {
        "data": [[0.9, 0.91, 0.92]],
        "feature": [[0.8, 0.81, 0.83]],
        "image": [[0.7, 0.7, 0.71]],
        "audio": [[0.95, 0.96, 0.97]],
    }
    scores = {**{k: np.array(v) for k, v in runs.items()}, "model": {"product": np.array([[0.5, 0.5, 0.6]])}}
    best, text = demo.describe_cell(scores, 0, "product")
    assert best == ["data"] and "audio alone 96 %" in text and "FUSION LOSES" in text


def test_picks_are_judged_by_the_experiment(capsys):
    scores = {
        "lock": {"data": [0.9, 0.91], "feature": [0.9, 0.92], "model": [0.5, 0.5]},
        "street": {"data": [1, 1], "model": [1, 1]},
    }
    demo.judge_picks({"lock": "model"}, scores)
    demo.judge_picks({"lock": "data", "street": "late"}, scores)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("✗ lock") and lines[1].startswith("○ street")
    assert lines[2].startswith("✓ lock") and "'late' is no level" in lines[3]
