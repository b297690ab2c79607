"""`check`: what it says to each kind of answer a learner may give, and that nothing leaks or hangs."""

import _thread
import collections
import math
import signal
import threading
import time

import numpy as np
import pytest
import torch

from mmcourse.practice import check as course_check
from mmcourse.practice.checker import Checker, CheckStopped
from mmcourse.practice.compare import difference, shape_advice
from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.practice.judge import judge
from mmcourse.practice.time_limit import TimeUp, call_within
from mmcourse.practice.values import short

P, Q = torch.tensor([0.7, 0.2, 0.1]), torch.tensor([0.5, 0.3, 0.2])


def product(p, q):
    """The reference."""
    z = p * q
    return z / z.sum()


def no_sum(p, q):
    return p * q


def over_length(p, q):
    return p * q / len(p)


def exercise(reference=product, cases=None, **options):
    options.setdefault(
        "mistakes",
        [
            Mistake("not normalised", no_sum, "Divide by the sum."),
            Mistake("divided by length", over_length, "Not by the length."),
        ],
    )
    options = {
        "task": "Multiply and normalise.",
        "hints": ["first", "second"],
        "seconds": 0.2,
        "name": "product",
        "cases": lambda: cases or [Case("two opinions", args=(P, Q)), Case("one twice", args=(P, P))],
        **options,
    }
    return Exercise(reference=reference, **options)


def checked(function, **options):
    return Checker([exercise(**options)])("product", function)


# ---- states


def test_the_reference_passes_and_says_so():
    report = checked(lambda p, q: torch.softmax(p.log() + q.log(), 0))
    assert report.passed and report.state == "passed"
    assert repr(report) == "✓ product: all 2 cases hold."


def stub_ellipsis(p, q):
    """What to do."""
    ...


def stub_pass(p, q):
    pass


def stub_raises(p, q):
    raise NotImplementedError("write me")


def stub_with_a_given_line(p, q):
    z = p * q  # noqa: F841
    ...


def stub_hole(p, q):
    z = ...
    return z


def stub_used_hole(p, q):
    z = ...
    return z / z.sum()


def stub_any(*args, **kwargs): ...


STUBS = (stub_ellipsis, stub_pass, stub_raises, stub_with_a_given_line, stub_hole, stub_used_hole, stub_any)


@pytest.mark.parametrize("stub", STUBS)
def test_an_untouched_exercise_is_open(stub):
    report = checked(stub)
    assert report.state == "open" and not report.passed
    assert repr(report) == (
        '○ product is still open. Replace the … and run the cell again. check.hint("product") gives a first hint.'
    )


def test_no_function_yet_is_open_too():
    assert Checker([exercise()])("product").state == "open"


def test_each_mistake_has_its_own_hint():
    for wrong, name, hint in (
        (no_sum, "not normalised", "Divide by the sum."),
        (over_length, "divided by length", "Not by the length."),
    ):
        report = checked(wrong)
        assert report.state == "failed" and report.mistake == name and hint in report.text
    assert checked(lambda p, q: p + q).mistake is None


def test_a_mistake_is_recognised_by_its_exception_too():
    mistakes = [Mistake("outer product", lambda p, q: p[None] @ q[None], "Use *, not @.")]
    assert (
        checked(lambda a, b: a.reshape(1, -1) @ b.reshape(1, -1), mistakes=mistakes, seconds=5.0).mistake
        == "outer product"
    )  # seconds: torch's first error in a process takes its time on a busy machine
    assert checked(lambda a, b: [][1], mistakes=mistakes).mistake is None


def test_a_mistake_that_only_changes_its_input_is_recognised():
    def in_place(p, q):
        p *= q
        return p / p.sum()

    report = checked(lambda p, q: p.mul_(q) / p.sum(), mistakes=[Mistake("in place", in_place, "Keep p.")])
    assert report.mistake == "in place"


# ---- kinds of failure


def printing(p, q):
    print(p * q)


def forgets_return(p, q):
    z = p * q
    z / z.sum()  # noqa: B018


def sometimes_nothing(p, q):
    if not torch.equal(p, q):
        return product(p, q)


def raising(p, q):
    wrong = p[None]
    return wrong @ q[None]


def changing(p, q):
    p *= q
    return p / p.sum()


def half_infinite(p, q):
    return torch.where(p > 0.5, torch.inf, product(p, q))


