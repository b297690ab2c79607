"""Lesson 06: attention. Every word looks at every other; order comes in as a code; blocks stack into GPT and BERT."""

from mmcourse.attention.dot_product_attention import (
    MultiHeadAttention,
    attend,
    causal_mask,
    join_heads,
    masked_softmax,
    scaled_dot_product,
    split_heads,
)
from mmcourse.attention.encoder import EncoderBlock, WordEncoder, angles, layer_norm, positional_code, shift_matrix
from mmcourse.attention.language_models import (
    SentenceClassifier,
    TinyBERT,
    TinyGPT,
    WordModel,
    mask_words,
    next_words,
    word_loss,
)
