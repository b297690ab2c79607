"""Your own voice and your own photo as the computer gets them: all their numbers, and what is left of them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.datasets import human_voice, photo
from mmcourse.datasets.own_pictures import describe_photo, photo_of
from mmcourse.datasets.own_sounds import Recording, Word, describe_word, recording_of, word_in
from mmcourse.modalities import BANDS, FRAMES, RATE, log_mel, resize_images, stft
from mmcourse.modalities.pictures.pairs import LOUD, decibels, envelope
from mmcourse.pictures import Panel, Picture, View, choice, style
from mmcourse.widgets import Microphone, Upload

COLUMNS = 300  # of the drawn waveform
SECONDS = 0.8  # of a word
UNTIL = 7  # the stranger's digit that is shown until the learner speaks
ROWS = (8, 16, 32, 64, 128)
CHANNELS = ("colour", "red", "green", "blue", "grey")


class OwnVoiceView(View):
    """A recording, the word that was found in it, its spectrogram, and the log-mel picture that a model gets."""

    size = (8.4, 3.7)
    alt = (
        "above a recording with the word in it shaded, below the waveform of the word, its spectrogram, and its "
        "log-mel picture"
    )

    def build(self, figure: Figure) -> None:
        grid = figure.add_gridspec(2, 3, height_ratios=(1, 1.5))
        self.whole = figure.add_subplot(grid[0, :])
        word, spectrum, mel = (figure.add_subplot(grid[1, place]) for place in range(3))
        self.whole.set(xlim=(0, 3), ylim=(-1.1, 1.1), xlabel="time (s)", ylabel="pressure")
        self.whole.set_title("the recording, its loudest sample at 1 (until you speak: a professional's seven)")
        self.shaded = self.moving(self.whole.axvspan(0, 1, color=style.LIMIT, alpha=0.2, linewidth=0))
        self.wave, self.own = (self.moving(_curve(ax)) for ax in (self.whole, word))
        word.set(xlim=(0, SECONDS), ylim=(-1.1, 1.1), xlabel="time (s)", title="the word: 6400 numbers")
        edges = {"extent": (0, SECONDS, 0, RATE / 2), "origin": "lower", "aspect": "auto", "cmap": "magma"}
        self.spectrum = self.moving(style.heat(spectrum, np.zeros((17, 80)), low=-45, high=25, **edges))
        spectrum.set_xticks(np.arange(0, 0.81, 0.2)), spectrum.set_yticks(range(0, 4001, 1000))
        spectrum.set(xlabel="time (s)", ylabel="frequency (Hz)", title="spectrogram (dB)")
        shown = style.heat(mel, np.zeros((BANDS, FRAMES)), low=-7, high=3, cmap="magma", origin="lower", aspect="auto")
        self.mel = self.moving(shown)
        mel.set(xlabel="time, 0.8 s →", ylabel="pitch →", title=f"log-mel: {BANDS} × {FRAMES} numbers")

    def update(self, *, spoken: bytes = b"", window: int = 256) -> None:
        """What is in a WAV file; the spectrogram through a window of so many samples."""
        recording, word = heard(spoken)
        samples = recording.samples.numpy()
        if self.whole.get_xlim()[1] != recording.seconds:
            self.whole.set_xlim(0, recording.seconds)
            self.redraw_still()
        _draw(self.wave, samples / np.abs(samples).max(), recording.seconds)
        self.shaded.set_x(word.first / RATE), self.shaded.set_width(word.length / RATE)
        _draw(self.own, word.waveform.numpy(), SECONDS)
        hann = torch.hann_window(window)
        padded = torch.nn.functional.pad(word.waveform, (window // 2, window // 2))
        self.spectrum.set_data(decibels(stft(padded, window, 32, hann / hann.square().sum().sqrt())))
        self.mel.set_data(log_mel(word.waveform).numpy())


def _curve(ax: Axes) -> object:
    return ax.plot([], [], color=LOUD, linewidth=0.8)[0]


def _draw(line: object, samples: np.ndarray, seconds: float) -> None:
    """The lowest and highest sample of each stretch, over the whole of the axis."""
    places = np.repeat((np.arange(COLUMNS) + 0.5) * seconds / COLUMNS, 2)
    line.set_data(places, envelope(samples, COLUMNS).T.ravel())


@lru_cache(maxsize=4)
def heard(spoken: bytes) -> tuple[Recording, Word]:
    """The recording in a WAV file and the word in it; for b"" a digit by a professional speaker."""
    if spoken:
        recording = recording_of(spoken)
    else:
        clips = human_voice.load()
        clip = clips.waveforms[UNTIL, : clips.lengths[UNTIL]]
        recording = Recording(torch.cat([torch.zeros(4000), clip, torch.zeros(4000)]), RATE, 1)
    return recording, word_in(recording.samples)


def word_heard(*, spoken: bytes = b"", **_others: object) -> tuple[np.ndarray, int]:
    """The word alone, and its rate in Hz."""
    return heard(spoken)[1].waveform.numpy(), RATE


def own_voice(spoken: bytes = b"", window: int = 256) -> Picture:
    """A recording by hand: ``own_voice(Path("seven.wav").read_bytes())``."""
    return OwnVoiceView().picture(spoken=spoken, window=window)


def own_voice_panel() -> Panel:
    """A microphone, and what its numbers look like."""
    return Panel(
        OwnVoiceView(),
        sounds={"the word alone": word_heard},
        spoken=Microphone("your voice: one word", describe_word),
        window=choice("window (samples)", (64, 128, 256, 512, 1024), 256),
    )


class OwnPhotoView(View):
    """A photo, the same with a few rows of pixels, and the numbers in a corner of that."""

    size = (8.4, 2.9)
    alt = "a photo, beside it the same photo with few pixels, one of its colours, and a corner of that as numbers"
    corner = 8  # rows and columns that are written out

    def build(self, figure: Figure) -> None:
        whole, few, numbers = figure.subplots(1, 3, width_ratios=(1, 1, 1.25))
        self.photo = self.moving(style.heat(whole, np.zeros((4, 6, 3)), low=0, high=1))
        whole.set_title("the photo (until yours: a flower)")
        self.few = self.moving(style.heat(few, np.zeros((4, 6, 3)), low=0, high=1))
        self.frame = self.moving(few.plot([], [], color=style.LEVELS["data"].colour, linewidth=1.5)[0])
        few.set_title("what is left")
        numbers.set(xlim=(-0.6, 7.6), ylim=(7.9, -0.6), xticks=[], yticks=[], title="framed: one number a pixel, in %")
        for side in numbers.spines.values():
            side.set_visible(False)
        places = [(row, column) for row in range(self.corner) for column in range(self.corner)]
        self.numbers = [
            self.moving(numbers.text(column, row, "", ha="center", va="center", fontsize=8)) for row, column in places
        ]
        for ax in (whole, few):
            ax.set(xlim=(0, 1), ylim=(0, 1))

    def update(self, *, photo: bytes = b"", rows: int = 32, shown: str = "colour") -> None:
        """A picture file with so many rows of pixels left, in colour or one number a pixel."""
        whole = looked_at(photo)
        small = few_rows(whole, rows)
        flat = of_each_pixel(small, shown)  # (h, w)
        self._place(self.photo, whole.permute(1, 2, 0).numpy(), whole.shape)
        left = small if shown == "colour" else flat.expand(3, -1, -1)
        self._place(self.few, left.permute(1, 2, 0).numpy(), whole.shape)
        self._write(flat.numpy())

    def _place(self, image: object, pixels: np.ndarray, shape: tuple[int, ...]) -> None:
        """Pixels into a square of 1 x 1, as wide or as high as fits."""
        height, width = (side / max(shape[1:]) for side in shape[1:])
        image.set_data(pixels.clip(0, 1))
        image.set_extent((0.5 - width / 2, 0.5 + width / 2, 0.5 - height / 2, 0.5 + height / 2))

    def _write(self, flat: np.ndarray) -> None:
        """The numbers in the middle of the picture, and a frame round their pixels."""
        left, right, bottom, top = self.few.get_extent()
        high, wide = min(self.corner, flat.shape[0]), min(self.corner, flat.shape[1])
        row, column = (flat.shape[0] - high) // 2, (flat.shape[1] - wide) // 2
        xs = [left + (right - left) * at / flat.shape[1] for at in (column, column + wide)]
        ys = [top - (top - bottom) * at / flat.shape[0] for at in (row, row + high)]
        self.frame.set_data([xs[0], xs[1], xs[1], xs[0], xs[0]], [ys[0], ys[0], ys[1], ys[1], ys[0]])
        for place, text in enumerate(self.numbers):
            r, c = divmod(place, self.corner)
            text.set_text(f"{100 * flat[row + r, column + c]:.0f}" if r < high and c < wide else "")


@lru_cache(maxsize=4)
def looked_at(content: bytes) -> Tensor:
    """The photo in a picture file, (3, H, W); for b"" the course's flower."""
    return photo_of(content) if content else photo.load("flower", colour=True, shrink=6)


