"""The engine room: where to compute, how to train one model or many at once, and what the numbers allow us to say."""

from mmcourse.engine.device import available_devices, generator, pick_device
from mmcourse.engine.fit import Data, History, Inputs, accuracy, fit, predict, to_device
from mmcourse.engine.many import accuracy_many, fit_many, predict_many
from mmcourse.engine.seeded import seeded
from mmcourse.engine.stats import Comparison, Interval, compare, mean_interval

__all__ = [
    "Comparison",
    "Data",
    "History",
    "Inputs",
    "Interval",
    "accuracy",
    "accuracy_many",
    "available_devices",
    "compare",
    "fit",
    "fit_many",
    "generator",
    "mean_interval",
    "pick_device",
    "predict",
    "predict_many",
    "seeded",
    "to_device",
]
