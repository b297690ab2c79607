"""What learners tried at the exercises of the first lessons, and the words that helped them."""

import math

import pytest
import torch

from mmcourse.practice import check as course_check
from mmcourse.practice.judge import judge


def softmax_one_maximum(z):
    p = torch.exp(z - z.max())
    return p / p.sum(-1, keepdim=True)


def gradient_mean_for_b_only(x, w, b, t):
    y = torch.sigmoid(x @ w + b)
    d = 2 * (y - t) * y * (1 - y)
    return d @ x, d.mean()


def back(x, labels, w1, b1, w2, b2, tanh=False):
    hidden = torch.relu(x @ w1 + b1)
    d = torch.softmax(hidden @ w2 + b2, -1)
    d = (d - torch.eye(len(b2))[labels]) / len(x)
    d_z = d @ w2.T * ((1 - hidden**2) if tanh else hidden > 0)
    return x.T @ d_z, d_z.sum(0), hidden.T @ d, d.sum(0)


def adam(w, g, m, s, t, lr, beta1, beta2, eps, hats=False):
    m, s, t = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2, t + 1
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    if hats:
        return w - lr * m_hat / (s_hat**0.5 + eps), m_hat, s_hat, t
    return w - lr * g / (s_hat**0.5 + eps), m, s, t


def patient(losses, patience):
    best = 0
    for i, loss in enumerate(losses):
        if loss <= losses[best]:
            best = i
        if i - best >= patience:
            return i + 1


def future(losses, patience):
    epoch = losses.index(min(losses)) + 1 + patience
    return epoch if epoch <= len(losses) else None


def windows_at(picture, kernel):
    h, w = kernel.shape
    rows, columns = len(picture) - h + 1, picture.shape[1] - w + 1
    return torch.tensor(
        [[float((picture[y : y + h, x : x + w] @ kernel).sum()) for x in range(columns)] for y in range(rows)]
    )


def pooled(images, k, step=1, side=None):
    b, c, height, width = images.shape
    side = side or k
    out = torch.zeros(b, c, height // k, width // k)
    for y in range(height // k):
        for x in range(width // k):
            out[:, :, y, x] = images[:, :, y * step : y * step + side, x * step : x * step + side].amax((2, 3))
    return out


def pooled_by_one_reshape(images, n):
    b, c, height, width = images.shape
    return images.reshape(b, c, height // n, width // n, n * n).amax(-1)


def field(layers, last=False, whole=0):
    size, step = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1 + whole) * step
        step = stride if last else step * stride
    return size


def slid(images, right, down):
    out, (height, width) = torch.zeros_like(images), images.shape[2:]
    out[:, :, down:, right:] = images[:, :, : height - down, : width - right]
    return out


def slid_round(images, right, down):
    out, (height, width) = torch.zeros_like(images), images.shape[2:]
    for y in range(height):
        for x in range(width):
            if y - down < height and x - right < width:
                out[:, :, y, x] = images[:, :, y - down, x - right]
    return out


ATTEMPTS = [
    ("decide", lambda o: o.max(-1), "argmax(-1) gives the places alone"),
    ("share_of_hits", lambda d, y: (d == y).mean().item(), ".float() first"),
    ("surer", lambda a, b: torch.where(a.amax(-1, keepdim=True) > b.amax(-1, keepdim=True), a, b), ">= in place of >"),
    ("surer", lambda a, b: torch.where(a.argmax(-1, keepdim=True) >= b.argmax(-1, keepdim=True), a, b), "not argmax"),
    ("surer", lambda a, b: torch.where(a.amax(-1) > b.amax(-1), a, b), "keepdim=True"),
    ("tanh_slope", lambda z: 1 - torch.tanh(z).abs(), "Which power of y?"),
    ("tanh_slope", lambda z: 1 - math.tanh(z) ** 2, "functions of math"),
    ("boundary", lambda x1, w, b: -w[0] * x1 - b / w[1], "the brackets are missing"),
    ("mse_gradient", gradient_mean_for_b_only, "In dw the division by len(t) is missing"),
    ("mse_gradient", lambda *a: gradient_mean_for_b_only(*a)[0], "Return both: return first, second"),
    ("softmax", softmax_one_maximum, "Take each row's own"),
    ("mlp_gradients", lambda *a: back(*a, tanh=True), "the slope of tanh"),
    ("mlp_gradients", lambda *a: [back(*a)[i] for i in (0, 2, 1, 3)], "The order is dw1, db1, dw2, db2"),
    ("momentum_step", lambda w, g, v, lr, momentum: w - lr * (momentum * v + g), "Return both: return first, second"),
    ("momentum_step", lambda w, g, v, lr, momentum: (w - lr * (0.9 * v + g), 0.9 * v + g), "the argument momentum"),
    ("adam_step", lambda *a, **k: adam(*a, hats=True, **k), "the hats serve this step only"),
    ("adam_step", adam, "the corrected mean m_hat"),
    ("l2_gradient", lambda w, g, strength: g + strength * 0.5 * (w**2).sum(), "the penalty itself, one number"),
    ("l2_gradient", lambda w, g, strength: g + strength * 0.5 * w, "Half too little"),
    ("dropout", lambda x, p, noise: torch.where(noise < p, x, 0) / p, "1 - p is kept"),
    ("patience_ends", patient, "An equal loss is not lower"),
    ("patience_ends", future, "look at those so far"),
    ("softmax", lambda z: z.exp() / z.exp().sum(1, keepdim=True), "This tensor has fewer axes"),
    ("output_size", lambda s, k, st, p, d: (s + 2 * p - ((k - 1) * d + 1) + 1) // st, "Divide first"),
    ("correlate", windows_at, "window * kernel"),
    ("max_pool", pooled, "moves by one pixel"),
    ("max_pool", lambda images, k: pooled(images, k, step=2, side=2), "squares of 2"),
    ("max_pool", pooled_by_one_reshape, "values differ"),
    ("receptive_field", lambda layers: field(layers, last=True), "multiply all strides below"),
    ("receptive_field", lambda layers: field(layers, whole=1), "adds 2 pixels"),
    ("receptive_field", lambda layers: field(layers[::-1]), "Go from the picture upwards"),
    ("shift_images", slid, "A negative number in x[a:b] counts from the end"),
    ("shift_images", slid_round, "A negative index counts from the end"),
]


@pytest.mark.parametrize(("name", "attempt", "said"), ATTEMPTS)
def test_what_a_learner_tried_is_answered(name, attempt, said):
    report = judge(course_check.exercise(name), attempt)
    assert report.state == "failed" and said in report.text, report.text
