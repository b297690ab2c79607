"""Five predictions for lesson 01: lines, batches, hidden units with and without activation, and being sure."""

import torch

from mmcourse.engine import generator
from mmcourse.neurons.backpropagation import Weights, random_weights, train_two_layers
from mmcourse.neurons.classifiers import cross_entropy
from mmcourse.neurons.single_neuron import boundary, mse_gradient
from mmcourse.practice.quizzes import Option, Question


def doubled_weights() -> int:
    w, b, x1 = torch.tensor([2.0, 4.0]), torch.tensor(-3.0), torch.tensor([0.0, 1.0])
    before, after = boundary(x1, w, b), boundary(x1, 2 * w, b)
    turned = not torch.isclose(before[1] - before[0], after[1] - after[0])
    closer = after[0].abs() < before[0].abs()  # where the line crosses the axis of x2
    return 2 if turned else 0 if torch.equal(before, after) else 1 if closer else 3


def every_digit_twice() -> int:
    x, w = torch.rand(20, 64, generator=generator(0)), torch.randn(64, generator=generator(1))
    b, t = torch.tensor(0.5), (x[:, 0] > 0.5).float()
    once, _ = mse_gradient(x, w, b, t)
    twice, _ = mse_gradient(x.repeat(2, 1), w, b, t.repeat(2))
    return {2.0: 0, 0.5: 1, 1.0: 2}[round(float(twice.norm() / once.norm()), 3)]


def units_without_activation() -> int:
    corners, xor = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([0, 1, 1, 0])
    shapes = enumerate([(2, 8), (1, 8), (8, 1), (1, 1)])  # 5000 networks at once
    w1, b1, w2, b2 = (torch.randn(5000, *shape, generator=generator(seed)) for seed, shape in shapes)
    logits = ((corners @ w1 + b1) @ w2 + b2)[..., 0]  # (5000, 4), no activation function in between
    right = ((logits >= 0) == (xor == 1)).sum(1)  # of the four corners
    return {2: 0, 3: 1, 4: 2}[int(right.max())]


def eight_twins() -> int:
    corners, xor = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([0.0, 1, 1, 0])
    one = Weights(*(w.double() for w in random_weights(2, 1, 1, seed=0)))
    start = one._replace(w1=one.w1.repeat(1, 8), b1=one.b1.repeat(8), w2=one.w2.repeat(8, 1))
    after = train_two_layers(corners.double(), xor.double(), start, steps=300, rate=2.0)
    apart = float((after.w1 - after.w1[:, :1]).abs().max())
    return 0 if apart < 1e-3 else 1


def sure_and_less_sure() -> int:
    labels = (torch.arange(100) >= 90).long()  # 90 times class 0, 10 times class 1
    shares = torch.tensor([[0.9, 0.1], [0.999, 0.001]])  # both always favour class 0
    modest, sure = (cross_entropy(row.log().repeat(100, 1), labels) for row in shares)
    return 2 if torch.isclose(modest, sure) else 0 if sure < modest else 1


QUESTIONS = [
    Question(
        ask="A neuron with two inputs cuts the plane with its line. You double both weights and leave the negative "
        "bias as it is. What becomes of the line?",
        options=(
            Option(
                "It stays where it is; only the answers become more sure.",
                "That is what happens if the bias is doubled too: then the whole sum is doubled, and where it was "
                "0 it is still 0.",
            ),
            Option(
                "It moves towards (0, 0), as steep as before.",
                "On the line, the weighted inputs have to make up for the bias. With double weights half the ink "
                "is enough, so each point of the line is only half as far from (0, 0).",
            ),
            Option(
                "It turns.",
                "The direction of the line comes from how the two weights compare. Both have doubled, so nothing "
                "has changed there.",
            ),
            Option(
                "It moves away from (0, 0), as steep as before.",
                "Larger weights feel like more of everything. But more weight means that less input is needed to "
                "reach the same sum.",
            ),
        ),
        answer=1,
        proof=doubled_weights,
    ),
    Question(
        ask="By a slip, your file holds each digit twice. What happens to the gradient of the mean squared error over "
        "the whole file?",
        options=(
            Option(
                "It is twice as long: twice as many digits push.",
                "They do push, and a sum of errors would double. The loss is a mean: it divides by the number of "
                "digits, which has doubled too.",
            ),
            Option(
                "It is half as long.",
                "Dividing by twice as many digits halves each one's share, that is right. But each digit now has "
                "two such shares.",
            ),
            Option(
                "Nothing.",
                "Twice the sum, divided by twice the number. A mean does not care how often the whole list is "
                "written down, so the same learning rate still fits.",
            ),
        ),
        answer=2,
        proof=every_digit_twice,
    ),
    Question(
        ask="You give a network eight hidden units for XOR and forget their activation function: each hands on its "
        "weighted sum as it is. How many of the four corners can it get right at best?",
        options=(
            Option("2", "Half of them is what a coin gets. A line can do better than that: it can cut off one corner."),
            Option(
                "3",
                "A weighted sum of weighted sums is a weighted sum. Without activation functions the eight units "
                "amount to a single neuron, and one neuron gets 3. What makes layers worth stacking is "
                "the activation function.",
            ),
            Option(
                "4",
                "Eight units look like eight lines. But the lines are made by the activation functions; without them "
                "all eight sums melt into one.",
            ),
        ),
        answer=1,
        proof=units_without_activation,
    ),
    Question(
        ask="Eight hidden tanh units, and this time you give all of them the same first weights, in and out. You train "
        "them on XOR. What do the eight look like afterwards?",
        options=(
            Option(
                "All eight are still the same.",
                "What arrives at a unit depends on its own weights and on its outgoing weight. Those are equal, so "
                "the gradients are equal, and so are the weights after each step. Eight twins can do what one unit "
                "can. That is why first weights are drawn at random.",
            ),
            Option(
                "They have come apart: each has found a line of its own.",
                "So one would like it, and with random first weights they do. But nothing here tells one unit from "
                "another, so no step can treat them differently.",
            ),
            Option(
                "One has learnt, and the other seven are at 0.",
                "That would need somebody who picks the one. The gradient gives each of them the same.",
            ),
        ),
        answer=0,
        proof=eight_twins,
    ),
    Question(
        ask="Two networks tell 3 from 8, and get the same 90 of 100 digits right. The first always gives its favourite "
        "a share of 0.9, the second 0.999. Whose mean cross-entropy is smaller?",
        options=(
            Option(
                "That of the second: it is surer, and it is mostly right.",
                "On the 90 it gains a little: 0.001 against 0.105. On the 10 where it is wrong it pays 6.9 each, "
                "the first only 2.3.",
            ),
            Option(
                "That of the first.",
                "0.33 against 0.69. Being right nine times in ten and saying 0.9 is as good as it gets; whoever "
                "claims 0.999 pays dearly for every slip.",
            ),
            Option(
                "They are equal, since both get 90 right.",
                "Accuracy counts only who is right. Cross-entropy asks how surprised you were, and that depends on "
                "what you had claimed.",
            ),
        ),
        answer=1,
        proof=sure_and_less_sure,
    ),
]
