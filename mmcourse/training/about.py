"""What lesson 02 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=2,
    title="Training",
    question="Why does the same network sometimes learn and sometimes not?",
    minutes=75,
    able="write the optimisers and the training loop, tame over-fitting, resume after an interruption",
    meeting="race: who finds the best learning rate by hand?",
    day="Saturday",
)
