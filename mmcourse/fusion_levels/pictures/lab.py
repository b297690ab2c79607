"""The see-and-hear pairs and the fusion lab: what lessons 00 and 08 share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.engine import Data, accuracy, mean_interval, predict
from mmcourse.pictures import Action, Panel, Picture, View, choice, plots, slider

SEEDS = range(8)
LAB = {"budget": 5000, "batch_size": 200, "lr": 5e-3}  # how the lab trains: 40 models in a second or two


def data(pairs: Pairs) -> Data:
    """What a model is trained on: the batch and the labels."""
    return pairs.batch, pairs.labels


class PairView(View):
    """One handwritten digit and its spoken twin."""

    size, alt = (6.6, 2.4), "a handwritten digit beside the loudness of its spoken twin in frequency bands over time"

    def build(self, figure: Figure) -> None:
        """Two pictures side by side."""
        seen, heard = figure.subplots(1, 2, width_ratios=[1, 2])
        self.seen, self.heard = self.moving(plots.digit(seen)), self.moving(plots.sound(heard))

    def update(self, *, index: int = 0, image_noise: float = 0.0, audio_snr: float = 30.0) -> None:
        """The pair at place ``index`` of the test set under both noises."""
        pairs = _test_pairs(image_noise, audio_snr)
        self.seen.set_data(pairs.batch["image"][index, 0].numpy())
        self.heard.set_data(pairs.batch["audio"][index, 0].numpy())


@lru_cache(maxsize=8)
def _test_pairs(image_noise: float, audio_snr: float, missing: float = 0.0, contradiction: float = 0.0) -> Pairs:
    return _test_base().dial(image_noise=image_noise, audio_snr=audio_snr, missing=missing, contradiction=contradiction)


@lru_cache(maxsize=1)
def _test_base() -> SeeHear:
    return SeeHear("test", seed=0)


def hear(
    *,
    index: int = 0,
    image_noise: float = 0.0,
    audio_snr: float = 30.0,
    missing: float = 0.0,
    contradiction: float = 0.0,
    **_others: Any,
) -> tuple[np.ndarray, int]:
    """The noisy sound of a test pair, no louder than full scale, and its rate in Hz."""
    waveform = _test_pairs(image_noise, audio_snr, missing, contradiction).waveforms[index].numpy()
    return waveform / max(1.0, float(np.abs(waveform).max())), 8000


def pair(**values: float) -> Picture:
    """A test pair by hand: ``pair(index=3, image_noise=0.5, audio_snr=-6)``."""
    return PairView().picture(**values)


def pair_panel() -> Panel:
    """A pair with both noises on sliders, and a play button."""
    return Panel(
        PairView(),
        sounds={"listen": hear},
        index=slider("which pair", 0, 399, 0, 1),
        image_noise=slider("image noise", 0.0, 1.5, 0.0),
        audio_snr=slider("audio SNR (dB)", -20, 30, 30, 1),
    )


class FusionLabView(plots.FiveOpinions):
    """The panel the course is for: dial the conditions, watch five kinds of model, each trained eight times."""

    alt = (
        "a noisy digit, the picture of its sound, the opinions of five models as bars over ten digits, "
        "and the test accuracy of each with its interval"
    )

    def __init__(self, models: Mapping[str, Sequence[nn.Module]]) -> None:
        self.models = dict(models)
        super().__init__()

    def use(self, models: Mapping[str, Sequence[nn.Module]]) -> None:
        """Show other models from now on."""
        self.models = dict(models)
        self._scores.cache_clear()

    def update(
        self,
        *,
        index: int,
        image_noise: float,
        audio_snr: float,
        missing: float = 0.0,
        contradiction: float = 0.0,
        rule: str = "average",
    ) -> None:
        """Everything for these dials; scores are kept while only the pair changes."""
        dials = (image_noise, audio_snr, missing, contradiction)
        pairs = _test_pairs(*dials)
        one = {name: x[index : index + 1] for name, x in pairs.batch.items()}
        opinions = np.stack([probabilities(self.ready(name, rule)[0], one)[0] for name in self.names])
        self.show(
            seen=pairs.batch["image"][index, 0].numpy(),
            heard=pairs.batch["audio"][index, 0].numpy(),
            opinions=opinions,
            truth=int(pairs.labels[index]),
            scores=self._scores(*dials, rule),
        )

    def ready(self, name: str, rule: str) -> list[nn.Module]:
        """The models of one kind; the model level with the chosen rule."""
        if name != "model":
            return list(self.models[name])
        return [lesson.ModelLevel(m.experts, lesson.RULES[rule]) for m in self.models["model"]]

    def _measure(self, *dials_and_rule: Any) -> tuple[list[float], list[float], list[float]]:
        *dials, rule = dials_and_rule
        test = data(_test_pairs(*dials))
        found = [mean_interval([accuracy(m, test) for m in self.ready(name, rule)]) for name in self.names]
        return [i.low for i in found], [i.mean for i in found], [i.high for i in found]

    def build(self, figure: Figure) -> None:
        """As its parent, with a memory for scores."""
        self._scores = lru_cache(maxsize=32)(self._measure)
        super().build(figure)


def probabilities(model: nn.Module, batch: Mapping[str, torch.Tensor]) -> np.ndarray:
    """What a model believes: its own combined opinion, or the softmax of its logits, as (B, K)."""
    outputs = predict(model, dict(batch))
    return (outputs if isinstance(model, lesson.ModelLevel) else outputs.softmax(-1)).cpu().numpy()


def lab_controls() -> dict[str, Any]:
    """The dials of the fusion lab at their starting places."""
    return {
        "index": slider("which pair", 0, 399, 0, 1),
        "image_noise": slider("image noise", 0.0, 1.5, 0.5),
        "audio_snr": slider("audio SNR (dB)", -20, 30, -6, 1),
        "missing": slider("one missing (p)", 0.0, 1.0, 0.0, 0.05),
        "contradiction": slider("audio lies (q)", 0.0, 1.0, 0.0, 0.05),
        "rule": choice("model-level rule", list(lesson.RULES)),
    }


@lru_cache(maxsize=1)
def _train_base() -> SeeHear:
    return SeeHear("train", seed=0)


def train_lab(
    callback: Callable[[int, int], object] | None = None,
    seeds: Sequence[int] = SEEDS,
    kinds: Sequence[str] = lesson.KINDS,
    **dials: float,
) -> dict[str, list[nn.Module]]:
    """The five kinds (or those named), once for every seed, on 1200 pairs under the given dials."""
    train = data(_train_base().dial(**dials))
    return lesson.train_kinds(train, classes=10, kinds=kinds, seeds=seeds, callback=callback, **LAB)


def fusion_lab(models: Mapping[str, Sequence[nn.Module]], **values: Any) -> Picture:
    """The lab by hand: ``fusion_lab(models, image_noise=0.8, audio_snr=-5)``."""
    start = {name: control.value for name, control in lab_controls().items()}
    return FusionLabView(models).picture(**{**start, **values})


def fusion_lab_panel(models: Mapping[str, Sequence[nn.Module]] | None = None) -> Panel:
    """The fusion lab, with a button that trains all models anew under the dialled conditions."""
    view = FusionLabView(train_lab(image_noise=0.5, audio_snr=-6) if models is None else models)
    controls = lab_controls()

    def work(report: Callable[[float, str], None]) -> dict[str, list[nn.Module]]:
        dials = {name: controls[name].value for name in ("image_noise", "audio_snr", "missing", "contradiction")}
        return train_lab(
            lambda done, total: report(done / total, f"training: {done} of {total} kinds of model are ready"), **dials
        )

    def done(trained: dict[str, list[nn.Module]]) -> None:
        view.use(trained)
        panel.redraw()
        retrain.words.value = "Done: five kinds of model, eight seeds each, trained on the conditions you dialled."

    retrain = Action("Retrain all five under these conditions", work, done)
    panel = Panel(view, sounds={"listen": hear}, below=[retrain], **controls)
    panel.retrain = retrain
    return panel
