"""Lesson 01: neurons, their squashes, how wrong they are, and how the chain rule teaches two layers of them."""

from mmcourse.neurons.backpropagation import (
    CORNERS,
    XOR,
    Weights,
    random_weights,
    solved,
    train_two_layers,
    two_layer_backward,
    two_layer_forward,
)
from mmcourse.neurons.classifiers import (
    MLP,
    cross_entropy,
    cross_entropy_gradient,
    mlp_gradients,
    softmax,
)
from mmcourse.neurons.single_neuron import (
    ACTIVATIONS,
    Activation,
    activation,
    boundary,
    mse,
    mse_gradient,
    neuron,
    relu,
    relu_slope,
    sigmoid,
    sigmoid_slope,
    step,
    step_slope,
    tanh_slope,
    train_neuron,
)
