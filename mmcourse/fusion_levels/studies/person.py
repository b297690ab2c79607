"""How well models raised on synthetic voices understand a person: ten words by one professional speaker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from mmcourse.datasets import human_voice, speech
from mmcourse.datasets.pairing import FORMS
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import accuracy
from mmcourse.modalities import mel_power, mix_at_snr

AT_ONCE = 100  # sounds that are transformed together


def words_understood(ears: Sequence[nn.Module]) -> list[int]:
    """Of the person's ten words without hiss: how many each model of the sound understands."""
    person = human_voice.load()
    heard = {"audio": heard_as_pairs(person.waveforms)}
    return [round(10 * accuracy(ear, (heard, person.digit))) for ear in ears]


def with_a_person(
    models: Mapping[str, Sequence[nn.Module]], *, image_noise: float = 0.5, audio_snr: float = -6.0
) -> dict[str, dict[str, list[float]]]:
    """Accuracy of each kind on the test pairs, spoken by the course's test voices and by the person.

    The same 1000 images under the same noise; the person says each of the ten words the same way every time, each time
    under another hiss. → {"computer voices": {kind: one accuracy for each model}, "a person": …}.
    """
    pairs = SeeHear("test", seed=0).dial(image_noise=image_noise, audio_snr=audio_snr)
    person = {**pairs.batch, "audio": heard_as_pairs(said(pairs.labels, audio_snr))}
    batches = {"computer voices": pairs.batch, "a person": person}
    return {
        who: {kind: [accuracy(model, (batch, pairs.labels)) for model in runs] for kind, runs in models.items()}
        for who, batch in batches.items()
    }


def said(digits: Tensor, snr: float, seed: int = 0) -> Tensor:
    """The person's words for these digits, (B,) → (B, 6400), with white noise that lies ``snr`` dB below the word."""
    person = human_voice.load()
    white = torch.randn(len(digits), speech.SAMPLES, generator=torch.Generator().manual_seed(seed))
    sounds = []
    for digit, hiss in zip(digits.tolist(), white, strict=True):
        word, own = person.waveforms[digit], slice(0, int(person.lengths[digit]))
        strength = (mix_at_snr(word[own], hiss[own], snr) - word[own]).norm() / hiss[own].norm()
        sounds.append(word + strength * hiss)
    return torch.stack(sounds)


def heard_as_pairs(waveforms: Tensor) -> Tensor:
    """Sounds in the form in which ``SeeHear`` gives them: (B, 6400) → (B, 1, 20, 32)."""
    power = [mel_power(part, FORMS["large"].bands, FORMS["large"].frames) for part in waveforms.split(AT_ONCE)]
    return speech.features_of_power(torch.cat(power))[:, None]
