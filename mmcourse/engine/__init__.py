"""The engine room: where to compute, how to train one model or many at once, and what the numbers allow us to say."""

from mmcourse.base.stop import TrainingStopped, finished, stop_ends_all
from mmcourse.engine.checkpoint import load_best, read_checkpoint
from mmcourse.engine.comparisons import Comparison, compare, compare_all, compare_samples
from mmcourse.engine.data import Data, Inputs, Labels, check_names, data_sets, to_device
from mmcourse.engine.device import available_devices, generator, pick_device
from mmcourse.engine.evaluate import accuracy, predict
from mmcourse.engine.history import History
from mmcourse.engine.intervals import Interval, joint_interval, mean_interval, unit_interval
from mmcourse.engine.labels import class_accuracy
from mmcourse.engine.many import accuracy_many, fit_many, predict_many
from mmcourse.engine.seeding import seeded

__all__ = [
    "Comparison",
    "Data",
    "History",
    "Inputs",
    "Interval",
    "Labels",
    "TrainingStopped",
    "accuracy",
    "accuracy_many",
    "available_devices",
    "check_names",
    "class_accuracy",
    "compare",
    "compare_all",
    "compare_samples",
    "data_sets",
    "finished",
    "fit_many",
    "generator",
    "joint_interval",
    "load_best",
    "mean_interval",
    "pick_device",
    "predict",
    "predict_many",
    "read_checkpoint",
    "seeded",
    "stop_ends_all",
    "to_device",
    "unit_interval",
]
