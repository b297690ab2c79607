"""Real data for lesson 05: spoken digits frame by frame, reviews by kind, captions character by character."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.datasets import reviews, speech
from mmcourse.engine import Data, generator, predict_many
from mmcourse.modalities import log_mel
from mmcourse.rnn.models import SequenceClassifier
from mmcourse.text import Vocabulary, pad


def spoken_frames(split: str) -> Data:
    """Spoken digits as they arrive: x (N, 16 frames, 12 bands) and the digit (N,).

    Log-mel loudness, each band with mean 0 and spread 1 over the training frames. The means over time stay in
    (``speech.features`` takes them away), so that a model without order has something to go by.
    """
    train = log_mel(speech.load("train").waveforms)
    clips = speech.load(split)
    centre, spread = train.mean((0, 2)), train.std((0, 2))
    return (log_mel(clips.waveforms).transpose(1, 2) - centre) / spread, clips.digit


def out_of_order(data: Data, seed: int) -> Data:
    """The same recordings with the frames of each in an order of its own: x (N, T, D)."""
    x, labels = data
    order = torch.rand(x.shape[:2], generator=generator(seed)).argsort(1)  # (N, T)
    return torch.gather(x, 1, order.unsqueeze(-1).expand_as(x)), labels


@torch.no_grad()
def heard_so_far(models: Sequence[SequenceClassifier], data: Data) -> list[list[float]]:
    """Accuracy when only the first frames are heard: [frames][models]."""
    x, labels = data
    right = []
    for model in models:
        outputs, _state = model.recurrent(x.to(model.head_b.device))  # (N, T, H)
        logits = F.linear(outputs, model.head_w, model.head_b)
        right.append((logits.argmax(-1).cpu() == labels[:, None]).float().mean(0))
    return torch.stack(right, dim=1).tolist()


def review_ids(split: str, vocabulary: Vocabulary) -> Data:
    """Reviews as ids (N, T), 0 behind the end, and labels (N,), 1 is good."""
    found = reviews.load(split)
    return pad([vocabulary.encode(text) for text in found.texts])[0], found.labels


def review_scores(models: Sequence[nn.Module], vocabulary: Vocabulary) -> dict[str, list[float]]:
    """Each model's accuracy on every kind of the test reviews, and on the unseen forms of negation."""
    found = {}
    for split in ("test", "unseen_negation"):
        ids, labels = review_ids(split, vocabulary)
        right = (predict_many(models, ids).argmax(-1).cpu() == labels).float()  # (models, N)
        kinds = reviews.load(split).kinds
        for kind in dict.fromkeys(kinds) if split == "test" else ["unseen"]:
            rows = torch.tensor([split != "test" or one == kind for one in kinds])
            found["negation in\nunseen forms" if kind == "unseen" else kind] = right[:, rows].mean(1).tolist()
    order = [kind for kind in reviews.KINDS if kind in found]
    return {kind: found[kind] for kind in [*order, *[k for k in found if k not in order]]}


def caption_windows(captions: Sequence[str], characters: str, length: int = 40) -> Data:
    """All captions in one line, cut into windows: ids (N, T), and the character that follows each, (N, T)."""
    stream = "\n" + "\n".join(captions) + "\n"
    ids = torch.tensor([characters.index(one) for one in stream])
    count = (len(ids) - 1) // length
    return ids[: count * length].view(count, length), ids[1 : count * length + 1].view(count, length)


def next_character_loss(logits: Tensor, following: Tensor) -> Tensor:
    """Mean cross-entropy of all characters in nats: logits (B, T, V), following (B, T) -> ()."""
    return F.cross_entropy(logits.flatten(0, 1), following.flatten())
