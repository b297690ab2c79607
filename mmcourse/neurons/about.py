"""What lesson 01 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=1,
    title="Neurons",
    question="How can a weighted sum and an activation function tell a 3 from an 8?",
    minutes=90,
    able="build a network from one weighted sum, and its gradients by the chain rule",
    meeting="the exercises of 01, and its last sections, at home",
    day="Saturday",
)