FAILURES = [
    (printing, "Printing shows a value, return hands it back."),
    (forgets_return, "Is the return missing?"),
    (sometimes_nothing, "returned nothing (None) for one twice"),
    (raising, "wrong @ q[None]"),
    (raising, "The inner lengths of a matrix product must agree"),
    (changing, "The input p is not the same after the call"),
    (half_infinite, "1 of 3 values are infinite, the first at [0]"),
    (lambda p, q: product(p, q) * torch.nan, "3 of 3 values are NaN"),
    (lambda p, q: product(p, q)[:, None], "Yours has shape (3, 1), expected (3,)"),
    (lambda p, q: product(p, q).tolist(), "Expected a tensor of shape (3,), yours is a list of 3"),
    (lambda p, q: "text", "yours is a text"),
    (lambda p, q: (x for x in p), "list(…) around it"),
    (lambda p, q: product, "Are the parentheses of a call missing?"),
    (lambda p, q: 4 * product(p, q), "Your values are 4.00 times too large."),
    (lambda p, q: product(p, q) / 16, "Your values are 16.00 times too small."),
    (lambda p, q: -product(p, q), "Your values have the opposite sign."),
    (lambda p, q: product(p, q) + 0.5, "Your values are all too large by 0.5."),
    (lambda p, q: product(p, q).flip(0), "2 of 3 values differ"),
    (lambda p, q: p, "values differ, most at"),
    (lambda p, q: torch.ones(3), "The values should add up to 1, yours add up to 3."),
    (lambda p, q: math.log(p), "For a whole tensor there are torch.log"),
    (lambda p, q: (p > q).mean(), ".float() first"),
    (lambda p, q: p + q[:2], "x[:, None] puts one in"),
    (lambda p, q: 1.0, "Yours is a plain Python number; a tensor of shape (3,) is wanted."),
    (lambda one, two: one.mul_(two) / one.sum(), "The input one is not the same after the call. Work on a copy"),
    (lambda *both: product(both[0] * 2, both[1]) + both[0], "input p  "),
    (lambda p: p, "check calls it with 2 arguments"),
    (lambda p, q, r: p, "check calls it with 2 arguments"),
    (lambda p, q: undefined, "is it misspelt"),  # noqa: F821
    (lambda p, q: exit(), "return the answer"),
    (lambda p, q: product(p, q) + torch.rand(3), "Two calls with the same input gave different answers"),
]


@pytest.mark.parametrize(("function", "said"), FAILURES)
def test_each_failure_is_answered_in_its_own_words(function, said):
    report = checked(function, mistakes=[])
    assert report.state == "failed" and report.text.startswith("✗ product: ")
    assert said in report.text


def test_the_case_its_shapes_and_rounded_values_are_told():
    text = checked(no_sum, mistakes=[]).text
    assert "for two opinions" in text and "input p   (3,) [0.7, 0.2, 0.1]" in text
    assert "yours     (3,) [0.35, 0.06, 0.02]" in text and "expected  (3,) [0.814, 0.1395, 0.04651]" in text
    assert "None of the 2 cases holds yet." in text


def test_the_first_failing_case_is_told_and_the_held_ones_counted():
    text = checked(sometimes_nothing).text
    assert "for one twice" in text and "1 of 2 cases holds." in text


@pytest.mark.parametrize("constant", [None, 0, 1.0, "", [], {}, torch.zeros(3), torch.tensor(0.0), ..., True])
def test_constants_and_the_input_itself_never_pass(constant):
    assert not checked(lambda p, q: constant).passed
    assert not checked(lambda p, q: q).passed


@pytest.mark.parametrize("thing", [5, "product", P, [product]])
def test_what_is_no_function_is_answered_kindly(thing):
    report = checked(thing)
    assert report.state == "failed" and "needs the function itself" in report.text


def test_exceptions_that_cannot_be_shown_are_survived():
    class Nasty(Exception):
        def __str__(self):
            raise RuntimeError("no")

    class Odd:
        def __eq__(self, other):
            raise RuntimeError("no")

        def __repr__(self):
            raise RuntimeError("no")

    def nasty(p, q):
        raise Nasty

    assert "cannot be shown" in checked(nasty).text
    assert not checked(lambda p, q: Odd()).passed
    cyclic = []
    cyclic.append(cyclic)
    assert not checked(lambda p, q: cyclic).passed
    assert "calls itself" in checked(recursive).text


