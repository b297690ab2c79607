"""What lesson 02 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=2,
    title="Training",
    question="Why does the same network sometimes learn and sometimes not?",
    minutes=90,
    able="write optimisers, schedules and the training loop, tame over-fitting, resume, find what stops learning",
    meeting="race: who finds the best learning rate by hand? The last sections at home",
    day="Saturday",
)
