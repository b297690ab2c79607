"""Five predictions for lesson 06: an empty query, longer keys, more heads, a GPT without positions, twice the text."""

import torch

from mmcourse.attention import MultiHeadAttention, WordEncoder, attend, scaled_dot_product
from mmcourse.engine import generator
from mmcourse.practice.quizzes import Option, Question


def empty_query() -> int:
    keys, values = torch.randn(3, 4, generator=generator(0)), torch.tensor([[10.0], [20.0], [60.0]])
    answer = attend(torch.zeros(4), keys, values).item()
    return [0, 20, 30].index(round(answer))


def keys_twice_as_long() -> int:
    q, k = (torch.randn(length, 8, generator=generator(length)) for length in (5, 9))
    before, after = (scaled_dot_product(q, keys, keys)[1] for keys in (k, 2 * k))
    if torch.allclose(after, before):
        return 0
    grew = after.amax(-1) > before.amax(-1)  # the largest share of each of the five queries
    return 2 if grew.all() and torch.allclose(after.sum(-1), torch.ones(5)) else 1


def parameters_of_heads() -> int:
    one, eight = (MultiHeadAttention(32, heads) for heads in (1, 8))
    count = [sum(p.numel() for p in layer.parameters()) for layer in (one, eight)]
    return {8 * count[0]: 0, count[0]: 1}.get(count[1], 2)


def swap_of_two_words() -> int:
    gpt = WordEncoder(20, size=16, heads=2, depth=2, causal=True, positions=False)  # no code of the places
    text, swapped = torch.tensor([[5, 6, 7, 8]]), torch.tensor([[6, 5, 7, 8]])
    last, last_swapped = (gpt(ids)[0][0, -1] for ids in (text, swapped))
    return 0 if torch.allclose(last, last_swapped, atol=1e-5) else 1


def cost_of_twice_the_text() -> int:
    layer = MultiHeadAttention(768, heads=12)
    matrices = layer.inward.weight.numel() + layer.outward.weight.numel()  # multiply-adds for each word: 4 D²
    cost = [T * matrices + 2 * T**2 * 768 for T in (128, 256)]  # and T² scores, and means of T values
    return [2, 3, 4].index(round(cost[1] / cost[0]))


QUESTIONS = [
    Question(
        ask="A query is all zeros: it asks for nothing. The three values are 10, 20 and 60. What does attention hand "
        "out?",
        options=(
            Option(
                "0",
                'Tempting: who asks for nothing gets nothing. But the softmax has no "none of these". Its shares '
                "add up to 1, so something is always handed out; only a mask can forbid it.",
            ),
            Option(
                "20",
                "It is the value in the middle, but shares weigh amounts, not places in a row: 60 pulls the mean up.",
            ),
            Option(
                "30",
                "All dot products are 0, so all keys fit alike and each gets a third: the plain mean of the "
                "values, whatever the keys are. A head that has nothing to look for still adds something.",
            ),
        ),
        answer=2,
        proof=empty_query,
    ),
    Question(
        ask="You make all keys twice as long. The values stay. What happens to the attention weights?",
        options=(
            Option(
                "Nothing, since the softmax divides by the sum.",
                "It divides powers of e by their sum, not the scores. A number added to all scores drops out; a "
                "factor does not, because it also doubles the distances between them.",
            ),
            Option("Each weight doubles.", "Weights of a row add up to 1 before and after, so they cannot all double."),
            Option(
                "They get sharper: the best-fitting key takes more.",
                "Twice the scores is the same as temperature ½. The distances between the scores double, and the "
                "softmax turns distances into ratios. So long keys alone can saturate it.",
            ),
        ),
        answer=2,
        proof=keys_twice_as_long,
    ),
    Question(
        ask="An attention layer for vectors of 32 numbers gets 8 heads instead of 1. How many parameters has it now?",
        options=(
            Option(
                "8 times as many",
                "That would hold if each head had matrices for all 32 numbers of its own. Here heads share the 32 "
                "numbers out, 4 for each.",
            ),
            Option(
                "Exactly as many",
                "The same four matrices make queries, keys, values and the final mix; eight heads only read them "
                "in pieces of 4 numbers. More heads are more looks, each with a shorter query.",
            ),
            Option(
                "An eighth, since each head is smaller", "Each head is an eighth as large, and there are eight of them."
            ),
        ),
        answer=1,
        proof=parameters_of_heads,
    ),
    Question(
        ask="A GPT of two blocks loses its code of the places. You swap the first two words of a text. Does its guess "
        "after the last word change?",
        options=(
            Option(
                "No: without positions a sentence is a bag of words.",
                "True for attention that sees everything, and for a single causal block too. But here the mask "
                "comes in: which words a word may see depends on its place.",
            ),
            Option(
                "Yes: the causal mask still tells who came before whom.",
                "After the first block the second word has seen the first, and not the other way round. Swapped, "
                "both carry something else, and in the second block the last word looks at them.",
            ),
            Option(
                "Only if the last word is one of the two.",
                "The guess at the last place is a mean over all places before it, so what the early words carry "
                "reaches it, too.",
            ),
        ),
        answer=1,
        proof=swap_of_two_words,
    ),
    Question(
        ask="A self-attention layer works with vectors of 768 numbers. Your text grows from 128 to 256 words. The "
        "multiply-adds grow about …",
        options=(
            Option(
                "2 times",
                "The looks grow 4 times, but at this length they are the smaller part: 4 T D² for the four "
                "matrices is 12 times 2 T² D. The square takes over when T is larger than 2 D, here 1536 words.",
            ),
            Option(
                "3 times",
                "Halfway between the line and the square is where the two parts are equally large, at 1536 words. "
                "These texts are far shorter than that.",
            ),
            Option(
                "4 times",
                "So it was for the looks alone, and so it is for very long texts. But the layer also sends each "
                "word through four matrices, and that grows with T only.",
            ),
        ),
        answer=0,
        proof=cost_of_twice_the_text,
    ),
]
