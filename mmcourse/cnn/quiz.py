"""Five predictions for lesson 03: parameters, stacked kernels, shuffled pixels, what a number sees, two copies."""

import torch

from mmcourse.cnn.convolution import conv2d
from mmcourse.cnn.networks import DigitCNN, receptive_field
from mmcourse.engine import generator
from mmcourse.neurons import MLP, mlp_gradients
from mmcourse.practice.quizzes import Option, Question


def four_times_the_pixels() -> int:
    small, large = DigitCNN(size=12), DigitCNN(size=24)
    first, second = (sum(p.numel() for p in net.parameters()) for net in (small, large))
    cells = large.weights.numel() / small.weights.numel()  # of the dense layer
    rest = first - small.weights.numel() == second - large.weights.numel()
    return 0 if first == second else 1 if cells == 4 and rest else 2


def two_kernels_in_a_row() -> int:
    rng, lit = generator(0), torch.zeros(1, 1, 9, 9)
    lit[..., 4, 4] = 1  # its map is the kernel, turned
    first, second = torch.randn(2, 1, 1, 3, 3, generator=rng)
    kernel = conv2d(conv2d(lit, first), second).flip(-2, -1)  # (1, 1, 5, 5)
    x = torch.rand(1, 1, 12, 12, generator=rng)
    stacked, single = conv2d(conv2d(x, first), second), conv2d(x, kernel)
    return 2 if torch.allclose(stacked, single, atol=1e-4) else 0


def shuffled_pixels() -> int:
    x, order = torch.rand(100, 144, generator=generator(0)), torch.arange(144) * 31 % 144
    labels, ours = x[:, :10].argmax(1), [w.detach() for w in MLP(144, 17).parameters()]
    theirs = [ours[0][order], *ours[1:]]  # each pixel keeps its first weights
    for _ in range(30):  # gradient descent with rate 1
        ours = list(map(torch.sub, ours, mlp_gradients(x, labels, *ours)))
        theirs = list(map(torch.sub, theirs, mlp_gradients(x[:, order], labels, *theirs)))
    return 1 if torch.allclose(ours[0][order], theirs[0], atol=1e-3) else 0


def pooling_first_or_last() -> int:
    conv, pool = (3, 1), (2, 2)  # (kernel, stride)
    last, first = receptive_field([conv, conv, pool]), receptive_field([pool, conv, conv])
    return 0 if first == last else 1 if first > last else 2


def two_copies() -> int:
    once, network = torch.zeros(1, 1, 32, 32), DigitCNN((8, 24), size=32, anywhere=True)
    once[..., 4:12, 4:12] = torch.rand(8, 8, generator=generator(0))
    twice = once + once.roll((16, 16), (2, 3))  # the same digit again, far away
    before, after = network(once), network(twice)
    same, double = (torch.allclose(after, k * before, atol=1e-4) for k in (1, 2))
    return 0 if same else 1 if double else 2


QUESTIONS = [
    Question(
        ask="This lesson's CNN for 12 x 12 pixels has 2698 parameters: two convolutions, each with max pooling, and a "
        "dense layer. How many does it have for 24 x 24?",
        options=(
            Option(
                "2698: a CNN does not care how large the picture is.",
                "Its convolutions do not: the same few weights go to more places. But the dense layer has a weight "
                "for every cell of every map, and there are four times as many cells.",
            ),
            Option(
                "7018: only the dense layer grows.",
                "The two convolutions keep their 80 and 1168. The dense layer now sees 16 maps of 6 x 6: its 1440 "
                "weights become 5760, with the same 10 biases.",
            ),
            Option(
                "10,792: everything four times",
                "So it would be if each pixel had weights of its own, as in a dense layer from the first pixel on. "
                "Convolutions share theirs between all places.",
            ),
        ),
        answer=1,
        proof=four_times_the_pixels,
    ),
    Question(
        ask="You stack two 3 x 3 convolutions, one channel each, without padding, and forget the ReLU between them. "
        "Could a single kernel give the same map?",
        options=(
            Option(
                "No: two layers can do more than one.",
                "They can if something bends between them. Without an activation function, a weighted sum of weighted "
                "sums is a weighted sum, here as in lesson 01.",
            ),
            Option(
                "Yes, one of 3 x 3",
                "Half right: one kernel will do. But it has to reach as far as both together, and that is two "
                "pixels to each side.",
            ),
            Option(
                "Yes, one of 5 x 5",
                "The two walks make one weighted sum over 5 x 5 pixels. To find its weights, send a single lit "
                "pixel through both, and turn what comes out.",
            ),
        ),
        answer=2,
        proof=two_kernels_in_a_row,
    ),
    Question(
        ask="Somebody shuffles the 144 pixels, in every training and test picture in the same way. To you they look "
        "like noise. You train the MLP on them. How well does it read?",
        options=(
            Option(
                "Hardly better than chance: nothing is left of the shapes.",
                "Nothing is left for us, because we need to see what lies beside what. The MLP never knew which "
                "pixels are neighbours.",
            ),
            Option(
                "As well as before.",
                "To a dense layer the pixels are a list, and any order of a list will do: move the weights along, "
                "and each sum is the same. A convolution would suffer, since it relies on neighbours.",
            ),
            Option(
                "Better, because it can no longer be misled by shapes.",
                "It was not misled by shapes, it cannot even see them. With the pixels in another order it is the "
                "same problem to it, neither easier nor harder.",
            ),
        ),
        answer=1,
        proof=shuffled_pixels,
    ),
    Question(
        ask="Two convolutions of 3 x 3 and one max pooling of 2 x 2. In which order does a number at the top see more "
        "of the picture?",
        options=(
            Option(
                "It makes no difference: the parts are the same.",
                "What each layer adds is multiplied by the strides below it. So it matters what lies below.",
            ),
            Option(
                "Pooling first, then the convolutions",
                "Above the pooling, neighbours are two pixels apart, so each kernel reaches twice as far: "
                "2 + 4 + 4 = 10 pixels. With the pooling on top it is 3 + 2 + 1 = 6.",
            ),
            Option(
                "The convolutions first, then pooling",
                "It is tempting to gather as much as possible and shrink at the end. But then the kernels work on "
                "the fine grid, where three pixels are three pixels: 6 in all.",
            ),
        ),
        answer=1,
        proof=pooling_first_or_last,
    ),
    Question(
        ask="You show the network that looks anywhere a larger picture, with one digit in it. Then you put the same "
        "digit into the same picture a second time, far from the first. What happens to its logits?",
        options=(
            Option(
                "Nothing.",
                "Of each map it keeps the largest number, and a second copy has the same largest number. It can say "
                "that something is there, not where, and not how many.",
            ),
            Option(
                "They double: there is twice as much to see.",
                "So it would be if it added up its maps. It takes the largest number of each, and that does not "
                "grow with a second copy.",
            ),
            Option(
                "They change beyond recognition: it has never seen two digits.",
                "That would happen to a dense layer on all cells. Here each window sees one copy or nothing, and "
                "the windows on the first copy answer as before.",
            ),
        ),
        answer=0,
        proof=two_copies,
    ),
]