def recursive(p, q):
    return recursive(p, q)


def test_memory_addresses_do_not_reach_the_notebook():
    def lookup(p, q):
        return {}[object()]

    assert "<object object>" in checked(lambda p, q: object()).text
    assert "KeyError: <object object>" in checked(lookup).text


# ---- kinds of value


@pytest.mark.parametrize(
    ("want", "good", "bad"),
    [
        (torch.tensor([1.0, 2.0]), np.array([1.0, 2.0]), [1.0, 2.0]),
        (torch.tensor(2.0), 2, "2"),
        (2.0, torch.tensor(2.0), torch.tensor([2.0])),
        (True, np.bool_(True), 1),
        ((1.0, torch.tensor([2.0])), [1.0, torch.tensor([2.0])], (1.0,)),
        ([1.0, 2.0], np.array([1.0, 2.0]), [2.0, 1.0]),
        ({"a": 1.0, "b": [2]}, {"b": [2], "a": 1}, {"a": 1.0, "c": [2]}),
        ("cat", "cat", "Cat"),
        (None, None, 0),
        (torch.tensor([1, 2]), np.array([1, 2]), torch.tensor([1.0, 2.0])),
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]).double(), torch.tensor([1, 2])),
        (torch.tensor([True, False]), np.array([True, False]), torch.tensor([1.0, 0.0])),
        (torch.tensor([1.0, -torch.inf]), torch.tensor([1.0, -torch.inf]), torch.tensor([1.0, 0.0])),
        (torch.tensor([torch.nan]), torch.tensor([torch.nan]), torch.tensor([0.0])),
        ({1, 2}, {2, 1}, {1}),
        (torch.tensor([1.0]).bfloat16(), torch.tensor([1.0]), torch.tensor([1.5])),
        (torch.ones(2, requires_grad=True), torch.ones(2), torch.ones(3)),
        (10**30, 10**30, 10**29),
    ],
)
def test_equal_in_value_is_equal(want, good, bad):
    assert difference(good, want) is None
    assert difference(bad, want) is not None


def test_whole_numbers_where_fractions_are_wanted_are_explained():
    assert "was the fraction cut" in difference(torch.tensor([1, 2]), torch.tensor([1.5, 2.5])).sentence
    assert "x.float() converts" in difference(torch.tensor([1, 2]), torch.tensor([1.0, 2.0])).sentence


def test_an_array_may_stand_for_a_tensor():
    assert checked(lambda p, q: product(p, q).numpy()).passed


def deal(x, rng):
    return x[torch.randperm(len(x), generator=rng)]


def any_order(got, want, x, rng):
    return "These are not the rows." if not torch.equal(got.sort()[0], x) else not torch.equal(got, x)


def dealt(function, compare=any_order):
    cases = [Case("eight", make=lambda: (torch.arange(8), torch.Generator().manual_seed(3)))]
    return checked(function, reference=deal, cases=cases, mistakes=[], compare=compare)


def test_an_exercise_may_compare_in_its_own_way():
    def sorting(x, rng):
        return x[torch.rand(len(x), generator=rng).argsort()]

    assert dealt(sorting).passed and not dealt(sorting, compare=None).passed
    assert "These are not the rows." in dealt(lambda x, rng: x + 1).text
    assert "wrong values" in dealt(lambda x, rng: x).text, "False leaves it to the usual words"
    assert dealt(lambda x, rng: "no tensor").state == "failed", "a comparison that fails accepts nothing"
    assert "returned nothing" in dealt(lambda x, rng: print()).text


def test_what_a_comparison_accepts_must_not_be_luck():
    text = dealt(lambda x, rng: x[(torch.randperm(len(x) - 1) + 1).tolist() + [0]]).text
    assert "Two calls with the same input gave different answers" in text


def test_tolerance_is_the_exercises_own():
    near = lambda p, q: product(p, q) * 1.01  # noqa: E731
    assert checked(near, rtol=0.02).passed and not checked(near).passed


@pytest.mark.parametrize(
    ("got", "want", "word"),
    [
        ((2, 3), (3, 2), "transposed"),
        ((3,), (3, 1), "keepdim"),
        ((3, 1), (3,), "squeeze"),
        ((4,), (5, 4), "one axis too many"),
        ((5, 4), (5,), "dim=1"),
        ((6,), (2, 3), "order of the axes"),
        ((2, 3), (2, 4), "axis 1"),
        ((5, 2), (5, 7, 2), "Axis 1 (length 7) is missing"),
    ],
)
def test_shapes_are_explained(got, want, word):
    assert word in shape_advice(got, want)


