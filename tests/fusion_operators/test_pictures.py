"""The views and tables of lesson 09, tested with numbers."""

import numpy as np
import pytest
import torch
from helpers import beside

from mmcourse.datasets import senses
from mmcourse.engine import generator, mean_interval
from mmcourse.fusion_operators import lamp_and_tones, studies
from mmcourse.fusion_operators import pictures as demo
from mmcourse.fusion_operators.classifier import OPERATORS

PANELS = beside("fusion_operators", "panels")


def test_the_mixes_hold_the_results():
    view = demo.MixesView()
    view.png(x1=2.0, x2=-1.0, y1=1.0, y2=3.0)
    shown = {name: grid.get_array().ravel().tolist() for name, (grid, _) in view.grids.items()}
    assert shown["sum"] == [3, 2] and shown["product"] == [2, -3] and shown["side by side"] == [2, -1, 1, 3]
    assert shown["outer product with 1"] == [2, 6, 2, -1, -3, -1, 1, 3, 1]


def test_the_maps_show_the_belief_and_the_accuracy():
    models = PANELS.maps()
    view = demo.DecisionMapsView(models)
    view.png(left="sum", right="product")
    ticks = torch.linspace(-demo.REACH, demo.REACH, 40)
    point = {"image": torch.tensor([[ticks[30], 0.0]]), "audio": torch.tensor([[ticks[5], 0.0]])}
    expected = models["none"]["product"](point).softmax(-1)[0, 1].item()
    assert float(view.drawn[1][0].get_array()[5, 30]) == pytest.approx(expected, abs=1e-5)
    assert view.maps["none", "sum"][2] < 0.65 < 0.85 < view.maps["none", "product"][2]


def test_the_shares_shown_are_those_of_the_models():
    models = PANELS.shares()
    view = demo.SharesView(models)
    view.png(index=4, image_noise=1.0, audio_snr=-6)
    batch = senses.as_sequences(view.base.dial(image_noise=1.0, audio_snr=-6))
    one = {name: x[4:5] for name, x in batch.items()}
    each = [m.fusion.shares(*m.features(one))[1][1].mean().item() for m in models["gated"]]  # audio, then image
    image, audio = view.bars[0]
    assert image.get_width() == pytest.approx(100 * np.mean(each), abs=1e-3)
    assert image.get_width() + audio.get_width() == pytest.approx(100)


@pytest.mark.parametrize("draw", [demo.families, demo.three_senses, demo.mixes])
def test_still_figures_are_drawn(draw):
    picture = draw()
    assert picture.size[0] <= 1000 and len(picture.png) < 200_000 and picture.alt


def test_the_streams_show_the_lit_frame_and_the_answer():
    (batch, labels), times = lamp_and_tones(3, 0.4, generator(0))
    picture = demo.two_streams(batch, labels, times, count=2)
    assert picture.size[0] <= 1000 and "2 samples" in picture.alt


def test_tables_and_plots_take_what_was_measured():
    runs = {name: [0.5 + 0.01 * i, 0.52 + 0.01 * i] for i, name in enumerate(OPERATORS)}
    scores = {condition: runs for condition in studies.CONDITIONS}
    seconds = {name: (0.001 * (i + 1), 0.002) for i, name in enumerate(OPERATORS)}
    for picture in (
        demo.score_table(scores),
        demo.cost_plot(scores, seconds),
        demo.alpha_curve({"fixed": [[0.5, 0.6], [0.7, 0.8]]}, [0.0, 1.0], [0.4]),
        demo.sense_bars({"all": {"sum": [0.5, 0.6], "max": [0.6, 0.7]}}),
        demo.score_table({"all": {"sum": mean_interval([0.5, 0.6]), "compact": [0.4, 0.5]}}),
        demo.drift_curves({"sum": [[0.5, 0.6], [0.4, 0.5]], "cross-attention": [[0.9, 0.8]] * 2}, [0.0, 0.4], 0.25),
    ):
        assert picture.size[0] <= 1000 and picture.alt
