"""Which numbers of a clip tell its motion?"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from mmcourse.datasets import clips
from mmcourse.engine import stop_ends_all
from mmcourse.modalities import log_mel, motion_numbers
from mmcourse.modalities.studies.training import right_answers, train_eight

LESSONS_OF_MOTION = 800  # clips to learn from


def motion_scores(longer: int = 1, lr: float | None = None) -> dict[str, list[float]]:
    """Which of six motions? Accuracy from one frame, all frames, differences, motion numbers and the sound.

    ``longer`` times 12 passes at the rate ``lr``; None is 0.02 for fewer than 100 numbers and 0.004 for more.
    """
    train, test = clips.load("train"), clips.load("test")
    senses: dict[str, Callable[[clips.Clips], Tensor]] = {
        "one\nframe": lambda c: c.video[:, 3],
        "frames\naveraged": lambda c: c.video.mean(1),
        "frame\ndifferences": lambda c: c.video.diff(dim=1),
        "all 8\nframes": lambda c: c.video,
        "motion\nnumbers": lambda c: motion_numbers(c.video),
        "sound": lambda c: log_mel(c.audio, frames=8),
    }
    with stop_ends_all() as found:
        for name, sense in senses.items():
            x, y = sense(train).flatten(1)[:LESSONS_OF_MOTION], sense(test).flatten(1)
            middle, spread, rate = x.mean(), x.std(), lr or (2e-2 if x.shape[1] < 100 else 4e-3)
            labels = train.motion[:LESSONS_OF_MOTION]
            models = train_eight(((x - middle) / spread, labels), 6, epochs=12 * longer, lr=rate, batch_size=100)
            found[name] = right_answers(models, ((y - middle) / spread, test.motion))
    return found
