"""Five predictions for lesson 02: what rulers, memories, luck, depth and weight decay lead to."""

import torch

from mmcourse.engine import generator
from mmcourse.practice.quizzes import Option, Question
from mmcourse.training import adam_step, first_spread, gd_step, momentum_step


def a_thousand_times_the_loss() -> int:
    once = often = (torch.zeros(10), 0.0, 0.0, 0)  # w, m, s, t
    for g in torch.randn(20, 10, generator=generator(0)):
        once, often = adam_step(once[0], g, *once[1:]), adam_step(often[0], 1000 * g, *often[1:])
    ratio = float(often[0].norm() / once[0].norm())  # how far they came
    return 0 if ratio > 900 else 1 if ratio > 20 else 2 if 0.99 < ratio < 1.01 else 3


def weights_alone() -> int:
    same = []
    for rule in (gd_step, momentum_step, adam_step):  # in a bowl: its gradient is w
        run = cut = (torch.tensor([-1.8, 0.6]),)  # w, then what the rule remembers
        for step in range(20):
            run, cut = rule(run[0], *run), rule(cut[0], *cut[: 1 if step == 10 else None])
        same.append(torch.equal(run[0], cut[0]))
    return (3, 0, 1, 2)[sum(same)] if same[0] else 3


def best_of_twenty_guessers() -> int:
    hits = torch.rand(500, 20, 100, generator=generator(0)) < 1 / 10  # 500 times
    winner = float(hits.float().mean(-1).amax(1).mean())  # the best of each twenty
    return 0 if winner < 0.12 else 1 if winner < 0.2 else 2


def weights_twice_as_large() -> int:
    once = twice = torch.randn(100, 64, generator=generator(0))
    for layer in range(20):
        w = first_spread(64, 64) * torch.randn(64, 64, generator=generator(layer))
        once, twice = (once @ w).relu(), (twice @ (2 * w)).relu()
    ratio = float(twice.norm() / once.norm())
    return 0 if ratio < 3 else 1 if ratio < 100 else 2


def decay_alone() -> int:
    w = torch.tensor([4.0, 0.01])
    while w[0] > 2:  # until the large one is halved
        (w,) = gd_step(w, torch.zeros(2), lr=0.1, decay=0.1)
    small = float(w[1]) / 0.01
    return 0 if small < 0.1 else 1 if small < 0.8 else 2


QUESTIONS = [
    Question(
        ask="You multiply the loss by 1000. Gradient descent would need a rate 1000 times smaller. You train with Adam "
        "and leave its rate alone. Its steps become …",
        options=(
            Option(
                "1000 times as long.",
                "That is gradient descent: its step is the gradient times the rate. Adam divides by the gradient's "
                "own usual size first.",
            ),
            Option(
                "about 30 times as long, the root of 1000.",
                "There is a root in Adam, but what stands under it is the mean of the squares. That grows a "
                "million times, and its root 1000 times.",
            ),
            Option(
                "neither longer nor shorter.",
                "The gradient is 1000 times as large, and so is the ruler it is divided by. Adam looks at signs and "
                "at how steady they are, hardly at sizes. So one rate suits very different losses.",
            ),
            Option(
                "1000 times as short.", "The ruler is 1000 times longer, that is right. But so is what it measures."
            ),
        ),
        answer=2,
        proof=a_thousand_times_the_loss,
    ),
    Question(
        ask="A training is interrupted, and only the weights were saved. The samples go on in the right order, and "
        "there is no dropout. Which of GD, momentum and Adam ends with the weights of the run in one go?",
        options=(
            Option(
                "GD alone",
                "GD remembers nothing: the next step depends on the weights and their gradient. The ball has lost "
                "its speed and Adam its means, so both set out anew from where they are.",
            ),
            Option(
                "GD and momentum", "Momentum has a memory as well, its speed v. Without it the ball starts from rest."
            ),
            Option(
                "All three, since the weights are all that was learnt",
                "The weights are all that a prediction needs. The next step needs more: speed, fading means, and "
                "for Adam's correction the number of steps.",
            ),
            Option(
                "None of them",
                "So it was in the lesson, where the order of the digits and the dropout began anew, too. With both "
                "kept, it depends on the optimiser.",
            ),
        ),
        answer=0,
        proof=weights_alone,
    ),
    Question(
        ask="Twenty networks have learnt nothing: each of them guesses one of ten digits, and gets 10 of 100 right "
        "with a spread of 3. You measure all twenty on 100 validation digits and keep the best. What accuracy do "
        "you note for it, typically?",
        options=(
            Option(
                "10 %: guessing is guessing.",
                "On the test digits, yes. On the validation digits you have picked the luckiest of twenty, and luck "
                "is part of what you measured.",
            ),
            Option(
                "About 16 %",
                "The luckiest of twenty lies about two spreads above the mean of 10. Choosing by a number makes "
                "that number look better than it is; therefore the test digits wait.",
            ),
            Option(
                "About 30 %",
                "That would be nearly seven spreads above the mean of 10. Luck of that size comes less than once in "
                "a million draws, and you had twenty.",
            ),
        ),
        answer=1,
        proof=best_of_twenty_guessers,
    ),
    Question(
        ask="Twenty ReLU layers with Kaiming's first weights keep a signal's size. Now you draw all weights twice as "
        "large. At the end the signal is larger by a factor of …",
        options=(
            Option(
                "2", "That is what one layer does. Its output, twice as large, goes into the next, which doubles again."
            ),
            Option(
                "40, twice for each of twenty layers",
                "Layers come one after the other, so their factors multiply. You have added them.",
            ),
            Option(
                "about a million",
                "2 · 2 · 2 …, twenty times, is 1,048,576. So even a small error in the first weights grows enormous "
                "with depth, and halving them would leave a millionth.",
            ),
        ),
        answer=2,
        proof=weights_twice_as_large,
    ),
    Question(
        ask="No loss, only weight decay (L2): it pulls on a weight of 4 and on a weight of 0.01. When the large one "
        "has shrunk to 2, how much is left of the small one?",
        options=(
            Option(
                "Nothing: small weights are gone first.",
                "That is L1, which pulls on all weights alike: there the small one reaches 0 at once. The pull of "
                "L2 fades with the weight.",
            ),
            Option(
                "Half of it, 0.005",
                "Each step multiplies every weight by the same number a little below 1. All of them shrink in "
                "proportion, and none is ever 0.",
            ),
            Option(
                "Nearly all of it: L2 pulls on large weights only.",
                "It pulls harder on large ones, 400 times harder here. But the large one also has 400 times as far "
                "to go.",
            ),
        ),
        answer=1,
        proof=decay_alone,
    ),
]
