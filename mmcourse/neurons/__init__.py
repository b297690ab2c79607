"""Lesson 01: neurons, their activation functions, how wrong they are, and how the chain rule teaches two layers."""

from mmcourse.neurons.approximation import hat, reach, sigmoid_bump, through_points
from mmcourse.neurons.autograd import Value, in_order, walk_back
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
from mmcourse.neurons.memory import Memory, training_memory
from mmcourse.neurons.single_neuron import (
    ACTIVATIONS,
    Activation,
    activation_named,
    boundary,
    gelu,
    gelu_slope,
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
from mmcourse.neurons.single_neuron import activation_named as activation  # its name in copies that learners have
