"""What is advised about an error, each raised by torch or Python itself."""

import math

import pytest
import torch
from samples import checked

X, Y = torch.arange(12.0).reshape(3, 4), torch.arange(4.0)


def crop_forgotten(images, k):
    b, c, height, width = images.shape
    return images.reshape(b, c, height // k, k, width // k, k).amax((3, 5))


def nothing():
    return None


def divided(x):
    return x / x.sum(1)


def divided_wider(x):
    return x / x.amax(1, keepdim=True)[:2]


ADVICE = [
    (lambda: X @ Y[:3], "The inner lengths of a matrix product must agree"),
    (lambda: Y @ Y[:3], "have different lengths"),
    (lambda: X.sum(2), "dim=-1 is the last one"),
    (lambda: divided(X), "the lengths 4 and 3 do not fit together: print both shapes. keepdim=True keeps the axis"),
    (lambda: X[:, 1:] * Y, "Along axis 1 the lengths 3 and 4 do not fit together: print both shapes. Is one cut"),
    (lambda: X * (Y[:3] > 1), "x[:, None] puts one in"),
    (lambda: divided_wider(X), "Along axis 0 the lengths 3 and 2 do not fit"),
    (lambda: X.clone().__setitem__((slice(None), slice(1)), X), "An axis cannot be stretched"),
    (lambda: torch.cat([X, X.T]), "torch.cat needs equal lengths along every axis but"),
    (lambda: torch.stack([X, X.T]), "torch.cat joins along an axis"),
    (lambda: X.T.view(12), "reshape in place of view"),
    (
        lambda: crop_forgotten(torch.zeros(1, 1, 5, 5), 2),
        "1 · 1 · 2 · 2 · 2 · 2 = 16, and there are 25. Is a rest left",
    ),
    (lambda: X.reshape(3, 5), "3 · 5 = 15, and there are 12. Is one of the lengths too large?"),
    (lambda: X.reshape(-1, 5), "12 do not fall into groups of 5. Is a rest left over?"),
    (lambda: (X > 1).mean(), ".float() first"),
    (lambda: X @ X.T.double(), ".float() makes both floats"),
    (lambda: 1 if X > 0 else 0, "torch.where, .any() or .all() help"),
    (lambda: X.argmax(1, keepdims=3, dims=2), "That function has no argument of this name"),
    (lambda: nothing()[0], "print type(…) of it"),
    (lambda: None + 1, "did a function before it forget its return?"),
    (lambda: X(1), "Something that is no function is called"),
    (lambda: [][1], "counting starts at 0"),
    (lambda: {}["a"], "print its keys"),
    (lambda: 1 / 0, "divided by 0"),
    (lambda: math.exp(1000.0), "A number grows too large for Python here"),
    (lambda: int(float("inf")), "or an infinite one is made whole"),
    (lambda: X.no_such_thing, "no such method or attribute"),
    (lambda: undefined, "is it misspelt"),  # noqa: F821
]


@pytest.mark.parametrize(("raises", "said"), ADVICE)
def test_an_error_is_answered_with_what_to_do(raises, said):
    text = checked(lambda p, q: raises(), mistakes=[], seconds=5.0).text
    assert "your code raised an error" in text and said in text, text


@pytest.mark.parametrize("raises", [lambda: X[:, 1:] * Y, lambda: X * (Y[:3] > 1), lambda: divided_wider(X)])
def test_keepdim_is_advised_only_where_an_axis_was_taken_away(raises):
    assert "keepdim=True keeps" not in checked(lambda p, q: raises(), mistakes=[], seconds=5.0).text
