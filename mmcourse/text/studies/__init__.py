"""Lesson 04's experiments: words learnt from captions, models that judge reviews, taggers of captions."""

from mmcourse.text.studies.kinds import KINDS, without_stop_words
from mmcourse.text.studies.longer_reviews import (
    ADDED,
    FILLER,
    NEGATION,
    PLACES,
    best,
    lengthened,
    share_right,
    trained_readers,
)
from mmcourse.text.studies.reading import (
    ADJECTIVES,
    GROUPS,
    MAKERS,
    NEGATIONS,
    READERS,
    coded,
    form,
    grouped,
    left_out,
    only_adjectives,
    samples,
    scores_of,
    steps_to_adjective,
    train_readers,
)
from mmcourse.text.studies.tagging import (
    ENTITY,
    PARTS,
    TAGS,
    caption_roles,
    related,
    tagging_scores,
    unread,
    windows_of,
)
from mmcourse.text.studies.words import (
    CATEGORIES,
    OPPOSITES,
    SPECIAL,
    VECTORS,
    WAYS,
    analogy_scores,
    count_words,
    intervals,
    kind_by_chance,
    learn_words,
    mixed,
    questions,
    same_kind,
)
