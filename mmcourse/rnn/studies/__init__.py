"""Experiments of lesson 05: the recall race, and real data: spoken digits, reviews by kind, captions by character."""

from mmcourse.rnn.studies.captions_by_character import caption_windows, next_character_loss
from mmcourse.rnn.studies.negations import (
    BETWEEN,
    NEGATION,
    REVIEWERS,
    by_adjective,
    by_form,
    distance_of,
    far_apart,
    form_of,
    review_groups,
    review_ids,
    with_asides,
)
from mmcourse.rnn.studies.order_of_frames import (
    HEARERS,
    ORDER,
    by_timbre,
    frames_by_fold,
    heard_so_far,
    out_of_order,
    spoken_frames,
    timbres,
)
from mmcourse.rnn.studies.recall_race import (
    PASSES,
    RATES,
    RECALL,
    RIVALS,
    ClippedAdam,
    best_rate,
    race,
    recall_accuracies,
    train_recall,
)
