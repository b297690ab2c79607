"""One call: fresh inputs, what is printed, what is changed, which slopes come back."""

import pytest
import torch
from samples import Q, checked, product

from mmcourse.practice.exercise import Case


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
