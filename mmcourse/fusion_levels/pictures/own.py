"""Your own digit and your own voice before five kinds of model. Lessons 00 and 08 show it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from ipywidgets import Widget
from matplotlib.figure import Figure
from torch import Tensor, nn

from mmcourse.datasets import speech
from mmcourse.datasets.own_pictures import describe_digit, digit_of
from mmcourse.datasets.own_sounds import describe_word, word_of
from mmcourse.datasets.pairing import FORMS
from mmcourse.fusion_levels.levels import ModelLevel
from mmcourse.fusion_levels.opinions import RULES
from mmcourse.fusion_levels.pictures.lab import Models, probabilities
from mmcourse.modalities import mel_power, mix_at_snr
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider
from mmcourse.widgets import Microphone, Pad

FORM = FORMS["large"]
SILENCE = "nobody"  # the choice of a voice that says nothing
SPEAKERS = (SILENCE, *map(str, range(10)))


class OwnPairView(View):
    """A digit of the learner's and a word, as the models get them, and what five kinds of model make of them."""

    size = (8.6, 3.1)
    alt = (
        "your digit and the picture of your word as the models get them, beside the opinions of five models as bars "
        "over ten digits"
    )
    names: Sequence[str] = ("image", "audio", "data", "feature", "model")

    def __init__(self, models: Models) -> None:
        self.models = dict(models)
        super().__init__()

    def build(self, figure: Figure) -> None:
        """Two small pictures on the left, opinions on the right."""
        grid = figure.add_gridspec(2, 2, width_ratios=[1.0, 3.2])
        self.seen = self.moving(plots.digit(figure.add_subplot(grid[0, 0]), np.zeros((20, 20))))
        plots.frame(self.seen.axes).set(xlim=(-0.9, 19.9), ylim=(19.9, -0.9))
        self.heard = self.moving(plots.sound(figure.add_subplot(grid[1, 0]), shape=(FORM.bands, FORM.frames)))
        self.opinions = plots.OpinionBars(figure.add_subplot(grid[:, 1]), self.names, [str(k) for k in range(10)])
        self.opinions.truth.set_visible(False)  # only the learner knows it
        for artist in (self.opinions.bars, self.opinions.favourites):
            self.moving(artist)

    def update(
        self,
        *,
        drawn: bytes = b"",
        spoken: bytes = b"",
        voice: str = SILENCE,
        image_noise: float = 0.0,
        audio_snr: float = 30.0,
        rule: str = "average",
    ) -> None:
        """A drawn digit (a picture file) and a spoken one (a WAV file, or a voice of the course) under both noises."""
        batch = {"image": own_image(drawn, image_noise), "audio": own_audio(spoken, voice, audio_snr)}
        self.seen.set_data(batch["image"][0, 0].numpy()), self.heard.set_data(batch["audio"][0, 0].numpy())
        opinions = [probabilities(self._first(name, rule), batch)[0] for name in self.names]
        self.opinions.show(np.stack(opinions), truth=0)

    def _first(self, name: str, rule: str) -> nn.Module:
        model = self.models[name][0]
        return ModelLevel(model.experts, RULES[rule]) if name == "model" else model


@lru_cache(maxsize=4)
def own_image(drawn: bytes, noise: float = 0.0) -> Tensor:
    """A picture file as the models get it, with white noise of this standard deviation: (1, 1, 20, 20); b"": zeros."""
    if not drawn:
        return torch.zeros(1, 1, 20, 20)
    digit = digit_of(drawn)[None]
    return digit + noise * torch.randn(digit.shape, generator=torch.Generator().manual_seed(0))


def own_audio(spoken: bytes, voice: str = SILENCE, snr: float = 30.0) -> Tensor:
    """The features of ``own_waveform`` as the models get them: (1, 1, 20, 32); zeros where nothing is said."""
    waveform = own_waveform(spoken, voice, snr)
    if not waveform.any():
        return torch.zeros(1, 1, FORM.bands, FORM.frames)
    return speech.features_of_power(mel_power(waveform, FORM.bands, FORM.frames))[None, None]


@lru_cache(maxsize=4)
def own_waveform(spoken: bytes, voice: str = SILENCE, snr: float = 30.0) -> Tensor:
    """The word of a WAV file, or else a digit by a test voice of the course, with white noise under it: (6400,).

    ``snr`` in dB is that of the word's own samples, as in ``see_hear``. Zeros where nothing is said.
    """
    if spoken:
        word = word_of(spoken)
        waveform, length = word.waveform, word.length
    elif voice != SILENCE:
        clips = speech.load("test")
        row = int(torch.nonzero(clips.digit == int(voice))[0])
        waveform, length = clips.waveforms[row], int(clips.lengths[row])
    else:
        return torch.zeros(speech.SAMPLES)
    hiss = torch.randn(speech.SAMPLES, generator=torch.Generator().manual_seed(1))
    own = mix_at_snr(waveform[:length], hiss[:length], snr) - waveform[:length]
    return waveform + hiss * (own.norm() / hiss[:length].norm())


def hear_own(
    *, spoken: bytes = b"", voice: str = SILENCE, audio_snr: float = 30.0, **_others: object
) -> tuple[np.ndarray, int]:
    """What the models hear, no louder than full scale, and its rate in Hz."""
    waveform = own_waveform(spoken, voice, audio_snr).numpy()
    return waveform / max(1.0, float(np.abs(waveform).max())), speech.SAMPLE_RATE


def own_pair(models: Models, **values: object) -> Picture:
    """Five opinions by hand: ``own_pair(models, drawn=Path("three.png").read_bytes(), voice="3")``."""
    return OwnPairView(models).picture(**values)


def own_panel(models: Models, snr: float, **asked: Widget) -> Panel:
    """A pad to draw a digit on, what else is ``asked``, and both noises, before five kinds of model."""
    return Panel(
        OwnPairView(models),
        sounds={"listen": hear_own},
        drawn=Pad("your digit", describe_digit),
        **asked,
        image_noise=slider("image noise", 0.0, 1.5, 0.0),
        audio_snr=slider("audio SNR (dB)", -20, 30, snr, 1),
    )


def own_pair_panel(models: Models) -> Panel:
    """A digit of the learner's, drawn and said into a microphone, before five kinds of model."""
    spoken = Microphone("your voice, saying a digit", describe_word)
    return own_panel(models, 30, spoken=spoken, rule=choice("model-level rule", list(RULES)))


def own_digit_panel(models: Models) -> Panel:
    """A digit that the learner draws, beside one that a voice of the course says, or nobody."""
    return own_panel(models, 0, voice=choice("the voice says", SPEAKERS))
