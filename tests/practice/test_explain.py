"""What `check` says to each kind of wrong answer a learner may give."""

import itertools
import math

import pytest
import torch
from samples import checked, no_sum, product

from mmcourse.practice.exercise import Case, Mistake


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
    (lambda p, q: q, "Yours is the input q as it came."),
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


def test_a_factor_that_holds_over_all_cases_is_seen_for_single_numbers():
    cases = [Case("two", args=(2.0,)), Case("three", args=(3.0,))]
    report = checked(lambda x: 2 * x**2, reference=lambda x: x**2, cases=cases, mistakes=[])
    assert "2.00 times too large" in report.text
    report = checked(lambda x: x + 3, reference=lambda x: x**2, cases=cases, mistakes=[])
    assert "times too" not in report.text and "expected 4" in report.text


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


# ---- plain truths speak first


def waits_too_long(losses, patience):
    return None


def test_a_function_that_returns_nothing_is_told_so_before_any_mistake():
    cases = [Case("two", args=([1.0, 2.0], 1)), Case("never", args=([2.0, 1.0], 1))]
    options = {
        "reference": lambda losses, patience: None if losses[0] > losses[1] else 2,
        "mistakes": [Mistake("too patient", waits_too_long, "You wait too long.")],
        "cases": cases,
    }

    def forgot(losses, patience):
        losses[0] < losses[1]  # noqa: B015

    report = checked(forgot, **options)
    assert (
        report.mistake is None and "returned nothing (None)" in report.text and "Is the return missing?" in report.text
    )


def test_several_cases_decide_what_a_shape_means():
    cases = [Case("one row", args=(torch.ones(1, 3),)), Case("five rows", args=(torch.ones(5, 3),))]
    text = checked(lambda x: x, reference=lambda x: x.mean(0), cases=cases, mistakes=[]).text
    assert "Yours has shape (1, 3), expected (3,)." in text and "Yours is the input x as it came." in text
    text = checked(lambda x: 2 * x, reference=lambda x: x.mean(0), cases=cases, mistakes=[]).text
    assert "Axis 0 should be gone: sum, average, choose or pick along dim=0." in text and "squeeze" not in text


def test_a_step_is_compared_as_a_step():
    cases = [
        Case(f"seed {seed}", args=(torch.randn(4, generator=torch.Generator().manual_seed(seed)),)) for seed in (1, 2)
    ]
    text = checked(lambda w: w - 0.003 * w**2, reference=lambda w: w - 0.001 * w**2, cases=cases, mistakes=[]).text
    assert "Your changes of w are 3.00 times too large." in text and "%" not in text


SIX = torch.arange(12.0).reshape(3, 4).cos()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x: x.topk(2), "It holds two things, .values and .indices: take the one that is asked for."),
        (lambda x: x.max(-1), "Return .values alone: it is the right one."),
        (lambda x: (x, x.amax(-1)), "Return value 2 of 2 alone: it is the right one."),
        (lambda x: (x.amax(-1) + 1, x), "Expected a tensor of shape (3,), yours is a tuple of 2."),
        (lambda x: list(x.amax(-1)[:2]), "Expected a tensor of shape (3,), yours is a list of 2."),
        (lambda x: [float(row.max()) for row in x], "torch.tensor(…) makes one of it."),
        (lambda x: [row.amax(0, keepdim=True) for row in x], "torch.cat(…, 0) joins them."),
    ],
)
def test_several_things_for_one(answer, said):
    text = checked(answer, reference=lambda x: x.amax(-1), cases=[Case("a table", args=(SIX,))], mistakes=[]).text
    assert said in text and "torch.stack" not in text


def test_one_of_several_is_chosen_only_where_it_is_right_in_every_case():
    """All the sums so far: in a list of one that is the sum, in longer ones it is the last."""
    cases = [Case("one", args=([3],)), Case("three", args=([3, 4, 5],))]
    options = {"reference": sum, "cases": cases, "mistakes": []}
    text = checked(lambda items: list(itertools.accumulate(items)), **options).text
    assert "Expected a number, yours is a list of 1." in text and "alone" not in text
    assert "Return value 2 of 2 alone: it is the right one." in checked(lambda items: (0, sum(items)), **options).text


