"""Five predictions of lesson 07, each proved by a few lines that compute it."""

from __future__ import annotations

import torch

from mmcourse.engine import generator
from mmcourse.modalities import balanced_accuracy, dft, leak_share, linear_weights, stft, tone
from mmcourse.practice.quizzes import Option, Question


def _where_the_tone_lands() -> int:
    heard = [6000, 4000, 2000]  # Hz, in the order of the first three options
    peak = dft(tone(6000)[:512]).abs().argmax() * 8000 / 512
    return heard.index(round(float(peak)))


def _how_long_a_click_is() -> int:
    click = torch.zeros(8000)
    click[4000] = 1.0
    short, long = ((stft(click, window, 1).abs().amax(0) > 1e-6).sum() for window in (256, 512))
    return [1.0, 2.0, 0.5].index(round(2 * float(long / short)) / 2)


def _what_becomes_of_stripes() -> int:
    stripes = torch.tensor([0.0, 1, 0, 1, 0, 1, 0, 1, 0])
    small = (linear_weights(9, 3) @ stripes).tolist()
    return [[0.5, 0.5, 0.5], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 1.0]].index(small)


def _how_many_are_known() -> int:
    patient = torch.randperm(200, generator=generator(0)) % 100
    share = leak_share(patient[40:], patient[:40])
    return min(range(3), key=lambda k: abs((0.8, 1.0, 0.2)[k] - share))


def _what_laziness_scores() -> int:
    labels, lazy = torch.tensor([0] * 98 + [1] * 2), torch.zeros(100, dtype=torch.int64)
    plain, balanced = float((lazy == labels).float().mean()), balanced_accuracy(lazy, labels)
    return [(0.98, 0.98), (0.98, 0.5), (0.5, 0.98), (0.98, 0.02)].index((round(plain, 2), round(balanced, 2)))


QUESTIONS = [
    Question(
        "A tone of 6000 Hz reaches a microphone that takes 8000 samples a second and does not filter before sampling. "
        "What do you hear when the recording is played?",
        (
            Option(
                "A tone of 6000 Hz",
                "That is what was in the air. But 8000 samples a second carry only "
                "frequencies up to 4000 Hz: three quarters of a turn from sample to sample "
                "look like a quarter turn backwards.",
            ),
            Option(
                "A tone of 4000 Hz, the highest that fits",
                "Nothing pulls a tone to the limit. It is folded at the limit: as far above 4000 as 6000 is, so "
                "far below it the alias lies.",
            ),
            Option(
                "A tone of 2000 Hz",
                "¾ of a turn forwards and ¼ backwards give the same samples, and ¼ of "
                "a turn 8000 times a second is 2000 Hz. Once sampled, the two cannot be told "
                "apart.",
            ),
            Option(
                "Nothing",
                "A filter between microphone and sampling would do that, and should. Sampling by itself "
                "throws nothing away: it disguises.",
            ),
        ),
        answer=2,
        proof=_where_the_tone_lands,
    ),
    Question(
        "To part two neighbouring tones you double the window of a spectrogram from 256 to 512 samples. "
        "What happens to a click in the same picture?",
        (
            Option(
                "It stays as sharp as before",
                "Tempting: the click itself did not change. But every frame whose "
                "window touches it shows it, and windows are longer now.",
            ),
            Option(
                "Its mark becomes twice as wide, along the time axis",
                "The click is seen by every "
                "window that covers it. Bins half as high, marks twice as wide: the product stays.",
            ),
            Option(
                "Its mark becomes half as wide, along the time axis",
                "The bins became half as high, in frequency. In time it is the other way round.",
            ),
        ),
        answer=1,
        proof=_how_long_a_click_is,
    ),
    Question(
        "One-pixel stripes, 0, 1, 0, 1, 0, 1, 0, 1, 0, are shrunk from 9 pixels to 3 by mixing the nearest pixels "
        "(linear). What comes out?",
        (
            Option(
                "0.5, 0.5, 0.5",
                "An even grey would be honest. Averaging over all that a new pixel covers gives "
                "⅓, ⅔, ⅓: not even, but much nearer. Linear mixing looks at the two nearest "
                "pixels only.",
            ),
            Option("0, 0, 0", "The places looked at are 1, 4 and 7, and not all of the old pixels there are 0."),
            Option("1, 1, 1", "The places looked at are 1, 4 and 7: three steps apart, so zeros and ones take turns."),
            Option(
                "1, 0, 1",
                "The new middles fall on old pixels 1, 4 and 7. Stripes three times as wide "
                "appear that were never there. That is aliasing.",
            ),
        ),
        answer=3,
        proof=_what_becomes_of_stripes,
    ),
    Question(
        "100 patients have two pictures each. You deal the 200 pictures out at random, a fifth of them for testing. "
        "What share of the test pictures shows a patient whom training has seen as well?",
        (
            Option(
                "About four fifths",
                "A patient is new only if the one other picture is in the test too. "
                "Four times in five it went to training.",
            ),
            Option(
                "Nearly all",
                "So it was with ten clips of each voice: nine others, and one of them is enough. Here"
                " there is only one other.",
            ),
            Option(
                "About one fifth",
                "One fifth is the share of pictures in the test. It is also the chance that the "
                "other picture is there: the share of new patients.",
            ),
        ),
        answer=0,
        proof=_how_many_are_known,
    ),
    Question(
        "98 test samples are zeros and 2 are ones. A network that has learnt nothing always answers 0. "
        "What are its accuracy and its balanced accuracy?",
        (
            Option(
                "0.98 and 0.98",
                "Accuracy is fooled. Balanced accuracy takes each class by itself first, and of "
                "the ones nothing was found.",
            ),
            Option(
                "0.98 and 0.5",
                "All of the zeros and none of the ones, (1 + 0) / 2. It is what guessing "
                "gets, and guessing is all this network does.",
            ),
            Option("0.5 and 0.98", "The other way round: plain accuracy is the one that counts every sample alike."),
            Option(
                "0.98 and 0.02",
                "2 % is the share of the ones among the samples. Balanced accuracy does not use "
                "it: both classes count alike.",
            ),
        ),
        answer=1,
        proof=_what_laziness_scores,
    ),
]
