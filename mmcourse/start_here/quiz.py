"""Five predictions for lesson 00: what opinions, accuracy, the surer of two and seeds lead to."""

import torch

from mmcourse.engine import compare, generator
from mmcourse.practice.quizzes import Option, Question
from mmcourse.start_here.opinions import decide, share_of_hits, surer


def less_sure() -> int:
    opinions = torch.rand(1000, 10, generator=generator(0)).mul(5).softmax(-1)
    labels = torch.randint(10, (1000,), generator=generator(1))
    halfway = (opinions + 1 / 10) / 2  # every row moves towards "I do not know"
    before, after = (share_of_hits(decide(rows), labels) for rows in (opinions, halfway))
    return 0 if after < before else 1 if after == before else 2


def silent_ear() -> int:
    labels = torch.arange(10).repeat(100)
    eye = torch.rand(1000, 10, generator=generator(0)).mul(2).add(torch.eye(10)[labels]).softmax(-1)
    ear = torch.full((1000, 10), 1 / 10)  # it hears nothing, and says so
    alone, both = (share_of_hits(decide(rows), labels) for rows in (eye, surer(eye, ear)))
    return 2 if both == alone else 0 if both > alone else 1


def boasting_ear() -> int:
    labels = torch.arange(10).repeat(100)
    eye = torch.full((1000, 10), 0.02) + 0.8 * torch.eye(10)[labels]  # always right, with 0.82
    noise = torch.randint(10, (1000,), generator=generator(0))
    ear = torch.full((1000, 10), 0.001) + 0.99 * torch.eye(10)[noise]  # any digit, with 0.991
    hits = share_of_hits(decide(surer(eye, ear)), labels)
    return 0 if hits < 0.2 else 1 if hits < 0.9 else 2


def at_least_one() -> int:
    eye = torch.arange(100) < 80  # right on the first 80 pairs
    same, other = torch.arange(100) < 80, torch.arange(100) >= 20
    found = [int((eye | ear).sum()) for ear in (same, other)]
    return {(80, 80): 0, (96, 96): 1, (100, 100): 2}.get(tuple(found), 3)


def seed_by_seed() -> int:
    old = [0.71, 0.90, 0.78, 0.86, 0.74, 0.88, 0.82, 0.76]  # one number for each of eight seeds
    gain = [0.02, 0.01, 0.02, 0.03, 0.01, 0.02, 0.02, 0.01]
    verdict = compare([a + b for a, b in zip(old, gain, strict=True)], old).verdict
    return {"better": 1, "no difference seen": 0}.get(verdict, 2)


QUESTIONS = [
    Question(
        ask='A network grows less sure: each of its opinions moves halfway towards "all ten digits are equally '
        'likely". What happens to its accuracy?',
        options=(
            Option(
                "It falls, since the network is less sure of what it says.",
                "Tempting, because unsure people are often wrong. But accuracy asks only which class is the "
                "favourite, not by how much.",
            ),
            Option(
                "It stays exactly the same.",
                "Every number of a row is halved and then raised by the same amount, so the largest stays the "
                "largest. `argmax` sees no difference.",
            ),
            Option(
                "It rises, since the network no longer exaggerates.",
                "Less exaggeration makes opinions more honest, which matters when they meet others. The decisions "
                "of this network alone are the same as before.",
            ),
        ),
        answer=1,
        proof=less_sure,
    ),
    Question(
        ask="The microphone breaks. The ear now says 0.1 for each of the ten digits, every time. You believe the "
        "surer of eye and ear. How accurate are you?",
        options=(
            Option(
                "A little better than the eye alone, since two senses beat one.",
                "Two senses beat one when the second knows something. This one adds no hint about any digit.",
            ),
            Option(
                "Halfway between the eye and chance.",
                "That would happen if you tossed a coin for whom to believe. You believe the surer one, and a row "
                "of 0.1 is never the surer one.",
            ),
            Option(
                "Exactly as accurate as the eye alone.",
                "The largest number of the ear's opinion is 0.1, the smallest that ten classes allow. Whoever has "
                "any favourite is surer, so the eye decides each time.",
            ),
            Option(
                "10 out of 100, like the ear.",
                "The ear alone would be at chance, but it is never believed: its largest number is only 0.1.",
            ),
        ),
        answer=2,
        proof=silent_ear,
    ),
    Question(
        ask="Now the microphone picks up a radio: the ear names any digit, and gives it 0.99. The eye is right every "
        "time, with 0.8. You believe the surer one. How many of 100 digits do you get right?",
        options=(
            Option(
                "About 10",
                "The ear is surer each time, so it decides each time, and any digit is the right one in 1 of 10 "
                "cases. Being sure and being right are two things, and this rule cannot tell them apart.",
            ),
            Option(
                "About 55, halfway between the two",
                "Halfway would mean that each is believed half of the time. The surer one is the ear, always.",
            ),
            Option(
                "Nearly 100, since the eye is always right",
                "It is, but the rule does not know that. It looks at how sure each is, and 0.99 is more than 0.8.",
            ),
        ),
        answer=0,
        proof=boasting_ear,
    ),
    Question(
        ask="Of 100 pairs the eye is right on 80, and the ear is right on 80. On how many is at least one right?",
        options=(
            Option("80", "Only if both fail on the very same 20 pairs. Then a second sense is of no use at all."),
            Option(
                "96",
                "That is 100 − 20 % of 20, and it holds if their mistakes have nothing to do with each other. "
                "Nobody has promised that.",
            ),
            Option("100", "Only if they never fail on the same pair. That is the best that could happen."),
            Option(
                "It can be anything from 80 to 100.",
                "The same 20 mistakes give 80, twenty mistakes elsewhere give 100. What fusion can win depends on "
                "how different the mistakes are, and two accuracies do not tell.",
            ),
        ),
        answer=3,
        proof=at_least_one,
    ),
    Question(
        ask="Eight seeds give scores between 71 and 90 %. A change adds 1 to 3 points for each of the seeds. Compared "
        "seed against seed, what is the verdict?",
        options=(
            Option(
                "No difference seen: the scores vary far more than the gain.",
                "The two clouds of points overlap, that is true. But each seed is compared with itself, and then "
                "how good the seed was drops out.",
            ),
            Option(
                "Better.",
                "The eight differences lie between 1 and 3 points, so the interval of their mean leaves zero out. "
                "What the seeds have in common cancels.",
            ),
            Option(
                "It cannot be told from eight runs.",
                "Eight would be few for a gain that comes and goes. This one came for each of the eight, and "
                "nearly as large each time.",
            ),
        ),
        answer=1,
        proof=seed_by_seed,
    ),
]
