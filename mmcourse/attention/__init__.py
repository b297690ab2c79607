"""Lesson 06: attention. Every word looks at every other; order comes in as a code; blocks stack into GPT and BERT."""

from mmcourse.attention.core import (
    EncoderBlock,
    MultiHeadAttention,
    SentenceClassifier,
    TinyBERT,
    TinyGPT,
    WordEncoder,
    WordModel,
    angles,
    attend,
    causal_mask,
    join_heads,
    layer_norm,
    mask_words,
    masked_softmax,
    next_words,
    positional_code,
    scaled_dot_product,
    shift_matrix,
    split_heads,
    word_loss,
)
