"""Lesson 04: words become numbers: tokens, counts, vectors learnt from company, and models that read with them."""

from mmcourse.text.byte_pairs import END_OF_WORD, learn_merges, merge_pair, subwords
from mmcourse.text.cooccurrence import cooccurrences, positive_pmi, svd_vectors
from mmcourse.text.counts import BagOfWords, inverse_document_frequency, lookup, tf_idf, word_counts
from mmcourse.text.readers import MeanEmbedding, TextCNN, WindowTagger, masked_mean, token_windows
from mmcourse.text.tokens import END, MASK, PAD, SPECIALS, START, UNK, Vocabulary, pad, tokenise
from mmcourse.text.word_vectors import (
    SkipGram,
    analogy,
    cosines,
    nearest,
    negative_sampling_gradient,
    negative_sampling_loss,
    noise_shares,
    skip_gram_examples,
    skip_gram_pairs,
)
