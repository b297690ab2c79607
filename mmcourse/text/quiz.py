"""Five predictions for lesson 04: what adding up, padding, company, windows and left-out words lead to."""

import torch

from mmcourse.engine import generator, predict, stop_ends_all
from mmcourse.practice.quizzes import Option, Question
from mmcourse.text import (
    SkipGram,
    TextCNN,
    cosines,
    lookup,
    nearest,
    negative_sampling_loss,
    pad,
    skip_gram_examples,
)
from mmcourse.training import fit


def best_of_four() -> int:
    words = torch.tensor([[1.0, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]])  # has it: good, bad, not?
    is_good = torch.tensor([True, False, False, True])[:, None]
    steps = torch.linspace(-3, 3, 13)
    weights = torch.cartesian_prod(steps, steps, steps, steps)  # of good, bad, not; the bias
    says_good = words @ weights[:, :3].T + weights[:, 3] > 0
    return {2: 0, 3: 1}.get(int((says_good == is_good).sum(0).max()), 2)


def zeros_in_the_mean() -> int:
    table = torch.cat([torch.zeros(1, 4), torch.randn(8, 4, generator=generator(0))])
    alone, beside_a_long_one = pad([[5, 6, 7]])[0], pad([[5, 6, 7], 30 * [8]])[0]
    before, after = (lookup(table, ids).mean(1)[0].norm() for ids in (alone, beside_a_long_one))
    return 0 if after > 0.99 * before else 1 if after > 0.3 * before else 2


def nearest_to_tea() -> int:
    i, drink, hot, tea, coffee, now, we, see, a, dog = range(10)
    texts = 40 * [[i, drink, hot, tea, now], [i, drink, hot, coffee, now], [we, see, a, dog]]
    rows, model = skip_gram_examples(texts, 10, negatives=3), SkipGram(10, dim=8)
    with stop_ends_all():
        fit(model, (rows, rows[:, 0]), epochs=4, lr=0.1, loss=lambda scores, _labels: negative_sampling_loss(scores))
    best = int(nearest(model.vectors[tea], model.vectors, 1, without=[tea])[0])
    return {coffee: 0, hot: 1, dog: 2}.get(best, 3)


def shuffled_review() -> int:
    ids = torch.arange(1, 13)[None]  # a review of 12 words
    mixed = ids[:, torch.randperm(12, generator=generator(0))]
    answers = [predict(TextCNN(20, widths=(width,)), torch.cat([ids, mixed])) for width in (1, 3)]
    moves = [not torch.allclose(*pair, atol=1e-6) for pair in answers]
    return {(True, True): 0, (False, False): 1, (False, True): 2}.get(tuple(moves), 3)


def nobody_left_out() -> int:
    found = []
    for seed in range(50):
        words = torch.nn.functional.normalize(torch.randn(1000, 100, generator=generator(seed)), dim=1)
        found.append(int(cosines(words[0] - words[1] + words[2], words).argmax()))  # a, b, c are 0, 1, 2
    others, b = sum(k > 2 for k in found), found.count(1)
    return 2 if others > 25 else 1 if b > 5 else 0


QUESTIONS = [
    Question(
        ask='A bag of words judges four reviews: "good", "bad", "not good", "not bad". You may choose the '
        "weight of each of the three words, and the bias, as you like. How many of the four can it get right at "
        "most?",
        options=(
            Option(
                "2, as a coin would",
                "Two are right with hardly any care. A bias and a useful weight for one of the words buy a third.",
            ),
            Option(
                "3",
                'Whatever weight "not" gets, it pushes good and bad to the same side, and here it would have to '
                "turn them round. It is XOR once more: one weighted sum gets three corners of four.",
            ),
            Option(
                '4, if "not" gets a large enough weight',
                'A large weight makes "not good" bad, as it should, but by the same push "not bad" gets worse '
                "still. No size of the weight helps, as a sum cannot turn anything round.",
            ),
        ),
        answer=1,
        proof=best_of_four,
    ),
    Question(
        ask='Somebody takes the mean over all T places and forgets the mask. "The row of the padding is all zeros, so '
        'it adds nothing." A review of 3 words is judged alone, then in a batch with one of 30 words. What '
        "happens to its mean vector?",
        options=(
            Option(
                "Nothing: zeros add nothing.",
                "They add nothing to the sum, that is true. But a mean also divides, and by now it divides by 30.",
            ),
            Option(
                "It moves towards the mean of the long review.",
                "Each review has a row of its own in the table, and rows do not mix. The long one only decides how "
                "wide the table is.",
            ),
            Option(
                "It shrinks to a tenth.",
                "The sum stays, but it is divided by 30 places instead of 3 words. The same review gets another "
                "answer, depending on who sits beside it: padding must be left out of the count, too.",
            ),
        ),
        answer=2,
        proof=zeros_in_the_mean,
    ),
    Question(
        ask='Skip-gram reads: "I drink hot tea now", "I drink hot coffee now", "we see a dog", again and again. '
        'Which word\'s vector ends up nearest to that of "tea", by cosine?',
        options=(
            Option(
                '"coffee", though the two never meet',
                "They have the same neighbours, so the same pulls act on both and lead them to the same place. "
                "Company makes words alike, not meeting.",
            ),
            Option(
                '"hot", which stands beside it each time',
                'The score of this pair does grow, but that compares v of "tea" with u, the neighbour\'s row, of '
                '"hot". The vector v of "hot" answers to its own company, which is another one.',
            ),
            Option(
                '"dog", the other noun',
                "To us both are nouns. The method knows nothing of nouns: it sees the neighbours, and these two "
                "share none.",
            ),
        ),
        answer=0,
        proof=nearest_to_tea,
    ),
    Question(
        ask="You shuffle the words of a review. A text CNN with kernels of width 1 and one with kernels of width 3 "
        "read it before and after. Whose logits change?",
        options=(
            Option(
                "Those of both: a CNN sees order.",
                "A CNN sees the order inside its window. A window of one word has no inside.",
            ),
            Option(
                "Those of neither: only the strongest answer counts, wherever it stands.",
                "The place is forgotten, that is right. But a kernel of width 3 answers to three words in a row, "
                "and after the shuffle other words stand side by side.",
            ),
            Option(
                "Only those of width 3.",
                "With width 1 each word is judged alone and the place of the strongest answer is forgotten: a bag "
                "again, with the maximum in the place of the sum. Width 3 meets new neighbours.",
            ),
            Option(
                "Only those of width 1.",
                "The smaller window sees less order, not more: one word at a time, and then the place is forgotten.",
            ),
        ),
        answer=2,
        proof=shuffled_review,
    ),
    Question(
        ask="1000 words get vectors of 100 random numbers each; nothing was learnt. You ask for a − b + c, and leave "
        "no word out of the answers. What is nearest?",
        options=(
            Option(
                "a or c, nearly always",
                "The result still holds all of a and all of c, and among random vectors nothing else comes close. "
                "That is why analogies leave the three out, and why a score needs a control.",
            ),
            Option(
                "a, b or c, each about as often",
                "All three are in the sum, but b with a minus: the result points away from it. Of all words it is "
                "the last, not the first.",
            ),
            Option(
                "Any of the other 997 words, by luck",
                "That is what remains when a, b and c are left out. In many dimensions two random vectors have a "
                "cosine near 0, while a and c keep about 0.58.",
            ),
        ),
        answer=0,
        proof=nobody_left_out,
    ),
]
