"""Lesson 07: what a computer receives when we see, hear and read: arrays, their sizes, and how each is prepared."""

from mmcourse.modalities.arrays import (
    ToOneSize,
    area_weights,
    bytes_per_second,
    linear_weights,
    mix_at_snr,
    neighbour_share,
    resize_images,
)
from mmcourse.modalities.clocks import agreement, agreement_at_lags, at_times, frame_times
from mmcourse.modalities.features import (
    balanced_accuracy,
    cepstrum_summary,
    edge_directions,
    leak_share,
    motion_numbers,
)
from mmcourse.modalities.sound import (
    BANDS,
    FLOOR,
    FRAMES,
    HIGHEST_HZ,
    LOWEST_HZ,
    RATE,
    WINDOW,
    check_waveforms,
    dft,
    log_mel,
    mel_filters,
    mel_power,
    stft,
    tone,
)