def test_rows_in_a_list_are_stacked():
    options = {"reference": lambda x: 2 * x, "cases": [Case("a table", args=(SIX,))], "mistakes": []}
    assert "torch.stack(…) makes one of it." in checked(lambda x: [2 * row for row in x], **options).text
    assert "stack" not in checked(lambda x: [2 * row for row in x[:2]], **options).text
    options |= {"reference": lambda x: x.amax(-1)}
    assert "torch.stack(…) makes one of it." in checked(lambda x: [row.max() for row in x], **options).text


def test_a_pair_in_the_wrong_order_is_put_into_order():
    options = {"reference": lambda x: (x.mean(0), x.sum()), "cases": [Case("a table", args=(SIX,))], "mistakes": []}
    text = checked(lambda x: (x.sum(), x.mean(0)), **options).text
    assert "the right things in the wrong order" in text and "yours number 2, 1." in text and "average" not in text
    text = checked(lambda x: (x.sum() + 1, x.mean(0)), **options).text
    assert "In value 1 of 2: yours has shape (), expected (4,)." in text


def test_a_dict_is_built_anew_not_cloned():
    options = {"reference": lambda data: {**data, "a": 2}, "cases": [Case("one", args=({"a": 1, "b": SIX},))]}

    def put(data):
        data["a"] = 2
        return data

    def added(data):
        data["c"] = 2
        return {"a": 2, "b": data["b"]}

    text = checked(put, mistakes=[], **options).text
    assert "Build a new dict, {**data, key: value}, and new tensors instead" in text and "clone" not in text
    assert "instead of data[key] = … and pop." in checked(added, mistakes=[], **options).text


def test_a_generator_is_named_only_where_one_was_given():
    def noisy(x, *rest):
        return x + torch.rand(3)

    without = checked(noisy, reference=lambda x: x, cases=[Case("x", args=(torch.ones(3),))], mistakes=[]).text
    assert "a different answer at each call" in without
    assert "Nothing here is random: draw no random numbers" in without and "passed in" not in without
    draw = lambda x, rng: x + torch.rand(3, generator=rng)  # noqa: E731
    cases = [Case("x", args=(torch.ones(3), torch.Generator().manual_seed(1)))]
    assert "only from the generator that is passed in" in checked(noisy, reference=draw, cases=cases, mistakes=[]).text
    shuffled = lambda x, rng: x[torch.randperm(8, generator=rng)]  # noqa: E731
    cases = [Case("x", args=(torch.arange(8), torch.Generator().manual_seed(1)))]
    text = checked(lambda x, rng: x.roll(2), reference=shuffled, cases=cases, mistakes=[]).text
    assert "values differ" in text and "right values" not in text


def test_constants_are_called_so():
    assert "Yours are all 0.25." in checked(lambda p, q: torch.full((3,), 0.25), mistakes=[]).text


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("case", "end"),
    [("one row", " for one row."), ("for five words", " values for five words."), ("what comes next?", " next?")],
)
def test_a_headline_reads_well_whatever_the_case_is_called(case, end):
    report = checked(lambda x: x, reference=lambda x: 2 * x, cases=[Case(case, args=(SIX,))], mistakes=[])
    assert report.headline.endswith(end) and "for for" not in report.headline


def test_texts_that_differ_in_case_alone_are_told_so_in_every_language():
    options = {"reference": lambda name: "Straße", "cases": [Case("a street", args=("",))], "mistakes": []}
    for near in ("STRASSE", " straße"):
        assert "Only spaces or capital letters differ." in checked(lambda name, near=near: near, **options).text
    assert "capital letters" not in checked(lambda name: "Strand", **options).text
