"""Lesson 04's experiments: words learnt from captions, models that judge reviews, taggers of captions."""

from mmcourse.text.studies.reading import (
    ADJECTIVES,
    GROUPS,
    NEGATIONS,
    READERS,
    coded,
    grouped,
    only_adjectives,
    right_by_distance,
    samples,
    scores_of,
    steps_to_adjective,
    train_readers,
)
from mmcourse.text.studies.tagging import ENTITY, PARTS, TAGS, caption_roles, related, tagging_scores, windows_of
from mmcourse.text.studies.words import (
    CATEGORIES,
    OPPOSITES,
    SPECIAL,
    WAYS,
    analogy_scores,
    intervals,
    kind_by_chance,
    learn_words,
    mixed,
    questions,
    same_kind,
)
