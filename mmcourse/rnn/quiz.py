"""Five predictions for lesson 05: what tanh, gates, clipping and the temperature lead to."""

import torch

from mmcourse.practice.quizzes import Option, Question
from mmcourse.rnn import clip_by_norm, gru_cell, lstm_cell, rnn_step


def loud_unit() -> int:
    h, one, none = torch.zeros(1, 1), torch.ones(1, 1), torch.zeros(1)
    for step in range(1000):
        x = torch.full((1, 1), 1.0 if step == 0 else 0.0)
        h = rnn_step(x, h, one, 2 * one, none, none)  # w = 1, u = 2, no bias
    return 0 if h.abs() < 0.1 else 1 if h.abs() > 2 else 2


def backlog() -> int:
    state, steps = (torch.zeros(1), torch.zeros(1)), 0
    for _ in range(100):  # the sums of i, f, g, o: 20 opens a gate
        state = lstm_cell(torch.tensor([20.0, 20, 20, 20]), state)
    while state[0] > 0.5:
        state, steps = lstm_cell(torch.tensor([20.0, 20, -20, 20]), state), steps + 1
    return 0 if steps <= 2 else 1 if steps > 90 else 2


def short_gradient() -> int:
    long, short = torch.tensor([18.0, 24.0]), torch.tensor([0.3, 0.4])  # lengths 30 and 0.5
    clipped = clip_by_norm([long, short], limit=1.0)[1]
    factor = float(clipped.norm() / short.norm())
    return 0 if factor < 0.1 else 1 if factor > 0.99 else 2


def keep_and_take_in() -> int:
    old, new = torch.tensor([0.5]), torch.tensor(20.0)  # 20: a gate fully open, a candidate of 1
    (_, c) = lstm_cell(torch.stack([new, new, new, new]), (old, old))  # sums of i, f, g, o
    (h,) = gru_cell(torch.stack([new, new, new]), torch.zeros(3), (old,))  # sums of r, z, n
    lstm_took, gru_took = (bool((now - old).abs() > 0.1) for now in (c, h))
    return {(True, True): 0, (True, False): 1, (False, True): 2}.get((lstm_took, gru_took), 3)


def colder() -> int:
    shares = torch.tensor([0.5, 0.3, 0.2])
    logits = shares.log()  # their softmax gives the shares back
    favourite = float(torch.softmax(logits / 0.5, 0)[0])
    return 0 if favourite > 0.99 else 1 if favourite < 0.51 else 2 if favourite < 0.8 else 3


QUESTIONS = [
    Question(
        ask="One unit, h = tanh(x + 2 · h of the step before). The first input is 1, then come 999 zeros. Where is h "
        "at the end?",
        options=(
            Option(
                "Near 0: a simple RNN forgets.",
                "So it does with u = 0.5, and even with u = 1. With u = 2 each step first doubles h, and tanh takes "
                "back only what is above 1: the two hold each other in balance.",
            ),
            Option("Enormous: 2 to the power of 999.", "Without tanh it would be. tanh never lets h above 1."),
            Option(
                "Near 0.96, as it was after a few steps.",
                "tanh(2 · 0.96) is 0.96 again, so it stays for ever. One unit can remember a yes. But at that place "
                "the slope is about 0.17 a step, so the gradient still vanishes: it keeps, and learns what to keep "
                "slowly, if at all.",
            ),
        ),
        answer=2,
        proof=loud_unit,
    ),
    Question(
        ask="All three gates of an LSTM unit stand wide open. The candidate is 1 for 100 steps, and h has come close "
        "to 1. From now on the candidate is −1. How many steps until h falls below 0.5?",
        options=(
            Option(
                "1 or 2, since h is at most 1",
                "h has gone through tanh, the memory has not. What you see close to 1 is tanh of a c that has counted "
                "up to 100.",
            ),
            Option(
                "About 100",
                "The memory c has counted up to 100 and now counts down by 1 a step. Until it is nearly back at 0, "
                "tanh shows next to no change. You saw trained cells count like this, too.",
            ),
            Option(
                "It never does: the forget gate is open, so all is kept.",
                "All is kept, and what is written is added to it. Adding −1 a hundred times brings 100 down to 0.",
            ),
        ),
        answer=1,
        proof=backlog,
    ),
    Question(
        ask="A network has two tensors of weights. The gradient of the first has length 30, that of the second 0.5. "
        "You clip by the common length, limit 1. What happens to the second gradient?",
        options=(
            Option(
                "It becomes about 30 times shorter.",
                "Both are multiplied by the same factor, about 1 / 30, so that the direction stays. It is also why "
                "clipping is no cure for what vanishes: small parts stay small parts.",
            ),
            Option(
                "Nothing, it is shorter than the limit.",
                "Then the step would point elsewhere: the first shortened, the second not. Clipping looks at all "
                "gradients as one long list of numbers.",
            ),
            Option(
                "It is cut in half.",
                "That would leave 0.25, a quarter of the whole limit, for a gradient that is a sixtieth of the "
                "other one. The shares must stay as they were.",
            ),
        ),
        answer=0,
        proof=short_gradient,
    ),
    Question(
        ask="An LSTM unit holds its memory with the forget gate fully open, a GRU unit holds its state with the update "
        "gate z = 1. Now a strong new input comes. Which can take it in while its gate stays like that?",
        options=(
            Option(
                "Both",
                "Both keep what they have. To take something in, a second door must be open, and the GRU has no "
                "second door.",
            ),
            Option(
                "Only the LSTM",
                "It has an input gate of its own: c = f · c + i · g can keep all and add. In the GRU one gate does "
                "both, z keeps and 1 − z writes; with z = 1 nothing is written.",
            ),
            Option(
                "Only the GRU",
                "It is the other way round. A GRU that keeps everything writes the share 1 − 1 = 0 of the new.",
            ),
            Option(
                "Neither: whoever keeps all has no room.",
                "So it is in the GRU, where kept and written shares add up to 1. In the LSTM the two gates know "
                "nothing of each other, and its memory may grow.",
            ),
        ),
        answer=1,
        proof=keep_and_take_in,
    ),
    Question(
        ask="At temperature 1 the writer gives the likeliest character 50 %, two others 30 % and 20 %. You halve the "
        "temperature. What share has the likeliest one now?",
        options=(
            Option(
                "100 %, twice as much",
                "The logits double, not the shares. Only a temperature near 0 leaves nothing for the others.",
            ),
            Option(
                "50 %: the order of the three is the same.",
                "The order does stay, whatever the temperature. But the distances between the logits double, so the "
                "favourite wins more often.",
            ),
            Option(
                "About 66 %",
                "Doubled logits mean squared shares: 0.25, 0.09 and 0.04, and divided by their sum the first is "
                "0.66. The favourite gains, and the others stay alive.",
            ),
            Option(
                "25 %, half as much",
                "A high temperature takes from the favourite, a low one gives to it. Here it went down.",
            ),
        ),
        answer=2,
        proof=colder,
    ),
]
