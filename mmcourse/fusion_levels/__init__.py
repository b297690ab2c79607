"""Lesson 08: where should two senses meet? Data level, feature level, model level."""

from mmcourse.fusion_levels.hybrid import Hybrid, hybrid_loss
from mmcourse.fusion_levels.information import Parts, decompose, mutual_information
from mmcourse.fusion_levels.levels import (
    LEVELS,
    Alone,
    Batch,
    DataLevel,
    Experts,
    FeatureLevel,
    ModelLevel,
    Sizes,
    experts_loss,
    flat,
    perceptron,
    side_by_side,
)
from mmcourse.fusion_levels.opinions import (
    RULES,
    Stacking,
    abstain,
    average_opinions,
    check_opinions,
    overconfidence,
    product_of_opinions,
    temperatures,
    vote,
    weighted_opinions,
)
from mmcourse.fusion_levels.rivals import (
    KINDS,
    build,
    calibrated,
    leading,
    learn_judge,
    parameters,
    shuffled,
    train_kinds,
    verdicts,
    width_for,
)
