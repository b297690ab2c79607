"""PNGs: quick ones keep every colour, small ones those that can be told apart."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from sklearn.datasets import load_sample_image

from mmcourse.pictures import encoding, style


def canvas(draw) -> FigureCanvasAgg:
    """A figure of 384 x 288 pixels, drawn."""
    with style.styled():
        figure = style.new_figure(4, 3)
        made = FigureCanvasAgg(figure)
        draw(figure)
        made.draw()
    return made


def bars(figure) -> None:
    figure.subplots().bar([1, 2, 3], [2, 4, 3], color=style.CLASSES[:3])


def heat(figure) -> None:
    x, y = np.mgrid[-1:1:200j, -1:1:200j]
    figure.subplots().imshow(np.hypot(x, y))


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


@pytest.mark.parametrize("draw", [bars, heat])
def test_a_quick_png_holds_every_pixel(draw):
    drawn = canvas(draw)
    back = opened(encoding.quick(drawn))
    assert back.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(back), np.asarray(drawn.buffer_rgba())[:, :, :3])


def test_quick_pngs_of_different_sizes_take_turns():
    first, second = canvas(bars), canvas(heat)
    second.figure.set_size_inches(2, 2)
    second.draw()
    sizes = [opened(encoding.quick(one)).size for one in (first, second, first)]
    assert sizes == [(384, 288), (192, 192), (384, 288)]


@pytest.mark.parametrize("draw", [bars, heat])
def test_a_small_png_has_a_palette_and_looks_the_same(draw):
    drawn = canvas(draw)
    before, back = np.asarray(drawn.buffer_rgba())[:, :, :3].astype(int), opened(encoding.small(drawn))
    assert back.mode == "P" and len(encoding.small(drawn)) < 0.6 * len(encoding.quick(drawn))
    off = np.abs(np.asarray(back.convert("RGB")) - before).max(axis=-1)
    assert off.max() <= 24 and off.mean() < 0.5 and (off > 16).mean() < 1e-3
    assert off[110:160, 150:200].max() <= (0 if draw is bars else 8), "areas keep their colour, gradients nearly"
    assert (back.convert("RGB").getpixel((380, 284))) == (255, 255, 255), "paper stays white"


def test_a_gradient_stays_smooth():
    ramp = np.repeat(np.linspace(0, 255, 512).astype(np.uint8)[None, :, None], 200, axis=0).repeat(3, axis=2)
    back = np.asarray(encoding.reduced(Image.fromarray(ramp)).convert("RGB")).astype(int)
    assert np.abs(back - ramp).max() <= 2 and np.abs(np.diff(back[0, :, 0])).max() <= 3


def test_a_photograph_stays_one():
    picture = Image.fromarray(load_sample_image("flower.jpg"))
    off = np.abs(np.asarray(encoding.reduced(picture).convert("RGB")).astype(int) - np.asarray(picture)).max(axis=-1)
    assert off.mean() < 6


def test_the_same_figure_gives_the_same_bytes():
    assert encoding.small(canvas(heat)) == encoding.small(canvas(heat))