def test_a_factor_that_holds_over_all_cases_is_seen_for_single_numbers():
    cases = [Case("two", args=(2.0,)), Case("three", args=(3.0,))]
    report = checked(lambda x: 2 * x**2, reference=lambda x: x**2, cases=cases, mistakes=[])
    assert "2.00 times too large" in report.text
    report = checked(lambda x: x + 3, reference=lambda x: x**2, cases=cases, mistakes=[])
    assert "times too" not in report.text and "expected 4" in report.text


# ---- what a learner's own attempts taught


def two_values(p, q):
    return p + q, (p * q).sum()


def test_one_tensor_in_place_of_several_values_is_not_taken_apart():
    options = {"reference": two_values, "mistakes": []}
    text = checked(lambda p, q: p + q, **options).text
    assert "yours is one tensor of shape (3,). Return both: return first, second." in text and "axis" not in text
    assert "Return all 3, separated by commas." in difference(P, (1.0, P, Q)).sentence
    assert difference(torch.stack([P, Q]), (P, Q)) is None
    assert difference(torch.stack([Q, P]), (P, Q)).kind == "value"
    assert "expected 1 value, yours has 2." in difference([1, 2], [1]).sentence


def test_the_row_that_does_not_add_up_is_named():
    want = torch.tensor([[0.5, 0.5, 0.0], [0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.0, 0.25, 0.75]])
    got = want.clone()
    got[3, 1] = 0
    assert "Each row should add up to 1; row [3] of yours adds up to 0.75." in difference(got, want).sentence
    got[3] = torch.tensor([0.25, 0.0, 0.75])
    assert "add" not in difference(got, want).sentence


def test_an_order_is_named_only_where_luck_is_unlikely():
    many, few = torch.arange(6.0) ** 2, torch.arange(4.0) ** 2
    assert "in reverse order along axis 0" in difference(many.flip(0), many).sentence
    assert "in another order" in difference(many.roll(2), many).sentence
    for want in (few, torch.tensor([1.0, 1.0, 2.0, 3.0, 4.0, 5.0])):
        assert "order" not in difference(want.flip(0), want).sentence


@pytest.mark.filterwarnings("error")
def test_complex_numbers_are_asked_for_by_the_way_to_make_them():
    want = torch.complex(torch.tensor([3.0, 0.0]), torch.tensor([4.0, 0.0]))
    for got in (want.abs(), (want.real, want.imag)):
        sentence = difference(got, want).sentence
        assert "torch.complex(real, imaginary) joins" in sentence and "right" not in sentence


def test_lists_are_built_anew_not_cloned():
    def longer(rows):
        for row in rows:
            row.append(0)
        return rows

    text = checked(
        longer,
        reference=lambda lists: [[*one, 0] for one in lists],
        mistakes=[],
        cases=[Case("two lists", args=([[1], [2]],))],
    ).text
    assert "The input rows is not the same" in text and "Build new lists" in text and "clone" not in text


def test_none_is_not_called_a_missing_return_where_it_is_an_answer():
    cases = [Case("found", args=([1, 2], 2)), Case("not there", args=([1, 2], 3))]
    text = checked(
        lambda items, one: None if one < 3 else 0,
        mistakes=[],
        cases=cases,
        reference=lambda items, one: items.index(one) if one in items else None,
    ).text
    assert "return missing" not in text and "None is the answer of another case" in text


def test_a_named_tuple_is_shown_as_a_tuple():
    pair = collections.namedtuple("Pair", "first second")
    assert short(pair(torch.ones(2), 2.0)) == "([1, 1], 2)"


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


# ---- inputs, prints, generators, exceptions that are right, classes, gradients


def test_every_call_gets_fresh_inputs():
    seen = []

    def greedy(items):
        seen.append(list(items))
        items.clear()
        return 3

    items = [1, 2]
    checked(greedy, reference=len, cases=[Case("a", args=(items,)), Case("b", args=(items,))], mistakes=[])
    assert items == [1, 2] and all(s == [1, 2] for s in seen)


