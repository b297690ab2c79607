"""Lesson 03: convolution, pooling, what a stack of them sees, and more pictures than there are."""

from mmcourse.cnn.core import (
    Conv,
    DeepCNN,
    DigitCNN,
    ResidualBlock,
    augment_images,
    avg_pool,
    conv2d,
    convolution_matrix,
    correlate,
    crop_images,
    max_pool,
    normalise_images,
    output_size,
    receptive_field,
    shift_images,
    true_convolution,
    turn_images,
    windows,
)
