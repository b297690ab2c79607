"""Five predictions for lesson 09: what sums, products, tensors, shares and absent senses lead to."""

import torch

from mmcourse.engine import generator
from mmcourse.fusion_levels import parameters
from mmcourse.fusion_operators import Bilinear, LowRank, Product, Sum, TensorFusion, mix_by_scores
from mmcourse.fusion_structures import CrossAttention
from mmcourse.ui.quiz import Option, Question


def two_straight_layers() -> int:
    x, y = (torch.randn(50, 3, generator=generator(seed)) for seed in (0, 1))
    a, b = (torch.randn(4, 3, generator=generator(seed)) for seed in (2, 3))
    added, joined = x @ a.T + y @ b.T, torch.cat([x, y], 1) @ torch.cat([a, b], 1).T
    return 0 if torch.allclose(added, joined, atol=1e-5) else 1


def a_third_sense() -> int:
    two, three = ({name: 20 for name in names} for names in (("eye", "ear"), ("eye", "ear", "nose")))
    tensor = parameters(TensorFusion(three, 8)) / parameters(TensorFusion(two, 8))
    low = parameters(LowRank(three, 8)) / parameters(LowRank(two, 8))
    return {(21, 1.5): 2, (1.5, 1.5): 0, (2, 2): 1}.get((round(tensor, 1), round(low, 1)), 3)


def a_lost_ear() -> int:
    eye = torch.randn(2, 3, generator=generator(0))
    left = [make({"eye": 3, "ear": 3}, 4)({"eye": eye}) for make in (Sum, Product, Bilinear)]
    silent = [torch.allclose(two[0], two[1], atol=1e-6) for two in left]     # two different images, one answer?
    return {(False, False, False): 0, (False, True, True): 1, (True, True, True): 2}.get(tuple(silent), 3)


def the_same_scores() -> int:
    values, here = torch.tensor([[[1.0]], [[5.0]]]), torch.ones(2, 1).bool()
    before, after = (mix_by_scores(values, torch.tensor([[[1.0]], [[2.0]]]) + more, here)[0] for more in (0.0, 10.0))
    return 1 if torch.allclose(before, after) else 0 if after > before else 2


def one_token_each() -> int:
    fusion = CrossAttention({"eye": 3, "ear": 3}, 4)
    batch = {name: torch.randn(6, 3, generator=generator(seed)) for seed, name in enumerate(fusion.names)}
    weights = fusion.looks(batch)[1]["eye"]                  # (B, 1, 1)
    return 3 if bool((weights == 1).all()) else 0


QUESTIONS = [
    Question(
        ask="You replace “concatenate, then one linear layer” by “a linear layer for each sense, then add”. "
            "What can the new network compute?",
        options=(
            Option("Exactly the same functions.",
                   "A matrix times [x; y] is one block times x plus another block times y. Cut the matrix in two and "
                   "you have the two layers of the sum."),
            Option("Less, because adding mixes numbers that concatenation keeps apart.",
                   "Concatenation keeps them apart only until the linear layer behind it, which adds them all up."),
            Option("More, because each sense now has a layer of its own.",
                   "The one large matrix already had columns of its own for each sense. Only the writing differs."),
        ),
        answer=0,
        proof=two_straight_layers,
    ),
    Question(
        ask="Eye and ear bring 20 numbers each, for a result of 8. You add a nose with 20 numbers. How many times as "
            "many parameters do the tensor fusion and the low-rank fusion (rank 4) need?",
        options=(
            Option("Both 1.5 times",
                   "Right for the low-rank fusion, which has one set of factors for each sense. The tensor has one "
                   "weight for each *combination* of numbers."),
            Option("Both twice",
                   "Each new sense brings factors of its own, so two sets become three: 1.5 times. And the tensor "
                   "does not add, it multiplies."),
            Option("Tensor 21 times, low-rank 1.5 times",
                   "The tensor grows by the factor D + 1 = 21 with each sense. The factors only add up: three sets "
                   "instead of two."),
            Option("Tensor 400 times, low-rank 1.5 times",
                   "400 would be 20 · 20, the pairs of two senses. One more sense multiplies by 21 once."),
        ),
        answer=2,
        proof=a_third_sense,
    ),
    Question(
        ask="The ear is absent, its key is missing. Two different images go in. Of sum, product and bilinear fusion, "
            "which give the same answer to both?",
        options=(
            Option("The product and the bilinear fusion, since everything is multiplied by the missing sound.",
                   "For the bilinear one, yes. But in this course's product an absent sense multiplies by 1, not by "
                   "0, so the image passes."),
            Option("None of them: the image is still there.",
                   "It is there, but a bilinear fusion only ever looks at products of image and sound."),
            Option("All three, since they were built for two senses.",
                   "A sum without one of its terms is still a sum. Look at each formula with y taken out."),
            Option("Only the bilinear fusion.",
                   "Each of its terms holds a number of the sound. Without sound only the bias is left, the same for "
                   "every image. The sum drops a term, the product multiplies by 1."),
        ),
        answer=3,
        proof=a_lost_ear,
    ),
    Question(
        ask="Attention over two senses has the scores 1 and 2. Ten is added to both scores. What happens to the mix?",
        options=(
            Option("It moves towards the second sense.",
                   "It would if the scores were multiplied by ten. A softmax looks at differences, and 12 − 11 is "
                   "still 1."),
            Option("Nothing.",
                   "Both exponentials grow by the same factor e¹⁰, which cancels in the shares. Only the difference "
                   "of two scores counts."),
            Option("It moves towards one half each.",
                   "Relative to their size 11 and 12 are closer than 1 and 2, but a softmax does not look at ratios "
                   "of scores."),
        ),
        answer=1,
        proof=the_same_scores,
    ),
    Question(
        ask="Cross-attention between two senses gets one token from each: a single image vector, a single sound "
            "vector. How much of the sound does the image's query choose?",
        options=(
            Option("More if query and key fit well, less if not.",
                   "With several sound tokens, yes. With one there is no other to lose weight to."),
            Option("One half, since there are two senses.",
                   "The image asks the tokens of the *other* sense only. There is one of them."),
            Option("It depends on the temperature √W.",
                   "It sharpens a choice among several. A softmax over one score is 1 at any temperature."),
            Option("All of it, always: the weight is 1.",
                   "A softmax over one score is 1. Query and key have no influence and learn nothing; give it "
                   "sequences."),
        ),
        answer=3,
        proof=one_token_each,
    ),
]
