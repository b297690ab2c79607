"""What lesson 06 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=6,
    title="Attention",
    question="What if every word could look at every other?",
    minutes=75,
    able="build a Transformer block, a GPT that writes and a BERT that saves labels; know what each costs",
    meeting="the attention of a sentence that learners make from the captions' words",
)
