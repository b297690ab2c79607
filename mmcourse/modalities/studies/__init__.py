"""Experiments of lesson 07: data, training, measuring; numbers come out."""

from mmcourse.modalities.studies.made_or_learnt import (
    COUNTS,
    MADE_OR_LEARNT,
    RATES,
    SCALES,
    TRIALS,
    WAYS,
    against,
    best_runs,
    cost_of_scaling,
    curves,
    drawn_evenly,
    scaled_alike,
    squared,
    svm_answers,
    trials,
    two_ways,
    units_of_test,
)
from mmcourse.modalities.studies.motion import LESSONS_OF_MOTION, motion_scores
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
from mmcourse.modalities.studies.voices import HELD_OUT, QUESTIONS, average_spectra, labels_for, leak_scores, split_by