def test_a_returned_thing_that_changes_later_is_judged_as_it_was():
    kept = []

    def reused(x):
        kept[:] = [x]
        return kept

    cases = [Case("one", args=(1,)), Case("two", args=(2,))]
    assert checked(reused, reference=lambda x: [x], cases=cases, mistakes=[]).passed


def test_an_exercise_may_ask_for_a_change_in_place():
    def step(w):
        w -= 1

    report = checked(lambda w: None, reference=step, cases=[Case("w", args=(torch.ones(2),))], mistakes=[])
    assert report.state == "failed" and "The input w is the same after the call as before" in report.text
    assert checked(lambda w: step(w), reference=step, cases=[Case("w", args=(torch.ones(2),))], mistakes=[]).passed


def test_generators_are_copied_and_made():
    def draw(rng):
        return torch.rand(3, generator=rng)

    rng = torch.Generator().manual_seed(3)
    for case in (Case("g", args=(rng,)), Case("g", make=lambda: (torch.Generator().manual_seed(3),))):
        assert checked(draw, reference=draw, cases=[case], mistakes=[]).passed
        assert not checked(lambda rng: torch.rand(3), reference=draw, cases=[case], mistakes=[]).passed


def test_an_exception_can_be_the_right_answer():
    def positive(x):
        if x < 0:
            raise ValueError("x")
        return x

    cases = [Case("fine", args=(1,)), Case("negative", args=(-1,), raises=ValueError)]
    assert checked(positive, reference=positive, cases=cases, mistakes=[]).passed
    assert "Expected a ValueError" in checked(lambda x: x, reference=positive, cases=cases, mistakes=[]).text


def test_a_broken_reference_is_the_courses_fault_and_raises():
    with pytest.raises(RuntimeError, match="the reference itself"):
        checked(product, reference=lambda p, q: 1 / 0)


def test_only_the_first_cases_prints_are_shown_and_not_for_ever(capsys):
    def chatty(p, q):
        print("first" if torch.equal(q, Q) else "second")
        return product(p, q)

    assert checked(chatty).passed
    assert capsys.readouterr().out == "first\n"

    def flood(p, q):
        while True:
            print("x" * 100)

    checked(flood)
    assert 1000 < len(capsys.readouterr().out) < 2100


def test_classes_are_checked_through_use():
    class Doubler:
        def __init__(self, factor):
            self.factor = factor

        def __call__(self, x):
            return x * self.factor

    class Stub:
        def __init__(self, factor):
            self.factor = factor

        def __call__(self, x): ...

    options = {
        "reference": Doubler,
        "use": lambda cls, factor, x: cls(factor)(x),
        "mistakes": [],
        "cases": [Case("three times two", args=(3, 2.0))],
    }
    assert checked(Doubler, **options).passed
    assert checked(Stub, **options).state == "open"
    assert "input factor" in checked(lambda factor: lambda x: x, **options).text


def test_gradients_are_compared_when_asked_for():
    cases = [Case("x", args=(torch.tensor([1.0, 2.0]),))]
    options = {"reference": lambda x: x**2, "cases": cases, "mistakes": [], "gradients": True}
    assert checked(lambda x: x * x, **options).passed
    report = checked(lambda x: x.detach() ** 2, **options)
    assert report.state == "failed" and "No gradient comes back" in report.text
    assert "differs" in checked(lambda x: x * x.detach(), **options).text


# ---- time limit


def plain_loop(p, q):
    while True:
        pass


def swallowing_loop(p, q):
    while True:
        try:
            sum([1] * 10)
        except:  # noqa: E722
            pass


def sleeping_loop(p, q):
    while True:
        try:
            time.sleep(0.001)
        except BaseException:
            continue


def swallowing_twice(p, q):
    while True:
        try:
            while True:
                try:
                    time.sleep(0.001)
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


@pytest.mark.parametrize("loop", [plain_loop, swallowing_loop, sleeping_loop, swallowing_twice])
def test_endless_loops_are_stopped_and_said(loop):
    report = checked(loop)
    assert report.state == "failed" and "ran too long" in report.text and "two opinions" in report.text


def test_a_mistake_may_be_an_endless_loop():
    assert checked(swallowing_loop, mistakes=[Mistake("never ends", plain_loop, "Count up.")]).mistake == "never ends"


