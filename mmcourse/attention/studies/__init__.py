"""Lesson 06's experiments: captions and tasks made of them, tasks with a known map, what parts and labels bring."""

from mmcourse.attention.studies.agreement import (
    HELD_OUT,
    Agreement,
    agreeing,
    mixed_reading,
    some_agreeing,
    verb_gaps,
    verbs_filled,
)
from mmcourse.attention.studies.captions import (
    OTHER_FORM,
    TWINS,
    CountingWriter,
    Labelled,
    plain_text,
    salad_task,
    sentences,
    side_task,
    slip,
    slips_task,
    well_formed,
)
from mmcourse.attention.studies.costs import growth, seconds_of
from mmcourse.attention.studies.labels import (
    COUNTS,
    GROUPS,
    LABELS,
    PASSES,
    STARTS,
    classifiers,
    draws,
    label_curve,
    label_curves,
    label_lead,
    label_scores,
    label_tasks,
    labels_unit,
)
from mmcourse.attention.studies.novel_race import NOVEL_RACE, race_lead, race_losses, race_perplexities
from mmcourse.attention.studies.parts import (
    PARTS,
    STEPS,
    WITHOUT,
    counted_loss,
    losses_without,
    part_gains,
    parts_intervals,
    parts_losses,
)
from mmcourse.attention.studies.reversal import (
    ROOT,
    OneLook,
    at_the_start,
    backwards,
    letter_loss,
    on_the_map,
    root_scores,
    train_backwards,
)