def few_rows(whole: Tensor, rows: int) -> Tensor:
    """The photo with so many rows, or as many as it has, its pixels still square: (3, h, w)."""
    rows = min(rows, whole.shape[1])
    columns = min(max(1, round(rows * whole.shape[2] / whole.shape[1])), whole.shape[2])
    return resize_images(whole[None], rows, columns)[0]


def of_each_pixel(small: Tensor, shown: str) -> Tensor:
    """One number for each pixel: a colour's own, or how bright it looks (ITU-R BT.601): (3, h, w) → (h, w)."""
    if shown in CHANNELS[1:4]:
        return small[CHANNELS.index(shown) - 1]
    return torch.tensordot(torch.tensor(photo.GREY, dtype=small.dtype), small, 1)


def own_photo(content: bytes = b"", rows: int = 32, shown: str = "colour") -> Picture:
    """A photo by hand: ``own_photo(Path("cat.jpg").read_bytes(), rows=16)``."""
    return OwnPhotoView().picture(photo=content, rows=rows, shown=shown)


def own_photo_panel() -> Panel:
    """A photo of the learner's, the rows that are left of it, and which number of a pixel is shown."""
    return Panel(
        OwnPhotoView(),
        photo=Upload("your photo", describe_photo),
        rows=choice("rows of pixels", ROWS, 32),
        shown=choice("shown", CHANNELS),
    )
