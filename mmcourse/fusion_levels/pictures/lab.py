"""The fusion lab: dial the conditions, watch five kinds of model, train them anew. Lessons 00 and 08 show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn

from mmcourse.engine import mean_interval, predict
from mmcourse.fusion_levels.levels import ModelLevel
from mmcourse.fusion_levels.opinions import RULES
from mmcourse.fusion_levels.pictures.pairs import hear, pairs_under
from mmcourse.pictures import Action, Panel, Picture, choice, plots, slider

Models = Mapping[str, Sequence[nn.Module]]


class FusionLabView(plots.FiveOpinions):
    """The panel the course is for: dial the conditions, watch five kinds of model, each trained eight times."""

    alt = (
        "a noisy digit, the picture of its sound, the opinions of five models as bars over ten digits, "
        "and the test accuracy of each with its interval"
    )

    def __init__(self, models: Models) -> None:
        self.models = dict(models)
        super().__init__()

    def use(self, models: Models) -> None:
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
        pairs = pairs_under(*dials)
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
        return [ModelLevel(m.experts, RULES[rule]) for m in self.models["model"]]

    def _measure(self, *dials_and_rule: Any) -> tuple[list[float], list[float], list[float]]:
        *dials, rule = dials_and_rule
        pairs = pairs_under(*dials)
        chosen = [predict(Together(self.ready(name, rule)), pairs.batch).argmax(-1).cpu() for name in self.names]
        found = [mean_interval((each == pairs.labels).float().mean(1).tolist()) for each in chosen]  # (S, N) → S scores
        return [i.low for i in found], [i.mean for i in found], [i.high for i in found]

    def build(self, figure: Figure) -> None:
        """As its parent, with a memory for scores."""
        self._scores = lru_cache(maxsize=32)(self._measure)
        super().build(figure)


class Together(nn.Module):
    """Several models that are asked the same, so that what they are asked is looked through once: → (S, B, K)."""

    def __init__(self, models: Sequence[nn.Module]) -> None:
        super().__init__()
        self.models = nn.ModuleList(models)

    def forward(self, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """What each of them gives, stacked."""
        return torch.stack([model(batch) for model in self.models])


def probabilities(model: nn.Module, batch: Mapping[str, torch.Tensor]) -> np.ndarray:
    """What a model believes: its own combined opinion, or the softmax of its logits, as (B, K)."""
    outputs = predict(model, dict(batch))
    return (outputs if isinstance(model, ModelLevel) else outputs.softmax(-1)).cpu().numpy()


def lab_controls() -> dict[str, Any]:
    """The dials of the fusion lab at their starting places."""
    return {
        "index": slider("which pair", 0, 999, 0, 1),
        "image_noise": slider("image noise", 0.0, 1.5, 0.5),
        "audio_snr": slider("audio SNR (dB)", -20, 30, -6, 1),
        "missing": slider("one missing (p)", 0.0, 1.0, 0.0, 0.05),
        "contradiction": slider("audio lies (q)", 0.0, 1.0, 0.0, 0.05),
        "rule": choice("model-level rule", list(RULES)),
    }


def fusion_lab(models: Models, **values: Any) -> Picture:
    """The lab by hand: ``fusion_lab(models, image_noise=0.8, audio_snr=-5)``."""
    start = {name: control.value for name, control in lab_controls().items()}
    return FusionLabView(models).picture(**{**start, **values})


def fusion_lab_panel(models: Models, retrain: Callable[..., Models]) -> Panel:
    """The fusion lab, with a button that trains all models anew under the dialled conditions.

    ``retrain(callback, image_noise=..., audio_snr=..., missing=..., contradiction=...)`` gives the new models; it calls
    ``callback(done, total)`` after each kind.
    """
    view, controls = FusionLabView(models), lab_controls()

    def work(report: Callable[[float, str], None]) -> Models:
        dials = {name: controls[name].value for name in ("image_noise", "audio_snr", "missing", "contradiction")}
        return retrain(
            lambda done, total: report(done / total, f"training: {done} of {total} kinds of model are ready"), **dials
        )

    def done(trained: Models) -> None:
        view.use(trained)
        panel.redraw()
        button.words.value = "Done: five kinds of model, eight seeds each, trained on the conditions you dialled."

    button = Action("Retrain all five under these conditions", work, done)
    panel = Panel(view, sounds={"listen": hear}, below=[button], **controls)
    panel.retrain = button
    return panel
