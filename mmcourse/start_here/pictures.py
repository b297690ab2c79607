"""Views and panels of lesson 00: five models with opinions, the map of the course, the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from mmcourse.base.about import lessons
from mmcourse.engine import mean_interval
from mmcourse.fusion_levels.pictures.lab import FusionLabView, Models, lab_controls
from mmcourse.fusion_levels.pictures.own import own_digit_panel
from mmcourse.fusion_levels.pictures.own import own_pair as own_digit
from mmcourse.fusion_levels.pictures.pairs import hear, pair
from mmcourse.pictures import Panel, Picture, plots, style
from mmcourse.start_here.timeline import TIMELINE

__all__ = ["five", "five_panel", "is_it_luck", "lesson_map", "own_digit", "own_digit_panel", "pair", "timeline"]


def five(models: Models, index: int = 0, image_noise: float = 0.5, audio_snr: float = -6) -> Picture:
    """One pair under two noises, the opinions of five models about it, and how often each is right."""
    return FusionLabView(models).picture(index=index, image_noise=image_noise, audio_snr=audio_snr)


def five_panel(models: Models) -> Panel:
    """The same with both noises on sliders and a play button."""
    return Panel(
        FusionLabView(models),
        sounds={"listen": hear},
        **{name: dial for name, dial in lab_controls().items() if name in ("index", "image_noise", "audio_snr")},
    )


def is_it_luck(scores: Mapping[str, Sequence[float]]) -> Picture:
    """Every single run as a point, with the mean and its 95 % interval, for each kind of model."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for place, (name, runs) in enumerate(reversed(scores.items())):
            look, found = style.look(name), mean_interval(runs)
            ax.plot(
                [100 * run for run in runs],
                [place] * len(runs),
                linestyle="",
                marker=look.marker,
                alpha=0.55,
                color=look.colour,
                markersize=6,
            )
            ax.errorbar(100 * found.mean, place - 0.25, xerr=100 * found.half, color=style.INK, capsize=3, marker="|")
        ax.set_yticks(range(len(scores)), [style.look(name).label for name in reversed(scores)])
        ax.set(xlabel="accuracy on the test set (%)", ylim=(-0.7, len(scores) - 0.5))
        ax.grid(axis="x")

    return plots.picture(draw, 7.6, 2.7, "accuracy of every run as points, and the interval of the mean below them")


def lesson_map() -> Picture:
    """The lessons in order, the question of each, and the minutes it takes."""

    map_of = lessons()

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.set(xlim=(0, 10), ylim=(len(map_of) - 0.4, -0.6))
        ax.axis("off")
        for row, lesson in enumerate(map_of):
            name = f"{lesson.number:02}  {lesson.name}"
            ax.plot(0.15, row, marker="o", color=style.look("image").colour)
            ax.text(0.35, row, name, va="center", color=style.INK, weight="bold")
            ax.text(2.6, row, lesson.question, va="center", color=style.INK)
            ax.text(9.9, row, f"{lesson.minutes} min", va="center", ha="right", color=style.INK)

    return plots.picture(draw, 8.4, 0.3 * len(map_of), "list of lessons with their questions and their times")


def timeline() -> Picture:
    """The events of the field by year, each with its people and where it appeared."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.set(xlim=(1938, 2085), ylim=(len(TIMELINE) - 0.4, -0.6), xlabel="year")
        ax.set_xticks(range(1940, 2025, 20)), ax.set_yticks([])
        ax.spines["left"].set_visible(False), ax.spines["bottom"].set_bounds(1938, 2025)
        for row, event in enumerate(TIMELINE):
            ax.plot([1938, event.year], [row, row], color=style.GRID, linewidth=1, zorder=0)
            ax.plot(event.year, row, marker="o", color=style.look("image").colour)
            ax.text(event.year + 2, row, f"{event.year}  {event.what}", va="center", fontsize=8.5)

    return plots.picture(draw, 8.6, 4.2, "fifteen steps of the field from 1943 to 2021, a dot for each at its year")
