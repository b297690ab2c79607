"""Experiments of lesson 07: data, training, measuring; numbers come out."""

from mmcourse.modalities.studies.by_hand import (
    LESSONS_OF_MOTION,
    drawn_evenly,
    hand_made_image,
    learning_scores,
    motion_scores,
    scaled_alike,
    svm_right,
    two_ways,
)
from mmcourse.modalities.studies.pairs import (
    NOISE,
    RARE_NOISE,
    SILENT,
    doubted,
    imbalanced_scores,
    inconsistent_scores,
    joined,
    lopsided_test,
    missing_scores,
    noisy_pairs,
)
from mmcourse.modalities.studies.training import SEEDS, right_answers, scaled, train_eight
from mmcourse.modalities.studies.voices import HELD_OUT, STUDIES, average_spectra, split_by, study_labels, study_scores
