"""Lesson 03: convolution, pooling, what a stack of them sees, and more pictures than there are."""

from mmcourse.cnn.augmentation import augment_images, crop_images, normalise_images, shift_images, turn_images
from mmcourse.cnn.convolution import (
    avg_pool,
    conv2d,
    convolution_matrix,
    correlate,
    max_pool,
    output_size,
    true_convolution,
    windows,
)
from mmcourse.cnn.networks import Conv, DeepCNN, DigitCNN, ResidualBlock, receptive_field
