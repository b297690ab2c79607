"""What two senses tell about a class, as bars of four parts."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from mmcourse.fusion_levels.information import Parts
from mmcourse.pictures import Picture, plots, style

WORDS = {"redundant": "redundant", "first": "only the image", "second": "only the audio", "synergistic": "synergistic"}


def information_bars(parts: Mapping[str, Parts]) -> Picture:
    """One bar for each world: how many bits both senses tell about the class, and of which kind they are."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        places = range(len(parts))[::-1]
        left = [0.0] * len(parts)
        for part, look in zip(Parts._fields, style.named_looks(list(WORDS.values())).values(), strict=True):
            bits = [max(0.0, getattr(one, part)) for one in parts.values()]
            ax.barh(places, bits, left=left, height=0.6, **look.bar)
            left = [a + b for a, b in zip(left, bits, strict=True)]
        for place, bits in zip(places, left, strict=True):
            ax.text(bits + 0.02, place, f"{bits:.2f}", va="center")
        ax.set_yticks(places, list(parts))
        ax.set(xlabel="information about the class (bits)", xlim=(0, 1.15 * max(left)))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=4)

    return plots.picture(draw, 8.4, 0.5 * len(parts) + 1.3, "bars of information, parted by kind, for each world")
