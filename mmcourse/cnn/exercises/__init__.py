"""Exercises of lesson 03: the references are the lesson's own functions, the usual mistakes are named."""

from mmcourse.cnn.exercises.whole_pictures import MAX_POOL, RECEPTIVE_FIELD, SHIFT_IMAGES
from mmcourse.cnn.exercises.windows import CONVOLUTION_MATRIX, CORRELATE, OUTPUT_SIZE

EXERCISES = [OUTPUT_SIZE, CORRELATE, MAX_POOL, RECEPTIVE_FIELD, SHIFT_IMAGES, CONVOLUTION_MATRIX]
