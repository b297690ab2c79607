"""The noise floor and what a falling rate does to it; four schedules; the study of schedules; loss against time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from mmcourse.engine import Interval
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style
from mmcourse.training.noise import expected_loss, noise_floor, noisy_descent
from mmcourse.training.schedules import rate_schedules

WALK = 400  # steps
LOWEST = 1e-6
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)  # of a loss


class FloorView(View):
    """Loss over the steps of descent with noisy gradients: one run, the mean of all runs, and the floor."""

    size, alt = (7.4, 3.1), "loss over steps of descent with noisy gradients: one run, the mean, and the floor"

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(2.2, 1))
        left.set(yscale="log", xlim=(0, WALK), ylim=(1e-5, 30), xlabel="step", ylabel="loss above the minimum")
        left.grid(True), left.set_title(" ")
        self.run = self.moving(left.plot([], [], color=style.CLASSES[4], linewidth=0.8, label="one run")[0])
        self.mean = self.moving(left.plot([], [], color=style.CLASSES[0], linewidth=2, label="mean of all runs")[0])
        self.floor = self.moving(left.plot([], [], "--", color=style.LIMIT, label="floor at a constant rate")[0])
        left.legend(loc="upper right")
        right.set(xlim=(0, WALK), ylim=(0, 1.05), xlabel="step", ylabel="share of the full rate", title=" ")
        right.grid(True)
        self.share = self.moving(right.plot([], [], color=style.CLASSES[1])[0])
        self.words = self.moving(left.text(0, 1.04, "", transform=left.transAxes))

    def update(self, power: float, batch: int, schedule: str) -> None:
        rate, shares = 10.0**power, [rate_schedules(WALK)[schedule](step) for step in range(WALK)]
        rates, steps = [rate * share for share in shares], range(WALK + 1)
        one, mean = noisy_descent(rates, batch)[0].tolist(), expected_loss(rates, batch)
        self.run.set_data(steps, np.maximum(one, LOWEST)), self.mean.set_data(steps, np.maximum(mean, LOWEST))
        floor = noise_floor(rate, batch)
        self.floor.set_data([0, WALK], [floor, floor]), self.share.set_data(range(WALK), shares)
        self.words.set_text(f"rate {rate:.3g}, floor {floor:.2g}; mean at the end {mean[-1]:.2g}")


def floor(power: float = -1.0, batch: int = 1, schedule: str = "constant") -> Picture:
    """Noisy descent at the full rate 10 to the ``power``, with batches of ``batch``, on a schedule."""
    return FloorView().picture(power=power, batch=batch, schedule=schedule)


def floor_panel() -> Panel:
    """Turn rate, batch size and schedule, and watch the floor."""
    return Panel(
        FloorView(),
        power=slider("rate: 10 to the", -2.5, 0.2, -0.5, 0.1),
        batch=slider("batch size", 1, 64, 1, 1),
        schedule=choice("schedule", ["constant", "cosine", "warm-up", "both"], "constant"),
    )


def study_picture(results: Mapping[str, Mapping[str, Mapping[float, Interval]]]) -> Picture:
    """Accuracy over the rate, one plot for each length of training: {length: {schedule: {rate: interval}}}."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(results), sharey=True)
        for ax, (title, rivals) in zip(axes, results.items(), strict=True):
            looks = style.named_looks(list(rivals))
            for name, found in rivals.items():
                plots.banded(ax, list(found), list(found.values()), looks[name], scale=100)
            ax.set(xscale="log", xlabel="full learning rate", title=title), ax.grid(True, axis="y")
        lowest = min(one.mean for rivals in results.values() for found in rivals.values() for one in found.values())
        axes[0].set(ylabel="right on test digits (%)", ylim=(max(100 * lowest - 2, 70), 94))
        axes[-1].legend(loc="lower left")

    return plots.picture(draw, 7.4, 3.1, "accuracy over the full learning rate for four schedules and two lengths")


def time_picture(courses: Mapping[int, Sequence[tuple[float, float, float]]]) -> Picture:
    """Training loss over epochs and over seconds, one curve for each batch size: {size: [(seconds, epochs, loss)]}."""

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        for (size, course), look in zip(courses.items(), style.METHODS, strict=False):
            seconds, epochs, losses = zip(*course, strict=True)
            named = {**look.curve, "label": f"B = {size}"}
            left.plot(epochs, losses, **named), right.plot(seconds, losses, **named)
        left.set(xscale="log", yscale="log", xlabel="epochs", ylabel="training loss", title="counted in epochs")
        losses = [loss for course in courses.values() for _, _, loss in course]
        left.set_ylim(min(losses) / 1.2, max(losses) * 1.2)
        (
            right.set(yscale="log", xlabel="seconds", title="counted in seconds"),
            right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5)),
        )
        ticks = [tick for tick in TICKS if min(losses) / 1.2 < tick < max(losses) * 1.2]
        left.set_yticks(ticks, [f"{tick:g}" for tick in ticks]), left.minorticks_off(), right.minorticks_off()
        left.grid(True), right.grid(True)

    return plots.picture(draw, 7.4, 3.0, "training loss for several batch sizes, over epochs and over seconds")
