"""Five predictions for lesson 09: what products, tensors, shares and missing senses lead to in cases not yet seen."""

import torch
from torch import nn

from mmcourse.engine import generator, seeded
from mmcourse.fusion_levels import parameters
from mmcourse.fusion_operators.all_with_all import Bilinear, LowRank, TensorFusion
from mmcourse.fusion_operators.place_by_place import Product
from mmcourse.fusion_operators.shares import mix_by_scores
from mmcourse.fusion_operators.structures import CrossAttention
from mmcourse.practice.quizzes import Option, Question


def all_twice_as_loud() -> int:
    fusion = seeded(lambda: Product({"eye": 3, "ear": 3, "nose": 3}, 4), seed=0)
    for layer in fusion.enter.values():
        nn.init.zeros_(layer.bias)
    batch = {name: torch.randn(5, 3, generator=generator(i)) for i, name in enumerate(fusion.names)}
    louder = fusion({name: 2 * x for name, x in batch.items()}) / fusion(batch)
    return {2: 0, 6: 1, 8: 2}.get(round(louder.mean().item(), 2), 3)


def twice_as_many_numbers() -> int:
    few, many = ({name: size for name in ("eye", "ear", "nose")} for size in (20, 40))
    tensor = parameters(TensorFusion(many, 8)) / parameters(TensorFusion(few, 8))
    low = parameters(LowRank(many, 8)) / parameters(LowRank(few, 8))
    return {(2, 2): 0, (6, 2): 1, (7, 2): 3}.get((round(tensor), round(low)), 2)


def a_lost_ear() -> int:
    fusion = seeded(lambda: Bilinear({"eye": 3, "ear": 3, "nose": 3}, 4), seed=0)
    first, second = torch.randn(2, 1, 3, generator=generator(0))  # two images
    smell = torch.randn(1, 3, generator=generator(1))
    results = [fusion({"eye": image, "nose": smell}) for image in (first, second)]
    return 0 if torch.allclose(*results) else 1


def the_same_scores() -> int:
    values, here = torch.tensor([[[1.0]], [[5.0]]]), torch.ones(2, 1).bool()
    before, after = (mix_by_scores(values, torch.tensor([[[1.0]], [[2.0]]]) + more, here)[0] for more in (0.0, 10.0))
    return 1 if torch.allclose(before, after) else 0 if after > before else 2


def a_query_at_random() -> int:
    fusion = seeded(lambda: CrossAttention({"eye": 3, "ear": 3}, 4), seed=0)
    batch = {name: torch.randn(6, 3, generator=generator(i)) for i, name in enumerate(fusion.names)}
    before = fusion(batch)
    with torch.no_grad():
        fusion.query.weight.copy_(torch.randn(4, 4, generator=generator(7)))
    return 3 if torch.allclose(before, fusion(batch)) else 0


QUESTIONS = [
    Question(
        ask="Three senses meet in a product whose entry layers have no bias. Everything gets twice as loud: all "
        "numbers of all three senses are doubled. What happens to the numbers of the result?",
        options=(
            Option(
                "They double.",
                "So it would be with a sum or a mean. Here each result is one number times another times a third, "
                "and every one of them has doubled.",
            ),
            Option(
                "They grow 6 times, 2 for each of the three.",
                "2 + 2 + 2 is what three separate terms would add up to. The three are factors of one product.",
            ),
            Option(
                "They grow 8 times.",
                "2 · 2 · 2. A product of many senses answers strongly to loudness, one reason why it is harder to "
                "train than a sum.",
            ),
            Option(
                "Nothing: each sense is compared with the others.",
                "Nothing is compared. Shares would stay if only differences of scores counted; a product has no "
                "shares.",
            ),
        ),
        answer=2,
        proof=all_twice_as_loud,
    ),
    Question(
        ask="Each of three senses now brings 40 numbers instead of 20, for a result of the same width. How many times "
        "as many parameters do the tensor fusion and the low-rank fusion (same rank) need, about?",
        options=(
            Option(
                "Both twice as many",
                "Right for the low-rank fusion: each sense's factors double. The tensor has a weight for each "
                "*combination* of three numbers.",
            ),
            Option(
                "Tensor 6 times, low-rank twice",
                "Three senses with a factor of 2 each, but the factors multiply: 2 · 2 · 2, not 2 + 2 + 2.",
            ),
            Option(
                "Tensor 4 times, low-rank twice",
                "4 would be two senses, 2 · 2. The table of three senses has three sides, and each of them grows.",
            ),
            Option(
                "Tensor 7 times, low-rank twice",
                "Each side of the table grows from 21 to 41, so the table 1.95 · 1.95 · 1.95 ≈ 7.4 times. The "
                "factors only add up: 41 / 21 ≈ 2.",
            ),
        ),
        answer=3,
        proof=twice_as_many_numbers,
    ),
    Question(
        ask="A bilinear fusion of eye, ear and nose loses the ear: its key is left out. Two different images arrive "
        "with the same smell. Are the two results the same?",
        options=(
            Option(
                "Yes: with the ear missing, everything is multiplied by 0.",
                "Only the pairs with the ear are 0, eye–ear and ear–nose. Which pair is left?",
            ),
            Option(
                "No: they differ.",
                "The pair of eye and nose is left, and it depends on the image. With two senses there is one pair "
                "only, and losing a sense leaves the bias.",
            ),
            Option(
                "There is no result: the contract of a bilinear fusion asks for all three.",
                "The contract is the same for all sixteen: a missing key is allowed. What is left depends on the "
                "formula.",
            ),
        ),
        answer=1,
        proof=a_lost_ear,
    ),
    Question(
        ask="Attention over two senses has the scores 1 and 2. Ten is added to both scores. What happens to the mix?",
        options=(
            Option(
                "It moves towards the second sense.",
                "It would if the scores were multiplied by ten. A softmax looks at differences, and 12 − 11 is "
                "still 1.",
            ),
            Option(
                "Nothing.",
                "Both exponentials grow by the same factor e¹⁰, which cancels in the shares. Only the difference "
                "of two scores counts.",
            ),
            Option(
                "It moves towards one half each.",
                "Relative to their size 11 and 12 are closer than 1 and 2, but a softmax does not look at ratios "
                "of scores.",
            ),
        ),
        answer=1,
        proof=the_same_scores,
    ),
    Question(
        ask="Cross-attention between two senses gets one token from each: a single image vector, a single sound "
        "vector. After training you replace its query matrix by random numbers. What happens to the result?",
        options=(
            Option(
                "It gets worse: the query now asks for the wrong things.",
                "With several sound tokens, yes. With one there is no other to lose weight to, whatever is asked.",
            ),
            Option(
                "The image gets one half and the sound one half.",
                "The image asks the tokens of the *other* sense only, and there is one of them.",
            ),
            Option(
                "It becomes noisier, and dividing by √W softens that.",
                "Dividing changes how even the shares are among several tokens. One share alone is always 1.",
            ),
            Option(
                "Nothing.",
                "A softmax over one score is 1, for any query. So query and key have no influence and learn "
                "nothing; give them sequences.",
            ),
        ),
        answer=3,
        proof=a_query_at_random,
    ),
]
