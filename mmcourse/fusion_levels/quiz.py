"""Five predictions for lesson 08: two mild opinions, an echo, XOR with larger experts, a silent expert, twin senses."""

import torch

from mmcourse.engine import generator
from mmcourse.fusion_levels.opinions import average_opinions, product_of_opinions
from mmcourse.fusion_levels.rivals import shuffled
from mmcourse.practice.quizzes import Option, Question


def two_mild_opinions() -> int:
    rain = torch.tensor([0.7, 0.3])  # rain, no rain: (K,)
    both = product_of_opinions(torch.stack([rain, rain])[:, None])[0, 0].item()
    return [49, 70, 84].index(round(100 * both))


def an_echo() -> int:
    labels = torch.randint(10, (1000,), generator=generator(1))
    eye = torch.randn(1000, 10, generator=generator(0)).add(torch.eye(10)[labels]).softmax(-1)
    echo = product_of_opinions(torch.stack([eye, eye]))  # the "second expert" repeats the first
    hits = [float((p.argmax(-1) == labels).float().mean()) for p in (eye, echo)]
    surer = bool((echo.amax(-1) > eye.amax(-1)).all())
    return 0 if hits[1] > hits[0] else 1 if hits[1] == hits[0] and surer else 2


def all_knowing_experts() -> int:
    signs = torch.tensor([[1, 1], [1, -1], [-1, 1], [-1, -1]])  # image and audio, no noise at all
    agree = (signs[:, 0] == signs[:, 1]).float()  # the class, (4,)
    yes = torch.tensor([[agree[signs[:, m] == s].mean() for s in signs[:, m]] for m in (0, 1)])  # the best answers
    both = product_of_opinions(torch.stack([1 - yes, yes], -1))  # (M, 4, K) → (4, K)
    best = (both > both.amax(-1, keepdim=True) - 1e-6).float()  # the favourites; of several, any one
    hits = (best / best.sum(-1, keepdim=True))[range(4), agree.long()].mean().item()
    return [0.5, 0.75, 1.0].index(round(hits, 2))


def expert_without_a_clue() -> int:
    eye, clueless = torch.rand(50, 10, generator=generator(0)).mul(5).softmax(-1), torch.full((50, 10), 0.1)
    both = torch.stack([eye, clueless])
    kept = [torch.allclose(rule(both), eye, atol=1e-5) for rule in (average_opinions, product_of_opinions)]
    return [[True, False], [False, True], [True, True], [False, False]].index(kept)


def twin_senses() -> int:
    x = torch.randn(4000, 1, generator=generator(0))  # both senses deliver the same number; its sign is the class
    dealt = shuffled({"image": x, "audio": x}, "audio", generator(1))
    right = [((one > 0) == (x > 0)).float().mean() for one in (dealt["image"] + dealt["audio"], x)]
    lost, lost_without_ear = 1 - right[0], 1 - right[1]  # under the shuffle test; by a model of the image alone
    return 0 if lost < 0.05 else 1 if lost_without_ear < 0.05 else 2


QUESTIONS = [
    Question(
        ask="Two independent experts both say: rain, 70 %. On half of all days it rains. What does the product of "
        "their opinions say?",
        options=(
            Option(
                "49 %, that is 0.7 · 0.7",
                'That is one half of the rule. The opinions on "no rain" are multiplied too, 0.3 · 0.3 = 0.09, '
                "and then both are divided by their sum.",
            ),
            Option(
                "70 %, as both say the same",
                "So says the average. But the second expert brings a second hint that does not depend on the "
                "first, and two hints are worth more than one.",
            ),
            Option(
                "About 84 %",
                "0.49 against 0.09, and 0.49 / 0.58 = 0.84. Two mild hints that err independently make a stronger "
                "one: more certain than either expert.",
            ),
        ),
        answer=2,
        proof=two_mild_opinions,
    ),
    Question(
        ask="By mistake the model level gets the eye's expert twice, and multiplies the two opinions. What happens?",
        options=(
            Option(
                "It gets better, since two opinions beat one.",
                "Two beat one when they err independently. The copy is wrong on exactly the same samples, so "
                "there is nothing that it could correct.",
            ),
            Option(
                "Its answers stay the same, but it is surer of them.",
                "Squaring keeps the order of the probabilities, so the favourite stays, and makes the largest one "
                "larger. Accuracy does not betray it; its opinions are worth less when they meet others.",
            ),
            Option(
                "It gets worse, since the other sense is missing.",
                "Worse than with two senses, yes. But compared with the eye alone no favourite changes.",
            ),
        ),
        answer=1,
        proof=an_echo,
    ),
    Question(
        ask="In the synergistic world (XOR) each expert of the model level gets a network a hundred times as large, "
        "and signs without any noise. Their opinions are multiplied. What accuracy can that reach?",
        options=(
            Option(
                "50 %, as a coin",
                "Of the events with a + in the image half agree and half do not. So the best answer of each expert "
                "is 50 to 50, however large it is. What is lost before the meeting cannot be repaired there.",
            ),
            Option(
                "75 %, three of the four corners",
                "So much a sum of two parts can get when both are trained together. Experts who are trained alone "
                "have no reason to say anything but 50 to 50.",
            ),
            Option(
                "100 %, once the experts are good enough",
                "Better experts help where each sense holds a part of the answer. Here a single sense holds none "
                "of it.",
            ),
        ),
        answer=0,
        proof=all_knowing_experts,
    ),
    Question(
        ask="The sound is missing, and its expert, instead of abstaining, says 0.1 for each of ten digits. Which rule "
        "hands out exactly the eye's opinion?",
        options=(
            Option(
                "The average",
                "It keeps the eye's favourite, but pulls each probability halfway to 0.1: the shrug of the missing "
                "sense counts as much as what was seen.",
            ),
            Option(
                "The product",
                "All ten numbers are multiplied by the same 0.1, and dividing by the sum takes it out again. In a "
                'product "I do not know" is the number 1 of multiplication.',
            ),
            Option(
                "Both",
                "Both keep the favourite, so accuracy is the same. The opinion itself comes through whole only in "
                "one of them.",
            ),
            Option(
                "Neither", "One of them does. Try it by hand with the opinion (0.6, 0.4) and a shrug of (0.5, 0.5)."
            ),
        ),
        answer=1,
        proof=expert_without_a_clue,
    ),
    Question(
        ask="Eye and ear deliver the very same number, and a model decides by their sum. You deal the ear out anew: "
        "what does this model lose? And what would you have lost by training with the eye alone?",
        options=(
            Option(
                "Nothing, and nothing: the eye has it all.",
                "The eye has it all, but this model does not know that: half of its sum now comes from strangers.",
            ),
            Option(
                "Much, and nothing.",
                "The test says what this trained model leans on. Whether the sense is needed is another question: "
                "for that, train a model without it and compare.",
            ),
            Option(
                "Much, and as much.",
                'So one reads the shuffle test in many papers: "the ear is worth so many points". A model of the '
                "eye alone makes no mistake here.",
            ),
        ),
        answer=1,
        proof=twin_senses,
    ),
]
