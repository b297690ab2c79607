"""What lesson 08 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=8,
    title="Where should two senses meet?",
    question="Where should two senses meet?",
    minutes=90,
    able="fuse at data, feature or model level; say which suits when, what there is to gain, and when fusion hurts",
    meeting="bets on the fusion lab: who wins at these dials, and by how much?",
    day="Sunday",
)
