"""The verdict: open, passed or failed; a recognised mistake; an exercise's own comparison; nothing passes by luck."""

import functools

import numpy as np
import pytest
import torch
from samples import P, checked, exercise, no_sum, over_length, product

from mmcourse.practice.checker import Checker
from mmcourse.practice.exercise import Case, Mistake


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


@pytest.mark.parametrize("constant", [None, 0, 1.0, "", [], {}, torch.zeros(3), torch.tensor(0.0), ..., True])
def test_constants_and_the_input_itself_never_pass(constant):
    assert not checked(lambda p, q: constant).passed
    assert not checked(lambda p, q: q).passed


@pytest.mark.parametrize("thing", [5, "product", P, [product]])
def test_what_is_no_function_is_answered_kindly(thing):
    report = checked(thing)
    assert report.state == "failed" and "needs the function itself" in report.text


def test_tolerance_is_the_exercises_own():
    near = lambda p, q: product(p, q) * 1.01  # noqa: E731
    assert checked(near, rtol=0.02).passed and not checked(near).passed


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


def test_none_is_not_called_a_missing_return_where_it_is_an_answer():
    cases = [Case("found", args=([1, 2], 2)), Case("not there", args=([1, 2], 3))]
    text = checked(
        lambda items, one: None if one < 3 else 0,
        mistakes=[],
        cases=cases,
        reference=lambda items, one: items.index(one) if one in items else None,
    ).text
    assert "return missing" not in text and "None is the answer of another case" in text


def test_exercises_and_cases_say_what_is_wrong_with_them():
    with pytest.raises(ValueError, match="name"):
        exercise(name="my exercise")
    with pytest.raises(TypeError, match="reference: got"):
        exercise(reference=3)
    with pytest.raises(TypeError, match="compare: got True or False, expected a function"):
        exercise(compare=True)
    with pytest.raises(TypeError, match="use: got"):
        exercise(use=3)
    with pytest.raises(ValueError, match="seconds"):
        exercise(seconds=0)
    with pytest.raises(TypeError, match="tuple"):
        Case("x", args=[1])
    with pytest.raises(ValueError, match="not both"):
        Case("x", args=(1,), make=lambda: (1,))


class Cross:
    """An object of the learner's that answers any question with an error."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __call__(self, p, q):
        return self


class Liar:
    __class__ = int

    def __eq__(self, other):
        raise ValueError

    __hash__ = None


async def later(p, q):
    return p * q


ODD = {
    "an object full of errors": Cross(),
    "a wrong claim": lambda p, q: Liar(),
    "a partial": functools.partial(torch.add, alpha=3),
    "a built-in": torch.add,
    "a module": torch.nn.Bilinear(3, 3, 1),
    "a class": dict,
    "a number without end": lambda p, q: 10**5000,
    "a deep list": lambda p, q: functools.reduce(lambda inner, _: [inner], range(5000), 0),
    "a tensor without numbers": lambda p, q: torch.empty(3, device="meta"),
    "a sparse tensor": lambda p, q: (p + q).to_sparse(),
    "a nested tensor": lambda p, q: torch.nested.nested_tensor([p, q]),
    "an array of objects": lambda p, q: np.array([None, [1]], dtype=object),
    "an array of words": lambda p, q: np.array(["a", "b", "c"]),
    "a date": lambda p, q: np.datetime64("2020"),
    "an exception": lambda p, q: ValueError(),
    "complex numbers": lambda p, q: p + 0j,
    "a generator that ends at once": lambda p, q: next(iter(())),
    "a vectorised function": np.vectorize(max),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_whatever_a_learner_hands_in_is_answered_in_words(odd):
    report = checked(odd, seconds=5.0)
    assert report.state == "failed" and report.text.startswith("✗ product: ") and report._repr_html_()
