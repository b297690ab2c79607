"""View and Picture: what is drawn once, what anew, and how sharp."""

from __future__ import annotations

import io

import numpy as np
import pytest
from dots import Dot
from helpers import assert_redraw_is_exact, pixels
from outputs import stored_pictures
from PIL import Image

from mmcourse.pictures import Picture, View
from mmcourse.pictures.lettering import Lettering, word_shape


def test_a_picture_has_the_size_its_view_says_and_words():
    picture = Dot().picture(place=0.3)
    assert picture.size == (3 * 96, 2 * 96)
    bundle = picture._repr_mimebundle_()
    assert bundle["text/plain"] == repr(picture) == "[a dot on a line]"
    [stored] = stored_pictures(bundle["text/html"])
    assert (stored.alt, stored.width, stored.png) == ("a dot on a line", 3 * 96, picture.png)
    assert stored.pixels == (2 * 3 * 96, 2 * 2 * 96)


def test_words_of_a_picture_are_escaped():
    [stored] = stored_pictures(Picture(Dot().picture().png, 'a <b> & a "c"')._repr_mimebundle_()["text/html"])
    assert stored.alt == 'a <b> & a "c"'


def test_a_stored_picture_is_sharp_and_the_panel_stays_as_it_was():
    view = Dot()
    before, size = view.png(place=0.3), view.canvas_size
    picture = view.picture(place=0.3)
    assert (view.density, view.canvas_size, view.png(place=0.3)) == (1, size, before)
    coarse = np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB").resize(size, Image.Resampling.BOX), float)
    assert np.abs(coarse - pixels(before)).mean() < 6, "the same picture, twice as fine"


def test_a_view_is_drawn_at_any_scale():
    view = Dot()
    for scale, size in ((1.25, (360, 240)), (2, (576, 384)), (1, (288, 192))):
        view.density = scale
        assert Image.open(io.BytesIO(view.png(place=0.3))).size == view.canvas_size == size


def test_letters_that_change_often_grow_with_the_scale():
    class Words(View):
        size = (2, 1)

        def build(self, figure):
            figure.set_layout_engine("none")
            self.ax = figure.add_axes([0, 0, 1, 1])
            self.words = self.moving(Lettering(self.ax, 0.1, 0.5))

        def update(self):
            self.words.write(word_shape("mmmm", 20))

    def wide(png):
        columns = np.flatnonzero((pixels(png) < 100).all(axis=-1)[20:-20].any(axis=0))
        return columns[-1] - columns[0]

    view = Words()
    view.ax.set_axis_off()
    once = wide(view.png())
    view.density = 2
    assert wide(view.png()) == pytest.approx(2 * once, abs=3)


def test_a_view_at_rest_holds_no_pixels_and_draws_again():
    view = Dot()
    before = view.png(place=0.3)
    view.forget_pixels()
    assert view._still is None and not hasattr(view.figure.canvas, "renderer")
    np.testing.assert_array_equal(pixels(view.png(place=0.3)), pixels(before))


def test_still_parts_are_drawn_once_and_kept():
    view, drawn = Dot(), []
    draw = view.figure.canvas.draw
    view.figure.canvas.draw = lambda: (drawn.append(1), draw())
    pictures = [pixels(view.png(place=place)) for place in (0.1, 0.5, 0.8)]
    assert len(drawn) == 1 and view.built == 1
    grey = np.array([0xDD, 0xDD, 0xDD])
    bars = [(picture == grey).all(axis=-1).sum() for picture in pictures]
    assert min(bars) > 1000, "the still bar is there in every redraw"
    assert (pictures[0] != pictures[1]).any()


def test_the_quick_redraw_equals_a_full_one_pixel_for_pixel():
    dragged = Dot()
    for place in (0.1, 0.7, 0.3, 0.9, 0.5):
        dragged.png(place=place)
    for place in (0.0, 0.25, 0.8):
        quick, fresh = pixels(dragged.png(place=place)), pixels(Dot().png(place=place))
        np.testing.assert_array_equal(quick, fresh)
    assert_redraw_is_exact(dragged, place=0.6)


def test_moved_still_parts_need_redraw_still():
    view = Dot()
    before = pixels(view.png())
    view.figure.axes[0].set_xlim(0, 2)
    stale = pixels(view.png())
    view.redraw_still()
    anew = pixels(view.png())
    assert (stale[-40:] == before[-40:]).all(), "the kept tick labels are still the old ones"
    assert (anew[-40:] != before[-40:]).any()


def test_a_still_part_that_moves_is_found():
    class Careless(Dot):
        def update(self, place=0.5):
            super().update(place)
            self.figure.axes[0].set_xlim(0, 1 + place)

    view = Careless()
    view.png(place=0.1)
    with pytest.raises(AssertionError, match="pixels of the quick redraw are wrong"):
        assert_redraw_is_exact(view, place=0.8)


def test_moving_parts_are_painted_in_their_order():
    class Two(View):
        size = (1, 1)

        def build(self, figure):
            figure.set_layout_engine("none")
            ax = figure.add_axes([0, 0, 1, 1])
            ax.set(xlim=(0, 1), ylim=(0, 1))
            self.front = self.moving(ax.axhspan(0, 1, color="#ff0000", zorder=5))
            self.back = self.moving(ax.axhspan(0, 1, color="#0000ff", zorder=2))

        def update(self):
            pass

    assert tuple(pixels(Two().png())[48, 48]) == (255, 0, 0)


def test_drawing_changes_no_global_setting():
    import matplotlib

    before = dict(matplotlib.rcParams)
    Dot().png()
    assert dict(matplotlib.rcParams) == before


def test_a_view_needs_build_and_update():
    with pytest.raises(NotImplementedError):
        View()
