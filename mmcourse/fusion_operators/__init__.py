"""Lesson 09: once two senses meet, how should they mix? One contract, sixteen operators, one classifier."""

from mmcourse.fusion_operators.additive import additive_part, additive_share, emap, every_pairing
from mmcourse.fusion_operators.all_with_all import (
    Bilinear,
    CompactTensor,
    LowRank,
    TensorFusion,
    count_sketch,
    full_rank,
    low_rank_mix,
    outer_with_one,
    sketched_outer,
    with_one,
)
from mmcourse.fusion_operators.classifier import (
    FAMILIES,
    OPERATORS,
    SHARING,
    Fused,
    ImageShare,
    Shapes,
    fused_width,
    image_shares,
    multiply_adds,
    placed,
    train_fused,
)
from mmcourse.fusion_operators.contract import Batch, Fusion, Present, Sizes, check_batch, check_present
from mmcourse.fusion_operators.place_by_place import (
    Concatenate,
    Maximum,
    Mean,
    Meeting,
    Product,
    Sum,
    Weighted,
    blend,
    mean_of_present,
)
from mmcourse.fusion_operators.shares import FiLM, Gated, ModalityAttention, Score, Sharing, interaction, mix_by_scores
from mmcourse.fusion_operators.structures import CrossAttention, Hierarchical, Relation, Siamese
from mmcourse.fusion_operators.unaligned import clock, lamp_and_tones
