"""What lesson 05 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=5,
    title="Recurrent networks",
    question="How can a network remember?",
    minutes=75,
    able="build RNN, LSTM and GRU, watch their gates, and measure how far back they remember",
    meeting="exercises of 04 and 05",
)
