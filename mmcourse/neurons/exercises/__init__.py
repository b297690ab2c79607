"""Exercises of lesson 01: the references are the lesson's own functions, the usual mistakes are named."""

from mmcourse.neurons.exercises.graphs import WALK_BACK
from mmcourse.neurons.exercises.networks import MLP_GRADIENTS, SOFTMAX
from mmcourse.neurons.exercises.one_neuron import BOUNDARY, MSE_GRADIENT, TANH_SLOPE

EXERCISES = [TANH_SLOPE, BOUNDARY, MSE_GRADIENT, WALK_BACK, SOFTMAX, MLP_GRADIENTS]
