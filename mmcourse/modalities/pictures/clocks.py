"""Two streams, two clocks: a film and a sound beside each other, and how well they agree at each lag."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.modalities import agreement_at_lags
from mmcourse.pictures import Panel, Picture, View, slider, style

LAGS = tuple(round(0.01 * k, 2) for k in range(-50, 51))  # seconds
Stream = tuple[Tensor, Tensor]  # values (T,), their times (T,)


def evened(values: Tensor) -> np.ndarray:
    """Mean 0 and spread 1, so that light and loudness share an axis."""
    return ((values - values.mean()) / values.std()).numpy()


class ClocksView(View):
    """Both streams over time, the film moved by a lag; below, r² over the lag."""

    size = (7.4, 3.6)
    alt = "a film's brightness and a sound's loudness over time, and below how well they agree at each lag"

    def __init__(self, film: Stream, sound: Stream) -> None:
        self.film, self.sound = film, sound
        self.found = agreement_at_lags(*film, *sound, LAGS)
        super().__init__()

    def build(self, figure: Figure) -> None:
        streams, below = figure.subplots(2, 1, height_ratios=(1.5, 1))
        look = style.named_looks(["sound, 100 a second", "film, 25 a second"])
        (sound, film), (heard, times) = look.values(), self.sound
        streams.plot(times.numpy(), evened(heard), color=sound.colour, linestyle=sound.line, label=sound.label)
        self.shown = self.moving(
            streams.plot([], [], "o", color=film.colour, markersize=3.5, linestyle=film.line, label=film.label)[0]
        )
        streams.set(xlim=(0, 3), ylim=(-1.3, 4.6), xlabel="time of the sound (s)", ylabel="mean 0, spread 1")
        streams.legend(loc="upper right", ncols=2)
        below.plot(LAGS, self.found, color=style.INK)
        self.mark = self.moving(below.plot([0], [0], "o", color=film.colour, markersize=8)[0])
        below.set(xlim=(LAGS[0], LAGS[-1]), ylim=(-0.05, 1.05), xlabel="lag (s)", ylabel="r²")
        below.grid(True)

    def update(self, *, lag: float = 0.0) -> None:
        """The film's moment t is taken for the sound's moment t + lag."""
        values, times = self.film
        self.shown.set_data(times.numpy() + lag, evened(values))
        self.mark.set_data([lag], [np.interp(lag, LAGS, self.found)])


def two_clocks(film: Stream, sound: Stream, lag: float = 0.0) -> Picture:
    """Two streams at one lag, by hand: ``two_clocks((film, film_times), (sound, sound_times), lag=0.1)``."""
    return ClocksView(film, sound).picture(lag=lag)


def two_clocks_panel(film: Stream, sound: Stream) -> Panel:
    """The lag to choose: push the film along the sound until they agree."""
    return Panel(ClocksView(film, sound), lag=slider("lag (s)", LAGS[0], LAGS[-1], 0.0, 0.01))
