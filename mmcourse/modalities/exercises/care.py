"""Exercises of lesson 07 on data that deceive: groups on both sides of a split, rare classes."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse import modalities
from mmcourse.practice.exercise import Case, Exercise, Mistake


def leak_share_cases() -> list[Case]:
    return [
        Case("one of two", args=(torch.tensor([1, 1, 2]), torch.tensor([2, 3]))),
        Case("a clean split", args=(torch.tensor([0, 1, 2, 3]), torch.tensor([7, 8, 9]))),
        Case("a few of a speaker", args=(torch.tensor([4, 5, 5, 6]), torch.tensor([5, 5, 5, 8]))),
        Case("speakers in no order", args=(torch.tensor([9, 4, 4, 0]), torch.tensor([5, 9, 2, 4, 4]))),
        Case("ten test clips", args=(torch.arange(20) % 7, torch.arange(10))),
    ]


LEAK_SHARE = Exercise(
    "leak_share",
    "leak_share(train_groups, test_groups): the share of test samples whose group also stands in training.",
    modalities.leak_share,
    leak_share_cases,
    mistakes=[
        Mistake(
            "the other way round",
            lambda a, b: float(torch.isin(a, b).float().mean()),
            "You count training samples whose speaker is tested. The share of the test samples is asked for.",
        ),
        Mistake(
            "groups instead of samples",
            lambda a, b: float(torch.isin(b.unique(), a).float().mean()),
            "You count each group once. A speaker with three test clips counts three times.",
        ),
        Mistake(
            "the clean share",
            lambda a, b: float((~torch.isin(b, a)).float().mean()),
            "That is the share of new speakers. The leak is the rest: 0 is clean.",
        ),
        Mistake(
            "a count", lambda a, b: float(torch.isin(b, a).sum()), "That is how many, not which share: take the mean."
        ),
    ],
    hints=[
        "torch.isin(test_groups, train_groups) is True for every test sample whose group was in training.",
        "The share of True is the mean: .float().mean()",
    ],
)


def balanced_accuracy_cases() -> list[Case]:
    labels = torch.tensor([0, 0, 0, 0, 0, 0, 1, 1, 2])
    return [
        Case("nine and one", args=(torch.zeros(10).long(), torch.tensor([0] * 9 + [1]))),
        Case("three classes", args=(torch.tensor([0, 0, 0, 1, 1, 2, 1, 0, 2]), labels)),
        Case("a class that is answered but never right", args=(torch.tensor([3, 0, 2, 3]), torch.tensor([0, 0, 2, 2]))),
        Case("labels with a gap", args=(torch.tensor([5, 5, 7, 5]), torch.tensor([5, 5, 5, 7]))),
    ]


def _mean_over(answers: Tensor, labels: Tensor, classes: Tensor) -> float:
    right = (answers == labels).float()
    return float(
        torch.stack([right[labels == k].mean() if (labels == k).any() else torch.tensor(0.0) for k in classes]).mean()
    )


def _found(answers: Tensor, labels: Tensor, classes: Tensor) -> float:
    right = (answers == labels).float()
    return float(torch.stack([right[labels == k].mean() for k in classes]).mean())


def _right_among_answers(answers: Tensor, labels: Tensor) -> float:
    right = (answers == labels).float()
    return float(torch.stack([right[answers == k].mean() for k in labels.unique()]).mean())


def _of_answers(answers: Tensor, labels: Tensor) -> float:
    right = (answers == labels).float()
    return float(torch.stack([right[answers == k].mean() for k in answers.unique()]).mean())


BALANCED_ACCURACY = Exercise(
    "balanced_accuracy",
    "balanced_accuracy(answers, labels): the share found in each class that occurs, and the mean of these shares.",
    modalities.balanced_accuracy,
    balanced_accuracy_cases,
    mistakes=[
        Mistake(
            "plain accuracy",
            lambda a, y: float((a == y).float().mean()),
            "That is plain accuracy, where every sample counts alike. First the share in each class, then the mean.",
        ),
        Mistake(
            "grouped by answer",
            _of_answers,
            "You group by the answers. The question is how much of each true class is found: group by the labels.",
        ),
        Mistake(
            "classes that never occur",
            lambda a, y: _mean_over(a, y, torch.arange(int(max(a.max(), y.max())) + 1)),
            "Classes without any label count as 0 in your mean. Take labels.unique() only.",
        ),
        Mistake(
            "gaps between the labels",
            lambda a, y: _mean_over(a, y, torch.arange(int(y.max()) + 1)),
            "You loop over all numbers up to the largest label. Those that no sample bears are no classes here.",
        ),
        Mistake(
            "answers among the classes",
            lambda a, y: _mean_over(a, y, torch.cat([a, y]).unique()),
            "A class that is only answered counts as 0 in your mean. Only classes that occur in labels count.",
        ),
        Mistake(
            "right among the answers",
            _right_among_answers,
            "You take the samples that were answered k. Of class k itself, labels == k, what share was found?",
        ),
        Mistake(
            "ten classes always",
            lambda a, y: _found(a, y, torch.arange(10)),
            "Classes that do not occur in labels have no share to find: the mean of no numbers is nan. Loop over "
            "labels.unique().",
        ),
        Mistake(
            "classes that are answered",
            lambda a, y: _found(a, y, a.unique()),
            "You loop over the classes that were answered. One that is never answered counts too, with 0, and one "
            "that has no label does not count: labels.unique().",
        ),
        Mistake(
            "summed",
            lambda a, y: _mean_over(a, y, y.unique()) * len(y.unique()),
            "You add the shares up. Divide by the number of classes.",
        ),
    ],
    hints=[
        "right = (answers == labels).float(); right[labels == k].mean() is the share of class k that was found.",
        "Do that for each k in labels.unique() and take the mean of the results.",
    ],
)