def test_nothing_strikes_after_the_function_returned():
    for i in range(60):  # ends right when the limit is reached
        seconds = 0.004
        end = time.perf_counter() + seconds - 0.0005 + 0.00002 * i
        try:
            call_within(seconds, lambda end=end: [None for _ in iter(lambda: time.perf_counter() < end, False)])
        except TimeUp:
            pass
    assert sum(range(200_000)) == 19999900000  # a pending exception would strike here
    assert not [t for t in threading.enumerate() if t.name == "mmcourse-time-limit"]


def test_the_limit_works_in_another_thread_too():
    reports = []
    thread = threading.Thread(target=lambda: reports.append(checked(plain_loop)))
    thread.start()
    thread.join(10)
    assert "ran too long" in reports[0].text


def test_the_stop_button_passes_through_with_one_sentence():
    def stopped(p, q):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        checked(stopped)
    assert isinstance(caught.value, CheckStopped)
    assert caught.value._render_traceback_() == ["✗ product: you stopped the check. Nothing was judged."]


@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(), reason="signals reach the main thread")
def test_a_real_interrupt_stops_a_running_check():
    running = threading.Event()

    def press_stop():  # once the learner's function runs, however slow the machine
        assert running.wait(15)
        _thread.interrupt_main()

    def endless(p, q):
        running.set()
        while True:
            pass

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts without it
    try:
        threading.Thread(target=press_stop, daemon=True).start()
        with pytest.raises(CheckStopped):
            checked(endless, seconds=20)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not [t for t in threading.enumerate() if t.name == "mmcourse-time-limit"]


# ---- escaping


def test_everything_of_the_learners_is_escaped():
    evil = "<script>alert(1)</script>"

    def raises(p, q):
        raise ValueError(evil)

    for function in (raises, lambda p, q: evil, lambda p, q: {evil: 1}, lambda p, q: type(evil, (), {})()):
        report = checked(function)
        assert "<script>" in report.text
        assert "<script>" not in report._repr_html_() and "&lt;script&gt;" in report._repr_html_()


def test_html_has_a_symbol_words_and_the_themes_colours():
    html = checked(no_sum)._repr_html_()
    assert "✗" in html and "wrong values" in html and "var(--jp-error-color1" in html and "0x" not in html


# ---- checker


def test_unknown_names_bring_the_nearest():
    with pytest.raises(ValueError, match="no exercise 'prodct'. Near: product"):
        Checker([exercise()])("prodct", product)
    with pytest.raises(TypeError, match="in quotes"):
        Checker([exercise()])(product)


def test_two_exercises_of_one_name_are_an_error():
    with pytest.raises(ValueError, match="Two exercises are called 'product'"):
        Checker([exercise(), exercise()]).list()


def test_hints_step_on_and_can_be_asked_for_by_number():
    check = Checker([exercise()])
    assert "hint 1 of 2" in check.hint("product").text and "second" not in check.hint("product", n=1).text
    assert "second" in check.hint("product").text
    last = check.hint("product").text
    assert "second" in last and "check.solution" in last
    assert "first" in check.hint("product", n=9).text and "second" in check.hint("product", n=9).text
    assert Checker([exercise()]).hint("product").text == Checker([exercise()]).hint("product").text
    for bad in (0, -1, 1.5, True, "1"):
        with pytest.raises(ValueError, match="n: got"):
            check.hint("product", n=bad)
    assert Checker([exercise(hints=[])]).hint("product").state == "note"


def test_the_solution_is_the_references_source_and_its_module():
    report = Checker([exercise()]).solution("product")
    assert "return z / z.sum()" in report.text and "test_check.py" in report.text
    assert "return z / z.sum()" in report._repr_html_()


def test_the_list_tells_how_far_one_is():
    check = Checker([exercise()])
    assert "○ product" in check.list().text
    check("product", product)
    assert "✓ product" in check.list().text and "Multiply and normalise." in check.list().text


def test_exercises_and_cases_say_what_is_wrong_with_them():
    with pytest.raises(ValueError, match="name"):
        exercise(name="my exercise")
    with pytest.raises(TypeError, match="reference: got"):
        exercise(reference=3)
    with pytest.raises(ValueError, match="seconds"):
        exercise(seconds=0)
    with pytest.raises(TypeError, match="tuple"):
        Case("x", args=[1])
    with pytest.raises(ValueError, match="not both"):
        Case("x", args=(1,), make=lambda: (1,))
