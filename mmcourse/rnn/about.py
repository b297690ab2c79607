"""What lesson 05 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=5,
    title="Recurrent networks",
    question="How can a network remember?",
    minutes=85,
    able="build RNN, LSTM and GRU, watch their gates, measure how far back they remember, train a writer on a novel",
    meeting="exercises of 04 and 05 at home",
)
