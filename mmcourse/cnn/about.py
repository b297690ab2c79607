"""What lesson 03 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=3,
    title="Looking through a window",
    question="Why does a network not know its 7 one pixel to the left?",
    minutes=90,
    able="slide a kernel over a picture; say what a shift costs, "
    "and what pooling, augmentation and residual paths bring",
    meeting="everybody draws a kernel and lets a neighbour name what it finds",
    day="Saturday",
)
