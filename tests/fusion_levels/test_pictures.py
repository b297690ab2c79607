"""The pictures of lesson 08 show the numbers they are given; the lab's button trains once."""

import numpy as np
import pytest
from small_levels import small_lab

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import accuracy, predict
from mmcourse.fusion_levels import pictures as demo
from mmcourse.fusion_levels import studies


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


def cell_of(levels, senses, rule="product"):
    """A cell of the winner map whose accuracies are these, with a little play between voices and seeds."""
    rng = np.random.default_rng(0)
    means = {"image": senses[0], "audio": senses[1], "data": levels[0], "feature": levels[1], rule: levels[2]}
    right = {name: mean + 0.01 * rng.standard_normal((8, 15)) for name, mean in means.items()}
    return studies.map_cell({"noise": 0.6, "snr": -6, "of": [50] * 15, "right": right}, rule, among=36)


def test_a_cell_of_the_winner_map_says_who_leads_and_whether_fusion_gains():
    lost = demo.describe_cell(cell_of(levels=(0.9, 0.8, 0.5), senses=(0.7, 0.96)))
    assert lost.startswith("data leads by 9.9 ± 0.") and "audio alone 96 %" in lost and "FUSION LOSES 5.9" in lost
    shared = demo.describe_cell(cell_of(levels=(0.9, 0.8, 0.9), senses=(0.7, 0.6)))
    assert shared.startswith(("data or model", "model or data")) and "fusion gains 19.9 ± 0." in shared
    assert "no gain seen" in demo.describe_cell(cell_of(levels=(0.7, 0.8, 0.9), senses=(0.9, 0.6)))


def test_picks_are_judged_by_the_experiment(capsys):
    scores = {"lock": ["feature", "data"], "street": ["data", "model"]}
    demo.judge_picks({"lock": "model"}, scores)
    demo.judge_picks({"lock": "data", "street": "late"}, scores)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("✗ lock") and lines[1].startswith("○ street")
    assert lines[2].startswith("✓ lock") and "'late' is no level" in lines[3]
